# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel says of processes, and how a test ends those that are left. Any of them may go at any moment."""
import ctypes
import os
import re
import signal

PR_SET_CHILD_SUBREAPER = 36


def read_proc(pid, name):
    """A file of /proc/@pid as text, or "" where the process or the thread has gone."""
    try:
        with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def read_stat(pid):
    """(name, state, parent) of a process, or None where it has gone."""
    found = re.match(r"\d+ \((.*)\) (\S+) (\d+)", read_proc(pid, "stat"), re.DOTALL)
    return (found[1], found[2], int(found[3])) if found else None


def state_of(pid):
    """The letter that the kernel gives its state, or "" where there is none of this number."""
    stat = read_stat(pid)
    return stat[1] if stat else ""


def is_gone(pid):
    """Whether the process has ended; one that waits to be reaped by its parent has."""
    return state_of(pid) in ("", "Z", "X")


def children(pid):
    """The process ids of the children of @pid, of all its threads. While others come and go the kernel leaves some out."""
    try:
        threads_of = os.listdir(f"/proc/{pid}/task")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for thread in threads_of for child in read_proc(pid, f"task/{thread}/children").split()]


def threads(pid):
    """The names of the threads of @pid."""
    names = [read_proc(pid, f"task/{thread}/comm").strip() for thread in os.listdir(f"/proc/{pid}/task")]
    return [name for name in names if name]


def descendants(pid):
    """{pid: name} of every process below @pid, zombies left out."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := read_stat(entry)) and stat[1] != "Z":
            parents[int(entry)] = (stat[2], stat[0])
    found, grown = {}, True
    while grown:
        new = {child: name for child, (parent, name) in parents.items()
               if child not in found and (parent == pid or parent in found)}
        found.update(new)
        grown = bool(new)
    return found


def adopt_orphans():
    """From now on a process below this one whose parent ends becomes a child of this one."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def signal_descendants(sign):
    """Sends a signal to every process below this one."""
    for pid in descendants(os.getpid()):
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            pass


def end_descendants():
    """Kills and reaps every process below this one, also those that come to it meanwhile."""
    while descendants(os.getpid()):
        signal_descendants(signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return
