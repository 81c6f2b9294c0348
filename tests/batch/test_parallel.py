#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines that heddle-cli batch makes are those of GNU parallel: the same command line is given to both, with --dry-run.

Lines that differ are executed by sh, and have to print the same arguments. Where Heddle differs on purpose the row says why, and what comes instead.
"""
import collections
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from program import CLI, PATIENCE, environment, run_tests  # noqa: E402  the folder is known only now

ALL = "{} {.} {/} {//} {/.}"
PATHS = ["a/b.c/d", ".hidden", "x", "a/.b", "a/", "/", "//x", "a.tar.gz", "/x", "./a.b", "a//b.c", "a b/c d.e f", "a/b//", "..", "../..", "a.", ".", "a/.", "", "a/b/c"]
NASTY = ["a", "b c", "it's", 'x"y', "", "$HOME `id` $(id)", "*", "~", "#x", "a=b", "-n", "a,b;c&d|e", "\\", "\\n", "!", "[a]", "{}", "{#}", "''", "'", "a''b", " ", "\t",
         "ü", b"\xff\xfe", "<>", "(a)", "%+@/._-", "^", "?", "\r", "\x01\x7f", "--", "{1}{2}"]
FILES = {
    "one": "f1\nf2\n",
    "two": "g1\ng2\ng3",  # the last line has no end
    "empty": "",
    "blank": "\n \n\ta\n",
    "table": "a\tb\tc\n  d \te\n\tf\n",
    "named": "dir,file\n/tmp,x.c\nb c,\n",
    "quoted.csv": 'x,y\n1,"a b"\n2,"c\nd"\n3,"q""u"\n"", z \n',
    "semicolons.csv": 'a;"b;c"\nd;e,f\n',
}

PARTS = 6

Row = collections.namedtuple("Row", "arguments stdin differs why")


def row(*arguments, stdin="", differs=None, why=None):
    """@differs: what Heddle makes instead of what parallel does, because of @why; {}: it is refused."""
    assert (differs is None) == (why is None)
    return Row(arguments, stdin, differs, why)


SAME = [
    # words
    row("echo", ":::", *NASTY),
    row("echo x{}y{}z", ":::", *NASTY),
    row("echo {1} {2}", ":::", *NASTY[:9], ":::", *NASTY[-9:]),
    row("echo", stdin="a\nb c\n\nit's\n"),
    row("-0", "echo x{}y {}", stdin="a\nb\0a'\n'b\0\n\0'\n\0"),
    row("echo \"{}\"", ":::", "a", "b-c"),
    row("echo '{}'", ":::", "a", "b-c"),
    # a command that begins with the value, and none
    row(":::", "echo a; echo b", "echo c   d", "true && echo 'x y'"),
    row(stdin="echo a | cat\necho 'b  c'\n"),
    row(":::", "echo a", "echo b", ":::", "1", "2"),
    row("{} x", ":::", "echo a; echo b"),
    row("{1} x {1}", ":::", "echo a;echo"),
    row("{.} x", ":::", "echo a; echo b.c"),
    row("{} {#}", ":::", "echo"),
    row(" {} x", ":::", "echo"),
    row("'{}' x", ":::", "echo"),
    row("x={}; echo $x", ":::", "a b", "c"),
    # replacement strings
    row("echo " + ALL, ":::", *PATHS),
    row("echo {1.} {1/} {1//} {1/.} {2} {2.} {2/} {2//} {2/.}", ":::", *PATHS[:8], ":::", *PATHS[8:]),
    row("echo {-1} {-2} {-1.} {-1/} {-2//} {-2/.}", ":::", "a/b.c", ":::", "d/e.f", "g"),
    row("echo {#} {%}", ":::", "a", "b", "c"),
    row("echo {#}", ":::", "a"),
    row("echo {3} {1}", ":::", "a"),
    row("echo {0} {01} {10}", ":::", "v"),
    row("echo {a} {1x} {-} { } {:} {##x}", ":::", "v"),
    row("echo {}}{{} {{.}} {", ":::", "v.w"),
    row("echo; echo", ":::", "a"),
    row("echo", "{}", ";", "echo", "{#}", ":::", "a"),
    row("echo", "a  b", "", "c", ":::", "d"),
    row("-I", "<>", "echo <> {} <.> {/}", ":::", "a/b.c"),
    row("-I", ",", "echo ,,", ":::", "a b"),
    row("-I", "//", "echo // {//}", ":::", "a/b"),
    row("-I", "{x}", "echo {x}", ":::", "a"),
    row("echo", "-n", "--foo", ":::", "a"),
    row("--", "echo", ":::", "a"),
    # several values for each job
    row("-N2", "echo", ":::", "a", "b", "c"),
    row("-n2", "echo", ":::", "a b", "c", "d"),
    row("--max-args", "2", "echo {2} {1}", ":::", "a", "b", "c"),
    row("--max-replace-args", "3", "echo {3}{1} {}", ":::", "a", "b", "c", "d"),
    row("-N2", "echo x{}y z", ":::", "a b", "c", "d"),
    row("-N2", "echo a{}b{#}c{.}d{1} e", ":::", "a", "b c.e", "f"),
    row("-N2", "echo a;echo x{};echo b", ":::", "a", "b c"),
    row("-N2", "echo {}{} {/} {.}", ":::", "a/b.c", "d"),
    row("-N2", "echo \"x {} y\" z", ":::", "a", "b-c"),
    row("-n0", "echo", ":::", "a", "b"),
    row("-N0", "echo x", ":::", "a", "b"),
    row("-N1", "echo x{}y", ":::", "a", "b"),
    row("echo x{}y", ":::", "a", "b c", ":::", "1", "2"),
    row("-n2", "echo", ":::", "a", "b", ":::", "1", "2"),
    row("-N3", "echo {1} {2}", ":::", "a", "b", ":::", "1", "2"),
    # sources
    row("-a", "one", "echo"),
    row("--arg-file", "two", "echo"),
    row("-a", "-", "echo", stdin="a\nb\n"),
    row("-a", "one", "-a", "two", "echo"),
    row("-a", "one", "echo", "::::", "two", ":::", "x"),
    row("-a", "one", "--link", "-a", "two", "echo"),
    row("echo", "::::", "one", "two"),
    row("echo", "::::", "-", "one", stdin="x\ny\n"),
    row("echo", "::::", "one", ":::", "a", "b", "::::", "two"),
    row("echo", "::::", "one", "::::+", "two"),
    row("echo", "::::", "one", ":::+", "a", "b", "c"),
    row("echo", "::::", "two", ":::+", "a", ":::", "1", "2"),
    row("echo", ":::", "a", "b", "c", ":::+", "1", "2"),
    row("echo", ":::", "a", "b", ":::+", "1", "2", ":::+", "8", "9", "0"),
    row("echo", ":::", "a", "b", ":::+", "1", "2", "3", ":::", "x", "y", ":::+", "m", "n"),
    row("echo", ":::", "a", ":::", "b", "c", ":::+", "x"),
    row("--link", "echo", ":::", "a", "b", "c", ":::", "1", "2"),
    row("--link", "echo", ":::", "a", ":::", "1", "2", "3", ":::", "x", "y"),
    row("--link", "echo", ":::", "a", "b", "c", ":::", "1", "2", ":::+", "x", "y", "z"),
    row("--link", "-n2", "echo", ":::", "a", "b", "c", ":::", "1", "2", "3"),
    row("echo", ":::"),
    row("echo", "::::", "empty"),
    row("echo", stdin=""),
    row("echo", ":::+", "a", "b"),
    # ends of values
    row("-0", "echo", stdin="a\0b\nc\0\0d"),
    row("--null", "echo", stdin="a b\0"),
    row("-d", ",", "echo", stdin="a,b,,c\n"),
    row("-d", "\\t", "echo", stdin="a\tb\nc"),
    row("-d", "\\0", "echo", stdin="a\0b"),
    row("-d", "\\n", "echo", stdin="a\nb"),
    row("-d", "\\054", "echo", stdin="a,b"),
    row("echo", stdin="a\r\nb\r\n"),
    row("-r", "echo", stdin="\n \n"),
    row("-r", "echo", stdin="a\n\n b\n"),
    row("--no-run-if-empty", "echo", "::::", "blank"),
    row("echo", "::::", "blank"),
    row("--trim", "n", "echo", ":::", "  a ", "\tb "),
    row("--trim", "l", "echo", ":::", "  a ", "\tb ", " "),
    row("--trim", "r", "echo", ":::", "  a ", "\tb\r"),
    row("--trim", "lr", "echo", ":::", "  a b ", "\tc ", ""),
    row("--trim", "rl", "echo", ":::", "  a b "),
    # columns
    row("--colsep", " ", "echo {2} {1} {}", stdin="a b\nc d e\nf\n"),
    row("-C", ",", "echo {2}-{1}-{3} {-1}", stdin=" a , b ,c\n"),
    row("--trim", "n", "--colsep", ",", "echo {2} {1} {-1}", stdin=" a , b ,c\n"),
    row("--colsep", " +", "echo {1} {2}", stdin="a  b\n"),
    row("--colsep", ",", "echo {1} {2} {3} {4} {5} {6}", stdin="a,,b,,\n,\n\n"),
    row("--colsep", "\\t", "-a", "table", "echo {1} {2} {3}"),
    row("--colsep", "x*", "echo {1} {2} {3}", ":::", "abc"),
    row("--colsep", "[,;]", "echo {1}{2}{3}", ":::", "a,b;c"),
    row("--colsep", ",", "echo {1} {2} {3}", ":::", "a,b", "c,d", ":::", "1", "2"),
    row("--colsep", " ", "-N2", "echo {1} {2} {3} {4}", stdin="a b\nc d\ne f\n"),
    row("--csv", "-a", "quoted.csv", "echo {1} {2}"),
    row("--csv", "--header", ":", "-a", "quoted.csv", "echo {y} {x}"),
    row("--csv", "--colsep", ";", "-a", "semicolons.csv", "echo {1} {2}"),
    row("--header", ":", "--colsep", ",", "-a", "named", "echo {file} {dir} {1}"),
    row("--header", ":", "--colsep", ",", "-a", "named", "echo {dir/} {file.} {1//}"),
    row("--header", ":", "echo {x} {y} {1} {}", ":::", "x", "1", "2", ":::", "y", "3", "4"),
    row("--header", ":", "echo {x.} {x/} {x//} {x/.}", ":::", "x", "d/1.a", "2"),
    row("--header", ":", "echo {nope}", ":::", "x", "1"),
    row("--header", ":", "echo", ":::", "x", "1", "2"),
    row("--header", ":", "echo {a b} {c}", ":::", "a b", "1", ":::", "c", "2"),
    row("--header", ":", "--link", "echo {x} {y}", ":::", "x", "1", "2", ":::", "y", "3"),
    row("--header", ":", "--colsep", ",", "echo {a} {b} {c}", ":::", "a,b", "1,2", "3,4", ":::", "c", "5", "6"),
    row("--header", ":", "--colsep", " ", "-N2", "echo {x} {2} {3}", stdin="x y\n1 2\n3 4\n"),
]
DIFFERENT = [
    row("echo {##}", ":::", "a", "b", differs=[["2"], ["2"]], why="{##} needs no --plus"),
    row("echo {}>/dev/stdout", ":::", "1", "2", differs=[["1"], ["2"]], why="a value that is a number is no descriptor to be redirected"),
    row("echo {#}>/dev/stdout", ":::", "a", differs=[["1"]], why="nor is the number of a job"),
    row("echo", "::::", "empty", ":::", "a", differs=[], why="a source without values gives no combinations, instead of an empty value"),
    row("echo", ":::", "a", ":::", differs=[], why="the same of a pattern that matched no file"),
    row("--link", "echo", ":::", "a", "b", ":::", differs=[], why="the same; parallel ends by an error of its own"),
    row("-d", ",", "echo", ":::", "a,b", "c", differs=[["a,b"], ["c"]], why="arguments have their ends already: --delimiter is for files"),
    row("-d", "\\x2c", "echo", stdin="a,b", differs=[["a"], ["b"]], why="hexadecimal escapes are known, as xargs knows them"),
    row("-d", "xx", "echo", stdin="axxb", differs={}, why="one byte ends a value"),
    row("--colsep", "(,)", "echo {1} {2}", ":::", "a,b", differs=[["a", "b"]], why="a group in a separator is no column"),
    row("echo", stdin="a\0b\n", differs={}, why="no argument can have a NUL byte; parallel writes \\0 instead"),
    row("--csv", "echo {1} {2}", stdin='a,b\r\n"c","d"\r\n', differs=[["a", "b"], ["c", "d"]], why="RFC 4180 ends the lines of CSV like this"),
    row("--header", ":", "--colsep", ",", "-a", "named", "echo {file} {dir} {w}", ":::", "w", "1",
        differs=[["x.c", "/tmp", "1"], ["", "b c", "1"]], why="stated so that it stays: a short line moves no later column"),
    row("--header", ":", "--colsep", ",", "echo {a} {b} {w}", ":::", "a,b", "1,2", "3", ":::", "w", "5",
        differs=[["1", "2", "5"], ["3", "", "5"]], why="a short line moves no later column, where there are names"),
    row("echo", ":::", "a\n", "\n", "b\nc", differs=[["a\n"], ["\n"], ["b\nc"]], why="an argument is no line: ends of lines in it are kept"),
    row("echo {-3}x", ":::", "a", ":::", "b", differs=[["x"]], why="a value that is not there is empty, counted from the end, too"),
    row("-n", "x", "echo", ":::", "a", differs={}, why="what is no number is refused; parallel takes it for 0"),
    row("-a", "missing", "echo", differs={}, why="the status of bad usage is 2, not 255"),
    row("--trim", "x", "echo", ":::", "a", differs={}, why="the same"),
    row("echo", ":::", "a", "::::", "-", "-", stdin="b\n", differs={}, why="standard input can be read once; parallel takes the second for empty"),
    row("--no-shell", "echo '{} x' {}", ":::", "a'b c", differs=[["a'b c x", "a'b c"]], why="parallel always has a shell"),
    row("--no-shell", "-N2", "echo x{} {1} ''", ":::", "$a", "b c", differs=[["x$a", "xb c", "$a", ""]], why="the same"),
    row("--no-shell", stdin="echo 'a b' c\n", differs=[["a b", "c"]], why="the same"),
]


class Parallel(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.makedirs(os.path.join(self.folder, ".parallel"))
        for name, text in {**FILES, ".parallel/will-cite": "", "echo": '#!/bin/sh\n[ $# -eq 0 ] || printf "%s\\0" "$@"\nprintf "\\0"\n'}.items():
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        os.chmod(os.path.join(self.folder, "echo"), 0o755)
        self.environment = environment(HOME=self.folder, PARALLEL_SHELL="/bin/sh", PARALLEL_HOME=os.path.join(self.folder, ".parallel"))

    def call(self, program, tried):
        arguments = [part.encode() if isinstance(part, str) else part for part in (*program, *tried.arguments)]
        return subprocess.run(arguments, input=tried.stdin.encode(), capture_output=True, timeout=PATIENCE, env=self.environment, cwd=self.folder)

    def heddle(self, tried):
        return self.call([CLI, "batch", "--dry-run"], tried)

    def parallel(self, tried):
        return self.call(["parallel", "--dry-run", "-j1", "-k"], tried)

    def execute(self, script):
        """What it prints with an echo that keeps its arguments apart. One shell for all lines: an echo ends by an empty string, NUL included."""
        script = b"echo () { %s \"$@\"; }\n" % os.path.join(self.folder, "echo").encode() + script
        ended = subprocess.run(["sh"], input=script, capture_output=True, timeout=PATIENCE, env=self.environment, cwd=self.folder)
        return ended.stdout, ended.stderr

    def check_rows(self, rows):
        identical = 0
        for tried in rows:
            with self.subTest(arguments=tried.arguments):
                ours, theirs = self.heddle(tried), self.parallel(tried)
                self.assertEqual((ours.returncode, ours.stderr, theirs.returncode), (0, b"", 0), theirs.stderr)
                identical += ours.stdout == theirs.stdout
                if ours.stdout != theirs.stdout:
                    self.assertEqual(ours.stdout.count(b"\n"), theirs.stdout.count(b"\n"))
                    printed = self.execute(ours.stdout)
                    self.assertEqual(printed, self.execute(theirs.stdout))
                    self.assertTrue(printed[0])
        print(f"# {identical} of {len(rows)} rows are the same to the byte")

    def test_there_are_rows_enough(self):
        self.assertGreaterEqual(len(SAME), 60)

    def test_what_differs_does_so_on_purpose(self):
        for tried in DIFFERENT:
            with self.subTest(arguments=tried.arguments, why=tried.why):
                ours = self.heddle(tried)
                if tried.differs == {}:
                    self.assertEqual((ours.returncode, ours.stdout), (2, b""))
                    self.assertIn(b"heddle-cli: ", ours.stderr)
                    continue
                self.assertEqual((ours.returncode, ours.stderr), (0, b""))
                expected = b"".join(b"".join(word.encode() + b"\0" for word in [*words, ""]) for words in tried.differs)
                self.assertEqual(self.execute(ours.stdout), (expected, b""))


# Cases of their own, since some of them are due under each sanitizer.
for number in range(PARTS):
    setattr(Parallel, f"test_the_same_commands_are_made_{number + 1}", lambda self, number=number: self.check_rows(SAME[number::PARTS]))
run_tests()
