#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No file names a path that exists on one machine only, and none spells as Americans do (CONTRIBUTING.md); what quotes others may."""
import re

import tree

# Put together here, so that this file does not hold them.
MACHINE_PATHS = re.compile("|".join(["/" + "work/", "/" + "tmp/w/", "/" + r"root/(?!share)", "/" + "home/[a-z]"]))
AMERICAN = re.compile(r"\b(cancel(ed|ing)\b|behavior|neighbor|(utili|synchroni|recogni|organi|summari)z|catalogs?\b|label(ed|ing)\b)", re.IGNORECASE)
MAY = {"COPYING", "po/de.po", "tests/lists/words.py"}

paths = [path for path in tree.files() if path.suffix not in tree.BINARY]
faults = [f"{path}:{number}: {line.strip()[:120]}"
          for path in paths
          for number, line in enumerate(tree.text(path).splitlines(), 1)
          if MACHINE_PATHS.search(line) or (AMERICAN.search(line) and "“" not in line and str(path) not in MAY)]
tree.report("words", len(paths), faults)
