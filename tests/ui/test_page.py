#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page, as somebody uses it who looks at this and that: results, other workloads and back, keys, the log, tips."""
import math
import pathlib
import re
import subprocess
import tempfile

from harness import Atspi, Desktop, MainThread, button, focused, has_state, run_tests, wait_for

SIZE = (1440, 900)
STALL = 0.3  # seconds that the main thread sleeps outside of its loop: long for anything but a task
DIGITS = 16326  # of 5000!
CELL = 1000000000  # a number is put together of pieces that Python turns into text without being asked for more


def digits_of(number):
    pieces = []
    while number:
        number, piece = divmod(number, CELL)
        pieces.append(f"{piece:09}")
    return "".join(reversed(pieces)).lstrip("0")


def wait_for_focus(app, role, name):
    def has_it():
        accessible = focused(app)
        return accessible is not None and accessible.get_role_name() == role and accessible.get_name() == name
    wait_for(f"{role} {name!r} to have the keyboard", has_it)


def save_as(app, path):
    """Presses Save beside the result, and types where."""
    app.click(app.find("push button", "Save Result"))
    app.find("label", "Name:")
    app.key("ctrl+a")
    app.type(str(path))
    app.key("Return")


def test_a_long_result_is_counted_and_saved():
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        app = desktop.start("--workload", "factorials", "--set", "n=5000", "--workers", "2", "--start")
        app.place(*SIZE)
        app.text(r"^5000 tasks in \d", patience=120)
        digits = digits_of(math.factorial(5000))
        assert len(digits) == DIGITS
        app.click(app.find(name="Results", role="table"))
        app.key("End", "Return")
        app.text(r"^Task 5000: done")
        app.text(r"^16\s326 characters$")
        path = pathlib.Path(folder, "out.txt")
        save_as(app, path)
        wait_for("the file", lambda: path.exists() and path.read_text(encoding="ascii") == digits)
        app.text("^Saved as ")
        # where nobody may write, the user hears of it
        save_as(app, "/proc/none.txt")
        app.text("could not be saved: ")


def set_number(app, name, text):
    """Types a number into a control."""
    app.click(app.find("spin button", name))
    app.key("ctrl+a")
    app.type(text)
    app.key("Tab")


def number(app, name):
    """What the control shows."""
    return int(app.find("spin button", name).get_current_value())


def choose(app, name, summary):
    app.click(app.find("list item", name))
    app.text(summary)


def test_runs_and_settings_come_back():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        set_number(app, "Numbers", "1234")
        set_number(app, "Workers", "3")
        app.click(app.find("radio button", "Threads"))
        app.click(app.find("push button", button("Start")))
        summary = app.text(r"^1234 tasks in .*")[0]

        choose(app, "Factorials", "The factorials of 1 to N")
        app.text("Not started yet")
        assert number(app, "Numbers") != 1234
        app.click(app.find("push button", button("Start")))
        app.text(r"^\S+ tasks in ")

        # the run and how it was made, without another start
        choose(app, "Squares", "The squares of 1 to N")
        app.text(re.escape(summary))
        app.find("table cell", "16")  # the square of 4
        assert (number(app, "Numbers"), number(app, "Workers")) == (1234, 3)
        assert has_state(app.find("radio button", "Threads"), Atspi.StateType.CHECKED)
        app.key("alt+F4")
        assert app.wait_until_gone() == 0, app.output()

        # the settings alone outlive the window
        app = desktop.start("--workload", "squares", "--set", "n=99")
        app.place(*SIZE)
        app.text("Not started yet")
        assert (number(app, "Numbers"), number(app, "Workers")) == (99, 3)
        choose(app, "Factorials", "The factorials of 1 to N")
        choose(app, "Squares", "The squares of 1 to N")
        assert (number(app, "Numbers"), number(app, "Workers")) == (1234, 3)
        assert has_state(app.find("radio button", "Threads"), Atspi.StateType.CHECKED)


def test_a_closed_tab_leaves_its_run():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares", "--start")
        app.place(*SIZE)
        summary = app.text(r"^\S+ tasks in .*")[0]
        app.key("ctrl+t")
        app.text("Not started yet")
        choose(app, "Factorials", "The factorials of 1 to N")
        app.key("ctrl+Page_Up")
        app.text(re.escape(summary))
        app.key("ctrl+w")
        app.text("The factorials of 1 to N")
        choose(app, "Squares", "The squares of 1 to N")
        app.text(re.escape(summary))


