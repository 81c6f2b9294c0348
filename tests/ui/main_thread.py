# SPDX-License-Identifier: GPL-3.0-or-later
"""What the main thread of a program waits in, seen from outside."""
import pathlib
import threading
import time

from accessible import POLL, wait_for


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
