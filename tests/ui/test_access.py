#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader is told: of whatever has the keyboard, of what is typed wrong, of what comes and goes."""
import re

from harness import Atspi, Desktop, focused, has_state, run_tests, wait_for

SIZE = (1440, 900)
# What GTK says where nobody gave a name: the widget's type.
NAMELESS = re.compile(r"(Gtk|Adw|Heddle)[A-Z]\w+")


def told(accessible):
    """(role, name, description), as they are now."""
    return accessible.get_role_name(), accessible.get_name(), accessible.get_description()


def faults(role, name, description):
    """What is wrong with how a control is told."""
    words = name.split()
    if not name.strip():
        return "has no name"
    if any(NAMELESS.fullmatch(word) for word in words):
        return "is told by its type"
    if "_" in name or "_" in description.replace("heddle_", ""):
        return "is told with an underscore"
    if len(words) % 2 == 0 and words[:len(words) // 2] == words[len(words) // 2:]:
        return "is told twice"
    if role == "spin button" and not description:
        return "is a number of which nobody says what it is"
    return None


def focus_moves(app, key, before):
    """Presses a key until which the focus is elsewhere; what has it then."""
    app.key(key)

    def elsewhere():
        now = focused(app)
        return now if now is not None and (before is None or now.get_box().y != before[1]
                                           or now.get_box().x != before[0]) else None
    return wait_for(f"{key} to move the keyboard", elsewhere)


def walk_by_tab(app, most=60):
    """Every control on the way of Tab, once round: [(role, name, description)]."""
    seen, before, places = [], None, set()
    for _ in range(most):
        accessible = focus_moves(app, "Tab", before)
        box = accessible.get_box()
        before = box.x, box.y
        if (before, accessible.get_name()) in places:
            break
        places.add((before, accessible.get_name()))
        seen.append(told(accessible))
    return seen


def check(seen):
    wrong = [f"{role} “{name}” {fault}" for role, name, description in seen if (fault := faults(role, name, description))]
    assert not wrong, "\n".join(wrong)


def test_everything_on_the_way_of_tab_is_named():
    with Desktop() as desktop:
        app = desktop.start("--workload", "pool-sizes")
        app.place(*SIZE)
        app.key("ctrl+t")
        app.find("page tab", "Pool sizes")
        seen = walk_by_tab(app)
        check(seen)
        names = [name for _, name, _ in seen]
        assert len(seen) > 12 and {"Workers", "Pool: Processes", "Results", "Search workloads"} <= set(names), names


def test_numbers_of_every_workload_say_what_they_are():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests")
        app.place(*SIZE)
        seconds = app.find("spin button", "Seconds")
        assert told(seconds)[2] == "in s · Time that each request waits for its answer.", told(seconds)
        for workload in ("Start and join", "Lock", "Pipe", "Starvation"):
            app.key("ctrl+f")
            app.key("ctrl+a")
            app.type(workload)
            app.key("Return")
            wait_for(f"the page of {workload}", lambda workload=workload: app.read(f"^{workload}$")
                     and next(app.matches("filler", workload), None))
            check([told(spin) for spin in app.matches("spin button")])
            check([told(choice) for choice in app.matches("combo box")])


def test_a_drop_down_says_what_is_chosen():
    with Desktop() as desktop:
        app = desktop.start("--workload", "pool-sizes")
        app.place(*SIZE)
        app.click(app.find("combo box", "Pool: Processes"))
        app.find("list", "Pool")
        assert {item.get_name() for item in app.matches("list item") if item.get_parent().get_name() == "Pool"} == {"Threads", "Processes"}
        app.key("Home")
        wait_for("the keyboard on the first item", lambda: (now := focused(app)) is not None and told(now)[:2] == ("list item", "Threads"))
        app.key("Return")
        button = app.find("combo box", "Pool: Threads")
        wait_for("the keyboard on the drop-down again", lambda: has_state(button, Atspi.StateType.FOCUSED))


def test_buttons_are_told_once_and_without_an_underscore():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "seconds=3600", "--start")
        app.place(*SIZE)
        app.text("^0 of 5 tasks")
        app.key("Escape")
        app.find("push button", "Keep Running")
        check([told(button) for button in app.matches("push button")])
        app.close(app.find("push button", "Keep Running"), "Escape")
        app.key("ctrl+comma")
        app.find("spin button", "Results")
        check([told(spin) for spin in app.matches("spin button")])
        app.close(app.find("spin button", "Results"), "Escape")
        app.click(app.find("push button", "Policy"))
        app.find("push button", "Reset to Defaults")
        check([told(button) for button in app.matches("push button")])


