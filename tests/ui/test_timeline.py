#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The timeline under the pointer and the keyboard: zooming, selecting a stretch of time, and what is said of it."""
import re

from harness import Atspi, Desktop, Timeout, focused, has_state, run_tests, wait_for

SIZE = (1440, 900)
# a run that goes on for as long as a test looks at it
LASTING = ("--workload", "handle-requests", "--set", "requests=100000", "--set", "seconds=0.02", "--workers", "4", "--start")
SHORT = ("--workload", "handle-requests", "--set", "requests=60", "--set", "seconds=0.05", "--workers", "3", "--start")


def is_live(app):
    return has_state(app.find("push button", "Live"), Atspi.StateType.PRESSED)


def at(share):
    """A place in the lanes: @share of their width, beyond the names."""
    return lambda box: (box.x + 140 + int((box.width - 150) * share), box.y + box.height // 2)


def drag(app, begin, end):
    """Drags over the lanes with the first button."""
    lanes = app.find(None, "Workers over time")
    x, y = app.point_at(lanes, at(begin))
    box = lanes.get_box()
    to = x + at(end)(box)[0] - at(begin)(box)[0]
    app.desktop.xdotool("mousedown", 1)
    for step in range(1, 6):
        app.desktop.xdotool("mousemove", x + (to - x) * step // 5, y)
    app.desktop.xdotool("mouseup", 1)


def test_a_selected_stretch_is_summed_and_cleared():
    with Desktop() as desktop:
        app = desktop.start(*SHORT)
        app.place(*SIZE)
        app.text(r"^60 tasks in")
        drag(app, 0.02, 0.5)
        found = app.text(r"^selected ([\d.]+).(ms|s): (\d+) tasks ended · p50 ([\d.]+).ms · p99 ([\d.]+).ms$")
        # about half of the run, in which each task sleeps for 50 ms
        assert 15 <= int(found[3]) <= 40, found[0]
        assert float(found[4]) >= 49, found[0]
        app.choose_tab("Figures")
        app.text(rf"^{found[3]} tasks ended · p50 ")
        app.click(app.find(None, "Workers over time"))
        app.key("Escape")
        app.key("Escape")
        wait_for("nothing to be selected", lambda: app.read(r"^selected ") is None)
        # the click may have chosen a task, whose row is shown then
        app.choose_tab("Figures")
        app.text(r"^60 tasks ended · p50 ")


def test_live_stops_where_one_looks_and_returns():
    with Desktop() as desktop:
        app = desktop.start(*LASTING)
        app.place(*SIZE)
        app.text(r"of 100.000 tasks")
        wait_for("the end to be followed", lambda: is_live(app))

        def held():
            # the page grows while the run is young: a drag may begin where the lanes no longer are
            drag(app, 0.05, 0.2)
            return not is_live(app)

        wait_for("time to stand still", held)
        app.click(app.find("push button", "Live"))
        wait_for("the end to be followed again", lambda: is_live(app))

        # zooming around a moment in the past lets it stand still, too, once what is shown ends before the end of the run
        app.point_at(app.find(None, "Workers over time"), at(0.1))

        def zoomed():
            desktop.xdotool("keydown", "ctrl", "click", "4", "keyup", "ctrl")
            return not is_live(app)

        wait_for("time to stand still", zoomed)
        app.click(app.find("push button", "All"))
        wait_for("the end to be followed again", lambda: is_live(app))


def go_to_timeline(app):
    """Gives the timeline the keyboard."""
    app.choose_tab("Results")
    for _ in range(80):
        if (now := focused(app)) is not None and now.get_name() == "Run over time":
            return
        app.key("shift+Tab")
    raise AssertionError("the keyboard does not reach the timeline")


def test_keys_travel_and_speak():
    with Desktop() as desktop:
        app = desktop.start(*SHORT)
        app.place(*SIZE)
        app.text(r"^60 tasks in")
        go_to_timeline(app)
        # each worker is an item of its own for those who go through the tree
        workers = [app.find("list item", f"Thread {n}") for n in (1, 2, 3)]
        assert all(re.match(r"on a task \d+ % of the time, \d+ tasks$", worker.get_description()) for worker in workers)
        assert sum(int(worker.get_description().split()[-2]) for worker in workers) == 60
        app.key("Down")
        wait_for("the first worker", lambda: re.match(r"Thread 1, on a task \d+ % of the time, \d+ tasks$", focused(app).get_description() or ""))
        app.key("Right")
        wait_for("its first task", lambda: re.match(r"Thread 1, task \d+, .*waited .*, ran [\d.]+.ms, done, ", focused(app).get_description() or ""))
        first = focused(app).get_description()
        assert has_state(workers[0], Atspi.StateType.SELECTED) and not has_state(workers[1], Atspi.StateType.SELECTED)
        assert [task.get_name() for task in workers[0].get_children()] == [first]
        app.key("Right")
        wait_for("its next task", lambda: focused(app).get_description() != first)
        app.key("Left")
        wait_for("the first one again", lambda: focused(app).get_description() == first)

        def says(pattern):
            wait_for(f"the keys to be where it says {pattern}", lambda: re.match(pattern, focused(app).get_description() or ""))

        def in_second():
            # where that one had a task at the same time; otherwise the next task is tried
            app.key("Down")
            says("Thread 2, ")
            if focused(app).get_description().startswith("Thread 2, task "):
                return True
            app.key("Up")
            says("Thread 1, ")
            before = focused(app).get_description()
            app.key("Right")
            wait_for("another task", lambda: focused(app).get_description() != before)
            return False

        wait_for("a task in the second worker", in_second)
        wait_for("the task to be in the item of its worker", lambda: len(workers[1].get_children()) == 1 and not workers[0].get_children())


def open_menu(app, key, item):
    """Opens the timeline's menu and in it the menu of that key; returns that item of it."""
    app.click(app.find("push button", "Timeline Menu"))
    app.find("menu item", "Zoom to Selection")
    app.key(key)
    return app.find("menu item", item)


def close_menu(app, key):
    def press():
        """GTK takes no letter while one menu slides into the place of another; whoever sees that nothing happens presses again."""
        app.key(key)
        try:
            return wait_for("the menu to go", lambda: next(app.matches("menu item"), None) is None, 2)
        except Timeout:
            return False

    wait_for("the menu to go", press)
    wait_for("the window to have the keyboard", lambda: app._wait_for_focus() == app.window)


def choose(app, menu, item, key):
    open_menu(app, menu, item)
    close_menu(app, key)


def test_lanes_are_sorted_and_coloured_and_it_is_kept():
    with Desktop() as desktop:
        # three at a time: whoever is first gets the fourth, and is busy for twice as long
        app = desktop.start("--workload", "handle-requests", "--set", "requests=4", "--set", "seconds=0.3", "--workers", "3", "--start")
        app.place(*SIZE)
        app.text(r"^4 tasks in")
        choose(app, "l", "Busy Share", "b")
        choose(app, "c", "Duration", "d")
        # the legend says what the colours mean
        app.text("^10 s and more$")
        go_to_timeline(app)
        for tasks in ("2 tasks", "1 task", "1 task"):
            before = focused(app).get_description()
            app.key("Down")
            heard = wait_for("the next row", lambda: (now := focused(app).get_description()) != before and now)
            assert re.match(rf"Thread \d, on a task \d+ % of the time, {tasks}$", heard), heard

        app.key("alt+F4")
        app.wait_until_gone()
        app = desktop.start(*SHORT)
        app.place(*SIZE)
        for key, chosen, others in (("l", "Busy Share", ("Number", "Failures")), ("c", "Duration", ("State", "Outcome", "Kind of Task"))):
            assert has_state(open_menu(app, key, chosen), Atspi.StateType.CHECKED), chosen
            for name in others:
                assert not has_state(app.find("menu item", name), Atspi.StateType.CHECKED), name
            app.key("Escape")
            close_menu(app, "Escape")


def test_kinds_of_tasks_have_colours():
    with Desktop() as desktop:
        app = desktop.start("--workload", "readers-and-writers", "--set", "seconds=0.05", "--start")
        app.place(*SIZE)
        app.text(r"^\d+ tasks in")
        choose(app, "c", "Kind of Task", "k")
        app.text("^reader$")
        app.text("^writer$")
        app.text("^others, or several$")
        assert next(app.matches("push button", "on CPU"), None) is None
        app.find("push button", "holds a lock")
        choose(app, "c", "Outcome", "o")
        app.text("^done$")


def test_the_source_of_states_is_named():
    with Desktop() as desktop:
        app = desktop.start(*SHORT)
        app.place(*SIZE)
        found = app.text(r"^Scheduling states: (exact, from the kernel|counted for each task|states not recorded)")
        told = {"exact": "The kernel records every switch", "counted": "read the kernel.s counters", "states": "is not recorded"}
        app.click(app.find("push button", re.compile("Scheduling states: .*")))
        app.text({"exact": "^States Are Exact$", "counted": "^States Are Counted$", "states": "^States Are Not Recorded$"}[re.split(r"\W", found[1])[0]])
        app.text(told[re.split(r"\W", found[1])[0]])
        assert app.find("push button", "blocked" if "states" not in found[1] else "on a task")


run_tests()
