"""A station of the release before is brought to the newest schema with everything it holds."""

from scheduler.store import Store
from scheduler.store.migrations import migrations
from tests.conftest import MORNING


def test_a_database_of_the_first_schema_keeps_its_rows_and_can_be_used(tmp_path, monkeypatch):
    store = Store(tmp_path / "loa.db")
    migrations.apply(store.db, stop_before="m002_playout")
    with store.write() as db:
        db.execute(
            "INSERT INTO person (id, login, name, role, password_hash, created_at) VALUES (1, 'a', 'A', 'admin', '', ?)",
            (MORNING.isoformat(),),
        )
        db.execute(
            "INSERT INTO announcement (id, title, text, author_id, created_at, updated_at) VALUES (1, 't', 'x', 1, ?, ?)",
            (MORNING.isoformat(),) * 2,
        )
        db.execute(
            'INSERT INTO slot (id, day, zone, start, length_ms, announcement_id, audio_sha256, priority, "trigger",'
            " created_at) VALUES ('s', '2026-12-02', 'all', ?, 1000, 1, 'a', 3, 'schedule', ?)",
            (MORNING.isoformat(),) * 2,
        )
    store.migrate()
    row = store.row("SELECT a.kind, s.makes_good, s.intro_sha256 FROM slot s JOIN announcement a ON a.id = 1")
    assert row == {"kind": "text", "makes_good": "", "intro_sha256": None}
    store.migrate()
    assert store.value("SELECT count(*) FROM relay") == 0
    store.close()
