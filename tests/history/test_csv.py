#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of tasks, read by a program that was not written for them: whatever bytes stand in a text, they come back."""
import csv
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import runner  # noqa: E402

ROWS = os.environ["CSV_ROWS"]


def read(path):
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        return list(csv.DictReader(file, strict=True))


def to_hex(text):
    return text.encode("utf-8", "surrogateescape").hex()


def test_any_bytes_survive():
    for seed in range(8):
        with tempfile.TemporaryDirectory() as folder:
            table, texts = pathlib.Path(folder, "table.csv"), pathlib.Path(folder, "texts")
            subprocess.run([ROWS, table, texts, str(seed)], check=True)
            rows, told = read(table), texts.read_text().splitlines()
            assert len(rows) == len(told) == 3000, (len(rows), len(told))
            for row, line in zip(rows, told):
                wanted = ["" if text == "-" else text for text in line.split(" ")]
                assert [to_hex(row[name]) for name in ("label", "result", "error")] == wanted, (seed, row, line)


def test_numbers_are_where_they_are_known():
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder, "table.csv")
        subprocess.run([ROWS, table, pathlib.Path(folder, "texts"), "1"], check=True)
        for number, row in enumerate(read(table), 1):
            assert int(row["task"]) == number and row["state"] == "done" and int(row["finished_ns"]) == number
            assert row["worker"] == "" and row["queued_ns"] == "0"
            assert row["started_ns"] == ("0" if number % 2 == 0 else "")
            known = [row[name] for name in ("on_cpu_ns", "ready_ns", "blocked_ns", "switches", "preempted")]
            if number % 4:
                assert known == 5 * [""], row
            elif number % 8:
                assert known == [str(number // 2), "", "", "3", "0"], row
            else:
                assert known == [str(number // 2), "1", str(number - number // 2 - 1), "3", "0"], row
        assert table.read_bytes().endswith(b"\r\n")


runner.run_tests()
