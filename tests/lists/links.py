#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every link in the documents that stays in the repository leads somewhere: to a file, and to a heading in it."""
import re

import tree

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def anchors(path):
    """The anchors a reader of @path gets for its headings."""
    headings = re.findall(r"^#+\s+(.*)$", tree.text(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


checked, faults = 0, []
for document in tree.files("*.md"):
    prose = re.sub(r"^```.*?^```", "", tree.text(document), flags=re.MULTILINE | re.DOTALL)
    for target in LINK.findall(prose):
        if re.match(r"[a-z]+:", target):
            continue
        checked += 1
        name, _, anchor = target.partition("#")
        goal = (tree.ROOT / document.parent / name).resolve() if name else tree.ROOT / document
        if not goal.exists():
            faults.append(f"{document}: {target} is not there")
        elif anchor and goal.suffix == ".md" and anchor not in anchors(goal.relative_to(tree.ROOT)):
            faults.append(f"{document}: {target} has no such heading")
tree.report("links", checked, faults)
