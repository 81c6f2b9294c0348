#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window, driven by real clicks: a run from the first click to the last process, and the pulse under load."""
import hashlib
import os
import pathlib
import re
import tempfile
import time

from harness import PATIENCE, Desktop, MainThread, button, descendants, run_tests, wait_for

SIZE = (1440, 900)
STALL = 0.1  # seconds without an answer, as in src/measure/pulse.h
WAIT = 1  # seconds that a request of two_requests() waits
CONTENT = bytes(range(256)) * 32 * 1024  # 8 MiB


def make_tree(folder, files):
    """Fills a folder with files of 8 MiB, all links to one, so that hashing them takes long and the disk little."""
    first = pathlib.Path(folder, "file-0000")
    first.write_bytes(CONTENT)
    for number in range(1, files):
        os.link(first, pathlib.Path(folder, f"file-{number:04}"))
    return hashlib.sha256(CONTENT).hexdigest()


def ended(app, before=""):
    """How many tasks have ended, as the page says."""
    return int(re.sub(r"\D", "", app.text(rf"^{before}([\d\s\u202f]+) (of|tasks)")[1]))


def stalls(app):
    """How many stalls the pulse tells."""
    return int(app.text(r"(\d+) stalls?\b")[1])


def test_click_run_pause_resume_stop_close():
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        digest = make_tree(folder, 3000)
        app = desktop.start()
        app.place(*SIZE)

        app.click(app.find("list item", "Squares"))
        app.text("The squares of 1 to N")
        app.click(app.find("list item", "Checksum files"))
        app.text("SHA-256 of every file")
        choose_folder(app, folder)
        app.click(app.find("push button", button("Start")))

        first = ended(app)
        wait_for("counts to move", lambda: ended(app) > first)
        app.find("table cell", digest)

        app.click(app.find("push button", button("Pause")))
        app.text("^Paused")
        held = ended(app, "Paused · ")
        see_the_pulse_beat(app)
        assert ended(app, "Paused · ") == held, "counts move while the run is paused"

        app.click(app.find("push button", button("Resume")))
        wait_for("counts to move again", lambda: not app.read("Paused") and ended(app) > held)

        app.click(app.find("push button", button("Stop")))
        app.text(r"cancelled")
        app.text(r"tasks in \d")
        close(app)


def test_no_click_in_the_catalogue_is_lost():
    with Desktop() as desktop:
        app = desktop.start("--workload", "squares")
        app.place(*SIZE)
        above, below = app.find("list item", "Factorials"), app.find("list item", "Squares")
        # Neighbours, one soon after the other, at the paces of several users: whatever comes up for the one while the pointer
        # rests there must not take the click on the other.
        for pace in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
            app.click(above)
            wait_for("the first click", lambda: app.is_selected(above))
            time.sleep(pace)
            app.click(below)
            wait_for(f"the click {pace} s after the other", lambda: app.is_selected(below))
        # a slow hand, or a machine that is busy between the press and the release
        for held in (0.5, 1.5):
            app.click(above, held=held)
            wait_for(f"the click that takes {held} s", lambda: app.is_selected(above))
            app.click(below)
            wait_for("the click after a slow one", lambda: app.is_selected(below))
        close(app)


def choose_folder(app, folder):
    """Sets the folder in the dialog, by keys, as one would who knows the path."""
    app.click(app.find("push button", re.compile("Folder: .*")))
    choose = app.find("push button", re.compile("_?Choose.*"))
    app.key("ctrl+l")
    app.type(folder)
    app.close(choose, "Return")
    app.text(re.escape(pathlib.Path(folder).name))


def see_the_pulse_beat(app, times=3):
    """Waits until the window has measured itself anew a few times: proof that it draws, and that time passes."""
    for _ in range(times):
        last = app.text("main loop answers .*")[0]
        wait_for("the pulse to beat", lambda last=last: app.text("main loop answers .*")[0] != last)


def close(app):
    app.key("alt+F4")
    status = app.wait_until_gone()
    assert status == 0, f"heddle ended with status {status}:\n{app.output()}"
    see_nothing_left()


def see_nothing_left():
    """No worker process has outlived the window; the harness would have adopted it."""
    wait_for("worker processes to be gone", lambda: "heddle-worker" not in descendants(os.getpid()).values())


