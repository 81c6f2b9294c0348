#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run ends before its time: Ctrl+C, SIGTERM, a killed program, a killed worker."""
import os
import signal
import time
import unittest

from program import BACKENDS, PATIENCE, Going, is_gone, parse, run_tests, state_of, wait_for

FOREVER = "seconds=3600"

# The words of a request that has started, and those that follow a signal.
STARTED = b"Handling request"
DRAINING = b"Finishing queued tasks"
CANCELLING = b"Cancelling"


def requests(*arguments, n=1000, seconds="0.2", **more):
    return Going("run", "handle-requests", "--format", "jsonl", "--set", f"requests={n}", "--set", f"seconds={seconds}", *arguments, **more)


def stop(pid):
    """Stops a process. Returns once it stands still: TRUE, or FALSE where it has ended."""
    try:
        os.kill(pid, signal.SIGSTOP)
    except ProcessLookupError:
        return False
    return wait_for("a process to stand still or end", lambda: state_of(pid) in ("T", "Z", "")) and state_of(pid) == "T"


class Interrupt(unittest.TestCase):
    def test_once_drains(self):
        """What is in the queue still ends, well; nothing new comes."""
        for backend in BACKENDS:
            with self.subTest(backend=backend), requests("--backend", backend, "--workers", "2", "--queue", "4", seconds="0.1") as going:
                going.wait_for(b'"type":"task"')
                going.interrupt()
                going.wait_for(DRAINING)
                self.assertEqual(going.finish(), -signal.SIGINT)
                lines = parse(going.stdout)
                self.assertLess(lines.run["submitted"], 1000)
                self.assertEqual(lines.run["done"], lines.run["submitted"])

    def test_twice_cancels(self):
        for backend in BACKENDS:
            with self.subTest(backend=backend), requests("--backend", backend, "--workers", "2", "--queue", "4", seconds="3600") as going:
                going.wait_for(STARTED)
                going.interrupt()
                going.wait_for(DRAINING)
                going.interrupt()
                self.assertEqual(going.finish(), -signal.SIGINT)
                lines = parse(going.stdout)
                self.assertGreater(lines.run["cancelled"], 0)
                self.assertEqual(lines.run["cancelled"], lines.run["submitted"])
                started = [line for line in lines.tasks if line["started_ns"] is not None]
                self.assertGreater(len(started), 0)

    def test_term_cancels(self):
        with requests("--backend", "processes", "--workers", "2", seconds="3600") as going:
            going.wait_for(STARTED, 2)
            workers = going.wait_for_children(2)
            going.process.terminate()
            self.assertEqual(going.finish(), -signal.SIGTERM)
            self.assertEqual(parse(going.stdout).run["done"], 0)
            self.assertTrue(all(is_gone(pid) for pid in workers))

    def test_a_reader_that_does_not_read_can_be_left(self):
        """The run is held back by the full pipe; Ctrl+C four times leaves all the same."""
        # Left at once, with _exit() and without waiting for any thread: what the thread sanitizer would call a leak is meant.
        options = os.environ.get("TSAN_OPTIONS", "") + ":report_thread_leaks=0"
        with Going("run", "squares", "--backend", "threads", "--set", "n=100000000", "--format", "jsonl", TSAN_OPTIONS=options) as going:
            going.wait_for(b'"type":"task"')
            deadline = time.monotonic() + PATIENCE
            while going.process.poll() is None and time.monotonic() < deadline:
                going.interrupt()
                try:
                    going.process.wait(0.2)  # signals that are pending already do not add up
                except Exception:
                    pass
            self.assertEqual(going.process.poll(), -signal.SIGINT)


class Killed(unittest.TestCase):
    def test_the_program(self):
        """SIGKILL leaves no chance to tidy up; no worker is left all the same."""
        for backend in ("processes", "process-per-task"):
            with self.subTest(backend=backend), requests("--backend", backend, "--workers", "4", seconds="3600") as going:
                going.wait_for(STARTED, 4)
                workers = going.wait_for_children(4)
                self.assertFalse(any(is_gone(pid) for pid in workers))
                going.process.kill()
                going.process.wait()
                wait_for("the workers to end", lambda workers=workers: all(is_gone(pid) for pid in workers))

    def kill_a_worker(self, *arguments):
        """It is stopped first: then it still has its task in hand in the moment in which it is killed, however late that is."""
        def attempt():
            with requests("--backend", "processes", "--workers", "2", "--prefetch", "1", *arguments, n=6, seconds="1") as going:
                going.wait_for(STARTED, 2)
                stopped = [pid for pid in going.children() if stop(pid)]
                going.read_what_has_come()
                in_hand = b'"type":"task"' not in going.stdout
                if in_hand:
                    os.kill(stopped.pop(), signal.SIGKILL)
                for pid in stopped:
                    os.kill(pid, signal.SIGCONT)
                status = going.finish()
                return in_hand and (status, parse(going.stdout), going.stderr.decode())
        return wait_for("a worker that is killed with a task in hand", attempt)

    def test_a_worker_without_retries(self):
        status, lines, said = self.kill_a_worker("--retries", "0")
        self.assertEqual(status, 1)
        self.assertEqual((lines.run["lost"], lines.run["done"], lines.run["submitted"]), (1, 5, 6))
        lost = next(line for line in lines.tasks if line["state"] == "lost")
        self.assertIn("killed", lost["error"])
        self.assertIn("killed", said)

    def test_a_worker_with_one_retry(self):
        status, lines, said = self.kill_a_worker("--retries", "1")
        self.assertEqual(status, 0, said)
        self.assertEqual((lines.run["lost"], lines.run["done"]), (0, 6))
        self.assertEqual(sorted(line["attempt"] for line in lines.tasks), [1, 1, 1, 1, 1, 2])


run_tests()