def test_tabs_say_which_page_is_shown():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        app.key("ctrl+t")
        app.click(app.find("list item", "Factorials"))

        def selected():
            return [(tab.get_name(), has_state(tab, Atspi.StateType.SELECTED)) for tab in app.matches("page tab")
                    if tab.get_name() in ("Squares", "Factorials")]

        wait_for("the second tab to be told as the one that is shown", lambda: selected() == [("Squares", False), ("Factorials", True)])
        app.key("ctrl+Page_Up")
        wait_for("the first one", lambda: selected() == [("Squares", True), ("Factorials", False)])


def below(accessible):
    for child in accessible.get_children():
        yield child
        yield from below(child)


def test_tabs_of_one_workload_are_told_apart():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "requests=1", "--set", "seconds=3600", "--workers", "1", "--start")
        app.place(*SIZE)

        def tabs():
            return [(told(tab)[1], told(tab)[2]) for tab in app.matches("page tab", re.compile("Handle requests.*|Squares"))]

        def wait_for_tabs(*expected):
            wait_for(f"tabs {expected}", lambda: tabs() == list(expected))

        first = ("Handle requests", "running")
        app.text("^0 of 1 task")
        app.key("ctrl+t")
        wait_for_tabs(first, ("Handle requests (2)", "not started"))
        app.key("ctrl+t")
        wait_for_tabs(first, ("Handle requests (2)", "not started"), ("Handle requests (3)", "not started"))
        # the others keep theirs when one goes, and the next one takes what is free
        app.key("ctrl+Page_Up")
        wait_for("the second tab", lambda: has_state(app.find("page tab", "Handle requests (2)"), Atspi.StateType.SELECTED))
        app.key("ctrl+w")
        wait_for_tabs(first, ("Handle requests (3)", "not started"))
        app.key("ctrl+t")
        app.find("page tab", "Handle requests (2)")
        for tab in app.matches("page tab", re.compile("Handle requests.*")):
            for part in below(tab.get_children()[0]):
                role, name, description = told(part)
                assert role != "push button" or (not NAMELESS.search(name) and name != description), (role, name, description)
                assert name != "GtkImage", f"a picture in {tab.get_name()} is told"
        app.click(app.find("page tab", "Handle requests"))
        app.click(app.find("push button", "Stop"))
        wait_for("how it ended", lambda: ("Handle requests", "stopped") in tabs())


def test_a_page_says_what_its_run_does():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "requests=2", "--set", "seconds=0.01", "--workers", "1")
        app.place(*SIZE)
        page = app.find("filler", "Handle requests")
        assert told(page)[2].startswith("Each request waits a while"), told(page)
        app.key("F5")
        wait_for("the end", lambda: re.match(r"2 tasks in \d", told(page)[2]))
        seconds = app.find("spin button", "Seconds")
        type_over(app, seconds, "3600")
        app.key("Return", "F5")
        wait_for("the state", lambda: told(page)[2] == "running")
        app.click(app.find("push button", "Stop"))
        wait_for("how it ended", lambda: told(page)[2].startswith("Stopped · "))


def test_progress_is_told():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares", "--set", "n=1000", "--backend", "threads")
        app.place(*SIZE)
        bar = app.find("progress bar", "Progress")
        assert told(bar)[2] == "0 %"
        app.key("F5")
        app.text(r"^1000 tasks in \d")
        wait_for("the end of the progress", lambda: told(bar)[2] == "100 %")


def test_a_search_without_a_hit_is_told():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        app.key("ctrl+f")
        entry = app.find("entry", "Search workloads")
        wait_for("the keyboard in the search", lambda: has_state(entry, Atspi.StateType.FOCUSED))
        app.type("zzz")
        wait_for("what the search came to", lambda: told(entry)[2] == "No Workloads Found")
        app.key("ctrl+a")
        app.type("fact")
        wait_for("that to be taken back", lambda: told(entry)[2] == "")


def type_over(app, spin, text):
    """Types into a spin button, in place of what is there. Returns the number that was there: a click into its middle may be one on its button."""
    app.click(spin)
    wait_for("the keyboard there", lambda: has_state(spin, Atspi.StateType.FOCUSED))
    app.key("ctrl+a")
    before = spin.get_current_value()
    app.type(text)
    return before


def test_a_wrong_number_is_said_and_never_taken():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--workers", "3", "--set", "requests=7")
        app.place(*SIZE)
        workers = app.find("spin button", "Workers")
        before = type_over(app, workers, "5000")
        app.find("label", "1 to 1024")
        assert has_state(workers, Atspi.StateType.INVALID)
        assert told(workers)[2].startswith("1 to 1024 · Number of threads"), told(workers)
        # it is not started with another number than what stands there
        app.key("F5")
        app.text("^The run was not started: “Workers” must be a whole number from 1 to 1024, not “5000”")
        # left, the last right one comes back, and not without a word
        app.key("Tab")
        app.find("label", "1 to 1024, not “5000”")
        wait_for("the number that was there", lambda: workers.get_current_value() == before)
        # what is right takes the word away
        type_over(app, workers, "4")
        wait_for("the hint to go", lambda: not has_state(workers, Atspi.StateType.INVALID)
                 and next(app.matches("label", re.compile("1 to 1024.*")), None) is None)
        app.key("Tab")
        wait_for("the number", lambda: workers.get_current_value() == 4)
        # letters are not swallowed
        requests = app.find("spin button", "Requests")
        before = type_over(app, requests, "ten")
        app.find("label", re.compile(r"1 to 1\s000\s000"))
        app.key("F5")
        app.text("“Requests” must be a whole number from 1 to .* not “ten”")
        app.key("Return")
        app.find("label", re.compile(r"1 to .*, not “ten”"))
        wait_for("the number that was there", lambda: requests.get_current_value() == before)


