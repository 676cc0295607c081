"""Logs are kept two years and more: packed when full, thinned by age, and by room only at the very last."""

import gzip
import logging
from datetime import timedelta

import pytest

from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.log_files import KEPT_FOR, LogFile
from tests.conftest import MORNING

YEARS = timedelta(days=2 * 366)


@pytest.fixture
def days(tmp_path):
    """Write a line for each day; the days that can still be read afterwards."""
    clock = SteppedClock(MORNING)

    def write(count, most_bytes=None):
        file = LogFile(tmp_path / "web.log", clock, one_bytes=2000)
        file.most_bytes = most_bytes or file.most_bytes
        try:
            for day in range(count):
                file.emit(logging.LogRecord("x", logging.INFO, "", 0, f"day {day} {'.' * 60}", (), None))
                clock.advance(86_400)
        finally:
            file.close()
        packed = [gzip.decompress(one.read_bytes()).decode() for one in sorted(tmp_path.glob("web.log.*.gz"))]
        lines = "".join([*packed, (tmp_path / "web.log").read_text()]).splitlines()
        return [int(line.split()[1]) for line in lines]

    return write


def test_every_line_of_two_years_can_be_read_and_lines_far_older_are_gone(days):
    total = 3 * 366
    kept = days(total)
    assert kept == list(range(kept[0], total))
    assert YEARS <= timedelta(days=total - kept[0]) <= KEPT_FOR + timedelta(days=60)


def test_a_process_that_never_stops_complaining_does_not_fill_the_disk(days, tmp_path):
    days(4000, most_bytes=3000)
    assert sum(one.stat().st_size for one in tmp_path.glob("web.log.*.gz")) <= 3000


def test_a_folder_that_takes_no_packed_file_costs_no_line(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(gzip, "open", full)
    file = LogFile(tmp_path / "web.log", SteppedClock(MORNING), one_bytes=500)
    for number in range(10):
        file.emit(logging.LogRecord("x", logging.INFO, "", 0, f"{number} {'.' * 80}", (), None))
    file.close()
    lines = (tmp_path / "web.log").read_text().splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(10))
