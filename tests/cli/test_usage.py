#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad usage: a message that says what is accepted, exit status 2, nothing started."""
import os
import tempfile
import unittest

from program import call, run_tests

# Arguments, and the words that the message must hold.
BAD = [
    ([], ["batch", "list", "run"]),
    (["fly"], ["fly", "batch, list, run"]),
    (["list", "squares"], ["squares"]),
    (["list", "--format", "xml"], ["text", "json", "xml"]),
    (["list", "--colour"], ["--colour", "heddle-cli list --help"]),
    (["run"], ["heddle-cli list"]),
    (["run", "sqares"], ["sqares", "Did you mean", "squares"]),
    (["run", "weave"], ["weave", "checksum-files", "factorials", "numbers-and-letters"]),
    (["run", "squares", "cubes"], ["cubes", "--set"]),
    (["run", "squares", "--backend", "gpu"], ["gpu", "threads", "processes", "main-loop", "thread-per-task", "process-per-task"]),
    (["run", "squares", "--workers", "0"], ["--workers", "1", "1024", "0"]),
    (["run", "squares", "--workers", "1025"], ["--workers", "1", "1024", "1025"]),
    (["run", "squares", "--workers", "many"], ["--workers", "many", "whole number"]),
    (["run", "squares", "--workers", ""], ["--workers", "whole number"]),
    (["run", "squares", "--workers", "2.5"], ["--workers", "2.5"]),
    (["run", "squares", "--workers", "99999999999999999999"], ["--workers", "1024"]),
    (["run", "squares", "--workers"], ["--workers"]),
    (["run", "squares", "--queue", "0"], ["--queue", "1000000"]),
    (["run", "squares", "--prefetch", "0"], ["--prefetch", "1"]),
    (["run", "squares", "--retries", "-1"], ["--retries", "0"]),
    (["run", "squares", "--timeout", "soon"], ["--timeout", "seconds", "soon"]),
    (["run", "squares", "--timeout", "0x10"], ["--timeout", "0x10"]),
    (["run", "squares", "--timeout", " 5"], ["--timeout", "“ 5”"]),
    (["run", "squares", "--timeout", "5 "], ["--timeout", "“5 ”"]),
    (["run", "squares", "--timeout", "+5"], ["--timeout", "“+5”"]),
    (["run", "squares", "--timeout", "inf"], ["--timeout", "inf"]),
    (["run", "squares", "--timeout", "nan"], ["--timeout", "nan"]),
    (["run", "squares", "--timeout", "-1"], ["--timeout", "0"]),
    (["run", "squares", "--nice", "20"], ["--nice", "19"]),
    (["run", "squares", "--halt", "soon"], ["--halt", "never", "soon,fail=3", "now,fail=10%", "“soon”"]),
    (["run", "squares", "--halt", "now,fail=0"], ["--halt", "now,fail=0"]),
    (["run", "squares", "--halt", "now,fail=101%"], ["--halt", "1 to 100"]),
    (["run", "squares", "--backend", "processes", "--recycle", "-1"], ["--recycle", "0"]),
    (["run", "squares", "--backend", "threads", "--recycle", "5"], ["processes"]),
    (["run", "squares", "--affinity", "0-"], ["--affinity", "0-3,6", "spread", "“0-”"]),
    (["run", "squares", "--affinity", ""], ["--affinity", "0-3,6", "spread", "“”"]),
    (["run", "squares", "--affinity", "0,,0"], ["--affinity", "0,,0"]),
    (["run", "squares", "--affinity", "1022"], ["--affinity", "1022", "it may use: "]),
    (["run", "squares", "--backend", "main-loop", "--affinity", "spread"], ["main loop"]),
    (["run", "squares", "--nice", "Idle"], ["--nice", "Idle"]),
    (["run", "squares", "--format", "csv"], ["--format", "text", "jsonl", "csv"]),
    (["run", "squares", "--set", "n"], ["n"]),
    (["run", "squares", "--set", "m=1"], ["m", "n"]),
    (["run", "squares", "--set", "n=0"], ["n", "1"]),
    (["run", "squares", "--set", "n=ten"], ["n", "ten"]),
    (["run", "squares", "--set", "n=1.5"], ["n", "1.5"]),
    (["run", "squares", "--sets", "n=1"], ["--sets", "heddle-cli run --help"]),
    (["run", "handle-requests", "--set", "seconds=-1"], ["seconds", "0"]),
    (["run", "handle-requests", "--set", "seconds=nan"], ["seconds", "nan"]),
    (["run", "handle-requests", "--set", "seconds=+1"], ["seconds", "“+1”"]),
    (["run", "squares", "--set", "n=+1"], ["n", "“+1”"]),
    (["run", "squares", "--workers", "+1"], ["--workers", "+1"]),
    (["run", "squares", "--workers", " 1"], ["--workers", "“ 1”"]),
    (["run", "squares", "--queue", "0x10"], ["--queue", "0x10"]),
    (["run", "squares", "--retries", "1 "], ["--retries", "“1 ”"]),
    (["run", "squares", "--halt", "soon,fail=+1"], ["--halt", "soon,fail=+1"]),
    (["run", "squares", "--halt", "soon,fail= 1"], ["--halt", "soon,fail= 1"]),
    (["run", "adder-and-remover", "--set", "min-wait=2", "--set", "max-wait=1"], ["min-wait", "max-wait", "2 and 1"]),
    (["run", "adder-and-remover", "--set", "min-wait=2"], ["min-wait", "max-wait", "2 and 0.5"]),
    (["run", "barrier", "--set", "max-work=0"], ["min-work", "max-work", "0.05 and 0"]),
    (["run", "pool-sizes", "--set", "sizes=1,,2"], ["1,,2", "2,4,8"]),
    (["run", "pool-sizes", "--set", "sizes=1,2,"], ["1,2,"]),
    (["run", "pool-sizes", "--set", "sizes=,1"], [",1"]),
    (["run", "pool-sizes", "--set", "sizes=1, ,2"], ["1, ,2"]),
    (["run", "pool-sizes", "--set", "sizes=1,+2"], ["1,+2"]),
    (["run", "pool-sizes", "--set", "sizes=1.5"], ["1.5"]),
    (["run", "pool-sizes", "--set", "sizes= "], ["2,4,8"]),
    (["run", "pool-sizes", "--set", "sizes="], ["2,4,8"]),
    (["--version", "extra"], ["--version", "extra"]),
    (["-v", "extra"], ["-v", "extra"]),
    (["--help", "extra"], ["--help", "extra"]),
    (["run", "checksum-files", "--set", "folder=/no/such/folder"], ["/no/such/folder"]),
]


