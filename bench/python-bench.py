#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same measurement as pool-bench.c for Python's pools: prints tasks a second and context switches a task.

python-bench.py pool-1|pool|threads|processes WORKERS TASKS WORK_NS

To their advantage the pools are started, and have done a task a worker, before the time begins.
"""
import concurrent.futures
import multiprocessing
import resource
import sys
import time


def work(ns):
    if ns < 0:
        time.sleep(-ns / 1e9)
    elif ns > 0:
        end = time.monotonic_ns() + ns
        while time.monotonic_ns() < end:
            pass


def with_pool(workers, n, ns, chunksize):
    with multiprocessing.Pool(workers) as pool:
        pool.map(work, [0] * workers, chunksize=1)
        begin = time.monotonic()
        pool.map(work, [ns] * n, chunksize=chunksize)
        seconds = time.monotonic() - begin
        pool.close()
        pool.join()
    return seconds


def with_executor(executor, workers, n, ns):
    with executor(workers) as pool:
        for future in [pool.submit(work, 0) for _ in range(workers)]:
            future.result()
        begin = time.monotonic()
        for future in [pool.submit(work, ns) for _ in range(n)]:
            future.result()
        return time.monotonic() - begin


def count_switches():
    return sum(usage.ru_nvcsw + usage.ru_nivcsw for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def main():
    kind, workers, n, ns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    if kind in ("pool-1", "pool"):
        seconds = with_pool(workers, n, ns, 1 if kind == "pool-1" else None)
    else:
        executor = concurrent.futures.ThreadPoolExecutor if kind == "threads" else concurrent.futures.ProcessPoolExecutor
        seconds = with_executor(executor, workers, n, ns)
    print(f"{n / seconds:.0f} {count_switches() / n:.6f}")


if __name__ == "__main__":
    main()
