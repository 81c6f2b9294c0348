#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints how many lines of the given folders the tests have executed, a row a file, from what gcov knows.

Usage: coverage.py BUILD FOLDER... [--missed] [--at-least PERCENT]

BUILD was configured with -Db_coverage=true and its tests have run. With --missed each file's lines that were never executed
follow its row. The exit status is 1 where a folder is below PERCENT.

A process that is killed by SIGKILL, or ends by _exit(), writes nothing down: its lines count only where another process went through them, too.
"""
import argparse
import collections
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def read_counts(build, folders):
    """{file: {line: executions}}; a line in several functions (inline ones) counts with all of them."""
    notes = sorted(path for path in build.rglob('*.gcno'))
    counts = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as scratch:
        # with the path in the name, since several programs have a main.c
        subprocess.run(['gcov', '--json-format', '--preserve-paths', '--hash-filenames', *map(str, notes)], cwd=scratch, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for report in pathlib.Path(scratch).glob('*.gcov.json.gz'):
            with gzip.open(report) as stream:
                unit = json.load(stream)
            where = pathlib.Path(unit['current_working_directory'])
            for file in unit['files']:
                path = (where / file['file']).resolve()
                if not path.is_relative_to(ROOT):
                    continue
                name = str(path.relative_to(ROOT))
                if any(name.startswith(folder.rstrip('/') + '/') for folder in folders):
                    for line in file['lines']:
                        counts[name][line['line_number']] += line['count']
    return counts


def in_ranges(lines):
    """[1, 2, 3, 7] as '1-3, 7'."""
    ranges = []
    for line in sorted(lines):
        if ranges and ranges[-1][1] == line - 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    return ', '.join(str(a) if a == b else f'{a}-{b}' for a, b in ranges)


def row(name, executed, lines):
    print(f'{name:40} {executed:6} of {lines:6} lines {100 * executed / lines:7.2f} %')


def main():
    parser = argparse.ArgumentParser(description='Prints the line coverage of folders.')
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('folders', nargs='+')
    parser.add_argument('--missed', action='store_true', help='name the lines that were never executed')
    parser.add_argument('--at-least', type=float, default=0, metavar='PERCENT', help='fail where a folder has less')
    options = parser.parse_args()
    counts = read_counts(options.build.resolve(), options.folders)
    good = True
    for folder in options.folders:
        sums = [0, 0]
        for name in sorted(name for name in counts if name.startswith(folder.rstrip('/') + '/')):
            missed = [line for line, count in counts[name].items() if count == 0]
            sums[0] += len(counts[name]) - len(missed)
            sums[1] += len(counts[name])
            row(name, len(counts[name]) - len(missed), len(counts[name]))
            if options.missed and missed:
                print('    never: ' + in_ranges(missed))
        if sums[1] == 0:
            sys.exit(f'coverage: nothing is known about {folder}: was {options.build} built with -Db_coverage=true?')
        row(folder, *sums)
        print()
        good = good and 100 * sums[0] >= options.at_least * sums[1]
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
