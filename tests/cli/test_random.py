#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random runs of heddle-cli: any workload, any options, and what may happen to a program meanwhile. Nothing is known of what comes out, but
that it ends, says so by its exit status, that its numbers add up, and that no process is left.

    test_random.py [--part I N] [--seed SEED] [--cases N] [--at-once N] [--only NUMBER] [--show]

SEED is another one each time, and is printed; HEDDLE_TEST_SEED and HEDDLE_TEST_ROUNDS in the environment do as --seed and --cases do.
"""
import argparse
import collections
import fcntl
import json
import os
import pty
import random
import re
import resource
import select
import shlex
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import termios
import time
import traceback

from program import CLI, PATIENCE, SANITIZED, adopt_orphans, call, children, environment, parse, read_proc, state_of
from random_case import make_case

NOBODY = 65534
LIMITS = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC, "fsize": resource.RLIMIT_FSIZE, "as_": resource.RLIMIT_AS}
POLITE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
READER_WENT = 141  # the manual's number for a pipe that nobody reads any more
FIRST_WORKER = 0.3  # seconds for which a signal to a worker waits for one to come
# What a program of GLib's ends with that gets no memory, or no thread, at all; 127: not even its libraries could be loaded.
OUT_OF_MEMORY = {127, -signal.SIGTRAP, -signal.SIGABRT, -signal.SIGSEGV}
COMPLAINTS = re.compile(rb"Sanitizer|runtime error:|(WARNING|CRITICAL|ERROR) \*\*|Assertion|double free|corrupt(ed|ion)|stack smashing|free\(\): ")


class Fault(Exception):
    """What is not as it must be."""


def check(holds, what, *more):
    if not holds:
        raise Fault(f"{what}: {', '.join(map(repr, more))}"[:3000])


class Trial:
    """One case while it goes on. In a process of its own, which adopts whatever the case leaves."""

    def __init__(self, case):
        self.case = case
        self.sent = collections.Counter()
        self.stopped = set()
        self.out, self.err = b"", b""
        self.rng = random.Random(case.seed + "/acts")
        self.folder = tempfile.mkdtemp(prefix="heddle-random-")
        self.closed = False

    def start(self):
        os.chmod(self.folder, 0o777)
        arguments = [*self.case.arguments]
        if self.case.trace:
            arguments += ["--trace", os.path.join(self.folder, "trace.json")]
        self.master = slave = None
        if self.case.terminal is not None:
            self.master, slave = pty.openpty()
            self.resize(*self.case.terminal)
        self.process = subprocess.Popen([CLI, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE if slave is None else slave, start_new_session=True, preexec_fn=self.limit,
                                        env=environment(TERM="xterm-256color"))
        if slave is not None:
            os.close(slave)
        self.error_fd = self.master if slave is not None else self.process.stderr.fileno()
        self.began = time.monotonic()

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def limit(self):
        """In the child, before it becomes the program."""
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for name, value in self.case.limits.items():
            resource.setrlimit(LIMITS[name], (value, value))
        if "nproc" in self.case.limits and os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)

    def workers(self):
        """Its worker processes and managers. A sanitizer has a child of its own, of the same name as the program."""
        return [pid for pid in children(self.process.pid) if read_proc(pid, "comm").strip() not in ("heddle-cli", "")]

    def act(self, what, which):
        pids = self.workers()
        victim = self.rng.choice(pids) if pids else None
        try:
            if what == "signal":
                self.process.send_signal(which)
                self.sent[which] += 1
            elif what == "signal-worker" and victim is not None:
                if which == signal.SIGSTOP:
                    self.stopped.add(victim)
                os.kill(victim, which)
                self.sent["worker"] += 1
            elif what == "go-on":
                self.go_on()
            elif what == "affinity":
                allowed = sorted(os.sched_getaffinity(0))
                os.sched_setaffinity(victim if victim is not None and which & 1 else self.process.pid, {allowed[which % len(allowed)]})
            elif what == "window" and self.master is not None:
                self.resize(which % 300, which // 300)
                self.process.send_signal(signal.SIGWINCH)
        except (ProcessLookupError, PermissionError):
            pass  # it has ended meanwhile

    def go_on(self):
        """All workers that were stopped. Those that still are its children and those that have come to us meanwhile; not the children
        that the kernel lists, which leaves some out while others come and go."""
        for pid in self.stopped:
            try:
                parent = int(read_proc(pid, "stat").rpartition(")")[2].split()[1])
            except IndexError:
                continue  # it has ended
            if parent in (self.process.pid, os.getpid()):
                try:
                    os.kill(pid, signal.SIGCONT)
                except ProcessLookupError:
                    pass
        self.stopped.clear()

    def read(self, timeout):
        """Reads what comes in so many seconds. Returns whether there is anything left to read from."""
        fds = [fd for fd in (self.error_fd, None if self.closed else self.process.stdout.fileno()) if fd is not None]
        if not fds:
            return False
        for fd in select.select(fds, [], [], timeout)[0]:
            slow = self.case.reading == "slow" and fd != self.error_fd and time.monotonic() < self.began + 1
            try:
                data = os.read(fd, 200 if slow else 65536)
            except OSError:
                data = b""  # the last program that had the terminal has ended
            if fd == self.error_fd:
                self.err += data
                self.error_fd = self.error_fd if data else None
            else:
                self.out += data
                early = self.case.reading == "closed" and len(self.out) >= self.case.close_after
                if early or not data:
                    self.process.stdout.close()
                    self.closed = True
                    self.sent["close"] += early
                if slow:
                    time.sleep(0.002)
        return True

    def play(self):
        """To its end, which may take as long as it still tells something."""
        acts = list(self.case.acts)
        told, last_told = 0, self.began
        going = True
        while going or self.process.poll() is None:
            now = time.monotonic() - self.began
            while acts and acts[0][0] <= now:
                over = self.process.poll() is not None
                if acts[0][1] == "signal-worker" and not over and now < acts[0][0] + FIRST_WORKER and not self.workers():
                    break  # there is nobody yet
                _, what, which = acts.pop(0)
                if what == "go-on" or not over:  # whoever was stopped goes on also when the program has ended
                    self.act(what, which)
            wait = min([0.05] + [max(0.001, act[0] - now) for act in acts[:1]])
            going = self.read(wait)
            if not going:
                time.sleep(min(wait, 0.01))
            if len(self.out) > told:
                told, last_told = len(self.out), time.monotonic()
            check(time.monotonic() < last_told + PATIENCE * (4 if SANITIZED else 1), "it does not end", self.out[-300:], self.err[-300:], self.tree())
        self.go_on()  # none is left stopped; what it does then it has to do by itself
        return self.process.returncode

    def tree(self):
        """What it and its children are at, for a message."""
        pids = [self.process.pid, *children(self.process.pid), *children(os.getpid())]
        return [f"{pid} {read_proc(pid, 'comm').strip()} {state_of(pid)}: {read_proc(pid, 'wchan')}" for pid in pids]

    def see_nobody_left(self):
        """Whoever is left comes to us. Some are killed by the kernel with their parent, which takes a moment."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    check(time.monotonic() < deadline, "a process is left", {pid: read_proc(pid, "cmdline") for pid in children(os.getpid())})
                    time.sleep(0.005)
            except ChildProcessError:
                return

    def clean(self):
        for _ in range(100):  # those that are adopted when others end, too
            for pid in [self.process.pid, *children(os.getpid())]:
                try:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                except (ProcessLookupError, ChildProcessError):
                    pass
            if not children(os.getpid()):
                break
        shutil.rmtree(self.folder, ignore_errors=True)


