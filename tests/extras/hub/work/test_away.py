"""A ward whose line is dead for thirty days: it airs its plan, owes what it cannot tell, and pays it back in order."""

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from scheduler.config.loading import OutputConfig, StationConfig
from scheduler.core.local_time import local_day
from scheduler.core.model import Priority, Role
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.client import Broker, connect, jetstream
from scheduler.extras.town.broker.enrolment import KEY_FILE
from scheduler.extras.town.broker.setup import UP
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rows.queue import JOURNAL
from scheduler.extras.town.rules.envelope import Kind
from scheduler.extras.town.service.town import TownService
from scheduler.extras.town.work.outbox import IN_FLIGHT
from scheduler.kernel.clock import SteppedClock
from scheduler.station import Station
from tests.conftest import Cast
from tests.extras.hub.work.conftest import linked
from tests.extras.town.broker.wire import Line
from tests.faults.day import temporary_folder, turn
from tests.waiting import until

WARD, EACH_DAY, DAYS, A_SECOND = "26734", 3, 30, 20
FRAMES = 2 * 48_000
SOON = 20
"""Seconds until an emergency is over: as long as a busy machine may take to issue it, and less than the thirty days."""


@pytest.fixture
def wire(town):
    """The ward's line to the broker."""
    made = Line(town.server.port)
    yield made
    made.close()


@pytest.fixture
def memory():
    """A folder where flushing costs nothing: thirty days write much, and no disk dies in this story."""
    with temporary_folder() as folder:
        yield Path(folder)


@pytest.fixture
def past(town, monkeypatch):
    """The ward's clock: half past five in the morning (UTC+7), thirty whole days ago; its release is as old."""
    now = town.station.clock.now() - timedelta(days=DAYS)
    start = now.replace(hour=22, minute=30, second=0, microsecond=0)
    start -= timedelta(days=1) if start > now else timedelta(0)
    monkeypatch.setattr("scheduler.station.EARLIEST", start - timedelta(days=1))
    return SteppedClock(start)


@pytest.fixture
def ward(town, wire, past, memory):
    """A paired ward on its own clock, which trusts the town also in emergencies."""
    config = replace(
        town.station.written,
        folder=memory,
        station=StationConfig(data="data"),
        outputs=(OutputConfig(name="wav", kind="wavfile", counts=True),),
    ).having(
        HubConfig(),
        TownConfig(url=f"nats://127.0.0.1:{wire.port}", ward_id=WARD, emergency="air", messages_a_second=A_SECOND),
    )
    station = Station.open(config, past)
    station.prepare()
    code = town.services.add_ward(town.admin, NewWard(WARD, "Phường Xa", homes=900))
    town.services.join(code, keys.public_of(keys.load_or_make(config.data / KEY_FILE)))
    machine = station.repos.people.machine(past.now())
    station.services.get(TownService).pin(machine, town.services.keys.current().public, "Thị xã", may_emergency=True)
    yield station
    station.close()


@pytest.fixture
def plan(ward, past):
    """Three airings of two seconds on each of the thirty days."""
    add, now = ward.repos.people.add, past.now()
    lan, minh = (
        add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now),
        add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", now),
    )
    cast = Cast(ward, lan, minh)
    first = local_day(now, ward.config.station.time_zone)
    cast.running(cast.approved(2.0), base=EACH_DAY, start=first, end=first + timedelta(days=DAYS - 1))
    return [first + timedelta(days=number) for number in range(DAYS)]


