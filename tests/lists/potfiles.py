#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""po/POTFILES names every file with text to translate, and no other; in order."""
import re

import tree

MARKED = re.compile(r"(?<![\w])(_|N_|Q_|C_|NC_|g?d?n?p?gettext|g_dngettext) ?\(\s*(\"|[^)]*,\s*\")")

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)

marked = {str(path) for path in tree.below("src", "*.c", "*.h") if MARKED.search(COMMENT.sub("", tree.text(path)))}
marked |= {str(path) for path in tree.below("ui", "*.ui") if 'translatable="' in tree.text(path)}
marked |= {str(path) for path in tree.files("data/*.in") if not path.match("*.service.in")}
marked |= {str(path) for path in tree.files("data/*.gschema.xml")}
# xgettext ends a text at a macro it does not know; it knows PRIu64 and its like.
CUT = re.compile(r'(?<![\w])N?_ ?\((?:\s*"(?:[^"\\]|\\.)*"(?: PRI\w+)?)*\s*(?!PRI)([A-Z]\w*)')
cut = [f"{path}: a text to translate is cut off at {found[1]}"
       for path in tree.below("src", "*.c", "*.h") for found in CUT.finditer(COMMENT.sub("", tree.text(path)))]
listed = [line for line in tree.text("po/POTFILES").splitlines() if line and not line.startswith("#")]
faults = [f"{path}: has text to translate, but is not in po/POTFILES" for path in sorted(marked - set(listed))]
faults += [f"{path}: is in po/POTFILES, but has no text to translate" for path in sorted(set(listed) - marked)]
faults += cut
if listed != sorted(listed):
    faults.append("po/POTFILES: not in alphabetical order")
tree.report("files to translate", len(marked), faults)
