"""Level, pace, joints and loops of what goes into a feed."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import HOUSE_RATE
from scheduler.playout.relay.sound import Loop, Meter, Pace, Seam, level_db


def loud(frames: int, level: int = 8000) -> np.ndarray:
    return np.full(frames, level, np.int16)


def test_the_meter_knows_when_something_came_and_when_it_was_loud():
    meter = Meter(-50.0)
    assert (meter.heard_at, meter.loud_at, meter.level_db) == (None, None, -inf)
    meter.add(loud(4800), 1.0)
    meter.add(np.zeros(4800, np.int16), 2.0)
    meter.add(np.zeros(0, np.int16), 3.0)
    assert (meter.heard_at, meter.loud_at, meter.frames) == (2.0, 1.0, 9600)


def test_a_word_in_a_long_block_is_loud():
    block = np.zeros(HOUSE_RATE, np.int16)
    block[20_000:22_400] = 500
    meter = Meter(-50.0)
    meter.add(block, 1.0)
    assert meter.loud_at == 1.0


def test_noise_under_the_threshold_is_silence():
    meter = Meter(-50.0)
    meter.add(np.random.default_rng(1).integers(-80, 80, HOUSE_RATE).astype(np.int16), 1.0)
    assert meter.loud_at is None
    assert -60.0 < meter.level_db < -50.0


def test_the_level_is_that_of_the_last_second():
    meter = Meter(-50.0)
    for second in range(3):
        meter.add(loud(HOUSE_RATE, 16_384), second)
    assert meter.level_db == pytest.approx(-6.02, abs=0.1)
    assert level_db(loud(10, 16_384)) == pytest.approx(-6.02, abs=0.01)
    meter.add(np.zeros(HOUSE_RATE, np.int16), 4.0)
    assert meter.level_db == -inf


def test_a_burst_is_taken_up_to_the_cushion_and_then_in_real_time():
    pace, now, taken = Pace(2.0), 100.0, 0
    while pace.wait(now) == 0.0:
        pace.took(4800, now)
        taken += 4800
    assert taken == pytest.approx(2.0 * HOUSE_RATE, abs=9600)
    for _ in range(1000):
        now += pace.wait(now)
        pace.took(4800, now)
        taken += 4800
    assert taken / HOUSE_RATE == pytest.approx(now - 100.0 + 2.0, abs=0.2)


def test_what_did_not_come_in_time_is_not_caught_up_beyond_the_cushion():
    pace = Pace(2.0)
    pace.took(HOUSE_RATE, 0.0)
    taken = 0
    while pace.wait(60.0) == 0.0:
        pace.took(4800, 60.0)
        taken += 4800
    assert taken <= 2.2 * HOUSE_RATE


@given(st.lists(st.integers(0, 2000), max_size=12), st.integers(0, 2**32 - 1))
def test_inside_one_sound_a_seam_changes_nothing_but_its_first_and_last_milliseconds(sizes, seed):
    sound = np.random.default_rng(seed).integers(-32768, 32767, sum(sizes)).astype(np.int16)
    seam, parts, at = Seam(480), [], 0
    for size in sizes:
        parts.append(seam.push(sound[at : at + size]))
        at += size
    out = np.concatenate([*parts, seam.end()])
    assert len(out) == len(sound)
    assert np.array_equal(out[480:-480], sound[480:-480])
    assert (np.abs(out.astype(int)) <= np.abs(sound.astype(int))).all()


def test_where_one_sound_follows_another_nothing_jumps():
    seam = Seam(480)
    out = np.concatenate(
        [
            seam.push(loud(5000, 20_000)),
            seam.end(),
            seam.push(loud(100, -20_000)),
            seam.push(loud(5000, -20_000)),
            seam.end(),
        ]
    ).astype(int)
    assert len(out) == 10_100
    assert np.abs(np.diff(out)).max() < 60
    assert out.max() == 20_000
    assert out.min() == -20_000


def test_ending_twice_or_before_anything_gives_nothing():
    seam = Seam()
    assert not len(seam.end())
    seam.push(loud(10))
    assert len(seam.end()) == 10
    assert not len(seam.end())


def test_clips_follow_one_another_with_a_pause_without_end():
    loop = Loop((loud(1000, 1), loud(500, 2)), pause=0.01)
    out = loop.take(2 * (1500 + 960))
    once = np.concatenate((loud(1000, 1), loud(480, 0), loud(500, 2), loud(480, 0)))
    assert np.array_equal(out, np.concatenate((once, once)))


@given(st.lists(st.integers(1, 3000), max_size=20))
def test_how_a_loop_is_taken_does_not_matter(sizes):
    clips = (np.arange(700, dtype=np.int16), np.arange(5, dtype=np.int16), np.zeros(0, np.int16))
    whole = Loop(clips, pause=0.001).take(sum(sizes))
    loop = Loop(clips, pause=0.001)
    assert np.array_equal(np.concatenate([np.zeros(0, np.int16), *map(loop.take, sizes)]), whole)


def test_a_rewound_loop_begins_the_clip_again_that_was_cut():
    loop = Loop((loud(1000, 1), np.arange(1000, dtype=np.int16)), pause=0.01)
    loop.take(1480 + 300)
    loop.rewind()
    assert np.array_equal(loop.take(10), np.arange(10))


def test_without_clips_there_is_no_fallback():
    for clips in ((), (np.zeros(0, np.int16),)):
        loop = Loop(clips)
        assert not loop
        loop.rewind()
        assert not len(loop.take(100))