def allowed_statuses(trial):
    """Those that the manual names for what has happened. Signals that ask it to end are what it dies of, by one of them if there were several."""
    allowed = {0, 1} | {-number for number in (*POLITE, signal.SIGKILL) if trial.sent[number]}
    if trial.sent["close"]:
        allowed.add(READER_WENT)
    if trial.case.limits.keys() & {"as_"}:
        allowed |= OUT_OF_MEMORY
    if trial.case.limits:
        allowed.add(2)  # what is refused by the system before anything is started
    if any(argument.startswith("folder=/") for argument in trial.case.arguments):
        allowed.add(2)  # some are none
    if b"Try: heddle-cli run --help" in trial.err and trial.out == b"":
        allowed.add(2)  # options that do not go together
    return {2} if trial.case.wrong else allowed


def was_cut(trial, status):
    """Whether the program was left before it could say all."""
    polite = sum(trial.sent[number] for number in POLITE)
    return (status in (2, -signal.SIGKILL, READER_WENT) or trial.sent["close"] > 0 or polite > 1
            or ("as_" in trial.case.limits and status in OUT_OF_MEMORY))


def check_status(trial, status, summary):
    """That the exit status says what the sums say, which have been told."""
    reasons = b"heddle-cli: " in trial.err
    if status == 0:
        check(summary["done"] == summary["submitted"], "status 0, and not all are done", summary)
    elif status == 1:
        check(summary["done"] != summary["submitted"] or reasons, "status 1, and all are done", summary, trial.err[-1500:])
    if status in (0, 1) and summary["cancelled"] > 0:
        # who sent a signal learns that it was heeded
        check(summary["halted"] or reasons, "tasks were cancelled, and nothing says why", status, summary, trial.err[-1500:])


