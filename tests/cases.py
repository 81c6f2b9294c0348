# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases of a test program of GLib's."""
import subprocess


def list_cases(command):
    """Which cases the program would execute, with these arguments."""
    listed = subprocess.run([*command, "-l"], capture_output=True, text=True, check=True).stdout
    return [line.removeprefix("# ") for line in listed.splitlines() if line.removeprefix("# ").startswith("/")]


def take_part(cases, part, parts):
    """Every @parts-th of them from the @part-th on, counted from 1; all where there are fewer."""
    return cases[part - 1::parts] if len(cases) >= parts else cases
