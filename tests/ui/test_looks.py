#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is where in the window, wide and narrow: nothing that says nothing, nothing out of reach, and nothing in the wrong language."""
import pathlib
import re
import sys
import tempfile

from harness import Desktop, button, focused, run_tests, wait_for

SIZE = (1440, 900)
SMALL = (800, 600)
NARROW = (360, 640)


def titles(app):
    """The names of the cards that are on the page."""
    return {accessible.get_name() for accessible in app.matches("panel")}


ROWS = ("Queue", "CPUs busy", "Tasks/s", "Memory")


def rows(app):
    """The rows below the lanes that are on the page."""
    return {name for name in ROWS if next(app.matches("image", name), None) is not None}


def is_seen(app, role, name):
    return next(app.matches(role, name), None) is not None


def box_of(accessible):
    return accessible.get_box()


def test_cards_that_would_say_nothing_are_not_there():
    with Desktop() as desktop:
        app = desktop.start("--workload", "lock", "--set", "seconds=0.01", "--start")
        app.place(*SIZE)
        app.text(r"^\d+ tasks in \d")
        wait_for("a run without a queue", lambda: "Timeline" in titles(app) and "Queue" not in titles(app))
        assert rows(app) == {"CPUs busy", "Memory"}, rows(app)

        app.click(app.find("list item", "Squares"))
        app.text("The squares of 1 to N")
        wait_for("all cards", lambda: {"Queue", "Timeline"} <= titles(app))
        app.key("F5")
        app.text(r"^[\d\s\u202f]+ tasks in \d")
        wait_for("all rows after the run", lambda: "Queue" in titles(app) and rows(app) == set(ROWS))

        app.click(app.find("list item", "Pool sizes"))
        app.text("The squares of 1 to 10 on pools")
        wait_for("what is measured, and nothing beside", lambda: {"Measured", "Timeline"} <= titles(app)
                 and "Queue" not in titles(app))


def test_in_a_small_window_settings_fold_away():
    with Desktop() as desktop:
        app = desktop.start("--workload", "checksum-files")
        app.place(*SMALL)
        more = app.find("push button", "More")
        app.find("radio button", "Threads")
        assert not is_seen(app, "push button", "Policy"), "everything is shown although there is no room for it"
        app.click(more)
        policy = app.find("push button", "Policy")
        app.click(more)
        wait_for("the settings to go again", lambda: not is_seen(app, "push button", "Policy"))
        app.place(*SIZE)
        wait_for("all settings in a wide window", lambda: is_seen(app, "push button", "Policy") and not is_seen(app, "push button", "More"))
        assert box_of(policy).width > 0


def test_a_number_is_shown_whole():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares", "--workers", "8")
        app.place(*SIZE)
        workers = app.find("spin button", "Workers")
        before = box_of(workers).width
        app.click(workers)
        app.key("ctrl+a")
        app.type("1000")
        app.key("Tab")
        wait_for("room for four digits", lambda: box_of(workers).width >= before + 12)


def test_what_to_look_for_stays_open_beside_the_run():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "seconds=60")
        app.place(*SIZE)
        assert not is_seen(app, None, re.compile("Every request prints.*", re.DOTALL))
        app.click(app.find("push button", "What to look for"))
        text = app.find("label", re.compile("Every request prints.*", re.DOTALL))
        # neither a key nor a click is lost to it, and it stays
        app.key("F5")
        app.text("^0 of 5 tasks")
        app.click(app.find("push button", button("Pause")))
        app.text("^Paus")
        assert box_of(text).width > 0
        app.click(app.find("push button", button("Stop")))
        app.text(r"^Stopped")
        app.click(app.find("list item", "Squares"))
        app.text("^A “map” takes a list")
        app.key("F1")
        wait_for("the text to go", lambda: not is_seen(app, "label", re.compile("A “map” takes.*", re.DOTALL)))
        app.place(*SMALL)
        app.key("F1")
        app.find("label", re.compile("A “map” takes.*", re.DOTALL))
        app.click(app.find("push button", "Close this text"))
        wait_for("the text to go", lambda: not is_seen(app, "label", re.compile("A “map” takes.*", re.DOTALL)))


def see_all_in_a_narrow_window(start, stalls, environment=None):
    with Desktop(environment=environment) as desktop:
        app = desktop.start("--workload", "checksum-files")
        app.place(*NARROW)
        box = box_of(app.find("push button", start))
        assert box.x >= 0 and box.x + box.width <= NARROW[0], "Start is outside of the window"
        app.text(stalls)  # of the pulse only this is left, and it is whole


def test_the_window_can_be_as_narrow_as_it_says():
    see_all_in_a_narrow_window(button("Start"), r"^\d+ stalls?$")


