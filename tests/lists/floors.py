#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A floor includes only itself and the floors below it, and the lower four know no GTK."""
import re

import tree

BELOW = {
    "trace": set(),
    "measure": {"trace"},
    "engine": {"trace", "measure"},
    "workloads": {"trace", "measure", "engine"},
    "charts": {"trace", "measure", "engine", "workloads"},
    "app": {"trace", "measure", "engine", "workloads", "charts"},
    "cli": {"trace", "measure", "engine", "workloads"},
}
WITHOUT_GTK = {"trace", "measure", "engine", "workloads", "cli"}

faults = []
sources = tree.files("src/*/*.c", "src/*/*.h")
for source in sources:
    floor = source.parts[1]
    if floor not in BELOW:
        faults.append(f"{source}: {floor} is no floor")
        continue
    for number, line in enumerate(tree.text(source).splitlines(), 1):
        ours = re.match(r'\s*#\s*include\s+"([^/"]+)/', line)
        if ours and ours[1] in BELOW and ours[1] != floor and ours[1] not in BELOW[floor]:
            faults.append(f"{source}:{number}: {floor} may not include {ours[1]}")
        if floor in WITHOUT_GTK and re.match(r"\s*#\s*include\s+<(gtk|gdk|gsk|adwaita|pango|cairo)", line):
            faults.append(f"{source}:{number}: {floor} may not include GTK")
tree.report("floors", len(sources), faults)
