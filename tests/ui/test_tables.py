#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables under the charts: order, columns, keyboard, and what a screen reader is told."""
import re

from harness import Atspi, Desktop, focused, has_state, run_tests, wait_for

SIZE = (1440, 900)
ROW = re.compile(r"Task .*")


def start(desktop, *arguments):
    app = desktop.start(*arguments, "--start")
    app.place(*SIZE)
    return app


def rows(app):
    """The names of the rows on screen, from the top."""
    found = [(row.get_box().y, row.get_name()) for row in app.matches("table row", ROW)]
    return [name for _, name in sorted(found)]


def tasks(app):
    return [int(re.sub(r"\D", "", re.match(r"Task ([^,]+),", name)[1])) for name in rows(app)]


def cells(app, column):
    """The texts of a column, from the top."""
    return [row.get_children()[column].get_name() for row in sorted(app.matches("table row", ROW), key=lambda row: row.get_box().y)]


def focus_of(app):
    """(role, name, whether it is selected) of what has the keyboard, or None."""
    if (accessible := focused(app)) is None:
        return None
    return accessible.get_role_name(), accessible.get_name(), has_state(accessible, Atspi.StateType.SELECTED)


def wait_for_focus(app, role, pattern):
    return wait_for(f"the keyboard on a {role} like {pattern}", lambda: (now := focus_of(app)) and now[0] == role and re.match(pattern, now[1]) and now)


def test_the_newest_is_on_top():
    """Tasks of different lengths on many workers: they stand as they ended, whoever executed them."""
    with Desktop() as desktop:
        app = start(desktop, "--workload", "handle-requests", "--set", "requests=4", "--set", "seconds=0.2", "--workers", "3")
        app.text(r"^4 tasks in \d")
        wait_for("all rows", lambda: len(rows(app)) == 4)
        order = tasks(app)
        # three at a time: whoever is in the first three has ended before the last one
        assert set(order[1:]) == {1, 2, 3}, order


def test_keys_and_what_a_screen_reader_hears():
    with Desktop() as desktop:
        app = start(desktop, "--workload", "squares", "--set", "n=100", "--workers", "2")
        app.text(r"^100 tasks in \d")
        wait_for("rows", lambda: rows(app))
        app.click(app.find("table row", re.compile("Task 2, .*")))
        name = r"Task 2, the square of 2, done, 4, [\d.]+ \S+, \S+ [12]$"
        assert wait_for_focus(app, "table row", name)[2], "the row that has the keyboard is not selected"
        assert [row.get_name() for row in app.matches("table row", ROW) if has_state(row, Atspi.StateType.SELECTED)] == [focus_of(app)[1]]
        app.key("Down")
        wait_for_focus(app, "table row", r"Task 3,")
        app.key("End")
        wait_for_focus(app, "table row", r"Task 100,")
        app.key("Home")
        wait_for_focus(app, "table row", r"Task 1,")
        app.key("Up")  # to the heads
        wait_for_focus(app, "push button", "Task$")
        app.key("Right", "Right")
        wait_for_focus(app, "push button", "Result$")
        app.key("space", "space")
        wait_for("the largest on top", lambda: cells(app, 2)[:2] == ["10000", "9801"])
        app.key("Down")
        wait_for_focus(app, "table row", r"Task 100,")
        before = focus_of(app)
        app.key("Tab")
        wait_for("the keyboard elsewhere", lambda: focus_of(app) != before)
        assert focus_of(app)[0] not in ("table row", "table cell") and focus_of(app)[1] not in ("Task", "Input"), f"a table is more than one stop: {focus_of(app)}"
        app.key("shift+Tab")
        wait_for_focus(app, "table row", r"Task 100,")
        # nothing is right or left of a row
        app.key("Right", "Left", "Down")
        wait_for_focus(app, "table row", r"Task 99,")


def test_a_click_on_a_head_sorts():
    with Desktop() as desktop:
        app = start(desktop, "--workload", "squares", "--set", "n=300", "--workers", "2")
        app.text(r"^300 tasks in \d")
        wait_for("rows in order", lambda: tasks(app)[:3] == [1, 2, 3])
        head = app.find("push button", "Input")
        app.click(head)
        wait_for("rows sorted by input, as numbers are", lambda: cells(app, 1)[:3] == [f"the square of {n}" for n in (1, 2, 3)])
        app.click(head)
        wait_for("the largest first", lambda: cells(app, 1)[:3] == [f"the square of {n}" for n in (300, 299, 298)])
        app.click(head)
        wait_for("rows as they were", lambda: tasks(app)[:3] == [1, 2, 3])


