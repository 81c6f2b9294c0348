#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the window costs the work that it shows: the same run in the window, with everything live, and by heddle-cli without its live view and without
states, its results to /dev/null, by turns. The window takes the best states that are allowed; with --travel the timeline is zoomed and panned by the
wheel meanwhile. Both run to the end of the same number of tasks. --nice lets heddle-cli's workers give way as the window's do.

Needs what the window tests need. Prints tasks a second of each, and the window's share of the command line's in the same round.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "ui"))

UNITS = {"ms": 0.001, "s": 1}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="build directory")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (default: %(default)s)")
    parser.add_argument("--workload", default="squares", help="(default: %(default)s)")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the workload; may be repeated")
    parser.add_argument("--backend", default="threads", help="(default: %(default)s)")
    parser.add_argument("--workers", type=int, default=8, help="(default: %(default)s)")
    parser.add_argument("--size", default="1440x900", help="of the window (default: %(default)s)")
    parser.add_argument("--travel", action="store_true", help="zoom and pan the timeline, four times a second")
    parser.add_argument("--nice", type=int, default=0, help="of heddle-cli's workers (default: %(default)s)")
    return parser.parse_args()


def run_words(args):
    return ["--workers", str(args.workers), "--backend", args.backend, *(word for value in args.set for word in ("--set", value))]


def measure_command_line(harness, args):
    """Tasks a second."""
    cli = harness.build_directory() / "src/cli/heddle-cli"
    done = subprocess.run([cli, "run", args.workload, *run_words(args), "--no-live", "--states", "none", "--nice", str(args.nice)],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
    return int(re.sub(r"\D", "", re.search(r"\(([\d\s]+)/s\)", done.stderr)[1]))


def measure_window(harness, args):
    """(tasks a second, the pulse's text at the end)."""
    width, height = (int(n) for n in args.size.split("x"))
    with harness.Desktop(width + 60, height + 60) as desktop:
        app = desktop.start("--workload", args.workload, *run_words(args))
        app.place(width, height)
        app.key("F5")
        lanes = app.find(None, "Workers over time")
        x, y = app.point_at(lanes, lambda box: (box.x + box.width * 2 // 3, box.y + box.height // 2))
        step = 0
        # the accessibility tree is asked twice a minute only: each question costs the program time
        while not (step % 120 == 119 and app.read(r"^[\d\u202f]+ tasks? in ")):
            if args.travel:
                zoom = step % 20 < 16
                desktop.xdotool("mousemove", x, y, "keydown", "ctrl" if zoom else "shift", "click", 4 + (step // 20 if zoom else step) % 2,
                                "keyup", "ctrl" if zoom else "shift")
            step += 1
            time.sleep(0.25)
        told = app.text(r"^([\d\u202f]+) tasks? in (?:(\d+)\D+min )?([\d.]+)\D+?(ms|s)\b")
        seconds = 60 * int(told[2] or 0) + float(told[3]) * UNITS[told[4]]
        pulse = next((text for text in app.texts() if "answers in" in text), "")
        return int(re.sub(r"\D", "", told[1])) / seconds, pulse


def main():
    args = parse_arguments()
    os.environ["HEDDLE_BUILD"] = str(pathlib.Path(args.build).resolve())
    import harness  # which looks for the build

    shares = []
    for number in range(args.rounds):
        by_line = measure_command_line(harness, args)
        window, pulse = measure_window(harness, args)
        shares.append(window / by_line)
        print(f"round {number + 1}: command line {by_line:,.0f} tasks/s, window {window:,.0f}, share {shares[-1]:.3f}; {pulse}", flush=True)
    print(f"window ÷ command line: {statistics.median(shares):.3f} ({min(shares):.3f} to {max(shares):.3f})")


if __name__ == "__main__":
    main()
