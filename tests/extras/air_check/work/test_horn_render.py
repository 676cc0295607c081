"""The ear knows an airing again although its loudspeakers were given a render: what it is held against is the master."""

import numpy as np
import pytest

from audio_assets.chime import chime
from scheduler.core.air.chimes import CHIMES
from scheduler.core.air.heard_back import Heard
from scheduler.core.model import HOUSE_RATE
from scheduler.extras.air_check.work.bands import bands_of
from scheduler.extras.air_check.work.matching import match
from tests.audio.signals import at, music, spoken
from tests.audio.test_horn import profile, rendered
from tests.extras.air_check.work.sounds import among_noise, babble, horn, in_room, late
from tests.rows import each

THRESHOLD = 0.28
PROFILES = {
    "as shipped": profile(),
    "narrow": profile(low_hz=600.0, high_hz=2500.0, presence_db=9.0),
    "wide": profile(low_hz=100.0, high_hz=12_000.0),
    "pressed": profile(ratio=6.0, presence_db=6.0),
}


def bands(sound):
    return bands_of([sound], HOUSE_RATE)


def found(sent, heard):
    return match(bands(sent), bands(heard), THRESHOLD)


@pytest.fixture(scope="module")
def speech():
    return spoken()


@pytest.mark.parametrize("name", PROFILES)
def test_speech_is_known_again_behind_a_horn_that_was_given_its_render(name, speech):
    sent, sounded = bands(speech), in_room(late(rendered(speech, PROFILES[name]), 0.7))

    def check(noise_db):
        told = match(sent, bands(among_noise(sounded, noise_db=noise_db)), THRESHOLD)
        assert told.share == 1.0
        assert abs(told.delay - 0.7) < 0.1

    each([-200.0, -40.0, -25.0], check)


@pytest.mark.parametrize("name", PROFILES)
def test_the_render_of_another_text_is_not_taken_for_it(name, speech):
    other = rendered(babble(7, len(speech) // HOUSE_RATE), PROFILES[name])
    assert found(speech, horn(late(other, 0.7), noise_db=-50.0)).share == 0.0


def test_an_airing_with_chimes_is_known_again(speech):
    pause = np.zeros(HOUSE_RATE // 2, np.int16)
    sent = np.concatenate([chime("three-notes"), pause, speech, pause, chime("two-notes")])
    aired = np.concatenate(
        [rendered(part) for part in (chime("three-notes"), pause, speech, pause, chime("two-notes"))]
    )
    assert found(sent, horn(late(aired, 1.2), noise_db=-35.0)).share == 1.0


def test_music_is_known_again():
    sound = at(music(20.0) * 32768, 0)
    assert found(sound, horn(late(rendered(sound), 0.4), noise_db=-40.0)).share == 1.0


@pytest.mark.parametrize("name", CHIMES)
def test_a_chime_alone_is_known_again_or_tells_nothing(name):
    told = found(chime(name), horn(late(rendered(chime(name)), 0.4), noise_db=-60.0))
    assert told.share == 1.0 or not told.stretches


def test_an_airing_on_the_line_is_marked_heard(line):
    text = spoken()
    slot = line.air(text, heard=horn(rendered(text), noise_db=-45.0))
    (one,) = line.rows.last(10)
    assert (one.slot_id, one.verdict) == (slot.id, Heard.HEARD)
    assert one.measured.share == 1.0