def test_it_can_be_so_in_german():
    see_all_in_a_narrow_window(button("Starten"), r"^\d+ Aussetzer$", {"LANGUAGE": "de"})


def test_one_stop_of_the_tab_key_each():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        app.key("ctrl+f")
        wait_for("the search to have the keyboard", lambda: (focused(app) or app.root).get_role_name() in ("text", "entry"))
        app.key("Tab")
        row = wait_for("the list to have the keyboard", lambda: is_focused(app, "list item", "Squares"))
        app.key("Down")
        wait_for("the next row", lambda: is_focused(app, "list item", "Results through a queue"))
        app.key("Tab")
        wait_for("the list to be left", lambda: not is_focused(app, "list item", re.compile(".*")))
        app.key("shift+Tab")
        wait_for("the list again", lambda: is_focused(app, "list item", re.compile(".*")))
        assert row is not None

        threads = app.find("radio button", "Threads")
        app.click(threads)
        wait_for("the choice to have the keyboard", lambda: is_focused(app, "radio button", "Threads"))
        app.key("Right")
        wait_for("the next choice", lambda: is_focused(app, "radio button", "Processes"))
        app.text("Prefetch")
        app.key("Left")
        wait_for("the choice before", lambda: is_focused(app, "radio button", "Threads"))
        app.key("Tab")
        wait_for("the other choice", lambda: is_focused(app, "radio button", "Pool"))
        app.key("Tab")
        wait_for("no choice any more", lambda: not is_focused(app, "radio button", re.compile(".*")))


def is_focused(app, role, name):
    accessible = focused(app)
    if accessible is None or accessible.get_role_name() != role:
        return None
    pattern = name if isinstance(name, re.Pattern) else re.compile(re.escape(name))
    return accessible if pattern.fullmatch(accessible.get_name()) else None


def test_everything_is_said_in_german():
    catalogue = Catalogue()
    # so high that the tabs are in sight beside the notes
    with Desktop(height=1500, environment={"LANGUAGE": "de"}) as desktop, tempfile.TemporaryDirectory() as folder:
        # few files, and what the log tells of: of a folder with many it does so long after the start
        pathlib.Path(folder, "datei").write_text("Inhalt", encoding="utf-8")
        pathlib.Path(folder, "verknüpfung").symlink_to("datei")
        for workload, *settings in (("condition",), ("checksum-files", "--set", f"folder={folder}"), ("crash-a-worker",)):
            app = desktop.start("--workload", workload, *settings, "--start")
            app.place(SIZE[0], 1400)
            app.text("Worauf zu achten ist")
            app.key("F1")
            for tab in ("Arbeiter", "Protokoll", "Ergebnisse"):
                app.choose_tab(tab)
                wait_for("something in the table", lambda: is_seen(app, "table cell", re.compile(".+")))
                english = {text for text in spoken(app) if catalogue.is_english(text)}
                assert not english, f"{workload}, {tab}: not translated: {sorted(english)}"
            app.process.terminate()
            app.wait_until_gone()


def spoken(app):
    """What a screen reader may say of anything on the screen."""
    for accessible in app.matches():
        yield from filter(None, (accessible.item.name, accessible.item.description))


class Catalogue:
    """What po/de.po has, to tell an English text from a German one."""

    def __init__(self):
        sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "lists"))
        import tree

        literals = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
        self.english, self.german, formats = set(), set(), []
        for entry in tree.text("po/de.po").split("\n\n"):
            texts = [self.plain(text) for text in re.findall(rf"^msgid(?:_plural)? {literals}", entry, re.MULTILINE)]
            translated = [self.plain(text) for text in re.findall(rf"^msgstr(?:\[\d\])? {literals}", entry, re.MULTILINE)]
            if entry.startswith("#~") or not texts or not texts[0]:
                continue
            self.english.update(texts)
            self.german.update(translated)
        for text in self.english - self.german:
            letters = re.sub(r"%[\d.<>A-Za-z]+?[a-z>]|\W", "", text)
            if "%" in text and len(letters) >= 4:
                formats.append("".join(".+" if part.startswith("%") else re.escape(part)
                                       for part in re.split(r"(%<[A-Za-z0-9]+>|%[\d.]*(?:ll|h)?[a-z])", text)))
        self.formats = re.compile("|".join(f"(?:{text})" for text in formats), re.DOTALL)

    @staticmethod
    def plain(literals):
        return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)).replace("\\n", "\n").replace('\\"', '"')

    def is_english(self, text):
        if text in self.german:
            return False
        return text in self.english or any(self.formats.fullmatch(part) for part in re.split(" · |, |\n", text))


run_tests()
