#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is drawn that did not change: what the X server is given to draw, and how often the main thread wakes up, while nothing runs."""
import pathlib
import time

from damage import Damage
from harness import Desktop, run_tests, wait_for

SIZE = (1440, 900)
SECONDS = 6
FRAMES = 60  # a second: what a frame clock that runs wakes the main thread for
# Its pings wake it 20 times a second, and a timer of the pulse four times; what else there is (a reading, an answer of the X server) is little.
WAKES = 45


def foot(app):
    """Where on the screen the pulse is: (its first line, the last one)."""
    pulse = app.find(None, "Pulse of the window")
    left, top, *_ = app.geometry()
    border = app._border(app.window, app.root.get_children()[0])
    box = pulse.get_box()
    return top + border + box.y, top + border + box.y + box.height


def settle(app, damage):
    """Until two seconds have passed in which nothing but the pulse was drawn: a cursor that blinks stops, and transitions end."""
    def rests():
        first, last = foot(app)
        return all(first <= area.y and area.y + area.height <= last for area in damage.watch(2))

    wait_for("the window to rest", rests)


def count_wakes(app):
    """How often the main thread has gone to sleep so far, by itself."""
    status = pathlib.Path(f"/proc/{app.process.pid}/task/{app.process.pid}/status").read_text()
    return int(status.partition("voluntary_ctxt_switches:")[2].split()[0])


def see_only_the_pulse(app, damage):
    """Of all that is drawn for some seconds nothing is outside the pulse, and that is drawn less often than once a second."""
    first, last = foot(app)
    wakes, begin = count_wakes(app), time.monotonic()
    drawn = damage.watch(SECONDS)
    rate = (count_wakes(app) - wakes) / (time.monotonic() - begin)
    elsewhere = [area for area in drawn if not (first <= area.y and area.y + area.height <= last)]
    assert not elsewhere, f"drawn in {SECONDS} s in which nothing changed: {elsewhere}"
    assert drawn, "the pulse was not drawn: the test has looked at the wrong place or server"
    assert rate < WAKES, f"the main thread woke up {rate:.0f} times a second: something keeps the frame clock going"


def test_an_idle_window_draws_its_pulse_alone():
    with Desktop() as desktop, Damage() as damage:
        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        app.point_away()
        settle(app, damage)
        see_only_the_pulse(app, damage)


def test_a_finished_run_is_not_drawn_again():
    with Desktop() as desktop, Damage() as damage:
        app = desktop.start("--workload", "checksum-files", "--set", "folder=/usr/share/doc", "--start")
        app.place(*SIZE)
        app.point_away()
        # while it runs there is more to draw than the pulse: the test would see it
        first, _ = foot(app)
        wait_for("the run to be drawn", lambda: any(area.y < first for area in damage.watch(0.5)))
        app.text(r"tasks in \d")
        settle(app, damage)
        see_only_the_pulse(app, damage)


def test_a_minimised_window_draws_nothing_while_its_run_goes_on():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "requests=2000", "--set", "seconds=0.05", "--workers", "1", "--start")
        app.place(*SIZE)
        app.text(r"of 2\D?000 tasks")
        window = app.window
        desktop.xdotool("windowminimize", window)
        wait_for("the window to be minimised", lambda: window not in app._windows())
        wait_for("the frame clock to stop", lambda: is_quiet(app))
        held = app.read(r"^\d+ of.*")[0]
        assert is_quiet(app)
        assert app.read(r"^\d+ of.*")[0] == held, "numbers change in a window that nobody sees"
        desktop.xdotool("windowactivate", window)
        wait_for("the run to be shown as it is now", lambda: app.read(r"^\d+ of.*")[0] != held)


def is_quiet(app):
    """No frame clock runs: over a second the main thread wakes up less often than frames would come."""
    wakes, begin = count_wakes(app), time.monotonic()
    time.sleep(1)
    return (count_wakes(app) - wakes) / (time.monotonic() - begin) < WAKES


run_tests()
