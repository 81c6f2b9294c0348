#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run says at its end about what held it up.

Only workloads that sleep rather than compute, so that no other program changes what is to be said; times are long beside what a busy machine adds.
"""
import unittest

from program import parse, run, run_tests


def diagnose(*arguments):
    """The kinds in the run's line, best first, and its line."""
    ended = run(*arguments, "--format", "jsonl")
    summary = parse(ended.stdout).run
    return [verdict["kind"] for verdict in summary["diagnosis"]], summary


class Diagnosis(unittest.TestCase):
    def test_a_lock_held_by_one_of_four(self):
        kinds, summary = diagnose("lock", "--set", "tasks=4", "--set", "visits=4", "--set", "seconds=0.2")
        self.assertEqual(kinds[0], "lock", summary)
        verdict = summary["diagnosis"][0]
        self.assertEqual(verdict["object"], "door")
        self.assertGreater(verdict["figures"]["waiters"], 1)
        # all four hold it for four naps of 0.2 s each, one after the other, and one of them for longest
        figures = verdict["figures"]
        self.assertGreater(figures["held"], 0.5, summary)
        self.assertIn(figures["holder"], (1, 2, 3, 4))
        self.assertGreaterEqual(figures["holder_ns"], 0.8e9)
        self.assertLessEqual(figures["holder_ns"], summary["elapsed_ns"])

    def test_without_the_lock_none_is_blamed(self):
        kinds, summary = diagnose("lock", "--set", "tasks=4", "--set", "visits=4", "--set", "seconds=0.2", "--set", "how=none")
        self.assertNotIn("lock", kinds, summary)

    def test_naps_on_two_workers(self):
        kinds, summary = diagnose("handle-requests", "--set", "requests=20", "--set", "seconds=0.3", "--backend", "threads", "--workers", "2")
        self.assertEqual(kinds, ["waiting"], summary)
        self.assertEqual(summary["diagnosis"][0]["figures"]["other_workers"], 8)

    def test_as_many_workers_as_naps_is_no_trouble(self):
        kinds, summary = diagnose("handle-requests", "--set", "requests=4", "--set", "seconds=1", "--backend", "threads", "--workers", "4")
        self.assertEqual(kinds, [], summary)

    def test_the_main_loop(self):
        kinds, summary = diagnose("handle-requests", "--set", "requests=5", "--set", "seconds=0.3", "--backend", "main-loop")
        self.assertEqual(kinds, ["main-loop"], summary)

    def test_what_waits_on_purpose_is_no_trouble(self):
        for workload in ("start-and-join", "semaphore", "barrier", "event", "deadlock"):
            with self.subTest(workload):
                kinds, summary = diagnose(workload)
                self.assertEqual(kinds, [], summary)

    def test_a_line_for_people_only_where_it_explains_most(self):
        arguments = ("handle-requests", "--set", "seconds=0.3", "--backend", "threads", "--workers", "2")
        told = run(*arguments, "--set", "requests=20").stderr.decode().splitlines()
        self.assertRegex(told[-1], r"^Tasks mostly wait\. .* \(--workers 8\)$")
        told = run(*arguments, "--set", "requests=2").stderr.decode().splitlines()
        self.assertRegex(told[-1], r"^2 tasks: 2 done in ")


run_tests()
