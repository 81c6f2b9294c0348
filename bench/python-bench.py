#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same measurement as pool-bench.c for Python's pools.

python-bench.py pool-1|pool|threads|processes WORKERS TASKS WORK_NS
"""
import concurrent.futures
import multiprocessing
import sys
import time


def work(ns):
    if ns < 0:
        time.sleep(-ns / 1e9)
    elif ns > 0:
        end = time.monotonic_ns() + ns
        while time.monotonic_ns() < end:
            pass


def main():
    kind, workers, n, ns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    begin = time.monotonic()
    if kind in ("pool-1", "pool"):
        with multiprocessing.Pool(workers) as pool:
            pool.map(work, [ns] * n, chunksize=1 if kind == "pool-1" else None)
    else:
        executor = concurrent.futures.ThreadPoolExecutor if kind == "threads" else concurrent.futures.ProcessPoolExecutor
        with executor(workers) as pool:
            for future in [pool.submit(work, ns) for _ in range(n)]:
                future.result()
    print(f"{n / (time.monotonic() - begin):.0f}")


if __name__ == "__main__":
    main()
