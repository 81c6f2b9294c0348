#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""heddle-cli batch runs commands: what they write, what becomes of them, what is written down, and what an earlier run has done."""
import collections
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from program import CLI, PATIENCE, SANITIZED, environment, run_tests  # noqa: E402  the folder is known only now
from runner import wait_for  # noqa: E402

Ended = collections.namedtuple("Ended", "code out err")


class Batch(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        (self.folder / ".parallel").mkdir()
        (self.folder / ".parallel/will-cite").touch()
        self.environment = environment(HOME=scratch.name, XDG_STATE_HOME=str(self.folder / "state"), PARALLEL_SHELL="/bin/sh",
                                       PARALLEL_HOME=str(self.folder / ".parallel"))

    def start(self, *arguments, program=(CLI, "batch"), **keywords):
        keywords = {"stdin": subprocess.DEVNULL} | keywords
        return subprocess.Popen([*program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder, env=self.environment, **keywords)

    def finish(self, process, given=None):
        out, err = process.communicate(given, timeout=PATIENCE)
        return Ended(process.returncode, out, err.decode())

    def batch(self, *arguments, given=None, **keywords):
        return self.finish(self.start(*arguments, **({"stdin": subprocess.PIPE} if given is not None else {}), **keywords), given)

    def parallel(self, *arguments):
        return self.finish(self.start(*arguments, program=("parallel",)))

    def journal(self, name):
        return (self.folder / f"state/heddle/batches/{name}.journal").read_bytes()

    def joblog(self, name):
        lines = (self.folder / name).read_text().splitlines()
        self.assertEqual(lines[0].split("\t")[0], "Seq")
        return [line.split("\t") for line in lines[1:]]


class Output(Batch):
    def test_a_job_is_shown_whole(self):
        # each writes its lines with pauses that others end in
        ended = self.batch("-j4", "for i in 1 2 3; do echo {} $i; sleep 0.0{}; done", ":::", *"1234")
        self.assertEqual((ended.code, ended.err), (0, ""))
        lines = ended.out.decode().splitlines()
        self.assertEqual(len(lines), 12)
        for at in range(0, 12, 3):
            number = lines[at].split()[0]
            self.assertEqual(lines[at:at + 3], [f"{number} {i}" for i in (1, 2, 3)])

    def test_in_order(self):
        # the first one waits until the last one has ended
        ended = self.batch("-j4", "-k", "[ {} = 1 ] && until [ -e last ]; do sleep 0.01; done; [ {} = 4 ] && touch last; echo {}", ":::", *"1234")
        self.assertEqual((ended.code, ended.out), (0, b"1\n2\n3\n4\n"))

    def test_in_order_when_some_fail(self):
        ended = self.batch("-j2", "-k", "--retries", "1", "echo {}; exit {}", ":::", "0", "3", "0", "1")
        self.assertEqual((ended.code, ended.out), (1, b"0\n3\n0\n1\n"))

    def test_lines_as_they_come(self):
        process = self.start("-j1", "--line-buffer", "echo first; until [ -e go ]; do sleep 0.01; done; printf second", ":::", "1")
        self.assertEqual(process.stdout.readline(), b"first\n")  # while the job runs
        (self.folder / "go").touch()
        self.assertEqual(self.finish(process).out, b"second\n")

    def test_tags(self):
        ended = self.batch("-j1", "--tag", "printf 'a\\nb'; echo c >&2 # {}", ":::", "x", "y z")
        self.assertEqual(ended.out, b"x\ta\nx\tb\ny z\ta\ny z\tb\n")
        self.assertEqual(ended.err, "x\tc\ny z\tc\n")

    def test_bytes_stay_as_they_are(self):
        bytes_of_all_kinds = bytes(range(256)) * 4
        (self.folder / "bytes").write_bytes(bytes_of_all_kinds)
        ended = self.batch("-j1", "cat", ":::", "bytes", "bytes")
        self.assertEqual(ended.out, bytes_of_all_kinds * 2)

    def test_much_output_of_jobs_at_the_same_time(self):
        n = 3_000_000  # bytes: of each a part lies in a file
        ended = self.batch("-j3", "-k", "head -c {1} /dev/zero | tr '\\0' {2}", ":::", str(n), ":::", *"abc")
        self.assertEqual(len(ended.out), 3 * n)
        self.assertEqual([ended.out[i * n:(i + 1) * n] == letter * n for i, letter in enumerate((b"a", b"b", b"c"))], [True] * 3)

    def test_only_the_last_attempt_is_shown(self):
        ended = self.batch("-j1", "--retries", "2", "echo x >>tries; echo try $(wc -l <tries); [ $(wc -l <tries) -ge 3 ] # {}", ":::", "a")
        self.assertEqual((ended.code, ended.out, ended.err), (0, b"try 3\n", ""))

    def test_standard_input_is_empty(self):
        self.assertEqual(self.batch("-j1", "cat; echo end {}", given=b"1\n2\n").out, b"end 1\nend 2\n")

    def test_a_command_that_is_not_there(self):
        ended = self.batch("no-such-command", ":::", "1")
        self.assertEqual((ended.code, ended.out), (1, b""))
        self.assertIn("Job 1 (1): failed: It ended with status 127", ended.err)
        ended = self.batch("--no-shell", "no-such-command", ":::", "1")
        self.assertIn("It could not be started", ended.err)

    def test_lines_of_json(self):
        ended = self.batch("-j1", "--format", "jsonl", "--retries", "1", "printf 'o\\377'; echo e >&2; exit {}", ":::", "0", "7")
        lines = [json.loads(line) for line in ended.out.splitlines()]
        first, second = [line for line in lines if line["type"] == "task"]
        self.assertEqual(ended.code, 1)
        self.assertEqual([first[key] for key in ("state", "seq", "exit", "signal", "attempt", "label")], ["done", 1, 0, None, 1, "0"])
        self.assertEqual(first["command"], "printf 'o\\377'; echo e >&2; exit 0")
        self.assertEqual([first[key] for key in ("stdout_length", "stdout_bytes", "stderr", "stderr_length")], [2, "b/8=", "e\n", 2])
        self.assertEqual([second[key] for key in ("state", "exit", "attempt")], ["failed", 7, 2])
        self.assertGreater(first["cpu_ns"], 0)
        self.assertGreater(first["max_rss"], 100_000)
        [whole] = [line for line in lines if line["type"] == "run"]
        self.assertEqual((whole["submitted"], whole["done"], whole["failed"], whole["backend"]), (2, 1, 1, "commands"))

    def test_the_same_as_parallel(self):
        """With one job at a time, or in order, what is seen is the same, and so are the fields of the joblog but times."""
        rows = [
            ("-j1", "echo {}", ":::", "a", "b c", "it's"),
            ("-j1", "echo {#} {%} {}", ":::", "a", "b"),
            ("-k", "-j3", "echo {}; echo {} >&2", ":::", "a", "b", "c"),
            ("-j1", "exit {}", ":::", "0", "1", "2", "126", "127", "255"),
            ("-j1", "kill -{} $$", ":::", "TERM", "KILL", "INT"),
            ("-j1", "printf {}", ":::", "a", "b"),
            ("-k", "-j2", "--tag", "seq {}", ":::", "3", "0", "2"),
            ("-k", "-j2", "-N2", "echo {2} {1}", ":::", "1", "2", "3"),
            ("-j1", "true", ":::", "1"),
            ("-j1", "./there {}", ":::", "1"),
            ("-k", "-j2", "sh -c 'echo $0 $#'", ":::", "x y", "q*"),
            ("-j1", ":::", "echo a; echo b", "false", "exit 3"),
        ]
        (self.folder / "there").write_text("#!/bin/sh\necho there \"$@\"\n")
        (self.folder / "there").chmod(0o755)
        for number, row in enumerate(rows):
            with self.subTest(row=row):
                ours = self.batch("--joblog", f"ours{number}", *row)
                theirs = self.parallel("--joblog", f"theirs{number}", *row)
                self.assertEqual(ours.out, theirs.out)
                self.assertEqual(ours.code, min(theirs.code, 1))
                said = [line for line in ours.err.splitlines() if not line.startswith("heddle-cli: ") and " tasks: " not in line and " task: " not in line]
                self.assertEqual(said, theirs.err.splitlines())

                def fields(name):
                    return sorted((line[0], line[1], line[4], line[5], line[6], line[7], line[8]) for line in self.joblog(name))
                self.assertEqual(fields(f"ours{number}"), fields(f"theirs{number}"))


class Endings(Batch):
    def started(self, n):
        wait_for(f"{n} jobs", lambda: len(list(self.folder.glob("started*"))) >= n)

    def gone(self, marker):
        """No process whose command line has the marker is left; a zombie has none."""
        def left():
            found = []
            for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    found += [path] if marker.encode() in path.read_bytes() else []
                except OSError:
                    pass  # it has gone meanwhile
            return found
        wait_for("the end of the jobs' processes", lambda: not left())

    def test_once_lets_running_jobs_end(self):
        process = self.start("-j2", "touch started{}; until [ -e go ]; do sleep 0.01; done; echo {}", ":::", *"1234")
        self.started(2)
        process.send_signal(signal.SIGINT)
        self.assertIn(b"Running jobs may end", process.stderr.readline())
        (self.folder / "go").touch()
        ended = self.finish(process)
        self.assertEqual(ended.code, -signal.SIGINT)
        self.assertEqual(sorted(ended.out.split()), [b"1", b"2"])
        self.assertIn("4 tasks: 2 done, 2 cancelled", ended.err)

    def test_twice_ends_them(self):
        process = self.start("-j2", "touch started{}; sleep 54321.5", ":::", *"1234")
        self.started(2)
        process.send_signal(signal.SIGINT)
        self.assertIn(b"Running jobs may end", process.stderr.readline())
        process.send_signal(signal.SIGINT)
        ended = self.finish(process)
        self.assertEqual((ended.code, ended.out), (-signal.SIGINT, b""))
        self.assertIn("4 tasks: 4 cancelled", ended.err)
        self.gone("54321.5")

    def test_terminated(self):
        process = self.start("-j2", "trap '' TERM; touch started{}; sleep 65432.5", ":::", *"12")
        self.started(2)
        process.terminate()
        ended = self.finish(process)
        self.assertEqual(ended.code, -signal.SIGTERM)
        self.assertIn("did not end when they were asked to, and were killed", ended.err)
        self.gone("65432.5")

    def test_inputs_that_never_end(self):
        reading, writing = os.pipe()
        self.addCleanup(os.close, writing)
        with os.fdopen(reading) as inputs:
            process = self.start("-j1", "echo {}", stdin=inputs)
        os.write(writing, b"1\n")
        self.assertEqual(process.stdout.readline(), b"1\n")
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process).code, -signal.SIGINT)

    def test_a_job_that_takes_too_long(self):
        ended = self.batch("-j1", "--timeout", "0.2", "--joblog", "log", "[ {} = 2 ] || sleep 1000; echo {}", ":::", *"12")
        self.assertEqual((ended.code, ended.out), (1, b"2\n"))
        self.assertIn("Job 1 (1): failed: it took longer than it may, 200 ms", ended.err)
        self.assertEqual([(line[0], line[6], line[7]) for line in self.joblog("log")], [("1", "-1", "15"), ("2", "0", "0")])

    def test_halting(self):
        ended = self.batch("-j1", "--halt", "soon,fail=2", "--joblog", "log", "exit {}", ":::", *"01011")
        self.assertEqual(ended.code, 1)
        self.assertIn("halted by “soon,fail=2”", ended.err)
        self.assertEqual([line[0] for line in self.joblog("log")], ["1", "2", "3", "4"])

    def test_a_reader_that_has_gone(self):
        process = self.start("-j2", "yes", ":::", "1", "2", program=(CLI, "batch", "--line-buffer"))
        process.stdout.read(1000)
        process.stdout.close()
        process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(PATIENCE), 141)

    def test_bad_usage(self):
        for arguments in (["-j", "x"], ["-j", "0"], ["--resume", "-"], ["--group", "--line-buffer"], ["--format", "xml"], ["--timeout", "x"],
                          ["--resume", "a", "--resume-failed", "a"], ["--journal", "../x"], ["--trace", "-"]):
            with self.subTest(arguments=arguments):
                ended = self.batch(*arguments, "true", ":::", "1")
                self.assertEqual((ended.code, ended.out), (2, b""))
                self.assertTrue(ended.err.startswith("heddle-cli: "), ended.err)


