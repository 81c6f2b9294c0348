#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""checksum-files where a folder has more in it than files that are read to their end."""
import os
import pathlib
import signal
import socket
import tempfile
import unittest

from program import Going, run, run_jsonl, run_tests, wait_for

HUGE = 1 << 40  # bytes of a file that is one hole: hours of reading
MIB = 1 << 20


def read_so_far(pids):
    """How many bytes these processes have read."""
    total = 0
    for pid in pids:
        try:
            total += int(pathlib.Path(f"/proc/{pid}/io").read_text().split()[1])  # rchar
        except OSError:
            pass
    return total


class Files(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="heddle-files-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.arguments = ["--set", f"folder={self.folder}"]

    def test_special_files_are_counted(self):
        (self.folder / "file").write_text("x")
        os.mkfifo(self.folder / "fifo")
        for name, target in (("link", "file"), ("loop", "."), ("gone", "nowhere")):
            (self.folder / name).symlink_to(target)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(self.folder / "socket"))
        for backend in ("threads", "processes", "main-loop"):
            lines = run_jsonl("checksum-files", *self.arguments, "--backend", backend)
            self.assertEqual(len(lines.tasks), 1)
            self.assertEqual(lines.run["skipped"], {"symbolic_links": 3, "fifos": 1, "sockets": 1, "devices": 0, "others": 0})
        said = run("checksum-files", *self.arguments).stderr.decode()
        self.assertIn("skipped: 3 symbolic links, 1 FIFO, 1 socket\n", said)

    def test_where_nothing_is_skipped_nothing_is_said(self):
        (self.folder / "file").write_text("x")
        self.assertNotIn("skipped", run("checksum-files", *self.arguments).stderr.decode())
        self.assertEqual(set(run_jsonl("squares", "--set", "n=3").run["skipped"].values()), {0})

    def test_the_folder_of_a_process_comes_to_an_end(self):
        lines = run_jsonl("checksum-files", "--set", "folder=/proc/self", status=1)
        [error] = [line["error"] for line in lines.tasks if line["label"] == "pagemap"]
        self.assertRegex(error, "^(Not read to its end: the system does not tell the size, and the file has more than 64 MiB|Operation not permitted)$")
        self.assertGreater(lines.run["skipped"]["symbolic_links"], 0)  # cwd, exe, root

    def test_cancel_is_heard_in_the_middle_of_a_file(self):
        with open(self.folder / "huge", "wb") as file:
            os.truncate(file.fileno(), HUGE)
        for backend in ("threads", "processes", "main-loop-blocking"):
            with self.subTest(backend=backend), Going("run", "checksum-files", *self.arguments, "--backend", backend) as going:
                wait_for("much of the file", lambda: read_so_far([going.process.pid, *going.children()]) > 64 * MIB)
                going.interrupt()
                going.wait_for(b"Finishing queued tasks")
                going.interrupt()
                self.assertIn(going.finish(), (130, -signal.SIGINT))
                self.assertIn("1 task: 1 cancelled", going.stderr.decode())


run_tests()
