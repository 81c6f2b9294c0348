#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentence about what holds a run up, and the button that applies its cure.

The workload sleeps, so that what is said depends on no other program: however busy the machine is, its tasks mostly wait.
"""
import collections
import pathlib
import re
import tempfile

from harness import Atspi, Desktop, button, has_state, run_tests, wait_for

SIZE = (1440, 900)
NAPS = ("--workload", "handle-requests", "--set", "seconds=0.2")


SELECTED = r"^selected [\d.]+"


def lanes_say(app):
    return int(re.match(r"(\d+) workers?, ", app.find(None, "Workers over time").get_description())[1])


STATES = ("on CPU", "ready", "lock", "I/O", "sleeps", "failed")


def shown(app):
    """The states of the legend that are not faded; only those that the run knows have a button."""
    return {state for state in STATES for found in app.matches("push button", state) if has_state(found, Atspi.StateType.PRESSED)}


def known(app):
    return {state for state in STATES for _ in app.matches("push button", state)}


def is_pressed(app, name):
    return has_state(app.find("push button", button(name)), Atspi.StateType.PRESSED)


def colours(app, accessible):
    """Those that fill some of it: a thousandth of its pixels or more each."""
    box = accessible.get_box()
    x, y = app.point_at(accessible, lambda box: (box.x, box.y))
    app.point_away()
    with tempfile.NamedTemporaryFile(suffix=".ppm") as file:
        app.desktop.screenshot(file.name, crop=f"{box.width}x{box.height}+{x}+{y}", kind="ppm")
        pixels = pathlib.Path(file.name).read_bytes()[-3 * box.width * box.height:]
    counts = collections.Counter(zip(pixels[0::3], pixels[1::3], pixels[2::3]))
    return {colour for colour, n in counts.items() if n * 1000 >= box.width * box.height}


def test_show_highlights_waits_until_it_is_pressed_again():
    with Desktop() as desktop:
        app = desktop.start(*NAPS, "--set", "requests=100000", "--backend", "threads", "--workers", "2", "--start")
        app.place(*SIZE)
        app.find(None, "Tasks mostly wait.")
        wait_for("all states", lambda: shown(app) == known(app) and {"lock", "I/O", "sleeps"} <= shown(app))
        show = app.find("push button", button("Show"))
        assert show.get_description() == "Highlight the Time in Which Tasks Wait", show.get_description()
        for end in (lambda: app.click(app.find("push button", button("Show"))), lambda: app.key("Escape"), lambda: app.click(app.find("push button", "All"))):
            app.click(show)
            wait_for("waits alone", lambda: shown(app) == {"I/O", "sleeps"} and is_pressed(app, "Show"))
            end()
            wait_for("all states again", lambda: shown(app) == known(app) and not is_pressed(app, "Show"))
        app.click(app.find("push button", button("Stop")))


def test_show_leads_to_the_straggler_and_back():
    with Desktop() as desktop:
        app = desktop.start("--workload", "hang", "--backend", "threads", "--workers", "4", "--set", "tasks=12", "--set", "task=3", "--set", "limit=0", "--set", "seconds=0.2", "--start")
        app.place(*SIZE)
        app.find(None, "One long task holds the end up.")
        lanes = app.find(None, "Workers over time")
        app.click(app.find("push button", button("Show")))
        # what is shown no longer follows the end, and the task lies across all of it
        wait_for("time to stand still", lambda: not has_state(app.find("push button", "Live"), Atspi.StateType.PRESSED))
        app.click(app.find("push button", button("Show")))
        wait_for("the end to be followed", lambda: has_state(app.find("push button", "Live"), Atspi.StateType.PRESSED))
        app.click(app.find("push button", button("Stop")))


def test_show_tells_waits_for_a_lock_from_all_else():
    with Desktop() as desktop:
        app = desktop.start("--workload", "lock", "--set", "tasks=4", "--set", "visits=4", "--set", "seconds=0.2", "--start")
        app.place(*SIZE)
        app.text(r"^4 tasks in \d")
        app.find(None, "Workers wait for a lock.")
        app.text(r"It was held \d+.% of the time, most of it by Thread [1-4]: ")
        lanes = app.find(None, "Workers over time")
        app.place_at_rest(lanes)
        app.point_away()
        before = colours(app, lanes)
        app.click(app.find("push button", button("Show")))
        wait_for("waits for locks alone", lambda: shown(app) == {"lock"})
        app.point_away()
        # naps are faded, waits for the lock as strong as before
        kept = wait_for("a colour that is there no more", lambda: before - (now := colours(app, lanes)) and before & now)
        app.key("Escape")
        wait_for("all states again", lambda: shown(app) == known(app))
        wait_for("all colours again", lambda: colours(app, lanes) == before)
        assert kept, "waits for the lock are drawn as something else"


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
        app.click(app.find("push button", button("Show")))
        app.text(SELECTED)
        app.key("Escape")
        wait_for("nothing to be selected", lambda: app.read(SELECTED) is None)
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
