#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands end with a heddle-cli that is killed, at whatever moment, and nothing is left of the guard that sees to it.

Everything that a run starts is known by a word in its environment, which processes hand on to those that they start.
"""
import os
import random
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from program import CLI, PATIENCE, Going, environment, read_proc, run_tests, wait_for  # noqa: E402  the folder is known only now
from processes import read_stat  # noqa: E402

ROUNDS = int(os.environ.get("HEDDLE_TEST_ROUNDS", "24"))
JOBS = {
    "plain": "sleep 12345",
    "grandchildren": "sleep 12345 & (sleep 12345; :) & sleep 12345; :",
    "deaf": "trap '' TERM; sleep 12345 & sleep 12345; :",
    "short": "sleep 0.01; :",
    "none at all": "true",
}
marks = 0


def make_mark():
    global marks
    marks += 1
    return f"{os.getpid()}.{marks}"


def find(mark):
    """{process id: name} of all that bear the mark; a process that has ended bears none."""
    word = f"HEDDLE_TEST_MARK={mark}"
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            bears = word in read_proc(pid, "environ").split("\0")
        except PermissionError:
            continue  # somebody else's
        if bears and (stat := read_stat(pid)) and stat[1] not in "ZX":
            found[int(pid)] = stat[0]
    return found


def guards(mark):
    return [pid for pid, name in find(mark).items() if name == "heddle-guard"]


def going(mark, *arguments, **more):
    return Going("batch", *arguments, HEDDLE_TEST_MARK=mark, **more)


def wait_until_gone(mark):
    wait_for("all that the run has started to be gone", lambda: not find(mark))


class Killed(unittest.TestCase):
    def test_at_random_moments(self):
        for seed in range(ROUNDS):
            name = list(JOBS)[seed % len(JOBS)]
            chance = random.Random(seed)
            values = [str(number) for number in range(2000 if name in ("short", "none at all") else 8)]
            with self.subTest(job=name, seed=seed):
                mark = make_mark()
                with going(mark, "-j4", JOBS[name] + " # {}", ":::", *values) as run:
                    time.sleep(chance.choice([0.02, 0.1, 0.4]) * chance.random())  # the moment is what is random
                    run.process.send_signal(chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGSEGV]))
                    run.finish()
                    wait_until_gone(mark)

    def test_while_running(self):
        for name in ("grandchildren", "deaf"):
            with self.subTest(job=name):
                mark = make_mark()
                with going(mark, "-j2", JOBS[name] + " # {}", ":::", "1", "2") as run:
                    wait_for("the jobs", lambda: list(find(mark).values()).count("sleep") >= 4)
                    self.assertEqual(len(guards(mark)), 1)
                    run.process.kill()
                    run.finish()
                    wait_until_gone(mark)

    def test_while_ending(self):
        """Asked to end, which its job does not hear."""
        mark = make_mark()
        with going(mark, "trap '' TERM; echo ready; sleep 12345 & sleep 12345; : {}", ":::", "1") as run:
            wait_for("the job", lambda: list(find(mark).values()).count("sleep") == 2)
            run.process.terminate()
            run.wait_for(b"Cancelling")
            run.process.kill()
            run.finish()
            wait_until_gone(mark)


class Ended(unittest.TestCase):
    def test_an_orderly_end_leaves_no_guard(self):
        mark = make_mark()
        with going(mark, "echo", ":::", "a") as run:
            self.assertEqual(run.finish(), 0, run.stderr)
            self.assertEqual(run.stdout, b"a\n")
            wait_until_gone(mark)

    def test_what_a_job_leaves_behind_is_left(self):
        mark = make_mark()
        with going(mark, "sleep 12345 >/dev/null 2>&1 & echo", ":::", "a") as run:
            self.assertEqual(run.finish(), 0, run.stderr)
            wait_for("the guard to be gone", lambda: not guards(mark))
            found = find(mark)
            self.assertEqual(list(found.values()), ["sleep"])
            os.kill(*found, signal.SIGKILL)
            wait_until_gone(mark)

    def test_a_pipeline_sees_the_end(self):
        """With a guard that stands still, so that only what it has open counts."""
        mark = make_mark()
        with going(mark, "-j2", "sleep 12345; : {}", ":::", "1", "2") as run:
            wait_for("the jobs", lambda: list(find(mark).values()).count("sleep") == 2)
            guard, = guards(mark)
            os.kill(guard, signal.SIGSTOP)
            run.process.kill()
            run.finish()  # reads to the end of both pipes
            self.assertEqual(guards(mark), [guard])
            os.kill(guard, signal.SIGCONT)
            wait_until_gone(mark)

    def test_in_a_pipeline(self):
        ended = subprocess.run(["sh", "-c", f"'{CLI}' batch echo ::: a b 2>&1 | cat"], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, env=environment())
        self.assertEqual(sorted(ended.stdout.split()), [b"a", b"b"])


class Guard(unittest.TestCase):
    def test_signals_of_the_terminal_do_not_end_it(self):
        """Neither those to the group of whoever is in front, in which it is not, nor those that are sent to it."""
        mark = make_mark()
        with going(mark, "sleep 12345; : {}", ":::", "1", start_new_session=True) as run:
            wait_for("the job", lambda: list(find(mark).values()).count("sleep") == 1)
            guard, = guards(mark)
            self.assertEqual(os.getsid(guard), guard)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
                os.kill(guard, number)
            os.killpg(run.process.pid, signal.SIGINT)
            run.wait_for(b"Running jobs may end")
            self.assertEqual(guards(mark), [guard])
            run.process.kill()
            run.finish()
            wait_until_gone(mark)

    def test_it_has_nothing_of_ours_open(self):
        mark = make_mark()
        with going(mark, "sleep 12345; : {}", ":::", "1") as run:
            wait_for("the job", lambda: list(find(mark).values()).count("sleep") == 1)
            guard, = guards(mark)
            files = {int(fd): os.readlink(f"/proc/{guard}/fd/{fd}") for fd in os.listdir(f"/proc/{guard}/fd")}
            self.assertEqual([files.pop(fd) for fd in range(3)], ["/dev/null"] * 3)
            self.assertRegex(files.pop(3), "^socket:")
            self.assertEqual(files, {})
            self.assertEqual(os.readlink(f"/proc/{guard}/cwd"), "/")
            run.process.kill()
            run.finish()
            wait_until_gone(mark)

    def test_without_the_worker_program(self):
        for path in ("/nonexistent/worker", "/bin/true"):
            with self.subTest(path=path), going(make_mark(), "echo", ":::", "a", "b", HEDDLE_WORKER=path) as run:
                self.assertEqual(run.finish(), 0)
                self.assertEqual(sorted(run.stdout.split()), [b"a", b"b"])
                self.assertEqual(run.stderr.count(b"If Heddle is killed its commands will not end with it."), 1, run.stderr)
                self.assertIn(path.encode(), run.stderr)


run_tests()
