import numpy as np
import pytest

from audio_assets.chime import KINDS, chime
from audio_assets.loudness import integrated_lufs, true_peak_dbtp
from scheduler.core.model import HOUSE_RATE


@pytest.mark.parametrize("kind", KINDS)
def test_a_chime_is_short_level_and_peaceful(kind):
    pcm = chime(kind)
    assert pcm.dtype == np.int16
    assert 1.5 <= len(pcm) / HOUSE_RATE <= 3.0
    assert integrated_lufs(pcm, HOUSE_RATE) == pytest.approx(-18.0, abs=0.5)
    assert true_peak_dbtp(pcm, HOUSE_RATE) <= -2.0


@pytest.mark.parametrize("kind", KINDS)
def test_a_chime_starts_and_ends_without_a_click(kind):
    pcm = chime(kind).astype(int)
    assert pcm[0] == 0
    assert np.abs(pcm[:48]).max() < 2500
    assert np.abs(pcm[-240:]).max() < 10
    steps = np.abs(np.diff(pcm))
    assert steps.max() < 0.45 * np.abs(pcm).max()


@pytest.mark.parametrize("kind", KINDS)
def test_a_chime_is_the_same_every_time(kind):
    assert np.array_equal(chime(kind), chime(kind))


def test_the_kinds_differ_and_the_plain_call_opens():
    assert np.array_equal(chime(), chime("open"))
    assert len({chime(kind).tobytes() for kind in KINDS}) == len(KINDS) == 3


def test_the_opening_chime_rises_and_the_closing_one_falls():
    def pitch(pcm, start):
        piece = pcm[round(start * HOUSE_RATE) :][:12_000].astype(float)
        return np.abs(np.fft.rfft(piece * np.hanning(len(piece)))).argmax() * HOUSE_RATE / len(piece)

    assert pitch(chime("open"), 0.02) == pytest.approx(784, abs=5)
    assert pitch(chime("open"), 0.78) > pitch(chime("open"), 0.02)
    assert pitch(chime("close"), 0.5) < pitch(chime("close"), 0.02)


def test_an_unknown_chime_is_an_error_of_the_caller():
    with pytest.raises(KeyError):
        chime("trống")
