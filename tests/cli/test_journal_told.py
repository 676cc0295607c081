"""`loa journal` of a day: each output's own truth under the table, and what its relays went through."""

from datetime import timedelta

import pytest

from scheduler.commands.reports import _print_relays, print_journal
from scheduler.core.air.output_share import Hole, OutputShare
from scheduler.core.model import AiringOutcome, Sha256, Slot, Trigger
from scheduler.store import Ending
from tests.conftest import DAY, MORNING

CARD = OutputShare("card", "soundcard", True, ("all",), 8_750, 20_000, MORNING, (Hole(5_000, 11_250),))
FILE = OutputShare("ghi", "wavfile", False, ("all",), 20_000, 20_000, MORNING)


@pytest.fixture
def aired(cast):
    def close(outcome, played_ms, shares, trigger=Trigger.MANUAL):
        slots = cast.station.repos.slots
        slot = Slot(
            id=f"{DAY:%Y%m%d}-n1", day=DAY, zone="all", start=MORNING, length=timedelta(seconds=20), campaign_id=None,
            announcement_id=cast.approved(), audio_sha256=Sha256("0" * 64), trigger=trigger,
        )  # fmt: skip
        slots.add(slot, None, MORNING)
        slots.claim(slot, MORNING)
        outputs = {one.name: one.state for one in shares} if shares else {"loa": "ok"}
        slots.close(slot.id, Ending(outcome, "", MORNING, slot.end, played_ms, outputs, shares=shares), slot.end)
        return slot

    return close


def told(station, capsys):
    print_journal(station, DAY, rows := station.repos.journal.of_day(DAY.isoformat()))
    _print_relays(station, DAY, rows)
    return capsys.readouterr().out


def test_the_worst_output_stands_in_the_table_and_each_one_under_it(aired, station, capsys):
    aired(AiringOutcome.PARTIAL, 8_750, (CARD, FILE))
    out = told(station, capsys)
    assert "card: 8,75/20 giây, thiếu 1 đoạn 11,25 giây (từ giây 5), bắt đầu 05:30:00,000\n" in out
    assert "ghi: 20/20 giây, bắt đầu 05:30:00,000, không tính là loa\n" in out
    assert "Tóm tắt: phát trọn 0/1 lượt; phát dở 1 lượt (8,7 giây)\n" in out
    assert "Tổng thời lượng đo được: 8,7 giây" in out


def test_a_day_of_files_is_no_second_and_says_that_no_loudspeaker_sounded(aired, station, capsys):
    aired(AiringOutcome.RECORDED, 20_000, (FILE,))
    out = told(station, capsys)
    assert "KHÔNG CÓ LOA NÀO KÊU" in out
    assert "Tổng thời lượng đo được: 0,0 giây" in out


def test_an_old_row_is_told_as_it_was_known(aired, station, capsys):
    aired(AiringOutcome.PLAYED, 20_000, None)
    out = told(station, capsys)
    assert "chưa đo riêng từng đầu ra" in out
    assert "Tóm tắt: phát trọn 1/1 lượt\n" in out


def test_what_a_relay_went_through_is_told_with_its_title_and_its_sources(aired, station, capsys):
    slot = aired(AiringOutcome.PARTIAL, 8_750, (CARD,), Trigger.RELAY)
    assert "Nguồn tiếp âm" not in told(station, capsys)
    note = f"{slot.id}: https://vov.example/1 -> none"
    station.repos.journal.note("relay", DAY.isoformat(), "relay_lost", note, MORNING + timedelta(seconds=5))
    out = told(station, capsys)
    assert "05:30:05  Tiêm chủng: Nguồn tiếp âm mất tín hiệu. (https://vov.example/1 -> none)" in out
