"""What each output sounded, in words: the worst one first, never the best; an old row claims no more than it knew."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.output_share import Hole, OutputShare
from scheduler.core.air.share_words import (
    NOT_APART,
    headline_text,
    missed_text,
    outputs_text,
    seconds_text,
    share_text,
)
from scheduler.core.air.standing import Standing, Tally, standing_of, tally_text
from tests.rows import over

AT = datetime(2026, 12, 2, 23, 0, 0, 120_000, tzinfo=UTC)
CARD = OutputShare("card", "soundcard", counts=True, zones=("all",), played_ms=20_000, total_ms=20_000, first_at=AT)
STALLED = replace(CARD, played_ms=8_750, holes=(Hole(5_000, 11_250),))
RTP = replace(CARD, name="rtp", kind="rtp")
FILE = replace(CARD, name="ghi", kind="wavfile", counts=False)


def test_the_headline_is_the_worst_loudspeaker_and_names_its_hole():
    assert headline_text((FILE, RTP, STALLED)) == "card: 8,75/20 giây, thiếu 1 đoạn 11,25 giây (từ giây 5)"


def test_each_output_stands_beside_it_with_its_own_truth():
    told = outputs_text({}, (STALLED, FILE)).split("; ")
    assert told[0].startswith("card: 8,75/20 giây")
    assert told[1].startswith("ghi: 20/20 giây")
    assert told[1].endswith("không tính là loa")


def test_the_first_instant_is_on_the_wall_clock_of_the_station():
    assert "bắt đầu 06:00:00,120" in share_text(CARD, ZoneInfo("Asia/Ho_Chi_Minh"))


def test_without_a_loudspeaker_the_headline_says_so_and_no_second_of_a_file():
    assert headline_text((FILE,)) == "không đầu ra nào là loa"
    assert missed_text((FILE,)) == "không đầu ra nào là loa"


def test_a_zone_that_only_a_file_serves_is_named():
    told = headline_text((replace(CARD, zones=("bac",)), replace(FILE, zones=("nam",))))
    assert told == "card: 20/20 giây; vùng nam không có loa"


def test_a_row_from_before_says_what_it_knew_and_no_second():
    assert headline_text(None) == missed_text(None) == NOT_APART
    assert outputs_text({"loa": "ok", "FM": "mất dây"}, None) == f"loa; FM: mất dây ({NOT_APART})"


def test_what_missed_is_named_with_how_much_and_why():
    gone = replace(CARD, name="FM", played_ms=0, first_at=None, holes=(Hole(0, 20_000),), fault="mất dây")
    assert missed_text((CARD, STALLED, gone, FILE)) == "FM: không có tiếng (mất dây); card: thiếu 11,25 giây"


@given(st.integers(0, 10_000_000))
def test_seconds_are_never_told_as_more_than_were_measured(ms):
    assert float(seconds_text(ms).replace(",", ".")) * 1000 <= ms + 1e-6


@over(
    "outcome, ms, standing",
    [
        ("played", 20_000, Standing.WHOLE),
        ("partial", 8_750, Standing.PARTLY),
        ("pre_empted", 1, Standing.PARTLY),
        ("pre_empted", 0, Standing.SILENT),
        ("failed", None, Standing.SILENT),
        ("cancelled", 3_000, Standing.PARTLY),
        ("cancelled", 0, Standing.CANCELLED),
        ("recorded", 20_000, Standing.RECORDED),
        ("recorded", 0, Standing.RECORDED),
    ],
)
def test_how_an_airing_stands(outcome, ms, standing):
    assert standing_of(outcome, ms) is standing


@given(
    st.sampled_from(["played", "partial", "pre_empted", "missed", "cancelled", "recorded"]),
    st.integers(0, 9),
    st.data(),
)
def test_every_airing_is_in_one_of_the_five_and_a_file_gives_no_second(outcome, rows, data):
    sounded = data.draw(st.integers(0, rows))
    tally = Tally.of(outcome, rows, sounded, sounded * 1_000)
    assert tally.whole + tally.partly + tally.silent + tally.cancelled + tally.recorded == tally.planned == rows
    assert tally.played_ms == (0 if outcome == "recorded" else sounded * 1_000)
    assert tally + Tally() == tally


def test_the_sentence_leaves_out_what_there_is_none_of():
    assert tally_text(Tally(whole=3, played_ms=9)) == "phát trọn 3/3 lượt"
    told = tally_text(Tally(whole=1, partly=1, silent=1, cancelled=3, recorded=2, played_ms=68_750, partly_ms=8_750))
    assert told == (
        "phát trọn 1/8 lượt; phát dở 1 lượt (8,7 giây); không phát được 1 lượt; đã hủy 3 lượt;"
        " chỉ ghi tệp, loa không kêu 2 lượt"
    )
