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

    def has(self, marker):
        """Whether there is a sleep for so many seconds."""
        return any(command == ["sleep", marker, ""] for _, command in self.processes())

    def processes(self):
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                yield int(path.name), (path / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                pass  # it has gone meanwhile

    def end_left_over(self, marker):
        """Jobs outlive a program that leaves at once."""
        for pid, command in self.processes():
            if any(marker in word for word in command):
                try:
                    os.kill(pid, signal.SIGKILL)
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

    def test_what_is_left_behind_goes_on(self):
        marker = "76543.25"
        self.addCleanup(self.end_left_over, marker)
        self.assertEqual(self.batch("-j1", f"sleep {marker} & echo {{}}", ":::", "1"), (0, "1\n", ""))
        wait_for("what was left", lambda: self.has(marker))

    def test_who_leaves_the_group_is_not_ended(self):
        """And does not keep the job from its end."""
        marker = "76543.125"
        self.addCleanup(self.end_left_over, marker)
        code, out, err = self.batch("-j1", "--timeout", "1", f"setsid -w sleep {marker}; true {{}}", ":::", "1")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("Job 1 (1): failed: it took longer than it may, 1.0 s\n", err)
        wait_for("what was left", lambda: self.has(marker))

    def test_closed_output(self):
        code, out, err = self.batch("-j1", "exec >&- 2>&-; exit {}", ":::", "3")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("It ended with status 3", err)

    def test_who_stops_is_ended(self):
        code, out, err = self.batch("-j1", "--timeout", "0.5", "kill -STOP $$; echo {}", ":::", "1")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("Job 1 (1): failed: it took longer than it may, 500 ms", err)

    def test_late_jobs_are_tried_again(self):
        code, out, _ = self.batch("-j1", "--timeout", "0.5", "--retries", "1", "if [ -e tried ]; then echo {}; else touch tried; sleep 1000; fi", ":::", "1")
        self.assertEqual((code, out), (0, "1\n"))

    def test_a_record_that_cannot_be_written_is_named(self):
        script = "ulimit -f 1; trap '' XFSZ; exec \"$0\" batch -j1 --joblog log 'true {}' ::: $(seq 100)"
        code, _, err = self.finish(self.start("-c", script, CLI, program=("bash",)))
        self.assertEqual(code, 1)
        self.assertIn("heddle-cli: The joblog could not be written (log): ", err)
        self.assertNotIn("Standard output", err)

    def test_what_was_not_begun_has_not_failed(self):
        """A slot hears of a journal that cannot be written once."""
        (self.folder / "values").write_text("".join(f"{i}\n" for i in range(1000)))
        for name in "abcdef":  # as often as not it is an end that finds no room, and then the run is stopped in time
            script = f"ulimit -f 4; trap '' XFSZ; exec \"$0\" batch -j2 --journal {name} -a values true"
            code, _, err = self.finish(self.start("-c", script, CLI, program=("bash",)))
            self.assertEqual(code, 1)
            self.assertIn(err.count("failed: The journal of the batch could not be written"), (0, 1, 2), err)
            self.assertRegex(err, "tasks: [0-9]+ done")

    def test_the_joblog_is_no_batch(self):
        for arguments, words in ((["--journal", "-"], "--journal needs a name"), (["--resume", "-"], "--resume - needs --joblog")):
            with self.subTest(arguments=arguments):
                code, out, err = self.batch(*arguments, "true", ":::", "1")
                self.assertEqual((code, out), (2, ""))
                self.assertIn(words, err)


run_tests()
