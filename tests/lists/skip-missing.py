#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for a validator that is not installed, so that the test is shown as skipped."""
import sys

print(f"The validator for {sys.argv[1]} is not installed.")
sys.exit(77)
