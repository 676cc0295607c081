"""Numbers of the outbox when the database is an older one: nothing is told under a number that was told before."""

import sqlite3

from scheduler.extras.town.rows.queue import TownQueue
from scheduler.extras.town.rules.envelope import up_message_id
from scheduler.extras.town.service.town import TownService
from scheduler.extras.town.work.wire import MOST_RESENT, _range
from tests.extras.town.service.town import WARD


def ids(rows):
    return {up_message_id(WARD, row.number, row.line): row.body for row in rows}


def test_a_machine_that_takes_over_tells_nothing_under_a_told_number(station):
    told = station.services.get(TownService)
    told.up.log({"what": "both have it"})
    copy = sqlite3.connect(":memory:")
    station.repos.store.db.conn.backup(copy)
    told.up.log({"what": "only the dead one"})
    before = ids(told.up.outbox(9))
    copy.backup(station.repos.store.db.conn)
    TownQueue(station.repos.store).begin_line("took")
    told.up.log({"what": "of the other"})
    after = ids(told.up.outbox(9))
    assert {name: after[name] for name in before.keys() & after.keys()} == {
        name: before[name] for name in before.keys() & after.keys()
    }
    assert len(before | after) == 3


def test_an_older_database_put_back_by_hand_begins_a_line(station):
    told = station.services.get(TownService)
    told.up.log({"what": "both have it"})
    copy = sqlite3.connect(":memory:")
    station.repos.store.db.conn.backup(copy)
    told.up.log({"what": "lost"})
    before = ids(told.up.outbox(9))
    copy.backup(station.repos.store.db.conn)
    queue = TownQueue(station.repos.store)  # of another life of the process
    line, _ = queue.line()
    assert all(line not in name for name in before)
    assert TownQueue(station.repos.store).line()[0] == line  # once, not at each start


def test_a_question_for_everything_is_answered_in_parts():
    assert _range(b'{"line": "ab", "from": 7, "to": 4000000000}') == (7, 6 + MOST_RESENT, "ab")
