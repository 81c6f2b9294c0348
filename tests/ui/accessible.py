# SPDX-License-Identifier: GPL-3.0-or-later
"""A program as a screen reader sees it: the tree of its accessibles, read over the accessibility bus.

The messages are this file's own, not libatspi's. libatspi asks for each property of each widget and waits for each answer; here the program lists names,
roles and states of all widgets in one answer, and is asked for the children of a whole level at once: 0.06 s of processor time instead of 0.3 s to go once
over a page of 370. And version 2.46 follows pointers to accessibles that have gone when it is to forget what it has kept
(atspi_accessible_clear_cache()). Only the numbers and names of roles and states are libatspi's.
"""
import collections
import functools
import os
import re

import gi
import runner
from runner import PATIENCE

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

POLL = 0.05  # seconds between two questions: each of them costs the program time
wait_for = functools.partial(runner.wait_for, pause=POLL)
TIMEOUT = 10000  # milliseconds for which an answer is waited for: a window that starts beside many others is busy for a while
ROOT = "/org/a11y/atspi/accessible/root"
NOBODY = "/org/a11y/atspi/null"

Box = collections.namedtuple("Box", "x y width height")


class Item:
    """What Cache.GetItems says of an accessible: (reference, application, parent, index, number of children, interfaces, name, role, description, states),
    where a reference is a pair of a name on the bus and a path. Of most only a few are wanted, and PyGObject is slow to unpack them."""

    def __init__(self, variant):
        self.variant = variant
        self.path = variant.get_child_value(0).get_child_value(1).get_string()

    n_children = functools.cached_property(lambda self: self.variant.get_child_value(4).get_int32())
    name = functools.cached_property(lambda self: self.variant.get_child_value(6).get_string())
    role = functools.cached_property(lambda self: self.variant.get_child_value(7).get_uint32())
    description = functools.cached_property(lambda self: self.variant.get_child_value(8).get_string())
    states = functools.cached_property(lambda self: self.variant.get_child_value(9).unpack())


def button(label):
    """A pattern for the button with this label; GTK may say it twice, for the button and for the label in it."""
    return re.compile(rf"{label}( {label})?")


def has_state(accessible, state):
    """Whether it is in this state now."""
    return is_among(accessible.get_states(), state)


