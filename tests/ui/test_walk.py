#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A walk through the catalogue in one window: most faults of a page live in what was shown before.

Each workload is chosen, started and waited for (or stopped, where it takes long), and then what is on screen has to be what should be there:
- it is the picture that the same page gives when it is laid out anew;
- each text that a screen reader is told to be on the page has ink in its place;
- the page says how many tasks have ended, and the table has a row for each of them that has room.
What GLib or GTK warns of fails the step at which it was said.

`./dev test` goes a part of the way. HEDDLE_TEST_WALK=2 goes all of it twice, in an order of its own each time, and HEDDLE_TEST_PICTURES=FOLDER
keeps a picture of each workload at its end. HEDDLE_TEST_SEED takes the same order again.
"""
import json
import os
import pathlib
import random
import re
import subprocess
import time

from harness import Atspi, Desktop, GLib, Timeout, build_directory, find_complaints, has_state, role_name, run_tests, wait_for

SIZES = ((1440, 900), (1000, 700), (1200, 620))
ROUNDS = int(os.environ.get("HEDDLE_TEST_WALK", "0"))
SEED = int(os.environ.get("HEDDLE_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
PICTURES = os.environ.get("HEDDLE_TEST_PICTURES")
PART = 3  # workloads of a function, where the walk is short
EDGE = 20  # pixels that may differ
LOOKS = 4  # at a page that stands still
LONG = 6  # seconds that a run may take before it is stopped
ENDED = r"^(?:[^·\d]+ · )?(?:[\d\s\u202f]+ of )?([\d\s\u202f]+) tasks? in \d"
INKLESS = re.compile(r"[\s–—·.…-]*|(Gtk|Heddle)[A-Z]\w+")  # a text that is empty is called by the name of its type


def read_workloads():
    """[(id, name)] of the catalogue."""
    listed = subprocess.run([build_directory() / "src/cli/heddle-cli", "list", "--format", "json"], check=True, capture_output=True, text=True)
    return [(workload["id"], workload["name"]) for workload in json.loads(listed.stdout)]


class Walk:
    """One window, and the way that has been gone in it."""

    def __init__(self, desktop):
        self.desktop = desktop
        self.app = desktop.start("--workload", "squares")
        self.way = []
        self.page_box = None
        self.place(SIZES[0])

    def place(self, size):
        self.size = size
        self.border = self.app.place(*size)

    def visit(self, identifier, name, size=SIZES[0], picture=None):
        """Chooses a workload, runs it to its end, and looks at the page."""
        self.way.append(identifier)
        try:
            if size != self.size:
                self.place(size)
            self.choose(name)
            self.run()
            self.rest()
            if picture:
                self.desktop.screenshot(picture, self.app.window)
            self.check_rows()
            self.check_ink()
            self.check_layout()
            self.check_complaints()
        except Exception as error:
            raise AssertionError(f"seed {SEED}, on the way {' '.join(self.way)}: {error}") from error

    def choose(self, name):
        self.app.key("ctrl+f")
        self.app.type(name)
        row = self.app.find("list item", name)
        self.app.click(row)
        wait_for(f"{name} to be chosen", lambda: self.app.is_selected(row))
        self.app.find("push button", re.compile("Start( Start)?"))

    def run(self):
        self.app.key("F5")
        begun = time.monotonic()
        stop = self.app.find("push button", re.compile("Stop( Stop)?"))

        def over():
            return not has_state(stop, Atspi.StateType.SENSITIVE) and self.app.read(ENDED)

        wait_for("the run to begin", lambda: over() or not self.app.read("^Not started yet"))
        try:
            wait_for("the run to end", over, max(LONG - (time.monotonic() - begun), 0))
        except Timeout:
            self.app.click(stop)
            wait_for("the stopped run to end", over)

    def rest(self):
        """Puts the pointer where it shows nothing, and waits until the page stands still."""
        self.origin = left, top = self.app.geometry()[:2]
        self.desktop.xdotool("mousemove", left + self.border + self.size[0] // 2, top + self.border + 3)
        self.page_box = self.find_page()
        self.wait_until_it_stands_still()

    def find_page(self):
        """Where everything below the progress bar is: (left, top, width, height) in the window's picture."""
        for accessible in self.app.matches("scroll pane"):
            box = accessible.get_box()
            if box.width > self.size[0] / 2:
                return box.x + self.border, box.y + self.border, box.width, box.height
        raise AssertionError("the page has no part that scrolls")

    def wait_until_it_stands_still(self):
        # Charts keep within a share of a processor: on a busy machine the last picture of one may come most of a second after the one before.
        seen = []
        wait_for("the page to stand still", lambda: seen.append(self.look()) or (len(seen) >= LOOKS and len(set(seen[-LOOKS:])) == 1), pause=0.3)

    def look(self):
        """The pixels of that part, row after row."""
        left, top, width, height = self.page_box
        return self.desktop.pixels(self.origin[0] + left, self.origin[1] + top, width, height)

    def check_complaints(self):
        complaints = find_complaints(self.app.output())
        assert not complaints, "\n".join(complaints)

    def check_rows(self):
        """The table in front has a row for each task that has ended, as far as there is room, each task once."""
        ended = int(re.sub(r"\D", "", self.app.text(ENDED)[1]))
        names = [row.get_name() for row in self.app.matches("table row", re.compile(r"Task .*"))]
        tasks = [re.match(r"Task ([^,]+),", name)[1] for name in names]
        assert len(set(tasks)) == len(tasks), f"a task stands in two rows: {names}"
        assert len(tasks) <= ended, f"{len(tasks)} rows of {ended} tasks"
        assert tasks or ended == 0, f"no row, though {ended} tasks have ended"

    def check_ink(self):
        """What screen readers are told of is to be seen."""
        left, top, width, height = self.page_box
        pixels, checked = self.look(), 0
        for accessible in self.app.matches(name=re.compile(".+", re.DOTALL)):
            role, name = role_name(accessible.item.role), accessible.item.name
            try:
                box = accessible.get_box()
            except GLib.Error:
                continue
            x, y = box.x + self.border - left, box.y + self.border - top
            if role not in ("label", "table cell") or INKLESS.fullmatch(name) or x < 0 or y < 0 or x + box.width > width or y + box.height > height:
                continue
            colours = {pixels[at:at + 3] for line in range(y, y + box.height) for at in range((line * width + x) * 3, (line * width + x + box.width) * 3, 3)}
            assert len(colours) > 1, f"{role} {name!r} is not to be seen at {box.x}, {box.y}"
            checked += 1
        assert checked, "no text on the page"

    def check_layout(self):
        """Laid out anew, the page looks the same. (In between it is smaller: more rows of a table might have longer texts.)"""
        before, place = self.look(), self.page_box
        for size in ((self.size[0] - 60, self.size[1] - 40), self.size):
            self.place(size)
            wait_for("the page to be laid out", lambda: self.find_page() != place)
            self.page_box = place = self.find_page()
            self.wait_until_it_stands_still()
        after = self.look()
        # GTK draws again only where a text was, and the smooth edge of a letter may reach a pixel beyond
        different = sum(one != other for one, other in zip(before, after)) // 3 if after != before else 0
        if different > EDGE and PICTURES:
            self.keep("before", before)
            self.keep("after", after)
        assert different <= EDGE, f"{different} pixels of the page are others when it is laid out anew"

    def keep(self, name, pixels):
        """Writes what was seen as a picture."""
        _, _, width, height = self.page_box
        pathlib.Path(PICTURES, f"walk-{name}.ppm").write_bytes(b"P6 %d %d 255\n" % (width, height) + pixels)

    def end(self):
        self.app.key("alt+F4")
        status = self.app.wait_until_gone()
        assert status == 0, f"heddle ended with status {status}:\n{self.app.output()}"


