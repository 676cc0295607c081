"""What a town is told of an issue's airings: never aired where only a file was written, in words that every town knows."""

from datetime import UTC, datetime

import pytest

from scheduler.core.planning.ledger import RECORDED_ONLY
from scheduler.extras.hub.rules.uplink_reports import ack_of, journal_of
from scheduler.extras.town.rules.envelope import AckState, Told, UpKind
from scheduler.extras.town.service.adapter import standing_of

OLD_WORDS = {
    "received", "stored", "refused", "waiting", "preparing", "approved", "planned", "playing", "played", "partial",
    "cancelled", "expired",
}  # fmt: skip
"""The states that a town of before `recorded` can read; it refuses every other."""


def ended(outcome, ms=0, reason="", *, sounds=False):
    return {"outcome": outcome, "played_ms": ms, "reason": reason, "sounds": sounds}


@pytest.mark.parametrize(
    ("airings", "state", "ms", "reason"),
    [
        ([ended("recorded", 20_000)], AckState.REFUSED, None, RECORDED_ONLY),
        ([ended("recorded"), ended("missed", reason="station_off")], AckState.REFUSED, None, RECORDED_ONLY),
        ([ended("recorded", 20_000), ended("played", 20_000)], AckState.PLAYED, 20_000, ""),
        ([ended("recorded", 20_000), ended("partial", 8_750, "output_failed")], AckState.PARTIAL, 8_750, "output_failed"),
        ([ended("missed", reason="station_off")], AckState.REFUSED, 0, "station_off"),
    ],
    ids=["only_a_file", "a_file_and_nothing", "heard_once", "heard_in_part", "nothing"],
)  # fmt: skip
def test_a_file_is_never_told_as_aired_nor_its_seconds_as_measured(airings, state, ms, reason):
    assert standing_of(airings) == (state, ms, reason)
    assert state.value in OLD_WORDS


def told(body):
    return Told("ward.1", 1, UpKind.ASRUN, datetime(2026, 12, 2, tzinfo=UTC), body)


def test_a_town_reads_the_answer_and_the_row_of_a_ward_without_a_loudspeaker():
    answer = ack_of(told({"id": "x" * 36, "state": "refused", "reason": RECORDED_ONLY, "details": {}}))
    assert (answer.state, answer.reason, answer.played_ms) == (AckState.REFUSED, RECORDED_ONLY, None)
    row = {"seq": 1, "day": "2026-12-02", "kind": "airing", "outcome": "recorded", "played_ms": 0, "shares_json": "[]"}
    assert journal_of(told({"id": "", "journal": row}), lambda _: "").values["outcome"] == "recorded"
