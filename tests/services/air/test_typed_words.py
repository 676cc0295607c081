"""Words of the moment: who speaks them, who takes over, and what is swept; a real voice, no process."""

import os
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from audio_assets.speech.voice import Voice
from scheduler import station_words
from scheduler.kernel import beside
from scheduler.kernel.clock import SteppedClock, SystemClock
from scheduler.kernel.errors import SpeechError
from scheduler.services.air.emergency import Order
from scheduler.station import Station
from scheduler.station_words import break_in_with
from tests.threads import Asking, starved

TEXT = "Nước sông dâng cao, bà con ven sông rời nhà ngay."


class Hurried(SteppedClock):
    """Its seconds pass while somebody waits: no voice is quick enough."""

    asked = 0

    def monotonic(self):
        self.asked += 1
        return super().monotonic() + self.asked


@pytest.fixture
def hurried(station, config, clock):
    opened = Station.open(config, Hurried(clock.now()))
    opened.repos.jobs.beat("playout", 1, clock.now(), {})  # it lives, and takes the words by itself
    yield opened
    opened.close()


@pytest.fixture
def voice(monkeypatch):
    """A voice that speaks when it is told to."""
    go, spoken = threading.Event(), Voice.speak_script

    def slowly(*args, **more):
        assert go.wait(120)
        return spoken(*args, **more)

    monkeypatch.setattr(Voice, "speak_script", slowly)
    yield go
    go.set()


def files(station):
    return sorted(path.name for path in (station.config.data / "typed").glob("*"))


def order(station):
    (one,) = station.services.air.red.orders()
    return one


def test_an_order_whose_voice_is_slow_stands_before_it_has_spoken_and_gets_its_words(hurried, cast, voice):
    slot_id = break_in_with(hurried, cast.minh, TEXT, title="Lũ")
    assert (order(hurried).key, order(hurried).order["spoken"]) == (slot_id, False)
    assert break_in_with(hurried, cast.minh, TEXT) == slot_id, "pressed twice"
    assert hurried.repos.typed.take_over(slot_id) is None, "it is being spoken"
    assert station_words.take_over(hurried) == 0
    voice.set()
    assert station_words.wait_spoken(slot_id)
    words = hurried.repos.typed.read(slot_id)
    assert (words.clip.engine, words.announcement["approved_sha256"]) == ("espeak", words.clip.sha256)
    assert hurried.repos.library.has(words.clip.sha256)


def test_a_voice_that_fails_late_is_told_in_the_file_and_one_that_fails_at_once_is_raised(
    hurried, station, cast, voice, monkeypatch
):
    slot_id = break_in_with(hurried, cast.minh, TEXT)
    broken = SpeechError("broken", permanent=True, reason="no_voice", why="espeak hỏng")
    monkeypatch.setattr(Voice, "_queue", lambda *_: (_ for _ in ()).throw(broken))
    voice.set()
    assert station_words.wait_spoken(slot_id)
    words = hurried.repos.typed.read(slot_id)
    assert words.clip is None
    assert "espeak hỏng" in words.fault
    with pytest.raises(SpeechError):
        break_in_with(station, cast.minh, "Cháy lớn ở chợ.")
    assert [one.key for one in station.services.air.red.orders()] == [slot_id], "nothing was ordered"


@pytest.mark.parametrize("able", [True, False], ids=["and speaks", "and cannot either"])
def test_where_a_better_voice_takes_long_the_quickest_is_asked_as_well(hurried, cast, monkeypatch, able):
    go, spoken = threading.Event(), Voice.speak_script

    def one_of_them(self, *args, **more):
        quickest = self.engines[0].name == "espeak"
        assert quickest or go.wait(120)
        if quickest and able:
            return spoken(self, *args, **more)
        raise SpeechError("broken", permanent=True, reason="no_voice", why=f"{self.engines[0].name} hỏng")

    monkeypatch.setattr(Voice, "speak_script", one_of_them)
    monkeypatch.setattr(station_words, "SECOND_VOICE", 0.05)
    speech = replace(hurried.written.speech, engines=("piper", "espeak"))
    station = replace(hurried, written=replace(hurried.written, speech=speech))
    slot_id = break_in_with(station, cast.minh, TEXT)
    assert not able or station_words.wait_spoken(slot_id)
    assert station.repos.typed.read(slot_id).is_awaited is not able, "the better one may still come"
    go.set()
    assert able or station_words.wait_spoken(slot_id)
    words = station.repos.typed.read(slot_id)
    assert (words.clip.engine, words.fault) == ("espeak", "") if able else "piper hỏng" in words.fault


