#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one fuzz target for so many seconds, beginning with the stored inputs; new ones stay in memory.

Where it finds something, the input is printed and kept as tests/fuzz/found-TARGET-*: to be mended, then to be moved into tests/fuzz/corpus/TARGET.
"""
import argparse
import os
import pathlib
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", type=pathlib.Path, help="folder for inputs that reach something new")
    options = parser.parse_args()
    target = options.program.name.removeprefix("fuzz-")
    found = pathlib.Path(__file__).resolve().parent / f"found-{target}-"
    command = [options.program, f"-max_total_time={options.seconds}", "-timeout=10", "-rss_limit_mb=1024", "-max_len=4096", "-print_final_stats=1",
               "-verbosity=1", f"-artifact_prefix={found}"]
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        command.append(options.keep)
    # the first folder is where libFuzzer would write: never into the sources
    elif options.corpus.is_dir():
        command.append(f"-seed_inputs={','.join(str(path) for path in sorted(options.corpus.iterdir()))}")
    if options.keep:
        command.append(options.corpus)
    environment = {"ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=1",
                   "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1", **os.environ}
    before = set(found.parent.glob(found.name + "*"))
    code = subprocess.run(command, env=environment, check=False).returncode
    for path in sorted(set(found.parent.glob(found.name + "*")) - before):
        print(f"\nFound, and kept in {path}:\n{path.read_bytes()!r}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
