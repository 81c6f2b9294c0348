#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every .c file is built: its name stands in the meson.build of its folder."""
import tree

sources = tree.files("*.c")
faults = []
for source in sources:
    build = source.parent / "meson.build"
    stems = {f"'{source.stem}'", f"'{source.stem.removeprefix('test-')}'"} if source.parts[0] in ("tests", "bench") else set()
    listed = tree.text(build) if (tree.ROOT / build).exists() else ""
    # Tests may be listed by their stem, or by what follows "test-" in it, in a loop that makes a program of each.
    if f"'{source.name}'" not in listed and not any(stem in listed for stem in stems):
        faults.append(f"{source}: not in {build}")
tree.report("sources", len(sources), faults)
