#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run writes: text for people, lines of JSON for programs."""
import base64
import concurrent.futures
import hashlib
import json
import math
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from program import BACKENDS, CLI, PATIENCE, SANITIZED, environment, run, run_jsonl, run_tests

# A new process for each task takes about 2 ms, and many times that under a sanitizer.
# Rings have 2 048 slots at least for a worker: they go round several times.
MANY = 10000 if SANITIZED else 40000
FEW = {"process-per-task": 100 if SANITIZED else 1000, "thread-per-task": MANY // 10 if SANITIZED else MANY}


class Results(unittest.TestCase):
    def test_squares_on_every_backend(self):
        for backend in BACKENDS:
            with self.subTest(backend=backend):
                n = FEW.get(backend, MANY)
                lines = run_jsonl("squares", "--backend", backend, "--workers", "4", "--set", f"n={n}")
                self.assertEqual(len(lines.tasks), n)
                self.assertEqual(lines.run["done"], n)
                self.assertEqual(lines.run["backend"], backend)
                self.assertEqual(lines.run["dropped_events"], 0)
                for line in lines.tasks:
                    self.assertEqual(line["result"], str(line["id"] ** 2))

    def test_workers_say_what_they_are(self):
        for backend, kind in (("threads", "thread"), ("processes", "process")):
            lines = run_jsonl("handle-requests", "--backend", backend, "--workers", "3", "--set", "requests=6", "--set", "seconds=0.05")
            self.assertEqual([line["kind"] for line in lines.workers], [kind] * 3)
            self.assertEqual(lines.run["workers"], 3)
            if kind == "process":
                self.assertEqual(len({line["pid"] for line in lines.workers}), 3)
            else:
                self.assertEqual(len({line["tid"] for line in lines.workers}), 3)

    def test_factorials_in_the_order_of_the_notes(self):
        notes = "".join(f"The factorial of {n} is {math.factorial(n)}\n" for n in range(1, 11))
        for backend in BACKENDS:
            with self.subTest(backend=backend):
                ended = run("factorials", "--backend", backend, "--workers", "4")
                self.assertEqual((ended.returncode, ended.stdout.decode()), (0, notes))
                self.assertIn(b"10 tasks: 10 done in ", ended.stderr)

    def test_results_of_an_ordered_workload_come_in_its_order(self):
        n = 20000
        ended = run("squares", "--backend", "processes", "--workers", "4", "--set", f"n={n}")
        squares = [int(line.split()[-1]) for line in ended.stdout.decode().splitlines()]
        self.assertEqual(squares, [i * i for i in range(1, n + 1)])

    def test_big_numbers_are_whole(self):
        line = run_jsonl("factorials", "--set", "n=1200").tasks
        results = {task["id"]: task["result"] for task in line}
        for n in (1, 20, 1000, 1200):
            self.assertEqual(results[n], str(math.factorial(n)))

    def test_output_of_tasks_is_passed_on(self):
        ended = run("numbers-and-letters", "--set", "seconds=0.01")
        lines = ended.stdout.decode().splitlines()
        self.assertEqual([line for line in lines if line.startswith("Number: ")], [f"Number: {i}" for i in range(1, 6)])
        self.assertEqual([line for line in lines if line.startswith("Letter: ")], [f"Letter: {c}" for c in "abcde"])

    def test_output_of_tasks_does_not_get_between_lines_of_json(self):
        ended = run("numbers-and-letters", "--set", "seconds=0.01", "--format", "jsonl")
        self.assertNotIn(b"Number: 1", ended.stdout)
        self.assertIn(b"Number: 1\n", ended.stderr)

    def test_a_language_does_not_change_json(self):
        ended = subprocess.run([CLI, "run", "squares", "--format", "jsonl"], capture_output=True, timeout=PATIENCE,
                               env={**environment(), "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"}, check=True)
        self.assertEqual(json.loads(ended.stdout.splitlines()[-1])["done"], 10)


class Language(unittest.TestCase):
    """Whoever reads the lines is a program: nothing in them depends on the country."""

    WORKLOADS = (("event", "threads"), ("condition", "threads"), ("semaphore", "threads"), ("lock", "threads"), ("starvation", "threads"),
                 ("readers-and-writers", "threads"), ("start-and-join", "thread-per-task"), ("event", "processes"))

    def setUp(self):
        # the country need not be installed: it is made here
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        if shutil.which("localedef") is None:
            self.skipTest("no localedef")
        made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", os.path.join(folder.name, "de_DE.UTF-8")], capture_output=True, check=False)
        if made.returncode not in (0, 1):
            self.skipTest("the locale de_DE cannot be made")
        self.german = {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "LOCPATH": folder.name}

    def read(self, workload, backend, **locale):
        more = {key: value for key, value in environment().items() if key not in ("LC_ALL", "LANGUAGE")}
        ended = subprocess.run([CLI, "run", workload, "--backend", backend, "--format", "jsonl"], stdin=subprocess.DEVNULL, capture_output=True,
                               timeout=PATIENCE, env={**more, **locale}, check=False)
        lines = [json.loads(line) for line in ended.stdout.splitlines()]
        return [[re.sub(r"[0-9]+", "0", line[key] or "") for key in ("label", "result", "error")] for line in lines if line["type"] == "task"]

    def test_results_and_labels_are_the_same_in_german(self):
        # these wait most of their time
        with concurrent.futures.ThreadPoolExecutor(2 * len(self.WORKLOADS)) as pool:
            runs = [(workload, backend, [pool.submit(self.read, workload, backend, **locale) for locale in (self.german, {"LC_ALL": "C.UTF-8"})])
                    for workload, backend in self.WORKLOADS]
        for workload, backend, (in_german, in_english) in runs:
            with self.subTest(workload=workload, backend=backend):
                german, english = in_german.result(), in_english.result()
                self.assertGreater(len(german), 0)
                for texts in german:
                    for text in texts:
                        self.assertNotRegex(text, "[0-9],[0-9]")
                self.assertEqual({texts[0] for texts in german}, {texts[0] for texts in english})
                self.assertEqual({len(texts) for texts in german}, {3})

    def test_names_of_figures_are_the_same_in_german(self):
        names = []
        for locale in (self.german, {"LC_ALL": "C.UTF-8"}):
            ended = subprocess.run([CLI, "run", "costs", "--set", "times=20", "--format", "jsonl"], stdin=subprocess.DEVNULL, capture_output=True,
                                   timeout=PATIENCE, env={**environment(), **locale}, check=True)
            lines = [json.loads(line) for line in ended.stdout.splitlines()]
            names.append([(line["group"], line["name"], line["unit"]) for line in lines if line["type"] == "figure"])
        self.assertEqual(names[0], names[1])


def make_tree(folder):
    """A tree with everything a file name can be."""
    contents = {
        b"empty": b"",
        b"plain.txt": b"hello\n",
        b"sub/deep/er/file": os.urandom(300000),
        b"big": os.urandom(5 << 20),
        "übung 日本.txt".encode(): b"words",
        b"no-utf8-\xff\xfe": b"bytes",
        b"new\nline \"quoted\" back\\slash\ttab\x01": b"awkward",
        b"-dash": b"x",
    }
    contents.update({b"many/%d" % i: b"%d" % i for i in range(50 if SANITIZED else 500)})
    for name, data in contents.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
    os.symlink(folder, os.path.join(folder, b"loop"))
    os.symlink(b"plain.txt", os.path.join(folder, b"link"))
    os.symlink(b"nothing", os.path.join(folder, b"dangling"))
    os.mkfifo(os.path.join(folder, b"fifo"))
    return {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}


def copy_some(source, target, most):
    """Copies files until they have so many bytes, since those in use change while packages are installed. Returns their hashes by name."""
    expected, size = {}, 0
    for place, _, files in os.walk(source):
        for name in files:
            path = os.path.join(place, name)
            relative = os.path.relpath(path, source)
            if size > most:
                return expected
            try:
                if os.path.islink(path) or not os.path.isfile(path):
                    continue
                with open(path, "rb") as file:
                    data = file.read()
            except FileNotFoundError:
                continue
            os.makedirs(os.path.join(target, os.path.dirname(relative)), exist_ok=True)
            with open(os.path.join(target, relative), "wb") as file:
                file.write(data)
            expected[relative] = hashlib.sha256(data).hexdigest()
            size += len(data)
    return expected


def label_bytes(line):
    return base64.b64decode(line["label_bytes"]) if "label_bytes" in line else line["label"].encode()


class Checksums(unittest.TestCase):
    def test_every_kind_of_name_on_every_backend(self):
        with tempfile.TemporaryDirectory() as folder:
            expected = make_tree(os.fsencode(folder))
            for backend in BACKENDS:
                with self.subTest(backend=backend):
                    lines = run_jsonl("checksum-files", "--backend", backend, "--workers", "4", "--set", f"folder={folder}")
                    self.assertEqual({label_bytes(line): line["result"] for line in lines.tasks}, expected)

    def test_a_real_tree_is_as_hashlib_says(self):
        source = "/usr/share/doc"
        if not os.path.isdir(source):
            self.skipTest("no " + source)
        with tempfile.TemporaryDirectory() as folder:
            expected = copy_some(source, folder, 20 << 20)
            self.assertGreater(len(expected), 0)
            for backend in ("threads", "processes"):
                with self.subTest(backend=backend):
                    lines = run_jsonl("checksum-files", "--backend", backend, "--workers", "4", "--set", f"folder={folder}")
                    self.assertEqual({line["label"]: line["result"] for line in lines.tasks}, expected)

    def test_text_keeps_a_name_in_one_line(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "a\nb\033[31m"), "w", encoding="ascii"):
                pass
            ended = run("checksum-files", "--set", f"folder={folder}")
            self.assertEqual(ended.stdout.decode(), "\\a\\nb\\033[31m: " + hashlib.sha256(b"").hexdigest() + "\n")


class Figures(unittest.TestCase):
    def test_what_tasks_measured_is_told_as_numbers(self):
        lines = run_jsonl("costs", "--set", "times=20")
        self.assertEqual({line["unit"] for line in lines.figures}, {"ns", "bytes"})
        self.assertIn(("Create and end", "a thread"), [(line["group"], line["name"]) for line in lines.figures])
        for line in lines.figures:
            self.assertGreater(line["value"], 0, line)
            self.assertIsNotNone(line["low"], line)
            self.assertIsNone(line["claim"], line)

    def test_what_the_notes_print_is_told_beside_it(self):
        lines = run_jsonl("pool-sizes", "--set", "sizes=2,4")
        self.assertEqual([line["name"] for line in lines.figures], ["2 workers", "2 workers", "4 workers", "4 workers"])
        # the first map is printed in the notes, of those that follow they do not tell
        self.assertEqual([line["claim"] for line in lines.figures], [1.9e6, None, 3.3e6, None])
        self.assertEqual([line["low"] is None for line in lines.figures], [False] * 4)

    def test_who_measures_nothing_has_none(self):
        self.assertEqual(run_jsonl("squares").figures, [])


run_tests()
