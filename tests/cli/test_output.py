#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where results go, and what happens when they cannot: exit statuses, traces, pipes that close, disks that are full."""
import collections
import fcntl
import json
import os
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest

from program import BACKENDS, CLI, PATIENCE, Going, call, environment, run, run_jsonl, run_tests, wait_for


class Status(unittest.TestCase):
    def test_failed_tasks_are_told_and_make_one(self):
        if os.geteuid() == 0 and not shutil.which("setpriv"):
            self.skipTest("root may read everything")
        as_user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] if os.geteuid() == 0 else []
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            for name, mode in (("open", 0o644), ("closed", 0o000)):
                path = os.path.join(folder, name)
                with open(path, "w", encoding="ascii") as file:
                    file.write(name)
                os.chmod(path, mode)
            program = os.path.join(folder, "run", "heddle-cli")
            os.mkdir(os.path.dirname(program), 0o755)
            shutil.copy(CLI, program)  # where the user may execute it
            ended = subprocess.run([*as_user, program, "run", "checksum-files", "--backend", "threads", "--set", f"folder={folder}",
                                    "--format", "jsonl"], capture_output=True, timeout=PATIENCE, env=environment(), check=False)
            shutil.rmtree(os.path.dirname(program))
        self.assertEqual(ended.returncode, 1, ended.stderr)
        lines = [json.loads(line) for line in ended.stdout.splitlines()]
        failed = [line for line in lines if line.get("state") == "failed"]
        self.assertEqual([line["label"] for line in failed], ["closed"])
        self.assertIn("Permission denied", failed[0]["error"])
        self.assertEqual(lines[-1]["failed"], 1)

    def test_text_tells_failures_apart(self):
        """A file that vanishes between the walk and the worker fails; it does not end the run."""
        with tempfile.TemporaryDirectory() as folder:
            os.mkfifo(os.path.join(folder, "fifo"))
            os.symlink("nowhere", os.path.join(folder, "link"))
            ended = run("checksum-files", "--set", f"folder={folder}")
        self.assertEqual((ended.returncode, ended.stdout), (0, b""))
        self.assertIn(b"0 tasks: 0 done", ended.stderr)

    def test_a_file_is_not_a_folder(self):
        ended = run("checksum-files", "--set", "folder=/etc/passwd")
        self.assertEqual((ended.returncode, ended.stdout), (2, b""))
        self.assertIn(b"/etc/passwd", ended.stderr)

    def test_a_worker_program_that_is_missing(self):
        ended = run("squares", "--backend", "processes", "--worker-program", "/no/such/worker")
        self.assertIn(ended.returncode, (1, 2))
        self.assertEqual(ended.stdout, b"")
        self.assertIn(b"/no/such/worker", ended.stderr)

    def test_a_worker_program_that_is_none(self):
        ended = run("squares", "--backend", "processes", "--worker-program", "/bin/false", "--set", "n=5")
        self.assertEqual(ended.returncode, 1, ended.stderr)
        self.assertNotEqual(ended.stderr, b"")


class Worker(unittest.TestCase):
    """Where the worker program is found by who does not name it."""

    def play(self, program):
        surroundings = environment()
        del surroundings["HEDDLE_WORKER"]
        return subprocess.run([program, "run", "squares", "--backend", "processes", "--set", "n=5"], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=PATIENCE, env=surroundings, check=False)

    def test_in_the_build_tree(self):
        ended = self.play(CLI)
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_of_its_prefix_and_nowhere_else(self):
        """An installed program starts nothing that stands where a build tree would have its worker."""
        with tempfile.TemporaryDirectory(prefix="heddle-") as folder:
            prefix = os.path.join(folder, "usr", "local")
            program = os.path.join(prefix, os.environ["HEDDLE_BINDIR_NAME"], "heddle-cli")
            worker = os.path.join(prefix, os.environ["HEDDLE_LIBEXECDIR_NAME"], "heddle-worker")
            started = os.path.join(folder, "started")
            strangers = [os.path.join(prefix, "workloads", "heddle-worker"), os.path.join(folder, "usr", "src", "workloads", "heddle-worker")]
            for path in (program, worker, *strangers):
                os.makedirs(os.path.dirname(path), exist_ok=True)
            shutil.copy(CLI, program)
            shutil.copy(os.environ["HEDDLE_WORKER"], worker)
            for path in strangers:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(f"#!/bin/sh\ntouch '{started}'\n")
                os.chmod(path, 0o755)
            ended = self.play(program)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertFalse(os.path.exists(started))


