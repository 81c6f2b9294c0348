#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tasks' time went to as Heddle says it, beside what the kernel says of the same workers (schedstat), read from outside.

states-truth.py HEDDLE-CLI [--source exact|counted]

Each workload runs on threads with its workers; meanwhile /proc/PID/task/TID/schedstat of each worker is read two hundred times a second, and the last reading
before the thread was gone counts. So the kernel's figure lacks up to 5 ms a worker at the end, and has what a worker does between tasks besides.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
import threading
import time

PERIOD = 0.005  # seconds
RUNS = [
    ("factorials", 2, "n=2000", "rounds=3"),
    ("handle-requests", 4, "requests=40", "seconds=0.1"),
    ("preemptive-or-cooperative", 4, "mode=preemptive", "jobs=4", "rounds=8"),
    ("lock", 3, "tasks=3", "visits=6"),
    ("semaphore", 6,),
    ("checksum-files", 4, "folder=/usr/lib"),
]


class Workers(threading.Thread):
    """Reads what the kernel counts of the workers of a process, until it has ended."""

    def __init__(self, process):
        super().__init__()
        self.process = process
        self.seen = {}  # thread: (on CPU, ready), ns
        self.names = {}

    def look(self):
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            try:
                name = self.names.get(task.name) or (task / "comm").read_text().strip()
                if not name.startswith("heddle-w"):
                    continue
                self.names[task.name] = name
                on_cpu, ready, _ = (task / "schedstat").read_text().split()
            except OSError:
                continue
            self.seen[task.name] = (int(on_cpu), int(ready))

    def run(self):
        while self.process.poll() is None:
            try:
                self.look()
            except OSError:
                return
            time.sleep(PERIOD)


def measure(cli, source, workload, workers, *settings):
    command = [cli, "run", workload, "--backend", "threads", "--workers", str(workers), "--states", source, "--format", "jsonl"]
    process = subprocess.Popen([*command, *(word for setting in settings for word in ("--set", setting))],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    kernel = Workers(process)
    kernel.start()
    told = collections.Counter()
    for line in map(json.loads, process.stdout):
        if line["type"] == "run":
            told["source"] = line["states"]
        elif line["type"] == "task":
            told["tasks"] += 1
            for name in ("on_cpu_ns", "ready_ns", "blocked_ns"):
                told[name] += line[name] or 0
                told["unknown"] += line[name] is None
    kernel.join()
    told["kernel_on_cpu"] = sum(on_cpu for on_cpu, _ in kernel.seen.values())
    told["kernel_ready"] = sum(ready for _, ready in kernel.seen.values())
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cli")
    parser.add_argument("--source", default="exact", choices=("exact", "counted"))
    args = parser.parse_args()
    print("| workload | tasks | source | on CPU, Heddle | schedstat | ready, Heddle | schedstat | blocked, Heddle |")
    print("|---|---|---|---|---|---|---|---|")
    for run in RUNS:
        told = measure(args.cli, args.source, *run)
        times = (told[name] / 1e6 for name in ("on_cpu_ns", "kernel_on_cpu", "ready_ns", "kernel_ready", "blocked_ns"))
        note = f", {told['unknown'] // 3} not known" if told["unknown"] else ""
        print(f"| {run[0]} | {told['tasks']}{note} | {told['source']} | " + " | ".join(f"{ms:.1f} ms" for ms in times) + " |")


if __name__ == "__main__":
    sys.exit(main())
