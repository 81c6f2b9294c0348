#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every .c file is built: its name stands in the meson.build of its folder."""
import tree

sources = tree.files("*.c")
faults = []
for source in sources:
    build = source.parent / "meson.build"
    listed = tree.text(build) if (tree.ROOT / build).exists() else ""
    # Tests may be listed by what follows `test-`, in a loop that makes a program of each.
    names = {source.name}
    if source.parts[0] != "src":
        names |= {source.stem, source.stem.removeprefix("test-")}
    if not any(f"'{name}'" in listed for name in names):
        faults.append(f"{source}: not in {build}")
tree.report("sources", len(sources), faults)
