# SPDX-License-Identifier: GPL-3.0-or-later
"""The program under test: its window on the screen, the pointer and the keys that act on it, and its processes."""
import pathlib
import subprocess
import time

from accessible import PATIENCE, Atspi, Tree, wait_for
from processes import descendants


class App(Tree):
    """A program on the desktop."""

    def __init__(self, desktop, process, name):
        self.desktop, self.process, self.name = desktop, process, name
        self.root = wait_for(f"{name} in the accessibility tree", self._find_root)
        self.window = wait_for(f"a window of {name}", self._find_window)

    def output(self):
        """What the program has written so far."""
        return pathlib.Path(self.process.log_path).read_text(errors="replace")

    def _check_alive(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended with status {self.process.returncode}:\n{self.output()}")

    def _find_root(self):
        self._check_alive()
        return self.desktop.accessibility.find_program(self.process.pid)

    def _windows(self):
        """The program's windows that are on the screen, as the X server knows them."""
        return [int(window) for window in subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)],
                                                         env=self.desktop.environment, capture_output=True, text=True).stdout.split()]

    def _find_window(self, width=None, height=None):
        """The program's last window, or the one of this size."""
        self._check_alive()
        found = self._windows()
        if width is not None:
            found = [window for window in found if self.geometry(window)[2:] == (width, height)]
        return found[-1] if found else None

    @staticmethod
    def _popover_of(accessible):
        while accessible is not None and accessible.get_name() != "GtkPopover":
            accessible = accessible.get_parent()
        return accessible

    def place(self, width, height):
        """Puts the window into the corner of the screen and makes its content this large. Returns the width of the border
        around it: where there is no compositor, GTK draws one into the window's surface."""
        border = self._border(self.window, self.root.get_children()[0])
        self.desktop.xdotool("windowmove", self.window, 0, 0, "windowsize", self.window, width + 2 * border, height + 2 * border)
        wait_for(f"a window of {width}x{height}", lambda: self._content() == (width, height))
        return border

    def _content(self):
        box = self.root.get_children()[0].get_box()
        return box.width, box.height

    def _border(self, window, toplevel):
        return (self.geometry(window)[2] - toplevel.get_box().width) // 2

    def geometry(self, window=None):
        """(left, top, width, height) of a window on the screen, in pixels."""
        told = dict(line.split("=") for line in
                    self.desktop.xdotool("getwindowgeometry", "--shell", window or self.window).split())
        return tuple(int(told[key]) for key in ("X", "Y", "WIDTH", "HEIGHT"))

    @staticmethod
    def _middle(box):
        return box.x + box.width // 2, box.y + box.height // 2

    def point_at(self, accessible, where=_middle):
        """Puts the pointer on it, and returns where on the screen that is. Two looks at a program that is held up, or at a page that scrolls to
        what has the keyboard, may tell the same and yet it moves: it is looked for again with the pointer there. @where: the point in its box."""
        # a list that is being searched may still have it further down
        wait_for(f"{accessible.get_name()!r} to be scrolled into sight", lambda: self._is_in_sight(accessible, *where(self.place_at_rest(accessible))))
        window, x, y = self._window_of(accessible)

        def look():
            left, top, _, _ = self.geometry(window)
            inside = where(accessible.get_box())
            return left + x + inside[0], top + y + inside[1]

        def rests():
            before = look()
            self.desktop.xdotool("mousemove", before[0] - 1, before[1], "mousemove", *before)
            return before if look() == before else None

        return wait_for(f"{accessible.get_name()!r} to rest below the pointer", rests)

    @staticmethod
    def _is_in_sight(accessible, x, y):
        """Whether the pointer would meet it there: where it is scrolled out of sight, something else is."""
        parent = accessible.get_parent()
        while parent is not None and (role := parent.get_role()) != Atspi.Role.APPLICATION:
            if role == Atspi.Role.SCROLL_PANE:
                box = parent.get_box()
                if not (box.x <= x < box.x + box.width and box.y <= y < box.y + box.height):
                    return False
            parent = parent.get_parent()
        return True

    def is_in_sight(self, accessible):
        """Whether the pointer would meet its middle now."""
        return self._is_in_sight(accessible, *self._middle(accessible.get_box()))

    def point_away(self):
        """Puts the pointer beside the window, into the corner of the screen, and waits until no tip is left. No menu is open."""
        width, height = self.desktop.size
        self.desktop.xdotool("mousemove", width - 1, height - 1)

        def are_told():
            return len(self._windows()) == len(self.root.get_children())  # a tip is on the screen and not in the tree

        wait_for("the tips to go", are_told)

    def tip_of(self, accessible, where=_middle):
        """Rests the pointer on it until its tip has come; returns the tip's window. What moves away from the pointer is followed; where nothing was
        to be told yet a rest is over after five seconds, and one begins a pixel beside it."""
        self.point_away()
        windows = set(self._windows())
        rests = [(None, 0)]

        def comes():
            box = accessible.get_box()
            place, began = rests[-1]
            if (box.x, box.y, box.width, box.height) != place or time.monotonic() - began > 5:
                self.point_at(accessible, lambda box: (where(box)[0] + len(rests) % 2, where(box)[1]))
                rests.append(((box.x, box.y, box.width, box.height), time.monotonic()))
            return set(self._windows()) - windows

        return wait_for(f"the tip of {accessible.get_name()!r}", comes).pop()

    def choose_tab(self, name):
        """Brings the page of this tab to the front."""
        tab = self.find("page tab", name)
        self.click(tab)
        wait_for(f"the page of {tab.get_name()!r}", lambda: self.is_selected(tab))

    def _window_of(self, accessible):
        """The window that it is in, and where that begins, as the accessibility tree tells places in it."""
        if (popover := self._popover_of(accessible)) is not None:
            # GTK 4.8 tells the places in a popover as if it stood where its button is; it is a window of its own.
            place = popover.get_box()
            return wait_for("the popover's window", lambda: self._find_window(place.width, place.height)), -place.x, -place.y
        toplevel = accessible
        while (parent := toplevel.get_parent()) is not None and parent.get_role() != Atspi.Role.APPLICATION:
            toplevel = parent
        # A dialog that asks has the focus.
        window = self.window if toplevel == self.root.get_children()[0] else self._wait_for_focus(other_than=self.window)
        border = self._border(window, toplevel)
        return window, border, border

    def click(self, accessible, button=1, closes=False, held=0):
        """Clicks into the middle of it with the pointer, at its place on the screen. @closes: this closes the popover or the dialog it is in. @held:
        seconds for which the button is down."""
        window = self._window_of(accessible)[0] if closes else None
        self.desktop.xdotool("mousemove", *self.point_at(accessible), "mousedown", button, "sleep", held, "mouseup", button)
        if closes:
            self._wait_until_closed(window)

    def close(self, accessible, *keys):
        """Closes the popover or the dialog that it is in, by keys."""
        window, _, _ = self._window_of(accessible)
        self.key(*keys)
        self._wait_until_closed(window)

    def _wait_until_closed(self, window):
        """Leaving the accessibility tree comes first, over another connection. Until the server has heard of it, too, the window has the
        keyboard, and the pointer if it is a popover: clicks elsewhere are not for what is there, alt+F4 is for a dialog that goes already."""
        wait_for("the popover or dialog to leave the screen", lambda: self.process.poll() is not None or window not in self._windows())

    def key(self, *keys):
        """Presses keys, by their X names: ctrl+f, Escape."""
        self._wait_for_focus()
        self.desktop.xdotool("key", "--clearmodifiers", *keys)

    def _wait_for_focus(self, other_than=None):
        """Until one of the program's windows has the keyboard, and the window manager knows: it gives it when it comes to it, and means that
        window with alt+F4. Returns which."""
        def find_it():
            self._check_alive()
            told = subprocess.run(["xdotool", "getwindowfocus", "getwindowpid", "getactivewindow", "getwindowpid", "getactivewindow"],
                                  env=self.desktop.environment, capture_output=True, text=True).stdout.split()
            if told[:2] != 2 * [str(self.process.pid)] or len(told) < 3:
                return None
            return int(told[2]) if int(told[2]) != other_than else None

        return wait_for(f"{self.name} to have the keyboard", find_it)

    def type(self, text):
        self._wait_for_focus()
        self.desktop.xdotool("type", "--clearmodifiers", "--", text)

    def screenshot(self, path, crop=None):
        self.desktop.screenshot(path, self.window, crop)

    def children(self):
        """{pid: name} of the processes the program has started."""
        return descendants(self.process.pid)

    def wait_until_gone(self, patience=PATIENCE):
        """Waits until the program has ended by itself; its exit status."""
        wait_for(f"{self.name} to end", lambda: self.process.poll() is not None, patience)
        return self.process.returncode


class WaylandApp(App):
    """A program on a Wayland compositor that has neither pointer nor keyboard: what its user does is done through the accessibility tree."""

    def _find_window(self, width=None, height=None):
        """Its last window, in the accessibility tree; on the screen, as that has a place."""
        self._check_alive()
        found = [window for window in self.root.get_children() if window.get_box().width > 0]
        return found[-1] if found else None

    def press(self, accessible):
        """Does what a click on it does."""
        assert accessible.do_action(), f"{accessible.get_name()!r} cannot be pressed"
