#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs given link no GTK and nothing of a display, neither themselves nor through their libraries."""
import re
import subprocess
import sys

import tree

DISPLAY = re.compile(r"lib(gtk|gdk|gsk|adwaita|X11|xcb|wayland|EGL|GL|cairo|pango)\b", re.IGNORECASE)

faults = []
for program in sys.argv[1:]:
    linked = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    if "libc.so" not in linked:
        faults.append(f"{program}: ldd tells nothing of its libraries")
    faults += [f"{program}: {line.strip()}" for line in linked.splitlines() if DISPLAY.search(line)]
tree.report("programs without GTK", len(sys.argv) - 1, faults)
