#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window, as others start it: by a program that ignores signals, with folders of any name."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Desktop, build_directory, run_tests  # noqa: E402

SIZE = (1440, 900)


def test_deaths_are_noticed_where_a_parent_ignores_them():
    with Desktop() as desktop:
        app = desktop.start("--workload", "crash-a-worker", "--backend", "processes", "--set", "tasks=4", "--set", "task=2", "--set", "seconds=0.1",
                            "--start", preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        app.place(*SIZE)
        app.text(r"^4 tasks in \d")
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


def test_a_version_takes_no_argument():
    for arguments, status in ((["--version"], 0), (["--version", "extra"], 2)):
        ended = subprocess.run([build_directory() / "src/app/heddle", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                               timeout=60, check=False)
        assert ended.returncode == status, (arguments, ended)
        assert status == 0 or "extra" in ended.stderr, ended


run_tests(
    test_a_folder_whose_name_is_not_utf8,
    test_a_version_takes_no_argument,
    test_deaths_are_noticed_where_a_parent_ignores_them,
)