def test_what_was_not_taken_is_no_news_later():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "requests=2",
                            "--set", "seconds=0.1")
        app.place(*SIZE)
        hint = re.compile("1 to 1024, not “abc”")

        def leave_wrong():
            type_over(app, app.find("spin button", "Workers"), "abc")
            app.key("Tab")
            app.find("label", hint)

        def gone():
            return next(app.matches("label", hint), None) is None

        leave_wrong()
        app.key("shift+Tab")
        wait_for("the hint to go with the keyboard's return", gone)
        leave_wrong()
        app.click(app.find("list item", "Squares"))
        app.text("The squares of 1 to N")
        app.click(app.find("list item", "Handle requests"))
        app.text("^Each request waits")
        wait_for("the hint to go with the page", gone)
        # the run is told of it, since it may be the click on Start that the number was left by
        leave_wrong()
        app.key("F5")
        app.text(r"^2 tasks in \d")
        wait_for("the hint to go when the run has ended", gone)


def test_a_wrong_number_among_the_preferences():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        app.key("ctrl+comma")
        results = app.find("spin button", "Results")
        before = type_over(app, results, "0")
        app.find("label", "1 to 4096")
        app.key("Tab")
        app.find("label", "1 to 4096, not “0”")
        wait_for("the number that was there", lambda: results.get_current_value() == before)
        type_over(app, results, "64")
        app.find("label", re.compile("MiB per run; .*"))


def click_to_and_fro(app, box):
    """Ticked as it was, and with the keyboard."""
    for ticked in (False, True):
        app.click(box)
        wait_for("the tick to change", lambda ticked=ticked: has_state(box, Atspi.StateType.CHECKED) == ticked)
    assert has_state(box, Atspi.StateType.FOCUSED)


def test_arrow_keys_tick_nothing():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares", "--set", "n=100", "--start")
        app.place(*SIZE)
        app.text(r"^100 tasks in \d")
        box, catalogue = app.find("check box", "In order"), app.find("push button", "Catalogue")
        assert has_state(box, Atspi.StateType.CHECKED)
        for key in ("Up", "Down", "Left", "Right"):
            click_to_and_fro(app, box)
            shown = has_state(catalogue, Atspi.StateType.PRESSED)
            app.key(key, "F9")  # what comes after it has happened, so it has, too
            wait_for("the key after it", lambda shown=shown: has_state(catalogue, Atspi.StateType.PRESSED) != shown)
            assert has_state(box, Atspi.StateType.CHECKED), f"{key} takes the tick away"
        click_to_and_fro(app, box)
        app.key("Down")
        wait_for("the keyboard below", lambda: not has_state(box, Atspi.StateType.FOCUSED))
        click_to_and_fro(app, box)
        app.key("space")
        wait_for("no tick", lambda: not has_state(box, Atspi.StateType.CHECKED))


def test_the_list_of_keys_complains_of_nothing():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        app.key("ctrl+question")
        app.find("page tab", "Page 1")
        app.find("label", "Page Down")
        assert next(app.matches("label", re.compile("Page_.*")), None) is None


def test_what_to_look_for_can_be_read_with_the_keyboard():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        app.key("ctrl+f")
        search = wait_for("the search to have the keyboard", lambda: (it := focused(app)) is not None and it.get_role_name() in ("text", "entry")
                          and it)
        app.key("F1")
        app.text("What it does, and what to look for")
        assert has_state(search, Atspi.StateType.FOCUSED), "the text took the keyboard"
        was = before = None
        for _ in range(60):
            was = focus_moves(app, "Tab", before)
            assert not faults(*told(was)) or was.get_role_name() == "label", told(was)
            if was.get_role_name() == "label":
                break
            box = was.get_box()
            before = box.x, box.y
        text = was.get_text()
        assert "square" in text, text
        app.key("ctrl+Home")
        wait_for("the caret to be at the beginning", lambda: was.get_caret_offset() == 0)
        app.key("ctrl+Right")
        wait_for("the caret to be behind a word", lambda: was.get_caret_offset() > 0)
        app.key("F1")
        wait_for("the keyboard to come back", lambda: has_state(search, Atspi.StateType.FOCUSED))


run_tests()
