#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentence about what holds a run up, and the button that applies its cure.

The workload sleeps, so that what is said depends on no other program: however busy the machine is, its tasks mostly wait.
"""
import re

from harness import Desktop, button, run_tests, wait_for

SIZE = (1440, 900)
NAPS = ("--workload", "handle-requests", "--set", "seconds=0.2")


def lanes_say(app):
    return int(re.match(r"(\d+) workers?, ", app.find(None, "Workers over time").get_description())[1])


def test_try_gives_workers_to_the_run_that_goes_on():
    with Desktop() as desktop:
        app = desktop.start(*NAPS, "--set", "requests=100000", "--backend", "threads", "--workers", "2", "--start")
        app.place(*SIZE)
        app.find(None, "Tasks mostly wait.")
        assert lanes_say(app) == 2
        app.click(app.find("push button", button("Try 8 Workers")))
        wait_for("eight workers", lambda: lanes_say(app) == 8)
        assert app.find("spin button", "Workers").get_current_value() == 8
        app.click(app.find("push button", button("Stop")))


def test_try_starts_a_new_run_once_the_run_has_ended():
    with Desktop() as desktop:
        # In one go: what the loop draws between two tasks may take longer than they do where the machine is busy.
        app = desktop.start(*NAPS, "--set", "requests=20", "--backend", "main-loop-blocking")
        app.place(*SIZE)
        app.click(app.find("push button", "Start"))
        app.text(r"^20 tasks in \d")
        app.find(None, "The main loop does the work.")
        app.click(app.find("push button", button("Try Threads")))
        app.find(None, "Thread 1")
        app.text(r"^20 tasks in \d")


def test_nothing_is_said_where_nothing_stands_out():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares", "--backend", "threads", "--start")
        app.place(*SIZE)
        app.text(r"^\d+ tasks in \d")
        app.find(None, "Diagnosis")
        app.text(r"^Nothing stands out in the run as a whole\.$")


run_tests()
