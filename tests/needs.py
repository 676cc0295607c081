"""What a test needs beside Python: left out where it is not, but never in CI."""

import os
import shutil

import pytest


def missing(what: str) -> None:
    """Skip where a person runs the tests; in CI what is missing is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is mandatory in CI")
    pytest.skip(f"{what} is not on this machine")


def needed(*programs: str) -> None:
    """Each of these programs, by name or path."""
    for program in programs:
        if shutil.which(program) is None:
            missing(program)


def same_clock_everywhere(why: str) -> None:
    """The test is left out where libfaketime puts the clock forward (`tests/at_dates.py`), for `why`."""
    if "faketime" in os.environ.get("LD_PRELOAD", ""):
        pytest.skip(why)
