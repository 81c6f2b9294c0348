#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures Heddle beside others, and what it costs: its pools, what they cost beside their rate, and its primitives.

Each group (a kind of work, a number of workers) is measured in rounds: every pool once a round, one after another, so that a machine that is
slower for a while is so for all of them. Of the rounds the median is printed, with the quartiles in brackets; a ratio is that of two
measurements of one round. Heddle's pools trace every task, and their start is part of the time; the peers trace nothing.

`./dev bench` builds the programs into one directory and passes its arguments on to here; without any it writes docs/results.md anew.
"""
import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
EMPTY, SPIN_1, SPIN_10, SPIN_100, SLEEP = 0, 1000, 10000, 100000, -1000000
WORDS = {EMPTY: "empty", SPIN_1: "1 µs spin", SPIN_10: "10 µs spin", SPIN_100: "100 µs spin", SLEEP: "1 ms sleep"}
# empty tasks a second, about: decides how many are measured
EMPTY_RATES = {"heddle-threads one-by-one": 3e6, "glib one-by-one": 7e5, "uv one-by-one": 8e5, "tbb": 3e6, "heddle-threads map": 2e7, "openmp map": 4e7,
               "py threads": 3e4, "heddle-processes one-by-one": 3e6, "heddle-processes map": 2.4e7, "py pool-1": 2.5e4, "py pool": 6e6, "py processes": 5e3}
NAMES = {"glib one-by-one": "GThreadPool", "uv one-by-one": "libuv", "tbb": "oneTBB task_group", "openmp map": "OpenMP dynamic,1", "py threads": "ThreadPoolExecutor",
         "py pool-1": "multiprocessing.Pool, chunksize 1", "py pool": "multiprocessing.Pool, default chunks", "py processes": "ProcessPoolExecutor"}
BEGIN, END = "<!-- {}: begin of what bench/compare.py wrote -->", "<!-- {}: end of what bench/compare.py wrote -->"
# what is compared with whom, and what is wanted of empty tasks
RIVALS = {
    "heddle-threads one-by-one": {"glib one-by-one": 3, "tbb": 1, "uv one-by-one": None, "py threads": None},
    "heddle-threads map": {"openmp map": 0.5},
    "heddle-processes one-by-one": {"py pool-1": 20, "py processes": None},
    "heddle-processes map": {"py pool": 2},
}


def count_tasks(pool, work, workers, seconds):
    """So many that the measurement takes about so long on this machine."""
    rate = EMPTY_RATES[pool]
    if work > 0:
        rate = 1 / (1 / rate + work * 1e-9 / min(workers, os.cpu_count()))
    elif work < 0:
        rate = 1 / (1 / rate - work * 1e-9 / workers)
    return max(int(rate * seconds), 2 * workers)


def run_pool(args, pool, work, workers, seconds):
    """Tasks a second and context switches a task."""
    n = str(count_tasks(pool, work, workers, seconds))
    if pool.startswith("py "):
        command = [sys.executable, os.path.join(HERE, "python-bench.py"), pool[3:], str(workers), n, str(work)]
    elif pool == "tbb":
        command = [os.path.join(args.programs, "tbb-bench"), str(workers), n, str(work)]
    else:
        command = [os.path.join(args.programs, "pool-bench"), *pool.split(), str(workers), n, str(work)]
    return [float(number) for number in subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()]


def spread(numbers):
    low, middle, high = statistics.quantiles(numbers, n=4, method="inclusive") if len(numbers) > 1 else numbers * 3
    return {"median": middle, "low": low, "high": high}


def measure_group(args, work, workers):
    """One round after another; yields a row for each pair of rivals."""
    own = [pool for pool in RIVALS if args.only in pool]
    pools = [pool for mine in own for pool in (mine, *RIVALS[mine])]
    rounds = [{pool: run_pool(args, pool, work, workers, args.seconds) for pool in pools} for _ in range(args.pairs)]
    for mine in own:
        for peer, wanted in RIVALS[mine].items():
            yield {"pool": mine, "work": WORDS[work], "workers": workers, "peer": NAMES[peer], "wanted": wanted if work == EMPTY else None,
                   "heddle": spread([r[mine][0] for r in rounds]), "other": spread([r[peer][0] for r in rounds]),
                   "ratio": spread([r[mine][0] / r[peer][0] for r in rounds]),
                   "heddle_switches": statistics.median(r[mine][1] for r in rounds), "other_switches": statistics.median(r[peer][1] for r in rounds)}


def measure_pools(args):
    rows = []
    works = [work for work in WORDS if args.work in WORDS[work] and (work == EMPTY or not args.quick)]
    for work in works if any(args.only in pool for pool in RIVALS) else ():
        print_table(args, [f"Tasks a second, {WORDS[work]}", "workers", "Heddle", "against", "peer", "ratio", "wanted", "switches a task"])
        for workers in args.workers:
            for row in measure_group(args, work, workers):
                rows.append(row)
                print_row(args, [row["pool"].replace("heddle-", "").replace(" ", ", "), row["workers"], rate(row["heddle"]), row["peer"], rate(row["other"]),
                                 "{median:.2f} ({low:.2f} to {high:.2f})".format(**row["ratio"]), row["wanted"] or "",
                                 f"{row['heddle_switches']:.4f}, {row['other_switches']:.4f}"])
    return rows


def rate(numbers):
    scale, unit = (1e6, " M") if numbers["median"] >= 1e6 else (1e3, " k")
    return "{:.2f}{} ({:.2f} to {:.2f})".format(numbers["median"] / scale, unit, numbers["low"] / scale, numbers["high"] / scale)


def figure(args, *words):
    command = [os.path.join(args.programs, "figure-bench"), *map(str, words)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def figures(args):
    """what, how it is measured, a function that measures it and returns numbers, and what is said of them"""
    quick = args.quick
    for backend in ("threads", "processes"):
        for n in (1, *((8,) if quick else (2, 4, 8))):
            yield (f"start of {n} {backend if n > 1 else backend[:-2] if backend == 'processes' else backend[:-1]}, until each has begun a task", f"start {backend} {n}",
                   lambda f: {"ms": spread([f()["ns"] / 1e6 for _ in range(args.pairs)])}, "{ms[median]:.2f} ms ({ms[low]:.2f} to {ms[high]:.2f})")
    for backend in ("threads", "processes"):
        yield (f"idle {backend}: from submitting a task to its start (wanted: median 50 µs)", f"latency {backend} 2 {300 if quick else 2000}",
               lambda f: f(), "p50 {p50:.1f} µs, p99 {p99:.1f} µs")
    for backend in ("threads", "processes"):
        yield (f"idle pool of 2 {backend}: processor time", f"idle {backend} 2 {3 if quick else 10}",
               lambda f: f(), "{cpu_ms:.1f} ms in {wall_s:.0f} s, {percent:.3f} % of a core")
    yield ("memory of a task that has ended", f"memory threads 2 {200000 if quick else 1000000}", lambda f: f(),
           "lane {lane_singly:.1f} bytes, of a map {lane_map:.1f}; row of results {row:.1f} bytes")
    for backend, workers in (("threads", 2), ("processes", 2), ("main-loop", 1)):
        n = 1000000 if quick else 10000000
        yield (f"{n:,} tasks through {backend}, half of them a map", f"many {backend} {workers} {n}", lambda f: f(),
               "peak of resident memory {peak_mib:.0f} MiB, of which the lanes may take {budget_mib:.0f} MiB; {seconds:.1f} s")
    for backend, n in (("threads", 1000), ("processes", 256)):
        yield (f"{n} {backend} start, do 20,000 tasks and stop", f"wide {backend} {n} 20000", lambda f: f(), "{ms:.0f} ms")
    for backend, work in (("threads", 0), ("threads", 100_000), ("threads", 1_000_000), ("processes", 0), ("processes", 1_000_000)):
        yield (f"map on 2 {backend}, tasks of {work // 1000} µs: rate with counted states against none (wanted: 0.98)", f"counted {backend} 2 {work}",
               lambda f: f(), "{ratio:.3f} ({low:.3f} to {high:.3f}); of the tasks {share:.0f} % are counted; one reading {read_ns:.0f} ns, a task {task_ns:.0f} ns")
    for work in (0, 1000, 100_000, -100_000):
        kind = f"spin for {work // 1000} µs" if work > 0 else f"sleep for {-work // 1000} µs" if work < 0 else "do nothing"
        yield (f"map on 2 threads, tasks that {kind}: rate with exact states against none (wanted: 0.95)", f"exact threads 2 {work}",
               lambda f: f(), "{ratio:.3f} ({low:.3f} to {high:.3f}); {switches:.3f} switches a task; processor time {task_ns:.0f} ns a task, {switch_ns} a switch")


def add_units(numbers):
    """Adds what is printed to what was measured."""
    if "p50" in numbers:
        numbers.update({key: numbers[key] / 1e3 for key in ("p50", "p99", "max")})
    if "cpu_ns" in numbers:
        numbers.update(cpu_ms=numbers["cpu_ns"] / 1e6, wall_s=numbers["wall_ns"] / 1e9, percent=100 * numbers["cpu_ns"] / numbers["wall_ns"])
    if "peak_kib" in numbers:
        numbers.update(peak_mib=numbers["peak_kib"] / 1024, budget_mib=numbers["lane_budget_kib"] / 1024, seconds=(numbers["singly_ns"] + numbers["map_ns"]) / 1e9)
    if "ratio" in numbers:
        numbers["share"] = 100 * numbers["known"]
        numbers["switch_ns"] = f"{numbers['task_ns'] / numbers['switches']:.0f} ns" if numbers["switches"] > 0.5 else "not told from noise"
    if "ns" in numbers:
        numbers["ms"] = numbers["ns"] / 1e6
    return numbers


def measure_figures(args):
    rows = []
    print_table(args, ["What", "measured", "command"])
    for what, command, take, text in figures(args):
        if args.only not in command:
            continue
        numbers = add_units(take(lambda: figure(args, *command.split())))
        rows.append({"what": what, "command": "figure-bench " + command, **numbers})
        print_row(args, [what, text.format(**numbers), f"`figure-bench {command}`"])
    if args.only in "ring":
        lines = subprocess.run([os.path.join(args.programs, "ring-bench")], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[1:]
        for what, ns in (line.rsplit(None, 2)[:2] for line in lines):
            rows.append({"what": what.strip(), "command": "ring-bench", "ns": float(ns)})
            print_row(args, ["an event: " + what.strip(), f"{ns} ns", "`ring-bench`"])
    return rows


MIXES = {"sequences": "tasks back to back", "short": "tasks of 100 µs", "short-counted": "tasks of 200 µs, counted states", "short-exact": "tasks of 200 µs, exact states",
         "long": "tasks of 200 ms", "long-counted": "tasks of 200 ms, counted states", "long-exact": "tasks of 200 ms, exact states"}


def run_json(*command):
    return json.loads(subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout)


def measure_timeline(args):
    """The store of spans by itself, and frames that are drawn from it."""
    rows = []
    if args.only in "store-bench":
        print_table(args, ["Spans in 8 lanes", "bytes a span (wanted: 24)", "added a second", "a cell of a view", "one is found", "command"])
        for mix, words in MIXES.items():
            command = f"store-bench {mix} {300000 if args.quick else 1000000} 8"
            rounds = [run_json(os.path.join(args.programs, "store-bench"), *command.split()[1:]) for _ in range(args.pairs)]
            row = {key: statistics.median(r[key] for r in rounds) for key in rounds[0]}
            rows.append({"what": words, "command": command, **row})
            print_row(args, [words, f"{row['bytes']:.1f}", f"{1e3 / row['add_ns']:.1f} M", f"{row['cell_ns']:.0f} ns", f"{row['find_ns']:.0f} ns", f"`{command}`"])
    display = os.path.join(HERE, "..", "tests", "charts", "with-display.py")
    program = os.path.join(args.programs, "frame-bench")
    if args.only in "frame-bench" and os.path.exists(program):
        counts = (1000, 100000) if args.quick else (1000, 100000, 10000000)
        costs = run_json(sys.executable, display, program, 256, 20 if args.quick else 40, *counts)
        rows.append({"what": "frames", "command": "frame-bench", **costs})
        print_table(args, ["A frame of 256 lanes, processor time", *(f"{n:,} spans" for n in counts), "last against first"])
        for view, words in {"all": "all of them in view", "zoomed": f"{counts[0]:,} of them in view (wanted: 1.3)", "steps": "zooming from the one to the other"}.items():
            numbers = [costs[f"{view}_{n}"] for n in counts]
            print_row(args, [words, *(f"{ms:.1f} ms" for ms in numbers), f"{numbers[-1] / numbers[0]:.2f}"])
    program = os.path.join(args.programs, "wheel-bench")
    if args.only in "wheel-bench" and os.path.exists(program):
        costs = run_json(sys.executable, display, program, 256, 5 if args.quick else 15)
        rows.append({"what": "steps of the wheel", "command": "wheel-bench", "costs": costs})
        print_table(args, ["A step of the wheel, 256 lanes, 1,024 spans in view", "processor time", "against the first (wanted: 1.3)", "rectangles", "pixels"])
        base = next(iter(costs.values()))["ms"]
        for n, cost in costs.items():
            print_row(args, [f"{int(n):,} spans in all", f"{cost['ms']:.1f} ms", f"{cost['ms'] / base:.2f}", f"{cost['rectangles']:,.0f}", f"{cost['pixels']:,.0f}"])
    return rows


def measure_primitives(args):
    """sync-bench writes its table itself."""
    if args.only not in "primitives":
        return []
    command = [os.path.join(args.programs, "sync-bench"), *(["11"] if args.quick else [])]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    say(args, "")
    for line in lines:
        say(args, line)
    return [dict(zip(lines[0].strip("| ").split(" | "), line.strip("| ").split(" | "))) for line in lines[2:]]


def describe_machine():
    """Its processors, as the kernel calls them, and the kernel."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), os.uname().machine)
    return f"{os.cpu_count()} cores of {model}, {os.uname().sysname} {os.uname().release}"


