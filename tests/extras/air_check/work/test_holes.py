"""An output that lost sound in the middle: what came back is held against what it really sounded, not against a prefix."""

from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.heard_back import Heard
from scheduler.core.air.output_share import Hole, OutputShare
from scheduler.core.model import HOUSE_RATE
from scheduler.extras.air_check.rows import Attempt, ToJudge
from scheduler.extras.air_check.work.bands import BANDS, FLOOR_DB, FRAMES_A_SECOND, bands_of
from scheduler.extras.air_check.work.sent import PAD, sent_of, with_holes
from tests.extras.air_check.work.sounds import babble

WHOLE_MS = 24_000


def share(began, *holes, name="card", total_ms=WHOLE_MS, **values):
    """What an output sounded of it with these holes."""
    lost = sum(hole.length_ms for hole in holes)
    before = holes[0].length_ms if holes and not holes[0].start_ms else 0
    told = {"name": name, "kind": "soundcard", "counts": True, "zones": ("all",), "total_ms": total_ms, "holes": holes}
    first_at = began + timedelta(milliseconds=before) if lost < total_ms else None
    told |= {"played_ms": total_ms - lost, "first_at": first_at}
    return OutputShare(**(told | values))


def sounded(text, *holes):
    """The text as a loudspeaker with these holes gives it out."""
    heard = text.copy()
    for hole in holes:
        heard[hole.start_ms * HOUSE_RATE // 1000 : hole.end_ms * HOUSE_RATE // 1000] = 0
    return heard


def findings(line):
    return [one for one in line.rows.last(10) if one.verdict]


LONG_HOLE = Hole(10_000, 30_000)


def test_behind_a_hole_in_the_middle_the_right_part_of_the_sound_is_looked_for(line):
    text = babble(1, 60)
    line.air(text, heard=sounded(text, LONG_HOLE), shares=lambda began: (share(began, LONG_HOLE, total_ms=60_000),))
    (one,) = findings(line)
    assert (one.verdict, one.measured.share) == (Heard.HEARD, 1.0)
    assert line.todos() == {}


def test_what_was_lost_beyond_the_hole_is_not_called_heard(line):
    text = babble(1, 60)
    heard = sounded(text, Hole(10_000, 50_000))
    line.air(text, heard=heard, shares=lambda began: (share(began, LONG_HOLE, total_ms=60_000),))
    (one,) = findings(line)
    assert (one.verdict, one.measured.share) == (Heard.PARTLY, 0.5)


def test_an_attempt_that_went_on_behind_a_hole_goes_on_where_playout_did(line, text):
    """The first attempt reached 16 s of 24 s with a hole of 3 s; the second gave the rest, and no second of it twice."""
    slot, began = line.slot(text), line.clock.now()
    first = share(began, Hole(4000, 3000), played_ms=13_000)
    again = began + timedelta(seconds=20)
    rest = share(again, played_ms=8000, total_ms=8000)
    attempts = (Attempt(began, 13_000, (first,)), Attempt(again, 8000, (rest,)))
    one = ToJudge(slot.id, slot.zone, attempts, attempts[-1].ended_at)
    (before,), (after,) = sent_of(line.station.services, one, ("all",))
    pad = round(PAD * FRAMES_A_SECOND)
    assert len(before.bands) - 2 * pad == 16 * FRAMES_A_SECOND
    whole = bands_of([text], HOUSE_RATE)[16 * FRAMES_A_SECOND :]
    told = after.bands[pad:-pad][: len(whole)]
    assert np.allclose(told, whole[: len(told)], atol=0.1)


def test_an_output_that_lost_its_beginning_is_looked_for_from_where_it_began(line, text):
    hole = Hole(0, 12_000)
    line.air(text, heard=sounded(text, hole), shares=lambda began: (share(began, hole),))
    (one,) = findings(line)
    assert (one.verdict, one.measured.delay_ms) == (Heard.HEARD, 400)


def test_the_level_is_that_of_what_was_sounded_and_not_of_the_hole(line, text):
    hole = Hole(2000, 22_000)
    line.air(text, heard=sounded(text, hole), shares=lambda began: (share(began, hole),))
    line.run(600)
    line.air(text, title="Sốt xuất huyết")
    told = {one.title: one.measured.level_dbfs for one in findings(line)}
    assert abs(told["Tiêm chủng"] - told["Sốt xuất huyết"]) < 3


def test_of_two_loudspeakers_either_may_be_the_one_that_is_heard(line, text):
    hole = Hole(7000, 6000)
    line.air(text, shares=lambda began: (share(began, hole), share(began, name="ip", kind="rtp")))
    line.run(600)
    other = babble(9, 24)
    line.air(
        other,
        heard=sounded(other, hole),
        title="Sốt xuất huyết",
        shares=lambda began: (share(began, hole), share(began, name="ip", kind="rtp")),
    )
    assert [one.verdict for one in findings(line)] == [Heard.HEARD, Heard.HEARD]


def test_a_mute_loudspeaker_beside_one_that_sounded_is_no_reason_not_to_listen(line, text):
    mute = Hole(0, WHOLE_MS)
    line.air(text, shares=lambda began: (share(began, mute), share(began, name="ip", kind="rtp")))
    assert [one.verdict for one in findings(line)] == [Heard.HEARD]


def test_what_sounded_out_of_earshot_alone_is_not_judged(line, text):
    line.monitor._config = type(line.monitor._config)(kind="soundcard", zones=("bac",))
    mute = Hole(0, WHOLE_MS)
    line.air(
        text,
        heard=np.zeros(10, np.int16),
        shares=lambda began: (share(began, mute, zones=("bac",)), share(began, name="ip", zones=("nam",))),
    )
    assert findings(line) == []


@given(
    st.lists(st.tuples(st.integers(0, 9000), st.integers(10, 4000)), max_size=5),
    st.integers(1, 10_000),
)
def test_what_was_sent_is_the_programme_but_for_its_holes(holes, length_ms):
    bands = np.arange(10 * FRAMES_A_SECOND * BANDS, dtype=np.float32).reshape(-1, BANDS)
    told = with_holes(bands, length_ms, [Hole(*hole) for hole in holes])
    assert abs(len(told) - length_ms * FRAMES_A_SECOND / 1000) <= 0.5
    for number, frame in enumerate(told):
        middle = (number + 0.5) * 1000 / FRAMES_A_SECOND
        is_lost = any(start <= middle < start + length for start, length in holes)
        near = any(min(abs(middle - start), abs(middle - start - length)) <= 10 for start, length in holes)
        assert near or (frame == (FLOOR_DB if is_lost else bands[number])).all()