class Usage(unittest.TestCase):
    def test_bad_usage(self):
        for arguments, words in BAD:
            with self.subTest(arguments=arguments):
                ended = call(*arguments)
                message = ended.stderr.decode()
                self.assertEqual(ended.returncode, 2, message)
                self.assertEqual(ended.stdout, b"")
                for word in words:
                    self.assertIn(word, message)

    def test_lists_of_numbers(self):
        """One separator between two, with blanks or without, or blanks alone."""
        for sizes in ("1", "1,2", " 1 , 2 ", "1;2", "1 2", "1  2"):
            with self.subTest(sizes=sizes):
                ended = call("run", "pool-sizes", "--set", "n=1", "--set", "again=1", "--set", "pool=threads", "--set", f"sizes={sizes}")
                self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_bad_usage_starts_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            trace = os.path.join(folder, "trace.json")
            self.assertEqual(call("run", "squares", "--trace", trace, "--set", "n=0").returncode, 2)
            self.assertFalse(os.path.exists(trace))

    def test_help(self):
        for arguments in (["--help"], ["-h"], ["batch", "--help"], ["batch", "-h"], ["list", "--help"], ["run", "--help"], ["run", "-h"]):
            with self.subTest(arguments=arguments):
                ended = call(*arguments)
                self.assertEqual((ended.returncode, ended.stderr), (0, b""))
                self.assertIn(b"heddle-cli", ended.stdout)

    def test_version(self):
        ended = call("--version")
        self.assertEqual(ended.returncode, 0)
        self.assertRegex(ended.stdout.decode(), r"^heddle-cli \d+\.\d+\.\d+\n$")


run_tests()
