#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How soon a window answers a click under load, seen from outside: from the button going down (XTest) to the first pixel of the clicked place that
has changed on the X server, for Heddle and for GTK's widget factory, alternately, on one private X server after another.

In each round Heddle runs the workload on so many threads itself, with everything live; beside the widget factory `heddle-cli` runs the same, once as it
does by itself and once with workers that give way as Heddle's do beside a window. Clicks go to two tabs by turns. At the end of Heddle's part of a
round its own pulse is read, once, since reading it asks the window: frames and stalls of the last 13 s.

Needs what the window tests need, and gtk4-widget-factory (Debian: gtk-4-examples) where that is wanted. Prints first how steadily the machine runs.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "ui"))

FACTORY = "gtk4-widget-factory"
NAMES = {"heddle": "Heddle, {workers} workers of its own", "factory": "widget factory, {workers} threads beside it",
         "factory-nice": "widget factory, {workers} threads beside it, at nice 19"}
TABS = {"heddle": ("Workers", "Log"), "factory": ("Page 2", "Page 3"), "factory-nice": ("Page 2", "Page 3")}
FACTORIALS = ["n=2000", "rounds=100000"]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="build directory, with bench/click-probe built in it (ninja bench/click-probe)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each program is started and measured (default: %(default)s)")
    parser.add_argument("--clicks", type=int, default=100, help="clicks in each part of a round; 0: only Heddle's pulse (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=5, help="how long the load goes on before the first click (default: %(default)s)")
    parser.add_argument("--only", choices=NAMES, action="append", help="measure this program; may be repeated (default: all)")
    parser.add_argument("--workers", type=int, default=8, help="busy threads (default: %(default)s)")
    parser.add_argument("--workload", default="factorials", help="what keeps them busy (default: %(default)s)")
    parser.add_argument("--backend", help="of Heddle and heddle-cli; the workload's own where none is given")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help=f"a parameter of the workload (default: {' '.join(FACTORIALS)})")
    parser.add_argument("--renderer", default="cairo", help="GSK_RENDERER of all programs: cairo, gl (default: %(default)s)")
    parser.add_argument("--size", default="1440x900", help="of the windows (default: %(default)s)")
    parser.add_argument("--dark", action="store_true", help="the dark style")
    parser.add_argument("--travel", action="store_true", help="zoom and pan Heddle's timeline by the wheel during the seconds of load")
    parser.add_argument("--idle", action="store_true", help="without any load, to compare with")
    parser.add_argument("--screenshot", metavar="FILE", help="a picture of Heddle's window after the clicks of the last round")
    args = parser.parse_args()
    args.only = args.only or list(NAMES)
    args.set = args.set or (FACTORIALS if args.workload == "factorials" else [])
    return args