def check_whole_lines(output):
    """What holds also for the beginning of an export."""
    lines = [json.loads(line) for line in output.split(b"\n")[:-1]]
    ids = [line["id"] for line in lines if line["type"] == "task"]
    check(len(ids) == len(set(ids)), "a task ended twice", ids)
    return lines


def check_text(trial, status):
    """The line of sums."""
    told = re.findall(r"^([\d\s\u202f]+) tasks?: (.*)$", re.sub(r"(\x1b\[[?0-9;]*[A-Za-z]|\r)+", "\n", trial.err.decode(errors="replace")), re.MULTILINE)
    if not told:
        check(was_cut(trial, status) or status != 0, "no line of sums", trial.err[-500:])
        return
    total, parts = told[-1]
    counts = [int(re.sub(r"\D", "", n)) for n in re.findall(r"([\d\u202f]+(?:\s\d{3})*) (?:done|failed|cancelled|lost)\b", parts)]
    check(sum(counts) == int(re.sub(r"\D", "", total)), "the sums do not add up", told[-1])


def check_output(trial, status):
    if trial.case.wrong:
        check(trial.out == b"" and b"heddle-cli" in trial.err, "bad usage, and no word of it", trial.out[:300], trial.err[:300])
    elif not trial.case.jsonl:
        check_text(trial, status)
    elif trial.out.endswith(b"}\n") and b'"type":"run"' in trial.out[trial.out.rstrip(b"\n").rfind(b"\n") + 1:]:
        try:
            lines = parse(trial.out)
        except AssertionError as error:
            raise Fault(f"what it wrote is wrong: {error}"[:3000]) from error
        check_status(trial, status, lines.run)
    else:
        check_whole_lines(trial.out)
        # a signal that came before it could wait for one; a run that could not be started says why
        unstarted = trial.out == b"" and (status < 0 or b"heddle-cli: " in trial.err)
        check(was_cut(trial, status) or unstarted, "it has not told all", status, trial.out[-300:], trial.err[-300:])
    if trial.case.trace and not was_cut(trial, status) and status in (0, 1, *(-number for number in POLITE)) and "fsize" not in trial.case.limits:
        path = os.path.join(trial.folder, "trace.json")
        if os.path.exists(path) and os.path.getsize(path) > 0:
            with open(path, encoding="utf-8") as file:
                json.load(file)
        else:
            check(status != 0, "no trace")


def try_case(case):
    """Returns what came out: "ok" and the exit status, or what is wrong."""
    adopt_orphans()
    trial = Trial(case)
    try:
        trial.start()
    except BlockingIOError:
        shutil.rmtree(trial.folder)
        return "ok no process at all"  # that user has as many as the case allows, of other cases
    try:
        status = trial.play()
        trial.see_nobody_left()
        check(status in allowed_statuses(trial), "an exit status that nothing explains", status, trial.sent, trial.err[-1500:])
        complaint = COMPLAINTS.search(trial.err)
        check(complaint is None or (status in OUT_OF_MEMORY and "as_" in case.limits), "it complains", trial.err[-3000:])
        check_output(trial, status)
    except Fault as fault:
        return f"{fault}\n  sent: {dict(trial.sent)}"
    finally:
        trial.clean()
    return f"ok {status}" + (", a worker was hurt" if trial.sent["worker"] else "")


