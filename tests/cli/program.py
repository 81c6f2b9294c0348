# SPDX-License-Identifier: GPL-3.0-or-later
"""heddle-cli as a test sees it: started, read line by line, checked. HEDDLE_CLI names the program."""
import collections
import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from processes import adopt_orphans, children, is_gone, read_proc, state_of, threads  # noqa: E402, F401
from runner import PATIENCE, run_tests, wait_for  # noqa: E402, F401

CLI = os.environ["HEDDLE_CLI"]
BACKENDS = ["threads", "processes", "main-loop", "main-loop-blocking", "thread-per-task", "process-per-task"]
SANITIZED = os.environ.get("HEDDLE_SANITIZED") == "1"

TASK_KEYS = ["type", "id", "label", "state", "result", "error", "worker", "attempt", "queued_ns", "started_ns", "finished_ns"]
WORKER_KEYS = ["type", "id", "kind", "pid", "tid", "tasks", "busy_ns"]
FIGURE_KEYS = ["type", "group", "name", "unit", "value", "low", "high", "claim"]
RUN_KEYS = ["type", "workload", "backend", "workers", "submitted", "done", "failed", "cancelled", "lost", "elapsed_ns",
            "utilisation", "throughput", "dropped_events", "retried", "recycled", "halted", "skipped",
            "task_p50_ns", "task_p99_ns", "diagnosis", "states", "states_lost"]
VERDICTS = ["starved", "too-few-workers", "too-many-workers", "small-tasks", "straggler", "lock", "waiting", "main-loop", "quota"]
TIMES_KEYS = ["on_cpu_ns", "ready_ns", "blocked_ns", "switches", "preempted"]
STATES = ["done", "failed", "cancelled", "lost"]

# Whoever started the tests may have ignored signals (nohup, a background job of a script), and heddle-cli leaves ignored what it finds so.
for ignored in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    if signal.getsignal(ignored) == signal.SIG_IGN:
        signal.signal(ignored, signal.SIG_DFL)

Lines = collections.namedtuple("Lines", "tasks workers figures run")


def environment(**more):
    """A fixed language, so that words can be compared."""
    return {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "en", **more}