def walk(way, number=0, sizes=SIZES):
    print(f"# seed {SEED}: {' '.join(identifier for identifier, _ in way)}")
    with Desktop(watched=True) as desktop:
        walking = Walk(desktop)
        for step, (identifier, name) in enumerate(way):
            walking.visit(identifier, name, sizes[(step // 2) % len(sizes)], PICTURES and pathlib.Path(PICTURES, f"{number}-{identifier}.png"))
        walking.end()


def shuffled(number):
    workloads = read_workloads()
    random.Random(SEED * 8 + number).shuffle(workloads)
    return workloads


def test_a_page_stays_when_its_table_gets_a_scrollbar():
    """The one way on which the page once went blank at the end of the second run, each time."""
    names = dict(read_workloads())
    walk([(identifier, names[identifier]) for identifier in ("squares", "results-through-a-queue")], sizes=SIZES[:1])


def ways():
    """{name: test}: every workload, each round in an order of its own; or, where nobody asked for rounds, two parts of one way."""
    if ROUNDS:
        return {f"test_the_whole_way_{number}": lambda number=number: walk(shuffled(number), number) for number in range(1, ROUNDS + 1)}
    return {"test_a_page_stays_when_its_table_gets_a_scrollbar": test_a_page_stays_when_its_table_gets_a_scrollbar} | {
        f"test_part_{number + 1}_of_the_way": lambda number=number: walk(shuffled(0)[number * PART:(number + 1) * PART], number) for number in range(2)}


os.environ.setdefault("HEDDLE_WORKER", str(build_directory() / "src/workloads/heddle-worker"))
run_tests(functions=ways())
