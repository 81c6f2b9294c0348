#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Executes a part of the cases of some tests, and all of any other test: a wrapper for meson.

    part.py whole-programs|repeats I N COMMAND...

Every Nth case from the Ith on is executed; which part that is changes with each commit, see ./dev. `whole-programs`: of the tests that start them by
the thousand. Under a sanitizer a process takes several times as long to start. `repeats`: of those that do one thing over and over, at ever other moments.
"""
import os
import pathlib
import sys

WHOLE_PROGRAMS = ("cli", "faults", "workloads")
REPEATS = ("test-any-order", "test-broken-worker", "test-on-backends", "test-refused", "test-standstill", "test-worker-dies", "test-worker-killed",
           "test_parallel.py", "test_random.py")


def is_due(kind, program):
    """Whether a part of it is enough."""
    if kind == "repeats":
        return program.name in REPEATS
    return program.suffix == ".py" or program.parent.name in WHOLE_PROGRAMS


def choose(kind, part, parts, command):
    """The command for that part."""
    tests = pathlib.Path(__file__).resolve().parent
    words = [pathlib.Path(word) for word in command]
    scripts = [i for i, word in enumerate(words) if word.suffix == ".py" and tests in word.resolve().parents]
    if scripts:
        script = words[scripts[0]].resolve()
        apart = script.name == "side-by-side.py"
        program = next((word for word in words[scripts[0] + 1:] if word.name.startswith("test-")), script) if apart else script
        text = script.read_text(encoding="utf-8")
        if is_due(kind, program) and (apart or (script.name.startswith("test_") and ("run_tests" in text or '"--part"' in text))):
            return [*command[:scripts[0] + 1], "--part", str(part), str(parts), *command[scripts[0] + 1:]]
        return command
    if len(words) != 1 or not words[0].name.startswith("test-") or not is_due(kind, words[0].resolve()):
        return command
    # asked for several cases by -p, GLib tells as many plans, of which meson takes one
    return [sys.executable, str(tests / "side-by-side.py"), "--part", str(part), str(parts), "--at-once", "1", *command]


def main():
    command = choose(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
