#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a window takes of the processors while nothing runs: real windows on private X servers, and the processor time that the kernel counts
for the whole process (/proc/PID/stat), after everything has settled. Then the same while the window is minimised.

Needs what the window tests need. With several build directories their windows are measured in turns.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "ui"))


def read_cpu(pid):
    """Seconds of processor time so far, of all threads of the process."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(pid, seconds):
    """Its share of a core over this time, in per cent."""
    before, begin = read_cpu(pid), time.monotonic()
    time.sleep(seconds)
    return 100 * (read_cpu(pid) - before) / (time.monotonic() - begin)


def measure_window(args, build, renderer):
    os.environ["HEDDLE_BUILD"] = build
    import harness

    with harness.Desktop(1500, 960, environment={"GSK_RENDERER": renderer, **({"GTK_A11Y": "none"} if args.without_accessibility else {})}) as desktop:
        if args.without_accessibility:
            process = desktop._spawn(f"{build}/src/app/heddle")
            window = harness.wait_for("the window", lambda: subprocess.run(
                ["xdotool", "search", "--onlyvisible", "--pid", str(process.pid)], env=desktop.environment, capture_output=True, text=True).stdout.split())[-1]
            desktop.xdotool("windowsize", window, 1492, 952)
        else:
            app = desktop.start()
            app.place(1440, 900)
            process, window = app.process, app.window
        time.sleep(args.settle)
        shown = measure(process.pid, args.seconds)
        desktop.xdotool("windowminimize", window)
        time.sleep(2)
        print(f"| {build} | {renderer} | {shown:.2f} % | {measure(process.pid, args.seconds / 2):.2f} % |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", nargs="+")
    parser.add_argument("--seconds", type=float, default=60, help="for how long (default: %(default)s)")
    parser.add_argument("--settle", type=float, default=15, help="before that: a text cursor blinks for 10 s (default: %(default)s)")
    parser.add_argument("--renderer", action="append", help="GSK_RENDERER; may be repeated (default: cairo and gl)")
    parser.add_argument("--without-accessibility", action="store_true", help="no accessibility bus, as on a desktop where nothing reads the screen")
    args = parser.parse_args()
    builds = [str(pathlib.Path(build).resolve()) for build in args.build]
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
    import runner

    print("| build | renderer | idle, of a core | minimised |\n| --- | --- | --- | --- |", flush=True)
    for renderer in args.renderer or ["cairo", "gl"]:
        for build in builds:
            if not runner.run_apart(lambda build=build, renderer=renderer: measure_window(args, build, renderer)):
                sys.exit(1)


if __name__ == "__main__":
    main()
