#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""heddle-cli where the system refuses: folders that vanish, files that may not grow, limits of memory, files and processes."""
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from program import CLI, PATIENCE, SANITIZED, Going, environment, parse, run, run_tests, state_of, wait_for  # noqa: E402

N_FILES = 300


def limited(*arguments, **limits):
    """Runs heddle-cli with limits: as_=bytes, fsize=bytes, nofile=number."""
    names = {"as_": resource.RLIMIT_AS, "fsize": resource.RLIMIT_FSIZE, "nofile": resource.RLIMIT_NOFILE}

    def set_limits():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for name, value in limits.items():
            resource.setrlimit(names[name], (value, value))

    return subprocess.run([CLI, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, env=environment(), check=False,
                          preexec_fn=set_limits)


class Folder(unittest.TestCase):
    """A tree that is there when the run begins and is gone when the first file is read."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="heddle-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.tree = self.folder / "tree"
        for n in range(N_FILES):
            file = self.tree / f"{n % 10}" / f"{n}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(str(n), encoding="ascii")
        # its workers stand still at birth, until this test lets them go on
        self.worker = self.folder / "worker"
        self.worker.write_text(f"#!/bin/sh\nkill -STOP $$\nexec '{os.environ['HEDDLE_WORKER']}' \"$@\"\n", encoding="utf-8")
        self.worker.chmod(0o755)

    def play(self, queue, vanish):
        with Going("run", "checksum-files", "--format", "jsonl", "--backend", "processes", "--workers", "1", "--queue", str(queue),
                   "--set", f"folder={self.tree}", HEDDLE_WORKER=str(self.worker)) as going:
            worker = wait_for("a worker that stands still", lambda: next((pid for pid in going.children() if state_of(pid) == "T"), None))
            vanish()
            os.kill(worker, signal.SIGCONT)
            return going.finish(), going

    def empty(self):
        for child in self.tree.iterdir():
            shutil.rmtree(child)

    def test_what_is_in_it_vanishes(self):
        for queue in (1, 2 * N_FILES):
            with self.subTest(queue=queue):
                deadline = time.monotonic() + PATIENCE
                while True:
                    self.setUp()
                    status, going = self.play(queue, self.empty)
                    lines = parse(going.stdout)
                    if lines.tasks:
                        break
                    # it was gone before the producer had looked: nothing to do, which is no error; once more
                    self.assertEqual(status, 0)
                    self.assertLess(time.monotonic(), deadline)
                self.assertEqual(status, 1)
                self.assertEqual({line["state"] for line in lines.tasks}, {"failed"})
                for line in lines.tasks:
                    self.assertIn("No such file or directory", line["error"])

    def test_it_vanishes_itself(self):
        status, going = self.play(2 * N_FILES, lambda: shutil.rmtree(self.tree))
        self.assertNotEqual(status, 0)
        self.assertIn(f"{self.tree}” does not exist", going.stderr.decode())

    def test_it_is_not_there_or_not_to_be_read(self):
        loop = self.folder / "loop"
        loop.symlink_to(loop)
        for path, why in ((self.folder / "none", "does not exist"), (loop, "Too many levels of symbolic links"), (self.worker, "is not a folder")):
            with self.subTest(path=path):
                ended = run("checksum-files", "--set", f"folder={path}")
                self.assertNotEqual(ended.returncode, 0)
                self.assertIn(why, ended.stderr.decode())


class Limits(unittest.TestCase):
    def test_a_trace_that_may_not_grow(self):
        with tempfile.TemporaryDirectory(prefix="heddle-") as folder:
            trace = os.path.join(folder, "trace.json")
            ended = limited("run", "squares", "--format", "jsonl", "--backend", "threads", "--set", "n=5000", "--trace", trace, fsize=8192)
            self.assertEqual(ended.returncode, 1, ended.stderr)
            self.assertIn("File too large", ended.stderr.decode())
            self.assertIn(trace, ended.stderr.decode())
            # the work is done all the same, and told
            self.assertEqual(parse(ended.stdout).run["done"], 5000)

    def check(self, ended):
        """Either the work is done, or an error says why not. Returns whether it is done."""
        self.assertIn(ended.returncode, (0, 1), (ended.returncode, ended.stderr[-500:]))
        if ended.returncode == 0:
            self.assertEqual(parse(ended.stdout).run["done"], 200)
        else:
            self.assertIn(b"heddle-cli: ", ended.stderr)
        return ended.returncode == 0

    def test_descriptors(self):
        """From too few for anything to enough for all: never more than an error."""
        done = []
        for nofile in (*range(10, 48), 60, 100, 300):
            with self.subTest(nofile=nofile):
                done.append(self.check(limited("run", "squares", "--format", "jsonl", "--set", "n=200", "--backend", "processes", "--workers", "24",
                                               nofile=nofile)))
        self.assertFalse(done[0])
        self.assertTrue(done[-1])

    @unittest.skipIf(SANITIZED, "a sanitizer needs the whole address space")
    def test_memory(self):
        """With too little even for GLib, that ends the program; its workers go with it: they hold its standard error, of which the end is awaited."""
        done = []
        for megabytes in (24, 32, 48, 64, 96, 128, 192, 256, 512, 2048):
            with self.subTest(megabytes=megabytes):
                ended = limited("run", "squares", "--format", "jsonl", "--set", "n=200", "--backend", "processes", "--workers", "64",
                                as_=megabytes << 20)
                # 127: not even the libraries could be loaded; SIGSEGV: GLib found no memory for saying that it found none
                if ended.returncode in (127, -signal.SIGTRAP, -signal.SIGABRT, -signal.SIGSEGV):
                    done.append(False)
                else:
                    done.append(self.check(ended))
        self.assertTrue(done[-1])
        self.assertFalse(done[0])


run_tests()
