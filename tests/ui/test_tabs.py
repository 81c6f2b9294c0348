#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the catalogue leads: to the tab that has the run of a workload, rather than to an empty page of it."""
import re

from harness import Desktop, GLib, build_directory, focused, run_tests, wait_for

SIZE = (1440, 900)
LONG = ("--workload", "handle-requests", "--set", "requests=1", "--set", "seconds=3600", "--workers", "1")


def choose(app, workload):
    app.click(app.find("list item", workload))


def texts_below(accessible):
    yield accessible.get_name() or ""
    for child in accessible.get_children():
        yield from texts_below(child)


def page_with_keyboard(app):
    """The page that has the keyboard, or that something in it has; pages that are not in front are in the tree, too."""
    found = focused(app)
    while found is not None and (found.get_parent() is None or found.get_parent().get_name() != "GtkStackPage"):
        found = found.get_parent()
    return found


def wait_for_page(app, workload, progress):
    """Until this workload's page is in front, says so of its run, has the keyboard, and is marked in the catalogue."""
    def is_there():
        page = page_with_keyboard(app)
        try:
            return (page is not None and page.get_name() == workload and app.is_selected(app.find("list item", workload))
                    and any(re.match(progress, text) for text in texts_below(page)))
        except GLib.Error:
            return False  # something in it has gone while we looked
    wait_for(f"the page of {workload}, {progress}", is_there)


def call(desktop, *arguments):
    """Heddle from a terminal, while a window is open: that one does it."""
    desktop._run(str(build_directory() / "src/app/heddle"), *arguments)


def test_a_run_that_goes_on_is_shown_where_it_is():
    with Desktop() as desktop:
        app = desktop.start(*LONG, "--start")
        app.place(*SIZE)
        wait_for_page(app, "Handle requests", "0 of 1 task")
        choose(app, "Squares")
        wait_for_page(app, "Squares", "Not started yet")
        choose(app, "Handle requests")
        wait_for_page(app, "Handle requests", "0 of 1 task")
        # the tab of the other workload is used again, rather than that there are more and more of them
        choose(app, "Squares")
        wait_for_page(app, "Squares", "Not started yet")
        # another run of the same begins with a new tab; the row of the catalogue leads to the one that goes on
        choose(app, "Handle requests")
        wait_for_page(app, "Handle requests", "0 of 1 task")
        app.key("ctrl+t")
        wait_for_page(app, "Handle requests", "Not started yet")
        choose(app, "Handle requests")
        wait_for_page(app, "Handle requests", "0 of 1 task")
        # where both go on it is the one in front that stays
        app.key("ctrl+Page_Down")
        wait_for_page(app, "Squares", "Not started yet")
        app.key("ctrl+Page_Down")
        wait_for_page(app, "Handle requests", "Not started yet")
        call(desktop, "--workload", "handle-requests", "--set", "requests=2", "--set", "seconds=3600", "--start")
        wait_for_page(app, "Handle requests", "0 of 2 tasks")
        choose(app, "Handle requests")
        app.key("ctrl+Page_Up")
        wait_for_page(app, "Squares", "Not started yet")
        choose(app, "Handle requests")
        wait_for_page(app, "Handle requests", "0 of 2 tasks")
        # and Space is the run's, not the catalogue's
        app.key("space")
        wait_for_page(app, "Handle requests", "Pausing: running tasks end first · 0 of 2 tasks")


def test_a_run_that_has_ended_is_shown_where_it_is():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares", "--set", "n=100", "--workers", "2", "--start")
        app.place(*SIZE)
        wait_for_page(app, "Squares", r"100 tasks in \d")
        app.key("ctrl+t")
        wait_for_page(app, "Squares", "Not started yet")
        choose(app, "Lock")
        wait_for_page(app, "Lock", "Not started yet")
        # in the first tab
        choose(app, "Squares")
        wait_for_page(app, "Squares", r"100 tasks in \d")
        # no tab shows it any more: it comes where it is wanted
        choose(app, "Semaphore")
        wait_for_page(app, "Semaphore", "Not started yet")
        app.key("ctrl+Page_Down")
        wait_for_page(app, "Lock", "Not started yet")
        choose(app, "Squares")
        wait_for_page(app, "Squares", r"100 tasks in \d")
        # a page without a run takes it up, too: two tabs of Squares, and the run leaves the first of them
        app.key("ctrl+t")
        wait_for_page(app, "Squares", "Not started yet")
        app.key("ctrl+Page_Up")
        wait_for_page(app, "Squares", r"100 tasks in \d")
        choose(app, "Lock")
        wait_for_page(app, "Lock", "Not started yet")
        app.key("ctrl+Page_Down")
        wait_for_page(app, "Squares", "Not started yet")
        choose(app, "Squares")
        wait_for_page(app, "Squares", r"100 tasks in \d")


def test_a_command_leads_to_the_run_or_starts_another():
    with Desktop() as desktop:
        app = desktop.start(*LONG, "--start")
        app.place(*SIZE)
        wait_for_page(app, "Handle requests", "0 of 1 task")
        choose(app, "Squares")
        wait_for_page(app, "Squares", "Not started yet")
        call(desktop, "--workload", "handle-requests")
        wait_for_page(app, "Handle requests", "0 of 1 task")
        call(desktop, "--workload", "handle-requests", "--set", "requests=2", "--set", "seconds=3600", "--start")
        wait_for_page(app, "Handle requests", "0 of 2 tasks")


run_tests()
