#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the cases of a test program of GLib's side by side, each in a process of its own, and tells meson what came out (TAP).

    side-by-side.py [--part I N] [--at-once N] [--skip PATH] PROGRAM [-p PATH]...

For programs whose cases mostly wait, for a time limit or for the kernel: one after the other they take as long as their waits together.
--skip: without the cases below PATH. --part: every Nth case from the Ith on. With HEDDLE_TEST_TIMES in the environment it says what each case has taken.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import time


def list_cases(command):
    """Which cases the program would execute, with these arguments."""
    listed = subprocess.run([*command, "-l"], capture_output=True, text=True, check=True).stdout
    return [line.removeprefix("# ") for line in listed.splitlines() if line.removeprefix("# ").startswith("/")]


def try_case(program, case):
    """The lines that the case has written, whether it has passed or was skipped, and how long it took. One that dies tells nothing by itself."""
    began = time.monotonic()
    ended = subprocess.run([program, "--tap", "-p", case], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           text=True, errors="replace", check=False)
    told = re.findall(r"^ok \d+ (\S+)(.*)", ended.stdout, re.MULTILINE)
    good = ended.returncode == 0 and [name for name, _ in told] == [case]
    lines = [line for line in ended.stdout.splitlines() if not re.match(r"TAP version|1\.\.|ok |# (Start|End) of |# random seed", line)]
    if not good:
        lines.append(f"it ended with {ended.returncode}")
    return good, told[0][1] if good else "", lines, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at-once", type=int, default=2 * len(os.sched_getaffinity(0)), help="how many, twice as many as processors usually")
    parser.add_argument("--skip", help="without the cases below this one")
    parser.add_argument("--part", type=int, nargs=2, default=(1, 1), metavar=("I", "N"), help="every Nth case from the Ith on")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    cases = [case for case in list_cases(options.command) if options.skip is None or not case.startswith(options.skip + "/")]
    if not cases or len(set(cases)) != len(cases):
        sys.exit(f"no cases, or some of the same name: {cases}")
    part, parts = options.part
    cases = cases[part - 1::parts] if len(cases) >= parts else cases
    print(f"1..{len(cases)}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
        going = {pool.submit(try_case, options.command[0], case): case for case in cases}
        results = []
        for future in concurrent.futures.as_completed(going):
            good, more, lines, seconds = future.result()
            results.append(good)
            print("".join(f"# {line.removeprefix('# ')}\n" for line in lines), end="")
            if not good:  # meson shows standard error of a test that failed
                print("\n".join([going[future], *lines]), file=sys.stderr)
            if "HEDDLE_TEST_TIMES" in os.environ:
                print(f"# {seconds:.2f} s")
            print(f"{'ok' if good else 'not ok'} {len(results)} {going[future]}{more}", flush=True)
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
