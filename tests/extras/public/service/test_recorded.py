"""What no loudspeaker sounded is nothing that the public page tells of."""

from datetime import timedelta

from scheduler.extras.public.rows.public_page import PublicRows
from scheduler.extras.public.rules.public_page import items
from tests.conftest import DAY
from tests.services.air.test_recorded import ONE_OF_TWO, RECORDED


def test_a_file_fills_no_cap_and_no_public_page(ended, station, clock):
    ended(RECORDED)
    rows = PublicRows(station.repos.store).aired(clock.now() - timedelta(days=3), [DAY])
    assert items(rows) == []


def test_what_one_of_two_loudspeakers_sounded_is_told_as_partly(ended, station, clock):
    ended(ONE_OF_TWO)
    rows = PublicRows(station.repos.store).aired(clock.now() - timedelta(days=3), [DAY])
    assert [one.newest.partly for one in items(rows)] == [True]