class Records(Batch):
    def test_parallel_goes_on(self):
        self.batch("-j1", "--halt", "soon,fail=1", "--joblog", "log", "echo {} >>done; exit {}", ":::", *"001")
        self.assertEqual(len(self.joblog("log")), 3)
        self.parallel("-j1", "--resume", "--joblog", "log", "echo {} >>done; exit {}", ":::", *"00100")
        self.assertEqual((self.folder / "done").read_text().split(), list("00100"))
        self.assertEqual([line[0] for line in self.joblog("log")], list("12345"))

    def test_what_parallel_has_done_is_not_done_again(self):
        self.parallel("-j1", "--joblog", "log", "echo {} >>done; exit {}", ":::", *"010")
        ended = self.batch("-j1", "--resume", "-", "--joblog", "log", "echo {} >>done; exit {}", ":::", *"0100")
        self.assertEqual((ended.code, ended.err), (0, ""))
        self.assertEqual((self.folder / "done").read_text().split(), list("0100"))
        ended = self.batch("-j1", "--resume-failed", "-", "--joblog", "log", "echo {} >>done; exit {}", ":::", *"0100")
        self.assertEqual(ended.code, 1)
        self.assertEqual((self.folder / "done").read_text().split(), list("01001"))

    def test_a_journal_is_gone_on_with(self):
        self.batch("-j1", "--journal", "b", "--halt", "soon,fail=1", "echo {} >>done; exit {}", ":::", *"001000")
        self.assertEqual((self.folder / "done").read_text().split(), list("001"))
        ended = self.batch("-j1", "--resume", "b", "echo {} >>done; exit {}", ":::", *"001000")
        self.assertEqual((ended.code, ended.err), (0, ""))
        self.assertEqual((self.folder / "done").read_text().split(), list("001000"))
        ended = self.batch("-j1", "--resume-failed", "b", "echo {} >>done; exit {}", ":::", *"001000")
        self.assertEqual((self.folder / "done").read_text().split(), list("0010001"))

    def test_commands_are_compared(self):
        self.batch("-j1", "--journal", "b", "echo {} >>done", ":::", "1", "2")
        ended = self.batch("-j1", "--resume", "b", "echo {} >>done", ":::", "1", "3")
        self.assertEqual(ended.code, 2)
        self.assertIn("1 job has another command", ended.err)
        self.batch("-j1", "--resume", "b", "--accept-changes", "echo {} >>done", ":::", "1", "3", "4")
        self.assertEqual((self.folder / "done").read_text().split(), ["1", "2", "3", "4"])

    def test_a_batch_is_there_once(self):
        self.batch("--journal", "b", "true", ":::", "1")
        ended = self.batch("--journal", "b", "true", ":::", "1")
        self.assertEqual(ended.code, 1)
        self.assertIn("“b”", ended.err)
        ended = self.batch("--resume", "c", "true", ":::", "1")
        self.assertEqual(ended.code, 1)
        self.assertIn("“c”", ended.err)

    def test_batches_are_listed(self):
        self.assertEqual(self.batch("--list"), (0, b"", ""))
        self.batch("--journal", "good", "true", ":::", "1", "2")
        self.batch("--journal", "bad one", "--timeout", "0.1", "[ {} = 3 ] && sleep 100; exit {}", ":::", "0", "1", "3")
        running = self.start("--journal", "now", "touch started; until [ -e go ]; do sleep 0.01; done # {}", ":::", "1")
        wait_for("the job", lambda: (self.folder / "started").exists())
        lines = [line.split("  ") for line in self.batch("--list").out.decode().splitlines()]
        self.assertEqual([[field.strip() for field in line if field.strip()][0::2] for line in lines],
                         [["now", "running"], ["bad one", "ended"], ["good", "ended"]])
        self.assertEqual([line[-1].strip() for line in lines], ["1 in hand", "1 done, 1 failed, 1 too late", "2 done"])
        (self.folder / "go").touch()
        self.finish(running)
        self.assertIn("1 done", self.batch("--list").out.decode().splitlines()[0])

    def test_nothing_runs_unrecorded(self):
        """The journal can grow to some kilobytes: what cannot be written down is not begun."""
        ended = self.finish(self.start("-c", "ulimit -f 4; trap '' XFSZ; seq 1000 | \"$0\" batch -j2 --journal b 'touch ran{}'", CLI, program=("bash",)))
        self.assertEqual(ended.code, 1)
        self.assertIn("heddle-cli: ", ended.err)
        ran = len(list(self.folder.glob("ran*")))
        started = self.journal("b").count(b"\nstart\t") + self.journal("b").count(b"\tstart\t")
        self.assertLess(ran, 1000)
        self.assertGreater(ran, 0)
        self.assertLessEqual(ran, started)

    def test_killed_at_any_moment(self):
        """Of what had ended nothing is done again, of what was in hand everything at most once more, and nothing is left out."""
        rounds = int(os.environ.get("HEDDLE_TEST_ROUNDS", "4" if SANITIZED else "12"))
        seed = int(os.environ.get("HEDDLE_TEST_SEED", random.SystemRandom().randrange(10 ** 9)))
        print(f"# HEDDLE_TEST_SEED={seed}", flush=True)
        generator = random.Random(seed)
        jobs = [str(i) for i in range(1, 201)]
        command = ["-j4", "echo {} >>lines", ":::", *jobs]
        for number in range(rounds):
            lines = self.folder / "lines"
            lines.write_text("")
            killed_after = generator.randrange(1, 200)
            process = self.start("--journal", f"b{number}", *command)
            wait_for("some lines", lambda: process.poll() is not None or lines.read_text().count("\n") >= killed_after, pause=0.0005)
            process.kill()
            self.finish(process)
            # a job that was in hand may still write its line
            in_hand = self.in_hand(f"b{number}")
            self.assertLessEqual(len(in_hand), 4)
            ended = self.batch("--resume", f"b{number}", *command)
            self.assertEqual(ended.code, 0, ended.err)
            if in_hand:
                self.assertIn(f"{len(in_hand)} job", ended.err)
            wait_for("all lines", lambda: set(lines.read_text().split()) == set(jobs))
            count = collections.Counter(lines.read_text().split())
            for job, n in count.items():
                self.assertLessEqual(n, 2 if job in in_hand else 1, (job, in_hand))

    def in_hand(self, name):
        """Jobs that have a line of their start and none of their end."""
        jobs = set()
        for line in self.journal(name).decode(errors="replace").splitlines():
            fields = line.split("\t")
            if "start" in fields[:3]:
                jobs.add(fields[fields.index("start") + 2])
            elif "end" in fields[:3]:
                jobs.discard(fields[fields.index("end") + 2])
        return jobs


run_tests()