def test_keys_in_the_catalogue_move_the_focus_alone():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        squares, factorials = app.find("list item", "Squares"), app.find("list item", "Factorials")
        app.click(squares)
        app.key("ctrl+f", "Tab")
        wait_for_focus(app, "list item", "Squares")
        app.key("Up")
        wait_for_focus(app, "list item", "Factorials")
        assert app.is_selected(squares) and not app.is_selected(factorials), "the list says that another workload is shown than the page shows"
        app.text("The squares of 1 to N")
        # the whole list is one stop of Tab
        app.key("Tab")
        wait_for("the keyboard to leave the list", lambda: focused(app).get_role_name() != "list item")
        app.key("shift+Tab")
        wait_for_focus(app, "list item", "Squares")
        app.key("Up", "Return")
        app.text("The factorials of 1 to N")
        wait_for("the list to follow", lambda: app.is_selected(factorials) and not app.is_selected(squares))


def test_a_name_finds_its_workload():
    """Many texts speak of locks and queues; one workload is called so."""
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        for typed, name in (("lock", "Lock"), ("queue", "Queue"), ("hang", "Hang and timeout"), ("costs", "Costs"), ("squares", "Squares")):
            app.key("ctrl+f")
            app.type(typed)
            app.key("Return")
            wait_for(f"{name} to be chosen", lambda name=name: app.is_selected(app.find("list item", name)))
            app.key("ctrl+f", "ctrl+a", "BackSpace")


def test_the_keyboard_leaves_what_a_run_locks():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "seconds=3600", "--workers", "1")
        app.place(*SIZE)
        app.click(app.find("spin button", "Requests"))
        wait_for_focus(app, "spin button", "Requests")
        app.key("F5")
        app.text(r"^0 of \d+ tasks")
        wait_for("the keyboard to be elsewhere", lambda: focused(app).get_role_name() not in ("spin button", "text"))


def test_escape_asks_before_it_stops():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "requests=1", "--set", "seconds=3600", "--workers", "1", "--start")
        app.place(*SIZE)
        app.text("0 of 1 task")
        # out of the search, out of the catalogue, and only then to the run
        app.key("ctrl+f")
        app.type("sq")
        app.key("Escape")
        wait_for("the keyboard to be in the list", lambda: focused(app).get_role_name() == "list item")
        app.key("Escape")
        wait_for("the keyboard to leave the list", lambda: focused(app).get_role_name() != "list item")
        assert not app.read("Stop the Run") and app.read("^0 of 1 task")
        app.key("Escape")
        question = app.find("push button", re.compile("_?Keep Running.*"))
        app.close(question, "Escape")
        wait_for("the question to go", lambda: not app.read("Stop the Run"))
        assert app.read("^0 of 1 task"), "the run was stopped although its user said no"
        app.key("Escape")
        app.find("push button", "Keep Running")
        # the page has one of the same name, in the window below
        app.click(list(app.matches("push button", "Stop"))[-1], closes=True)
        app.text(r"^Stopped · 0 of 1 task in ")


def test_the_button_stops_without_a_question():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "requests=1", "--set", "seconds=3600", "--workers", "1", "--start")
        app.place(*SIZE)
        app.text("0 of 1 task")
        stop = app.find("push button", button("Stop"))
        assert stop.get_description() == "Cancel all unfinished tasks at once (Escape asks first)", stop.get_description()
        app.click(stop)
        app.text(r"^Stopped · 0 of 1 task in ")
        assert not app.read(r"Stop the Run\?")


def test_the_question_goes_with_the_run():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "requests=1", "--set", "seconds=10", "--workers", "1", "--start")
        app.place(*SIZE)
        app.text("0 of 1 task")
        app.key("Escape")
        app.text(r"Stop the Run\?")
        app.text(r"^1 task in ")
        wait_for("the question to go", lambda: not app.read(r"Stop the Run\?"))


def test_show_log_marks_the_line():
    with Desktop() as desktop:
        app = desktop.start("--workload", "crash-a-worker", "--backend", "processes", "--workers", "2", "--set", "tasks=60", "--set", "task=3",
                            "--set", "seconds=0.05", "--start")
        app.place(*SIZE)
        app.text(r"^(\d+ of )?60 tasks in \d")
        app.click(app.find("push button", "Show Log"))
        # the line has the keyboard, and is the one that is selected
        line = wait_for("a line of the log to have the keyboard",
                        lambda: (row := focused(app)) and re.search("was killed by signal 11 .*It was running task 3", row.get_name() or "") and row)
        assert has_state(line, Atspi.StateType.SELECTED)


