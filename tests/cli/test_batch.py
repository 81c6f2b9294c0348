#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""heddle-cli batch --dry-run, but for what is compared with GNU parallel (tests/batch/test_parallel.py)."""
import os
import subprocess
import unittest

from program import CLI, PATIENCE, call, environment, run_tests


def dry_run(*arguments, stdin=b""):
    return subprocess.run([CLI, "batch", "--dry-run", *arguments], input=stdin, capture_output=True, timeout=PATIENCE, env=environment())


class Batch(unittest.TestCase):
    def test_a_pipe_that_does_not_end_gives_its_lines_at_once(self):
        with subprocess.Popen([CLI, "batch", "--dry-run", "echo"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()) as going:
            for line in (b"a", b"b c"):
                # the pipe stays open: who waited for its end would wait for ever
                going.stdin.write(line + b"\n")
                going.stdin.flush()
                self.assertEqual(going.stdout.readline().replace(b"'", b""), b"echo " + line + b"\n")
            going.stdin.close()
            self.assertEqual((going.stdout.read(), going.wait(PATIENCE)), (b"", 0))

    def test_a_reader_that_has_gone_ends_it(self):
        with subprocess.Popen([CLI, "batch", "--dry-run", "echo", "::::", "/dev/zero", "-0"], stderr=subprocess.PIPE, env=environment()) as refused:
            self.assertEqual(refused.wait(PATIENCE), 2)
        with subprocess.Popen([CLI, "batch", "--dry-run", "-0", "echo", "::::", "/dev/zero"], stdout=subprocess.PIPE, env=environment()) as going:
            self.assertEqual(going.stdout.readline(), b"echo ''\n")
            going.stdout.close()
            self.assertEqual(going.wait(PATIENCE), 141)

    def test_a_disk_that_is_full_is_told(self):
        with open("/dev/full", "wb") as full:
            ended = subprocess.run([CLI, "batch", "--dry-run", "echo", ":::", "a"], stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE, env=environment())
        self.assertEqual(ended.returncode, 1)
        self.assertIn(b"Standard output cannot be written", ended.stderr)

    def test_what_came_before_a_fault_is_printed(self):
        ended = dry_run("echo", stdin=b"a\nb\0\n")
        self.assertEqual((ended.returncode, ended.stdout), (2, b"echo a\n"))
        self.assertIn(b"Line 2", ended.stderr)
        ended = dry_run("echo", "::::", "/")
        self.assertEqual((ended.returncode, ended.stdout), (1, b""))
        self.assertIn(b"cannot be read", ended.stderr)

    def test_values_may_be_glued_to_short_options(self):
        for arguments in (["-N2"], ["-N", "2"], ["-rN2"], ["-r", "-n2"], ["--max-args=2"], ["--max-args", "2"], ["--trim", "n", "-N2"]):
            ended = dry_run(*arguments, "echo", "-n3", ":::", "a", "b")
            self.assertEqual((ended.returncode, ended.stdout), (0, b"echo -n3 a b\n"), (arguments, ended.stderr))
        self.assertEqual(dry_run("-I-n2", "echo", "-n2", ":::", "a").stdout, b"echo a\n")

    def test_help_names_the_options_and_strings(self):
        ended = call("batch", "--help")
        self.assertEqual((ended.returncode, ended.stderr), (0, b""))
        for text in (b"--dry-run", b"--colsep", b":::+", b"{/.}", b"{##}", b"--resume-failed", b"Ctrl+C once", b"exit status"):
            self.assertIn(text, ended.stdout)

    def test_bad_usage_is_explained(self):
        for arguments in (["-0", "-d", ",", "echo"], ["--header", "x", "echo"], ["-I", "", "echo"], ["-n"], ["--nope"], ["echo", "::::"], ["--no-shell", "echo '"],
                          ["--colsep", "(", "echo"], [b"-\xff"], [b"--trim=\xff"]):
            ended = dry_run(*arguments)
            self.assertEqual((ended.returncode, ended.stdout), (2, b""), arguments)
            self.assertIn("heddle-cli batch --help", ended.stderr.decode(), arguments)

    def test_bytes_come_out_as_they_went_in(self):
        names = [b"a\xff", b"\xc3\xa4", bytes(range(1, 256))]
        ended = dry_run("printf", "%s\\\\0", ":::", *names)
        self.assertEqual(ended.returncode, 0)
        printed = subprocess.run(["sh"], input=ended.stdout, capture_output=True, timeout=PATIENCE, env=dict(os.environ, LC_ALL="C"))
        self.assertEqual(printed.stdout, b"".join(name + b"\0" for name in names))


run_tests()
