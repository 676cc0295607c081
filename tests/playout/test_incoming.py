"""Sound that comes in while it airs, in real time: a browser's microphone and a stream of the town, to the WAV file."""

import threading
import wave
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scheduler.config.loading import Config, OutputConfig, PlanningConfig, RelayConfig, SpeechConfig, StationConfig
from scheduler.core.model import Relay, Role
from scheduler.core.planning.rules import local_day, parse_window
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests.conftest import Cast, noon_zone
from tests.playout.aired import rows, sound
from tests.playout.at_work import work_until

RATE = 48_000
PAUSE = threading.Event()
"""Never set: waiting for it is a pause."""


@pytest.fixture
def now_station(tmp_path, request):
    """A station on the machine's clock, in a time zone where it is about noon; a FIFO that nobody reads where asked."""
    clock = SystemClock()
    deaf = OutputConfig(name="mast", kind="fifo", device=str(tmp_path / "mast.pcm"), counts=True)
    config = Config(
        folder=tmp_path,
        station=StationConfig(time_zone=noon_zone()),
        planning=PlanningConfig(days_ahead=1, min_gap_minutes=0.0),
        speech=SpeechConfig(engines=("espeak",)),
        relay=RelayConfig(allow_private=True, lost_seconds=2.0),
        outputs=(OutputConfig(name="wav", kind="wavfile", counts=True), *([deaf] if hasattr(request, "param") else [])),
    )
    station = Station.open(config, clock)
    station.prepare()
    yield station
    station.close()


@pytest.fixture
def people(now_station):
    now = now_station.clock.now()
    lan = now_station.repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
    minh = now_station.repos.people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", now)
    return Cast(now_station, lan, minh)


@pytest.fixture
def playing(now_station):
    """A playout that runs in a thread of its own until the test ends."""
    over = threading.Event()
    service = now_station.playout()

    def run():
        try:
            work_until(over, service)
        finally:
            now_station.close()

    thread = threading.Thread(target=run)
    thread.start()
    yield service
    over.set()
    thread.join(120)
    assert not thread.is_alive()


def until(condition, seconds=120.0):
    for _ in range(round(seconds * 20)):
        if found := condition():
            return found
        PAUSE.wait(0.05)
    return pytest.fail("it did not come about in time")


def today(station):
    return local_day(station.clock.now(), station.config.station.time_zone).isoformat()


def tone(seconds, pitch, at=0.0):
    times = np.arange(round(seconds * RATE)) / RATE + at
    return (np.sin(2 * np.pi * pitch * times) * 9000).astype("<i2")


