"""The log of faults: a hundred are kept, those that stand are never pushed out, and others see them at once."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.core.station.station_faults import StationFault
from scheduler.services.fault_log import KEPT, NAME, FaultLog

AT = datetime(2026, 12, 2, 1, tzinfo=UTC)


@pytest.fixture(params=["file", "memory"])
def log(request, tmp_path):
    kept = FaultLog.open(tmp_path) if request.param == "file" else FaultLog(None)
    yield kept
    kept.close()


def test_the_last_hundred_are_kept_and_what_stands_is_never_dropped(log):
    log.begin(StationFault("disk", "disk_low"), AT)
    for number in range(2 * KEPT):
        one = log.begin(StationFault(f"output {number}", "fault_output", {"title": "Loa"}), AT)
        log.over(one.number, AT + timedelta(minutes=number))
    found = log.records()
    assert [one.number for one in found] == [*range(2 * KEPT + 1, KEPT + 2, -1), 1]
    assert [one.fault.key for one in log.standing()] == ["disk"]
    assert found[0].ended == AT + timedelta(minutes=2 * KEPT - 1)


def test_another_process_sees_what_was_written_and_a_torn_copy_costs_the_newest_change_alone(tmp_path):
    log = FaultLog.open(tmp_path)
    one = log.begin(StationFault("voice", "fault_voice"), AT, ["webhook"])
    log.told(one.number, "webhook", "began")
    log.over(one.number, AT)
    other = FaultLog.open(tmp_path)
    (seen,) = other.records()
    assert (seen.fault.reason, seen.ended, seen.told) == ("fault_voice", AT, {"webhook": "began"})
    torn = (tmp_path / NAME).read_bytes().rindex(b'"ended":"2026')
    with (tmp_path / NAME).open("r+b") as file:
        file.seek(torn)
        file.write(b"??????")
    (seen,) = other.records()
    assert (seen.ended, seen.told) == (None, {"webhook": "began"})


def test_a_long_message_costs_itself_and_not_the_record(tmp_path):
    log = FaultLog.open(tmp_path)
    log.begin(StationFault("output x", "fault_output", {"detail": "ư" * 5000}), AT)
    (seen,) = log.records()
    assert seen.fault == StationFault("output x", "fault_output")
