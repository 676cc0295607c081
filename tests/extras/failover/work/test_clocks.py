"""Clocks hours apart: whose the air is does not hang on them, and people are told."""

from datetime import timedelta

from tests.waiting import pause, until


def test_clocks_hours_apart_change_nothing_about_whose_the_air_is_whichever_is_ahead_and_are_told(duo_of):
    duo = duo_of(ahead=timedelta(hours=3))
    first, second = duo.up()
    with duo.steady(first):
        until(lambda: "pair_clocks_differ" in second.reasons(), "the word about the clocks")
        pause(3.0)
        assert first.air.has_air()
    first.stop()
    until(second.air.has_air, "the second machine's air")
    with duo.steady(second):
        first.start()  # now the one that follows is hours behind
        until(lambda: "pair_clocks_differ" in first.reasons(), "the word about the clocks, on the other machine")
        until(lambda: first.reasons() == {"pair_clocks_differ"} and not first.told().files_missing, "the copy")
        pause(3.0)
        assert second.air.has_air()
    second.stop()
    until(first.air.has_air, "the first machine's air again")
    assert duo.doubles == []
    assert first.station.services.proof.verify().whole
