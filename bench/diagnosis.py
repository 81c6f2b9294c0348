#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said to hold each workload up, with default settings: the table of docs/diagnosis.md.

diagnosis.py HEDDLE-CLI [--seconds N] [--only WORKLOAD] [-- RUN-OPTION...]
A run that takes longer than that many seconds is asked to end (Ctrl+C twice).
"""
import argparse
import json
import signal
import subprocess


def run(cli, workload, options, seconds):
    process = subprocess.Popen([cli, "run", workload, "--format", "jsonl", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    cut = False
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        cut = True
        for _ in range(2):
            process.send_signal(signal.SIGINT)
        try:
            output, _ = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
    summary = json.loads(output.splitlines()[-1]) if output else None
    return summary if summary and summary["type"] == "run" else None, cut


def describe(verdict):
    figures = verdict["figures"]
    words = [f"`{verdict['kind']}` {figures['share']:.0%}"]
    if "object" in verdict:
        words[0] += f" “{verdict['object']}”"
    if "held" in figures:
        words.append(f"held {figures['held']:.0%}")
    if "holder" in figures:
        words.append(f"most of it by worker {figures['holder']:.0f}: {figures['holder_ns'] / 1e9:.2f} s")
    return ", ".join(words) + f" (explains {figures['strength']:.0%})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cli")
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--only")
    parser.add_argument("options", nargs="*")
    arguments = parser.parse_args()
    workloads = json.loads(subprocess.run([arguments.cli, "list", "--format", "json"], check=True, stdout=subprocess.PIPE).stdout)
    print("| workload | backend | workers | lasted | utilisation | what is said |\n| --- | --- | --- | --- | --- | --- |")
    for workload in workloads:
        if arguments.only and workload["id"] != arguments.only:
            continue
        summary, cut = run(arguments.cli, workload["id"], arguments.options, arguments.seconds)
        if summary is None:
            print(f"| `{workload['id']}` | | | | | no run |", flush=True)
            continue
        said = "; ".join(describe(verdict) for verdict in summary["diagnosis"]) or "–"
        lasted = f"{summary['elapsed_ns'] / 1e9:.1f} s" + (" (cut)" if cut else "")
        print(f"| `{workload['id']}` | {summary['backend']} | {summary['workers']} | {lasted} | {summary['utilisation']:.0%} | {said} |", flush=True)


main()
