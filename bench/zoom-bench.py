#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a step of the wheel costs the window, against how many tasks its timeline has: zooming in and out and panning, by real input, in the window of a run
that has ended. Counted is processor time of the whole program, so all that GTK does in a frame is in it, too. The numbers of tasks are measured by turns;
each in a window of its own, on an X server of its own.

Needs what the window tests need.
"""
import argparse
import os
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "ui"))

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
ROUND = 32  # steps: twelve in and out, four to one side and back


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="build directory")
    parser.add_argument("--tasks", type=int, nargs="+", default=[1000, 10000000], help="(default: 1000 and ten million)")
    parser.add_argument("--workers", type=int, default=256, help="lanes (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=2, help="windows of each (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=8 * ROUND, help="of the wheel, in each window (default: %(default)s)")
    parser.add_argument("--size", default="1440x900", help="of the windows (default: %(default)s)")
    return parser.parse_args()


def read_cpu_ms(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_MS


def measure(harness, args, tasks):
    """Milliseconds of processor time a step."""
    width, height = (int(n) for n in args.size.split("x"))
    with harness.Desktop(width + 60, height + 60) as desktop:
        app = desktop.start("--workload", "squares", "--backend", "threads", "--workers", str(args.workers), "--set", f"n={tasks}", "--start")
        app.place(width, height)
        app.text(r"^[\d\u202f]+ tasks in ")
        x, y = app.point_at(app.find(None, "Workers over time"), lambda box: (box.x + box.width * 2 // 3, box.y + box.height // 2))
        words = ["mousemove", x, y]
        for key, button, steps in (("ctrl", 4, 12), ("shift", 5, 4), ("shift", 4, 4), ("ctrl", 5, 12)):
            words += ["keydown", key, "click", "--repeat", steps, "--delay", 60, button, "keyup", key]
        desktop.xdotool(*words)  # what is drawn for the first time is not counted
        before = read_cpu_ms(app.process.pid)
        for _ in range(args.steps // ROUND):
            desktop.xdotool(*words)
        return (read_cpu_ms(app.process.pid) - before) / args.steps


def main():
    args = parse_arguments()
    os.environ["HEDDLE_BUILD"] = str(pathlib.Path(args.build).resolve())
    import harness  # which looks for the build

    costs = {tasks: [] for tasks in args.tasks}
    for _ in range(args.rounds):
        for tasks in args.tasks:
            costs[tasks].append(measure(harness, args, tasks))
            print(f"{tasks:>12,} tasks: {costs[tasks][-1]:.2f} ms a step", flush=True)
    base = statistics.median(costs[args.tasks[0]])
    for tasks in args.tasks[1:]:
        print(f"{tasks:,} ÷ {args.tasks[0]:,}: {statistics.median(costs[tasks]) / base:.2f}")


if __name__ == "__main__":
    main()