def test_where_the_speaker_has_died_the_words_are_spoken_by_who_looks_for_that(station, cast, voice):
    voice.set()
    slot_id, held = station.services.emergency.order_promised(Order(cast.minh), "Lũ", TEXT, timedelta(seconds=5))
    other, its = station.services.emergency.order_promised(
        Order(cast.minh), "Cháy", "Cháy ở chợ.", timedelta(seconds=5)
    )
    assert station.services.emergency.take_back(cast.minh, other)
    held.close()
    its.close()
    ended = threading.Event()
    with station_words.speaking(station, ended):
        clock = SystemClock()
        until = clock.monotonic() + 120
        while station.repos.typed.read(slot_id) is not None:  # no playout lives here: their rows take them
            assert clock.monotonic() < until
            clock.sleep_until(clock.monotonic() + 0.05)
    made = station.repos.programme.announcement(station.repos.slots.slot(slot_id).announcement_id)
    clip = station.repos.programme.clip(made.audio_sha256)
    assert (made.text, clip.created_by) == (TEXT, cast.minh.id)
    assert not any(name.startswith(other) for name in files(station)), "nobody waits for those"


def test_where_no_promise_can_be_kept_the_words_come_first(hurried, cast, voice, monkeypatch):
    def full(*_):
        raise OSError(28, "full")

    monkeypatch.setattr(type(hurried.repos.typed), "promise", full)
    voice.set()
    slot_id = break_in_with(hurried, cast.minh, TEXT)
    assert order(hurried).key == slot_id
    slot = hurried.repos.slots.slot(slot_id)
    assert hurried.repos.programme.clip(slot.audio_sha256).engine == "espeak"


def test_what_no_order_waits_for_is_swept_after_days_and_nothing_else(station, cast):
    slot_id, held = station.services.emergency.order_promised(Order(cast.minh), "Lũ", TEXT, timedelta(seconds=5))
    held.close()
    folder, now = station.config.data / "typed", station.clock.now().timestamp()
    for name in ("20260101-e0-00000001.json", "20260101-e0-00000002.part", "20260101-e0-00000003.speaking"):
        (folder / name).write_text("{}")
        os.utime(folder / name, (now - 4 * 86_400, now - 4 * 86_400))
    (folder / "20261201-e0-00000004.part").write_text("{")
    os.utime(folder / "20261201-e0-00000004.part", (now - 86_400, now - 86_400))
    for name in files(station):
        if name.startswith(slot_id):
            os.utime(folder / name, (now - 9 * 86_400, now - 9 * 86_400))
    blind = replace(station.repos, red=type(station.repos.red)(None))
    assert (
        Station(station.written, station.clock, blind, type(station.services).of(blind)).services.emergency.sweep() == 0
    )
    station.worker().sweep()
    assert files(station) == sorted([f"{slot_id}.json", f"{slot_id}.speaking", "20261201-e0-00000004.part"])


@pytest.mark.parametrize("refuses", [False, True], ids=["dies at once", "cannot be begun"])
def test_where_no_thread_speaks_the_words_the_order_stands_and_the_worker_speaks_them(
    hurried, cast, voice, monkeypatch, refuses
):
    voice.set()
    asking = Asking(lambda: break_in_with(hurried, cast.minh, TEXT, title="Lũ"))
    with starved(monkeypatch) as machine:
        machine.lacks, machine.refuses = True, refuses
        slot_id = asking.ask()
    assert (order(hurried).key, order(hurried).order["spoken"]) == (slot_id, False)
    assert not station_words.wait_spoken(slot_id), "nobody here speaks them"
    assert station_words.take_over(hurried) == 1
    assert station_words.wait_spoken(slot_id)
    assert hurried.repos.typed.read(slot_id).clip.engine == "espeak"


@pytest.mark.parametrize("refuses", [False, True], ids=["dies at once", "cannot be begun"])
def test_where_no_thread_speaks_the_words_and_no_promise_is_kept_who_orders_speaks_them(
    hurried, cast, voice, monkeypatch, refuses
):
    def full(*_):
        raise OSError(28, "full")

    monkeypatch.setattr(type(hurried.repos.typed), "promise", full)
    voice.set()
    asking = Asking(lambda: break_in_with(hurried, cast.minh, TEXT))
    with starved(monkeypatch) as machine:
        machine.lacks, machine.refuses = True, refuses
        slot_id = asking.ask()
    assert hurried.repos.programme.clip(hurried.repos.slots.slot(slot_id).audio_sha256).engine == "espeak"


def test_a_worker_without_memory_for_who_sees_words_through_ends_in_bounded_time(station, monkeypatch):
    def worker():
        with station_words.speaking(station, threading.Event()):
            raise AssertionError("nobody sees the words through")

    asking = Asking(worker)
    with starved(monkeypatch) as machine:
        machine.lacks = True
        monkeypatch.setattr(beside, "BEGINS_WITHIN", 0.1)
        with pytest.raises(OSError, match="no thread"):
            asking.ask()
