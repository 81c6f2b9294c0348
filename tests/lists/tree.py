# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the repository, for the tests that keep its lists complete."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = {".png", ".gz", ".mo", ".input"}


def files(*patterns):
    """Tracked and new files (not the ignored) as paths below ROOT, sorted; with @patterns only those that match one.

    Without git (an unpacked archive) everything but build folders.
    """
    try:
        listing = subprocess.run(
            ["git", "-c", f"safe.directory={ROOT}", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            check=True, capture_output=True).stdout.decode()
        paths = [pathlib.PurePath(name) for name in listing.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
        paths = [path for path in paths if not path.parts[0].startswith(("build", "_build", ".git"))]
    paths = [path for path in paths if (ROOT / path).is_file()]
    if patterns:
        paths = [path for path in paths if any(path.match(pattern) for pattern in patterns)]
    return sorted(set(paths))


def below(folder, *patterns):
    """The same, but only those in @folder and the folders in it, however deep."""
    return [path for path in files(*patterns) if path.parts[0] == folder]


def text(path):
    """What stands in a text file of the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


def report(what, checked, faults):
    """Prints the faults, one a line, and leaves with the status meson reads. A test that looked at nothing fails."""
    for fault in faults:
        print(fault)
    print(f"{what}: {checked} checked, {len(faults)} at fault")
    sys.exit(1 if faults or not checked else 0)
