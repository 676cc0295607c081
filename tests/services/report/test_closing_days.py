"""Days are closed by the station as it runs: by playout's nightly run, at its next start, or by the worker."""

import shutil
from datetime import timedelta

from tests.services.closed_days import DAY, air, go_to, local


def closed(station):
    return [one.day for one in station.services.proof.checkpoints()]


def run(station, clock, until):
    playout = station.playout()
    playout.start()
    playout.run_stepped(clock, until)
    playout.stop()


def test_the_nightly_run_closes_the_day_that_is_over(cast, clock, station):
    cast.running(cast.approved())
    run(station, clock, local(DAY + timedelta(days=1), 0, 4))
    assert closed(station) == []
    run(station, clock, local(DAY + timedelta(days=1), 0, 6))
    assert closed(station) == [DAY]
    (one,) = station.services.proof.checkpoints()
    assert one.sums["2026-12-02"]["played"].airings == 2
    assert station.services.proof.verify().whole
    assert station.repos.store.value("SELECT DISTINCT zones_json FROM journal WHERE outcome = 'played'") == '["all"]'


def test_a_station_that_was_off_closes_its_days_at_the_next_start(cast, clock, station):
    cast.running(cast.approved())
    air(cast, clock, DAY)
    go_to(clock, local(DAY + timedelta(days=3), 9))
    run(station, clock, local(DAY + timedelta(days=3), 9, 1))
    assert closed(station) == [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]


def test_the_worker_closes_what_no_night_did(cast, clock, station):
    cast.running(cast.approved())
    air(cast, clock, DAY)
    worker = station.worker()
    go_to(clock, local(DAY + timedelta(days=1), 0, 30))
    worker.look_ahead()
    assert closed(station) == [DAY]


def test_a_damaged_key_stops_neither_the_plan_nor_the_air(cast, clock, station, caplog):
    cast.running(cast.approved(), end=DAY + timedelta(days=1))
    shutil.rmtree(station.config.data / "keys")
    (station.config.data / "keys").write_text("")
    station.prepare()
    run(station, clock, local(DAY + timedelta(days=1), 8))
    assert closed(station) == []
    assert "no checkpoint" in caplog.text
    rows = station.repos.journal.of_day((DAY + timedelta(days=1)).isoformat())
    assert [row["outcome"] for row in rows] == ["played", "played"]
