#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every .ui file is in the gresource list, which names nothing else.

It is loaded by the .c file of its name in the same folder of src/app.
"""
import re

import tree

# Loaded by GtkApplication itself, by this very name.
LOADED_BY_GTK = {"help-overlay"}

templates = tree.below("ui", "*.ui")
listed = {}
for resources in tree.files("*.gresource.xml"):
    for name in re.findall(r"<file[^>]*>([^<]+)</file>", tree.text(resources)):
        listed[(resources.parent / name)] = resources
faults = [f"{path}: listed in {listed[path]}, but not there" for path in listed if not (tree.ROOT / path).is_file()]
for template in templates:
    inside = template.relative_to("ui")
    source = "src" / ("app" / inside).with_suffix(".c")
    if template not in listed:
        faults.append(f"{template}: in no gresource list")
    if template.stem in LOADED_BY_GTK:
        continue
    if not (tree.ROOT / source).is_file():
        faults.append(f"{template}: there is no {source}")
    elif f"/ui/{inside}\"" not in tree.text(source):
        faults.append(f"{template}: {source} does not load it")
tree.report("templates", len(templates), faults)
