#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every test program many times, beside programs that want all processors, and says which failed how often.

    repeat.py TIMES BUSY -C BUILD [ARGUMENT OF meson test]...

Exit status 0 only if something passed and nothing failed.
"""
import collections
import ctypes
import json
import os
import pathlib
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
GOOD = {"OK", "EXPECTEDFAIL", "SKIP"}


def start_busy():
    """A process that computes for as long as this program lives."""
    pid = os.fork()
    if pid == 0:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        while os.getppid() != 1:
            for _ in range(1000000):
                pass
        os._exit(0)
    return pid


def read_log(path):
    """{name: results}, in the order in which they came."""
    results = collections.defaultdict(list)
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            for test in (json.loads(line) for line in lines if line.strip()):
                results[test["name"]].append(test["result"])
    return results


def main(times, busy, arguments):
    build = arguments[arguments.index("-C") + 1]
    log = pathlib.Path(build, "meson-logs", "testlog.json")
    log.unlink(missing_ok=True)
    pids = [start_busy() for _ in range(int(busy))]
    try:
        subprocess.run(["meson", "test", "--repeat", times, *arguments], check=False)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    results = read_log(log)
    failed = {name: [result for result in came if result not in GOOD] for name, came in results.items()}
    print()
    for name, bad in sorted(failed.items(), key=lambda pair: -len(pair[1])):
        if bad:
            kinds = ", ".join(f"{n} {kind.lower()}" for kind, n in collections.Counter(bad).items())
            print(f"Failed: {build}: {name}: {len(bad)} of {len(results[name])} ({kinds})")
    n_failed = sum(map(len, failed.values()))
    print(f"{len(results)} programs, {sum(map(len, results.values()))} runs beside {busy} busy processes: {n_failed} failed")
    return 0 if results and n_failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
