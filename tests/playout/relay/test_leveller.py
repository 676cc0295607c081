"""The automatic gain and the limiter: where they leave the sound, how slowly, and that cutting into blocks is unheard."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.model import HOUSE_RATE
from scheduler.playout.relay.leveller import CEILING_DB, MOST_GAIN_DB, Leveller
from tests.examples import examples
from tests.rows import over

CEILING = 32767.0 * 10.0 ** (CEILING_DB / 20.0)


def tone(seconds: float, db: float, pitch: float = 440.0) -> np.ndarray:
    """A sine with an RMS of `db`."""
    times = np.arange(round(seconds * HOUSE_RATE)) / HOUSE_RATE
    peak = 32767.0 * 10.0 ** (db / 20.0) * np.sqrt(2.0)
    return np.clip(np.rint(np.sin(2 * np.pi * pitch * times) * peak), -32768, 32767).astype(np.int16)


def rms_db(sound: np.ndarray) -> float:
    return float(10.0 * np.log10(np.mean(np.square(sound.astype(np.float64) / 32767.0))))


def levelled(sound: np.ndarray, block: int = 1152, target: float = -16.0) -> np.ndarray:
    leveller = Leveller(target)
    parts = [leveller.feed(sound[start : start + block]) for start in range(0, len(sound), block)]
    return np.concatenate([*parts, leveller.flush()])


@over(
    "level, reached",
    [(-25.0, -16.0), (-20.0, -16.0), (-16.0, -16.0), (-10.0, -16.0), (-6.0, -16.0), (-40.0, -40.0 + MOST_GAIN_DB)],
)
def test_after_a_while_the_level_is_near_the_target_or_moved_by_the_most(level, reached):
    assert rms_db(levelled(tone(25.0, level))[-3 * HOUSE_RATE :]) == pytest.approx(reached, abs=1.3)


def test_a_sound_near_the_target_is_not_touched():
    sound = tone(5.0, -15.0)  # -15.7 LUFS
    assert np.array_equal(levelled(sound), sound)


def test_the_gain_moves_slowly():
    out = levelled(tone(10.0, -30.0))
    levels = [rms_db(out[at : at + HOUSE_RATE]) for at in range(0, len(out), HOUSE_RATE)]
    assert all(0.0 < later - earlier < 1.1 for earlier, later in pairwise(levels))


def test_a_pause_is_not_pulled_up():
    speech, pause = tone(8.0, -15.3), tone(20.0, -60.0)  # -16 LUFS
    out = levelled(np.concatenate((speech, pause)))
    assert np.array_equal(out[len(speech) + HOUSE_RATE :], pause[HOUSE_RATE:])


def test_a_sudden_shout_stays_under_the_ceiling_without_being_clipped():
    sound = np.concatenate((tone(12.0, -40.0), tone(0.5, -4.0), tone(1.0, -40.0)))
    out = levelled(sound).astype(float)
    shout = out[12 * HOUSE_RATE : 12 * HOUSE_RATE + HOUSE_RATE // 2]
    assert np.abs(out).max() <= CEILING + 1
    spectrum = np.abs(np.fft.rfft(shout[4800:] * np.hanning(len(shout) - 4800)))
    peak = int(spectrum.argmax())
    # a clipped sine has its third harmonic at -10 to -20 dB, a limited one far below
    assert spectrum[peak * 3 - 5 : peak * 3 + 5].max() < spectrum[peak] / 100


def test_it_holds_back_only_a_few_milliseconds():
    leveller = Leveller()
    given_back = sum(len(leveller.feed(tone(0.02, -16.0))) for _ in range(50))
    assert HOUSE_RATE - given_back <= HOUSE_RATE // 100


sounds = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(0, 30_000), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12)
).map(lambda made: _noise(*made))


def _noise(seed: int, length: int, loud: list[float]) -> np.ndarray:
    """Noise whose level jumps, up to full scale."""
    envelope = np.repeat(loud, -(-length // len(loud)))[:length]
    return (np.random.default_rng(seed).uniform(-32768, 32767, length) * envelope).astype(np.int16)


@settings(max_examples=examples(60), deadline=None)
@given(sounds, st.integers(1, 5000), st.floats(-30, -5))
def test_whatever_comes_its_length_stays_and_no_sample_is_over_the_ceiling(sound, block, target):
    block = max(block, len(sound) // 200 + 1)
    out = levelled(sound, block, target)
    assert len(out) == len(sound)
    assert out.dtype == np.int16
    assert np.abs(out.astype(float)).max(initial=0.0) <= CEILING + 1


@settings(max_examples=examples(40), deadline=None)
@given(sounds, st.lists(st.integers(1, 4000), min_size=1, max_size=40))
def test_how_it_is_cut_into_blocks_is_not_heard(sound, sizes):
    leveller, parts, at = Leveller(-10.0), [], 0
    for size in sizes:
        parts.append(leveller.feed(sound[at : at + size]))
        at += size
    parts += [leveller.feed(sound[at:]), leveller.flush()]
    whole = levelled(sound, max(1, len(sound)), -10.0)
    assert np.abs(np.concatenate(parts).astype(int) - whole.astype(int)).max(initial=0) <= 1


@settings(max_examples=examples(30), deadline=None)
@given(sounds)
def test_full_scale_square_waves_and_silence_are_no_special_case(sound):
    harsh = np.where(sound > 0, 32767, -32768).astype(np.int16)
    assert np.abs(levelled(harsh).astype(float)).max(initial=0.0) <= CEILING + 1
    assert not levelled(np.zeros_like(sound)).any()
