#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window, as others start it: by a program that ignores signals, with folders of any name."""
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Desktop, run_tests  # noqa: E402

SIZE = (1440, 900)


def test_deaths_are_noticed_where_a_parent_ignores_them():
    with Desktop() as desktop:
        app = desktop.start("--workload", "crash-a-worker", "--backend", "processes", "--set", "tasks=4", "--set", "task=2", "--set", "seconds=0.1",
                            "--start", preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        app.place(*SIZE)
        app.text(r"^4 tasks in \d")
        app.text(r"was killed by signal 11 \(")
        assert not app.read(r"exited with status")


run_tests(
    test_deaths_are_noticed_where_a_parent_ignores_them,
)
