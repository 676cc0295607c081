"""The station's chimes: peaceful ends, the loudness of speech, sirens of one length, and a drill that is like none of them."""

from itertools import combinations

import numpy as np
import pytest

from audio_assets.chime import SIREN_SECONDS, chime
from audio_assets.loudness import integrated_lufs, true_peak_dbtp
from scheduler.core.air.chimes import CHIMES, DRILL, Use, named
from scheduler.core.model import HOUSE_RATE

SIRENS = named(Use.EMERGENCY)


@pytest.mark.parametrize("name", CHIMES)
def test_a_chime_is_short_and_as_loud_as_speech(name):
    pcm = chime(name)
    assert pcm.dtype == np.int16
    assert 1.2 <= len(pcm) / HOUSE_RATE <= 3.0
    assert integrated_lufs(pcm, HOUSE_RATE) == pytest.approx(-16.0, abs=0.5)
    assert true_peak_dbtp(pcm, HOUSE_RATE) <= -1.0


@pytest.mark.parametrize("target", [-23.0, -14.0])
@pytest.mark.parametrize("name", CHIMES)
def test_a_chime_follows_the_loudness_of_the_station(name, target):
    assert integrated_lufs(chime(name, target, -1.5), HOUSE_RATE) == pytest.approx(target, abs=1.0)
    assert true_peak_dbtp(chime(name, target, -1.5), HOUSE_RATE) <= -1.5


@pytest.mark.parametrize("name", CHIMES)
def test_a_chime_starts_and_ends_without_a_click(name):
    pcm = chime(name).astype(int)
    bends = np.abs(np.diff(pcm, 2))
    assert abs(pcm[0]) < 20
    assert abs(pcm[-1]) < 20
    assert np.abs(pcm[-240:]).max() < 0.4 * np.abs(pcm).max()
    assert bends[:3].max(initial=0) < 200
    assert bends[-3:].max(initial=0) < 200
    assert np.abs(np.diff(pcm)).max() < 0.6 * np.abs(pcm).max()


@pytest.mark.parametrize("name", CHIMES)
def test_a_chime_is_the_same_every_time_and_nobody_can_change_it(name):
    first = chime(name).copy()
    chime.cache_clear()
    assert np.array_equal(first, chime(name))
    with pytest.raises(ValueError, match="read-only"):
        chime(name)[0] = 1


def test_the_kinds_differ_and_the_plain_call_opens():
    assert np.array_equal(chime(), chime("three-notes"))
    assert len({chime(name).tobytes() for name in CHIMES}) == len(CHIMES)


def test_the_opening_chime_rises_and_the_closing_one_falls():
    def pitch(pcm, start):
        piece = pcm[round(start * HOUSE_RATE) :][:12_000].astype(float)
        return np.abs(np.fft.rfft(piece * np.hanning(len(piece)))).argmax() * HOUSE_RATE / len(piece)

    assert pitch(chime("three-notes"), 0.02) == pytest.approx(784, abs=5)
    assert pitch(chime("three-notes"), 0.78) > pitch(chime("three-notes"), 0.02)
    assert pitch(chime("two-notes"), 0.5) < pitch(chime("two-notes"), 0.02)


def test_every_siren_is_equally_long():
    assert {len(chime(name)) for name in SIRENS} == {round(SIREN_SECONDS * HOUSE_RATE)}


def alikeness(one, other):
    """The best correlation of two sounds at any lag, 1 = the same."""
    one, other = (pcm.astype(float) / np.sqrt((pcm.astype(float) ** 2).sum()) for pcm in (one, other))
    size = 1 << (len(one) + len(other)).bit_length()
    product = np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size))
    return float(np.abs(np.fft.irfft(product, size)).max())


def busy_share(pcm):
    """Share of the chime's time in which it is within 15 dB of its loudest 20 ms."""
    rows = pcm[: len(pcm) // 960 * 960].reshape(-1, 960).astype(float)
    powers = np.mean(rows**2, axis=1)
    return float(np.mean(powers > powers.max() / 30))


@pytest.mark.parametrize("name", [name for name in CHIMES if name != DRILL])
def test_a_drill_sounds_like_no_other_chime(name):
    assert alikeness(chime(DRILL), chime(name)) < 0.25


@pytest.mark.parametrize("siren", SIRENS)
def test_a_drill_is_knocks_with_silence_between_where_a_siren_goes_on(siren):
    assert busy_share(chime(DRILL)) < busy_share(chime(siren)) - 0.1


@pytest.mark.parametrize(("one", "other"), list(combinations(SIRENS, 2)))
def test_sirens_are_told_apart(one, other):
    assert alikeness(chime(one), chime(other)) < 0.5


def test_an_unknown_chime_is_an_error_of_the_caller():
    with pytest.raises(KeyError):
        chime("trống")
