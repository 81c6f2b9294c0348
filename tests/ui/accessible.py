# SPDX-License-Identifier: GPL-3.0-or-later
"""A program as a screen reader sees it: the tree of its accessibles, read over the bus.

libatspi keeps nothing of what it reads (ATSPI_NO_CACHE): GTK 4.8 says little of what changes, so that it would answer from the past, and
atspi_accessible_clear_cache(), which makes it forget, follows pointers to accessibles that have gone (libatspi 2.46).
"""
import functools
import os
import re

import gi
import runner
from runner import PATIENCE, Timeout

os.environ["ATSPI_NO_CACHE"] = "1"
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

POLL = 0.05  # seconds between two questions: each of them costs the program time
wait_for = functools.partial(runner.wait_for, pause=POLL)


def button(label):
    """A pattern for the button with this label; GTK may say it twice, for the button and for the label in it."""
    return re.compile(rf"{label}( {label})?")


def has_state(accessible, state):
    """Whether it is in this state now."""
    return accessible.get_state_set().contains(state)


def focused(app):
    """What has the keyboard, or None."""
    for accessible in app.walk():
        try:
            if has_state(accessible, Atspi.StateType.FOCUSED):
                return accessible
        except GLib.Error:
            continue
    return None


class Tree:
    """The accessibles of a program; App, which inherits this, knows the program's `root` and whether it is alive."""

    def walk(self):
        """Every accessible of the program that is visible, from the top, as it is now. (GTK 4.8 calls toplevels alone showing.)"""
        self._check_alive()
        while GLib.MainContext.default().iteration(False):
            pass  # libatspi reads what has arrived on the bus
        waiting = [self.root]
        while waiting:
            accessible = waiting.pop()
            try:
                if accessible is not self.root and not has_state(accessible, Atspi.StateType.VISIBLE):
                    continue
                children = [accessible.get_child_at_index(index) for index in range(accessible.get_child_count())]
            except GLib.Error:
                continue  # it went meanwhile, or the program is frozen and does not answer
            yield accessible
            waiting.extend(child for child in reversed(children) if child is not None)

    def matches(self, role=None, name=None):
        """The accessibles with this role and this name (a string, or a pattern that has to match all of it) that have a place on the screen."""
        pattern = name if name is None or isinstance(name, re.Pattern) else re.compile(re.escape(name))
        for accessible in self.walk():
            try:
                if role is not None and accessible.get_role_name() != role:
                    continue
                if pattern is not None and not pattern.fullmatch(accessible.get_name() or ""):
                    continue
                box = accessible.get_extents(Atspi.CoordType.WINDOW)
                if box.width > 0 and box.height > 0:
                    yield accessible
            except GLib.Error:
                continue  # it went meanwhile, or has no place: the page of a stack

    def find(self, role=None, name=None, patience=PATIENCE):
        """The first such accessible, waited for."""
        return wait_for(f"{role or 'anything'} named {name!r}", lambda: next(self.matches(role, name), None), patience)

    def texts(self):
        """Every name on the screen, in order: what a screen reader could say."""
        return [accessible.get_name() for accessible in self.matches(name=re.compile(".+", re.DOTALL))]

    def read(self, pattern):
        """The match of the first text on the screen that @pattern finds, or None."""
        accessible = next(self.matches(name=re.compile(f".*?{pattern}.*", re.DOTALL)), None)
        return re.search(pattern, accessible.get_name()) if accessible else None

    def text(self, pattern, patience=PATIENCE):
        """As read(), waited for."""
        return wait_for(f"a text like {pattern!r}", lambda: self.read(pattern), patience)

    def is_selected(self, accessible):
        """Whether this row is its list's choice now, or this tab the one in front."""
        self._check_alive()
        return has_state(accessible, Atspi.StateType.SELECTED)

    def answer(self, accessible):
        """What it is called now, or None where the program does not answer in time."""
        self._check_alive()
        try:
            return accessible.get_name()
        except GLib.Error:
            return None

    def place_at_rest(self, accessible):
        """Where it is in its window, once it is in the same place in two looks: what has just come may still move."""
        seen = []

        def look():
            box = accessible.get_extents(Atspi.CoordType.WINDOW)
            seen.append((box.x, box.y, box.width, box.height))
            return box if box.width > 0 and box.height > 0 and seen[-2:-1] == seen[-1:] else None

        return wait_for(f"{accessible.get_name()!r} to have a place on the screen", look)

