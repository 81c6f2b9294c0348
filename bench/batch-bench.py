#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many commands a second: heddle-cli batch, alone and with everything that it can write down, against xargs and GNU parallel, by turns.

Each round runs them one after another, over the same number of `true`; GNU parallel over a part of that, since it takes several times as long. The output of
commands is read and kept by Heddle and parallel; xargs passes it on. What is compared is commands a second of wall time, medians of the rounds.
"""
import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="build directory")
    parser.add_argument("--jobs", type=int, default=20000, help="commands (default: %(default)s)")
    parser.add_argument("--parallel-jobs", type=int, default=1000, help="commands that GNU parallel is given (default: %(default)s)")
    parser.add_argument("--slots", type=int, default=len(os.sched_getaffinity(0)), help="at the same time (default: one a processor)")
    parser.add_argument("--rounds", type=int, default=3, help="(default: %(default)s)")
    parser.add_argument("--waiting", type=int, default=0, metavar="N", help="instead: the most memory that a batch takes in which N jobs wait for the first one")
    return parser.parse_args()


def run(folder, n, *command):
    """Seconds of wall time and of processor time."""
    inputs = folder / f"{n}"
    if not inputs.exists():
        inputs.write_text("".join(f"{i}\n" for i in range(1, n + 1)))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    with inputs.open() as given:
        subprocess.run(command, stdin=given, cwd=folder, check=True, env=os.environ | {"HOME": str(folder), "XDG_STATE_HOME": str(folder)})
    taken = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(args, cli, folder):
    slots = str(args.slots)
    (folder / ".parallel").mkdir()
    (folder / ".parallel/will-cite").touch()
    ways = {
        "xargs": (args.jobs, lambda _: ["xargs", "-P", slots, "-n", "1", "true"]),
        "heddle": (args.jobs, lambda _: [cli, "batch", "-j", slots, "true"]),
        "heddle, journal and joblog": (args.jobs, lambda i: [cli, "batch", "-j", slots, "--journal", f"b{i}", "--joblog", "log", "true"]),
        "parallel": (args.parallel_jobs, lambda _: ["parallel", "-j", slots, "true"]),
    }
    rates = {way: [] for way in ways}
    for number in range(args.rounds):
        for way, (n, command) in ways.items():
            taken, processor = run(folder, n, *command(number))
            rates[way].append(n / taken)
            print(f"{way:28} {n} commands in {taken:.1f} s: {n / taken:.0f} a second, {processor / n * 1000:.2f} ms of processor time each", flush=True)
    for way, found in rates.items():
        ratios = [a / b for a, b in zip(found, rates["xargs"])]
        print(f"median of {way:28} {statistics.median(found):8.0f} a second; ÷ xargs {statistics.median(ratios):.2f}; "
              f"÷ parallel {statistics.median(a / b for a, b in zip(found, rates['parallel'])):.1f}")


def wait(args, cli, folder):
    """The first job ends when all the others stand in line; then each is executed by none, since the run is halted."""
    text = sum(len(str(i)) for i in range(1, args.waiting + 1))
    most = []
    for n in (1, args.waiting):
        (folder / "inputs").write_text("".join(f"{i}\n" for i in range(1, n + 1)))
        process = subprocess.Popen([cli, "batch", "-j", "1", "--halt", "soon,fail=1", "until [ -e go ]; do sleep 0.1; done; false {##}", "::::", "inputs"], cwd=folder,
                                   stderr=subprocess.DEVNULL, env=os.environ | {"HOME": str(folder)})
        status = pathlib.Path(f"/proc/{process.pid}/status")
        last = -1
        while (now := int(status.read_text().partition("VmHWM:")[2].split()[0])) != last:
            last = now
            time.sleep(2)
        (folder / "go").touch()
        process.wait()
        (folder / "go").unlink()
        most.append(last * 1024)
    print(f"{args.waiting} waiting jobs: {most[1] / 2 ** 20:.1f} MiB at most, with one {most[0] / 2 ** 20:.1f}: "
          f"{(most[1] - most[0] - text) / args.waiting:.0f} bytes each beyond their text")


def main():
    args = parse_arguments()
    cli = str(pathlib.Path(args.build).resolve() / "src/cli/heddle-cli")
    with tempfile.TemporaryDirectory(prefix="heddle-batch-bench-") as folder:
        (wait if args.waiting else compare)(args, cli, pathlib.Path(folder))


if __name__ == "__main__":
    main()
