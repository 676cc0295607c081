"""Whether playout lives: engine and loop each for itself, and a loop that waits for the database does not hang."""

import threading
from types import SimpleNamespace

import pytest

from scheduler.playout.life import LONG_WORK, PAUSE, Life


@pytest.fixture
def life(station, clock):
    return Life(station.repos, clock, lambda: {"airings": []})


@pytest.fixture
def told(life, station, clock):
    """Let seconds pass, in quarters, and tell; give what the watchdog reads then."""
    engine = SimpleNamespace(turns=0)

    def pass_time(seconds, *, engine_turns=True, loop_turns=True):
        for _ in range(round(seconds * 4)):
            clock.advance(0.25)
            engine.turns += engine_turns
            if loop_turns:
                life.turned()
            life.tell(clock.now(), engine)
        return station.repos.jobs.heartbeat("playout").life

    return pass_time


def test_it_goes_on_while_engine_and_loop_do(told):
    assert told(1) != told(1)


@pytest.mark.parametrize("hung", ["engine_turns", "loop_turns"])
def test_a_part_that_stands_still_is_seen_soon_and_what_sounds_is_told_all_the_same(told, station, clock, hung):
    told(1)
    before = told(PAUSE + 0.25, **{hung: False})
    assert told(5, **{hung: False}) == before
    assert station.repos.jobs.heartbeat("playout").at == clock.now()
    assert told(1) != before


def test_a_loop_that_waits_for_the_database_does_not_hang(told, station):
    told(1)
    station.repos.store.waiting[threading.get_ident()] = 0.0
    before = told(PAUSE + 1, loop_turns=False)
    assert told(60, loop_turns=False) != before


def test_a_long_piece_of_work_is_no_hanging_but_one_without_an_end_is(told, life):
    told(1)
    with life.at_work():
        before = told(30, loop_turns=False)
        assert told(5, loop_turns=False) != before
        before = told(LONG_WORK, loop_turns=False)
        assert told(5, loop_turns=False) == before
    assert told(1) != before


def test_a_write_marks_who_waits_for_it_and_only_while_it_waits(station):
    assert station.repos.store.waiting == {}
    with station.repos.store.write():
        assert station.repos.store.waiting == {}
    seen = []
    station.repos.store._waited(lambda: seen.extend(station.repos.store.waiting))
    assert seen == [threading.get_ident()]
    assert station.repos.store.waiting == {}
