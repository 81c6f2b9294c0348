# SPDX-License-Identifier: GPL-3.0-or-later
"""A private desktop for window tests: X server, session bus, window manager, accessibility, and Heddle in it.

    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.click(app.find("push button", "Start"))

Tests act as a user does, with a real pointer and real keys, and look as a screen reader does, at the accessibility
tree; what is not said there is read from the screen's pixels. Waiting is always for something, with a deadline.
Nothing is shared with the user's session, and nothing outlives the `with`: the harness adopts every orphan of the
processes it starts (PR_SET_CHILD_SUBREAPER) and ends them all.
"""
import ctypes
import faulthandler
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Long enough for a loaded machine and for sanitizers; nothing waits that long when all is well.
PATIENCE = 120
POLL = 0.05
NEEDED = ("Xvfb", "dbus-daemon", "openbox", "xdotool", "import")
NEEDED_ON_WAYLAND = ("weston", "dbus-daemon")
PR_SET_CHILD_SUBREAPER = 36
# By its own settings openbox takes hold of every click into a window before it hands that on, to give the window the keyboard, and now and then the
# program never gets one that comes fast; and of many keys. Here a new window has the keyboard, and nobody is between the pointer and the program.
WINDOW_MANAGER = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><focusLast>yes</focusLast></focus>
  <keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
  <mouse/>
</openbox_config>
"""


class Timeout(AssertionError):
    """What was waited for did not come."""


def build_directory():
    """Where the programs are: told by meson, or build/ by hand."""
    return pathlib.Path(os.environ.get("HEDDLE_BUILD", ROOT / "build")).resolve()


def skip_unless_possible(needed):
    """Leaves with the status that meson shows as skipped where a tool of the harness is missing."""
    missing = [tool for tool in needed if shutil.which(tool) is None]
    if missing:
        print("not installed:", ", ".join(missing))
        sys.exit(77)


def wait_for(what, condition, patience=PATIENCE, pause=POLL):
    """Asks every @pause seconds until @condition is true, and returns what it returned. @what says it in words, for the failure."""
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Timeout(f"waited {patience} s for {what}")
        time.sleep(pause)


def focused(app):
    """What has the keyboard, or None."""
    for accessible in app.walk():
        try:
            if accessible.get_state_set().contains(Atspi.StateType.FOCUSED):
                return accessible
        except GLib.Error:
            continue
    return None


def read_stat(pid):
    """(name, state, parent) of a process, or None when it is gone."""
    try:
        stat = pathlib.Path("/proc", str(pid), "stat").read_text(errors="replace")
    except OSError:
        return None
    name, rest = re.match(r"\d+ \((.*)\) (.*)", stat, re.DOTALL).groups()
    fields = rest.split()
    return name, fields[0], int(fields[1])


def descendants(pid):
    """{pid: name} of every process below @pid, zombies left out."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := read_stat(entry)) and stat[1] != "Z":
            parents[int(entry)] = (stat[2], stat[0])
    found, grown = {}, True
    while grown:
        new = {child: name for child, (parent, name) in parents.items()
               if child not in found and (parent == pid or parent in found)}
        found.update(new)
        grown = bool(new)
    return found


