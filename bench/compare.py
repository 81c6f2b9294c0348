#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Heddle's pools and their peers, alternately in one run: medians, spread and ratios.

compare.py POOL-BENCH BENCH-WORKER TBB-BENCH PYTHON-BENCH [--pairs N] [--workers 1,2,4,8] [--only TEXT] [--format json]
"""
import argparse
import json
import os
import statistics
import subprocess
import sys


def cases(args):
    """name, Heddle's command, peer's name, peer's command, target ratio, tasks, work in ns"""
    def own(pool, how, n, ns):
        return lambda w: [args.pool_bench, pool, how, str(w), str(n), str(ns)]

    def tbb(n, ns):
        return lambda w: [args.tbb_bench, str(w), str(n), str(ns)]

    def python(kind, n, ns):
        return lambda w: [sys.executable, args.python_bench, kind, str(w), str(n), str(ns)]

    for ns, n in ((0, 400000), (1000, 200000), (10000, 40000), (100000, 5000), (-1000000, 2000)):
        word = "empty" if ns == 0 else f"{ns // 1000} µs spin" if ns > 0 else "1 ms sleep"
        yield (f"threads, one by one, {word}", own("heddle-threads", "one-by-one", n, ns), "GThreadPool", own("glib", "one-by-one", n, ns), 3 if ns == 0 else None)
        yield (f"threads, one by one, {word}", own("heddle-threads", "one-by-one", n, ns), "libuv", own("uv", "one-by-one", n, ns), None)
        yield (f"threads, one by one, {word}", own("heddle-threads", "one-by-one", n, ns), "oneTBB task_group", tbb(n, ns), 1 if ns == 0 else None)
        yield (f"threads, map, {word}", own("heddle-threads", "map", n * 4, ns), "OpenMP dynamic,1", own("openmp", "map", n * 4, ns), 0.5 if ns == 0 else None)
    for ns, n in ((0, 20000), (10000, 10000)):
        word = "empty" if ns == 0 else f"{ns // 1000} µs spin"
        yield (f"processes, one by one, {word}", own("heddle-processes", "one-by-one", n * 20, ns), "Pool, chunksize 1", python("pool-1", n, ns), 20 if ns == 0 else None)
        yield (f"processes, map, {word}", own("heddle-processes", "map", n * 20, ns), "Pool, default chunks", python("pool", n * 20, ns), 2 if ns == 0 else None)
        yield (f"processes, one by one, {word}", own("heddle-processes", "one-by-one", n * 20, ns), "ProcessPoolExecutor", python("processes", n // 4, ns), None)
        yield (f"threads, one by one, {word}", own("heddle-threads", "one-by-one", n * 20, ns), "ThreadPoolExecutor", python("threads", n, ns), None)


def rate(command, environment):
    return float(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


def measure(args, environment):
    for name, own, peer_name, peer, target in cases(args):
        if args.only not in name + " " + peer_name:
            continue
        for workers in args.workers:
            ours, theirs = [], []
            for _ in range(args.pairs):
                ours.append(rate(own(workers), environment))
                theirs.append(rate(peer(workers), environment))
            ratios = [a / b for a, b in zip(ours, theirs)]
            yield {"case": name, "peer": peer_name, "workers": workers, "heddle": statistics.median(ours), "heddle_min": min(ours), "heddle_max": max(ours),
                   "other": statistics.median(theirs), "ratio": statistics.median(ratios), "ratio_min": min(ratios), "ratio_max": max(ratios), "target": target}


def main():
    parser = argparse.ArgumentParser()
    for name in ("pool_bench", "bench_worker", "tbb_bench", "python_bench"):
        parser.add_argument(name)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--workers", type=lambda s: [int(n) for n in s.split(",")], default=[1, 2, 4, 8])
    parser.add_argument("--only", default="")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    args = parser.parse_args()
    environment = dict(os.environ, BENCH_WORKER=os.path.abspath(args.bench_worker))
    rows = []
    if args.format == "table":
        print("| what | against | workers | Heddle, tasks/s | peer, tasks/s | ratio (min to max) | wanted |")
        print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for row in measure(args, environment):
        rows.append(row)
        if args.format == "table":
            print("| {case} | {peer} | {workers} | {heddle:,.0f} | {other:,.0f} | {ratio:.2f} ({ratio_min:.2f} to {ratio_max:.2f}) | {target} |".format(
                **{**row, "target": row["target"] or "–"}), flush=True)
    if args.format == "json":
        print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
