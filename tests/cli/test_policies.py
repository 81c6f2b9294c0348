#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run does about tasks that fail or take too long, and about its workers: the options of each, and what they come to."""
import os
import unittest

from program import Going, run, run_jsonl, run_tests, wait_for

# Of ten tasks, those whose number can be divided by three fail.
FAILING = ("exceptions-in-tasks", "--set", "mode=future", "--set", "seconds=0.02", "--workers", "1")
BACKENDS = ("threads", "processes")


class Halt(unittest.TestCase):
    def test_halt_ends_the_run(self):
        for backend in BACKENDS:
            for policy in ("soon,fail=1", "now,fail=2"):
                with self.subTest(backend=backend, policy=policy):
                    lines = run_jsonl(*FAILING, "--backend", backend, "--halt", policy, status=1)
                    self.assertEqual(lines.run["halted"], policy)
                    self.assertGreaterEqual(lines.run["failed"], int(policy[-1]))
                    self.assertEqual(lines.run["submitted"], lines.run["done"] + lines.run["failed"] + lines.run["cancelled"])

    def test_halt_is_said_in_words(self):
        ended = run(*FAILING, "--halt", "now,fail=1")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("heddle-cli: The run was halted by its policy “now,fail=1”: 1 task failed or was lost.", ended.stderr.decode())
        self.assertIn("halted by “now,fail=1” in", ended.stderr.decode())

    def test_without_enough_failures_nothing_is_halted(self):
        for policy in ("never", "soon,fail=4", "now,fail=31%"):
            with self.subTest(policy=policy):
                lines = run_jsonl(*FAILING, "--halt", policy, status=1)
                self.assertEqual((lines.run["done"], lines.run["failed"], lines.run["halted"]), (7, 3, None))


class Retries(unittest.TestCase):
    def test_a_lost_task_is_tried_again(self):
        lines = run_jsonl("crash-a-worker", "--set", "tasks=6", "--set", "seconds=0.01", "--set", "attempts=2", "--retries", "2")
        self.assertEqual((lines.run["done"], lines.run["lost"], lines.run["retried"]), (6, 0, 2))
        self.assertEqual(next(line["attempt"] for line in lines.tasks if line["id"] == 5), 3)

    def test_the_delay_grows(self):
        with Going("run", *FAILING, "--retries", "2") as going:
            self.assertEqual(going.finish(), 1)
            said = going.stderr.decode()
        for task in (3, 6, 9):
            first, second = (said.find(f"Task {task} (task {task}) is tried again in {delay} s") for delay in ("0.1", "0.2"))
            self.assertTrue(0 <= first < second, said)


class Timeout(unittest.TestCase):
    def test_late_task_has_failed(self):
        for backend in BACKENDS:
            with self.subTest(backend=backend):
                lines = run_jsonl("hang", "--backend", backend, "--set", "tasks=3", "--set", "task=2", "--set", "seconds=0", "--timeout", "0.2",
                                  status=1)
                late = next(line for line in lines.tasks if line["id"] == 2)
                self.assertEqual(late["state"], "failed")
                self.assertIn("longer than 0.2 s", late["error"])
                self.assertEqual(lines.run["done"], 2)


class Workers(unittest.TestCase):
    def test_recycle_replaces_processes(self):
        lines = run_jsonl("squares", "--backend", "processes", "--workers", "2", "--set", "n=1000", "--recycle", "100")
        self.assertEqual(lines.run["done"], 1000)
        self.assertGreaterEqual(lines.run["recycled"], 8)
        self.assertEqual(len(lines.workers), 2)

    def test_recycle_fills_no_log(self):
        ended = run("squares", "--backend", "processes", "--set", "n=1000", "--recycle", "50")
        self.assertEqual(len(ended.stderr.splitlines()), 1, ended.stderr)
        self.assertIn(b"workers recycled", ended.stderr)

    def wait_for_cpus(self, expected, *arguments):
        """Until the worker processes of a run may use these CPUs: what a worker does first is to bind itself."""
        with Going("run", "handle-requests", "--set", "requests=50", "--set", "seconds=60", "--backend", "processes", "--workers",
                   str(len(expected)), "--format", "jsonl", *arguments) as going:
            wait_for(f"workers on CPUs {expected}", lambda: cpus_of_children(going) == expected)
            going.process.terminate()
            going.finish()

    def test_nice_is_that_of_the_workers(self):
        """What a worker does first is to give way, too; 19 and idle are more than whatever the test itself runs at."""
        for nice, expected in (("19", (19, os.SCHED_OTHER)), ("idle", (19, os.SCHED_IDLE))):
            with self.subTest(nice=nice), Going("run", "handle-requests", "--set", "requests=50", "--set", "seconds=60", "--backend", "processes",
                                                "--workers", "2", "--format", "jsonl", "--nice", nice) as going:
                wait_for(f"workers of priority {expected}", lambda expected=expected: priorities_of_children(going) == [expected, expected])
                going.process.terminate()
                going.finish()

    def test_affinity_binds_worker_processes(self):
        cpu = min(os.sched_getaffinity(0))
        self.wait_for_cpus([[cpu], [cpu]], "--affinity", str(cpu))

    def test_spread_gives_each_worker_one_cpu(self):
        cpus = sorted(os.sched_getaffinity(0))
        self.wait_for_cpus([[cpu] for cpu in cpus], "--affinity", "spread")


class WorkersByDefault(unittest.TestCase):
    def test_the_default_knows_the_affinity_and_says_so(self):
        cpu = min(os.sched_getaffinity(0))

        def one_cpu():
            os.sched_setaffinity(0, [cpu])

        lines = run_jsonl("factorials", preexec_fn=one_cpu)
        self.assertEqual(lines.run["workers"], 1)
        if os.sysconf("SC_NPROCESSORS_ONLN") > 1:
            self.assertIn("(1, from the processor affinity)", run("--help", preexec_fn=one_cpu).stdout.decode())


def priorities_of_children(going):
    """For each worker process its nice value and its policy; None while they come and go."""
    try:
        return [(os.getpriority(os.PRIO_PROCESS, pid), os.sched_getscheduler(pid)) for pid in going.children()]
    except (FileNotFoundError, ProcessLookupError):
        return None


def cpus_of_children(going):
    """For each worker process the CPUs that it may use; None while they come and go."""
    try:
        return sorted(sorted(os.sched_getaffinity(pid)) for pid in going.children())
    except (FileNotFoundError, ProcessLookupError):
        return None


run_tests()
