from datetime import timedelta

import pytest

from scheduler.core.model import Frames
from scheduler.core.rundown import CHIME_PAUSE, REPEAT_PAUSE, length, rundown

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
