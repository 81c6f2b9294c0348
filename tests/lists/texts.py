#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What texts for users quote is on the screen: names of controls, of what is shown live and of other workloads, and lines that are printed.

A quotation in an “about” is a whole text on the workload's own page, of the window around it, or another workload's name; or a line that one of its
formats makes. What any text for users quotes of these is called in German what de.po calls it, and what a German “about” quotes is a German text of
that page. A control that is named without quotation marks, after “set”, “switch” or “choose”, is not found by who looks for it.
"""
import html
import re

import tree

# Quoted for another reason: words of the notes, ends of lines, words that are explained.
NOT_ON_SCREEN = {
    "An error occurred!",  # the text of the exception, not translated
    "map",                 # explained
    "Handling", "Finished", "Bearbeite", "beendet",  # how the lines of handle-requests begin or end
    "processes",           # as on the command line
}
LITERAL = r'"((?:[^"\\]|\\.)*)"'
LITERALS = rf"{LITERAL}(?:\s*{LITERAL})*"
QUOTED = re.compile("“([^”]+)”")
GERMAN_QUOTED = re.compile("»([^«]+)«")
BUTTON = re.compile(r"\b[Pp]ress (Start|Stop|Pause|Resume)\b")
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
    """What a format can print; one that is nothing but places for something else says nothing of what it prints."""
    if len(re.sub(r"%[\d.]*(?:ll|h)?[a-z]|\W", "", text)) < 3:
        return re.compile("(?!)")
    return re.compile("".join(".+" if part.startswith("%") else re.escape(part) for part in re.split(r"(%[\d.]*(?:ll|h)?[a-z])", text)))


def is_on(page, quoted):
    """Whether a page shows this text, or a line that one of its formats makes."""
    return quoted in page or quoted in NOT_ON_SCREEN or any("%" in text and pattern(text).fullmatch(quoted) for text in page)


def faults_of(path, page, german):
    """Of the descriptions of one workload. @page: the texts that its page may show."""
    source = tree.text(path)
    german_page = {german[text] for text in page if text in german}
    for name in ("summary", "about", "notes"):
        text = field(source, name)
        if text is None:
            continue
        if text not in german:
            yield f"{path}: its {name} is not in po/de.po"
        for word in UNQUOTED.findall(text):
            yield f"{path}: {name}: {word} is named without quotation marks"
        if name == "notes":
            continue  # they quote what others have printed
        for quoted in QUOTED.findall(text):
            if not is_on(page, quoted):
                yield f"{path}: {name}: nothing on its page is called “{quoted}”"
        for quoted in GERMAN_QUOTED.findall(german.get(text, "")):
            if not is_on(german_page, quoted):
                yield f"{path}: {name}, in German: nothing on its page is called »{quoted}«"


def repeats(badge, name):
    """Whether a word of the badge is one of the name, or a form of it."""
    return any(word[:4] == other[:4] for word in re.findall(r"\w{4,}", badge.lower()) for other in re.findall(r"\w{4,}", name.lower()))


def faults_of_badge(path, german):
    """A badge that says again what the name says takes its room."""
    name, badge = (field(tree.text(path), which) for which in ("name", "badge"))
    if badge is None:
        return
    if repeats(badge, name):
        yield f"{path}: the badge “{badge}” repeats the name “{name}”"
    if repeats(german[badge], german[name]):
        yield f"{path}: the badge »{german[badge]}« repeats the name »{german[name]}«"


def faults_in_german(text, translated, german):
    """Of any text for users: what it quotes of the screen, or tells to press, is what that is called in German."""
    for quoted in QUOTED.findall(text):
        printed = quoted[-1] in ".!"  # what somebody else has printed stays as it is
        if quoted not in NOT_ON_SCREEN and not printed and german.get(quoted) and f"»{german[quoted]}«" not in translated:
            yield f"po/de.po: “{quoted}” is »{german[quoted]}« in German, but not in the German for {text[:60]!r}"
    for button in BUTTON.findall(text):
        if german[button] not in translated:
            yield f"po/de.po: the button {button} is called {german[button]} in German, but not in the German for {text[:60]!r}"


def texts_of(path):
    """The texts that a source file or a template has for users."""
    if path.suffix == ".ui":
        return {html.unescape(text) for text in re.findall(r'translatable="yes">([^<]*)<', tree.text(path))}
    return {plain(literals[0]) for literals in re.findall(rf"\b(?:N?_|ngettext|g_dngettext \(GETTEXT_PACKAGE,) ?\(?({LITERALS})", tree.text(path))}


def is_workload(path):
    return ".about = " in tree.text(path)


german = catalogue()
sources = [path for path in tree.files("*.c", "*.ui") if path.parts[0] in ("src", "ui")]
workloads = [path for path in sources if path.parts[:2] == ("src", "workloads") and is_workload(path)]
# The window around a workload, and what several workloads share; and their names, by which they are found.
around = set().union(*(texts_of(path) for path in sources if path not in workloads), *({field(tree.text(path), "name")} - {None} for path in workloads))
faults = []
for path in workloads:
    faults += faults_of(path, around | texts_of(path), german)
    faults += faults_of_badge(path, german)
for text, translated in german.items():
    faults += faults_in_german(text, translated, german)
tree.report("texts that quote", sum("“" in text for text in german), faults)
