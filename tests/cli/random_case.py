# SPDX-License-Identifier: GPL-3.0-or-later
"""What a random run of heddle-cli is: its command line, and what happens to it meanwhile. All of it follows from one seed."""
import dataclasses
import random
import signal

# Backends that a workload may be asked to run on are those that it names; the parameters are kept small, so that a run takes tenths of a second.
WAIT = ("0", "0.001", "0.01", "0.05", "0.1")


def whole(low, high):
    return lambda rng: str(rng.choice((low, high, rng.randint(low, high))))


def one_of(*values):
    return lambda rng: rng.choice(values)


SWITCH = one_of("on", "off")
SECONDS = one_of(*WAIT)
SEED = whole(0, 1000)

PARAMETERS = {
    "checksum-files": {"folder": one_of("/usr/share/doc/bash", "/etc/apt", "/nonexistent", "/etc/passwd", "/usr/share/zoneinfo/Europe", "/proc/sys/kernel")},
    "numbers-and-letters": {"numbers": whole(1, 20), "letters": whole(1, 26), "seconds": SECONDS},
    "handle-requests": {"requests": whole(1, 60), "seconds": SECONDS},
    "start-and-join": {"tasks": whole(1, 20), "seconds": SECONDS},
    "square-and-cube": {"num": whole(0, 2000000)},
    "preemptive-or-cooperative": {"mode": one_of("preemptive", "cooperative"), "jobs": whole(2, 6), "rounds": whole(1, 6), "work": whole(0, 5),
                                  "forget-to-yield": SWITCH, "one-processor": SWITCH},
    "factorials": {"n": whole(1, 300), "rounds": whole(1, 3)},
    "squares": {"n": one_of("1", "10", "1000", "20000")},
    "results-through-a-queue": {"tasks": whole(1, 20), "seconds": SECONDS},
    "ways-to-submit": {"pool": one_of("threads", "processes"), "pool-workers": whole(1, 4), "n": whole(1, 10), "work": whole(0, 2), "own-work": whole(0, 2)},
    "pool-sizes": {"sizes": one_of("2,4", "1", "3,1"), "pool": one_of("threads", "processes"), "n": whole(1, 10), "again": whole(1, 3)},
    "reuse-or-not": {"tasks": whole(1, 20), "work": whole(0, 100), "at-once": whole(1, 4)},
    "adder-and-remover": {"items": whole(1, 30), "min-wait": one_of("0"), "max-wait": SECONDS, "lock": SWITCH, "seed": SEED},
    "counter-race": {"counters": whole(1, 4), "steps": whole(1, 3000), "protection": one_of("none", "mutex", "atomic")},
    "lock": {"tasks": whole(1, 5), "visits": whole(1, 3), "seconds": SECONDS, "how": one_of("wait", "try", "limit", "none")},
    "recursive-lock": {"tasks": whole(1, 4), "depth": whole(1, 5), "seconds": SECONDS, "lock": one_of("recursive", "plain")},
    "condition": {"producers": whole(1, 3), "consumers": whole(1, 3), "items": whole(1, 20), "capacity": whole(1, 5), "make": SECONDS, "use": SECONDS,
                  "again": SWITCH},
    "semaphore": {"tasks": whole(1, 8), "permits": whole(1, 4), "seconds": SECONDS},
    "event": {"runners": whole(1, 5), "delay": SECONDS, "seconds": SECONDS},
    "barrier": {"parties": whole(2, 5), "phases": whole(1, 5), "min-work": one_of("0"), "max-work": SECONDS, "barrier": SWITCH, "seed": SEED},
    "queue": {"producers": whole(1, 3), "consumers": whole(1, 3), "items": whole(1, 30), "capacity": whole(1, 5), "make": SECONDS, "use": SECONDS},
    "readers-and-writers": {"readers": whole(1, 4), "writers": whole(1, 3), "prefer": one_of("readers", "writers"), "seconds": one_of("0.02", "0.1"),
                            "read": SECONDS, "write": SECONDS, "pause": SECONDS, "seed": SEED},
    "pipe": {"megabytes": one_of("0.001", "0.1", "1"), "block": one_of("1000", "65536"), "send-pause": one_of("0"), "receive-pause": one_of("0")},
    "shared-memory": {"tasks": whole(1, 12), "numbers": whole(1, 2000)},
    "manager": {"clients": whole(1, 4), "requests": whole(1, 40)},
    "one-big-lock": {"tasks": whole(1, 4), "seconds": one_of("0.005", "0.02"), "work": one_of("both", "computing", "waiting"), "lock": one_of("both", "off", "on")},
    "exceptions-in-tasks": {"mode": one_of("handled", "future", "queue", "unhandled"), "tasks": whole(1, 20), "every": whole(1, 5), "seconds": SECONDS},
    "crash-a-worker": {"tasks": whole(1, 20), "task": whole(0, 10), "how": one_of("segv", "abort", "kill", "exit"), "attempts": whole(1, 3),
                       "seconds": SECONDS},
    "deadlock": {"scene": one_of("two-locks", "philosophers"), "cure": one_of("none", "order", "try-lock"), "philosophers": whole(2, 5),
                 "rounds": whole(1, 3), "seconds": SECONDS},
    "hang": {"tasks": whole(1, 6), "task": whole(0, 6), "how": one_of("sleeps", "loops", "deaf"), "limit": one_of("0.1", "0.3"), "seconds": SECONDS},
    "starvation": {"scene": one_of("readers", "greedy"), "fair": SWITCH, "others": whole(1, 4), "seconds": one_of("0.02", "0.1"), "hold": whole(1, 5)},
    "costs": {"times": whole(1, 3)},
}