def describe_source():
    """The commit that is measured, as far as git knows."""
    def git(*words):
        return subprocess.run(["git", "-C", HERE, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout.strip()

    try:
        commit = git("rev-parse", "--short", "HEAD")
        return commit and f"commit {commit}" + (" with changes" if git("status", "--porcelain", "--untracked-files=no", "src", "bench") else "")
    except FileNotFoundError:
        return ""


def say(args, line):
    args.lines.append(line)
    if args.format == "table":
        print(line, flush=True)


def print_row(args, cells):
    say(args, "| " + " | ".join(map(str, cells)) + " |")


def print_table(args, heads):
    say(args, "")
    print_row(args, heads)
    print_row(args, ["---"] * len(heads))


def write_into(path, part, lines):
    """Replaces what is between the two marks of a part of a document."""
    begin, end = BEGIN.format(part), END.format(part)
    with open(path, encoding="utf-8") as file:
        before, rest = file.read().split(begin)
    after = rest.split(end)[1]
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + begin + "\n" + "\n".join(lines) + "\n" + end + after)


MEASURES = {"pools": measure_pools, "figures": measure_figures, "timeline": measure_timeline, "primitives": measure_primitives}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", metavar="DIRECTORY", help="where the programs are: build-bench/bench")
    parser.add_argument("--pairs", type=int, help="rounds (5)")
    parser.add_argument("--seconds", type=float, help="how long one measurement of a pool takes, about (0.12)")
    parser.add_argument("--workers", type=lambda s: [int(n) for n in s.split(",")], help="numbers of workers (1,2,4,8)")
    parser.add_argument("--part", choices=MEASURES, help="only pools beside others, only what pools cost beside their rate, only spans and frames of the timeline, or only primitives beside others")
    parser.add_argument("--only", default="", metavar="TEXT", help="only pools, or commands of figures, with this in their name: “threads map”, “latency”")
    parser.add_argument("--quick", action="store_true", help="a minute: empty tasks on 2 workers, 3 rounds, fewer of everything")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--work", default="", metavar="TEXT", help="only work with this in its name: “empty”, “spin”")
    parser.add_argument("--into", metavar="FILE", help="also write the tables into this document, between the two marks of each part")
    args = parser.parse_args()
    if args.into and (args.quick or args.only or args.work or args.workers):
        parser.error("--into writes whole tables only: without --quick, --only, --work and --workers")
    args.pairs = args.pairs or (3 if args.quick else 5)
    args.workers = args.workers or ([2] if args.quick else [1, 2, 4, 8])
    args.seconds = args.seconds or 0.12
    os.environ["BENCH_WORKER"] = os.path.abspath(os.path.join(args.programs, "bench-worker"))
    result = {"machine": describe_machine(), "date": f"{datetime.date.today()}", "source": describe_source(), "rounds": args.pairs}
    for part, measure in MEASURES.items():
        if args.part in (None, part):
            args.lines = []
            facts = [result["date"], result["source"], result["machine"], f"load {os.getloadavg()[0]:.1f} before",
                     part != "primitives" and f"{args.pairs} rounds"]
            say(args, "Measured: " + ", ".join(filter(None, facts)) + ".")
            result[part] = measure(args)
            if args.into:
                write_into(args.into, part, args.lines)
    if args.format == "json":
        print(json.dumps(result, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
