"""A database of the step before is brought to the ledger's, and what a dispatch asks for is kept once."""

from scheduler.core.dispatch import read_dispatch
from scheduler.store import Readings, Store
from scheduler.store.schema.migrations import migrations
from tests.conftest import MORNING
from tests.services.dispatch.test_dispatch_answers import DOUBTFUL, FIRST


def test_a_station_of_the_step_before_keeps_its_dispatch_and_gains_the_tables(tmp_path):
    store = Store(tmp_path / "loa.db")
    migrations.apply(store.db, stop_before="m004_ledger")
    with store.write() as db:
        db.execute(
            "INSERT INTO person (id, login, name, role, password_hash, created_at) VALUES (1, 'a', 'A', 'admin', '', ?)",
            (MORNING.isoformat(),),
        )
        db.execute(
            "INSERT INTO dispatch (id, file_name, original_sha256, text, fields_json, excerpts_json, created_at, created_by)"
            " VALUES (1, 'f', 'x', 't', '{}', '{}', ?, 1)",
            (MORNING.isoformat(),),
        )
    store.migrate()
    readings = Readings(store)
    assert (readings.duties(1), readings.doubts(1), readings.acts(1), readings.open_doubts(1)) == ([], [], [], 0)
    assert readings.keep(1, read_dispatch(FIRST))
    assert readings.duties(1)
    store.migrate()
    assert readings.duties(1)
    store.close()


def test_a_reading_is_kept_once(station, lan):
    dispatch_id, _ = station.services.dispatches.import_dispatch(lan, FIRST.encode(), "a.txt")
    readings = Readings(station.repos.store)
    before = readings.duties(dispatch_id)
    assert not readings.keep(dispatch_id, read_dispatch(DOUBTFUL))
    assert readings.duties(dispatch_id) == before


def test_a_duty_that_changed_meanwhile_is_not_overwritten(station, lan):
    dispatch_id, _ = station.services.dispatches.import_dispatch(lan, FIRST.encode(), "a.txt")
    readings, now = Readings(station.repos.store), station.clock.now()
    seen = readings.duties(dispatch_id)[0]
    assert readings.set_duty(seen, seen.state, "một", lan.id, now)
    assert not readings.set_duty(seen, seen.state, "hai", lan.id, now)
    assert readings.duties(dispatch_id)[0].note == "một"
