#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A man page is formatted without a warning: man_is_clean.py GROFF PAGE."""
import subprocess
import sys

groff, page = sys.argv[1:]
said = subprocess.run([groff, "-mdoc", "-ww", "-Tutf8", page], check=True, capture_output=True)
sys.stderr.buffer.write(said.stderr)
assert len(said.stdout) > 500, "the page is empty"
sys.exit(1 if said.stderr else 0)
