"""An older release does not get a file in which the province is still owed a log."""

import sqlite3
from contextlib import closing

import pytest

from tests.store.announcement.test_upgrade import opened, refused, written


@pytest.fixture
def path(tmp_path):
    """A file of this release, with the rows of an old one."""
    made = written(tmp_path / "data", "m022")
    opened(made).close()
    return made


def test_where_the_province_is_still_owed_something(path):
    with closing(sqlite3.connect(path)) as found:
        found.execute("INSERT INTO province_outbox (key, seq, body_json, queued_at) VALUES ('a', 1, '{}', '')")
        found.commit()
    refused(path, "m006_proof", "downgrade_unsent")
