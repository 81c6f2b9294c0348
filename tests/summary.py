#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sums up what `meson test` wrote in the build directories given.

Prints the end of what each test that failed said, what was skipped and what failed, and last `N passed, N failed`
alone on a line. A directory without a log (its build broke) counts as one failure. Exit status 0 only if something
passed and nothing failed.
"""
import json
import pathlib
import sys

PASSED = {"OK", "EXPECTEDFAIL"}
SKIPPED = {"SKIP"}
TOLD = 60  # lines of a test that failed; all of them are in meson-logs/testlog*.txt


def read_log(build):
    """The tests of a build directory, none where none ran."""
    # meson names the log of tests that a wrapper executes after that wrapper
    logs = sorted(pathlib.Path(build, "meson-logs").glob("testlog*.json"))
    lines = [line for log in logs for line in log.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line) for line in lines if line.strip()]


def show_output(test, build):
    print(f"\n== {build}: {test['name']} ended with {test.get('returncode')} after {test.get('duration', 0):.1f} s; the last it said:")
    for stream in ("stdout", "stderr"):
        for line in test.get(stream, "").splitlines()[-TOLD:]:
            print(f"  {line}")


def main(builds):
    passed, skipped, failed = 0, [], []
    for build in builds:
        tests = read_log(build)
        if not tests:
            failed.append(f"{build}: no test ran")
            continue
        for test in tests:
            name, result = test["name"], test["result"]
            if result in PASSED:
                passed += 1
            elif result in SKIPPED:
                skipped.append(f"{build}: {name}")
            else:
                failed.append(f"{build}: {name} ({result.lower()})")
                show_output(test, build)
    print()
    for kind, names in (("Skipped", skipped), ("Failed", failed)):
        for name in names:
            print(f"{kind}: {name}")
    print(f"{passed} passed, {len(failed)} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
