"""The render for horns: its band, its dynamics, its place in time, its length, and how little memory an hour needs."""

import io
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_assets.horn import FileSound, pieces_of, render
from audio_assets.loudness import integrated_lufs, true_peak_dbtp
from scheduler.core.air.horn import HornProfile
from scheduler.core.model import HOUSE_RATE
from tests.audio.make_audio import house, speech_like, tone
from tests.audio.signals import spoken

PLAIN = HornProfile(
    name="loa-nen",
    low_hz=300.0,
    high_hz=6000.0,
    presence_hz=2500.0,
    presence_db=3.0,
    ratio=2.0,
    target_lufs=-16.0,
    max_true_peak_dbtp=-1.0,
)


def profile(**changes):
    return replace(PLAIN, **changes)


def rendered(master, wanted=PLAIN):
    found = render(master, wanted, io.BytesIO())
    pieces = list(pieces_of(found.sound))
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)


def response_db(wanted, hertz):
    """What becomes of tones at these pitches, in dB, against the one at 700 Hz: all of them at once, well apart."""
    places = [700.0, *hertz]
    phases = np.random.default_rng(1).uniform(0, 2 * np.pi, len(places))
    times = np.arange(2 * HOUSE_RATE) / HOUSE_RATE
    sound = sum(np.sin(2 * np.pi * place * times + phase) for place, phase in zip(places, phases, strict=True))
    master = house(sound / len(places) * 0.5)
    window = np.hanning(HOUSE_RATE)

    def levels(pcm):
        spectrum = np.abs(np.fft.rfft(pcm[HOUSE_RATE // 2 :][:HOUSE_RATE] * window))
        return np.array([20 * np.log10(spectrum[round(place)]) for place in places])

    gained = levels(rendered(master, wanted)) - levels(master)
    return gained[1:] - gained[0]


def test_the_band_has_its_edges_where_the_profile_says():
    flat = profile(ratio=1.0, presence_db=0.0)
    at_edges = response_db(flat, [300.0, 6000.0])
    assert at_edges == pytest.approx([-3.0, -3.0], abs=0.3)
    far_out = response_db(flat, [100.0, 14_000.0])
    assert far_out[0] < -30
    assert far_out[1] < -25
    within = response_db(flat, [600.0, 2000.0, 3500.0])
    assert np.abs(within).max() < 0.6


@pytest.mark.parametrize(("low", "high"), [(200.0, 4000.0), (500.0, 8000.0)])
def test_another_profile_has_other_edges(low, high):
    told = response_db(profile(ratio=1.0, presence_db=0.0, low_hz=low, high_hz=high), [low, high])
    assert told == pytest.approx([-3.0, -3.0], abs=0.5)


@pytest.mark.parametrize("db", [0.0, 3.0, 6.0])
def test_consonants_are_raised_by_what_the_profile_says(db):
    plain = response_db(profile(ratio=1.0, presence_db=0.0), [2500.0])[0]
    raised = response_db(profile(ratio=1.0, presence_db=db), [2500.0])[0]
    # the reference at 700 Hz is raised a little too
    assert raised - plain == pytest.approx(db, abs=0.6)


def loud_and_soft(level_db):
    """Half a second loud, half a second soft by so many dB, again and again."""
    turns = np.tile(np.repeat([1.0, 10 ** (-level_db / 20)], HOUSE_RATE // 2), 6)
    return house(0.2 * turns * np.sin(2 * np.pi * 1000 * np.arange(len(turns)) / HOUSE_RATE))


def difference_db(pcm):
    """Between the loud and the soft halves, away from their edges."""
    seconds = pcm[: len(pcm) // HOUSE_RATE * HOUSE_RATE].reshape(-1, HOUSE_RATE).astype(float)
    loud, soft = seconds[1:-1, 9600:19_200], seconds[1:-1, 33_600:43_200]
    return 10 * np.log10(np.mean(loud**2) / np.mean(soft**2))


def test_loud_and_soft_come_nearer_by_the_ratio_and_no_further():
    sound = loud_and_soft(9.0)
    differences = {ratio: difference_db(rendered(sound, profile(ratio=ratio))) for ratio in (1.0, 1.5, 2.0, 4.0)}
    assert differences[1.0] == pytest.approx(9.0, abs=0.3)
    assert differences[1.0] > differences[1.5] > differences[2.0] > differences[4.0] > 3.0
    assert 9.0 - differences[2.0] < 5.0, "compression is gentle"


def test_a_steady_sound_is_not_pumped():
    made = rendered(house(tone(3.0, hertz=1000.0))).astype(float)[HOUSE_RATE // 2 : -HOUSE_RATE // 2]
    levels = np.sqrt(np.mean(made[: len(made) // 480 * 480].reshape(-1, 480) ** 2, axis=1))
    assert 20 * np.log10(levels.max() / levels.min()) < 0.3


def test_speech_has_a_smaller_crest_and_the_same_loudness():
    master = spoken()
    made = rendered(master)
    plain = rendered(master, profile(ratio=1.0))

    def crest(pcm):
        return true_peak_dbtp(pcm, HOUSE_RATE) - integrated_lufs(pcm, HOUSE_RATE)

    assert integrated_lufs(made, HOUSE_RATE) == pytest.approx(-16.0, abs=0.5)
    assert crest(made) < crest(plain) + 0.1
    quiet = profile(target_lufs=-30.0)  # so low that no limiter has a hand in it
    assert crest(rendered(master, quiet)) < crest(rendered(master, replace(quiet, ratio=1.0))) - 1.0


def test_nothing_of_it_comes_later_than_in_the_master():
    master = spoken()
    made = rendered(master).astype(float)
    step = HOUSE_RATE // 1000

    def envelope(pcm):
        rows = np.abs(pcm[: len(pcm) // step * step].reshape(-1, step)).max(axis=1)
        return np.log(rows + 30.0)

    ours, theirs = envelope(made), envelope(master.astype(float))
    lags = range(-10, 11)
    fits = [np.corrcoef(ours[20:-20], np.roll(theirs, lag)[20:-20])[0, 1] for lag in lags]
    assert abs(lags[int(np.argmax(fits))]) <= 2, "milliseconds"


@pytest.mark.parametrize("frames", [0, 1, 2, 191, 240, 500, 4_800, 57_343, 57_344, 57_345, 65_536, 114_689, 524_289])
def test_it_has_as_many_frames_as_the_master(frames):
    master = house(speech_like(frames / HOUSE_RATE + 0.1))[:frames]
    assert len(rendered(master)) == frames


@settings(max_examples=15, deadline=None)
@given(
    frames=st.integers(1, 150_000),
    loud=st.floats(0.0, 3.0),
    seed=st.integers(0, 1000),
    ratio=st.floats(1.0, 6.0),
    presence=st.floats(0.0, 9.0),
)
def test_whatever_the_master_its_length_stays_and_no_peak_is_over_the_ceiling(frames, loud, seed, ratio, presence):
    master = house(speech_like(frames / HOUSE_RATE + 0.1, level=loud, seed=seed))[:frames]
    made = rendered(master, profile(ratio=ratio, presence_db=presence))
    assert len(made) == frames
    peak = true_peak_dbtp(made, HOUSE_RATE)
    assert peak is None or peak <= -1.0


def test_silence_stays_silence():
    assert not rendered(np.zeros(HOUSE_RATE, np.int16)).any()


def test_it_begins_and_ends_without_a_click_also_where_the_master_does_not():
    made = rendered(house(tone(1.0, hertz=1000.0, level=0.5))).astype(int)
    assert abs(made[0]) < 50
    assert abs(made[-1]) < 50
    bends = np.abs(np.diff(made, 2))
    inside = bends[4800:-4800].max()
    assert bends[:300].max() <= inside * 1.5
    assert bends[-300:].max() <= inside * 1.5


def test_the_same_master_gives_the_same_render():
    master = house(speech_like(3.0))
    assert np.array_equal(rendered(master), rendered(master))


def test_a_file_read_in_pieces_is_the_array_it_holds():
    pcm = house(speech_like(1.0))
    sound = FileSound(io.BytesIO(b"head" + pcm.tobytes()), len(pcm), offset=4)
    assert np.array_equal(sound[:], pcm)
    assert np.array_equal(sound[100:200], pcm[100:200])
    assert np.array_equal(sound[len(pcm) - 5 : len(pcm) + 10], pcm[-5:])
    assert len(sound[500:400]) == 0


def test_a_file_that_is_too_short_is_an_error_and_not_silence():
    sound = FileSound(io.BytesIO(b"\0\0" * 10), 20)
    with pytest.raises(EOFError):
        sound[:]


class Endless:
    """A long master that is never all there: the same ten seconds again and again."""

    def __init__(self, seconds):
        self.loop = house(speech_like(10.0))
        self.seconds = seconds

    def __len__(self):
        return self.seconds * HOUSE_RATE

    def __getitem__(self, frames):
        start, stop, _ = frames.indices(len(self))
        return np.take(self.loop, np.arange(start, stop), mode="wrap")


def test_a_long_clip_needs_little_more_memory_than_a_short_one(tmp_path):
    seconds = 120

    def most(length):
        with (tmp_path / "between").open("w+b") as between:
            tracemalloc.start()
            try:
                for _ in pieces_of(render(Endless(length), PLAIN, between).sound):
                    pass
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    most(20)  # tables that are made once
    # a second of sound is 96 kB; what may grow with it are gains a millisecond, a few kB
    assert most(seconds) - most(30) < (seconds - 30) * 60_000
