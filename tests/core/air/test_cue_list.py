from datetime import timedelta

import pytest

from scheduler.core.air.cue_list import CHIME_PAUSE, REPEAT_PAUSE, Cue, length, rundown, turns
from scheduler.core.model import Frames, milliseconds_of
from tests.rows import over

CLIP, OPEN, CLOSE = Frames(48_000), Frames(24_000), Frames(12_000)


@pytest.mark.parametrize(
    ("chime", "repeat", "kinds"),
    [
        pytest.param(False, 1, ["clip"], id="the_clip_alone"),
        pytest.param(False, 2, ["clip", "pause", "clip"], id="said_twice"),
        pytest.param(True, 1, ["open", "pause", "clip", "pause", "close"], id="with_chimes"),
        pytest.param(True, 2, ["open", "pause", "clip", "pause", "clip", "pause", "close"], id="chimes_and_twice"),
    ],
)
def test_an_airing_consists_of_its_items_in_order(chime, repeat, kinds):
    assert [item.kind for item in rundown(CLIP, OPEN, CLOSE, chime=chime, repeat=repeat)] == kinds


def test_its_length_is_the_sum_of_all_frames():
    items = rundown(CLIP, OPEN, CLOSE, chime=True, repeat=2)
    frames = 2 * CLIP + OPEN + CLOSE + 2 * CHIME_PAUSE + REPEAT_PAUSE
    assert length(items) == timedelta(seconds=frames / 48_000)


@over("frames", range(557_200, 557_300))
def test_what_is_heard_to_its_end_is_as_many_milliseconds_as_were_planned(frames):
    planned = length((Cue("clip", Frames(frames)),))
    assert milliseconds_of(frames) == round(planned / timedelta(milliseconds=1))


@pytest.mark.parametrize(
    ("repeat", "says", "airings"),
    [
        pytest.param(1, 1, 1, id="once_of_a_clip_that_says_it_once"),
        pytest.param(2, 1, 2, id="twice_of_a_clip_that_says_it_once"),
        pytest.param(1, 2, 1, id="once_of_a_clip_that_says_it_twice"),
        pytest.param(2, 2, 1, id="twice_is_in_the_clip"),
        pytest.param(3, 2, 2, id="never_fewer_than_ordered"),
        pytest.param(4, 2, 2, id="four_times"),
        pytest.param(0, 2, 1, id="an_airing_has_its_clip"),
        pytest.param(2, 0, 2, id="a_clip_that_says_nothing_of_itself"),
    ],
)
def test_what_the_clip_says_twice_itself_is_not_aired_twice_more(repeat, says, airings):
    assert turns(repeat, says) == airings
