# SPDX-License-Identifier: GPL-3.0-or-later
"""A private desktop: X server or Wayland compositor, session bus, window manager, and the programs that a test starts on it.

Nothing is shared with the user's session, and nothing outlives the `with`: the test's process adopts every orphan of the processes that
it starts, and ends them all.
"""
import os
import pathlib
import re
import signal
import struct
import subprocess
import tempfile

from accessible import PATIENCE, Bus, wait_for
from app import App, WaylandApp
from processes import adopt_orphans, descendants, signal_descendants
from runner import Timeout

ROOT = pathlib.Path(__file__).resolve().parents[2]
NEEDED = ("Xvfb", "dbus-daemon", "openbox", "xdotool", "import")
NEEDED_ON_WAYLAND = ("weston", "dbus-daemon")
# By its own settings openbox takes hold of every click into a window before it hands that on, to give the window the keyboard, and now and then the
# program never gets one that comes fast; and of many keys. Here a new window has the keyboard, and nobody is between the pointer and the program.
WINDOW_MANAGER = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><focusLast>yes</focusLast></focus>
  <keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
  <mouse/>
</openbox_config>
"""

# The server keeps the memory of a picture for the next one. Given back each time, it costs more to fault in than to draw in.
SERVER_ENVIRONMENT = {"MALLOC_MMAP_THRESHOLD_": str(2**28), "MALLOC_TRIM_THRESHOLD_": str(2**28)}


def build_directory():
    """Where the programs are: told by meson, or build/ by hand."""
    return pathlib.Path(os.environ.get("HEDDLE_BUILD", ROOT / "build")).resolve()


class Desktop:
    """The X server, the session bus and the window manager, for as long as the `with` lasts."""

    def __init__(self, width=1600, height=1000, dark=False, settings=None, environment=None, watched=False):
        """@settings: keys of Heddle's schema, each with its value as GVariant writes it. @watched: pixels() is asked often."""
        self.size = (width, height)
        self.dark = dark
        self.settings = settings or {}
        self.more = environment or {}
        self.watched = watched
        self.processes = []

    def __enter__(self):
        adopt_orphans()
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

    def _spawn(self, *command, environment=None, **keywords):
        """Starts a process with a log of its own in the scratch folder. @environment: what it has on top of the desktop's."""
        log = open(pathlib.Path(self.scratch.name, f"{pathlib.Path(command[0]).name}-{len(self.processes)}.log"), "wb")
        with log:
            process = subprocess.Popen(command, env=self.environment | (environment or {}), stdin=subprocess.DEVNULL,
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
        self._spawn("Xvfb", "-displayfd", str(tell), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-extension", "GLX",
                    "-noreset", *(["-fbdir", self.scratch.name] if self.watched else []), pass_fds=[tell],
                    environment=SERVER_ENVIRONMENT)
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
        # The harness reads the accessibility tree over the same bus, and finds it in its own environment.
        for variable, value in (("DBUS_SESSION_BUS_ADDRESS", address), ("XDG_RUNTIME_DIR", self.environment["XDG_RUNTIME_DIR"])):
            self.environment[variable] = os.environ[variable] = value
        self.accessibility = Bus()

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

    def pixels(self, left, top, width, height):
        """The pixels of a part of the screen that is watched, row after row, three bytes each. The pointer is seen, too. The server keeps its screen in a
        file, in the format of xwd: a header of big-endian words, colours of twelve bytes each, and the rows, blue first, four bytes a pixel."""
        assert left >= 0 and top >= 0 and left + width <= self.size[0] and top + height <= self.size[1], "that is not whole on the screen"
        with open(pathlib.Path(self.scratch.name, "Xvfb_screen0"), "rb") as file:
            header = struct.unpack(">25I", file.read(100))
            start, row_size = header[0] + 12 * header[19], header[12]
            rgb = bytearray(3 * width * height)
            for y in range(height):
                file.seek(start + (top + y) * row_size + 4 * left)
                row = file.read(4 * width)
                for channel in range(3):
                    rgb[3 * width * y + channel:3 * width * (y + 1):3] = row[2 - channel::4]
        return bytes(rgb)

    def __exit__(self, error, *_):
        if error is not None:
            self._tell_what_was_there()
        for sign in (signal.SIGTERM, signal.SIGKILL):
            signal_descendants(sign)
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


def find_complaints(text):
    """The lines in which a program of Heddle's complains: "(heddle:1): heddle-engine-WARNING **", and what has no log domain "** (heddle:1): WARNING **"."""
    return re.findall(r"^(?:\*\* )?\(heddle(?:-\w+)?:\d+\): (?:\S+-)?(?:WARNING|CRITICAL|ERROR) \*\*.*", text, re.MULTILINE)
