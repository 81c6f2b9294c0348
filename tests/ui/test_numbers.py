#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures in the window, compared with each other and with what the command line tells of the same tasks.

docs/architecture.md, "What the numbers mean", says what each of them is.
"""
import json
import re
import subprocess

from harness import PATIENCE, Desktop, build_directory, button, run_tests, wait_for

SIZE = (1440, 900)
UNITS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1}
COUNT = r"([\d\u2009\u202f]+)"
TIME = r"([\d.]+) (ns|µs|ms|s)"
NAPS = ("--set", "requests=24", "--set", "seconds=0.2", "--backend", "threads", "--workers", "3")


def number(text):
    return float(re.sub(r"[\u2009\u202f]", "", text))


def seconds(value, unit):
    return float(value) * UNITS[unit]


def step(text):
    """What the last digit of a number is worth, and with that how far off what was rounded may be."""
    return 10.0 ** -len(text.partition(".")[2])


def start(desktop, *arguments):
    app = desktop.start("--workload", "handle-requests", *arguments, "--start")
    app.place(*SIZE)
    return app


def check_rate(told, completed, time, unit):
    """A rate is what was completed by the time it took, as far as the digits that are shown go."""
    half, slack = 0.5 * step(told), 0.5 * step(time) * UNITS[unit]
    least, most = (completed / (seconds(time, unit) + sign * slack) for sign in (1, -1))
    assert least - half - 1e-9 <= number(told) <= most + half + 1e-9, (told, completed, time, unit)


def lanes_say(app):
    """What a screen reader is told of the lanes: workers, utilisation in percent, unsuccessful tasks."""
    lanes = app.find(None, "Workers over time")
    return tuple(map(int, re.fullmatch(r"(\d+) workers?, utilisation (\d+) %, (\d+) unsuccessful tasks?", lanes.get_description()).groups()))


def pool_utilisation(app):
    """What the legend says, in percent."""
    return int(app.text(r"^utilisation (\d+)\s%$")[1])


def test_a_finished_run_says_the_same_everywhere():
    with Desktop() as desktop:
        app = start(desktop, *NAPS)
        tasks, time, unit, rate = app.text(rf"^{COUNT} tasks in {TIME} · {COUNT}/s$").groups()
        assert number(tasks) == 24
        check_rate(rate, 24, time, unit)
        # the whole run is shown: what the lanes say of it is what the legend says
        utilisation = pool_utilisation(app)
        wait_for("the lanes to say so", lambda: lanes_say(app)[1] == utilisation)
        assert lanes_say(app) == (3, utilisation, 0)

        app.choose_tab("Figures")
        p50, p50_unit, p99, p99_unit = app.text(rf"^24 tasks ended · p50 {TIME} · p99 {TIME}$").groups()
        told = run_on_command_line()
        for value, text, other in ((p50, p50_unit, told["task_p50_ns"]), (p99, p99_unit, told["task_p99_ns"])):
            # each of the tasks sleeps for 0.2 s, so no percentile of them is less; nor is one more than the run took
            assert 0.2 - 0.5 * step(value) * UNITS[text] <= seconds(value, text) <= seconds(time, unit) + 0.05, (value, text)
            assert 2e8 <= other <= told["elapsed_ns"], told
        assert (told["done"], told["cancelled"]) == (24, 0)
        assert abs(told["throughput"] - 24e9 / told["elapsed_ns"]) < 0.06, told


def run_on_command_line():
    """The last line of JSON of the same run."""
    output = subprocess.run([build_directory() / "src/cli/heddle-cli", "run", "handle-requests", *NAPS, "--format", "jsonl"], check=True,
                            stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE).stdout
    return json.loads(output.splitlines()[-1])


def stop_some_of_60(queue):
    """How many of the tasks have ended by themselves, and how many were cancelled."""
    with Desktop() as desktop:
        app = start(desktop, "--set", "requests=60", "--set", "seconds=0.3", "--workers", "2", "--queue", str(queue))
        wait_for("some tasks to end", lambda: (found := app.read(rf"^{COUNT} of 60 tasks")) and number(found[1]) >= 5)
        app.click(app.find("push button", button("Stop")))
        found = app.text(rf"^Stopped · {COUNT} of 60 tasks in {TIME} · ([\d.]+)/s · {COUNT} cancelled$")
        completed, time, unit, rate, cancelled = found.groups()
        check_rate(rate, number(completed), time, unit)
        return number(completed), number(cancelled)


def test_a_pause_is_told_and_slows_nothing_down():
    with Desktop() as desktop:
        app = start(desktop, "--set", "requests=60", "--set", "seconds=0.3", "--workers", "2")
        wait_for("some tasks to end", lambda: (found := app.read(rf"^{COUNT} of 60 tasks")) and number(found[1]) >= 5)
        app.click(app.find("push button", button("Pause")))
        app.text("^Paused")
        for _ in range(3):  # the pulse tells that time goes by
            last = app.text("main loop answers .*")[0]
            wait_for("the pulse to beat", lambda last=last: app.text("main loop answers .*")[0] != last)
        app.click(app.find("push button", button("Stop")))
        found = app.text(rf"^Stopped · {COUNT} of 60 tasks in {TIME}, paused for {TIME} · ([\d.]+)/s · {COUNT} cancelled$")
        completed, time, unit, paused, paused_unit, rate, _ = found.groups()
        worked = seconds(time, unit) - seconds(paused, paused_unit)
        slack = 0.5 * step(time) * UNITS[unit] + 0.5 * step(paused) * UNITS[paused_unit]
        least, most = (number(completed) / (worked + sign * slack) for sign in (1, -1))
        assert least - 0.5 * step(rate) <= number(rate) <= most + 0.5 * step(rate), found[0]


def test_what_was_cancelled_is_no_throughput():
    assert sum(stop_some_of_60(64)) == 60


def test_a_stopped_run_is_told_by_all_tasks_there_would_have_been():
    assert sum(stop_some_of_60(4)) < 60  # the others were never put into line


def test_the_producer_is_said_to_wait_until_it_goes_on():
    with Desktop() as desktop:
        app = start(desktop, "--set", "requests=200", "--set", "seconds=3600", "--workers", "2", "--queue", "9")
        # two of them are in the workers' hands; more than it goes on at are left, or it would not wait
        queued = app.text(r"^(\d) of 9 · producer waiting, resumes at 4$")[1]
        assert int(queued) > 4, queued


def workers_offered(desktop, workload):
    app = desktop.start("--workload", workload)
    app.place(*SIZE)
    workers = app.find("spin button", "Workers").get_current_value()
    app.key("alt+F4")
    app.wait_until_gone()
    return workers


def test_who_measures_has_one_worker_whatever_is_preferred():
    with Desktop(settings={"default-workers": "uint32 7"}) as desktop:
        assert workers_offered(desktop, "costs") == 1
        assert workers_offered(desktop, "factorials") == 7


run_tests()
