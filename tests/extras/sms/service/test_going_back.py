"""An older release does not get a file in which numbers still wait for a text message."""

import sqlite3
from contextlib import closing

from scheduler.services.station import downgrade
from tests.store.announcement.test_upgrade import refused, renewed  # noqa: F401 - a fixture


def test_where_numbers_still_wait_for_an_sms_that_was_ordered(renewed):  # noqa: F811
    """A list that nobody has ordered, and one that was stopped, are owed to nobody."""
    of_each = {
        "checked": ["waiting"],
        "stopped": ["waiting"],
        "sending": ["waiting", "sent"],
        "halted": ["claimed"],
    }
    with closing(sqlite3.connect(renewed)) as found:
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
    (told,) = [one for one in downgrade.left_by(renewed, "m006_proof") if one.table == "sms_recipient"]
    assert (told.rows, told.unsent) == (5, 2)
    refused(renewed, "m006_proof", "downgrade_unsent.*rows=2")
