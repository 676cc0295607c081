"""An older release does not get a file in which the town is still owed something."""

import sqlite3
from contextlib import closing

from scheduler.services.station import downgrade
from tests.store.announcement.test_upgrade import NOW, refused, renewed, rows_of  # noqa: F401 - a fixture


def owe(path):
    """One answer that the town has not got yet, and its health."""
    with closing(sqlite3.connect(path)) as found:
        for row, kind in enumerate(("ack", "health"), 1):
            found.execute(
                "INSERT INTO town_outbox (row, line, number, kind, body, queued_at) VALUES (?, 'l', ?, ?, '{}', ?)",
                (row, row, kind, NOW.isoformat()),
            )
        found.commit()


def sent(path):
    """The town has everything."""
    with closing(sqlite3.connect(path)) as found:
        found.execute("UPDATE town_outbox SET sent_at = ?", (NOW.isoformat(),))
        found.commit()


def test_what_the_town_has_already_goes_without_a_word(renewed):  # noqa: F811
    owe(renewed)
    sent(renewed)
    downgrade.downgrade(renewed, "m022_writers", NOW)


def test_what_is_still_owed_stays_in_the_kept_file_where_somebody_says_so(renewed):  # noqa: F811
    owe(renewed)
    (told,) = [one for one in downgrade.left_by(renewed, "m022_writers") if one.table == "town_outbox"]
    assert (told.rows, told.unsent) == (2, 1), "health is owed to nobody"
    done = downgrade.downgrade(renewed, "m022_writers", NOW, lose_unsent=True)
    assert "town_outbox" not in rows_of(renewed)
    assert len(rows_of(done.kept)["town_outbox"][1]) == 2


def test_where_the_town_is_still_owed_something(renewed):  # noqa: F811
    owe(renewed)
    refused(renewed, "m022_writers", "downgrade_unsent")