def share_of(samples, pitch):
    """How much of the energy of a recording is one tone."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float))) ** 2
    pitches = np.fft.rfftfreq(len(samples), 1 / RATE)
    return spectrum[np.abs(pitches - pitch) < 20].sum() / max(spectrum.sum(), 1.0)


def test_a_voice_is_heard_behind_its_chime_and_becomes_a_recording(now_station, people, playing):
    live = now_station.services.live
    lease = live.open(people.lan)
    sent = 0
    chime = len(now_station.repos.library.load(now_station.services.rundowns.chime_sha256("open"))) / RATE
    begun = until(lambda: live.state(lease.id).on_air or None) and now_station.clock.monotonic()
    while (passed := now_station.clock.monotonic() - begun) < chime + 3.5:
        while sent / 2 / RATE < passed + 0.2:  # as a microphone does: after a stall comes all that was said meanwhile
            sent = live.push(people.lan, lease.id, sent, tone(0.2, 700, sent / 2 / RATE).tobytes())
        PAUSE.wait(0.2)
    live.release(people.lan, lease.id)
    (row,) = until(lambda: rows(now_station, today(now_station)))
    assert (row["outcome"], row["trigger"], row["operator"]) == ("played", "live", "Lan (lan)")
    (aired,) = sound(now_station)
    voice = aired[round((chime + 0.5) * RATE) :]
    voice = voice[voice != 0]
    assert len(voice) > RATE
    assert share_of(voice, 700) > 0.9
    assert abs(len(aired) / RATE * 1000 - row["played_ms"]) < 700
    job = until(lambda: next(iter(now_station.services.recordings.under_way()), None))
    done = now_station.finish(job.id)
    assert done.state in {"ready", "warning"}
    clip = now_station.repos.programme.clip(done.result)
    assert (clip.origin, clip.title) == ("recorded", "Phát trực tiếp: Lan")
    assert clip.length.total_seconds() == pytest.approx(sent / 2 / RATE, abs=0.1)
    assert not live.path(lease.id).exists()


def test_a_microphone_that_falls_silent_for_good_ends_its_airing(now_station, people, playing):
    live = now_station.services.live
    lease = live.open(people.lan)
    until(lambda: live.state(lease.id).on_air)
    live.push(people.lan, lease.id, 0, tone(0.5, 700).tobytes())
    (row,) = until(lambda: rows(now_station, today(now_station)))
    assert row["outcome"] in {"played", "partial"}
    assert not live.state(lease.id).open


@pytest.mark.parametrize("now_station", ["deaf"], indirect=True)
def test_a_voice_that_is_lost_ended_for_that_whatever_an_output_missed_of_it(now_station, people, playing):
    live = now_station.services.live
    lease = live.open(people.lan)
    until(lambda: live.state(lease.id).on_air)
    live.push(people.lan, lease.id, 0, tone(0.5, 700).tobytes())
    (row,) = until(lambda: rows(now_station, today(now_station)))
    assert (row["outcome"], row["reason"]) == ("partial", "live_lost")
    assert '"mast":"ok"' not in row["outputs_json"]


def town_is_heard(station, piece):
    """Whether two seconds at the end of a recording are the town's tone, while it is being written."""
    try:
        heard = sound(station)[piece][-2 * RATE :]
    except (IndexError, EOFError, wave.Error):  # not begun, or its head is not whole yet
        return False
    return len(heard) == 2 * RATE and share_of(heard, 500) > 0.6


class Town(BaseHTTPRequestHandler):
    """Plain WAV without an end, at about real time."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.end_headers()
        head = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data\xff\xff\xff\xff"
        try:
            self.wfile.write(head)
            for piece in range(600):
                self.wfile.write(tone(0.1, 500, piece * 0.1).tobytes())
                if piece > 20 and PAUSE.wait(0.1):
                    return
        except OSError:
            return

    def log_message(self, *_):
        """Nothing to say."""


@pytest.fixture
def town():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Town)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/live.wav"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_relay_is_joined_in_its_window_and_gives_way_to_an_emergency(now_station, people, playing, town):
    alarm = people.approved(seconds=2.0, title="Vỡ đê", pitch=1500)
    services, clock = now_station.services, now_station.clock
    noon = clock.now().astimezone(ZoneInfo(now_station.config.station.time_zone))
    window = parse_window(f"{noon - timedelta(minutes=1):%H:%M}-{noon + timedelta(minutes=5):%H:%M}")
    day = local_day(clock.now(), now_station.config.station.time_zone)
    relay = Relay(0, 0, (window,), day, day, (town,))
    relay_id = services.relays.save(people.lan, "Đài thị xã", relay)
    services.relays.approve(people.minh, relay_id)
    services.relays.start(people.lan, relay_id)
    until(lambda: town_is_heard(now_station, 0))
    services.emergency.break_in(people.minh, alarm)
    until(lambda: any(row["trigger"] == "emergency" for row in rows(now_station, today(now_station))))
    until(lambda: len(now_station.repos.slots.interrupted()) == 0 and now_station.repos.slots.open_airings())
    until(lambda: town_is_heard(now_station, 2))
    services.relays.stop(people.lan, relay_id)
    told = until(lambda: len(found := rows(now_station, today(now_station))) == 2 and found)
    by_trigger = {row["trigger"]: row for row in told}
    assert by_trigger["emergency"]["outcome"] == "played"
    assert (by_trigger["relay"]["outcome"], by_trigger["relay"]["reason"]) == ("partial", "stopped_by")
    assert by_trigger["relay"]["played_ms"] > 3000
    pieces = sound(now_station)
    assert sum(share_of(piece, 500) > 0.6 for piece in pieces) == 2
    changes = now_station.repos.store.rows("SELECT reason FROM journal WHERE kind = 'relay'")
    assert "relay_started" in {row["reason"] for row in changes}