def test_blocking_is_told_before_it_happens():
    with Desktop() as desktop, tempfile.TemporaryDirectory() as folder:
        app = desktop.start("--workload", "handle-requests", "--set", "requests=1", "--set", "seconds=8", "--workers", "1")
        app.place(*SIZE)
        app.click(app.find("radio button", "Main loop"))
        app.click(app.find("radio button", "Blocking"))
        app.text("^On this backend the window does not answer while a run lasts")
        border = app._border(app.window, app.root.get_children()[0])
        place = app.place_at_rest(app.find("label", "Not started yet"))
        crop = f"{SIZE[0] // 2}x{place.height}+{border + SIZE[0] // 2}+{border + place.y}"
        before, frozen = (pathlib.Path(folder, name) for name in ("before.png", "frozen.png"))
        app.screenshot(before, crop)
        start = app.find("push button", button("Start"))
        with MainThread(app.process.pid, STALL) as thread:
            app.click(start)
            wait_for("the main thread to wait with the request", lambda: thread.held)
            # frozen: what is on the screen is the last frame before
            app.screenshot(frozen, crop)
            assert thread.look() not in (None, thread.loop), "the window was not frozen when the picture was taken"
        changed = subprocess.run(["compare", "-metric", "AE", before, frozen, "null:"], capture_output=True, text=True, check=False).stderr
        assert float(changed) > 100, f"the frozen window says the same as before: {changed} pixels differ"
        app.text(r"^1 task in \d")
        app.text(r"longest \d(\.\d+)?\ss · \d+ stalls?\b")


def windows_on_screen(app):
    return len(app._windows())


def test_tips_give_way_to_menus():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        for role, name in (("push button", "Menu"), ("push button", "Timeline Menu")):
            widget = app.find(role, name)
            app.point_away()
            before = windows_on_screen(app)
            app.tip_of(widget)
            desktop.xdotool("click", 1)
            wait_for("the tip to give way", lambda before=before: windows_on_screen(app) == before + 1)
            # with the menu open the pointer moves on the button and rests; that no tip comes can only be seen by looking for long enough
            desktop.xdotool("mousemove_relative", "1", "1")
            seen = []
            wait_for("a while", lambda: seen.append(windows_on_screen(app)) or len(seen) > 30)
            assert max(seen) == before + 1, f"{max(seen) - before - 1} more windows beside the menu of {name}"
            app.key("Escape")
            wait_for("the menu to go", lambda before=before: windows_on_screen(app) == before)


def test_a_tip_goes_on_with_its_task():
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "requests=1", "--set", "seconds=3600", "--workers", "1", "--start")
        app.place(*SIZE)
        app.text("0 of 1 task")
        tip = app.tip_of(app.find(name="Workers over time"), lambda box: (box.x + 160, box.y + 20))
        # it tells how long the task has run, so it cannot stay as it is
        first, later = (pathlib.Path(folder, name) for name in ("first.png", "later.png"))
        desktop.screenshot(first, tip)

        def differs():
            desktop.screenshot(later, tip)
            return first.read_bytes() != later.read_bytes()

        wait_for("the tip to tell of another moment", differs)


def test_radio_buttons_are_checked_and_one_stop():
    with Desktop() as desktop:
        app = desktop.start("--workload", "factorials")
        app.place(*SIZE)

        def are_checked():
            return [has_state(app.find("radio button", name), Atspi.StateType.CHECKED) for name in ("Threads", "Processes")]

        wait_for("Threads to be checked", lambda: are_checked() == [True, False])
        app.click(app.find("radio button", "Processes"))
        wait_for("Processes to be checked", lambda: are_checked() == [False, True])
        app.key("Left")
        wait_for_focus(app, "radio button", "Threads")
        wait_for("Threads to be checked again", lambda: are_checked() == [True, False])
        app.key("Tab")
        wait_for("the next control", lambda: focused(app).get_name() not in ("Threads", "Processes", "Main loop"))
        app.key("shift+Tab")
        wait_for_focus(app, "radio button", "Threads")


run_tests()