class Trace(unittest.TestCase):
    def test_every_task_is_in_it(self):
        for backend in ("threads", "processes", "main-loop"):
            with self.subTest(backend=backend), tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "trace.json")
                lines = run_jsonl("squares", "--backend", backend, "--set", "n=500", "--workers", "2", "--trace", path)
                with open(path, encoding="utf-8") as file:
                    trace = json.load(file)
                events = trace["traceEvents"] if isinstance(trace, dict) else trace
                spans = [event for event in events if event["ph"] == "X"]
                self.assertEqual(len(spans), len(lines.tasks))
                self.assertTrue(all(span["dur"] >= 0 and span["ts"] >= 0 for span in spans))
                per_lane = collections.Counter((span["pid"], span["tid"]) for span in spans)
                self.assertEqual(sorted(per_lane.values()), sorted(line["tasks"] for line in lines.workers if line["tasks"] > 0))

    def test_spans_of_a_worker_do_not_overlap(self):
        # the threads of a child process, too, which are known by their numbers only after the process
        for backend, workload in [(backend, "squares") for backend in BACKENDS] + [("threads", "crash-a-worker")]:
            for _ in range(5):
                with self.subTest(backend=backend, workload=workload), tempfile.TemporaryDirectory() as folder:
                    path = os.path.join(folder, "trace.json")
                    what = ["n=20"] if workload == "squares" else ["tasks=20", "task=0", "seconds=0.002"]
                    lines = run_jsonl(workload, "--backend", backend, "--workers", "4", "--trace", path, *[part for one in what for part in ("--set", one)])
                    with open(path, encoding="utf-8") as file:
                        spans = [event for event in json.load(file)["traceEvents"] if event["ph"] == "X"]
                    lanes = collections.defaultdict(list)
                    for span in spans:
                        lanes[span["pid"], span["tid"]].append(span)
                    for lane in lanes.values():
                        lane.sort(key=lambda span: span["ts"])
                        for before, after in zip(lane, lane[1:]):
                            self.assertLessEqual(before["ts"] + before["dur"], after["ts"] + 0.0005)
                    if not backend.endswith("-per-task"):
                        counts = {(line["pid"], line["tid"]): line["tasks"] for line in lines.workers if line["tasks"] > 0}
                        self.assertEqual({ids: len(lane) for ids, lane in lanes.items()}, counts)

    def test_a_file_that_cannot_be_made(self):
        ended = run("squares", "--trace", "/no/such/folder/trace.json")
        self.assertEqual(ended.returncode, 1)
        self.assertIn(b"/no/such/folder/trace.json", ended.stderr)

    def test_standard_output_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            ended = run("squares", "--trace", "-", cwd=folder)
            self.assertEqual((ended.returncode, ended.stdout), (2, b""))
            self.assertIn(b"results go to standard output", ended.stderr)
            self.assertEqual(os.listdir(folder), [])
            self.assertEqual(run("squares", "--trace", "./-", cwd=folder).returncode, 0)
            self.assertEqual(os.listdir(folder), ["-"])

    def test_a_fifo_is_told_all_to_its_reader(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "fifo")
            os.mkfifo(path)
            # more than a pipe holds; without lines of tasks, which nobody reads meanwhile
            with Going("run", "squares", "--set", "n=5000", "--no-live", "--trace", path) as going:
                with open(path, encoding="utf-8") as fifo:
                    events = json.load(fifo)["traceEvents"]
                self.assertEqual(going.finish(), 0)
            self.assertEqual(sum(event["ph"] == "X" for event in events), 5000)

    def test_a_fifo_without_a_reader_does_not_keep_the_run(self):
        for number, status in ((signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, None)):
            with self.subTest(signal=number), tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "fifo")
                os.mkfifo(path)
                with Going("run", "squares", "--set", "n=5000", "--trace", path, "--no-live") as going:
                    self.wait_for_signals_thread(going)
                    going.process.send_signal(number)
                    ended = going.finish()
                    self.assertIn(b"no program reads it", going.stderr)
                self.assertTrue(ended == status if status is not None else ended != 0, ended)

    def test_a_fifo_whose_reader_does_not_read_does_not_keep_the_run(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "fifo")
            os.mkfifo(path)
            reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            try:
                with Going("run", "squares", "--set", "n=1000000", "--format", "jsonl", "--trace", path) as going:
                    self.wait_for_signals_thread(going)
                    self.wait_until_full(reader)
                    going.process.terminate()
                    self.assertEqual(going.finish(), -signal.SIGTERM)
                    self.assertIn(b"no program reads it", going.stderr)
            finally:
                os.close(reader)

    def wait_until_full(self, reader):
        """No line of a task tells that: what writes the trace may stop before the first one."""
        room = fcntl.fcntl(reader, fcntl.F_GETPIPE_SZ)

        def is_full():
            held = fcntl.ioctl(reader, termios.FIONREAD, struct.pack("i", 0))
            return struct.unpack("i", held)[0] > room - select.PIPE_BUF

        wait_for("a full pipe", is_full)

    def wait_for_signals_thread(self, going):
        """Before it is there, a signal ends the program in the ordinary way."""
        deadline = time.monotonic() + PATIENCE
        folder = f"/proc/{going.process.pid}/task"
        names = []
        while "heddle-signals" not in names and time.monotonic() < deadline:
            names = []
            for thread in os.listdir(folder):
                try:
                    with open(f"{folder}/{thread}/comm", encoding="ascii") as file:
                        names.append(file.read().strip())
                except (FileNotFoundError, ProcessLookupError):
                    pass
        self.assertIn("heddle-signals", names)

    def test_a_disk_that_is_full(self):
        ended = run("squares", "--trace", "/dev/full", "--set", "n=5000")
        self.assertEqual(ended.returncode, 1)
        self.assertIn(b"/dev/full", ended.stderr)


