# SPDX-License-Identifier: GPL-3.0-or-later
"""What is drawn on an X server, told by the server itself (the DAMAGE extension): every rectangle of the screen into which some program has drawn."""
import collections
import ctypes
import select
import time

Rectangle = collections.namedtuple("Rectangle", "x y width height")

RAW_RECTANGLES = 0
NOTIFY = 0


class XRectangle(ctypes.Structure):
    _fields_ = [("x", ctypes.c_short), ("y", ctypes.c_short), ("width", ctypes.c_ushort), ("height", ctypes.c_ushort)]


class DamageNotify(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
                ("drawable", ctypes.c_ulong), ("damage", ctypes.c_ulong), ("level", ctypes.c_int), ("more", ctypes.c_int),
                ("timestamp", ctypes.c_ulong), ("area", XRectangle), ("geometry", XRectangle)]


class Event(ctypes.Union):
    _fields_ = [("type", ctypes.c_int), ("damage", DamageNotify), ("pad", ctypes.c_long * 24)]


class Damage:
    """Everything drawn from here on, on the server that DISPLAY of the environment names, until the `with` ends."""

    def __enter__(self):
        self.x11, self.xdamage = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXdamage.so.1")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XDefaultRootWindow.restype = self.xdamage.XDamageCreate.restype = ctypes.c_ulong
        display = self.x11.XOpenDisplay(None)
        if not display:
            raise RuntimeError("there is no X server to watch")
        self.display = ctypes.c_void_p(display)
        event, error = ctypes.c_int(), ctypes.c_int()
        if not self.xdamage.XDamageQueryExtension(self.display, ctypes.byref(event), ctypes.byref(error)):
            raise RuntimeError("the X server does not tell what is drawn")
        self.event = event.value + NOTIFY
        self.xdamage.XDamageCreate(self.display, ctypes.c_ulong(self.x11.XDefaultRootWindow(self.display)), RAW_RECTANGLES)
        self.x11.XSync(self.display, 0)
        return self

    def __exit__(self, *_):
        self.x11.XCloseDisplay(self.display)

    def take(self):
        """The rectangles of the screen that were drawn into since the last time."""
        rectangles, event = [], Event()
        self.x11.XSync(self.display, 0)
        while self.x11.XPending(self.display):
            self.x11.XNextEvent(self.display, ctypes.byref(event))
            if event.type == self.event:
                area = event.damage.area
                rectangles.append(Rectangle(area.x, area.y, area.width, area.height))
        return rectangles

    def watch(self, seconds):
        """The same, over so long a time."""
        self.take()
        rectangles, end = [], time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            select.select([self.x11.XConnectionNumber(self.display)], [], [], left)
            rectangles += self.take()
        return rectangles
