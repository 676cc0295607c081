"""An older release does not get a file in which the province is still owed a log."""

import sqlite3
from contextlib import closing

from tests.store.announcement.test_upgrade import refused, renewed  # noqa: F401 - a fixture


def test_where_the_province_is_still_owed_something(renewed):  # noqa: F811
    with closing(sqlite3.connect(renewed)) as found:
        found.execute("INSERT INTO province_outbox (key, seq, body_json, queued_at) VALUES ('a', 1, '{}', '')")
        found.commit()
    refused(renewed, "m006_proof", "downgrade_unsent")
