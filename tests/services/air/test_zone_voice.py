"""A zone may want another voice of eSpeak's: it is used where all zones in which an announcement airs want the same."""

from dataclasses import replace

import pytest

from audio_assets.speech.espeak_engine import EspeakEngine
from audio_assets.speech.voice import Voice
from scheduler.config.loading import OutputConfig, ZoneConfig
from scheduler.core.announcement.voices import voice_of_zones
from scheduler.services.announcement.voices import in_zone_voice
from tests.audio.fake_engine import FakeEngine

SOUTH, CENTRAL = "vi-vn-x-south", "vi-vn-x-central"


@pytest.fixture
def config(config):
    zones = (
        ZoneConfig(name="nam", espeak_voice=SOUTH),
        ZoneConfig(name="cho", espeak_voice=SOUTH),
        ZoneConfig(name="hue", espeak_voice=CENTRAL),
        ZoneConfig(name="bac"),
    )
    outputs = (OutputConfig(name="wav", kind="wavfile", counts=True, zones=("nam", "cho", "hue", "bac")),)
    return replace(config, zones=zones, outputs=outputs)


@pytest.fixture
def voice_for(station, cast, lan):
    """The voice that an announcement with draft campaigns in these zones is read in."""

    def made(*zones):
        announcement_id = station.services.announcements.write(lan, "Tiêm chủng", "Mời bà con đi tiêm phòng.")
        for zone in zones:
            station.services.campaigns.save(lan, cast.campaign(announcement_id, zone=zone))
        chain = Voice([FakeEngine("gtts"), EspeakEngine("vi")], pause_ms=100, speed=1.0)
        first, last = in_zone_voice(chain, station.repos, announcement_id).engines
        assert first is chain.engines[0]
        return last.voice

    return made


@pytest.mark.parametrize(
    ("zones", "voice"),
    [
        ((), "vi"),
        (("nam",), SOUTH),
        (("nam", "cho"), SOUTH),
        (("nam", "hue"), "vi"),
        (("nam", "bac"), "vi"),
        (("all",), "vi"),
        (("nam", "all"), "vi"),
        (("hue",), CENTRAL),
    ],
    ids=[
        "no_campaign",
        "one",
        "two_that_agree",
        "two_that_differ",
        "one_wants_none",
        "everywhere",
        "and_everywhere",
        "central",
    ],
)
def test_the_zones_voice_is_used_where_all_of_them_agree(voice_for, zones, voice):
    assert voice_for(*zones) == voice


def test_a_speech_is_made_in_the_voice_of_its_zone(station, cast, lan):
    announcement_id = station.services.announcements.write(lan, "Tiêm chủng", "Mời bà con đi tiêm phòng.")
    station.services.campaigns.save(lan, cast.campaign(announcement_id, zone="nam"))
    job = station.finish(station.services.announcements.make_speech(lan, announcement_id))
    clip = station.repos.programme.clip(job.result)
    assert (clip.engine, clip.voice) == ("espeak", SOUTH)


def test_no_zone_asks_for_no_voice():
    assert voice_of_zones([], {"nam": SOUTH}) == ""
