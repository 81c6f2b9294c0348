#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window among others: what the desktop is told of runs that end, what is dropped on it, and what it remembers."""
import os
import pathlib
import re
import tempfile

from harness import Desktop, GLib, run_tests, wait_for
from notifications import Notifications, connect

SIZE = (1440, 900)
NAME = "org.heddle.Heddle.Test"  # whichever profile was built
LONG = 11  # seconds: a run of which the desktop is told takes longer than 10
REQUESTS = ("--workload", "handle-requests", "--workers", "2", "--set", "requests=2")


def start_run(desktop, seconds, *more):
    app = desktop.start(*REQUESTS, "--set", f"seconds={seconds}", *more)
    app.place(*SIZE)
    app.key("F5")
    app.text(r"^0 of 2 tasks")
    return app


def close(app):
    app.key("alt+F4")
    assert app.wait_until_gone() == 0, app.output()


def minimise(desktop, app):
    window = app.window
    desktop.xdotool("windowminimize", window)
    wait_for("the window to be minimised", lambda: window not in app._windows())
    return window


def bring_back(desktop, app, window):
    desktop.xdotool("windowactivate", window)
    wait_for("the window to be back", lambda: window in app._windows())


def test_a_long_run_that_ends_unseen_is_told_and_withdrawn():
    with Desktop() as desktop:
        notifications = Notifications(desktop)
        app = start_run(desktop, LONG)
        window = minimise(desktop, app)
        notifications.wait("the notification", lambda: notifications.shown)
        (title, body, actions), = notifications.shown.values()
        assert title == "Handle requests has finished", title
        assert re.match(rf"2 tasks in {LONG}\.\d+ s · ", body), body
        assert "default" in actions, actions
        bring_back(desktop, app, window)
        notifications.wait("it to be withdrawn", lambda: not notifications.shown)
        assert notifications.n_told == 1


def test_the_notification_leads_to_the_tab_of_the_run():
    with Desktop() as desktop:
        notifications = Notifications(desktop)
        app = start_run(desktop, LONG)
        app.key("ctrl+t")
        tab = app.find("page tab", re.compile(r"Handle requests \(2\).*"))
        wait_for("the other tab in front", lambda: app.is_selected(tab))
        window = minimise(desktop, app)
        notifications.wait("the notification", lambda: notifications.shown)
        notifications.press(*notifications.shown)
        wait_for("the window to be back", lambda: window in app._windows())
        wait_for("the tab of the run", lambda: not app.is_selected(tab))
        app.text(r"^2 tasks in \d")


def test_nobody_is_told_of_what_is_seen_or_short_or_unwanted():
    with Desktop() as desktop:
        notifications = Notifications(desktop)
        # short
        app = start_run(desktop, 4)
        window = minimise(desktop, app)
        notifications.wait("the run to end", lambda: app.read(r"^2 tasks in \d"))
        bring_back(desktop, app, window)
        close(app)
        # long, and in front until the end
        app = start_run(desktop, LONG)
        notifications.wait("the run to end", lambda: app.read(r"^2 tasks in \d"))
        # long and unseen, but the user has turned it off
        app.key("ctrl+comma")
        app.click(app.find(None, "A run has ended"))
        app.close(app.find(None, "A run has ended"), "Escape")
        app.key("F5")
        app.text(r"^0 of 2 tasks")
        minimise(desktop, app)
        notifications.wait("the run to end", lambda: app.read(r"^2 tasks in \d"))
        notifications.answer()
        assert notifications.n_told == 0, notifications.shown


def drop(app, *paths):
    """What a drop on the window does, by the action that is the same."""
    files = GLib.Variant("aay", [os.fsencode(path) + b"\0" for path in paths])
    connect(app.desktop).call_sync(NAME, "/" + NAME.replace(".", "/"), "org.gtk.Actions", "Activate",
                                   GLib.Variant("(sava{sv})", ("open-paths", [files], {})), None, 0, -1, None)


def test_a_dropped_folder_is_taken_for_checksums():
    with tempfile.TemporaryDirectory(prefix="heddle drop ä ") as folder, Desktop() as desktop:
        pathlib.Path(folder, "one").write_text("1")
        pathlib.Path(folder, "two").write_text("2")
        app = desktop.start(f"--gapplication-app-id={NAME}", "--workload", "squares")
        app.place(*SIZE)
        drop(app, folder)
        app.text("SHA-256 of every file")
        app.find("push button", re.compile(f"Folder: .*{re.escape(pathlib.Path(folder).name)}"))
        app.key("F5")
        app.text(r"^2 tasks in \d")

        # of a file its folder
        other = pathlib.Path(folder, "other")
        other.mkdir()
        pathlib.Path(other, "three").write_text("3")
        drop(app, other / "three")
        app.find("push button", re.compile("Folder: .*other"))
        app.key("F5")
        app.text(r"^1 task in \d")


def test_what_cannot_be_used_is_answered_in_words():
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        app = desktop.start(f"--gapplication-app-id={NAME}", "--workload", "squares")
        app.place(*SIZE)
        drop(app, folder, "/usr/share")
        app.text(r"Drop one folder")
        drop(app, pathlib.Path(folder, "not there"))
        app.text("cannot be used: .*not there")
        app.text("The squares of 1 to N")


def test_a_folder_dropped_with_the_pointer():
    """Real drag and drop, from another program's window."""
    with tempfile.TemporaryDirectory() as folder, Desktop(1600, 1000) as desktop:
        app = desktop.start("--workload", "squares")
        app.place(1200, 900)
        wait_for("the window's place", lambda: app.geometry()[0] < 50)
        source = desktop.start(folder, program=os.environ["HEDDLE_DRAG_SOURCE"])
        desktop.xdotool("windowmove", source.window, 1300, 200)
        wait_for("the source beside it", lambda: source.geometry()[0] >= 1250)
        left, top, width, height = source.geometry()
        x, y = left + width // 2, top + height // 2
        desktop.xdotool("mousemove", x, y, "mousedown", 1)
        for step in range(1, 11):
            desktop.xdotool("mousemove", x - 70 * step, y + 20 * step, "sleep", 0.03)
        desktop.xdotool("sleep", 0.3, "mouseup", 1)
        app.find("push button", re.compile(f"Folder: .*{re.escape(pathlib.Path(folder).name)}"))


def settings_of(desktop):
    return pathlib.Path(desktop.environment["XDG_CONFIG_HOME"], "glib-2.0/settings/keyfile").read_text()


def test_the_next_window_is_as_the_last_one_was():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.place(1400, 880)
        app.click(app.find("page tab", re.compile("Workers.*")))
        app.click(app.find("spin button", "Numbers"))
        app.key("ctrl+a")
        app.type("77")
        app.key("Tab")
        close(app)
        kept = settings_of(desktop)
        for wanted in ("last-workload='squares'", "tables-page='workers'", "window-width="):
            assert wanted in kept, (wanted, kept)

        app = desktop.start()
        app.text("The squares of 1 to N")
        tab = app.find("page tab", re.compile("Workers.*"))
        wait_for("the table of workers", lambda: app.is_selected(tab))
        wait_for("the size of before", lambda: app._content() == (1400, 880))
        wait_for("its parameter", lambda: app.find("spin button", "Numbers").get_current_value() == 77)


run_tests()
