#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What shells offer behind a heddle-cli that is being typed: an interactive shell on a terminal of its own, real keys, and the words that come of it."""
import os
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
import unittest

from program import BACKENDS, CLI, PATIENCE, environment, run_tests

SOURCE = os.environ["HEDDLE_SOURCE"]
BASH = shutil.which("bash")
ON_THREADS = sorted(name for name in BACKENDS if name.startswith("th"))  # as shells sort them
ALL_COMPLETIONS = "\033*"  # readline's: writes all of them into the line
PROMPT = "ready> "
SETUP = ("bind 'set enable-bracketed-paste off'", "bind 'set completion-query-items 0'", "stty -echo")


class Shell:
    """An interactive bash whose lines are completed; heddle-cli is on its path."""

    def __init__(self, folder, *setup):
        os.symlink(CLI, os.path.join(folder, "heddle-cli"))
        self.master, slave = pty.openpty()
        surroundings = environment(PATH=f"{folder}:{os.environ['PATH']}", TERM="dumb", HOME=folder, XDG_STATE_HOME="", PS1=PROMPT, INPUTRC="/dev/null", HISTFILE="")
        self.process = subprocess.Popen([BASH, "--norc", "--noprofile", "-i"], stdin=slave, stdout=slave, stderr=slave, cwd=folder,
                                        env=surroundings, start_new_session=True)
        os.close(slave)
        self.read_until(PROMPT)
        for line in (*SETUP, *setup, f". '{SOURCE}/data/completions/heddle-cli.bash'"):
            self.write(line + "\n")
            self.read_until(PROMPT)

    def write(self, text):
        os.write(self.master, text.encode())

    def read_until(self, wanted):
        text = ""
        deadline = time.monotonic() + PATIENCE
        while not text.endswith(wanted):
            ready, _, _ = select.select([self.master], [], [], max(0, deadline - time.monotonic()))
            assert ready, ("the shell says nothing more", text)
            text += os.read(self.master, 65536).decode(errors="replace")
        return text

    def words(self, line, keys):
        """The words behind heddle-cli that the shell would run after @line and @keys."""
        self.write(f"heddle-cli {line}{keys}\001printf '<%s>\\n' \n")  # Ctrl+A, and another command in front
        text = self.read_until(PROMPT)
        return re.findall(r"^<(.*)>\r$", text, re.MULTILINE)[1:]

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)