class Desktop:
    """The X server, the session bus and the window manager, for as long as the `with` lasts."""

    def __init__(self, width=1600, height=1000, dark=False, settings=None, environment=None):
        """@settings: keys of Heddle's schema, each with its value as GVariant writes it."""
        self.size = (width, height)
        self.dark = dark
        self.settings = settings or {}
        self.more = environment or {}
        self.processes = []

    def __enter__(self):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.scratch = tempfile.TemporaryDirectory(prefix="heddle-ui-")
        try:
            self._prepare_environment()
            self._start_server()
            self._start_bus()
            self._start_managing()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _prepare_environment(self):
        home = pathlib.Path(self.scratch.name)
        build = build_directory()
        kept = {key: value for key, value in os.environ.items()
                if key in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS", "G_DEBUG", "G_MESSAGES_DEBUG")}
        self.environment = kept | {
            "HOME": str(home), "LC_ALL": "C.UTF-8", "XDG_SESSION_TYPE": "x11",
            "GDK_BACKEND": "x11", "GSK_RENDERER": "cairo", "GSETTINGS_BACKEND": "keyfile", "GTK_A11Y": "atspi",
            "ADW_DEBUG_COLOR_SCHEME": "prefer-dark" if self.dark else "prefer-light",
            "GSETTINGS_SCHEMA_DIR": str(build / "data"), "HEDDLE_LOCALEDIR": str(build / "po"),
            "XDG_DATA_DIRS": f"{ROOT / 'data'}:/usr/local/share:/usr/share",
        } | self.more
        if "HEDDLE_WORKER" in os.environ:
            self.environment["HEDDLE_WORKER"] = os.environ["HEDDLE_WORKER"]
        for variable in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            folder = home / variable.lower()
            folder.mkdir(mode=0o700)
            self.environment[variable] = str(folder)
        keyfile = pathlib.Path(self.environment["XDG_CONFIG_HOME"], "glib-2.0/settings/keyfile")
        keyfile.parent.mkdir(parents=True)
        keyfile.write_text("[org/heddle/Heddle]\n" + "".join(f"{key}={value}\n" for key, value in self.settings.items()))

    def _spawn(self, *command, **keywords):
        """Starts a process with a log of its own in the scratch folder."""
        log = open(pathlib.Path(self.scratch.name, f"{pathlib.Path(command[0]).name}-{len(self.processes)}.log"), "wb")
        with log:
            process = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL,
                                       stdout=keywords.pop("stdout", log), stderr=log, **keywords)
        process.log_path = log.name
        self.processes.append(process)
        return process

    def _run(self, *command):
        return subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, check=True,
                              capture_output=True, text=True, timeout=PATIENCE).stdout

    def _start_server(self):
        told, tell = os.pipe()
        width, height = self.size
        self._spawn("Xvfb", "-displayfd", str(tell), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp",
                    "-noreset", pass_fds=[tell])
        os.close(tell)
        with os.fdopen(told) as answer:
            number = answer.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start: " + pathlib.Path(self.processes[-1].log_path).read_text())
        self.environment["DISPLAY"] = os.environ["DISPLAY"] = ":" + number

    def _start_managing(self):
        # The first key makes the server change keyboards, after which a window manager grabs its keys anew.
        self.xdotool("key", "Shift_L")
        settings = pathlib.Path(self.scratch.name, "openbox.xml")
        settings.write_text(WINDOW_MANAGER)
        self._spawn("openbox", "--sm-disable", "--config-file", str(settings))
        wait_for("the window manager", self._is_managed)

    def _start_bus(self):
        bus = self._spawn("dbus-daemon", "--session", "--nofork", "--print-address=1", stdout=subprocess.PIPE)
        address = bus.stdout.readline().decode().strip()
        if not address:
            raise RuntimeError("dbus-daemon did not start")
        # The harness reads the accessibility tree over the same bus; libatspi looks at its own environment.
        for variable, value in (("DBUS_SESSION_BUS_ADDRESS", address), ("XDG_RUNTIME_DIR", self.environment["XDG_RUNTIME_DIR"])):
            self.environment[variable] = os.environ[variable] = value
        Atspi.init()

    def _is_managed(self):
        """A window manager has told the server how many desktops it has."""
        return subprocess.run(["xdotool", "get_num_desktops"], env=self.environment, capture_output=True).returncode == 0

    def start(self, *arguments, program=None, **keywords):
        """Starts Heddle, or another program, and returns once its window can be used."""
        command = [str(program or build_directory() / "src/app/heddle"), *arguments]
        return self._make_app(self._spawn(*command, **keywords), pathlib.Path(command[0]).name)

    def _make_app(self, process, name):
        return App(self, process, name)

    def xdotool(self, *arguments):
        return self._run("xdotool", *map(str, arguments))

    def screenshot(self, path, window="root", crop=None, kind="png"):
        """Writes what is on the screen, or one window of it, or a part of that (WIDTHxHEIGHT+X+Y), as PNG, or as PPM: pixels and nothing else."""
        self._run("import", "-silent", "-window", str(window), *(["-crop", crop, "+repage"] if crop else []), f"{kind}:{path}")

    def __exit__(self, error, *_):
        if error is not None:
            self._tell_what_was_there()
        for sign in (signal.SIGTERM, signal.SIGKILL):
            for pid in descendants(os.getpid()):
                try:
                    os.kill(pid, sign)
                except ProcessLookupError:
                    pass
            try:
                wait_for("the desktop to end", self._reap, 5)
                break
            except Timeout:
                pass
        complaints = self._complaints()
        self.scratch.cleanup()
        if error is None and complaints:
            raise AssertionError("the program has complained:\n" + "\n".join(complaints))

    def _complaints(self):
        """What Heddle's own code made GLib and GTK warn of, and what it warned of itself."""
        return [line for process in self.processes for line in find_complaints(pathlib.Path(process.log_path).read_text(errors="replace"))]

    def _tell_what_was_there(self):
        """For a test that fails: a picture of the screen, and what the programs have written."""
        try:
            picture = build_directory() / f"meson-logs/ui-failure-{os.getpid()}.png"
            self.screenshot(picture)
            print(f"# picture: {picture}")
        except (OSError, subprocess.SubprocessError, NotImplementedError) as error:
            print(f"# no picture: {error}")
        for process in self.processes:
            for line in pathlib.Path(process.log_path).read_text(errors="replace").splitlines()[-20:]:
                print(f"# {pathlib.Path(process.log_path).name}: {line}")

    @staticmethod
    def _reap():
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return True
        return not descendants(os.getpid())