def lived(ward, clock, days):
    """A real playout on the stepped clock, day by day; how much the ward owed after each of them."""
    service, owed = ward.playout(), []
    service.start()
    try:
        for day in days:
            end = clock.now() + timedelta(days=1)
            while clock.now() < end:
                turn(service, clock, end)
            recorded = (ward.config.data / "wav").rglob(f"{day}/*.wav")
            assert [(path.stat().st_size - 44) // 2 for path in recorded] == [FRAMES] * EACH_DAY, f"the sound of {day}"
            ward.services.get(TownService).up.queue_new()
            owed.append(ward.services.get(TownService).up.rows.state().waiting)
    finally:
        service.stop()
    return owed


def order(town, number, seconds, **more):
    return IssueOrder(Kind.ANNOUNCEMENT, town.station.clock.now() + timedelta(seconds=seconds), number, **more)


def told_up(town):
    """What the log UP holds, in its order: (when the broker stored it, body)."""

    async def read():
        client = await connect(
            Broker(town.server.url, town.services.conf.hub_seed(), town.server.ca_file), name="test", on_fault=print
        )
        try:
            js = jetstream(client)
            last = (await js.stream_info(UP)).state.last_seq
            return [await js.get_msg(UP, seq=number) for number in range(1, last + 1)]
        finally:
            await client.close()

    return [(one.time, json.loads(one.data)) for one in asyncio.run(read())]


def test_thirty_days_without_a_line_air_as_planned_and_are_paid_back_in_order_and_at_a_pace(
    town, ward, plan, past, wire, cast
):
    """Acceptance test 4, at its full length."""
    number = cast.approved()
    link_of_ward = Station.open(ward.written, past)  # the process `link` has a station of its own
    with linked(link_of_ward) as link:
        until(lambda: link.state.connected and town.state(WARD) != "never")
        until(
            lambda: ward.services.get(TownService).up.rows.cursor(JOURNAL) is not None
        )  # what was before the link is not told
        until(lambda: ward.services.get(TownService).up.rows.state().waiting == 0)
        wire.cut()
        until(lambda: not link.state.connected and town.state(WARD) == "cut_off")
        valid = town.services.issue(town.admin, order(town, number, 7200))
        over = town.services.issue(town.admin, order(town, number, SOON, priority=Priority.EMERGENCY))
        gone = town.station.clock.now() + timedelta(seconds=SOON)
        until(lambda: town.services.state().waiting == 0)
        began = town.station.clock.monotonic()
        owed = lived(ward, past, plan)
        print(f"thirty days in {town.station.clock.monotonic() - began:.1f} s, owed {owed[-1]}")
        assert all(later - earlier >= EACH_DAY for earlier, later in pairwise(owed)), owed
        until(lambda: town.station.clock.now() > gone)
        past.advance((town.station.clock.now() - past.now()).total_seconds())
        seq = ward.repos.store.value("SELECT max(seq) FROM journal")
        wire.mend()
        until(lambda: ward.services.get(TownService).up.rows.state().waiting == 0)
        until(lambda: town.station.repos.store.value("SELECT max(seq) FROM hub_journal") == seq)
        until(lambda: answers(town, over) and answers(town, valid))
    link_of_ward.close()
    told = told_up(town)
    _look_at_the_rows(town, ward, plan)
    _look_at_the_way(told)
    assert (answers(town, valid), answers(town, over)) == (["waiting"], ["expired"])
    assert ward.repos.store.value("SELECT count(*) FROM slot WHERE trigger = 'emergency'") == 0


def answers(town, issue):
    sql = "SELECT state FROM hub_ack WHERE issue_id = ? ORDER BY epoch, row"
    return [row["state"] for row in town.station.repos.store.rows(sql, (issue,))]


def _look_at_the_rows(town, ward, plan):
    """Each row of the ward's journal is once at the town, whole, and hangs on the one before it."""
    kept = town.station.repos.store.rows("SELECT seq, hash, day, kind, outcome, played_ms, again FROM hub_journal")
    own = ward.repos.store.rows("SELECT seq, hash FROM journal ORDER BY seq")
    first = min(one["seq"] for one in kept)
    assert sorted((one["seq"], one["hash"]) for one in kept) == [
        (one["seq"], one["hash"]) for one in own if one["seq"] >= first
    ]
    assert {(one["outcome"], one["played_ms"], one["again"]) for one in kept if one["kind"] == "airing"} == {
        ("played", FRAMES // 48, 0)
    }
    aired = Counter(one["day"] for one in kept if one["kind"] == "airing")
    assert aired == {day.isoformat(): EACH_DAY for day in plan}
    assert town.services.chain_faults(town.admin) == []
    state = town.services.ward(WARD)
    assert (state.missing_rows, state.lost_rows, state.trouble) == (0, 0, "")


def _look_at_the_way(told):
    """In order, each once, and in no second more than the ward may tell and what was under way when it began."""
    rows = [body["row"] for _, body in told]
    assert len(rows) == len(set(rows))
    asrun = [(at, body["row"]) for at, body in told if body["kind"] == "asrun"]
    assert [row for _, row in asrun] == sorted(row for _, row in asrun)
    at = sorted(instant for instant, _ in asrun)
    most = max(sum(timedelta(0) <= other - one < timedelta(seconds=1) for other in at) for one in at)
    print(f"{len(at)} rows after thirty days, in the fullest second {most}")
    assert most <= A_SECOND + IN_FLIGHT < len(at)
