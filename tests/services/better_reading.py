"""A better reading that waits for its leader: the network was down, the lesser voice read, and the network is back."""

from audio_assets.speech.breaker import FIRST_REST
from audio_assets.speech.voice import Voice
from scheduler.kernel.errors import SpeechError
from scheduler.worker import Worker
from tests.audio.fake_engine import FakeEngine


def better_reading(station, cast, title, text):
    """Of a running, approved announcement; `gtts` must stand before `espeak` in the configuration."""
    gtts = FakeEngine("gtts", failures={1: SpeechError("no route", permanent=False, reason="voice_offline")})
    seconds = [0.0]
    voice = Voice([gtts, FakeEngine("espeak", pitch_hz=150)], pause_ms=100, speed=1.0, now_mono=lambda: seconds[0])
    worker, services = Worker(station.services, lambda: voice), station.services.announcements
    announcement_id = services.write(cast.lan, title, text)
    services.make_speech(cast.lan, announcement_id)
    worker.work_once()
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
    services.heard(cast.lan, announcement_id, sha256)
    services.submit(cast.lan, announcement_id)
    services.approve(cast.minh, announcement_id, sha256, heard=True)
    cast.running(announcement_id)
    seconds[0] += FIRST_REST
    assert worker.read_again()
    (one,) = station.services.upgrades.waiting()
    return one
