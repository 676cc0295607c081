"""Rút hẳn, không phát: what sounds of it at that moment falls silent, and nothing of it airs any more."""

from datetime import timedelta

from scheduler.core.model import AiringOutcome, AnnouncementState


def test_what_is_withdrawn_while_it_sounds_falls_silent(station, clock, cast):
    number = cast.approved(seconds=60.0)
    cast.running(number)
    playout = station.playout()
    playout.start()
    playout.run_stepped(clock, clock.now() + timedelta(seconds=2))
    first = station.repos.slots.open_of(number)[0]
    playout.run_stepped(clock, first.start + timedelta(seconds=10))
    station.services.announcements.withdraw(cast.minh, number)
    playout.run_stepped(clock, first.end + timedelta(minutes=5))
    playout.stop()
    ended = station.repos.slots.slot(first.id)
    assert station.services.announcements.get(number).state is AnnouncementState.WITHDRAWN
    assert ended.outcome is AiringOutcome.PARTIAL
    (row,) = [one for one in station.services.journal.of_day(first.day) if one["slot_id"] == first.id]
    assert row["played_ms"] < 20_000
    assert station.repos.slots.open_of(number) == []
