#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No struct of src has more than 20 fields: one that has is several things, each with a rule of its own.

A larger one is let through if the comment above it says why, in a sentence that begins with `Over 20 fields:`. A struct
inside another one counts there as one field, and for itself.
"""
import re

import tree

MAX_FIELDS = 20
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"')
STRUCT = re.compile(r"\b(?:typedef\s+)?(?:struct|union)\b\s*(\w*)\s*\{")
ABOVE = re.compile(r"/\*((?:(?!\*/).)*)\*/\s*(?:static\s+)?(?:const\s+)?$", re.DOTALL)


def blank(found):
    """As long as what was found, so that places stay the same."""
    return re.sub(r"[^\n]", " ", found[0])


def body_after(text, start):
    """What stands between the brace before @start and its closing one, without what is in braces inside; and where it ends."""
    depth, body, end = 1, [], start
    while depth > 0 and end < len(text):
        depth += (text[end] == "{") - (text[end] == "}")
        if depth == 1 and text[end] != "}":
            body.append(text[end])
        end += 1
    return "".join(body), end


def count_fields(body):
    while "(" in body:
        body, n = re.subn(r"\([^()]*\)", "", body)
        if n == 0:
            break
    return sum(declaration.count(",") + 1 for declaration in body.split(";") if declaration.strip())


def structs(text):
    """(line, name, fields, the comment above) of each."""
    code = LITERAL.sub(blank, COMMENT.sub(blank, text))
    for found in STRUCT.finditer(code):
        line = text.count("\n", 0, found.start()) + 1
        above = ABOVE.search(text[:found.start()])
        body, end = body_after(code, found.end())
        name = found[1] or re.match(r"\s*(\w*)", code[end:])[1] or "a struct"
        yield line, name, count_fields(body), above[1] if above else ""


checked, faults = 0, []
for path in tree.below("src", "*.c", "*.h"):
    for line, name, fields, above in structs(tree.text(path)):
        checked += 1
        if fields > MAX_FIELDS and not re.search(r"Over 20 fields: \w", " ".join(above.split())):
            faults.append(f"{path}:{line}: {name} has {fields} fields, more than {MAX_FIELDS}")
tree.report("structs", checked, faults)
