#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory the window holds: a real window on a private X server, idle, after a checksum run, and while and after CPU-bound work with long results.

memory-bench.py BUILD-DIRECTORY [--seconds N] [--workers N] [--only idle|checksum|factorials] [--kinds]
Resident memory as the kernel counts it (/proc/PID/smaps), without worker processes. --kinds says which mappings it is in; --preferences
what the window itself says of its runs. Needs what the window tests need.
"""
import argparse
import os
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "ui"))

ARENA = 64 << 20  # the C library's heaps, but for the first one, begin at multiples of this


def kind_of(begin, path, previous):
    """What a mapping is for."""
    if path == "[heap]":
        return "first heap"
    if path.startswith("[stack") or path.startswith("[v"):
        return "stack"
    if path.startswith("/memfd") or path.startswith("/SYSV") or path.startswith("/dev/shm"):
        return "shared memory"
    if path:
        return "files"
    if begin % ARENA == 0 or (previous and previous[0] == begin and previous[1] == "other heaps"):
        return "other heaps"
    return "mapped by itself"


def read_memory(pid):
    """Resident bytes of a process, {kind of mapping: bytes}."""
    kinds, kind, previous = {}, None, None
    with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="replace") as smaps:
        for line in smaps:
            if head := re.match(r"([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \S+\s*(.*)", line):
                begin, end, path = int(head[1], 16), int(head[2], 16), head[3]
                kind = kind_of(begin, path, previous)
                previous = (end, kind)
            elif rss := re.match(r"Rss: +(\d+) kB", line):
                kinds[kind] = kinds.get(kind, 0) + int(rss[1]) * 1024
    return kinds


def tell(what, app, with_kinds):
    kinds = read_memory(app.process.pid)
    print(f"{what:<44} {sum(kinds.values()) / 1e6:6.0f} MB", end="")
    if with_kinds:
        print("  ", ", ".join(f"{kind} {size / 1e6:.0f}" for kind, size in sorted(kinds.items(), key=lambda kind: -kind[1])), end="")
    print(flush=True)


def measure_idle(harness, args):
    with harness.Desktop(1440, 900) as desktop:
        app = desktop.start()
        app.place(1440, 900)
        app.text("Not started yet")
        time.sleep(5)
        tell("idle", app, args.kinds)


def measure_checksum(harness, args):
    with harness.Desktop(1440, 900) as desktop:
        app = desktop.start("--workload", "checksum-files", "--set", "folder=/usr/share", "--start")
        app.place(1440, 900)
        app.text(r"tasks in \d", patience=600)
        tell("checksums of /usr/share, after the run", app, args.kinds)


def measure_factorials(harness, args):
    with harness.Desktop(1440, 900) as desktop:
        app = desktop.start("--workload", "factorials", "--set", "n=2000", "--set", "rounds=1000000", "--workers", str(args.workers), "--start")
        app.place(1440, 900)
        begun = time.monotonic()
        for share in (0.25, 0.5, 1):
            time.sleep(max(begun + share * args.seconds - time.monotonic(), 0))
            tell(f"factorials, n = 2000, {args.workers} threads, after {share * args.seconds:g} s", app, args.kinds)
        print("   ", app.text(r"of .* tasks")[0] and app.text(r"^.*tasks.*$")[0], flush=True)
        app.key("Escape")
        app.text(r"tasks in \d", patience=120)
        time.sleep(2)
        tell("the same, after it was stopped", app, args.kinds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--only", choices=("idle", "checksum", "factorials"))
    parser.add_argument("--kinds", action="store_true")
    args = parser.parse_args()
    os.environ["HEDDLE_BUILD"] = str(pathlib.Path(args.build).resolve())
    import harness

    for name, measure in (("idle", measure_idle), ("checksum", measure_checksum), ("factorials", measure_factorials)):
        if args.only in (None, name):
            harness.run_apart(lambda measure=measure: measure(harness, args))


if __name__ == "__main__":
    main()
