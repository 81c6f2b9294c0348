#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No .c or .py file is longer than 700 lines, no template longer than 150, no function body longer than 60, no line of C wider than 100.

A longer function is let through if the comment above it says why, beginning with `Long because`. A wider line is
let through for the text in it (what stands between its quotes does not count), and as a row of a table.
"""
import re

import tree

MAX_FILE, MAX_TEMPLATE, MAX_BODY, MAX_COLUMNS = 700, 150, 60, 100


def too_wide(line):
    """Whether a line of C is too wide for another reason than its texts or being a row of a table."""
    if len(line) <= MAX_COLUMNS or re.fullmatch(r" *\{.*\},?", line):
        return False
    return len(re.sub(r'"(\\.|[^"\\])*"', '""', line)) > MAX_COLUMNS or '"' not in line


def bodies(lines):
    """The function bodies: (line of the opening brace, lines in the body). Braces of functions stand in the first column."""
    start = None
    for number, line in enumerate(lines, 1):
        if line.rstrip() == "{":
            start = number
        elif line.rstrip() == "}" and start is not None:
            yield start, number - start - 1
            start = None


def comment_above(lines, brace):
    """The comment that ends right above the function whose opening brace is in line @brace."""
    above = lines[max(0, brace - 40):brace - 1]
    return " ".join(above).rsplit("}", 1)[-1]


faults = []
sources = tree.files("*.c", "*.h")
for source in sources:
    lines = tree.text(source).splitlines()
    if len(lines) > MAX_FILE:
        faults.append(f"{source}: {len(lines)} lines, more than {MAX_FILE}")
    for start, length in bodies(lines):
        if length > MAX_BODY and "Long because" not in comment_above(lines, start):
            faults.append(f"{source}:{start}: a body of {length} lines, more than {MAX_BODY}")
    faults += [f"{source}:{number}: {len(line)} columns, more than {MAX_COLUMNS}"
               for number, line in enumerate(lines, 1) if too_wide(line)]
others = [(path, MAX_TEMPLATE) for path in tree.below("ui", "*.ui")] + [(path, MAX_FILE) for path in tree.files("*.py")]
for path, most in others:
    length = len(tree.text(path).splitlines())
    if length > most:
        faults.append(f"{path}: {length} lines, more than {most}")
tree.report("sizes", len(sources) + len(others), faults)
