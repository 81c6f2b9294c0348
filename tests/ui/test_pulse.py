#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pulse while nothing holds the main loop up. This one alone is run with no other test beside it, which might."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import run_tests  # noqa: E402
from test_window import min_stalls_of  # noqa: E402


def test_pulse_tells_no_stall_when_threads_wait():
    # Other programs may hold the loop of a busy machine up, once or twice; what the threads do would do it every time.
    assert min_stalls_of("threads", 4) == 0, "nothing held the main loop up, and the pulse tells a stall in every run"


run_tests(test_pulse_tells_no_stall_when_threads_wait)
