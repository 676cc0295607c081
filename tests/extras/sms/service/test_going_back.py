"""An older release does not get a file in which numbers still wait for a text message."""

import sqlite3
from contextlib import closing

import pytest

from scheduler.services.station import downgrade
from tests.store.announcement.test_upgrade import opened, refused, written


@pytest.fixture
def path(tmp_path):
    """A file of this release, with the rows of an old one."""
    made = written(tmp_path / "data", "m022")
    opened(made).close()
    return made


def test_where_numbers_still_wait_for_an_sms_that_was_ordered(path):
    """A list that nobody has ordered, and one that was stopped, are owed to nobody."""
    of_each = {
        "checked": ["waiting"],
        "stopped": ["waiting"],
        "sending": ["waiting", "sent"],
        "halted": ["claimed"],
    }
    with closing(sqlite3.connect(path)) as found:
        found.execute(
            "INSERT INTO sms (id, title, text, author_id, created_at, updated_at)"
            " SELECT 1, 'Họp dân', 'Mai họp.', min(id), '', '' FROM person"
        )
        for batch, (state, of_numbers) in enumerate(of_each.items(), 1):
            found.execute(
                "INSERT INTO sms_batch (id, sms_id, body, sha256, state, total, duplicates, opted_out, reached, refused,"
                " bad_json, created_at, created_by) SELECT ?, 1, '', '', ?, 0, 0, 0, 0, 0, '[]', '', author_id FROM sms",
                (batch, state),
            )
            for place, told in enumerate(of_numbers, 1):
                row = (batch, place, f"+8490000000{place}", told)
                found.execute("INSERT INTO sms_recipient (batch_id, place, number, state) VALUES (?, ?, ?, ?)", row)
        found.commit()
    (told,) = [one for one in downgrade.left_by(path, "m006_proof") if one.table == "sms_recipient"]
    assert (told.rows, told.unsent) == (5, 2)
    refused(path, "m006_proof", "downgrade_unsent.*rows=2")
