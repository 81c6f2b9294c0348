#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every .ui file is in the gresource list and is loaded by the .c file with its base name; the list names nothing else."""
import re

import tree

# Loaded by GtkApplication itself, by this very name.
LOADED_BY_GTK = {"help-overlay"}

templates = tree.files("ui/*.ui")
listed = {}
for resources in tree.files("*.gresource.xml"):
    for name in re.findall(r"<file[^>]*>([^<]+)</file>", tree.text(resources)):
        listed[(resources.parent / name)] = resources
faults = [f"{path}: listed in {listed[path]}, but not there" for path in listed if not (tree.ROOT / path).is_file()]
sources = {source.stem: source for source in tree.files("src/*/*.c")}
for template in templates:
    if template not in listed:
        faults.append(f"{template}: in no gresource list")
    if template.stem in LOADED_BY_GTK:
        continue
    if template.stem not in sources:
        faults.append(f"{template}: there is no {template.stem}.c")
    elif template.name not in tree.text(sources[template.stem]):
        faults.append(f"{template}: {sources[template.stem]} does not load it")
tree.report("templates", len(templates), faults)
