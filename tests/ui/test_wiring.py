#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is chosen in the timeline is chosen in the tables, and the other way round."""
import re

from harness import Atspi, Desktop, focused, has_state, run_tests, wait_for

SIZE = (1440, 900)
N = 60
RUN = ("--workload", "handle-requests", "--set", f"requests={N}", "--set", "seconds=0.05", "--backend", "threads", "--workers", "3", "--start")
WORKER = re.compile(r"Thread \d, .*")


def start(desktop):
    app = desktop.start(*RUN)
    app.place(*SIZE)
    app.text(rf"^{N} tasks in")
    return app


def at(share, lane):
    """A place in a lane, from 0: @share of its width, beyond the names."""
    return lambda box: (box.x + 140 + int((box.width - 150) * share), box.y + int(box.height * (lane + 0.5) / 3))


def click_lane(app, share, lane):
    x, y = app.point_at(app.find(None, "Workers over time"), at(share, lane))
    app.desktop.xdotool("mousemove", x, y, "click", 1)


def select(app, begin, end):
    """Drags over the lanes."""
    lanes = app.find(None, "Workers over time")
    x, y = app.point_at(lanes, at(begin, 1))
    to = x + at(end, 1)(lanes.get_box())[0] - at(begin, 1)(lanes.get_box())[0]
    app.desktop.xdotool("mousemove", x, y, "mousedown", 1)
    for step in range(1, 6):
        app.desktop.xdotool("mousemove", x + (to - x) * step // 5, y)
    app.desktop.xdotool("mouseup", 1)


def chosen(app):
    """(task, worker) of each chosen row."""
    names = [row.get_name() for row in app.matches("table row", re.compile("Task .*")) if has_state(row, Atspi.StateType.SELECTED)]
    return [(int(re.match(r"Task (\d+),", name)[1]), int(re.search(r"Thread (\d)$", name)[1])) for name in names]


def ms(text):
    number, unit = re.match(r"([\d.]+).(ms|s|µs|ns)$", text).groups()
    return float(number) * {"s": 1000, "ms": 1, "µs": 0.001, "ns": 1e-6}[unit]


def focus_timeline(app):
    """By keys: a button would move the time that is shown."""
    for _ in range(80):
        if (now := focused(app)) is not None and now.get_name() == "Run over time":
            return
        app.key("shift+Tab")
    raise AssertionError("the keyboard does not reach the timeline")


def spoken(app, pattern):
    return wait_for(f"words like {pattern}", lambda: re.match(pattern, focused(app).get_description() or ""))


def test_a_span_finds_its_row():
    with Desktop() as desktop:
        app = start(desktop)
        found = []
        for lane, share in ((0, 0.2), (0, 0.8), (2, 0.5)):
            click_lane(app, share, lane)
            # each click hits a task: between two of them there are microseconds
            found.append(wait_for(f"a row of lane {lane}", lambda: [row for row in chosen(app) if row[1] == lane + 1 and row not in found])[0])
        # in one lane the later task has the greater number
        assert found[0][0] < found[1][0], found
        # the keyboard says which task it is on, and chooses that one
        # the table scrolls to what a span has chosen, and has rows above and below what is in sight
        row = wait_for("a row", lambda: next((row for row in app.matches("table row", re.compile("Task .*")) if app.is_in_sight(row)), None))
        app.click(row)
        wait_for("the row that was clicked", lambda: [task for task, _ in chosen(app)] == [int(re.match(r"Task (\d+),", row.get_name())[1])])
        focus_timeline(app)
        app.key("Escape", "Escape", "Down")
        spoken(app, r"Thread 1, on a task ")
        app.key("Right")
        task = int(spoken(app, r"Thread 1, task (\d+), ")[1])
        app.key("Return")
        wait_for("its row", lambda: chosen(app) == [(task, 1)])


def test_a_row_finds_its_span():
    with Desktop() as desktop:
        app = start(desktop)
        # the last but two: the other workers have tasks in the midst of it
        row = wait_for("three rows", lambda: list(app.matches("table row", re.compile(r"Task \d+,.*")))[2:3])[0]
        task, worker = int(re.match(r"Task (\d+),", row.get_name())[1]), int(re.search(r"Thread (\d)$", row.get_name())[1])
        app.click(row)
        wait_for("the row", lambda: chosen(app) == [(task, worker)])
        # the timeline knows which span that is: zoomed to, it has the middle of what is shown
        choose_zoom(app)
        other = worker % 3 + 1
        click_lane(app, 0.5, other - 1)
        wait_for("another task", lambda: [row[1] for row in chosen(app)] == [other])
        click_lane(app, 0.5, worker - 1)
        wait_for("the task in the middle to be that of the row", lambda: chosen(app) == [(task, worker)])


def choose_zoom(app):
    app.click(app.find(None, "Timeline Menu"))
    item = app.find("menu item", "Zoom to Task")
    wait_for("a task that can be zoomed to", lambda: has_state(item, Atspi.StateType.SENSITIVE))
    app.key("t")
    wait_for("the menu to close", lambda: not next(app.matches("menu item", "Zoom to Task"), None))


def figures(app):
    """{worker: {head: text}} of the table of the workers."""
    heads = [cell.get_name() for cell in next(app.matches("table row", "Column headers")).get_children()]
    return {row.get_name().split(",")[0]: dict(zip(heads, (cell.get_name() for cell in row.get_children()))) for row in app.matches("table row", WORKER)}


def test_a_stretch_filters_the_tables_and_escape_ends_that():
    with Desktop() as desktop:
        app = start(desktop)
        app.choose_tab("Workers")
        wait_for("all tasks", lambda: sum(int(of["Tasks"]) for of in figures(app).values()) == N)
        assert "Occupied" not in figures(app)["Thread 1"]
        select(app, 0.02, 0.5)
        said = app.text(r"^selected ([\d.]+.(?:ms|s)): (\d+) tasks")
        length, n = ms(said[1]), int(said[2])
        # the workers' own figures are those of the stretch, and add up to what is said of it
        wait_for("the tasks of the stretch", lambda: sum(int(of["Tasks"]) for of in figures(app).values()) == n)
        for worker, of in figures(app).items():
            occupied = ms(of["Occupied"])
            # tasks took 50 ms at least, one may have begun before the stretch
            assert (int(of["Tasks"]) - 1) * 49 <= occupied <= length * 1.01, (worker, of, length)
            if "Blocked" in of:
                parts = sum(ms(of[part]) for part in ("On CPU", "Ready", "Blocked"))
                assert abs(parts - occupied) <= occupied / 50 + 1, (worker, of)
        # the rows are those of tasks that were going on in it, of each worker one more at most
        app.choose_tab("Results")
        button = app.find("push button", re.compile(r"Only .*: show the whole run again"))
        assert button is not None
        app.key("Escape")
        wait_for("the whole run", lambda: not app.read(r"^selected ") and not next(app.matches("push button", re.compile(r"Only .*")), None))
        app.choose_tab("Workers")
        wait_for("all tasks again", lambda: sum(int(of["Tasks"]) for of in figures(app).values()) == N and "Occupied" not in figures(app)["Thread 1"])


run_tests()
