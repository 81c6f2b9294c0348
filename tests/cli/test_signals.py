#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals as whoever started the program left them, and what is seen of a program that a signal has ended."""
import os
import re
import shutil
import signal
import subprocess
import unittest

from program import BACKENDS, CLI, PATIENCE, Going, environment, parse, run_tests, wait_for

STARTED = b"Handling request"
N_REQUESTS = 4
REQUESTS = ["run", "handle-requests", "--format", "jsonl", "--workers", "2", "--set", f"requests={N_REQUESTS}", "--set", "seconds=0.3"]


def ignoring(*numbers):
    def ignore():
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)

    return ignore


def run_ignoring(numbers, *arguments):
    return subprocess.run([CLI, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, env=environment(), check=False,
                          preexec_fn=ignoring(*numbers))


class Started(unittest.TestCase):
    """By a script or a shell that ignores signals: its children do, unless they care."""

    def test_the_death_of_children_is_noticed(self):
        for arguments in (["squares", "--backend", "processes"], ["squares", "--backend", "process-per-task"], ["manager", "--backend", "processes"],
                          ["crash-a-worker", "--backend", "threads", "--set", "task=0", "--set", "seconds=0"]):
            with self.subTest(arguments=arguments):
                ended = run_ignoring([signal.SIGCHLD], "run", "--no-live", *arguments)
                said = ended.stderr.decode()
                self.assertEqual(ended.returncode, 0, said)
                self.assertNotIn("exited with", said)
                self.assertNotIn("died", said)

    def test_how_a_child_died_is_told(self):
        for backend in ("processes", "threads"):
            with self.subTest(backend=backend):
                ended = run_ignoring([signal.SIGCHLD], "run", "crash-a-worker", "--no-live", "--backend", backend, "--workers", "1",
                                     "--set", "tasks=1", "--set", "task=1", "--set", "seconds=0")
                self.assertEqual(ended.returncode, 1)
                self.assertRegex(ended.stderr.decode(), r"signal \d+ \(\w")

    def test_a_manager_that_is_killed_is_told(self):
        with Going("run", "manager", "--backend", "threads", "--set", "clients=64", "--set", f"requests=10000",
                   preexec_fn=ignoring(signal.SIGCHLD)) as going:
            wait_for("the manager, who is ready when there are workers", lambda: "heddle-w1" in going.threads())
            os.kill(going.children()[0], signal.SIGKILL)  # on threads it is the only child
            self.assertEqual(going.finish(), 1)
            self.assertIn(b"was killed by signal 9", going.stderr)

    def test_what_is_ignored_stays_ignored(self):
        """By the program and by its workers: a terminal sends to the whole group."""
        for backend in BACKENDS:
            numbers = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
            with self.subTest(backend=backend), \
                    Going(*REQUESTS, "--backend", backend, preexec_fn=ignoring(*numbers), start_new_session=True) as going:
                going.wait_for(STARTED)
                for number in numbers:
                    os.killpg(going.process.pid, number)
                self.assertEqual(going.finish(), 0, going.stderr)
                self.assertEqual(parse(going.stdout).run["done"], N_REQUESTS)
                self.assertNotRegex(going.stderr, b"Finishing queued|Cancelling|killed|died")

    def test_an_ignored_term_ends_nothing(self):
        with Going(*REQUESTS, preexec_fn=ignoring(signal.SIGTERM)) as going:
            going.wait_for(STARTED)
            going.process.terminate()
            self.assertEqual(going.finish(), 0)
            self.assertEqual(parse(going.stdout).run["done"], N_REQUESTS)


@unittest.skipUnless(shutil.which("bash"), "bash is not installed")
class Shell(unittest.TestCase):
    """What a script learns of a program that Ctrl+C has ended."""

    def start(self, script):
        command = ["bash", "-c", script, "bash", CLI, "run", "handle-requests", "--format", "jsonl", "--set", "seconds=3600"]
        return Going(command=command, start_new_session=True)

    def test_the_status_is_that_of_the_signal(self):
        for number, said in ((signal.SIGINT, (b"Finishing queued tasks", b"Cancelling")), (signal.SIGTERM, ()), (signal.SIGHUP, ())):
            with self.subTest(signal=number), self.start('"$@"; echo "status $?" >&2') as going:
                going.wait_for(STARTED)
                program = going.children()[0]
                os.kill(program, number)
                for words in said:
                    going.wait_for(words)
                    if words == b"Finishing queued tasks":
                        os.kill(program, number)
                self.assertEqual(going.finish(), 0)
                self.assertIn(f"status {128 + number}".encode(), going.stderr)

    def test_ctrl_c_ends_the_script_too(self):
        with self.start('"$@"; echo "and went on" >&2') as going:
            going.wait_for(STARTED)
            for said in (b"Finishing queued tasks", b"Cancelling"):
                os.killpg(going.process.pid, signal.SIGINT)
                going.wait_for(said)
            self.assertEqual(going.finish(), -signal.SIGINT)
            self.assertNotIn(b"and went on", going.stderr)
            self.assertTrue(re.search(rb'"type":"run"', going.stdout), "the results are written before the program dies")

    def test_a_job_in_the_background_of_a_script_does_not_hear_ctrl_c(self):
        with Going(command=["bash", "-c", '"$@" & wait $!; echo "status $?" >&2', "bash", CLI, *REQUESTS], start_new_session=True) as going:
            going.wait_for(STARTED)
            os.kill(going.children()[0], signal.SIGINT)
            self.assertEqual(going.finish(), 0)
            self.assertIn(b"status 0", going.stderr)


run_tests()
