"""Pieces that were put together do not click: at every join the sound bends no more than it does inside."""

import numpy as np
import pytest

from audio_assets.chime import chime
from audio_assets.edges import edges_of_silence, without_edges
from audio_assets.loudness import integrated_lufs
from audio_assets.speech.espeak_engine import EspeakEngine
from audio_assets.speech.joining import at_house_rate, joined, trimmed
from scheduler.core.air.chimes import CHIMES
from scheduler.core.model import HOUSE_RATE
from tests.audio.make_audio import house, tone
from tests.audio.signals import SENTENCES
from tests.audio.test_horn import rendered

NEAR = 4
"""Samples on either side of a join that are looked at."""
A_CLICK = 400
"""A second difference that the ear would take for a click beside silence (a step of 1 % of full scale)."""


def bend_at(pcm, place):
    """The largest second difference around a join."""
    around = pcm[max(0, place - NEAR) : place + NEAR].astype(int)
    return int(np.abs(np.diff(around, 2)).max(initial=0))


def joins(pieces):
    return [int(place) for place in np.cumsum([len(piece) for piece in pieces])[:-1]]


def test_the_measure_hears_a_click():
    middle = house(tone(1.0, hertz=997.0, level=0.5))
    cut = np.concatenate([middle[:20_011], np.zeros(1000, np.int16)])
    assert bend_at(cut, 20_011) > A_CLICK


@pytest.mark.parametrize("pause_ms", [0, 1, 200, 500])
def test_sentences_of_a_clip_are_joined_without_a_click(pause_ms):
    pieces = [trimmed(at_house_rate(EspeakEngine().speak(text, 1.0))) for text in SENTENCES]
    clip = joined(pieces, [pause_ms] * len(pieces))
    pause = pause_ms * HOUSE_RATE // 1000
    place = 0
    for piece in pieces[:-1]:
        place += len(piece)
        assert bend_at(clip, place) < A_CLICK
        place += pause
        assert bend_at(clip, place) < A_CLICK
    assert place + len(pieces[-1]) == len(clip)


@pytest.mark.parametrize("hertz", [200.0, 997.0, 3100.0])
def test_an_upload_cut_in_full_sound_begins_and_ends_softly(hertz):
    """A recording that somebody stopped in the middle of a word: nothing silent there to cut away."""
    sound = house(tone(2.013, hertz=hertz, level=0.5))[7:]
    kept = without_edges(sound, HOUSE_RATE, edges_of_silence(sound, HOUSE_RATE, integrated_lufs(sound, HOUSE_RATE)))
    silence = np.zeros(1000, np.int16)
    whole = np.concatenate([silence, kept, silence])
    assert bend_at(whole, 1000) < A_CLICK
    assert bend_at(whole, len(whole) - 1000) < A_CLICK
    assert len(kept) == len(sound)


def test_the_noise_that_is_kept_around_speech_is_faded_too():
    rng = np.random.default_rng(2)
    hiss = rng.normal(0, 60, 3 * HOUSE_RATE)
    hiss[HOUSE_RATE : 2 * HOUSE_RATE] += 8000 * np.sin(np.arange(HOUSE_RATE) * 0.1)
    sound = hiss.astype(np.int16)
    kept = without_edges(sound, HOUSE_RATE, edges_of_silence(sound, HOUSE_RATE, integrated_lufs(sound, HOUSE_RATE)))
    assert len(kept) < len(sound)
    assert abs(int(kept[0])) <= 1
    assert abs(int(kept[-1])) <= 1


def programme():
    """Chime, pause, speech, pause, speech again, pause, closing chime."""
    speech = trimmed(at_house_rate(EspeakEngine().speak(SENTENCES[0], 1.0)))
    pause, long_pause = np.zeros(HOUSE_RATE // 2, np.int16), np.zeros(2 * HOUSE_RATE, np.int16)
    return speech, pause, long_pause


@pytest.mark.parametrize("name", CHIMES)
@pytest.mark.parametrize("for_horns", [False, True], ids=["masters", "renders"])
def test_an_airing_has_no_click_between_its_parts(name, for_horns):
    speech, pause, long_pause = programme()
    made = rendered if for_horns else (lambda pcm: pcm)
    said, bell = made(speech), made(chime(name))
    parts = [pause, bell, pause, said, long_pause, said, pause, bell, pause]
    whole = np.concatenate(parts)
    for place in joins(parts):
        assert bend_at(whole, place) < A_CLICK


def test_a_render_and_a_master_side_by_side_have_no_click_between():
    """A chime whose render was not ready beside a clip whose render was."""
    speech, _, _ = programme()
    parts = [chime("three-notes"), rendered(speech), chime("two-notes")]
    for place in joins(parts):
        assert bend_at(np.concatenate(parts), place) < A_CLICK
