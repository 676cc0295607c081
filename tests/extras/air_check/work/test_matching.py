"""A clip is known again behind a horn, noise, gain and delay; another one is not."""

import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE
from scheduler.extras.air_check.work.bands import BANDS, FLOOR_DB, FRAMES_A_SECOND, Bands, bands_of, level_of
from scheduler.extras.air_check.work.matching import match
from tests.extras.air_check.work.sounds import babble, horn, late

THRESHOLD = 0.28
CLIP, OTHER = babble(1, 24), babble(2, 24)


def bands(sound):
    return bands_of([sound], HOUSE_RATE)


def matched(sent, heard):
    return match(bands(sent), bands(heard), THRESHOLD)


@pytest.mark.parametrize("delay", [0.0, 0.4, 2.6])
def test_the_delay_is_found_to_a_frame(delay):
    found = matched(CLIP, late(CLIP, delay))
    assert found.correlation > 0.95
    assert found.share == 1.0
    assert abs(found.delay - delay) <= 1 / FRAMES_A_SECOND


@pytest.mark.parametrize("gain_db", [-40, -20, 6])
def test_gain_makes_little_difference(gain_db):
    assert matched(CLIP, late(horn(CLIP, gain_db=gain_db), 0.5)).share == 1.0


@pytest.mark.parametrize("noise_db", [-60, -40, -25])
def test_a_horn_in_a_noisy_street_is_heard(noise_db):
    found = matched(CLIP, horn(late(CLIP, 1.3), noise_db=noise_db))
    assert found.share == 1.0
    assert abs(found.delay - 1.3) < 0.1


@pytest.mark.parametrize("seconds", [2, 5, 10, 24])
@pytest.mark.parametrize("seed", range(8))
def test_another_clip_is_not_taken_for_it(seed, seconds):
    sent = babble(100 + seed, seconds)
    found = matched(sent, horn(late(babble(200 + seed, seconds), 0.7), noise_db=-50))
    assert found.share == 0.0


@pytest.mark.parametrize("noise_db", [-200, -60, -20])
def test_silence_and_noise_are_not_taken_for_it(noise_db):
    found = matched(CLIP, horn(np.zeros(len(CLIP) + 3 * HOUSE_RATE, dtype=np.int16), noise_db=noise_db))
    assert found.share == 0.0
    assert abs(found.correlation) < 0.2


def test_a_cable_that_comes_loose_in_the_middle_is_seen():
    cut = CLIP.copy()
    cut[10 * HOUSE_RATE :] = 0
    found = matched(CLIP, late(cut, 0.5))
    assert found.share == 0.5
    assert found.stretches == 2


def test_clocks_that_differ_do_not_lose_it():
    long = babble(3, 120)
    places = np.arange(0, len(long) - 1, 1.0003)  # 300 parts in a million: worse than any card
    drifted = np.interp(places, np.arange(len(long)), long).astype(np.int16)
    assert matched(long, late(drifted, 0.5)).share == 1.0


def test_a_steady_tone_tells_nothing():
    tone = (np.sin(np.arange(12 * HOUSE_RATE) / HOUSE_RATE * 2 * np.pi * 1000) * 8000).astype(np.int16)
    assert matched(tone, late(tone, 1)).stretches == 0


def test_a_capture_shorter_than_the_clip_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        match(bands(CLIP), bands(CLIP)[:-1], THRESHOLD)


def test_where_nobody_listened_nothing_fits():
    heard = bands(late(CLIP, 0.5))
    heard[: len(heard) // 2] = np.nan
    assert match(bands(CLIP), heard, THRESHOLD).share == 0.5


def test_bands_are_the_same_however_the_sound_is_cut():
    whole = bands(CLIP)
    for size in (1, 7, 960, 4801):
        part = CLIP[: 500 * size if size < 100 else len(CLIP)]
        stream = Bands(HOUSE_RATE)
        pieces = np.concatenate([stream.feed(part[at : at + size]) for at in range(0, len(part), size)])
        assert np.array_equal(pieces, whole[: len(pieces)])
    assert whole.shape == ((len(CLIP) - 1536) // 960 + 1, BANDS)


def test_bands_do_not_depend_on_the_rate_of_the_sound():
    third = CLIP.reshape(-1, 3).mean(axis=1).astype(np.int16)
    low, high = bands_of([third], 16_000), bands(CLIP)
    count = min(len(low), len(high))
    loud = high[:count] > -50
    assert np.median(np.abs(low[:count] - high[:count])[loud]) < 1.5


def test_the_level_is_that_of_a_meter_and_hum_is_not_in_it():
    times = np.arange(HOUSE_RATE) / HOUSE_RATE
    tone = (np.sin(2 * np.pi * 1000 * times) * 32767 * 0.1).astype(np.int16)
    hum = (np.sin(2 * np.pi * 50 * times) * 32767 * 0.5).astype(np.int16)
    assert np.median(level_of(bands(tone))) == pytest.approx(-23.0, abs=0.5)
    assert np.median(level_of(bands(hum))) < -70
    assert np.median(level_of(bands(np.zeros(HOUSE_RATE, dtype=np.int16)))) <= FLOOR_DB + 10.1
