"""The outline of a sound: every column holds its samples' extremes, however long the sound and however it is read."""

import io
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_assets import peaks
from audio_assets.library import Library
from audio_assets.peaks import COLUMNS, Peaks, kept_peaks, measured, peaks_of
from scheduler.kernel.errors import NotFound

SILENCE = np.zeros(5, np.int16)


def slow(pcm, columns):
    """The same, one column after the other."""
    count = min(columns, len(pcm))
    told = []
    for at in range(count):
        part = pcm[at * len(pcm) // count : (at + 1) * len(pcm) // count].astype(int)
        told += [int(np.floor(part.min() / 256)), min(127, int(np.ceil(part.max() / 256)))]
    return told


def of(pcm, columns=COLUMNS):
    return measured(io.BytesIO(pcm.astype("<i2").tobytes()), len(pcm), columns).values()


@given(st.lists(st.integers(-32768, 32767), max_size=400), st.integers(1, 60), st.integers(1, 50))
def test_every_column_has_the_lowest_and_the_highest_of_its_samples(samples, columns, chunk):
    pcm = np.array(samples, np.int16)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(peaks, "_CHUNK", chunk)
        assert of(pcm, columns) == slow(pcm, columns)


def test_a_long_sound_read_in_many_chunks_is_what_it_is_read_whole(monkeypatch):
    pcm = (np.random.default_rng(1).standard_normal(200_000) * 9000).astype(np.int16)
    whole = of(pcm)
    monkeypatch.setattr(peaks, "_CHUNK", 7_001)
    assert of(pcm) == whole == slow(pcm, COLUMNS)
    assert len(whole) == 2 * COLUMNS


def test_whatever_is_not_silent_can_be_seen_and_silence_is_a_line():
    assert of(np.array([1, -1], np.int16), 1) == [-1, 1]
    assert of(SILENCE, 2) == [0, 0, 0, 0]


def test_full_scale_fits_into_eight_bits():
    assert of(np.array([32767, -32768], np.int16), 1) == [-128, 127]


def test_a_file_that_has_become_shorter_is_drawn_with_silence():
    assert measured(io.BytesIO(np.full(3, 999, "<i2").tobytes()), 6, 6).values()[6:] == [0] * 6


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path)


@pytest.fixture
def tone(library):
    times = np.arange(48_000) / 48_000
    return library.add_master((np.sin(2 * np.pi * 440 * times) * 8000).astype(np.int16)).sha256


def test_the_outline_is_measured_once_and_kept_beside_the_master(library, tone, monkeypatch):
    assert kept_peaks(library, tone) is None
    first = peaks_of(library, tone)
    assert first.values() == slow(library.load(tone), COLUMNS)
    monkeypatch.setattr(peaks, "measured", partial(pytest.fail, "measured twice"))
    assert peaks_of(library, tone) == first == kept_peaks(library, tone)
    assert library.path(tone).with_suffix(".columns").stat().st_size == 2 * COLUMNS


@pytest.mark.parametrize("broken", [b"", b"\x00" * 3, b"\x00" * (2 * COLUMNS + 2)], ids=["empty", "odd", "too long"])
def test_a_kept_outline_that_cannot_be_one_is_measured_anew(library, tone, broken):
    first = peaks_of(library, tone)
    library.path(tone).with_suffix(".columns").write_bytes(broken)
    assert peaks_of(library, tone) == first


def test_a_disk_that_takes_no_file_gives_the_outline_all_the_same(library, tone, monkeypatch):
    def full(*_):
        raise OSError(28, "no space left")

    monkeypatch.setattr(peaks, "settle", full)
    assert len(peaks_of(library, tone)) == COLUMNS
    assert kept_peaks(library, tone) is None


@pytest.mark.parametrize("sha256", ["0" * 64, "../../etc/passwd", "x"])
def test_a_sound_that_is_not_there_has_no_outline(library, sha256):
    with pytest.raises(NotFound):
        peaks_of(library, sha256)


@given(st.lists(st.tuples(st.integers(-128, 0), st.integers(0, 127)), min_size=1, max_size=60), st.integers(1, 70))
def test_fewer_columns_lose_no_extreme(pairs, columns):
    whole = Peaks(bytes(value & 0xFF for pair in pairs for value in pair))
    small = whole.reduced(columns).values()
    assert len(small) == 2 * min(columns, len(pairs))
    assert (min(small[::2]), max(small[1::2])) == (min(low for low, _ in pairs), max(high for _, high in pairs))