class App:
    """A program on the desktop: its window, its accessibility tree and its processes."""

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
        desktop = Atspi.get_desktop(0)
        settle()
        desktop.clear_cache()
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child is not None and child.get_process_id() == self.process.pid:
                return child
        return None

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
        border = self._border(self.window, self.root.get_child_at_index(0))
        self.desktop.xdotool("windowmove", self.window, 0, 0, "windowsize", self.window, width + 2 * border, height + 2 * border)
        wait_for(f"a window of {width}x{height}", lambda: self._content() == (width, height))
        return border

    def _content(self):
        box = self.root.get_child_at_index(0).get_extents(Atspi.CoordType.WINDOW)
        return box.width, box.height

    def _border(self, window, toplevel):
        return (self.geometry(window)[2] - toplevel.get_extents(Atspi.CoordType.WINDOW).width) // 2

    def geometry(self, window=None):
        """(left, top, width, height) of a window on the screen, in pixels."""
        told = dict(line.split("=") for line in
                    self.desktop.xdotool("getwindowgeometry", "--shell", window or self.window).split())
        return tuple(int(told[key]) for key in ("X", "Y", "WIDTH", "HEIGHT"))

    def walk(self):
        """Every accessible of the program that is visible, from the top, as it is now. (GTK 4.8 calls toplevels alone showing.)"""
        self._check_alive()
        settle()
        self.root.clear_cache()  # what a frozen program does not answer counts as not there
        waiting = [self.root]
        while waiting:
            accessible = waiting.pop()
            try:
                if accessible is not self.root and not accessible.get_state_set().contains(Atspi.StateType.VISIBLE):
                    continue
                children = [accessible.get_child_at_index(index) for index in range(accessible.get_child_count())]
            except GLib.Error:
                continue  # gone while we looked
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
                continue  # gone while we looked, or without a place: the page of a stack

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
        settle()
        accessible.clear_cache()
        return accessible.get_state_set().contains(Atspi.StateType.SELECTED)

    def answer(self, accessible):
        """What it is called now, asked of the program anew, or None where the program does not answer in time."""
        self._check_alive()
        settle()
        accessible.clear_cache()
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

    @staticmethod
    def _middle(box):
        return box.x + box.width // 2, box.y + box.height // 2

    def point_at(self, accessible, where=_middle):
        """Puts the pointer on it, and returns where on the screen that is. Two looks at a program that is held up, or at a page that scrolls to
        what has the keyboard, may tell the same and yet it moves: it is looked for again with the pointer there. @where: the point in its box."""
        self._check_in_sight(accessible, *where(self.place_at_rest(accessible)))
        window, x, y = self._window_of(accessible)

        def look():
            left, top, _, _ = self.geometry(window)
            inside = where(accessible.get_extents(Atspi.CoordType.WINDOW))
            return left + x + inside[0], top + y + inside[1]

        def rests():
            before = look()
            self.desktop.xdotool("mousemove", before[0] - 1, before[1], "mousemove", *before)
            return before if look() == before else None

        return wait_for(f"{accessible.get_name()!r} to rest below the pointer", rests)

    @staticmethod
    def _check_in_sight(accessible, x, y):
        """Where it is scrolled out of sight, the pointer would meet something else there."""
        parent = accessible.get_parent()
        while parent is not None and parent.get_role() != Atspi.Role.APPLICATION:
            if parent.get_role() == Atspi.Role.SCROLL_PANE:
                box = parent.get_extents(Atspi.CoordType.WINDOW)
                assert box.x <= x < box.x + box.width and box.y <= y < box.y + box.height, f"{accessible.get_name()!r} is scrolled out of sight"
            parent = parent.get_parent()

    def point_away(self):
        """Puts the pointer beside the window, into the corner of the screen, and waits until no tip is left. No menu is open."""
        width, height = self.desktop.size
        self.desktop.xdotool("mousemove", width - 1, height - 1)

        def are_told():
            settle()
            self.root.clear_cache()
            return len(self._windows()) == self.root.get_child_count()  # a tip is on the screen and not in the tree

        wait_for("the tips to go", are_told)

    def tip_of(self, accessible, where=_middle):
        """Rests the pointer on it until its tip has come; returns the tip's window. What moves away from the pointer is followed."""
        self.point_away()
        windows = set(self._windows())
        places = [None]

        def comes():
            box = accessible.get_extents(Atspi.CoordType.WINDOW)
            if (box.x, box.y, box.width, box.height) != places[-1]:
                self.point_at(accessible, where)
                places.append((box.x, box.y, box.width, box.height))
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
            place = popover.get_extents(Atspi.CoordType.WINDOW)
            return wait_for("the popover's window", lambda: self._find_window(place.width, place.height)), -place.x, -place.y
        toplevel = accessible
        while (parent := toplevel.get_parent()) is not None and parent.get_role() != Atspi.Role.APPLICATION:
            toplevel = parent
        # A dialog that asks has the focus.
        window = self.window if toplevel.get_index_in_parent() == 0 else self._wait_for_focus(other_than=self.window)
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
            told = [subprocess.run(["xdotool", how, "getwindowpid"], env=self.desktop.environment, capture_output=True, text=True).stdout.strip()
                    for how in ("getwindowfocus", "getactivewindow")]
            if told != 2 * [str(self.process.pid)]:
                return None
            window = int(subprocess.run(["xdotool", "getactivewindow"], env=self.desktop.environment, capture_output=True, text=True).stdout or 0)
            return window if window != other_than else None

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
        settle()
        self.root.clear_cache()
        found = [self.root.get_child_at_index(index) for index in range(self.root.get_child_count())]
        found = [window for window in found if window is not None and window.get_extents(Atspi.CoordType.WINDOW).width > 0]
        return found[-1] if found else None

    def press(self, accessible):
        """Does what a click on it does."""
        action = accessible.get_action_iface()
        assert action is not None and action.do_action(0), f"{accessible.get_name()!r} cannot be pressed"


