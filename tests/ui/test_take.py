#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user finds in the tables and takes away from them: search, filter, copies, files."""
import csv
import io
import json
import pathlib
import re
import struct
import subprocess
import tempfile
import xml.etree.ElementTree

from harness import Atspi, Desktop, focused, has_state, run_tests, wait_for

SIZE = (1440, 900)
ROW = re.compile(r"Task .*")
CLIPBOARD = """
import gi, sys
gi.require_version("Gdk", "4.0")
from gi.repository import Gdk, GLib
gi.require_version("Gtk", "4.0")
from gi.repository import Gtk
Gtk.init()
loop = GLib.MainLoop()
def told(clipboard, result):
    sys.stdout.write(clipboard.read_text_finish(result) or "")
    loop.quit()
Gdk.Display.get_default().get_clipboard().read_text_async(None, told)
GLib.timeout_add_seconds(20, loop.quit)
loop.run()
"""


def clipboard(desktop):
    """The text that another program gets from the clipboard."""
    return subprocess.run(["/usr/bin/python3", "-c", CLIPBOARD], env=desktop.environment, capture_output=True, text=True, check=False).stdout


def wait_for_copy(desktop, what, is_it):
    return wait_for(what, lambda: (text := clipboard(desktop)) and is_it(text) and text)


def start(desktop, *arguments, size=SIZE):
    app = desktop.start(*arguments, "--start")
    app.place(*size)
    return app


def squares(desktop, n):
    app = start(desktop, "--workload", "squares", "--set", f"n={n}", "--workers", "2")
    app.text(r"tasks in \d")
    wait_for("rows in order", lambda: tasks(app)[:3] == [1, 2, 3])
    return app


def tasks(app):
    """The numbers of the tasks in sight, from the top; there is room for four rows at least."""
    found = [(row.get_box().y, row.get_name()) for row in app.matches("table row", ROW)]
    return [int(re.sub(r"\D", "", re.match(r"Task ([^,]+),", name)[1])) for _, name in sorted(found)]


def chosen(app):
    return [int(re.match(r"Task (\d+)", row.get_name())[1]) for row in app.matches("table row", ROW) if has_state(row, Atspi.StateType.SELECTED)]


def search(app):
    app.click(app.find("table row", re.compile("Task 2, .*")))
    app.key("ctrl+f")
    wait_for("the keyboard in the search", lambda: (here := focused(app)) and here.get_role_name() in ("entry", "text"))


def test_search_finds_texts_and_tasks():
    with Desktop() as desktop:
        app = squares(desktop, 30000)
        search(app)
        app.type("of 2999")  # 2999, and 29990 to 29999
        wait_for("those rows", lambda: tasks(app)[:4] == [2999, 29990, 29991, 29992])
        app.text(r"11 of 30.000 rows")
        # Enter leads to the rows that were found
        app.key("Return")
        wait_for("the keyboard in the table", lambda: (here := focused(app)) and here.get_role_name() == "table row")
        app.key("ctrl+f")
        app.key("ctrl+a")
        app.type("12 345")
        wait_for("that task", lambda: tasks(app)[:1] == [12345])
        # and to the task among all rows where it has a number
        app.key("Return")
        wait_for("the task among all rows", lambda: 12345 in tasks(app) and len(tasks(app)) > 3 and chosen(app) == [12345])
        # Escape ends the search
        app.key("ctrl+f")
        app.type("no such text")
        app.text("No row matches")
        app.key("Escape")
        wait_for("all rows", lambda: len(tasks(app)) > 3 and not app.read("No row matches"))
        assert not next(app.matches("entry", "Search the table"), None)


def test_rows_are_filtered_while_they_come():
    with Desktop() as desktop:
        app = start(desktop, "--workload", "exceptions-in-tasks", "--set", "mode=future", "--set", "tasks=40", "--set", "every=4", "--workers", "2")
        app.text(r"^40 tasks in \d")
        wait_for("rows", lambda: len(tasks(app)) > 3)
        search_button = app.find(None, "Search")
        app.click(search_button)
        outcome = app.find("combo box", re.compile("Outcome: .*"))
        app.click(outcome)
        app.key("Down", "Down", "Return")
        wait_for("failed tasks only", lambda: len(tasks(app)) > 3 and not any(task % 4 for task in tasks(app)))
        app.text("10 of 40 rows")
        # the same filter in a new run, from its beginning on
        app.key("F5")
        app.text(r"^40 tasks in \d")
        wait_for("failed tasks of that run", lambda: app.read("10 of 40 rows"))
        app.click(search_button)
        wait_for("all rows", lambda: not app.read("10 of 40 rows") and any(task % 4 for task in tasks(app)))


