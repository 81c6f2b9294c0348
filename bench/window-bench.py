#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How responsive the window is under load: a real window on a private X server, a CPU-bound run, and what the foot of the window says.

window-bench.py BUILD-DIRECTORY [--seconds N] [--workers N] [--workload ID] [--set NAME=VALUE]... [--screenshot FILE]
Prints first how steadily the machine runs (steady-bench), and the pulse at the end, read once, since reading asks the window; takes the screenshot before. Needs what the window tests need.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "ui"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", default="8")
    parser.add_argument("--workload", default="factorials")
    parser.add_argument("--backend", help="the workload's own where none is given")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--screenshot")
    args = parser.parse_args()
    os.environ["HEDDLE_BUILD"] = str(pathlib.Path(args.build).resolve())
    import harness

    width, height = (int(n) for n in args.size.split("x"))
    settings = args.set or (["n=2000", "rounds=100000"] if args.workload == "factorials" else [])
    options = [word for value in settings for word in ("--set", value)]
    steady = pathlib.Path(args.build) / "bench" / "steady-bench"
    if steady.exists():
        print(subprocess.run([steady, "5"], capture_output=True, text=True, check=True).stdout, end="", flush=True)
    with harness.Desktop(width, height, dark=args.dark) as desktop:
        app = desktop.start("--workload", args.workload, *(["--backend", args.backend] if args.backend else []), "--workers", args.workers, *options, "--start")
        app.place(width, height)
        time.sleep(args.seconds)
        if args.screenshot:
            app.screenshot(args.screenshot)
        print(*[t for t in app.texts() if re.search(r"answers in|tasks", t)], sep="\n", flush=True)


if __name__ == "__main__":
    main()