def test_columns_are_as_wide_as_one_likes():
    with Desktop() as desktop:
        app = start(desktop, "--workload", "squares", "--set", "n=300", "--workers", "2")
        app.text(r"^300 tasks in \d")
        wait_for("rows", lambda: rows(app))
        head = app.find("push button", "Input")

        def width():
            return head.get_box().width

        x, y = app.point_at(head, lambda box: (box.x + box.width + 6, box.y + box.height // 2))
        before = width()
        desktop.xdotool("mousemove", x, y, "mousedown", 1, "mousemove", x - 60, y, "mousemove", x - 120, y, "mouseup", 1)
        wait_for("a narrower column", lambda: width() == before - 120)
        cell = next(app.matches("table row", ROW)).get_children()[1]
        assert cell.get_box().width == before - 120, "head and row have columns of different widths"
        desktop.xdotool("mousemove", x - 120, y, "click", "--repeat", 2, "--delay", 50, 1)
        wait_for("the column as it was", lambda: width() == before)
        assert tasks(app)[:3] == [1, 2, 3], "a double click on a border sorts"


def test_a_text_that_is_cut_has_a_tip():
    with Desktop() as desktop:
        app = start(desktop, "--workload", "crash-a-worker", "--backend", "processes", "--set", "seconds=0.01")
        app.place(1200, 940)
        app.text("1 lost")
        app.choose_tab(re.compile("Errors 1"))
        row = app.find("table row", re.compile("Task 5, .*, lost, .*"))
        result, task = row.get_children()[2], row.get_children()[0]
        app.click(task)  # the page scrolls to what has the keyboard
        wait_for("the row to be chosen", lambda: app.is_selected(row))
        app.tip_of(result)


def test_pages_behind_are_not_told():
    """In the tree of a screen reader is what is on the screen."""
    with Desktop() as desktop:
        app = start(desktop, "--workload", "squares", "--set", "n=100", "--workers", "2")
        app.text(r"^100 tasks in \d")
        wait_for("rows", lambda: rows(app))
        app.choose_tab("Workers")
        app.find("table row", re.compile("Process 1, .*"))
        assert not rows(app), "results are told while the workers are in front"
        assert not app.read("No task has ended yet"), "a hint is told while there is what it says is missing"
        app.choose_tab("Results")
        wait_for("rows again", lambda: rows(app))
        assert app.find("entry", "Search workloads")
        app.place(700, 700)
        wait_for("the catalogue to be told no more", lambda: not next(app.matches("entry", "Search workloads"), None))
        app.key("ctrl+f")
        app.find("entry", "Search workloads")


def test_a_list_in_order_begins_where_its_rows_begin():
    with Desktop(settings={"result-budget": "uint32 1"}) as desktop:
        app = start(desktop, "--workload", "squares", "--set", "n=200000", "--workers", "2")
        app.text(r"tasks in \d", patience=120)
        told = app.text(r"The list begins with task ([^:]+):")[1]
        begin = int(re.sub(r"\D", "", told))
        # the number of a task is a name and is written in one way, here, in the rows and in the log
        assert told == str(begin) and begin > 9999, told
        assert begin > 1
        wait_for("the first row that is kept on top", lambda: tasks(app)[:2] == [begin, begin + 1])


def test_in_order_is_ticked_where_it_is_true():
    with Desktop() as desktop:
        app = start(desktop, "--workload", "squares", "--set", "n=300", "--workers", "2")
        app.text(r"^300 tasks in \d")
        wait_for("rows in order", lambda: tasks(app)[:3] == [1, 2, 3])
        box, head = app.find("check box", "In order"), app.find("push button", "Result")

        def is_ticked():
            return has_state(box, Atspi.StateType.CHECKED)

        assert is_ticked()
        app.click(head)
        app.click(head)
        wait_for("the largest on top, and no tick", lambda: tasks(app)[:2] == [300, 299] and not is_ticked())
        app.click(head)
        wait_for("rows as they were, and the tick", lambda: tasks(app)[:2] == [1, 2] and is_ticked())
        app.click(head)
        app.click(head)
        wait_for("the largest on top, and no tick", lambda: tasks(app)[:2] == [300, 299] and not is_ticked())
        app.click(box)
        wait_for("the tick and what it says", lambda: tasks(app)[:2] == [1, 2] and is_ticked())
        app.click(box)
        wait_for("the newest first", lambda: tasks(app)[:2] != [1, 2] and not is_ticked())
        app.click(app.find("push button", "Task"))
        wait_for("in order by that column", lambda: tasks(app)[:2] == [1, 2] and is_ticked())
        # another workload has columns of its own meaning: its rows come as the tick says
        app.click(box)
        app.click(box)
        wait_for("the tick", is_ticked)
        app.click(head)
        app.click(head)
        wait_for("the largest on top, and no tick", lambda: tasks(app)[:2] == [300, 299] and not is_ticked())
        app.key("F5")
        app.text(r"^300 tasks in \d")
        wait_for("the same order in another run of it", lambda: tasks(app)[:2] == [300, 299] and not is_ticked())
        app.click(app.find("list item", "Factorials"))
        app.text("Not started yet")
        app.key("F5")
        wait_for("rows in order", lambda: tasks(app)[:3] == [1, 2, 3] and is_ticked())


def test_rows_say_how_their_task_ended():
    """What is heard of a row, whichever table it is in: what came of the task, and nothing twice."""
    with Desktop() as desktop:
        app = start(desktop, "--workload", "exceptions-in-tasks", "--set", "mode=future", "--set", "tasks=6", "--set", "every=3", "--workers", "2")
        app.text(r"^6 tasks in \d")
        failed = r"Task 3, failed, An error occurred!, [\d.]+ \S+, \S.* \d$"
        wait_for("the result of a task that failed", lambda: [name for name in rows(app) if re.match(failed, name)])
        app.click(app.find("page tab", "Errors 2"))
        wait_for("its error, in the same words", lambda: len(rows(app)) == 2 and [name for name in rows(app) if re.match(failed, name)])


run_tests()