def test_rows_are_copied():
    with Desktop() as desktop:
        app = squares(desktop, 300)
        app.click(app.find("table row", re.compile("Task 2, .*")))
        wait_for("one row", lambda: chosen(app) == [2])
        app.key("ctrl+c")
        one = wait_for_copy(desktop, "a row", lambda text: text.startswith("2\t"))
        assert one.split("\t")[:3] == ["2", "the square of 2", "4"] and "\n" not in one, one
        app.key("shift+Down", "shift+Down")
        wait_for("three rows", lambda: chosen(app) == [2, 3, 4])
        app.key("shift+Up")
        wait_for("two rows", lambda: chosen(app) == [2, 3])
        x, y = app.point_at(app.find("table row", re.compile("Task 1, .*")))
        desktop.xdotool("mousemove", x, y, "keydown", "ctrl", "click", 1, "keyup", "ctrl")
        wait_for("one more", lambda: sorted(chosen(app)) == [1, 2, 3])
        app.key("ctrl+c")
        several = wait_for_copy(desktop, "rows", lambda text: text.count("\n") == 3)
        lines = [line.split("\t") for line in several.split("\n")]
        assert lines[0][:3] == ["Task", "Input", "Result"] and [line[0] for line in lines[1:]] == ["1", "2", "3"], several
        assert len({len(line) for line in lines}) == 1, several
        app.key("ctrl+a", "ctrl+c")
        everything = wait_for_copy(desktop, "all rows", lambda text: text.count("\n") == 300)
        assert everything.split("\n")[300].startswith("300\tthe square of 300\t90000\t")
        app.key("Down")
        wait_for("one row again", lambda: len(chosen(app)) == 1)


def test_a_cell_and_the_command_are_copied():
    with Desktop() as desktop:
        app = squares(desktop, 50)
        cell = app.find("table row", re.compile("Task 3, .*")).get_children()[1]
        app.click(cell, button=3)
        choose(app, None, "Copy Cell", "e")
        wait_for_copy(desktop, "the cell", lambda text: text == "the square of 3")
        app.key("ctrl+shift+c")
        command = wait_for_copy(desktop, "the command", lambda text: text.startswith("heddle-cli "))
        assert command.startswith("heddle-cli run squares --backend ") and " --workers 2" in command and command.endswith(" --set n=50"), command


def choose(app, button, item, letter):
    """Opens a menu and chooses an item of it by the letter that is underlined there."""
    if button:
        app.click(button)
    app.find("menu item", re.compile(item))
    app.key(letter)


def save(app, item, letter, path):
    choose(app, app.find(None, "Copy and save"), item, letter)
    wait_for("the question for a file", lambda: len(app.root.get_children()) > 1)
    app._wait_for_focus(other_than=app.window)
    app.key("ctrl+a")
    app.type(str(path))
    app.key("Return")
    wait_for("the file", path.exists)
    app.text(f"Saved as .*{re.escape(path.name)}")
    return path.read_bytes()


def test_everything_is_saved():
    with Desktop() as desktop, tempfile.TemporaryDirectory() as folder:
        app = squares(desktop, 200)
        table = save(app, "Save as CSV…", "v", pathlib.Path(folder, "table.csv"))
        rows = list(csv.DictReader(io.StringIO(table.decode(), newline="")))
        assert sorted(int(row["task"]) for row in rows) == list(range(1, 201)) and all(int(row["result"]) == int(row["task"]) ** 2 for row in rows)
        lines = [json.loads(line) for line in save(app, "Save as JSON Lines…", "j", pathlib.Path(folder, "lines.jsonl")).splitlines()]
        assert [line["type"] for line in lines].count("task") == 200 and lines[-1]["type"] == "run" and lines[-1]["done"] == 200
        trace = json.loads(save(app, "Save as Trace.*", "t", pathlib.Path(folder, "trace.json")))
        assert sorted(event["args"]["task"] for event in trace["traceEvents"] if event.get("cat") == "task") == list(range(1, 201))
        png = save(app, "Save Timeline as PNG…", "p", pathlib.Path(folder, "timeline.png"))
        width, height = struct.unpack(">II", png[16:24])
        assert png[:8] == b"\x89PNG\r\n\x1a\n" and width > 600 and height > 60, (width, height)
        svg = xml.etree.ElementTree.fromstring(save(app, "Save Timeline as SVG…", "s", pathlib.Path(folder, "timeline.svg")))
        assert svg.tag.endswith("svg") and len(list(svg.iter())) > 20
        # of selected rows only those
        app.click(app.find("table row", re.compile("Task 2, .*")))
        app.key("shift+Down")
        wait_for("two rows", lambda: chosen(app) == [2, 3])
        table = save(app, "Save as CSV…", "v", pathlib.Path(folder, "two.csv"))
        assert [row["task"] for row in csv.DictReader(io.StringIO(table.decode(), newline=""))] == ["2", "3"]
        assert sorted(path.name for path in pathlib.Path(folder).iterdir()) == ["lines.jsonl", "table.csv", "timeline.png", "timeline.svg", "trace.json", "two.csv"]


run_tests()
