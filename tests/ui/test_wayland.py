#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window on Wayland, where all other tests have an X server: it comes up, runs a workload to its end, and says the right counts."""
import pathlib
import tempfile

from harness import NEEDED_ON_WAYLAND, WaylandDesktop, button, run_tests, wait_for

SIZE = (1440, 900)
N_FILES = 300
N_TASKS = 12  # every third of which fails


def is_wayland(app):
    """Whether the program has a connection to weston, and none to an X server: GTK falls back to another backend where it may."""
    with open(f"/proc/{app.process.pid}/maps", encoding="utf-8", errors="replace") as maps:
        assert "libwayland-client" in maps.read()
    return "DISPLAY" not in app.desktop.environment and app.desktop.environment["GDK_BACKEND"] == "wayland"


def test_a_folder_is_checksummed():
    with tempfile.TemporaryDirectory() as folder, WaylandDesktop(*SIZE) as desktop:
        for number in range(N_FILES):
            pathlib.Path(folder, f"file-{number:03}").write_text(str(number), encoding="ascii")
        app = desktop.start("--workload", "checksum-files", "--set", f"folder={folder}", "--workers", "3")
        assert is_wayland(app)
        app.text(r"^Not started yet$")
        app.press(app.find("push button", button("Start")))
        app.text(rf"^{N_FILES} tasks in \d")
        app.text(r"^100\s%$")
        wait_for("the task that ended last", lambda: app.read(r"^file-\d\d\d$"))


def test_failures_are_counted():
    with WaylandDesktop(*SIZE) as desktop:
        app = desktop.start("--workload", "exceptions-in-tasks", "--set", f"tasks={N_TASKS}", "--set", "mode=future", "--set", "seconds=0.01", "--backend", "processes",
                            "--start")
        app.text(rf"^{N_TASKS} tasks in \d.* · {N_TASKS // 3} failed")
        app.text(rf"^Errors {N_TASKS // 3}$")


run_tests(needed=NEEDED_ON_WAYLAND)
