#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Executes a part of the cases of a test that runs whole programs, and all of any other test: a wrapper for meson.

    part.py I N COMMAND...

Under a sanitizer a process takes several times as long to start, and these tests start thousands. Every Nth case from the Ith on is executed; which
part that is changes with each commit, see ./dev.
"""
import os
import pathlib
import sys

WHOLE_PROGRAMS = ("cli", "faults", "workloads")


def choose(part, parts, command):
    """The command for that part."""
    tests = pathlib.Path(__file__).resolve().parent
    words = [pathlib.Path(word) for word in command]
    scripts = [i for i, word in enumerate(words) if word.suffix == ".py" and tests in word.resolve().parents]
    if scripts:
        script = words[scripts[0]].resolve()
        if script.name == "side-by-side.py" or (script.name.startswith("test_") and "run_tests" in script.read_text(encoding="utf-8")):
            return [*command[:scripts[0] + 1], "--part", str(part), str(parts), *command[scripts[0] + 1:]]
        return command
    if len(words) != 1 or not words[0].name.startswith("test-") or words[0].resolve().parent.name not in WHOLE_PROGRAMS:
        return command
    # asked for several cases by -p, GLib tells as many plans, of which meson takes one
    return [sys.executable, str(tests / "side-by-side.py"), "--part", str(part), str(parts), "--at-once", "1", *command]


def main():
    command = choose(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
