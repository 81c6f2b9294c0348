#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The translation chain works from source to screen: heddle-cli speaks German where the user wants it, as po/de.po has it.

Called with heddle-cli and the folder of the built catalogues.
"""
import os
import re
import subprocess
import sys

import tree

program, catalogues = sys.argv[1:]


def german(text):
    """What po/de.po says for a short text."""
    found = re.search(rf'^msgid "{re.escape(text)}"\nmsgstr "(.+)"$', tree.text("po/de.po"), re.MULTILINE)
    return found[1] if found else None


def listing(language):
    environment = os.environ | {"LC_ALL": "C.UTF-8", "LANGUAGE": language, "HEDDLE_LOCALEDIR": catalogues}
    return subprocess.run([program, "list"], env=environment, check=True, capture_output=True, text=True).stdout


faults = []
words = ["Checksum files", "Handle requests", "Factorials", "Squares", "Numbers and letters"]
outputs = {language: listing(language) for language in ("de", "en")}
for word in words:
    wanted = german(word)
    if not wanted or wanted == word:
        faults.append(f"po/de.po has no German for {word!r}")
    elif wanted not in outputs["de"]:
        faults.append(f"heddle-cli list says nothing of {wanted!r} in German:\n{outputs['de']}")
    elif wanted in outputs["en"] or word not in outputs["en"]:
        faults.append(f"heddle-cli list does not say {word!r} in English:\n{outputs['en']}")
tree.report("words in German", len(words), faults)
