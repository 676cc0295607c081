"""Faults of the station: shown within a hundred seconds of their beginning, unasked, and told outside once and once more."""

import json
import sqlite3
import stat
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from scheduler.config.loading import FaultsConfig
from scheduler.core.station.station_faults import SHOWN_WITHIN, OutputState, StationFault, StationState, standing
from scheduler.fault_telling import Teller, channels_of
from scheduler.fault_watch import LOOK_EVERY, FaultWatch
from scheduler.services.fault_log import FaultLog
from scheduler.services.station.station_seen import database_damage, database_fault, seen_now

WELL = StationState(ages={"playout": 1.0, "web": 1.0, "worker": 1.0}, outputs=(OutputState("loa", is_open=True),))
FAULTS = {
    "output loa": replace(WELL, outputs=(OutputState("loa", is_open=False, message="mất dây"),)),
    "voice": replace(WELL, voice="voice_missing"),
    "clock": replace(WELL, clock_trusted=False),
    "disk": replace(WELL, free_bytes=1),
    "database": replace(WELL, database="database_busy"),
    "process playout": replace(WELL, ages={"playout": 30.0, "web": 1.0, "worker": 1.0}),
    "process web": replace(WELL, ages={"playout": 1.0, "web": None, "worker": 1.0}),
    "outputs": replace(WELL, outputs=()),
    "playout inner": replace(WELL, inner="internal_fault"),
}


class Looks:
    """A watch over what a test says is seen."""

    def __init__(self, clock, tell=()):
        self.clock, self.seen, self.log = clock, WELL, FaultLog(None)
        self.watch = FaultWatch(self.log, clock, lambda: self.seen, tell)

    def look(self, times=1):
        for _ in range(times):
            self.clock.advance(LOOK_EVERY)
            self.watch.look()


@pytest.fixture
def looks(clock):
    return Looks(clock)


@pytest.mark.parametrize("key", FAULTS)
def test_a_fault_is_written_down_within_a_hundred_seconds_and_its_end_too(looks, clock, key):
    looks.look()
    looks.seen, began = FAULTS[key], clock.now()
    while not looks.log.standing() and clock.now() - began < SHOWN_WITHIN:
        looks.look()
    (one,) = looks.log.standing()
    assert one.fault.key == key
    assert began <= one.began <= began + timedelta(seconds=LOOK_EVERY)
    looks.seen, ended = WELL, clock.now()
    looks.look(2)
    (one,) = looks.log.records()
    assert ended <= one.ended <= ended + timedelta(seconds=LOOK_EVERY)


def test_what_one_look_alone_sees_is_no_fault_and_what_flickers_is_one(looks):
    looks.seen = FAULTS["voice"]
    looks.look()
    looks.seen = WELL
    looks.look(3)
    assert looks.log.records() == []
    looks.seen = FAULTS["voice"]
    looks.look(3)
    for seen in (WELL, FAULTS["voice"]) * 3:
        looks.seen = seen
        looks.look()
    assert len(looks.log.records()) == 1


def test_a_process_that_is_only_just_starting_is_no_fault_and_one_that_does_not_come_is(looks, clock):
    looks.watch.begin()
    began, looks.seen = clock.now(), FAULTS["process playout"]
    looks.look(2)
    assert looks.log.records() == []
    while not looks.log.standing() and clock.now() - began < SHOWN_WITHIN:
        looks.look()
    assert [one.fault.key for one in looks.log.standing()] == ["process playout"]


def test_a_process_that_died_counts_although_it_is_back_before_the_next_look(looks, clock):
    looks.watch.died("playout", -9)
    died = clock.now()
    looks.look(3)
    (one,) = looks.log.records()
    assert (one.fault.reason, one.fault.details["code"], one.began) == ("fault_process_died", "-9", died)
    assert one.ended is not None


def test_a_station_that_was_cut_off_tells_since_when_and_one_that_was_ended_does_not(looks, clock):
    looks.look()
    last = clock.now()
    clock.advance(timedelta(hours=2).total_seconds())
    FaultWatch(looks.log, clock, lambda: WELL).begin()
    (one,) = looks.log.records()
    assert (one.fault.reason, one.began, one.ended) == ("fault_station_off", last, clock.now())
    looks.log.note_look(clock.now(), ended=True)
    clock.advance(timedelta(hours=2).total_seconds())
    FaultWatch(looks.log, clock, lambda: WELL).begin()
    assert len(looks.log.records()) == 1


def test_a_locked_a_damaged_and_a_missing_database_are_seen(station):
    path = station.repos.store.path
    assert (database_fault(path), database_damage(path)) == ("", "")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert database_fault(path) == "database_busy"
        other.execute("ROLLBACK")
    assert database_fault(path.with_name("none.db")) == "database_lost"
    broken = path.with_name("broken.db")
    with closing(sqlite3.connect(path)) as other:
        other.execute("VACUUM INTO ?", (str(broken),))
    whole = broken.read_bytes()
    broken.write_bytes(whole[:8192] + b"\xff" * 65_536 + whole[8192 + 65_536 :])
    assert database_damage(broken) == "database_damaged"


