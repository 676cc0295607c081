"""Voice and tempo of one announcement: the chosen voice is asked first, the tempo changes the sound, both void approval."""

from dataclasses import replace

import pytest

from scheduler.core.delivery import TEMPOS, Shape, checked
from scheduler.core.model import AnnouncementState
from scheduler.core.voice_engines import VOICE_ENGINES
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.voices import in_zone_voice
from tests.audio.fake_engine import FakeEngine


@pytest.fixture
def spoken(station, lan):
    def made(shape):
        acts = station.services.announcements
        number = acts.write(lan, "Họp", "Mời bà con đi họp tối nay tại nhà văn hóa khu phố.", shape=shape)
        assert station.worker().work_once(acts.make_speech(lan, number))
        return station.repos.programme.announcement(number)

    return made


def length(station, seen):
    return station.repos.programme.clip(seen.audio_sha256).length


def test_slower_takes_longer_and_faster_shorter(station, spoken):
    lengths = [length(station, spoken(Shape(tempo=tempo))) for tempo in TEMPOS]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > lengths[1] * 1.05 > lengths[2] * 1.1


def test_the_estimate_follows_the_tempo(station):
    scripts = station.services.scripts
    slow, fast = (scripts.estimate(scripts.of("Họp", "Mời họp tối nay. " * 20, Shape(tempo=one))) for one in (85, 115))
    assert slow > fast


def test_another_tempo_or_voice_asks_for_approval_again(station, lan, minh, spoken):
    acts = station.services.announcements
    for change in ({"tempo": 85}, {"voice": "espeak"}):
        seen = spoken(Shape())
        acts.heard(lan, seen.id, seen.audio_sha256)
        acts.submit(lan, seen.id)
        acts.approve(minh, seen.id, seen.audio_sha256, heard=True)
        now = station.repos.programme.announcement(seen.id)
        acts.edit(lan, seen.id, now.version, now.title, now.text, shape=replace(now.shape, **change))
        after = station.repos.programme.announcement(seen.id)
        assert (after.state, after.audio_sha256) == (AnnouncementState.DRAFT, None)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (Shape(tempo=100, voice="siri"), "script_voice_unknown"),
        (Shape(tempo=0), "script_tempo_invalid"),
        (Shape(tempo=101), "script_tempo_invalid"),
    ],
)
def test_a_voice_or_tempo_that_is_none_is_refused(shape, reason):
    with pytest.raises(Refused) as refused:
        checked(shape)
    assert refused.value.reason == reason


@pytest.mark.parametrize("voice", ["", *VOICE_ENGINES])
def test_every_voice_can_be_asked_for(voice):
    assert checked(Shape(voice=voice)).voice == voice


def test_the_chosen_voice_leads_the_chain_and_the_others_still_follow(station, lan):
    from audio_assets.speech.voice import Voice

    chain = Voice([FakeEngine("gtts"), FakeEngine("piper"), FakeEngine("espeak")], pause_ms=300, speed=1.0)
    number = station.services.announcements.write(lan, "Họp", "Họp tối nay.", shape=Shape(voice="espeak"))
    led = in_zone_voice(chain, station.repos, number)
    assert [one.name for one in led.engines] == ["espeak", "gtts", "piper"]
    assert [one.name for one in chain.engines] == ["gtts", "piper", "espeak"]
    assert led.before("espeak") is None  # no better reading than the one that was asked for
    assert [one.name for one in chain.led_by("server").engines] == ["gtts", "piper", "espeak"]
