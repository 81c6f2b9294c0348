#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a step of the wheel costs the window, against how many tasks its timeline has: zooming in and out and panning, by real input, in the window of a run
that has ended. Counted is processor time of the whole program, user and system, so all that GTK does in a frame is in it, too; page faults; and what the charts
drew, since a run of more tasks has more to be drawn, in its lanes and in its other rows. So each window is measured at several depths, which are steps of the
wheel by which it is zoomed in before. The numbers of tasks are measured by turns; each in a window of its own, on an X server of its own. bench/wheel-bench
compares equal amounts.

Needs what the window tests need.
"""
import argparse
import os
import pathlib
import re
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
    parser.add_argument("--steps", type=int, default=4 * ROUND, help="of the wheel, in each window, at each depth (default: %(default)s)")
    parser.add_argument("--depths", type=int, nargs="+", default=[0, 12, 24, 36], help="steps nearer than all of the run (default: 0, 12, 24 and 36)")
    parser.add_argument("--size", default="1440x900", help="of the windows (default: %(default)s)")
    return parser.parse_args()


def read_counts(app):
    """Milliseconds of processor time, page faults, and rectangles and pixels that were drawn, since the program began."""
    fields = pathlib.Path(f"/proc/{app.process.pid}/stat").read_text().rpartition(")")[2].split()
    drawn = re.findall(r"drawn so far: \d+ pictures, (\d+) rectangles, (\d+) pixels", app.output())[-1]
    return [(int(fields[11]) + int(fields[12])) * TICK_MS, int(fields[7]), *map(int, drawn)]


def turn_wheel(*turns):
    """What xdotool does: @turns: the key that is held, the button, and how often."""
    return [word for key, button, steps in turns for word in ("keydown", key, "click", "--repeat", steps, "--delay", 60, button, "keyup", key)]


def measure(harness, args, tasks):
    """What a step takes at each depth, as read_counts() has it."""
    width, height = (int(n) for n in args.size.split("x"))
    with harness.Desktop(width + 60, height + 60) as desktop:
        app = desktop.start("--workload", "squares", "--backend", "threads", "--workers", str(args.workers), "--set", f"n={tasks}", "--start",
                            environment={"G_MESSAGES_DEBUG": "heddle-charts"})
        app.place(width, height)
        app.text(r"^[\d\u202f]+ tasks in ")
        x, y = app.point_at(app.find(None, "Workers over time"), lambda box: (box.x + box.width * 2 // 3, box.y + box.height // 2))
        words = turn_wheel(("ctrl", 4, 12), ("shift", 5, 4), ("shift", 4, 4), ("ctrl", 5, 12))
        desktop.xdotool("mousemove", x, y, *words)  # what is drawn for the first time is not counted
        found, depth = [], 0
        for wanted in sorted(args.depths):
            if wanted > depth:
                desktop.xdotool(*turn_wheel(("ctrl", 4, wanted - depth)))
            depth = wanted
            before = read_counts(app)
            for _ in range(args.steps // ROUND):
                desktop.xdotool(*words)
            found.append([(after - count) / (args.steps // ROUND * ROUND) for count, after in zip(before, read_counts(app))])
        return found


def main():
    args = parse_arguments()
    os.environ["HEDDLE_BUILD"] = str(pathlib.Path(args.build).resolve())
    import harness  # which looks for the build

    rounds = {tasks: [] for tasks in args.tasks}
    for number in range(args.rounds):
        for tasks in args.tasks:
            rounds[tasks].append(measure(harness, args, tasks))
            print(f"round {number + 1}, {tasks:,} tasks: " + ", ".join(f"{counts[0]:.2f}" for counts in rounds[tasks][-1]) + " ms a step", flush=True)
    print("| tasks | steps nearer | ms a step | of the first | page faults | rectangles | pixels |\n| --- | --- | --- | --- | --- | --- | --- |")
    base = None
    for tasks, found in rounds.items():
        for index, depth in enumerate(sorted(args.depths)):
            ms, faults, rectangles, pixels = (statistics.median(counts) for counts in zip(*(depths[index] for depths in found)))
            base = base or ms
            print(f"| {tasks:,} | {depth} | {ms:.2f} | {ms / base:.2f} | {faults:.1f} | {rectangles:.0f} | {pixels:,.0f} |")


if __name__ == "__main__":
    main()
