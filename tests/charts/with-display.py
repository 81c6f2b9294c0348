#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a program on an X server of its own, and ends with its status: with-display.py PROGRAM [ARGUMENT]...

Where there is no Xvfb it says so in TAP, and the test counts as skipped.
"""
import os
import pathlib
import shutil
import subprocess
import sys

if shutil.which("Xvfb") is None:
    print("1..0 # SKIP Xvfb is not installed")
    sys.exit(0)

reading, writing = os.pipe()
server = subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
                          pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
os.close(writing)
try:
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    if not number:
        sys.exit("Xvfb did not start")
    environment = os.environ | {"DISPLAY": f":{number}", "GDK_BACKEND": "x11", "GSK_RENDERER": "cairo", "GTK_A11Y": "test",
                                "GSETTINGS_BACKEND": "memory", "GTK_THEME": "Adwaita", "LC_ALL": "C.UTF-8"}
    environment.pop("WAYLAND_DISPLAY", None)
    environment.setdefault("LSAN_OPTIONS", f'suppressions="{pathlib.Path(__file__).with_name("leaks.supp")}":print_suppressions=0')
    sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
finally:
    server.terminate()
    server.wait()
