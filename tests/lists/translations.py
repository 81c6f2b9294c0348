#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every translation in po/LINGUAS has every message that the sources have now, none of them unsure, few that they had once, and is well formed."""
import pathlib
import re
import subprocess
import tempfile

import tree

XGETTEXT = ["xgettext", "--from-code=UTF-8", "--add-comments", "--files-from=po/POTFILES", "--directory=.",
            "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2", "--keyword=NC_:1c,2",
            "--keyword=g_dcgettext:2", "--keyword=g_dngettext:2,3", "--keyword=g_dpgettext2:2c,3"]


MOST_OBSOLETE = 50  # messages that msgmerge keeps for the next translator, until somebody drops them


def run(*command):
    """Runs a gettext tool in the source folder; its output as text."""
    return subprocess.run(command, cwd=tree.ROOT, check=True, capture_output=True, text=True).stdout


def message_ids(messages):
    """The lines that name the messages of a catalogue, without its header."""
    return [line for line in messages.splitlines() if line.startswith("msgid ") and line != 'msgid ""'] + \
           [line for line in messages.splitlines() if line.startswith('"') and not line.endswith('\\n"')]


with tempfile.TemporaryDirectory() as scratch:
    template = pathlib.Path(scratch, "heddle.pot")
    run(*XGETTEXT, f"--output={template}")
    languages = [line for line in tree.text("po/LINGUAS").split("\n") if line and not line.startswith("#")]
    faults = []
    for language in languages:
        source, merged = f"po/{language}.po", str(pathlib.Path(scratch, f"{language}.po"))
        run("msgmerge", "--quiet", "--no-fuzzy-matching", f"--output-file={merged}", source, str(template))
        for kind in ("--untranslated", "--only-fuzzy"):
            left = run("msgattrib", kind, "--no-obsolete", "--no-location", "--no-wrap", merged)
            faults += [f"{source}: {kind[2:]}: {line}" for line in message_ids(left)]
        n_obsolete = len(re.findall("^#~ msgid ", tree.text(source), re.MULTILINE))
        if n_obsolete > MOST_OBSOLETE:
            faults.append(f"{source}: {n_obsolete} obsolete messages: msgattrib --no-obsolete -o {source} {source}")
        checked = subprocess.run(["msgfmt", "--check", "--statistics", "--output-file=/dev/null", source],
                                 cwd=tree.ROOT, capture_output=True, text=True)
        print(f"{source}: {checked.stderr.strip()}")
        if checked.returncode:
            faults.append(f"{source}: msgfmt --check fails")
tree.report("translations", len(languages), faults)
