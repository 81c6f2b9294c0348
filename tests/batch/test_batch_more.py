#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""heddle-cli batch: what it says when something is not as it should be, and what is written of it elsewhere."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..")]
from program import CLI, PATIENCE, environment, run_tests  # noqa: E402  the folder is known only now
from runner import wait_for  # noqa: E402


class Batch(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.environment = environment(HOME=scratch.name, XDG_STATE_HOME=str(self.folder / "state"))

    def start(self, *arguments, program=(CLI, "batch")):
        return subprocess.Popen([*program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                cwd=self.folder, env=self.environment)

    def finish(self, process):
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def batch(self, *arguments):
        return self.finish(self.start(*arguments))

    def end_left_over(self, marker):
        """Jobs outlive a program that leaves at once."""
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if marker.encode() in (path / "cmdline").read_bytes():
                    os.kill(int(path.name), signal.SIGKILL)
            except OSError:
                pass  # it has gone meanwhile

    def test_the_third_interrupt_leaves_at_once(self):
        """It is not one more way to end the jobs: nothing is said of it."""
        marker = "76543.5"
        self.addCleanup(self.end_left_over, marker)
        process = self.start("-j1", f"trap '' TERM; touch started; sleep {marker}", ":::", "1")
        wait_for("the job", (self.folder / "started").exists)
        process.send_signal(signal.SIGINT)
        self.assertIn("Running jobs may end", process.stderr.readline())
        process.send_signal(signal.SIGINT)
        self.assertIn("Ctrl+C again exits at once", process.stderr.readline())
        process.send_signal(signal.SIGINT)
        code = process.wait(PATIENCE)
        self.end_left_over(marker)
        self.assertEqual((code, process.stderr.read().count("exits at once")), (-signal.SIGINT, 0))
        process.stdout.close()
        process.stderr.close()

    def test_a_record_that_cannot_be_written_is_named(self):
        script = "ulimit -f 1; trap '' XFSZ; exec \"$0\" batch -j1 --joblog log 'true {}' ::: $(seq 100)"
        code, _, err = self.finish(self.start("-c", script, CLI, program=("bash",)))
        self.assertEqual(code, 1)
        self.assertIn("heddle-cli: The joblog could not be written (log): ", err)
        self.assertNotIn("Standard output", err)

    def test_the_joblog_is_no_batch(self):
        for arguments, words in ((["--journal", "-"], "--journal needs a name"), (["--resume", "-"], "--resume - needs --joblog")):
            with self.subTest(arguments=arguments):
                code, out, err = self.batch(*arguments, "true", ":::", "1")
                self.assertEqual((code, out), (2, ""))
                self.assertIn(words, err)


run_tests()
