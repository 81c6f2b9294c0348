#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the window's policies do: a click sets one, and the run keeps it."""
import re

from harness import Desktop, button, run_tests

SIZE = (1440, 900)


def open_policy(app):
    app.click(app.find("push button", "Policy"))
    app.find("list item", re.compile("Retries.*"))


def set_number(app, name, text):
    """Types a number into the row of this name."""
    app.click(app.find("spin button", name))
    app.key("ctrl+a")
    app.type(text)
    app.key("Tab")


def shut_policy(app):
    app.close(app.find("list item", re.compile("Retries.*")), "Escape")


def test_halt_ends_the_run_and_says_so():
    with Desktop() as desktop:
        app = desktop.start("--workload", "exceptions-in-tasks", "--set", "mode=future", "--workers", "1")
        app.place(*SIZE)
        app.text("defaults")
        open_policy(app)
        app.click(app.find("radio button", "Now"))
        app.text("halts now at 1")
        shut_policy(app)
        app.click(app.find("push button", button("Start")))
        app.text("^Halted by its policy")
        app.text("The run was halted by its policy “now,fail=1”")
        app.text("cancelled")


def test_policies_stay_with_their_workload():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        open_policy(app)
        set_number(app, "Retries", "3")
        app.text("3 retries")
        shut_policy(app)
        app.click(app.find("list item", "Factorials"))
        app.text("The factorials of 1 to N")
        app.text("defaults")
        app.click(app.find("list item", "Squares"))
        app.text("The squares of 1 to N")
        app.text("3 retries")
        app.key("alt+F4")
        assert app.wait_until_gone() == 0, app.output()

        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        app.text("3 retries")
        open_policy(app)
        app.click(app.find("push button", "Reset to Defaults"))
        app.text("defaults")


def test_processors_that_are_not_there_are_refused():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares", "--backend", "processes")
        app.place(*SIZE)
        open_policy(app)
        app.click(app.find("text", "CPUs"))
        # what is wrong is said beside it at once, whatever was typed, and goes when it is right
        app.type("<9")
        app.find("label", re.compile("^“<9” is not a list of CPUs. Enter numbers.*"))
        app.key("BackSpace", "BackSpace")
        app.find("label", re.compile("All, a list such as.*"))
        app.type("1000")
        app.find("label", re.compile("^This program may not use CPU 1000; it may use: [0-9].*"))
        app.text("CPUs 1000")
        shut_policy(app)
        app.click(app.find("push button", button("Start")))
        app.text("The run was not started: This program may not use CPU 1000")
        # the main loop cannot be bound, so this does not matter there
        app.click(app.find("radio button", "Main loop"))
        app.text("defaults")
        app.click(app.find("push button", button("Start")))
        app.text(r"tasks in \d")


run_tests()
