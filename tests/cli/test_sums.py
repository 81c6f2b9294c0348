#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of files, in each of the formats: no two look alike, and what sha256sum reads is what it writes."""
import base64
import os
import re
import subprocess
import tempfile
import unittest

from program import BACKENDS, CLI, PATIENCE, call, environment, run, run_jsonl, run_tests

NAMES = [b"plain", b"with space", b"a\nb", b"a\\nb", b"a\\\\nb", b"c\rd", b"c\\rd", b"tab\t", b"tab\\t", b"\\", b"\\\\", b"\n", b"e\x1b[31m", b"e\\033[31m",
         b"\xff", b"\xfe", b"\\377", b"\xef\xbf\xbd", "größe".encode(), "\x9b".encode(), b"*star", b" lead", b"trail ", b"%s", b"-", "\u2028".encode(),
         b"long" * 60]


class Sums(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="heddle-sums-")
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name.encode()
        for number, name in enumerate(NAMES):
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(b"%d" % number)
        self.arguments = ["--set", b"folder=" + self.folder]

    def sha256sum(self, *arguments, **options):
        return subprocess.run(["sha256sum", *arguments], cwd=self.folder, capture_output=True, check=True, **options).stdout

    def test_lines_are_those_of_sha256sum(self):
        expected = self.sha256sum("--", *[b"./-" if name == b"-" else name for name in NAMES]).splitlines(keepends=True)
        for backend in BACKENDS:
            with self.subTest(backend=backend):
                ended = run("checksum-files", *self.arguments, "--format", "sha256sum", "--backend", backend)
                self.assertEqual(ended.returncode, 0, ended.stderr)
                self.assertEqual(sorted(ended.stdout.splitlines(keepends=True)), sorted(expected))
                told = self.sha256sum("--check", "--strict", input=ended.stdout)
                self.assertEqual(told.count(b": OK\n"), len(NAMES))

    def test_paths_longer_than_a_label_are_whole(self):
        path = b"/".join([b"d" * 200] * 25)
        folder = os.open(self.folder, os.O_PATH)
        for part in path.split(b"/"):
            os.mkdir(part, dir_fd=folder)
            below = os.open(part, os.O_PATH, dir_fd=folder)
            os.close(folder)
            folder = below
        os.close(os.open(b"file", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
        os.close(folder)
        for form in ("sha256sum", "text"):
            self.assertIn(path + b"/file", run("checksum-files", *self.arguments, "--format", form).stdout)

    def test_what_failed_is_no_line(self):
        os.mkdir(os.path.join(self.folder, b"gone"))
        ended = run("checksum-files", "--set", b"folder=" + self.folder + b"/gone", "--format", "sha256sum")
        self.assertEqual((ended.returncode, ended.stdout), (0, b""))

    def test_in_text_no_two_look_alike(self):
        lines = run("checksum-files", *self.arguments).stdout.decode().splitlines()  # it is UTF-8
        self.assertEqual(len(lines), len(NAMES))
        names = [re.fullmatch(r"(.*): [0-9a-f]{64}", line, re.DOTALL)[1] for line in lines]
        self.assertEqual({self.read(name) for name in names}, set(NAMES))
        for line in lines:
            self.assertNotRegex(line, r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
        self.assertTrue({"plain", r"\a\nb", r"\a\\nb", r"\\377", r"\\\377"} <= set(names), names)

    @staticmethod
    def read(name):
        """The bytes that a name in the text stands for."""
        if not name.startswith("\\"):
            return name.encode()
        known = {"n": b"\n", "r": b"\r", "\\": b"\\"}
        parts = re.findall(r"\\([0-7]{3}|.)|([^\\]+)", name[1:])
        return b"".join(plain.encode() if plain else known[escape] if escape in known else bytes([int(escape, 8)]) for escape, plain in parts)

    def test_in_json_the_bytes_are_told(self):
        told = {base64.b64decode(line["label_bytes"]) if "label_bytes" in line else line["label"].encode()
                for line in run_jsonl("checksum-files", *self.arguments).tasks}
        self.assertEqual(told, set(NAMES))

    def test_a_name_in_an_error_is_escaped_alike(self):
        for name in (b"a\nb", b"a\\nb"):
            os.chmod(os.path.join(self.folder, name), 0)
        # root may read everything, unless he gives that up
        lesser = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
        said = subprocess.run([*lesser, CLI, "run", "checksum-files", *self.arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              env=environment(), timeout=PATIENCE).stderr.decode()
        self.assertIn(r"(\a\nb)", said)
        self.assertIn(r"(\a\\nb)", said)

    def test_other_workloads_have_no_sums(self):
        ended = call("run", "squares", "--format", "sha256sum")
        self.assertEqual((ended.returncode, ended.stdout), (2, b""))
        self.assertIn("--format sha256sum is only for checksum-files", ended.stderr.decode())
        ended = call("run", "checksum-files", "--format", "md5sum")
        self.assertEqual(ended.returncode, 2)
        self.assertIn("text, jsonl or sha256sum", ended.stderr.decode())


run_tests()