class WaylandDesktop(Desktop):
    """As Desktop, with weston in place of the X server and its window manager: without a screen, without a GPU. There is no X server at all."""

    def _make_app(self, process, name):
        return WaylandApp(self, process, name)

    def _start_server(self):
        width, height = self.size
        self.environment |= {"GDK_BACKEND": "wayland", "XDG_SESSION_TYPE": "wayland", "WAYLAND_DISPLAY": "heddle-test"}
        for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
            os.environ.pop(variable, None)
        weston = self._spawn("weston", "--backend=headless-backend.so", "--use-pixman", "--shell=desktop-shell.so", "--no-config", "--idle-time=0",
                             f"--width={width}", f"--height={height}", "--socket=heddle-test")
        socket = pathlib.Path(self.environment["XDG_RUNTIME_DIR"], "heddle-test")

        def listens():
            if weston.poll() is not None:
                raise RuntimeError("weston did not start: " + pathlib.Path(weston.log_path).read_text(errors="replace"))
            return socket.is_socket()

        wait_for("weston", listens)

    def _start_managing(self):
        """weston manages its windows itself."""

    def screenshot(self, path, window="root", crop=None, kind="png"):
        raise NotImplementedError("this compositor has no screen")


class MainThread:
    """Looks from outside, many times a second, at what the main thread of a program sleeps in, for as long as the `with` lasts.

    A main loop sleeps in one place, where it waits for events. If it is seen asleep elsewhere, look after look and for longer than @stall,
    something that waits holds it up. A thread that wants a processor does not sleep; but it may have a lock that the main thread sleeps for, so on
    a busy machine @stall has to be longer than such a thread may have to wait.
    """

    LOOKS = 5

    def __init__(self, pid, stall):
        """@stall: seconds, see above. The program has nothing to do yet, so what it sleeps in now is its main loop's wait."""
        self.files = [pathlib.Path(f"/proc/{pid}/task/{pid}", name) for name in ("stat", "syscall")]
        self.stall = stall
        self.held = []  # the system calls of the looks in question, one list for each time
        self.kept = None  # seconds, once the `with` is left, for which it and the pulse did their work, or wanted to and were not let; None: not known
        # What the kernel counts: nanoseconds of work, and of waiting for a processor.
        self.accounts = [task / "schedstat" for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
                         if task.name == str(pid) or (task / "comm").read_text() == "heddle-pulse\n"]
        self.in_disk = 0
        self.end = threading.Event()
        seen = []
        wait_for("the main loop to sleep", lambda: seen.append(self.look()) or len([call for call in seen if call]) >= 2 * self.LOOKS)
        asleep = [call for call in seen if call]
        self.loop = max(set(asleep), key=asleep.count)

    def look(self):
        """The number of the system call it sleeps in, or None where it does not sleep."""
        stat, call = (file.read_text(errors="replace") for file in self.files)
        self.state = stat.rpartition(")")[2].split()[0]
        return call.split()[0] if self.state == "S" and call != "running\n" else None

    def _count(self):
        try:
            return sum(int(number) for account in self.accounts for number in account.read_text().split()[:2]) / 1e9
        except FileNotFoundError:
            return None  # a kernel that does not count

    def _watch(self):
        elsewhere, since, last = [], 0, time.monotonic()
        while not self.end.wait(POLL / 5):
            now, before = time.monotonic(), last
            last = now
            try:
                call = self.look()
            except OSError:
                return  # the program has ended
            self.in_disk += now - before if self.state == "D" else 0
            if call is None or call == self.loop:
                elsewhere = []
                continue
            elsewhere.append(call)
            since = since if len(elsewhere) > 1 else now
            if len(elsewhere) >= self.LOOKS and now - since > self.stall:
                self.held.append(elsewhere)
                elsewhere = []

    def __enter__(self):
        self.first = self._count()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.end.set()
        self.thread.join()
        if self.first is not None and (last := self._count()) is not None:
            self.kept = last - self.first + self.in_disk


