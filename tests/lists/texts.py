#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the descriptions of workloads quote is on the screen: names of controls, of what is shown live and of other workloads, and lines that are printed.

A quotation in an “about” is a whole text of the program, or a line that one of its formats makes. In German it is what de.po calls that. A
control that is named without quotation marks, after “set”, “switch” or “choose”, is not found by who looks for it.
"""
import re

import tree

# Quoted for another reason: words of the notes, ends of lines, words that are explained.
NOT_ON_SCREEN = {
    "An error occurred!",  # the text of the exception, not translated
    "map",                 # explained
    "Handling", "Finished",  # how the lines of handle-requests begin
}
LITERAL = r'"((?:[^"\\]|\\.)*)"'
LITERALS = rf"{LITERAL}(?:\s*{LITERAL})*"
QUOTED = re.compile("“([^”]+)”")
UNQUOTED = re.compile(r"\b(?:[Ss]et|[Ss]witch|[Cc]hoose) (?!Start\b|Stop\b)([A-Z]\w*)")


def plain(literals):
    """The text of C or po literals that stand one after another."""
    return "".join(re.findall(LITERAL, literals)).replace("\\n", "\n").replace('\\"', '"')


def field(source, name):
    found = re.search(rf"\.{name} = N_\(({LITERALS})\)", source)
    return plain(found[1]) if found else None


def catalogue():
    """{text: German} of po/de.po."""
    pairs = re.findall(rf"^msgid ({LITERALS})\nmsgstr ({LITERALS})$", tree.text("po/de.po"), re.MULTILINE)
    return {plain(pair[0]): plain(next(part for part in pair[3:] if part.startswith('"'))) for pair in pairs}


def pattern(text):
    """What a format can print."""
    return re.compile("".join(".+" if part.startswith("%") else re.escape(part) for part in re.split(r"(%[\d.]*(?:ll|h)?[a-z])", text)))


def faults_of(path, known, formats, german):
    source = tree.text(path)
    for name in ("about", "notes"):
        text = field(source, name)
        if text is None:
            continue
        for word in UNQUOTED.findall(text):
            yield f"{path}: {name}: {word} is named without quotation marks"
        for quoted in QUOTED.findall(text):
            if name == "about" and quoted not in known and quoted not in NOT_ON_SCREEN and not any(format.fullmatch(quoted) for format in formats):
                yield f"{path}: {name}: nothing on the screen is called “{quoted}”"
            # what the notes print stays as they print it
            printed = name == "notes" and quoted[-1] in ".!"
            if quoted not in NOT_ON_SCREEN and not printed and german.get(quoted) and f"»{german[quoted]}«" not in german.get(text, ""):
                yield f"{path}: {name}: “{quoted}” is »{german[quoted]}« in German, but not in the German text"


german = catalogue()
known = set(german)
paths = sorted(path for path in tree.files() if path.parent.name == "workloads" and path.parent.parent.name == "src" and path.suffix == ".c")
faults = []
n_texts = 0
for path in paths:
    about = field(tree.text(path), "about")
    n_texts += about is not None
    if about is not None and about not in german:
        faults.append(f"{path}: its description is not in po/de.po")
    formats = [pattern(text) for text in german if "%" in text and f'"{text}"' in tree.text(path)]
    faults += faults_of(path, known, formats, german)
tree.report("descriptions of workloads", n_texts, faults)