def fork_case(case):
    """Starts a case in a process of its own. Returns its process id and where it will tell what is wrong."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid != 0:
        os.close(writing)
        return pid, reading
    os.close(reading)
    try:
        told = try_case(case)
    except BaseException:  # a fault of this test is one, too
        told = traceback.format_exc()
    os.write(writing, told.encode(errors="replace")[:60000])
    os._exit(0)


def tell(case, number, options, what):
    print(f"NOT OK {number}: {what}\n  {case}")
    again = ["python3", os.path.abspath(__file__), "--seed", options.seed, "--only", str(number)]
    names = ("HEDDLE_CLI", "HEDDLE_WORKER", "HEDDLE_SANITIZED")
    print("  again:", *(f"{name}={shlex.quote(os.environ[name])}" for name in names if name in os.environ), shlex.join(again), flush=True)


def get_backends():
    listed = json.loads(call("list", "--format", "json").stdout)
    return {workload["id"]: [backend["id"] if isinstance(backend, dict) else backend for backend in workload["backends"]] for workload in listed}


def may_be_nobody():
    """Whether that user may execute the programs: for limits of processes, which root does not heed."""
    for path in (CLI, os.environ.get("HEDDLE_WORKER", CLI)):
        path = os.path.realpath(path)
        while path != "/":
            if not os.stat(path).st_mode & stat.S_IXOTH:
                return False
            path = os.path.dirname(path)
    return True


def can_write_nothing():
    """Whether the program starts at all where it may write no file: the thread sanitizer writes one before main()."""
    return call("--version", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)), restore_signals=True).returncode == 0


def run_cases(options):
    backends_of = get_backends()
    frugal = not SANITIZED or can_write_nothing()
    nobody = os.geteuid() != 0 or may_be_nobody()
    waiting = [options.only] if options.only is not None else list(range(options.cases))
    going, n_wrong, came_out, started = {}, 0, collections.Counter(), time.monotonic()
    while waiting or going:
        while waiting and len(going) < options.at_once:
            number = waiting.pop(0)
            case = make_case(f"{options.seed}/{number}", backends_of)
            limit = next(iter(case.limits), None)
            # a sanitizer wants the whole address space, and at the end a process to look for leaks
            forbidden = SANITIZED and limit in ("as_", "nproc")
            if forbidden or (limit == "nproc" and not nobody) or (limit == "fsize" and not frugal):
                case.limits.clear()
            if SANITIZED:  # it would take a signal from outside for a fault of the program
                case.acts = [tuple(signal.SIGKILL if part == signal.SIGSEGV else part for part in act) for act in case.acts]
            if options.show:
                print(number, case, flush=True)
            pid, fd = fork_case(case)
            going[fd] = (pid, number, case)
        for fd in select.select(list(going), [], [])[0]:
            pid, number, case = going.pop(fd)
            with os.fdopen(fd, "rb") as file:
                what = file.read().decode(errors="replace")
            os.waitpid(pid, 0)
            if what.startswith("ok "):
                came_out[what[3:]] += 1
            else:
                n_wrong += 1
                tell(case, number, options, what)
    for what, n in came_out.most_common():
        print(f"{n:6} ended with {what}")
    print(f"{n_wrong + came_out.total()} runs, {n_wrong} not as they must be, in {time.monotonic() - started:.1f} s")
    return n_wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", default=os.environ.get("HEDDLE_TEST_SEED", str(random.SystemRandom().randrange(10 ** 9))))
    parser.add_argument("--cases", type=int, default=int(os.environ.get("HEDDLE_TEST_ROUNDS", "40" if SANITIZED else "250")))
    parser.add_argument("--part", type=int, nargs=2, default=(1, 1), metavar=("I", "N"), help="one in N of the cases; all differ with the seed")
    parser.add_argument("--at-once", type=int, default=3 * len(os.sched_getaffinity(0)))
    parser.add_argument("--only", type=int, help="the case of this number alone")
    parser.add_argument("--show", action="store_true", help="say what each case is")
    options = parser.parse_args()
    options.cases = max(1, options.cases // options.part[1])
    print(f"HEDDLE_TEST_SEED={options.seed}", flush=True)
    sys.exit(1 if run_cases(options) else 0)


if __name__ == "__main__":
    main()