def find_complaints(text):
    """The lines in which a program of Heddle's complains: "(heddle:1): heddle-engine-WARNING **", and what has no log domain "** (heddle:1): WARNING **"."""
    return re.findall(r"^(?:\*\* )?\(heddle(?:-\w+)?:\d+\): (?:\S+-)?(?:WARNING|CRITICAL|ERROR) \*\*.*", text, re.MULTILINE)


def settle():
    """Lets libatspi take in what has arrived on the bus."""
    context = GLib.MainContext.default()
    while context.iteration(False):
        pass


def run_apart(test):
    """Runs a test in a process of its own, since libatspi stays with the first bus it has known. Returns how it ended, as os.waitpid() says it."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            test()
            status = 0
        except Exception:
            traceback.print_exc()  # to standard error, which meson shows of a test that failed
        finally:
            os._exit(status)
    return os.waitpid(pid, 0)[1]


def end_what_is_left():
    """Ends the desktop of a test that could not do it itself."""
    while left := descendants(os.getpid()):
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def passes(test):
    """Whether a test ends well. libatspi 2.46 now and then reads freed memory when its cache is cleared while an accessible goes; that ends the
    test's own process, never Heddle's, and says nothing of Heddle: the test is run once more, and this is told."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    faulthandler.enable()  # says where in the test it was
    status = run_apart(test)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSEGV:
        print(f"# {test.__name__}: libatspi has crashed the test, which is run again", flush=True)
        end_what_is_left()
        status = run_apart(test)
    return status == 0


def run_tests(*tests, needed=NEEDED):
    """Runs functions as tests, in this order, or those named on the command line, or every Nth from the Ith on (--part I N), and tells meson
    what came out (TAP)."""
    skip_unless_possible(needed)
    if sys.argv[1:2] == ["--part"]:
        part, parts = map(int, sys.argv[2:4])
        tests = tests[part - 1::parts]
    else:
        tests = [test for test in tests if not sys.argv[1:] or test.__name__ in sys.argv[1:]]
    print(f"1..{len(tests)}")
    results = []
    for number, test in enumerate(tests, 1):
        results.append(passes(test))
        print(f"{'ok' if results[-1] else 'not ok'} {number} - {test.__name__}", flush=True)
    sys.exit(0 if results and all(results) else 1)
