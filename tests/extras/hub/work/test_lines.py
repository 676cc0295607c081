"""Numbers given twice by a machine that took over: at the hub nothing is lost, replaced or counted twice."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.extras.hub.service.intake import Up
from scheduler.extras.town.rules.envelope import Told, UpKind, up_body
from tests.examples import examples
from tests.extras.hub.work.voice import journal


@pytest.fixture
def town(desk_of_town):
    desk_of_town.ward("101")
    return desk_of_town


def up(town, line, row, one):
    told = Told("101", row, UpKind.ASRUN, town.station.clock.now(), {"id": "", "journal": one}, line)
    return Up("up.101.asrun", up_body(told))


def played(town):
    return town.services.airtime(town.admin, "642/QĐ").totals.played_ms


def forked(common, lost, late):
    """Rows both machines have, rows only the dead one told, rows of the one that took over; `late`: told once more."""
    both = journal(common)
    dead = journal(lost, first=common + 1, previous=both[-1]["hash"], zone="dead")
    took = journal(1, first=common + 1, previous=both[-1]["hash"], kind="pair", slot_id=None)
    for one in dead if late else ():
        note = f"late: may-1 #{one['seq']} {one['hash']}"
        took += journal(1, first=took[-1]["seq"] + 1, previous=took[-1]["hash"], zone="dead", note=note)
    took += journal(1, first=took[-1]["seq"] + 1, previous=took[-1]["hash"], zone="new")
    return both, dead, took


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 5), st.integers(0, 4), st.integers(0, 5), st.booleans(), st.randoms())
def test_every_row_counts_once_wherever_the_other_took_over(town, common, lost, again, late, chance):
    for table in ("hub_journal", "hub_line", "hub_ahead"):
        town.station.repos.store.db.conn.execute(f"DELETE FROM {table}")  # noqa: S608 - our names
    both, dead, took = forked(common, lost, late)
    batch = [up(town, "a", row, one) for row, one in enumerate([*both, *dead], 1)]
    batch += [up(town, "b", row, one) for row, one in enumerate([*both[len(both) - min(again, len(both)) :], *took], 1)]
    batch += batch[:again]
    chance.shuffle(batch)
    for one in batch:
        town.services.intake.take([one])
    assert played(town) == 30_000 * (common + lost + 1)
    assert (town.services.ward("101").trouble, town.services.ward("101").missing_rows) == ("", 0)
    assert town.services.chain_faults(town.admin) == []
