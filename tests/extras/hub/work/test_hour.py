"""A tenth of the wards vanish for an hour of the town's clock, and the broker is killed meanwhile: nothing is lost."""

import asyncio
from datetime import timedelta

import pytest

from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.town.rules.envelope import Kind, UpKind
from scheduler.kernel.clock import SystemClock
from tests.extras.hub.work.light import Running, wards_of
from tests.extras.hub.work.voice import journal, settled
from tests.waiting import until

IDS = [str(one) for one in range(1, 21)]
PARTS, EACH = 6, 2
"""The hour passes in six parts; in each so many issues go out, and each ward airs as often."""
PART = timedelta(minutes=10)
LASTED = 30_000


class AheadClock(SystemClock):
    """The wall of the town, and of its wards: it goes on by leaps."""

    ahead = timedelta(0)

    def now(self):
        return super().now() + self.ahead


@pytest.fixture
def clock():
    return AheadClock()


@pytest.fixture
def airings():
    """Rows of a journal for each ward, as many as it airs."""
    return journal(PARTS * EACH)


def aired(wards, rows):
    for one in wards:
        for row in rows:
            one.ward.tell(UpKind.ASRUN, {"id": "", "journal": row})


def issue(town, number):
    until = town.station.clock.now() + timedelta(hours=6)
    return town.services.issue(town.admin, IssueOrder(Kind.ANNOUNCEMENT, until, number))


def test_two_of_twenty_wards_away_for_an_hour_with_a_killed_broker_have_everything_once(town, cast, clock, airings):
    number = cast.approved()
    town.many(IDS)

    async def story():
        async with wards_of(town, IDS[:18]) as stay:
            gone = [await Running(town, ward_id).begin() for ward_id in IDS[18:]]
            await settled(lambda: all(one.link.state.connected for one in (*stay, *gone)))
            issues = [issue(town, number)]
            await settled(lambda: all(len(one.ward.seen) == 1 for one in (*stay, *gone)))
            await asyncio.gather(*(one.end() for one in gone))
            await settled(lambda: {town.state(ward_id) for ward_id in IDS[18:]} == {"cut_off"})
            since = clock.now()
            await the_hour(stay, gone, issues)
            await settled(lambda: all(len(one.ward.seen) == len(issues) for one in stay))
            assert {len(one.ward.seen) for one in gone} == {1}
            for ward_id in IDS[18:]:
                state = town.services.ward(ward_id)
                assert state.state == "cut_off"
                assert state.since <= since
            assert clock.now() - since >= timedelta(hours=1)
            back = [await Running(town, one.ward.ward_id, one.ward).begin() for one in gone]
            await settled(lambda: all(len(one.ward.seen) == len(issues) for one in back))
            await settled(lambda: all(not one.ward.unsent for one in (*stay, *back)))
            await settled(lambda: count(town, "hub_ack") == len(issues) * len(IDS))
            await settled(lambda: count(town, "hub_journal") == PARTS * EACH * len(IDS))
            await settled(lambda: not {town.state(ward_id) for ward_id in IDS} & {"cut_off", "never"})
            assert {len(one.ward.stored) for one in (*stay, *back)} == {len(issues)}, "in each ward each once"
            for one in (*stay, *back):
                assert list(one.ward.seen) == issues, "in the order they were issued in"
            await asyncio.gather(*(one.end() for one in back))

    async def the_hour(stay, gone, issues):
        for part in range(PARTS):
            clock.ahead += PART
            issues += [issue(town, number) for _ in range(EACH)]
            aired((*stay, *gone), airings[part * EACH : (part + 1) * EACH])
            if part == 2:
                town.server.kill()
            if part == 4:
                await asyncio.to_thread(town.server.start)
            await asyncio.sleep(0.2)

    asyncio.run(story())
    airtime = town.services.airtime(town.admin, "642/QĐ")
    assert airtime.totals.airings == airtime.totals.proved == PARTS * EACH * len(IDS)
    assert airtime.totals.played_ms == airtime.totals.airings * LASTED
    assert town.services.chain_faults(town.admin) == []
    # By a clock that leaps, lines of the broker that was killed have stood beside the new ones for long: until it is
    # known that they are gone, a ward seems to be connected twice.
    until(lambda: all(one.missing_rows == one.lost_rows == 0 and not one.trouble for one in town.services.wards()))


def count(town, table):
    return town.station.repos.store.value(f"SELECT count(*) FROM {table}")  # noqa: S608 - our names
