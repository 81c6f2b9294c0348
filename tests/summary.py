#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sums up what `meson test` wrote in the build directories given.

Prints what was skipped and what failed, and last `N passed, N failed` alone on a line. A directory without a log
(its build broke) counts as one failure. Exit status 0 only if something passed and nothing failed.
"""
import json
import pathlib
import sys

PASSED = {"OK", "EXPECTEDFAIL"}
SKIPPED = {"SKIP"}


def read_log(build):
    """The (name, result) pairs of a build directory, or None where no test ran."""
    log = pathlib.Path(build, "meson-logs", "testlog.json")
    if not log.exists():
        return None
    with log.open(encoding="utf-8") as lines:
        tests = [json.loads(line) for line in lines if line.strip()]
    return [(test["name"], test["result"]) for test in tests]


def main(builds):
    passed, skipped, failed = 0, [], []
    for build in builds:
        tests = read_log(build)
        if not tests:
            failed.append(f"{build}: no test ran")
            continue
        for name, result in tests:
            if result in PASSED:
                passed += 1
            elif result in SKIPPED:
                skipped.append(f"{build}: {name}")
            else:
                failed.append(f"{build}: {name} ({result.lower()})")
    print()
    for kind, names in (("Skipped", skipped), ("Failed", failed)):
        for name in names:
            print(f"{kind}: {name}")
    print(f"{passed} passed, {len(failed)} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