def test_a_look_at_a_real_station_names_what_is_missing(station):
    keys = {one.key for one in standing(seen_now(station.services))}
    assert {"process playout", "process web", "process worker"} <= keys
    assert "database" not in keys


def test_what_failed_once_inside_playout_is_seen_for_a_minute(station, clock):
    at = clock.now().isoformat()
    state = {"outputs": [], "clock_trusted": True, "fault": {"reason": "no_descriptors", "at": at, "lasts": False}}
    station.repos.jobs.beat("playout", 1, clock.now(), state)
    assert seen_now(station.services).inner == "no_descriptors"
    clock.advance(61)
    assert not seen_now(station.services).inner


def test_an_output_that_was_away_for_less_than_two_looks_is_a_fault_all_the_same(station, clock, looks):
    gone = clock.now().isoformat()
    card = {"name": "loa", "kind": "soundcard", "state": "open", "message": "", "lost_at": gone, "lost": "mất máy chủ"}
    state = {"outputs": [card], "clock_trusted": True, "fault": None}

    def seen():
        station.repos.jobs.beat("playout", 1, clock.now(), state)
        return replace(WELL, outputs=seen_now(station.services).outputs)

    looks.watch._see = seen
    looks.look(2)
    (one,) = looks.log.standing()
    assert (one.fault.key, one.fault.reason) == ("output loa", "fault_output_back")
    assert one.fault.details == {"title": "loa", "detail": "mất máy chủ"}
    looks.look(7)
    assert not looks.log.standing()


# Told outside


@pytest.fixture
def server():
    """Answers 500 first, then as it should; `got`: what it was asked."""
    got, answers = [], [500]

    class Answer(BaseHTTPRequestHandler):
        def _answer(self, told):
            status = answers.pop() if answers else 200
            got.append(told)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"0: Accepted for delivery" if status == 200 else b"no")

        def do_POST(self):
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def do_GET(self):
            self._answer({name: one[0] for name, one in parse_qs(urlsplit(self.path).query).items()})

        def log_message(self, *_):
            pass

    httpd = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield httpd.server_address[1], got
    httpd.shutdown()
    httpd.server_close()


def told(station, clock, config):
    """Every way out of a station with this configuration, over one fault from its beginning to its end."""
    services = replace(station.services, repos=replace(station.repos, written=config))
    channels = channels_of(services)
    log = FaultLog(None)
    tellers = [Teller(name, tell, log, clock) for name, tell in channels.items()]
    one = log.begin(StationFault("output loa", "fault_output", {"title": "loa"}), clock.now(), channels)
    for turn in range(6):
        if turn == 3:
            log.over(one.number, clock.now())
        for teller in tellers:
            teller.turn()
        clock.advance(timedelta(seconds=30).total_seconds())
    assert set(log.records()[0].told.values()) == {"over"}
    return channels


def test_a_webhook_that_fails_first_is_told_again_and_then_once_of_each(station, clock, server):
    port, got = server
    faults = FaultsConfig(webhook=f"http://127.0.0.1:{port}/loi", allowed_hosts=("127.0.0.1",))
    told(station, clock, replace(station.written, faults=faults))
    assert [(one["event"], one["reason"]) for one in got] == [
        ("began", "fault_output"), ("began", "fault_output"), ("over", "fault_output"),
    ]  # fmt: skip
    assert got[-1]["ended"]
    assert "loa" in got[-1]["text"]


def test_a_command_reads_the_document_and_the_journal_has_both_rows(station, clock, tmp_path):
    script, out = tmp_path / "bao", tmp_path / "told"
    script.write_text(f'#!/bin/sh\ncat >> "{out}"; echo >> "{out}"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    told(station, clock, replace(station.written, faults=FaultsConfig(command=(str(script),))))
    assert [json.loads(line)["event"] for line in out.read_text().splitlines()] == ["began", "over"]
    rows = station.repos.store.rows("SELECT reason FROM journal WHERE kind = 'fault' ORDER BY seq")
    assert [row["reason"] for row in rows] == ["fault_began", "fault_over"]
    assert station.repos.journal.verify().whole


def test_a_command_that_hangs_is_ended_and_a_missing_one_costs_nothing(station, clock):
    for command in (("sleep", "60"), ("/khong/co",)):
        config = replace(station.written, faults=FaultsConfig(command=command, timeout_seconds=1.0))
        channels = channels_of(replace(station.services, repos=replace(station.repos, written=config)))
        log = FaultLog(None)
        log.begin(StationFault("voice", "fault_voice"), clock.now(), channels)
        Teller("command", channels["command"], log, clock).turn()
        assert log.records()[0].told["command"] == ""
