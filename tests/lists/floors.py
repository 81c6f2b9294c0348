#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A floor (src/FLOOR) and a room (src/FLOOR/ROOM) include and call only what stands below them.

Calls are checked as well as includes, since a header in one room can declare what a file in another
one defines. Every identifier that names a public function counts as a call: also one that is only
handed on, as a callback. So does one that names public data. Most floors know no GTK.
"""
import re

import tree

BELOW = {
    "base": set(),
    "trace": {"base"},
    "measure": {"base", "trace"},
    "engine": {"base", "trace", "measure"},
    "batch": {"base", "trace", "measure", "engine"},
    "workloads": {"base", "trace", "measure", "engine"},
    "history": {"base", "trace", "measure", "engine"},
    "charts": {"base", "trace", "measure", "engine", "workloads"},
    "app": {"base", "trace", "measure", "engine", "batch", "history", "workloads", "charts"},
    "cli": {"base", "trace", "measure", "engine", "batch", "history", "workloads"},
}
# {floor: its rooms from the ground up}. What lies in the floor's own folder stands above them.
ROOMS = {
    "engine": ["model", "queue", "task", "sync", "worker", "collect", "pools",
               "pools/command", "pools/process", "run"],
    "app": ["widgets/a11y", "widgets/container", "widgets/table", "widgets", "model",
            "run/settings", "run/tables", "run/monitor", "run"],
}
# {floor or room: the only floors that it may use}, where that is less than its floor may.
# It holds for the rooms inside, too.
ONLY = {
    "app/widgets": {"base"},
}
# {data that is defined above who names it: the files that may name it (none: all), and why}
UPWARDS = {
    "heddle_backends": ((), "the list of all backends, which the pools fill and everybody may read"),
    "heddle_process_pool_class": (("src/engine/pools/backends.c",), "a row of that list"),
    "heddle_process_per_task_class": (("src/engine/pools/backends.c",), "a row of that list"),
    "heddle_command_pool_class": (("src/engine/pools/backends.c",), "a row of that list"),
    "heddle_isolated_pool_class": (("src/engine/pools/thread-pool.c",),
                                   "what a backend of threads is for workloads that may crash"),
}
# Floors and rooms, with the rooms inside.
WITHOUT_GTK = {"base", "trace", "measure", "engine", "batch", "history", "workloads", "cli", "app/model"}

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"')
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
GTK = re.compile(r"^\s*#\s*include\s+<(gtk|gdk|gsk|adwaita|pango|cairo)")
# A definition: the name stands in the first column, its return type in the line above.
DEFINITION = re.compile(r"^(?!static\b)[\w].*\n(heddle_\w+) \(", re.MULTILINE)
DATA = re.compile(r"^(?!static\b|extern\b|typedef\b)[A-Za-z_][\w \*]*?"
                  r"(heddle_\w+)(?:\[[^\]]*\])? *(?:=|;)", re.MULTILINE)
TYPE = re.compile(r"\bG_DEFINE_\w+ \((?:Heddle\w+), (heddle_\w+),")
NAME = re.compile(r"\bheddle_\w+")


def place_of(path):
    """The floor of a file and its room there: "" for the floor's own folder."""
    return path.parts[1], "/".join(path.parts[2:-1])


def named(floor, room):
    return f"{floor}/{room}" if room else floor


def around(floor, room):
    """The room, the rooms that it lies in, and the floor."""
    parts = [floor, *(room.split("/") if room else [])]
    return ["/".join(parts[:n]) for n in range(len(parts), 0, -1)]


def height(floor, room):
    rooms = ROOMS.get(floor, [])
    return rooms.index(room) if room in rooms else len(rooms)


def may_use(mine, other):
    """Whether @mine may include and call what lies in @other: a floor and a room each."""
    if mine[0] == other[0]:
        return height(*mine) >= height(*other)
    only = next((ONLY[name] for name in around(*mine) if name in ONLY), BELOW[mine[0]])
    return other[0] in only


def without_comments(text):
    return COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)


def includes(path, text):
    mine = place_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        ours = INCLUDE.match(line)
        if ours and ours[1].split("/")[0] in BELOW:
            other = place_of(tree.pathlib.PurePath("src", ours[1]))
            if not may_use(mine, other):
                yield f"{path}:{number}: {named(*mine)} may not include {named(*other)}"
        if GTK.match(line) and any(name in WITHOUT_GTK for name in around(*mine)):
            yield f"{path}:{number}: {named(*mine)} may not include GTK"


def definitions(path, text):
    yield from DEFINITION.findall(text)
    yield from DATA.findall(text)
    yield from (f"{name}_get_type" for name in TYPE.findall(text))


def excepted(path, name):
    files = UPWARDS.get(name, (None,))[0]
    return files is not None and (not files or str(path) in files)


def calls(path, text, defined):
    mine = place_of(path)
    for number, line in enumerate(LITERAL.sub('""', text).splitlines(), 1):
        for name in NAME.findall(line):
            # two programs may each have a function of this name
            if name not in defined or excepted(path, name):
                continue
            if not any(may_use(mine, place_of(other)) for other in defined[name]):
                yield f"{path}:{number}: {named(*mine)} may not use {name} of {defined[name][0]}"


sources = {}
faults = []
for path in tree.below("src", "*.c", "*.h"):
    floor, room = place_of(path)
    if floor not in BELOW:
        faults.append(f"{path}: {floor} is no floor")
    elif room and room not in ROOMS.get(floor, []):
        faults.append(f"{path}: {room} is no room of {floor}")
    else:
        sources[path] = without_comments(tree.text(path))
for floor, rooms in ROOMS.items():
    faults += [f"there is no src/{floor}/{room}" for room in rooms
               if not any(place_of(path) == (floor, room) for path in sources)]
defined = {}
for path, text in sources.items():
    if path.suffix == ".c":
        for name in definitions(path, text):
            defined.setdefault(name, []).append(path)
for path, text in sources.items():
    faults += includes(path, text)
    faults += calls(path, text, defined)
faults += [f"{name} is not defined: no exception is needed" for name in UPWARDS if name not in defined]
if len(defined) < len(sources):
    faults.append(f"only {len(defined)} definitions found in {len(sources)} files")
tree.report("floors", len(sources), faults)
