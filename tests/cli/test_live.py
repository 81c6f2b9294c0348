#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live view, in a terminal of the test's own."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unittest

from program import CLI, PATIENCE, environment, run_tests

CSI = re.compile(rb"\033\[([?0-9;]*)([A-Za-z])")
HIDE, SHOW = b"\033[?25l", b"\033[?25h"
FRAME_END = b"\033[?2026l"


class Terminal:
    """heddle-cli in a terminal of @columns by @rows; what it writes is in `written`."""

    def __init__(self, *arguments, columns=100, rows=24, only_stderr=False, ignored=(), **more):
        def prepare():
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for number in ignored:
                signal.signal(number, signal.SIG_IGN)

        self.master, slave = pty.openpty()
        self.resize(columns, rows)
        self.process = subprocess.Popen([CLI, "run", *arguments], stdin=slave, stderr=slave,
                                        stdout=subprocess.PIPE if only_stderr else slave, start_new_session=True,
                                        env=environment(**{"TERM": "xterm-256color", **more}),
                                        preexec_fn=prepare)
        os.close(slave)
        self.written = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        os.close(self.master)

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, until):
        deadline = time.monotonic() + PATIENCE
        while not until(self.written):
            assert time.monotonic() < deadline, ("what was waited for does not come", self.written[-1000:])
            ready, _, _ = select.select([self.master], [], [], max(0, deadline - time.monotonic()))
            assert ready, ("nothing comes any more", self.written[-1000:])
            try:
                data = os.read(self.master, 65536)
            except OSError:
                data = b""  # the last program that had the terminal has ended
            if not data:
                return until(self.written)
            self.written += data
        return True

    def read_what_has_come(self):
        """Reads what lies in the terminal, and waits for nothing."""
        while select.select([self.master], [], [], 0)[0]:
            self.written += os.read(self.master, 65536)

    def wait_for(self, pattern, since=0):
        assert self.read(lambda written: re.search(pattern, written[since:])), (pattern, self.written[-2000:])

    def wait_for_frame(self, holds):
        """Until there is a whole frame of which @holds is true."""
        assert self.read(lambda written: FRAME_END in written and holds("\n".join(last_frame(written)))), self.written[-2000:]

    def finish(self):
        self.read(lambda _: False)
        return self.process.wait(PATIENCE)

    def screen(self):
        """The lines that stand there, as a terminal without an end shows them."""
        lines, row, column, position = [[]], 0, 0, 0
        data = self.written
        while position < len(data):
            match = CSI.match(data, position)
            if match:
                number, command = match.groups()
                if command == b"A":
                    row -= int(number or b"1")
                    assert row >= 0, "the cursor left the screen"
                elif command == b"K":
                    del lines[row][column:]
                elif command == b"J":
                    del lines[row][column:]
                    del lines[row + 1:]
                position = match.end()
                continue
            end = min(i for i in (data.find(b"\033", position), data.find(b"\r", position), data.find(b"\n", position), len(data)) if i >= 0)
            if end > position:
                text = data[position:end].decode()
                line = lines[row]
                line.extend(" " * (column - len(line)))
                line[column:column + len(text)] = text
                column += len(text)
                position = end
                continue
            if data[position:position + 1] == b"\r":
                column = 0
            else:
                row += 1
                while len(lines) <= row:
                    lines.append([])
            position += 1
        return ["".join(line).rstrip() for line in lines]


def last_frame(written):
    """The lines of the last whole frame, without escape sequences."""
    end = written.rindex(FRAME_END)
    begin = written.rindex(b"\033[?2026h", 0, end)
    return CSI.sub(b"", written[begin:end]).replace(b"\r", b"").decode().split("\n")


REQUESTS = ["handle-requests", "--backend", "threads", "--set", "requests=90", "--set", "seconds=0.05", "--workers", "3"]
ENDLESS = ["handle-requests", "--backend", "threads", "--set", "requests=999", "--set", "seconds=0.2", "--workers", "3"]
FOREVER = ["handle-requests", "--backend", "processes", "--set", "requests=200", "--set", "seconds=3600", "--workers", "3", "--queue", "5"]


