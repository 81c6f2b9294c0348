#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the window shows of things that tasks share: settings to try, watched values, what workers wait for, a deadlock."""
import re

from harness import Desktop, run_tests, wait_for

SIZE = (1440, 900)


def test_a_preset_is_applied_and_started_by_the_user():
    with Desktop() as desktop:
        app = desktop.start("--workload", "adder-and-remover")
        app.place(*SIZE)
        numbers = app.find("spin button", "Numbers")
        before = numbers.get_current_value()
        app.click(app.find("push button", re.compile("No lock, no waits, 5000 numbers.*")))
        wait_for("the preset to be shown", lambda: numbers.get_current_value() == 5000)
        assert before != 5000
        app.text("Not started yet")
        assert not app.read("^List: "), "something is shared before the first run"

        app.key("F5")
        app.text(r"^List: [\d\s\u202f]+ of 5\s?000")
        app.text(r"^2 tasks in \d")


def test_the_table_says_what_a_worker_waits_for():
    with Desktop() as desktop:
        app = desktop.start("--workload", "lock", "--set", "seconds=0.5", "--set", "visits=50", "--start")
        app.place(*SIZE)
        app.text(r"^inside now: 1")
        app.choose_tab("Workers")
        app.find("table cell", re.compile(r"the lock “door”, held by Thread \d"))


def test_a_deadlock_is_told_with_a_way_to_the_log():
    with Desktop() as desktop:
        app = desktop.start("--workload", "deadlock", "--start")
        app.place(*SIZE)
        app.text(r"^Deadlock: Thread \d holds “lock .” and waits for “lock .”, held by Thread \d")
        app.click(app.find("push button", re.compile("Show Log.*")))
        app.find("table cell", re.compile("Deadlock: .*"))
        app.text(r"^2 tasks in \d")


run_tests()
