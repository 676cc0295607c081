"""Many wards with their real links: an emergency to all, a broker that is killed, rows that were lost on the way."""

import asyncio
import shutil
from datetime import timedelta

from scheduler.core.model import Priority
from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.town.rules.envelope import Kind, UpKind
from tests.extras.hub.work.light import Running, wards_of
from tests.extras.hub.work.voice import settled

NEVER = (3000.0, 3600.0)
"""Looks at the log that need a reason: what is heard in time was heard live."""


def order(town, number, **more):
    return IssueOrder(Kind.ANNOUNCEMENT, town.station.clock.now() + timedelta(hours=2), number, **more)


def answered(town, issue):
    return town.services.issued(issue)[0].heard_of


def test_an_emergency_is_acknowledged_by_a_hundred_wards_at_once(town, cast):
    number, ids = cast.approved(), [str(one) for one in range(1, 101)]
    town.many(ids)

    async def story():
        async with wards_of(town, ids, look_every=NEVER) as wards:
            await settled(lambda: all(one.link.state.connected for one in wards))
            await settled(lambda: sum(one.state != "never" for one in town.services.wards()) == len(ids))
            lasted = []
            for _ in range(3):
                began = town.station.clock.monotonic()
                issue = town.services.issue(town.admin, order(town, number, priority=Priority.EMERGENCY))
                await settled(lambda issue=issue: answered(town, issue) == len(ids))
                lasted.append(town.station.clock.monotonic() - began)
            print("all 100 acknowledged after", [f"{one:.2f} s" for one in lasted])
            assert {len(one.ward.stored) for one in wards} == {3}

    asyncio.run(story())


def test_a_broker_killed_in_the_middle_loses_nothing_and_doubles_nothing(town, cast):
    number, ids, many = cast.approved(), [str(one) for one in range(1, 21)], 30
    town.many(ids)

    async def story():
        async with wards_of(town, ids[:18]) as wards:
            await settled(lambda: all(one.link.state.connected for one in wards))
            issues = []
            for place in range(many):
                issues.append(town.services.issue(town.admin, order(town, number)))
                if place == 10:
                    town.server.kill()
                if place == 20:
                    await asyncio.sleep(1)
                    await asyncio.to_thread(town.server.start)
                await asyncio.sleep(0.02)
            late = [await Running(town, ward_id).begin() for ward_id in ids[18:]]
            await settled(lambda: town.services.state().waiting == 0)
            await settled(lambda: all(len(one.ward.seen) == many for one in (*wards, *late)))
            await settled(lambda: all(answered(town, issue) == len(ids) for issue in issues))
            assert {len(one.ward.stored) for one in (*wards, *late)} == {many}  # in each ward each once
            rows = town.station.repos.store.value("SELECT count(*) FROM hub_ack")
            assert rows == many * len(ids)
            assert all(one.missing_rows == one.lost_rows == 0 for one in town.services.wards())
            await asyncio.gather(*(one.end() for one in late))

    asyncio.run(story())


def test_a_broker_that_has_lost_its_disk_is_given_again_what_still_holds(town, cast):
    number = cast.approved()
    town.many(["1"])

    async def story():
        async with wards_of(town, ["1"]) as (one,):
            await settled(lambda: one.link.state.connected)
            first = [town.services.issue(town.admin, order(town, number)) for _ in range(5)]
            await settled(lambda: len(one.ward.seen) == 5)
            town.server.kill()
            shutil.rmtree(town.server.store)
            await asyncio.to_thread(town.server.start)
            another = town.services.issue(town.admin, order(town, number))
            await settled(lambda: another in one.ward.seen)
            await settled(lambda: answered(town, another) == 1)
            await settled(lambda: town.services.state().waiting == 0)
            late = await Running(town, "1").begin()  # as a machine made anew would: it has everything from the stream
            await settled(lambda: set(late.ward.seen) == {*first, another})
            await late.end()

    asyncio.run(story())


def test_rows_that_were_lost_on_the_way_are_asked_for_again(town):
    town.many(["7"])

    async def story():
        made = Running(town, "7")
        for place in range(1, 7):
            made.ward.tell(UpKind.ACK, {"id": "018f0000-0000-7000-8000-000000000000", "state": "waiting"})
            if place in {2, 3}:
                made.ward.unsent.discard(place)  # confirmed by a broker that then lost it
        await made.begin()
        try:
            await settled(lambda: town.services.ward("7").missing_rows == 2)
            await settled(lambda: town.services.ward("7").missing_rows == 0)
            assert town.station.repos.store.value("SELECT count(*) FROM hub_ack") == 6
            assert town.services.ward("7").lost_rows == 0
        finally:
            await made.end()

    asyncio.run(story())


def test_a_broker_that_has_lost_its_last_minutes_gives_no_place_twice(town, cast, tmp_path):
    number, kept = cast.approved(), tmp_path / "kept"
    town.many(["1"])

    async def story():
        async with wards_of(town, ["1"]) as (one,):
            await settled(lambda: one.link.state.connected)
            first = [town.services.issue(town.admin, order(town, number)) for _ in range(3)]
            await settled(lambda: len(one.ward.seen) == 3)
            await settled(lambda: town.services.state().waiting == 0)
            await asyncio.to_thread(town.server.stop)
            shutil.copytree(town.server.store, kept)
            await asyncio.to_thread(town.server.start)
            lost = [town.services.issue(town.admin, order(town, number)) for _ in range(4)]
            await settled(lambda: len(one.ward.seen) == 7)
            await settled(lambda: town.services.state().waiting == 0)
            place = town.services.intake.issues.last_place()
            town.server.kill()
            shutil.rmtree(town.server.store)
            shutil.copytree(kept, town.server.store)  # as after a power cut: the end of the log is gone
            await asyncio.to_thread(town.server.start)
            new = town.services.issue(town.admin, order(town, number))
            await settled(lambda: new in one.ward.seen)
            await settled(lambda: town.services.state().waiting == 0)
            rows = town.station.repos.store.rows("SELECT issue_id, stream_seq FROM hub_outbox")
            places = {row["issue_id"]: row["stream_seq"] for row in rows}
            assert all(places[issue] > place for issue in (*lost, new))
            assert len(set(places.values())) == len(places)
            late = await Running(town, "1").begin()
            await settled(lambda: set(late.ward.seen) == {*first, *lost, new})
            await late.end()

    asyncio.run(story())
