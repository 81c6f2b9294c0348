#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the system gives no thread, no descriptor, no room: an error that names the reason and the limit that can be raised, never a crash."""
import atexit
import functools
import os
import re
import resource
import shutil
import subprocess
import tempfile
import unittest

from program import BACKENDS, CLI, PATIENCE, SANITIZED, Going, environment, parse, run_tests

THREADS = ["threads", "main-loop", "thread-per-task"]

# A user of the test's own, of whom nothing else runs: then so many threads are had as the limit says.
STRANGER = 61000 + os.getpid() % 3000


@functools.cache
def worker_for_strangers():
    """A copy of the worker program in a folder that everybody may enter: the source may lie in root's own."""
    folder = tempfile.mkdtemp(prefix="heddle-test-")
    atexit.register(shutil.rmtree, folder)
    os.chmod(folder, 0o755)
    return shutil.copy(os.environ["HEDDLE_WORKER"], folder)


def limited(*arguments, as_stranger=False, **limits):
    """Runs heddle-cli with limits: nproc=number, fsize=bytes, nofile=number."""
    # the stranger may not be allowed to walk to the programs: one is opened before, the other one copied
    program = os.open(CLI, os.O_PATH)
    surroundings = environment(ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")  # looking for leaks takes a process
    if as_stranger:
        surroundings["HEDDLE_WORKER"] = worker_for_strangers()

    def execute():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if as_stranger:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(STRANGER)
        for name, value in limits.items():
            number = getattr(resource, f"RLIMIT_{name.upper()}")
            resource.setrlimit(number, (value, value))
        os.execve(program, [CLI, *arguments], surroundings)

    try:
        return subprocess.run([CLI], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False, preexec_fn=execute)
    finally:
        os.close(program)


class Limits(unittest.TestCase):
    def check(self, ended, reason, limit):
        """Either all is done, or the program says why not and what can be done. Returns whether it is done."""
        said = ended.stderr.decode()
        self.assertIn(ended.returncode, (0, 1), (ended.returncode, said))
        if ended.returncode == 0:
            self.assertEqual(parse(ended.stdout).run["done"], 20)
            return True
        if ended.stdout:  # what has been told of tasks has its sums
            parse(ended.stdout)
        self.assertIn("heddle-cli: ", said)
        self.assertIn(reason, said)
        self.assertEqual({word for line in said.splitlines() if reason in line for word in re.findall(r"ulimit -\w", line)}, limit)
        return False

    def run_with(self, backend, **limits):
        return limited("run", "squares", "--set", "n=20", "--format", "jsonl", "--workers", "2", "--backend", backend, **limits)

    def test_threads(self):
        """One after the other is the first that is refused."""
        limit = {"ulimit -u", "ulimit -v"}  # the C library says the same of a stack for which there is no memory
        for backend in BACKENDS:
            done = []
            with self.subTest(backend=backend):
                if os.geteuid() != 0:
                    done += [False, self.check(self.run_with(backend, nproc=1), "Resource temporarily unavailable", limit), True]
                else:
                    for number in range(1, 12):
                        ended = self.run_with(backend, nproc=number, as_stranger=True)
                        done.append(self.check(ended, "Resource temporarily unavailable", limit))
                self.assertFalse(done[0])
                self.assertTrue(done[-1])

    @unittest.skipIf(os.geteuid() != 0, "who may be somebody else has no other processes")
    def test_what_has_begun_is_told_to_its_end(self):
        """Some thread is refused last, with the run going already or not yet: no task is told without its sums. Five are one too few."""
        for number in (4, *40 * [5], 6, 7, 8):
            with self.subTest(number=number):
                ended = limited("run", "lock", "--backend", "process-per-task", "--set", "tasks=5", "--set", "how=try", "--queue", "2",
                                "--set", "seconds=0.1", "--format", "jsonl", nproc=number, as_stranger=True)
                self.assertIn(b"Resource temporarily unavailable", ended.stderr)
                if ended.stdout:
                    parse(ended.stdout)

    def test_descriptors(self):
        for backend in BACKENDS:
            done = []
            with self.subTest(backend=backend):
                for number in (*range(4, 14), 16, 24, *range(31, 37), 40, 80):  # with 3 no library can be opened, and the loader says so
                    done.append(self.check(self.run_with(backend, nofile=number), "Too many open files", {"ulimit -n"}))
                self.assertFalse(done[0])
                self.assertTrue(done[-1])

    def test_files_that_may_not_grow(self):
        for backend, done in (("threads", True), ("processes", False), ("process-per-task", False)):
            with self.subTest(backend=backend):
                self.assertEqual(self.check(self.run_with(backend, fsize=1024), "File too large", {"ulimit -f"}), done)

    def test_files_that_may_not_grow_and_a_manager(self):
        ended = limited("run", "manager", "--backend", "processes", fsize=1024)
        self.assertFalse(self.check(ended, "File too large", {"ulimit -f"}))

    def test_connections_to_a_manager(self):
        """A worker that gets no descriptor does not say that the manager has ended, which it has not."""
        ended = limited("run", "manager", "--backend", "threads", "--workers", "64", "--set", "clients=64", "--set", "requests=200", nofile=40)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("The manager “manager” cannot be reached: Too many open files. ", ended.stderr.decode())
        self.assertNotIn("has ended", ended.stderr.decode())

    def test_a_trace_says_what_is_in_its_way(self):
        for path, why, advice in (("/dev/full", "No space left", "Free some space there"), ("/no/such/folder/t.json", "No such file", "Choose another file")):
            with self.subTest(path=path):
                said = limited("run", "squares", "--trace", path).stderr.decode()
                self.assertIn(why, said)
                self.assertIn(advice, said)
                self.assertEqual("Free some space" in said, why == "No space left", said)


class Threads(unittest.TestCase):
    @unittest.skipIf(SANITIZED, "a sanitizer may have threads of its own")
    def test_all_are_ours(self):
        """GLib starts some by itself for what is not used here, and ends the program where it gets none."""
        for backend in BACKENDS:
            with self.subTest(backend=backend), Going("run", "handle-requests", "--set", "seconds=3600", "--workers", "2", "--backend", backend) as going:
                going.wait_for(b"Handling request", 1 if backend.startswith("main-loop") else 2)
                names = going.threads()
                for child in going.children():
                    with open(f"/proc/{child}/comm", encoding="ascii") as file:
                        self.assertEqual(file.read().strip(), "heddle-worker")
                    names += [name for name in os.listdir(f"/proc/{child}/task") if int(name) != child]  # it has one
                self.assertGreaterEqual(len(names), 4)
                for name in names:
                    self.assertRegex(name, r"^heddle-[\w-]+$")


run_tests()
