#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file says its licence in its first lines."""
import tree

# The licence itself.
WITHOUT = {"COPYING"}

paths = [path for path in tree.files() if path.suffix not in tree.BINARY and str(path) not in WITHOUT]
faults = [f"{path}: no SPDX-License-Identifier in its first five lines"
          for path in paths
          if not any("SPDX-License-Identifier: " in line for line in tree.text(path).splitlines()[:5])]
tree.report("licences", len(paths), faults)