@unittest.skipUnless(BASH, "bash is not installed")
class Bash(unittest.TestCase):
    def start(self, *setup):
        folder = tempfile.mkdtemp(prefix="heddle-")
        self.addCleanup(shutil.rmtree, folder)
        shell = Shell(folder, *setup)
        self.addCleanup(shell.close)
        for name in ("with two blanks/in it", "with more", "a:b", "plain", "it's"):
            os.makedirs(os.path.join(folder, name))
        os.makedirs(os.path.join(folder, ".local/state/heddle/batches"))
        for name in ("with a file", ".local/state/heddle/batches/pictures.journal", ".local/state/heddle/batches/words.journal"):
            with open(os.path.join(folder, name), "w", encoding="ascii"):
                pass
        return shell

    def check(self, shell, cases):
        for line, words in cases:
            with self.subTest(line=line):
                self.assertEqual(shell.words(line, ALL_COMPLETIONS), words)

    COMMON = [
        ("l", ["list"]),
        ("", ["--help", "--version", "batch", "list", "run"]),
        ("batch --resume-", ["batch", "--resume-failed"]),
        ("batch -f j", ["batch", "-f", "jsonl"]),
        ("batch --format=j", ["batch", "--format=jsonl"]),
        ("batch --halt=now", ["batch", "--halt=now,fail="]),
        ("batch --resume pic", ["batch", "--resume", "pictures"]),
        ("batch --resume-failed=w", ["batch", "--resume-failed=words"]),
        ("batch -k -j 2 heddle-c", ["batch", "-k", "-j", "2", "heddle-cli"]),
        ("batch -j 2 cat -- pl", ["batch", "-j", "2", "cat", "--", "plain"]),
        ("batch --joblog with\\ a", ["batch", "--joblog", "with a file"]),
        ("run sq", ["run", "square-and-cube", "squares"]),
        ("run squares --backend th", ["run", "squares", "--backend", *ON_THREADS]),
        ("run squares --back", ["run", "squares", "--backend"]),
        ("run squares -b th", ["run", "squares", "-b", *ON_THREADS]),
        ("run squares --nice ", ["run", "squares", "--nice", "idle"]),
        ("run squares -f j", ["run", "squares", "-f", "jsonl"]),
        ("list -f j", ["list", "-f", "json"]),
        ("list --format=j", ["list", "--format=json"]),
        ("run squares --nice=i", ["run", "squares", "--nice=idle"]),
        ("run squares --no", ["run", "squares", "--no-live"]),
        ("run crash-a-worker -s ta", ["run", "crash-a-worker", "-s", "task=", "tasks="]),
        ("run crash-a-worker -s how=k", ["run", "crash-a-worker", "-s", "how=kill"]),
        ("run crash-a-worker --set=how=k", ["run", "crash-a-worker", "--set=how=kill"]),
        ("run crash-a-worker --set=ho", ["run", "crash-a-worker", "--set=how="]),
        ("-s how=k crash-a-worker", ["-s", "how=k", "crash-a-worker"]),
        ("run crash-a-worker --halt=now", ["run", "crash-a-worker", "--halt=now,fail="]),
        ("run checksum-files -s folder=pl", ["run", "checksum-files", "-s", "folder=plain"]),
        ("run checksum-files -s folder=with\\ t", ["run", "checksum-files", "-s", "folder=with two blanks"]),
        ("run checksum-files --set=folder=with\\ two\\ blanks/", ["run", "checksum-files", "--set=folder=with two blanks/in it"]),
        ("run checksum-files -s folder=a\\:", ["run", "checksum-files", "-s", "folder=a:b"]),
        ("run checksum-files -s folder=it", ["run", "checksum-files", "-s", "folder=it's"]),
        ("run squares -t with\\ a", ["run", "squares", "-t", "with a file"]),
        ("run squares --trace=with\\ a", ["run", "squares", "--trace=with a file"]),
    ]

    def test_one_word_is_offered(self):
        self.check(self.start(), self.COMMON)

    def test_where_equals_signs_do_not_part_words(self):
        self.check(self.start("COMP_WORDBREAKS=${COMP_WORDBREAKS//=}"), self.COMMON)

    def test_several_behind_an_equals_sign(self):
        """Bash keeps what stands before it, and the others stand beside."""
        self.check(self.start(), [
            ("run squares --backend=th", ["run", "squares", f"--backend={ON_THREADS[0]}", *ON_THREADS[1:]]),
            ("run crash-a-worker -s how=", ["run", "crash-a-worker", "-s", "how=abort", "exit", "kill", "segv"]),
            ("run crash-a-worker --set how=", ["run", "crash-a-worker", "--set", "how=abort", "exit", "kill", "segv"]),
            ("run lock -s lo", ["run", "lock", "-s", "lo"]),
            ("run checksum-files -s folder=with", ["run", "checksum-files", "-s", "folder=with more", "with two blanks"]),
        ])

    def test_quotes_stay(self):
        shell = self.start()
        for line, words in (('run checksum-files -s folder="with two b', ["run", "checksum-files", "-s", "folder=with two blanks/"]),
                            ("run checksum-files -s 'folder=with two b", ["run", "checksum-files", "-s", "folder=with two blanks"]),
                            ("run crash-a-worker -s how='k", ["run", "crash-a-worker", "-s", "how=kill"]),
                            ("run crash-a-worker -s 'how=k", ["run", "crash-a-worker", "-s", "how=kill"])):
            with self.subTest(line=line):
                self.assertEqual(shell.words(line, "\t"), words)


FISH = shutil.which("fish")


@unittest.skipUnless(FISH, "fish is not installed")
class Fish(unittest.TestCase):
    """Fish tells what it would offer without being typed at."""

    def test_values(self):
        with tempfile.TemporaryDirectory(prefix="heddle-") as folder:
            os.symlink(CLI, os.path.join(folder, "heddle-cli"))
            os.mkdir(os.path.join(folder, "with two blanks"))
            for line, offered in (("run squares --backend=th", {f"--backend={name}" for name in ON_THREADS}),
                                  ("run squares --nice ", {"idle"}),
                                  ("batch -f ", {"text", "jsonl"}),
                                  ("batch --resume-f", {"--resume-failed"}),
                                  ("run sq", {"squares", "square-and-cube"}),
                                  ("run crash-a-worker -s how=", {"how=segv", "how=abort", "how=kill", "how=exit"}),
                                  ("run crash-a-worker --set=how=k", {"--set=how=kill"}),
                                  ("run checksum-files -s folder=wi", {"folder=with two blanks/"})):
                with self.subTest(line=line):
                    script = f"source '{SOURCE}/data/completions/heddle-cli.fish'; complete -C 'heddle-cli {line}'"
                    ended = subprocess.run([FISH, "--no-config", "-c", script], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                           timeout=PATIENCE, env=environment(PATH=f"{folder}:{os.environ['PATH']}", HOME=folder), check=False)
                    self.assertEqual({line.split("\t")[0] for line in ended.stdout.splitlines()}, offered, ended.stderr)


run_tests()
