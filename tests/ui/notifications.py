# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop that shows notifications, as far as programs notice: org.freedesktop.Notifications on the session bus of a test."""
import itertools

from gi.repository import Gio, GLib
from accessible import wait_for

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
INTERFACE = """<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""


def connect(desktop):
    """A connection to the desktop's session bus."""
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    return Gio.DBusConnection.new_for_address_sync(desktop.environment["DBUS_SESSION_BUS_ADDRESS"], flags, None, None)


class Notifications:
    """{number: (title, body, actions)} of what is shown now. It answers while the test waits by wait()."""

    def __init__(self, desktop):
        self.connection = connect(desktop)
        self.shown, self.numbers, self.n_told = {}, itertools.count(1), 0
        interface = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
        self.connection.register_object(PATH, interface, self._called, None, None)
        self.connection.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                                  GLib.Variant("(su)", (NAME, 0)), None, Gio.DBusCallFlags.NONE, -1, None)

    def _called(self, connection, sender, path, interface, method, arguments, invocation):
        if method == "Notify":
            _, replaces, _, title, body, actions, _, _ = arguments.unpack()
            number = replaces or next(self.numbers)
            self.shown[number] = (title, body, actions)
            self.n_told += 1
            answer = GLib.Variant("(u)", (number,))
        elif method == "CloseNotification":
            number = arguments.unpack()[0]
            self.shown.pop(number, None)
            connection.emit_signal(None, PATH, NAME, "NotificationClosed", GLib.Variant("(uu)", (number, 3)))
            answer = None
        elif method == "GetCapabilities":
            answer = GLib.Variant("(as)", (["actions", "body"],))
        else:
            answer = GLib.Variant("(ssss)", ("test", "heddle", "1", "1.2"))
        invocation.return_value(answer)

    def answer(self):
        """Answers what has been asked meanwhile."""
        while GLib.MainContext.default().iteration(False):
            pass

    def wait(self, what, condition):
        """Answers until the condition holds, and returns it."""
        def look():
            self.answer()
            return condition()

        return wait_for(what, look)

    def press(self, number):
        """The user clicks on it, and the desktop closes it."""
        self.connection.emit_signal(None, PATH, NAME, "ActionInvoked", GLib.Variant("(us)", (number, "default")))
        self.shown.pop(number, None)
        self.connection.emit_signal(None, PATH, NAME, "NotificationClosed", GLib.Variant("(uu)", (number, 2)))
        self.connection.flush_sync(None)
