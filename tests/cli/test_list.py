#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""heddle-cli list."""
import json
import shlex
import unittest

from program import BACKENDS, call, run_tests

# The defaults are those of the lecture notes.
NOTES = {
    "checksum-files": ["folder"],
    "handle-requests": [("requests", 5), ("seconds", 2)],
    "factorials": [("n", 10), ("rounds", 1)],
    "squares": [("n", 10)],
    "numbers-and-letters": [("numbers", 5), ("letters", 5), ("seconds", 1)],
}
TYPES = {"number": (int, float), "choice": str, "folder": str, "text": str, "switch": bool}


class List(unittest.TestCase):
    def setUp(self):
        ended = call("list", "--format", "json")
        self.assertEqual((ended.returncode, ended.stderr), (0, b""))
        self.workloads = {workload["id"]: workload for workload in json.loads(ended.stdout)}

    def test_the_workloads_of_the_notes_are_there_with_their_defaults(self):
        for name, parameters in NOTES.items():
            found = {parameter["name"]: parameter["default"] for parameter in self.workloads[name]["parameters"]}
            for parameter in parameters:
                if isinstance(parameter, str):
                    self.assertIn(parameter, found)
                else:
                    self.assertEqual(found[parameter[0]], parameter[1], (name, parameter))

    def test_every_workload_is_described_completely(self):
        for workload in self.workloads.values():
            for key in ("name", "group", "summary", "about"):
                self.assertTrue(workload[key], (workload["id"], key))
            self.assertIn(workload["default_backend"], workload["backends"])
            self.assertLessEqual(set(workload["backends"]), set(BACKENDS))
            for parameter in workload["parameters"]:
                self.check_parameter(parameter)

    def test_tries_and_notes_are_there(self):
        """Every try is a command that the program takes as it stands."""
        tries = 0
        for workload in self.workloads.values():
            self.assertTrue(workload["notes"] is None or workload["notes"], workload["id"])
            for a_try in workload["tries"]:
                tries += 1
                program, *arguments = shlex.split(a_try["command"])
                self.assertEqual(program, "heddle-cli")
                self.assertTrue(a_try["label"])
                ended = call(*arguments, "--nice", "20")
                self.assertEqual(ended.returncode, 2)
                self.assertIn(b"--nice", ended.stderr, a_try)
        self.assertGreater(tries, 0)

    def check_parameter(self, parameter):
        self.assertIsInstance(parameter["default"], TYPES[parameter["type"]], parameter)
        self.assertTrue(parameter["label"] and parameter["description"], parameter)
        if parameter["type"] == "number":
            self.assertLessEqual(parameter["minimum"], parameter["default"])
            self.assertLessEqual(parameter["default"], parameter["maximum"])
            self.assertGreater(parameter["step"], 0)
        if parameter["type"] == "choice":
            self.assertIn(parameter["default"], [choice["id"] for choice in parameter["choices"]])

    def test_text_names_every_workload_and_parameter(self):
        ended = call("list")
        self.assertEqual(ended.returncode, 0)
        lines = ended.stdout.decode().splitlines()
        for workload in self.workloads.values():
            start = next(i for i, line in enumerate(lines) if line.startswith(f"  {workload['id']} "))
            for i, parameter in enumerate(workload["parameters"]):
                self.assertTrue(lines[start + 3 + i].startswith(f"      {parameter['name']}="), lines[start + 3 + i])

    def test_a_default_can_be_set(self):
        """What the list says can be said on the command line."""
        for workload in self.workloads.values():
            settings = []
            for parameter in workload["parameters"]:
                default = parameter["default"]
                text = ("on" if default else "off") if isinstance(default, bool) else str(default)
                settings += ["--set", f"{parameter['name']}={text}"]
            ended = call("run", workload["id"], *settings, "--workers", "0")
            self.assertEqual(ended.returncode, 2)
            self.assertIn(b"--workers", ended.stderr, settings)


run_tests()
