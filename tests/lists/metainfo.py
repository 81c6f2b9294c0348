#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The metainfo tells what is there: its pictures are those of docs/screenshots, as large as it says, and it counts no workloads, since there come more."""
import re
import struct

import tree

SOURCE = "data/org.heddle.Heddle.metainfo.xml.in"
NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+teen|[a-z]+ty(?:-[a-z]+)?|[0-9]+"

text = tree.text(SOURCE)
faults = [f"{SOURCE}: “{found[0]}” will not stay true" for found in re.finditer(rf"\b({NUMBERS}) workloads\b", text, re.IGNORECASE)]
images = re.findall(r'<image type="source" width="(\d+)" height="(\d+)">@screenshots_url@/([^<]+)</image>', text)
if not images:
    faults.append(f"{SOURCE}: no pictures")
for width, height, name in images:
    path = tree.ROOT / "docs/screenshots" / name
    if not path.is_file():
        faults.append(f"{SOURCE}: docs/screenshots/{name} does not exist")
        continue
    size = struct.unpack(">II", path.read_bytes()[16:24])  # of the header, which stands first in a PNG
    if size != (int(width), int(height)):
        faults.append(f"{SOURCE}: docs/screenshots/{name} is {size[0]}x{size[1]}")
tree.report("metainfo", 1 + len(images), faults)
