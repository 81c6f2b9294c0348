#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What src/base is there for is done nowhere else in src: each of these stands in one file."""
import re

import tree

# {what code does it with: the file that does it}
ONLY_IN = {
    r"\bSYS_futex\b": "src/base/futex.c",
    r"\bposix_spawnp? \(": "src/base/program.c",
    r"\bF_DUPFD": "src/base/descriptor.c",
    r"\bpthread_condattr_setclock\b|\bpthread_cond_timedwait\b": "src/base/futex.c",
    r"%s (KiB|µs)": "src/base/format.c",
    r"\\xe2\\x80\\xaf|\\342\\200\\257": "src/base/format.c",
    r"whole number from %u": "src/base/parse.c",
    r"\"u00\"|\\\\u%04x": "src/base/json.c",
}

sources = [path for path in tree.files("*.c", "*.h") if path.parts[0] == "src"]
faults = []
for path in sources:
    for number, line in enumerate(tree.text(path).splitlines(), 1):
        faults += [f"{path}:{number}: {file} has that: {line.strip()[:100]}"
                   for pattern, file in ONLY_IN.items() if str(path) != file and re.search(pattern, line)]
for pattern, file in ONLY_IN.items():
    if not re.search(pattern, tree.text(tree.pathlib.PurePath(file))):
        faults.append(f"{file}: nothing there is {pattern}")
tree.report("one of each", len(sources), faults)
