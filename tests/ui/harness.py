# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test of the window needs, in one place.

    def test_a_run_ends():
        with Desktop() as desktop:
            app = desktop.start("--workload", "squares")
            app.click(app.find("push button", button("Start")))
            app.text("tasks in")

    run_tests()

Tests act as a user does, with a real pointer and real keys (app.py) on a desktop of their own (desktop.py), and look as a screen reader
does, at the accessibility tree (accessible.py); what is not said there is read from the screen's pixels. Waiting is always for
something, with a deadline.
"""
import functools
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import runner  # noqa: E402
from accessible import PATIENCE, Atspi, GLib, button, focused, has_state, role_name, wait_for  # noqa: E402, F401
from desktop import NEEDED, NEEDED_ON_WAYLAND, Desktop, WaylandDesktop, build_directory, find_complaints  # noqa: E402, F401
from main_thread import MainThread  # noqa: E402, F401
from processes import descendants  # noqa: E402, F401
from runner import Timeout, run_apart  # noqa: E402, F401

# Each test in a process of its own: what it starts ends with it, and its display and buses are in its environment.
run_tests = functools.partial(runner.run_tests, apart=True, needed=NEEDED)
