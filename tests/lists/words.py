#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No file names a path that exists on one machine only."""
import re

import tree

# Put together here, so that this file does not hold them.
MACHINE_PATHS = re.compile("|".join(["/" + "work/", "/" + "tmp/w/", "/" + r"root/(?!share)", "/" + "home/[a-z]"]))

paths = [path for path in tree.files() if path.suffix not in tree.BINARY]
faults = [f"{path}:{number}: {line.strip()[:120]}"
          for path in paths
          for number, line in enumerate(tree.text(path).splitlines(), 1)
          if MACHINE_PATHS.search(line)]
tree.report("words", len(paths), faults)
