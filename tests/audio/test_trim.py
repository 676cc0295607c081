"""A part of a master: exactly as long as asked, silent at its edges, untouched between them; the whole stays."""

import numpy as np
import pytest

from audio_assets.library import Library
from audio_assets.trim import FADE_MS, SHORTEST_MS, cut
from scheduler.kernel.errors import NotFound, Refused

MS = 48


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path)


@pytest.fixture
def noise(library):
    pcm = (np.random.default_rng(3).standard_normal(2_000 * MS) * 6000).astype(np.int16)
    return library.add_master(pcm).sha256


@pytest.mark.parametrize(("start", "end"), [(0, 300), (250, 1500), (1700, 2000), (0, 2000), (1, 1999)])
def test_the_part_is_what_was_asked_for_with_two_short_fades(library, noise, start, end):
    whole = library.load(noise)
    made = cut(library, noise, start, end)
    part = library.load(made.sha256)
    assert len(part) == made.frames == (end - start) * MS
    fade = FADE_MS * MS
    assert np.array_equal(part[fade:-fade], whole[start * MS : end * MS][fade:-fade])
    assert abs(int(part[0])) <= 50
    assert abs(int(part[-1])) <= 50
    assert np.all(np.abs(part.astype(int)) <= np.abs(whole[start * MS : end * MS].astype(int)))


def test_the_whole_is_never_touched(library, noise):
    before = library.load(noise).tobytes()
    cut(library, noise, 100, 900)
    assert library.load(noise).tobytes() == before
    library.verify(noise)


def test_the_same_cut_twice_is_the_same_sound(library, noise):
    assert cut(library, noise, 100, 900).sha256 == cut(library, noise, 100, 900).sha256


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (-1, 900, "trim_outside"),
        (0, 2002, "trim_outside"),
        (900, 900, "trim_too_short"),
        (900, 100, "trim_too_short"),
        (0, SHORTEST_MS - 1, "trim_too_short"),
    ],
)
def test_a_part_that_cannot_be_is_refused(library, noise, start, end, reason):
    with pytest.raises(Refused) as refused:
        cut(library, noise, start, end)
    assert refused.value.reason == reason


def test_an_end_a_millisecond_behind_the_last_sample_is_the_end(library, noise):
    assert cut(library, noise, 500, 2001).frames == 1_500 * MS


def test_a_sound_that_is_not_there_or_has_changed_is_not_cut(library, noise):
    with pytest.raises(NotFound):
        cut(library, "0" * 64, 0, 500)
    path = library.path(noise)
    path.write_bytes(path.read_bytes()[:-2] + b"\x01\x02")
    with pytest.raises(Refused) as refused:
        cut(library, noise, 0, 500)
    assert refused.value.reason == "audio_changed"
