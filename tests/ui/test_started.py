#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window, as others start it: by a program that ignores signals, with folders of any name."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile

from harness import Desktop, build_directory, run_tests, wait_for

SIZE = (1440, 900)


def test_deaths_are_noticed_where_a_parent_ignores_them():
    with Desktop() as desktop:
        app = desktop.start("--workload", "crash-a-worker", "--backend", "processes", "--set", "tasks=4", "--set", "task=2", "--set", "seconds=0.1",
                            "--start", preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        app.place(*SIZE)
        app.text(r"^(\d of )?4 tasks in \d")
        app.text(r"was killed by signal 11 \(")
        assert not app.read(r"exited with status")


def test_a_folder_whose_name_is_not_utf8():
    with Desktop() as desktop, tempfile.TemporaryDirectory(prefix="heddle-") as scratch:
        folder = os.path.join(scratch, os.fsdecode(b"gr\xf6\xdfe"))
        os.mkdir(folder)
        for name in ("one", "two"):
            pathlib.Path(folder, name).write_text(name, encoding="ascii")
        app = desktop.start("--workload", "checksum-files", "--set", f"folder={folder}", "--start")
        app.place(*SIZE)
        app.text(r"^2 tasks in \d")


def test_an_empty_folder_is_told_where_results_would_be():
    with Desktop() as desktop, tempfile.TemporaryDirectory(prefix="heddle-") as folder:
        os.symlink("nowhere", pathlib.Path(folder, "link"))
        app = desktop.start("--workload", "checksum-files", "--set", f"folder={folder}", "--start")
        app.place(*SIZE)
        app.text(r"^There was nothing to do$")
        app.text(r"^There was no task$")
        app.text(r"^There are no files in this folder\. Skipped: 1 symbolic link\.$")


def test_a_start_that_failed_is_told_where_results_would_be():
    with Desktop() as desktop, tempfile.TemporaryDirectory(prefix="heddle-") as scratch:
        app = desktop.start("--workload", "checksum-files", "--set", f"folder={scratch}/gone", "--start")
        app.place(*SIZE)
        app.text(r"^Could not be started$")
        wait_for("the reason, in a bar and where results would be",
                 lambda: len([text for text in app.texts() if re.match(r"The folder “.*/gone” does not exist\. Choose another folder\.$", text)]) >= 2)


def test_preferences_say_what_a_run_holds():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares", "--set", "n=100000", "--backend", "threads", "--start")
        app.place(*SIZE)
        app.text(r"100\s000 tasks in \d")
        app.key("ctrl+comma")
        # Each of 100 000 rows takes 56 bytes and its texts, and each task at least 4 in the history.
        held = app.text(r"^Squares: ([\d.]+)\sMiB; history ([\d.]+)\s[KM]iB · results ([\d.]+)\sMiB · log .* · other ")
        assert 5.6 < float(held[3]) < 10, held[0]
        assert float(held[1]) >= float(held[3]), held[0]
        assert float(app.text(r"^Whole program: ([\d.]+)\sMiB; ")[1]) > float(held[1])


def test_the_bar_moves_while_the_total_is_unknown():
    with Desktop() as desktop, tempfile.TemporaryDirectory(prefix="heddle-") as folder:
        first = pathlib.Path(folder, "file")
        first.write_bytes(bytes(8 << 20))
        for number in range(3000):
            os.link(first, pathlib.Path(folder, f"file-{number}"))
        # The producer waits in a queue of one, so it does not get to the end of the folder.
        app = desktop.start("--workload", "checksum-files", "--set", f"folder={folder}", "--workers", "1", "--queue", "1", "--start")
        border = app.place(*SIZE)
        app.text(r"tasks so far")
        box = app.place_at_rest(app.find("progress bar", "Progress"))
        left, top, _, _ = app.geometry()

        def look():
            picture = pathlib.Path(desktop.scratch.name, "bar.ppm")
            desktop.screenshot(picture, crop=f"{box.width}x{box.height}+{left + border + box.x}+{top + border + box.y}", kind="ppm")
            return picture.read_bytes()

        before = look()
        wait_for("the bar to move", lambda: look() != before)
        assert app.read(r"tasks so far")


def test_without_the_settings_schema_it_says_what_to_do():
    environment = {name: value for name, value in os.environ.items() if name != "GSETTINGS_SCHEMA_DIR"}
    environment.update(XDG_DATA_HOME="/nonexistent", XDG_DATA_DIRS="/nonexistent", LANGUAGE="C", LC_ALL="C.UTF-8")
    ended = subprocess.run([build_directory() / "src/app/heddle"], env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                           check=False)
    assert ended.returncode == 1, ended
    assert re.fullmatch(rb"heddle: The settings schema org\.heddle\.Heddle is not installed\. .*\./dev run.*\n", ended.stderr), ended


def test_a_version_takes_no_argument():
    for arguments, status in ((["--version"], 0), (["--version", "extra"], 2)):
        ended = subprocess.run([build_directory() / "src/app/heddle", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                               timeout=60, check=False)
        assert ended.returncode == status, (arguments, ended)
        assert status == 0 or "extra" in ended.stderr, ended


run_tests()
