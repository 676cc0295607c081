"""The playout process on a real clock: its lock, its end, and a sound card that appears later."""

import threading
from dataclasses import replace

import pytest
from filelock import FileLock

from scheduler.config.loading import OutputConfig
from scheduler.core.stops import WhyEnded
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import StationBusyError
from scheduler.playout import process
from scheduler.station import Station
from tests.waiting import PATIENCE, until


@pytest.fixture
def real(config, station):
    """A station on the machine's clock with an `auto` output and no card; `station` has prepared its folder."""
    opened = Station.open(replace(config, outputs=(OutputConfig(name="loa", kind="auto"),)), SystemClock())
    yield opened
    opened.close()


@pytest.fixture
def cards(monkeypatch):
    """The sound cards of this machine: none, until a test plugs one in. Real ones are tested in test_soundcard."""
    found: list[str] = []
    for module in ("scheduler.playout.process", "scheduler.playout.outputs.soundcard"):
        monkeypatch.setattr(f"{module}.find_soundcard", lambda _device="": found[0] if found else None)
    monkeypatch.setattr(process, "LOOK_FOR_CARD", 0.1)
    monkeypatch.setattr(process, "ask_for_priority", lambda: None)
    return found


def run(real, stop):
    try:
        process.run_playout(real.playout(), real.config, stop)
    finally:
        real.close()


def test_a_second_playout_on_the_same_data_is_refused(real, cards, monkeypatch):
    monkeypatch.setattr(process, "LET_GO_WITHIN", 0.1)
    with FileLock(real.config.data / "playout.lock"), pytest.raises(StationBusyError):
        process.run_playout(real.playout(), real.config, threading.Event())


def test_it_ends_when_told_and_gives_its_lock_back(real, cards):
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(real, stop))
    thread.start()
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    FileLock(real.config.data / "playout.lock").acquire(timeout=0)


def test_what_a_playout_cuts_that_ends_for_a_fault_is_not_told_as_stopped_by_anybody(real, cards, monkeypatch):
    def bug(service):
        raise MemoryError

    monkeypatch.setattr(process, "turned", bug)
    service = real.playout()
    with pytest.raises(MemoryError):
        process.run_playout(service, real.config, threading.Event())
    assert service._in_hand.stopping_as == WhyEnded.DIED


def test_it_records_to_files_and_starts_again_when_a_card_appears(real, station, cards):
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(real, stop))
    thread.start()
    try:
        records = until(lambda: (beat := station.repos.jobs.heartbeat("playout")) and beat.state["outputs"], "a beat")
        assert [output["kind"] for output in records] == ["wavfile"]
        assert thread.is_alive()
        cards.append("pulse")
        thread.join(PATIENCE)
        assert not thread.is_alive()
        assert not stop.is_set()
    finally:
        stop.set()
        thread.join(PATIENCE)


def asked(station):
    """A person lets playout look; what it says of that look."""
    person = station.repos.people.machine(station.clock.now())
    at = station.services.air.look_for_card(person)
    return lambda: (look := station.services.air.on_air().card_look) and look["at"] >= at.isoformat() and look["what"]


def test_asked_to_look_it_says_what_it_found_and_takes_the_card_at_once(real, cards, monkeypatch):
    monkeypatch.setattr(process, "LOOK_FOR_CARD", 3600.0)
    stop, other = threading.Event(), Station.open(real.written, SystemClock())
    thread = threading.Thread(target=run, args=(real, stop))
    thread.start()
    try:
        until(lambda: other.services.air.on_air().alive, "a beat")
        assert until(asked(other), "its answer") == "none"
        assert thread.is_alive()
        cards.append("pulse")
        asked(other)
        thread.join(PATIENCE)
        assert not thread.is_alive()
        assert not stop.is_set()
    finally:
        stop.set()
        thread.join(PATIENCE)
        other.close()


def test_asked_to_look_while_something_is_near_it_says_so_and_goes_on(real, cards, monkeypatch):
    monkeypatch.setattr("scheduler.playout.service.Playout.quiet_for", lambda *_: False)
    stop, other = threading.Event(), Station.open(real.written, SystemClock())
    thread = threading.Thread(target=run, args=(real, stop))
    thread.start()
    cards.append("pulse")
    try:
        until(lambda: other.services.air.on_air().alive, "a beat")
        assert until(asked(other), "its answer") == "busy"
        assert thread.is_alive()
    finally:
        stop.set()
        thread.join(PATIENCE)
        other.close()


def test_a_due_airing_is_not_disturbed_by_a_new_card(station, cast, clock):
    cast.running(cast.approved(), base=1)
    service = station.playout()
    service.start()
    slot = station.repos.slots.of_day(cast.campaign(0).start)[0]
    assert service.quiet_for(process.QUIET_MOMENT)
    service.run_stepped(clock, slot.start - process.QUIET_MOMENT)
    assert not service.quiet_for(process.QUIET_MOMENT)
    service.stop()