class Part:
    """One program of one round, on a desktop of its own."""

    def __init__(self, harness, args, program):
        self.harness, self.args, self.program = harness, args, program
        self.load = ["--workers", str(args.workers), *(["--backend", args.backend] if args.backend else []),
                     *(word for value in args.set for word in ("--set", value))]

    def measure(self, last):
        """Returns (microseconds of each click, the pulse's text or None)."""
        width, height = (int(n) for n in self.args.size.split("x"))
        with self.harness.Desktop(width + 60, height + 60, dark=self.args.dark, environment={"GSK_RENDERER": self.args.renderer}) as desktop:
            app = self._start(desktop)
            app.place(width, height)
            if not self.args.idle:
                self._start_load(desktop, app)
            if self.args.travel and self.program == "heddle":
                self._travel(desktop, app)
            else:
                time.sleep(self.args.seconds)
            # now that everything has its place: what the page shows of a run moves the tabs
            places = [self._place(app, name) for name in TABS[self.program]] if self.args.clicks else []
            clicks = self._click(desktop, places) if places else []
            if self.program != "heddle":
                return clicks, None
            if last and self.args.screenshot:
                app.screenshot(self.args.screenshot)
            if not self.args.idle and not app.read(r"^[\d\u202f]+ (of [\d\u202f]+ )?tasks?"):
                raise SystemExit("click-bench: Heddle's run was not going on at the end: give the workload more to do")
            return clicks, next((text for text in app.texts() if "answers in" in text), None)

    def _start(self, desktop):
        if self.program == "heddle":
            return desktop.start("--workload", self.args.workload, *self.load)
        return desktop.start(program=FACTORY)

    def _start_load(self, desktop, app):
        if self.program == "heddle":
            app.key("F5")
            return
        cli = self.harness.build_directory() / "src/cli/heddle-cli"
        desktop._spawn(str(cli), "run", self.args.workload, *self.load, *(["--nice", "19"] if self.program == "factory-nice" else []),
                       stdout=subprocess.DEVNULL)

    def _travel(self, desktop, app):
        """Zooms into the timeline and out of it, and pans it, four times a second, by the wheel."""
        lanes = app.find(None, "Workers over time")
        x, y = app.point_at(lanes, lambda box: (box.x + box.width * 2 // 3, box.y + box.height // 2))
        until = time.monotonic() + self.args.seconds
        step = 0
        while time.monotonic() < until:
            if step % 20 < 16:  # sixteen steps in, the next time as many out, ...
                desktop.xdotool("mousemove", x, y, "keydown", "ctrl", "click", 4 + step // 20 % 2, "keyup", "ctrl")
            else:  # ... and a little to one side and the other
                desktop.xdotool("mousemove", x, y, "keydown", "shift", "click", 4 + step % 2, "keyup", "shift")
            step += 1
            time.sleep(0.25)
        app.click(app.find("push button", "All"))

    def _place(self, app, name):
        """Where on the screen the tab is, as click-probe wants it. The widget factory's have no names: there it is the uppermost label."""
        if self.program == "heddle":
            tab = app.find("page tab", re.compile(rf"{name}\b.*"))
        else:
            labels = self.harness.wait_for("its tabs", lambda: list(app.matches("label", name)))
            tab = min(labels, key=lambda label: label.get_box().y)
        box, (x, y) = app.place_at_rest(tab), app.point_at(tab)
        return f"{x - box.width // 2},{y - box.height // 2},{box.width},{box.height}"

    def _click(self, desktop, places):
        probe = self.harness.build_directory() / "bench/click-probe"
        told = subprocess.run([str(probe), str(self.args.clicks), *places], env=desktop.environment, capture_output=True, text=True, check=True)
        if told.stderr:
            print(told.stderr, end="", file=sys.stderr)
        return [int(line) for line in told.stdout.split()]


def quantile(values, share):
    """The value below which this share of them is."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def tell(args, program, rounds):
    clicks = [us / 1000 for result in rounds for us in result[0] if us >= 0]
    never = sum(us < 0 for result in rounds for us in result[0])
    if not clicks:
        return
    medians = [statistics.median(result[0]) / 1000 for result in rounds]
    print(f"| {NAMES[program].format(workers=args.workers)} | {len(clicks)} | {statistics.median(clicks):.1f} ({min(medians):.1f} to {max(medians):.1f}) "
          f"| {quantile(clicks, 0.9):.1f} | {quantile(clicks, 0.99):.1f} | {max(clicks):.1f} | {never} |")


def main():
    args = parse_arguments()
    os.environ["HEDDLE_BUILD"] = str(pathlib.Path(args.build).resolve())
    import harness  # which looks for the build

    steady = pathlib.Path(args.build) / "bench" / "steady-bench"
    if steady.exists():
        print(subprocess.run([steady, "5"], capture_output=True, text=True, check=True).stdout, end="", flush=True)
    results = {program: [] for program in args.only}
    for number in range(args.rounds):
        for program in args.only:
            results[program].append(Part(harness, args, program).measure(number == args.rounds - 1))
            print(f"round {number + 1}, {program}: {results[program][-1][1] or ''}", file=sys.stderr, flush=True)
    if args.clicks:
        print("\n| milliseconds from the click to the changed pixel | clicks | median (of the rounds) | p90 | p99 | max | never |\n"
              "| --- | --- | --- | --- | --- | --- | --- |")
        for program in args.only:
            tell(args, program, results[program])
    for _, pulse in results.get("heddle", []):
        print(f"Heddle's pulse: {pulse}")


if __name__ == "__main__":
    main()
