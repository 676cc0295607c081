"""What no loudspeaker sounded is airtime nowhere: each sum, page, wire and metric shows it as its own thing.

The row is the worst one that can be: it carries seconds, as if whoever wrote it had taken the file for a loudspeaker.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.air.output_share import Hole, OutputShare
from scheduler.core.air.standing import Tally
from scheduler.core.model import AiringOutcome, Sha256, Slot, Trigger
from scheduler.core.report.journal_filter import Filter
from scheduler.store import Ending
from scheduler.store.report.counts import JournalSums
from scheduler.store.report.report_rows import ReportRows
from tests.conftest import DAY

LONG = 60_000
FILE = OutputShare("wav", "wavfile", counts=False, zones=("all",), played_ms=LONG, total_ms=LONG)
CARD = replace(FILE, name="card", kind="soundcard", counts=True)


@pytest.fixture
def ended(cast, clock):
    """The airings of a campaign, ended as told; the clock stands behind the day."""

    def close(*endings, **changes):
        announcement_id = cast.approved(60.0, "Tiêm chủng")
        campaign_id = cast.running(announcement_id, base=len(endings), **changes)
        slots = cast.station.repos.slots
        for slot, (outcome, played_ms, shares) in zip(slots.of_day(DAY), endings, strict=True):
            slots.claim(slot, slot.start)
            end = slot.start + timedelta(milliseconds=played_ms)
            outputs = {one.name: one.state for one in shares or ()}
            slots.close(slot.id, Ending(outcome, "", slot.start, end, played_ms, outputs, shares=shares), slot.end)
        clock.advance(86_400)
        return campaign_id

    return close


RECORDED = (AiringOutcome.RECORDED, LONG, (FILE,))


def test_no_sum_of_the_station_counts_a_file(ended, station, minh):
    ended(RECORDED, (AiringOutcome.PLAYED, LONG, (CARD, FILE)))
    tally = station.services.journal.tally(minh, Filter(DAY, DAY))
    assert tally == Tally(whole=1, recorded=1, played_ms=LONG)
    assert station.services.journal.minutes(minh, Filter(DAY, DAY)) == {DAY: LONG}
    counts = JournalSums()
    counts.read_on(station.repos.store)
    assert counts.airings == {"recorded": 1, "played": 1}
    assert sum(counts.heard_ms.values()) == LONG
    figures = {fact.key: fact.cell for fact in station.services.reports.log(minh, DAY).blocks[0].facts}
    assert (figures["SoLuotDaPhat"], figures["SoLuotChiGhiTep"], figures["TongThoiLuong"]) == (1, 1, LONG)


def test_the_ledger_owes_nothing_for_a_file_and_names_why(ended, station):
    campaign_id = ended(RECORDED, (AiringOutcome.PLAYED, LONG, (CARD,)))
    (line,) = station.services.ledger.lines([station.repos.programme.campaign(campaign_id)], DAY, DAY)
    account = line.account
    assert (account.ordered, account.aired, account.made_good, account.owed) == (2, 1, 0, 0)
    assert account.written_off == {"recorded_only": 1}
    assert account.heard_minutes == 1
    assert not [slot for slot in station.repos.slots.of_day(DAY) if slot.trigger is Trigger.MAKE_GOOD]


def test_a_test_tone_into_a_file_is_no_tested_loudspeaker(station, cast):
    slots = station.repos.slots
    start = station.clock.now()
    slot = Slot(
        id="t1", day=DAY, zone="all", start=start, length=timedelta(seconds=3), campaign_id=None,
        announcement_id=cast.approved(), audio_sha256=Sha256("0" * 64), trigger=Trigger.TEST,
    )  # fmt: skip
    slots.add(slot, None, start)
    slots.claim(slot, start)
    slots.close(slot.id, Ending(AiringOutcome.RECORDED, "", start, start, 3_000, {"wav": "ok"}, shares=(FILE,)), start)
    assert not {step.name: step.done for step in station.services.guide.steps()}["dau-ra"]


MUTE = replace(CARD, name="cot", played_ms=0, holes=(Hole(0, LONG),), fault="cable")
ONE_OF_TWO = (AiringOutcome.PARTIAL, 0, (CARD, MUTE))
"""Told by the worst loudspeaker: no second; and all of it was heard in the other half of the ward."""


def test_what_one_of_two_loudspeakers_sounded_is_nowhere_told_as_silence(ended, station, minh):
    ended(ONE_OF_TWO)
    assert station.services.journal.tally(minh, Filter(DAY, DAY)) == Tally(partly=1)
    counts = JournalSums()
    counts.read_on(station.repos.store)
    assert counts.airings == {"partial": 1}
    figures = {fact.key: fact.cell for fact in station.services.reports.log(minh, DAY).blocks[0].facts}
    assert [figures[name] for name in ("SoLuotDaPhat", "SoLuotPhatDo", "SoLuotKhongPhat", "TongThoiLuong")] == [
        0,
        1,
        0,
        0,
    ]
    assert [row["airings"] for row in ReportRows(station.repos.store).items(DAY, DAY)] == [1]
