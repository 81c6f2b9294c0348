# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests of a file that is written in Python, and says in TAP what came out.

    test_FILE.py [--part I N] [NAME]...

A test is a function test_... of that file, or such a method of a unittest.TestCase in it. NAME: a function, a class, a method or CLASS.METHOD. --part: every
Nth test from the Ith on, so that the parts of a file can run side by side.
"""
import collections
import faulthandler
import functools
import inspect
import os
import pathlib
import re
import shutil
import sys
import time
import traceback
import unittest

import processes

# Seconds that anything may take before a test gives up: a bound against hanging, long enough for a loaded machine and for sanitizers.
PATIENCE = float(os.environ.get("HEDDLE_TEST_PATIENCE", "120"))


class Timeout(AssertionError):
    """What a test waited for did not come."""


def wait_for(what, condition, patience=PATIENCE, pause=0.005):
    """Asks until @condition is true, and returns what it returned: every @pause seconds, but resting for as long as asking takes at least. @what says it in
    words, for the failure."""
    begun = last = time.monotonic()
    while not (value := condition()):
        asked = time.monotonic()
        if asked > begun + patience:
            raise Timeout(f"waited {patience} s for {what}")
        time.sleep(max(pause, min(asked - last, 1)))
        last = time.monotonic()
    return value


def run_apart(test):
    """Runs a function in a process of its own, and ends what that leaves. Returns whether it ended well."""
    processes.adopt_orphans()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            faulthandler.enable()  # says where in the test it was if a library crashes
            test()
            status = 0
        except Exception:
            traceback.print_exc()  # to standard error, which meson shows of a test that failed
        finally:
            sys.stdout.flush()
            os._exit(status)
    status = os.waitpid(pid, 0)[1]
    processes.end_descendants()
    return status == 0


def see_it_pass_apart(test):
    assert run_apart(test), "its process did not end well, see above"


def find_tests(file):
    """{name: function or TestCase} of a module, in its order. One that another of the same name hides would never run: that is an error."""
    found = {}
    for name, value in vars(file).items():
        if inspect.isfunction(value) and name.startswith("test_"):
            found[name] = value
        elif inspect.isclass(value) and issubclass(value, unittest.TestCase):
            found |= {f"{name}.{method}": value(method) for method in vars(value) if method.startswith("test_")}
    written = re.findall(r"^(?: {4})?def (test_\w+)", pathlib.Path(file.__file__).read_text(encoding="utf-8"), re.MULTILINE)
    hidden = collections.Counter(written) - collections.Counter(name.rpartition(".")[2] for name in found)
    if hidden:
        sys.exit(f"another function or class of the same name hides: {', '.join(hidden)}")
    return found


def choose(tests, arguments):
    """Those that the command line asks for."""
    part, parts = 1, 1
    if arguments[:1] == ["--part"]:
        part, parts = map(int, arguments[1:3])
        arguments = arguments[3:]
    for wanted in arguments:
        if not any(wanted in (name, *name.split(".")) for name in tests):
            sys.exit(f"there is no test {wanted} here; there are: {' '.join(tests)}")
    chosen = [name for name in tests if not arguments or {name, *name.split(".")} & set(arguments)]
    return {name: tests[name] for name in chosen[part - 1::parts]}


def run_tests(apart=False, needed=(), functions=None):
    """Runs the tests of the program's main file, or these @functions: {name: function}. @apart: each function in a process of its own. @needed:
    programs without which all tests are skipped."""
    missing = [program for program in needed if shutil.which(program) is None]
    if missing:
        print(f"1..0 # SKIP not installed: {', '.join(missing)}")
        sys.exit(0)
    tests = choose(functions or find_tests(sys.modules["__main__"]), sys.argv[1:])
    print(f"1..{len(tests)}", flush=True)
    n_failed = 0
    for number, (name, test) in enumerate(tests.items(), 1):
        result = unittest.TestResult()
        if not isinstance(test, unittest.TestCase):
            test = unittest.FunctionTestCase(functools.partial(see_it_pass_apart, test) if apart else test)
        test.run(result)
        for _, text in result.failures + result.errors:
            print(text, file=sys.stderr, flush=True)
        good = result.wasSuccessful()
        n_failed += not good
        skipped = "".join(f" # SKIP {reason}" for skipped, reason in result.skipped if skipped is test)
        print(f"{'ok' if good else 'not ok'} {number} - {name}{skipped}", flush=True)
    sys.exit(0 if tests and n_failed == 0 else 1)