class Live(unittest.TestCase):
    def test_shows_progress_lanes_queue_and_utilisation(self):
        words = ("Handle requests", "Threads", "3 workers", "Thread 1", "Thread 2", "Thread 3", "Queue", "Utilisation", "left")
        with Terminal(*ENDLESS) as terminal:
            terminal.wait_for_frame(lambda frame: all(word in frame for word in words))
            # as often as it draws, it has come further
            terminal.read(lambda written: len(set(re.findall(rb"%  (\d+) of 999", written))) > 3)
            counts = [int(n) for n in re.findall(rb"%  (\d+) of 999", terminal.written)]
            self.assertEqual(counts, sorted(counts))

    def test_leaves_the_results_and_nothing_else(self):
        with Terminal(*REQUESTS) as terminal:
            self.assertEqual(terminal.finish(), 0)
            self.assertIn(HIDE, terminal.written)
            self.assertGreater(terminal.written.rindex(SHOW), terminal.written.rindex(HIDE))
            lines = [line for line in terminal.screen() if line]
            self.assertEqual(sum(line.startswith("Handling request ") for line in lines), 90)
            self.assertEqual(sum(line.startswith("Finished request ") for line in lines), 90)
            # what held the run up comes behind it, and does not fit in one line
            summary = next(i for i, line in enumerate(lines) if line.startswith("90 tasks: 90 done in "))
            self.assertTrue(summary == len(lines) - 1 or lines[summary + 1].startswith("Tasks mostly wait. "), lines)
            self.assertFalse(any("Utilisation" in line or "Thread 1" in line for line in lines), lines)

    def test_gives_the_cursor_back_whatever_ends_the_program(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGABRT):
            with self.subTest(signal=number), Terminal(*FOREVER) as terminal:
                terminal.wait_for(re.escape(FRAME_END))
                terminal.process.send_signal(number)
                if number == signal.SIGINT:
                    terminal.wait_for(b"Finishing queued tasks: Ctrl.C again cancels them")
                    os.write(terminal.master, b"\003")  # the key: the whole group gets it, the workers too
                self.assertEqual(terminal.finish(), -number)
                self.assertGreater(terminal.written.rindex(SHOW), terminal.written.rindex(HIDE))

    def test_keys_that_whoever_started_it_ignores_do_nothing(self):
        with Terminal(*REQUESTS, ignored=(signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP)) as terminal:
            terminal.wait_for(re.escape(FRAME_END))
            os.write(terminal.master, b"\003\034\032")
            self.assertEqual(terminal.finish(), 0)
            self.assertNotIn(b"Finishing queued tasks", terminal.written)

    def test_tells_what_waits(self):
        with Terminal(*FOREVER) as terminal:
            terminal.wait_for(b"producer waiting")
            terminal.wait_for(rb"Queue 5 of 5")

    def test_tells_what_is_overdue(self):
        # Tried again and again: a glance that comes too late finds the next attempt.
        with Terminal("hang", "--set", "tasks=1", "--set", "task=1", "--set", "how=deaf", "--backend", "processes", "--timeout", "0.1",
                      "--retries", "50") as terminal:
            terminal.wait_for(rb"overdue.* task 1")

    def test_fits_a_terminal_that_changes_its_size(self):
        with Terminal(*FOREVER[:-3], "12", "--queue", "5", columns=120, rows=40) as terminal:
            terminal.wait_for(b"Process 12")
            terminal.resize(50, 12)
            os.kill(terminal.process.pid, signal.SIGWINCH)
            start = len(terminal.written)
            terminal.wait_for(rb"and \d+ more", start)
            # what was drawn before it knew may still come
            terminal.wait_for_frame(lambda frame: "more" in frame and len(frame.split("\n")) <= 10 and max(map(len, frame.split("\n"))) <= 50)

    def test_draws_with_ascii_where_the_locale_knows_no_more(self):
        with Terminal(*REQUESTS, LC_ALL="C", LANGUAGE="") as terminal:
            self.assertEqual(terminal.finish(), 0)
            self.assertIn(b"Thread 1", terminal.written)
            self.assertEqual([byte for byte in terminal.written if byte > 0x7e], [])

    def test_has_no_colours_where_they_are_not_wanted(self):
        with Terminal(*REQUESTS, NO_COLOR="1") as terminal:
            self.assertEqual(terminal.finish(), 0)
            self.assertIn(b"Thread 1", terminal.written)
            self.assertEqual([match for match in CSI.findall(terminal.written) if match[1] == b"m"], [])

    def test_is_left_out_where_it_is_not_wanted(self):
        for extra, more in ((["--no-live"], {}), ([], {"TERM": "dumb"})):
            with self.subTest(extra=extra, more=more), Terminal(*REQUESTS, *extra, **more) as terminal:
                self.assertEqual(terminal.finish(), 0)
                self.assertNotIn(b"\033", terminal.written)

    def test_goes_to_standard_error_while_results_go_into_a_pipe(self):
        with Terminal(*REQUESTS[:3], "--set", "requests=10", *REQUESTS[5:], "--format", "jsonl", only_stderr=True) as terminal:
            self.assertEqual(terminal.finish(), 0)
            output = terminal.process.stdout.read()
            self.assertEqual(output.count(b'"type":"task"'), 10)
            self.assertNotIn(b"\033", output)
            self.assertNotIn(b'"type"', terminal.written)

    def test_hands_the_terminal_back_while_it_is_stopped(self):
        with Terminal(*FOREVER) as terminal:
            terminal.wait_for(re.escape(FRAME_END))
            for _ in range(20):
                os.write(terminal.master, b"\032")
                pid, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
                self.assertTrue(os.WIFSTOPPED(status))
                # it stands still: what it has written is there
                terminal.read_what_has_come()
                self.assertGreater(terminal.written.rfind(SHOW), terminal.written.rfind(HIDE))
                start = len(terminal.written)
                os.killpg(pid, signal.SIGCONT)
                terminal.wait_for(re.escape(HIDE), start)


run_tests()
