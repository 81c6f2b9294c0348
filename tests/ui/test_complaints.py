#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The harness itself: a program that complains makes the test fail that started it, whoever of its code it is."""
import os
import subprocess

from harness import Desktop, find_complaints, run_tests

COMPLAIN = os.environ["HEDDLE_COMPLAIN"]


def said_by(*arguments):
    return subprocess.run([COMPLAIN, *arguments], capture_output=True, text=True, check=True, env={**os.environ, "G_DEBUG": ""}).stderr


def test_every_complaint_is_found():
    for name in ("heddle", "heddle-worker", "heddle-manager"):
        for domain in ("", "Gtk", "heddle-app", "heddle-engine"):
            for level in ("warning", "critical"):
                text = said_by(name, domain, level)
                assert len(find_complaints("before\n" + text + "after\n")) == 1, (name, domain, level, text)


def test_what_others_say_is_none():
    for text in (said_by("openbox", "", "warning"), said_by("Xvfb", "Gtk", "critical"), "a task prints: (heddle:1): WARNING\n"):
        assert not find_complaints(text), text


def test_it_fails_the_test():
    desktop = Desktop()
    try:
        with desktop:
            assert desktop._spawn(COMPLAIN, "heddle", "", "warning").wait() == 0
    except AssertionError as error:
        assert "something is wrong" in str(error), error
    else:
        raise AssertionError("nobody minds that the program has complained")


run_tests()
