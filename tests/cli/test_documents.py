#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The man page, the completions and the page on the format know everything that the program knows, and no more."""
import json
import os
import re
import shutil
import subprocess
import unittest

import program

SOURCE = os.environ["HEDDLE_SOURCE"]
COMPLETIONS = ["heddle-cli.bash", "_heddle-cli", "heddle-cli.fish"]


def text(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def options():
    """The long options of the program, from its help."""
    found = set()
    for arguments in (["--help"], ["batch", "--help"], ["list", "--help"], ["run", "--help"]):
        said = program.call(*arguments).stdout.decode()
        found |= set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", said, re.MULTILINE))
    return found


def complete(*words):
    """What bash offers for the last of @words."""
    script = f'''source "$1"; shift
PATH="{os.path.dirname(program.CLI)}:$PATH"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"; COMP_POINT=${{#COMP_LINE}}; _heddle_cli 2>/dev/null; printf '%s\\n' "${{COMPREPLY[@]}}"'''
    said = subprocess.run(["bash", "-c", script, "bash", os.path.join(SOURCE, "data/completions/heddle-cli.bash"), *words],
                          check=True, capture_output=True, text=True, timeout=program.PATIENCE, env=program.environment())
    return said.stdout.split()


class Documents(unittest.TestCase):
    def setUp(self):
        self.options = options()
        self.assertGreaterEqual(len(self.options), 12)

    def test_the_man_page_knows_every_option(self):
        page = text("data", "man", "heddle-cli.1").replace("\\-", "-")
        known = set(re.findall(r"^\.It (?:Fl \w , )?Fl -([a-z-]+)", page, re.MULTILINE))
        self.assertEqual(known, self.options)

    def test_the_completions_know_every_option(self):
        for name in COMPLETIONS:
            completion = text("data", "completions", name)
            pattern = r"^complete .*-l ([a-z-]+)" if name.endswith(".fish") else r"(?<![\w-])--([a-z][a-z-]*)"
            with self.subTest(completion=name):
                self.assertEqual(set(re.findall(pattern, completion, re.MULTILINE)), self.options)

    def test_every_document_knows_every_backend(self):
        for path in (["data", "man", "heddle-cli.1"], ["data", "man", "heddle.1"], ["README.md"], ["docs", "formats", "jsonl.md"], *(["data", "completions", name] for name in COMPLETIONS)):
            for backend in program.BACKENDS:
                self.assertRegex(text(*path), rf"(?<![\w-]){backend}(?![\w-])", path)

    def test_the_format_page_knows_every_key(self):
        page = text("docs", "formats", "jsonl.md")
        for keys in (program.TASK_KEYS, program.WORKER_KEYS, program.FIGURE_KEYS, program.RUN_KEYS):
            for key in keys:
                self.assertIn(f"| `{key}` |", page)

    def test_bash_completes(self):
        if not shutil.which("bash"):
            self.skipTest("no bash")
        workloads = [workload["id"] for workload in json.loads(program.call("list", "--format", "json").stdout)]
        self.assertEqual(complete("heddle-cli", "r"), ["run"])
        self.assertEqual(sorted(complete("heddle-cli", "run", "")), sorted(workloads))
        self.assertEqual(complete("heddle-cli", "run", "squares", "--backend", "proc"), [name for name in program.BACKENDS if name.startswith("proc")])
        self.assertEqual(complete("heddle-cli", "run", "handle-requests", "--set", ""), ["requests=", "seconds="])
        self.assertEqual(complete("heddle-cli", "run", "--workers", "4", "factorials", "-s", ""), ["n=", "rounds="])
        self.assertEqual(complete("heddle-cli", "list", "--format", "j"), ["json"])


program.run_tests()