def is_among(states, state):
    """Whether a state is set in the bits of all."""
    return bool(states[state // 32] & 1 << state % 32)


def focused(app):
    """What has the keyboard, or None."""
    return next((accessible for accessible in app.walk() if is_among(accessible.item.states, Atspi.StateType.FOCUSED)), None)


class Bus:
    """The accessibility bus of the desktop whose session bus is in the environment."""

    def __init__(self):
        self.timeout = TIMEOUT
        self.connection = self._connect(os.environ["DBUS_SESSION_BUS_ADDRESS"])
        self.connection = self._connect(self.ask(("org.a11y.Bus", "/org/a11y/bus"), "org.a11y.Bus", "GetAddress").unpack()[0])

    @staticmethod
    def _connect(address):
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        return Gio.DBusConnection.new_for_address_sync(address, flags, None, None)

    def ask(self, reference, interface, method, arguments=None):
        """The answer, a GLib.Variant. GLib.Error where there is none: what was asked has gone, or the program is frozen."""
        return self.connection.call_sync(*reference, interface, method, arguments, None, Gio.DBusCallFlags.NONE, self.timeout, None)

    def ask_all(self, references, interface, method):
        """The answers to one question, asked of all at once; None for each of those that do not answer."""
        answers, n_open = [None] * len(references), [len(references)]

        def take(connection, result, index):
            n_open[0] -= 1
            try:
                answers[index] = connection.call_finish(result).unpack()
            except GLib.Error:
                pass  # it went meanwhile

        for index, reference in enumerate(references):
            self.connection.call(*reference, interface, method, None, None, Gio.DBusCallFlags.NONE, self.timeout, None, take, index)
        while n_open[0]:
            GLib.MainContext.default().iteration(True)
        return answers

    def find_program(self, pid):
        """The root of the program that is this process, or None."""
        for reference in self.ask(("org.a11y.atspi.Registry", ROOT), "org.a11y.atspi.Accessible", "GetChildren").unpack()[0]:
            asked = GLib.Variant("(s)", (reference[0],))
            if self.ask(("org.freedesktop.DBus", "/"), "org.freedesktop.DBus", "GetConnectionUnixProcessID", asked).unpack()[0] == pid:
                return Accessible(self, reference)
        return None


class Accessible:
    """One accessible of a program. What it is asked is asked of the program, each time; `item` is what it was in the walk that found it."""

    def __init__(self, bus, reference, item=None):
        self.bus, self.reference, self.item = bus, tuple(reference), item

    def __eq__(self, other):
        return isinstance(other, Accessible) and self.reference == other.reference

    def __hash__(self):
        return hash(self.reference)

    def _ask(self, method, arguments=None, interface="Accessible"):
        return self.bus.ask(self.reference, f"org.a11y.atspi.{interface}", method, arguments).unpack()

    def _read(self, name, interface="Accessible"):
        return self.bus.ask(self.reference, "org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", (f"org.a11y.atspi.{interface}", name))).unpack()[0]

    def get_name(self):
        return self._read("Name")

    def get_description(self):
        return self._read("Description")

    def get_role(self):
        return self._ask("GetRole")[0]

    def get_role_name(self):
        return role_name(self.get_role())

    def get_states(self):
        return self._ask("GetState")[0]

    def get_parent(self):
        reference = self._read("Parent")
        return Accessible(self.bus, reference) if reference[1] != NOBODY else None

    def get_children(self):
        return [Accessible(self.bus, reference) for reference in self._ask("GetChildren")[0]]

    def get_box(self):
        """Its place in its window."""
        return Box(*self._ask("GetExtents", GLib.Variant("(u)", (Atspi.CoordType.WINDOW,)), "Component")[0])

    def get_current_value(self):
        return self._read("CurrentValue", "Value")

    def get_caret_offset(self):
        return self._read("CaretOffset", "Text")

    def get_text(self):
        return self._ask("GetText", GLib.Variant("(ii)", (0, self._read("CharacterCount", "Text"))), "Text")[0]

    def do_action(self):
        """Its first action: of a button, what a click on it does. Returns whether there is one."""
        return self._ask("DoAction", GLib.Variant("(i)", (0,)), "Action")[0]


@functools.cache
def role_name(role):
    return Atspi.role_get_name(Atspi.Role(role))


class Tree:
    """The accessibles of a program; App, which inherits this, knows the program's `root` and whether it is alive."""

    def _read_items(self):
        """{path: item} of what somebody has asked for once: only that does GTK list."""
        answer = self.root.bus.ask((self.root.reference[0], "/org/a11y/atspi/cache"), "org.a11y.atspi.Cache", "GetItems").get_child_value(0)
        items = [Item(answer.get_child_value(index)) for index in range(answer.n_children())]
        return {item.path: item for item in items}

    def _read_tree(self):
        """({path: item}, {path: paths of its children}) of what is visible. The items name their parents, but not those between a stack and its pages."""
        items, children = self._read_items(), {}
        level, new = [ROOT], False
        while level:
            new = new or not all(path in items for path in level)
            # GTK 4.8 calls toplevels alone showing, and gives the root no children among the items. What is new may have children and be visible.
            asked = [path for path in level if path == ROOT or path not in items
                     or (items[path].n_children and is_among(items[path].states, Atspi.StateType.VISIBLE))]
            answers = self.root.bus.ask_all([(self.root.reference[0], path) for path in asked], "org.a11y.atspi.Accessible", "GetChildren")
            children |= {path: [reference[1] for reference in answer[0]] for path, answer in zip(asked, answers) if answer is not None}
            level = [child for path in asked for child in children.get(path, ())]
        if new:
            items |= self._read_items()  # what is new has been asked for now
        return items, children

    def walk(self):
        """Every accessible of the program that is visible, from the top, as it is now."""
        self._check_alive()
        try:
            items, children = self._read_tree()
        except GLib.Error:
            return  # what a frozen program does not answer counts as not there
        waiting = [ROOT]
        while waiting:
            path = waiting.pop()
            if path == ROOT or (path in items and is_among(items[path].states, Atspi.StateType.VISIBLE)):
                yield Accessible(self.root.bus, (self.root.reference[0], path), items[path])
                waiting.extend(reversed(children.get(path, ())))

    def matches(self, role=None, name=None):
        """The accessibles with this role and this name (a string, or a pattern that has to match all of it) that have a place on the screen."""
        pattern = name if name is None or isinstance(name, re.Pattern) else re.compile(re.escape(name))
        for accessible in self.walk():
            if (role is None or role_name(accessible.item.role) == role) and (pattern is None or pattern.fullmatch(accessible.item.name)):
                try:
                    box = accessible.get_box()
                except GLib.Error:
                    continue  # it went meanwhile, or has no place: the page of a stack
                if box.width > 0 and box.height > 0:
                    yield accessible

    def find(self, role=None, name=None, patience=PATIENCE):
        """The first such accessible, waited for."""
        return wait_for(f"{role or 'anything'} named {name!r}", lambda: next(self.matches(role, name), None), patience)

    def texts(self):
        """Every name on the screen, in order: what a screen reader could say."""
        return [accessible.item.name for accessible in self.matches(name=re.compile(".+", re.DOTALL))]

    def read(self, pattern):
        """The match of the first text on the screen that @pattern finds, or None."""
        accessible = next(self.matches(name=re.compile(f".*?{pattern}.*", re.DOTALL)), None)
        return re.search(pattern, accessible.item.name) if accessible else None

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
            box = accessible.get_box()
            seen.append(box)
            return box if box.width > 0 and box.height > 0 and seen[-2:-1] == seen[-1:] else None

        return wait_for(f"{accessible.get_name()!r} to have a place on the screen", look)