def call(*arguments, **options):
    """Runs heddle-cli to its end."""
    return subprocess.run([CLI, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, env=environment(), **options)


def run(workload, *arguments, **options):
    return call("run", workload, *arguments, **options)


def check_times(line):
    """Known together, and as long as the span together."""
    times = [line[key] for key in TIMES_KEYS]
    if None in times:
        assert times == [None] * len(times), line
        return
    assert all(number >= 0 for number in times) and line["preempted"] <= line["switches"], line
    assert line["on_cpu_ns"] + line["ready_ns"] + line["blocked_ns"] == line["finished_ns"] - line["started_ns"], line


def check_task(line):
    keys = list(line)
    assert keys[:len(TASK_KEYS)] == TASK_KEYS, line
    assert keys[-len(TIMES_KEYS):] == TIMES_KEYS, line
    assert set(keys[len(TASK_KEYS):-len(TIMES_KEYS)]) <= {"label_bytes", "result_bytes", "error_bytes"}, line
    check_times(line)
    assert line["state"] in STATES, line
    assert isinstance(line["label"], str) and line["id"] >= 1 and line["attempt"] >= 1, line
    assert 0 <= line["queued_ns"] <= line["finished_ns"], line
    if line["started_ns"] is None:
        assert line["state"] == "cancelled" and line["worker"] is None, line
    else:
        assert line["queued_ns"] <= line["started_ns"] <= line["finished_ns"] and line["worker"] >= 1, line
    assert (line["error"] is not None) or line["state"] in ("done", "cancelled"), line
    assert line["result"] is None or line["state"] == "done", line


def check_figure(line):
    assert list(line) == FIGURE_KEYS and line["unit"] in ("ns", "bytes") and line["name"], line
    assert (line["low"] is None) == (line["high"] is None), line
    if line["low"] is not None:
        assert line["low"] <= line["value"] <= line["high"], line


def check_percentile(told, times, percent):
    """The value of nearest rank; exact while there are few, and never outside of what there was."""
    if not times:
        assert told is None, told
        return
    counted = times[(len(times) * percent + 99) // 100 - 1]
    assert times[0] <= told <= times[-1], (told, times[0], times[-1])
    allowed = 0 if len(times) <= 256 else counted / 16 + 1
    assert abs(told - counted) <= allowed, (told, counted, len(times))


def check_lines(tasks, workers, figures, summary):
    """What holds in every export: each task once, ids without a gap, sums that agree."""
    for line in tasks:
        check_task(line)
    for line in workers:
        assert list(line) == WORKER_KEYS and line["kind"] in ("thread", "process"), line
        assert line["busy_ns"] >= 0 and line["tasks"] >= 0, line
    for line in figures:
        check_figure(line)
    assert list(summary) == RUN_KEYS, summary
    for verdict in summary["diagnosis"]:
        assert verdict["kind"] in VERDICTS and 0 < verdict["figures"]["strength"] <= 1, verdict
    assert summary["states"] in ("exact", "counted", "none") and summary["states_lost"] >= 0, summary
    assert summary["states"] != "none" or all(line["on_cpu_ns"] is None for line in tasks), summary
    assert sorted(line["id"] for line in tasks) == list(range(1, len(tasks) + 1)), "ids are not 1 to n, each once"
    assert summary["submitted"] == len(tasks), summary
    counts = collections.Counter(line["state"] for line in tasks)
    assert {state: summary[state] for state in STATES} == {state: counts[state] for state in STATES}, (summary, counts)
    assert [line["id"] for line in workers] == list(range(1, len(workers) + 1)), workers
    had = collections.Counter(line["worker"] for line in tasks if line["worker"] is not None)
    assert {line["id"]: line["tasks"] for line in workers} == {line["id"]: had[line["id"]] for line in workers}, (workers, had)
    assert set(had) <= {line["id"] for line in workers}, (workers, had)
    assert 0 <= summary["utilisation"] <= 1 and summary["elapsed_ns"] > 0, summary
    if tasks:
        assert summary["elapsed_ns"] == max(line["finished_ns"] for line in tasks), summary
    # what was cancelled or lost is no work done
    completed = [line for line in tasks if line["state"] in ("done", "failed")]
    throughput = len(completed) * 1e9 / summary["elapsed_ns"]
    assert abs(summary["throughput"] - throughput) <= 0.051, (summary, throughput)
    times = sorted(line["finished_ns"] - line["started_ns"] for line in completed)
    check_percentile(summary["task_p50_ns"], times, 50)
    check_percentile(summary["task_p99_ns"], times, 99)
    # nothing in here changes the number of workers
    busy = sum(line["busy_ns"] for line in workers)
    assert abs(summary["utilisation"] - min(1, busy / summary["elapsed_ns"] / summary["workers"])) <= 0.0001, (summary, busy)
    if summary["retried"] == 0:
        assert busy == sum(line["finished_ns"] - line["started_ns"] for line in tasks if line["started_ns"] is not None), (summary, busy)


def parse(output):
    """The lines of an export, checked."""
    assert output.endswith(b"\n"), output[-200:]
    lines = [json.loads(line) for line in output.splitlines()]
    kinds = [line["type"] for line in lines]
    n_tasks, n_workers, n_figures = kinds.count("task"), kinds.count("worker"), kinds.count("figure")
    assert kinds == ["task"] * n_tasks + ["worker"] * n_workers + ["figure"] * n_figures + ["run"], "tasks, then workers, then figures, then the run"
    found = Lines(lines[:n_tasks], lines[n_tasks:n_tasks + n_workers], lines[n_tasks + n_workers:-1], lines[-1])
    check_lines(*found)
    return found


def run_jsonl(workload, *arguments, status=0, **options):
    """Runs a workload with --format jsonl; returns its lines."""
    ended = run(workload, "--format", "jsonl", *arguments, **options)
    assert ended.returncode == status, (ended.returncode, ended.stderr.decode()[-2000:])
    return parse(ended.stdout)


class Going:
    """A heddle-cli that is going on, or a command that starts one. Reads what it writes as it comes."""

    def __init__(self, *arguments, command=None, preexec_fn=None, start_new_session=False, **more):
        self.process = subprocess.Popen(command or [CLI, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=environment(**more), preexec_fn=preexec_fn, start_new_session=start_new_session)
        self.written = {self.process.stdout: b"", self.process.stderr: b""}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    @property
    def stdout(self):
        return self.written[self.process.stdout]

    @property
    def stderr(self):
        return self.written[self.process.stderr]

    def read(self, until):
        """Reads until @until() holds, or both pipes end. Returns whether it holds."""
        deadline = time.monotonic() + PATIENCE
        pipes = list(self.written)
        while not until() and pipes:
            ready, _, _ = select.select(pipes, [], [], max(0, deadline - time.monotonic()))
            assert ready, ("nothing comes any more", self.stdout[-500:], self.stderr[-500:])
            for pipe in ready:
                data = os.read(pipe.fileno(), 65536)
                self.written[pipe] += data
                if not data:
                    pipes.remove(pipe)
        return until()

    def read_what_has_come(self):
        """Reads what lies in the pipes, and waits for nothing."""
        while ready := select.select(list(self.written), [], [], 0)[0]:
            data = [os.read(pipe.fileno(), 65536) for pipe in ready]
            for pipe, more in zip(ready, data):
                self.written[pipe] += more
            if not all(data):
                return

    def wait_for(self, text, count=1):
        """Until @text has been written @count times, to either pipe."""
        assert self.read(lambda: (self.stdout + self.stderr).count(text) >= count), (text, self.stdout[-500:], self.stderr[-500:])

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def finish(self):
        """Reads to the end. Returns the exit status."""
        self.read(lambda: False)
        return self.process.wait(PATIENCE)

    def children(self):
        return children(self.process.pid)

    def threads(self):
        return threads(self.process.pid)

    def wait_for_children(self, number):
        """Their process ids, once there are so many."""
        return wait_for(f"{number} children", lambda: (found := self.children()) and len(found) == number and found)