class Output(unittest.TestCase):
    def test_a_pipe_that_closes_ends_the_run_quietly(self):
        for form in ("jsonl", "text"):
            with self.subTest(format=form), Going("run", "squares", "--set", "n=100000000", "--format", form) as going:
                going.read(lambda: len(going.stdout) > 0)
                going.process.stdout.close()
                del going.written[going.process.stdout]
                going.read(lambda: going.process.stderr not in going.written)
                said = going.written[going.process.stderr]
                self.assertEqual(going.process.wait(PATIENCE), 141)
                self.assertNotIn(b"cannot be written", said)

    def test_a_disk_that_is_full(self):
        for arguments in (["run", "squares", "--set", "n=100000", "--format", "jsonl"], ["run", "squares"], ["list"], ["--help"]):
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                ended = subprocess.run([CLI, *arguments], stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE, env=environment(), check=False)
                self.assertEqual(ended.returncode, 1)
                self.assertIn(b"No space left on device", ended.stderr)

    def test_an_output_that_is_closed(self):
        ended = subprocess.run(["/bin/sh", "-c", 'exec "$0" run squares >&-', CLI], stderr=subprocess.PIPE, timeout=PATIENCE,
                               env=environment(), check=False)
        self.assertEqual(ended.returncode, 1)
        self.assertIn(b"Bad file descriptor", ended.stderr)

    def test_lines_come_while_the_run_goes_on(self):
        with Going("run", "handle-requests", "--format", "jsonl", "--workers", "1", "--set", "requests=100000", "--set", "seconds=0.1") as going:
            going.wait_for(b'"type":"task"')
            self.assertNotIn(b'"type":"run"', going.stdout)
            going.process.terminate()
            self.assertEqual(going.finish(), -signal.SIGTERM)

    def test_errors_are_not_lost_where_output_and_errors_are_one_file(self):
        ended = call("run", "handle-requests", "--set", "seconds=0", "--set", "requests=100", "--workers", "1")
        both = subprocess.run([CLI, "run", "handle-requests", "--set", "seconds=0", "--set", "requests=100", "--workers", "1"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE, env=environment(), check=False)
        self.assertEqual(len(both.stdout.splitlines()), len(ended.stdout.splitlines()) + 1)
        self.assertIn(b"100 tasks: 100 done", both.stdout.splitlines()[-1])


run_tests()
