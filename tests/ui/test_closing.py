#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closing a tab or a window whose run goes on: the question goes with the run; about a task that does not listen the user is asked once whether to wait."""
import contextlib
import ctypes
import os
import pathlib
import re
import signal

from harness import Desktop, Timeout, build_directory, run_tests, wait_for

SIZE = (1440, 900)
DEADLINE = 3  # seconds, as in src/app/run/stop-dialog.c
PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000


def ptrace(request, tid):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long
    if libc.ptrace(request, tid, None, None) != 0:
        raise OSError(ctypes.get_errno(), f"ptrace: {os.strerror(ctypes.get_errno())}")


@contextlib.contextmanager
def held(tid):
    """One thread of a program stands still, as in a system call that does not come back; the others go on."""
    ptrace(PTRACE_SEIZE, tid)
    ptrace(PTRACE_INTERRUPT, tid)
    os.waitpid(tid, WALL)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # it has ended with its program
            ptrace(PTRACE_DETACH, tid)


def worker_thread(app):
    """The number of the thread that executes the task."""
    for task in pathlib.Path(f"/proc/{app.process.pid}/task").iterdir():
        with contextlib.suppress(OSError):
            if re.match("heddle-w1$", (task / "comm").read_text().strip()):
                return int(task.name)
    return None


def start(desktop):
    """A window with two tabs, of which the first is shown and runs a task on a thread."""
    app = desktop.start("--workload", "handle-requests", "--set", "requests=1", "--set", "seconds=3600", "--workers", "1", "--start")
    app.place(*SIZE)
    app.text("0 of 1 task")
    tid = wait_for("the worker's thread", lambda: worker_thread(app))
    app.key("ctrl+t")
    app.text("Not started yet")
    app.key("ctrl+Page_Up")
    app.text("0 of 1 task")
    return app, tid


def ask_to_close(app):
    """Closes the tab by hand, and agrees to stop its run."""
    app.key("ctrl+w")
    app.click(app.find("push button", re.compile("_?Stop and Close.*")), closes=True)
    app.text("A Task Does Not End")


def is_asked(app):
    return app.read("A Task Does Not End|Stop the Run and Close")


def test_waiting_asks_once_and_closes_when_the_task_has_ended():
    with Desktop() as desktop:
        app, tid = start(desktop)
        with held(tid):
            ask_to_close(app)
            app.click(app.find("push button", re.compile("_?Wait.*")), closes=True)
            wait_for("the question to go", lambda: not is_asked(app))
            # that nothing comes can only be seen by looking for long enough
            try:
                wait_for("a question that must not come", lambda: is_asked(app), DEADLINE + 2, pause=0.5)
            except Timeout:
                pass
            else:
                raise AssertionError("the window asks again although the user waits")
            assert app.read("0 of 1 task"), "the tab has gone although the user waits"
            # by hand it can be asked again, and at once
            app.key("ctrl+w")
            app.text("A Task Does Not End")
        wait_for("the tab to close by itself", lambda: not is_asked(app) and not app.read("0 of 1 task") and app.read("Not started yet"))
        app.key("alt+F4")
        assert app.wait_until_gone() == 0


def test_closing_anyway_closes_at_once_and_for_good():
    with Desktop() as desktop:
        app, tid = start(desktop)
        with held(tid):
            ask_to_close(app)
            app.click(app.find("push button", re.compile("_?Close Anyway.*")), closes=True)
            wait_for("the tab to close", lambda: not is_asked(app) and app.read("Not started yet") and not app.read("0 of 1 task"))
            # the run goes on unseen, does not hold the window, and ends with the program: its thread is ours to reap, since we hold it
            app.key("alt+F4")
            wait_for("the thread to end with the program", lambda: os.waitpid(tid, WALL | os.WNOHANG)[0] == tid)
            assert app.wait_until_gone() == 0


def start_and_ask(desktop, keys, question, beside=None):
    """A window with a run whose only worker is a process, and the question whether to close. Returns also how to end that run."""
    app = desktop.start("--workload", "handle-requests", "--backend", "processes", "--set", "requests=1", "--set", "seconds=3600",
                        "--workers", "1", "--start")
    app.place(*SIZE)
    app.text("0 of 1 task")
    pid = wait_for("the worker", lambda: next((pid for pid, name in app.children().items() if name == "heddle-worker"), None))
    if beside is not None:
        beside(app)
    app.key(keys)
    app.text(question)
    return app, lambda: os.kill(pid, signal.SIGKILL)


def see_that_only_the_question_goes(keys, what):
    """Who has not answered has not agreed: what the run came to stays on the screen."""
    with Desktop() as desktop:
        app, end_run = start_and_ask(desktop, keys, "Stop the Run and Close")
        end_run()
        wait_for("the question to go", lambda: not is_asked(app))
        app.text("0 of 1 task.*1 lost")
        app.key("ctrl+t")  # it is there, and takes keys
        app.text("Not started yet")
        assert app.process.poll() is None, f"the {what} was closed although its user did not answer"
        app.key("alt+F4")
        assert app.wait_until_gone() == 0


def test_the_question_goes_with_the_run_and_the_tab_stays():
    see_that_only_the_question_goes("ctrl+w", "tab")


def test_the_question_goes_with_the_run_and_the_window_stays():
    see_that_only_the_question_goes("alt+F4", "window")


def test_the_question_is_of_the_runs_that_go_on():
    with Desktop() as desktop:

        def second_run(app):
            desktop._run(str(build_directory() / "src/app/heddle"), "--workload", "handle-requests", "--set", "requests=2",
                         "--set", "seconds=3600", "--start")
            app.text("2 runs in progress")

        app, end_run = start_and_ask(desktop, "alt+F4", "Stop 2 Runs and Close", second_run)
        end_run()
        app.text("Stop the Run and Close")
        app.click(app.find("push button", re.compile("_?Cancel.*")), closes=True)
        wait_for("the question to go", lambda: not is_asked(app))
        assert app.read("1 run in progress"), "the run was stopped although its user said no"


run_tests()
