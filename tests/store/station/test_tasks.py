from datetime import timedelta

import pytest

from scheduler.store.station.tasks import Todo

KEY = "audio_missing:aa"
SOON = timedelta(minutes=10)


@pytest.fixture
def todos(station):
    return station.repos.todos


@pytest.fixture
def raised(todos, clock):
    """Raise a row: key and what of it differs from the plain one."""

    def act(key=KEY, slot_id="20261202-c1-1", due=SOON, reason="audio_missing", **details):
        at = clock.now() + due if due is not None else None
        return todos.raise_(key, slot_id, at, reason, details, clock.now())

    return act


def test_a_row_says_what_why_and_when(todos, raised, clock):
    assert raised(title="Tiêm chủng", airings=3) is True
    now = clock.now()
    details = {"title": "Tiêm chủng", "airings": "3"}
    assert todos.open() == [Todo(KEY, "20261202-c1-1", now + SOON, "audio_missing", details, now)]


def test_raising_the_same_again_writes_nothing(todos, raised, station):
    raised(title="Tiêm chủng")
    version = station.repos.store.version()
    assert raised(title="Tiêm chủng") is False
    assert station.repos.store.version() == version
    assert len(todos.open()) == 1


def test_a_row_whose_first_airing_is_over_speaks_of_the_next_and_keeps_its_age(todos, raised, clock):
    raised()
    since = clock.now()
    clock.advance(900)
    assert raised(slot_id="20261202-c1-2") is True
    (row,) = todos.open()
    assert (row.slot_id, row.due, row.raised_at) == ("20261202-c1-2", clock.now() + SOON, since)


def test_the_soonest_comes_first_and_what_has_no_time_last(todos, raised):
    raised("later", due=timedelta(hours=3))
    raised("whenever", slot_id=None, due=None)
    raised("soon", due=timedelta(minutes=1))
    assert [row.key for row in todos.open()] == ["soon", "later", "whenever"]


def test_what_is_not_among_the_causes_any_more_is_cleared(todos, raised, clock):
    raised("stays")
    raised("goes")
    assert todos.clear({"stays"}, clock.now()) == 1
    assert [row.key for row in todos.open()] == ["stays"]


def test_clearing_nothing_writes_nothing(todos, raised, clock, station):
    raised("stays")
    version = station.repos.store.version()
    assert todos.clear({"stays"}, clock.now()) == 0
    assert station.repos.store.version() == version


def test_a_cleared_row_is_kept_for_those_who_ask_later(todos, raised, clock, station):
    raised()
    todos.clear((), clock.now())
    row = station.repos.store.row("SELECT * FROM todo WHERE key = ?", (KEY,))
    assert row["cleared_at"] is not None
    assert row["reason"] == "audio_missing"


def test_a_cause_that_comes_back_is_raised_anew(todos, raised, clock):
    raised()
    todos.clear((), clock.now())
    clock.advance(600)
    assert raised() is True
    (row,) = todos.open()
    assert row.raised_at == clock.now()