def test_closing_asks_and_leaves_no_process():
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        make_tree(folder, 3000)
        app = desktop.start("--workload", "checksum-files", "--set", f"folder={folder}", "--workers", "3")
        app.place(*SIZE)
        app.click(app.find("radio button", "Processes"))
        app.click(app.find("push button", button("Start")))
        wait_for("three worker processes", lambda: list(app.children().values()).count("heddle-worker") == 3)
        first = ended(app)
        wait_for("counts to move", lambda: ended(app) > first)

        app.key("alt+F4")
        app.text(r"Stop the Run and Close\?")
        app.click(app.find("push button", re.compile("_?Cancel.*")), closes=True)
        wait_for("the question to go", lambda: not app.read(r"Stop the Run and Close\?"))
        assert app.process.poll() is None, "heddle has ended although its user said no"

        app.key("alt+F4")
        app.click(app.find("push button", re.compile("_?Stop and Close.*")))
        status = app.wait_until_gone()
        assert status == 0, f"heddle ended with status {status}:\n{app.output()}"
        see_nothing_left()


def test_killed_window_leaves_no_process():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "requests=50", "--set", "seconds=60",
                            "--backend", "processes", "--workers", "4", "--start")
        wait_for("four worker processes", lambda: list(app.children().values()).count("heddle-worker") == 4)
        app.process.kill()
        app.wait_until_gone()
        see_nothing_left()


def test_killed_worker_is_told_and_replaced():
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "requests=50", "--set", "seconds=60",
                            "--backend", "processes", "--workers", "2", "--start")
        app.place(*SIZE)

        def workers():
            return {pid for pid, name in app.children().items() if name == "heddle-worker"}

        wait_for("two worker processes", lambda: len(workers()) == 2)
        app.text(r"^0 of 50")
        before = workers()
        victim = min(before)
        os.kill(victim, 9)
        wait_for("a worker in its place", lambda: len(workers()) == 2 and victim not in workers())
        app.text("^A worker died and was replaced. 1 task was lost.$")
        app.text("1 lost")
        app.click(app.find("push button", button("Stop")))
        app.text(r"tasks in \d")
        close(app)


def test_pulse_tells_a_stall_when_the_main_loop_is_blocked():
    told, silence, thread = two_requests("main-loop-blocking")
    assert thread.held, "the main thread was not seen asleep outside its loop"
    assert told >= 1, "the main loop was blocked for two requests, and the pulse did not see it"
    assert silence > STALL, f"the main loop was blocked for two requests, and was silent for {silence} s only"


def test_waiting_threads_do_not_hold_the_main_loop_up():
    told, _, thread = two_requests("threads")
    assert not thread.held, f"something that waits has held the main loop up: {thread.held}"
    # Other programs may keep the loop from running, or its watchdog between taking the time and sending the ping: the kernel has counted that.
    assert thread.kept is None or told * STALL <= thread.kept, \
        f"the pulse tells {told} stalls, and nothing kept the main thread from its loop for longer than {thread.kept} s in all"


def two_requests(backend):
    """Has two requests wait one after the other. How many stalls the pulse tells meanwhile, for how long the program was silent to one who
    asks it all the time, and what was seen of its main thread."""
    with Desktop() as desktop:
        app = desktop.start("--workload", "handle-requests", "--set", "requests=2", "--set", f"seconds={WAIT}",
                            "--backend", backend, "--workers", "1")
        app.place(*SIZE)
        progress = app.find("label", "Not started yet")
        start = app.find("push button", button("Start"))
        # A lock whose owner gets no processor may be waited for longer than a stall, but not for half as long as a request waits.
        with MainThread(app.process.pid, WAIT / 2) as thread:
            see_the_pulse_beat(app)
            before = stalls(app)
            app.click(start)
            silence = longest_silence(app, progress, r"2 tasks in \d")
            see_the_pulse_beat(app)
            told = stalls(app) - before
        close(app)
        return told, silence, thread


def longest_silence(app, accessible, pattern):
    """Asks for a text again and again until it is like @pattern: the longest time from one answer to the next, in seconds."""
    longest, last, deadline = 0, time.monotonic(), time.monotonic() + PATIENCE
    while True:
        answer = app.answer(accessible)
        now = time.monotonic()
        if answer is not None:
            longest, last = max(longest, now - last), now
            if re.match(pattern, answer):
                return longest
        assert now < deadline, f"waited {PATIENCE} s for {pattern}, and the last answer was {answer!r}"


def test_builds_under_ids_of_their_own_take_no_command_line_from_each_other():
    """As `./dev run` starts them: the second one is of newer code, which has to run."""
    with Desktop() as desktop:
        for number, workload in enumerate(("squares", "factorials")):
            app = desktop.start(f"--gapplication-app-id=org.heddle.Heddle.Devel.run{number}", "--workload", workload)
            app.find("push button", button("Start"))
        assert len([process for process in desktop.processes if process.args[0].endswith("/heddle") and process.poll() is None]) == 2


run_tests()
