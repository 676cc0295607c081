"""Confirmed words and the columns of a script: rows of the release before, and what is kept of a confirmation."""

import pytest

from scheduler.core.delivery import PLAIN
from scheduler.store import Programme, Store
from scheduler.store.announcement.confirmed_words import ConfirmedWord, ConfirmedWords
from scheduler.store.schema.migrations import migrations
from tests.conftest import MORNING

AT = MORNING.isoformat()


@pytest.fixture
def store(tmp_path):
    """A database of the release before, brought to the newest schema: one person, one clip, one announcement."""
    opened = Store(tmp_path / "loa.db")
    migrations.apply(opened.db, stop_before="m011_script")
    with opened.write() as db:
        db.execute(
            "INSERT INTO person (id, login, name, role, password_hash, created_at) VALUES (1, 'a', 'A', 'admin', '', ?)",
            (AT,),
        )
        db.execute(
            "INSERT INTO clip (sha256, title, origin, frames, said, created_at, created_by)"
            " VALUES ('s', 't', 'speech', 48000, 'xin chào', ?, 1)",
            (AT,),
        )
        db.execute(
            "INSERT INTO announcement (id, title, text, audio_sha256, author_id, created_at, updated_at)"
            " VALUES (1, 't', 'Xin chào', 's', 1, ?, ?)",
            (AT, AT),
        )
    opened.migrate()
    yield opened
    opened.close()


def test_what_was_written_before_there_were_shapes_is_read_straight_through_and_said_once(store):
    assert Programme(store).announcement(1).shape == PLAIN
    assert Programme(store).clip("s").says == 1


def test_a_confirmation_is_kept_for_its_wording_and_the_first_one_stands(store):
    words = ConfirmedWords(store)
    words.add(1, "t1", ["Abrysvo", "Shingrix"], "s", 1, MORNING)
    words.add(1, "t1", ["Abrysvo"], "other", 1, MORNING)
    assert words.of(1, "t1") == [ConfirmedWord("Abrysvo", "s", 1, MORNING), ConfirmedWord("Shingrix", "s", 1, MORNING)]
    assert words.of(1, "t2") == []
    words.add(1, "t2", [], "s", 1, MORNING)
    assert words.of(1, "t2") == []