# With a program started for each task these would take minutes beside other programs.
TOO_MANY_PROGRAMS = {"n=20000": "n=400"}

# Usage that is refused before anything is started.
WRONG = (["--workers", "0"], ["--queue", "none"], ["--halt", "sometimes"], ["--set", "no-such=1"], ["--affinity", "4096"], ["--states", "some"], ["--retries", "-1"],
         ["--format", "xml"], ["--backend", "steam"], ["one", "too", "many"])


@dataclasses.dataclass
class Case:
    """What is done. Times are seconds from the start, in the order in which they come."""
    seed: str
    arguments: list
    wrong: bool = False         # the usage is refused
    jsonl: bool = True
    trace: bool = False
    limits: dict = dataclasses.field(default_factory=dict)  # nofile, nproc, fsize or as_: how much
    terminal: tuple = None      # (columns, rows) of the terminal that standard error is
    reading: str = "all"        # how standard output is read: all, slow, or closed (early)
    close_after: int = 0        # bytes, then it is closed
    acts: list = dataclasses.field(default_factory=list)    # (time, what, which)


def goes_with(option, backend):
    return not (option == "--recycle" and backend != "processes" or option == "--affinity" and backend.startswith("main-loop"))


def pick_options(rng, workload, backends):
    arguments = ["run", workload]
    for name, pick in PARAMETERS[workload].items():
        if rng.random() < 0.8 or name in ("seconds", "make", "use", "delay", "min-work", "max-work", "min-wait", "max-wait", "work", "own-work", "limit", "steps", "folder"):
            arguments += ["--set", f"{name}={pick(rng)}"]
    if rng.random() < 0.9:
        arguments += ["--backend", rng.choice(backends)]
    backend = arguments[-1]
    if backend == "process-per-task":
        arguments = [TOO_MANY_PROGRAMS.get(argument, argument) for argument in arguments]
    for option, chance, pick in (
            ("--workers", 0.6, whole(1, 6)), ("--queue", 0.3, one_of("1", "2", "64", "1000")), ("--prefetch", 0.2, one_of("1", "8", "4096")),
            ("--retries", 0.3, whole(1, 3)), ("--timeout", 0.2, one_of("0.1", "0.3", "5")),
            ("--halt", 0.2, one_of("soon,fail=1", "now,fail=1", "soon,fail=20%", "now,fail=3", "never")), ("--recycle", 0.15, whole(1, 20)),
            ("--nice", 0.15, one_of("0", "7", "19", "idle")), ("--affinity", 0.15, one_of("0", "spread")), ("--states", 0.2, one_of("exact", "counted", "none"))):
        if rng.random() < chance and (goes_with(option, backend) or rng.random() < 0.05):
            arguments += [option, pick(rng)]
    return arguments


def pick_acts(rng):
    """Signals to the host and to workers, and where they may run; a process that is stopped goes on again."""
    acts, time = [], 0.0
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3, 5))):
        time += rng.choice((0, 0.005, rng.uniform(0, 0.03), rng.uniform(0, 0.1)))
        what = rng.choice(("host", "kill", "kill", "stop", "stop-host", "affinity", "affinity", "window"))
        if what == "host":
            acts.append((time, "signal", rng.choice((signal.SIGINT, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL))))
        elif what == "kill":
            acts.append((time, "signal-worker", rng.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGINT))))
        elif what.startswith("stop"):
            who = "signal" if what == "stop-host" else "signal-worker"
            acts += [(time, who, signal.SIGSTOP), (time + rng.uniform(0, 0.2), "signal" if what == "stop-host" else "go-on", signal.SIGCONT)]
        else:
            acts.append((time, what, rng.randrange(1 << 16)))
    return sorted(acts, key=lambda act: act[0])


def make_case(seed, backends_of):
    """The case of this seed (text); @backends_of: the backends that each workload names."""
    rng = random.Random(seed)
    workload = rng.choice(sorted(PARAMETERS))
    case = Case(seed, pick_options(rng, workload, backends_of[workload]))
    if rng.random() < 0.03:
        case.wrong = True
        case.arguments += rng.choice(WRONG)
        return case
    case.jsonl = rng.random() < 0.8
    if case.jsonl:
        case.arguments += ["--format", "jsonl"]
    case.trace = rng.random() < 0.15
    if rng.random() < 0.2:
        case.terminal = (rng.choice((0, 1, 2, 20, 80, 500)), rng.choice((0, 1, 2, 5, 24, 200)))
    elif rng.random() < 0.2:
        name = rng.choice(("nofile", "nproc", "fsize", "as_"))
        case.limits[name] = {"nofile": rng.randint(4, 60), "nproc": rng.randint(1, 12), "fsize": rng.choice((0, 1, 1024)),
                             "as_": rng.randint(24, 400) << 20}[name]
    if rng.random() < 0.2:
        case.reading = rng.choice(("slow", "slow", "closed"))
        case.close_after = rng.choice((0, 1, 500, 20000))
    if rng.random() < 0.75:
        case.acts = pick_acts(rng)
    return case
