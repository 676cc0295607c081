"""Acknowledgements heard beside the stream: sooner in the tables, and the same tables in the end."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import nats.js.errors
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.intake import Up
from scheduler.extras.hub.work.hearing import Early
from scheduler.extras.town.rules.envelope import Told, UpKind, up_body
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import Refused
from scheduler.station import Station
from tests import sqlite_faults
from tests.conftest import MORNING
from tests.examples import examples
from tests.extras.hub.work.conftest import Town, running
from tests.extras.hub.work.voice import Voice, journal, settled
from tests.extras.town.broker.servers import NatsServer
from tests.waiting import until

TABLES = ("hub_ack", "hub_last", "hub_journal", "hub_line", "hub_ahead")


def up(ward, row, kind, body, line=""):
    return Up(f"up.{ward}.{kind}", up_body(Told(ward, row, UpKind(kind), MORNING, body, line)))


def ack(ward, row, issue="i", state="received", line=""):
    return up(ward, row, "ack", {"id": issue, "state": state}, line)


def rows(town, table):
    store = town.station.repos.store
    return [tuple(one.values()) for one in store.rows(f"SELECT * FROM {table}")]  # noqa: S608 - our names


def tables(town):
    presence = "ward_id, heard_at, journal_at, health_json, health_at, trouble"
    found = {table: sorted(rows(town, table), key=repr) for table in TABLES}
    return found | {"presence": rows(town, f"(SELECT {presence} FROM hub_presence ORDER BY ward_id)")}  # noqa: S608


def emptied(town):
    with town.station.repos.store.write() as db:
        for table in TABLES:
            db.conn.execute(f"DELETE FROM {table}")  # noqa: S608 - our names
        db.conn.execute(
            "UPDATE hub_presence SET heard_at = NULL, journal_at = NULL, health_json = '{}', health_at = NULL"
        )


@pytest.fixture
def town_of_two(station, server):
    made = Town(station, server)
    for ward in ("101", "102"):
        made.ward(ward)
    return made


class TestWithoutABroker:
    @pytest.fixture
    def clock(self):
        return SteppedClock(MORNING)

    @settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(st.tuples(st.sampled_from("12"), st.sampled_from(["ack", "asrun", "health"])), max_size=24),
        st.integers(0, 24),
        st.randoms(),
    )
    def test_whatever_is_heard_early_the_tables_are_those_of_the_stream_alone(self, town_of_two, words, turn, chance):
        town, said, count = town_of_two, [], {}
        row_of = iter(journal(len(words)))
        for place, (ward, kind) in enumerate(words):
            line = "a" if place < turn else "b"
            row = count[ward, line] = count.get((ward, line), 0) + 1
            body = {
                "ack": {"id": f"i{place % 3}", "state": chance.choice(["received", "playing", "played"])},
                "asrun": {"id": "", "journal": next(row_of)},
                "health": {"playing": [], "place": place},
            }[kind]
            said.append(up(f"10{ward}", row, kind, body, line))
        intake = town.services.intake
        emptied(town)
        intake.take(said)
        wanted = tables(town)
        emptied(town)
        at = 0
        while at < len(said):  # the stream is behind what is heard, by however much
            heard = at + chance.randint(0, len(said))
            intake.take_early([one for one in said[at:heard] if one.subject.endswith("ack") and chance.random() < 0.8])
            step = chance.randint(1, 6)
            intake.take(said[at : at + step])
            at += step
        assert tables(town) == wanted

    def test_what_would_make_a_hole_or_begin_a_line_waits_for_the_stream(self, town_of_two):
        intake = town_of_two.services.intake
        assert intake.take_early([ack("101", 1), ack("999", 1)]) == []
        intake.take([ack("101", 1), ack("101", 2)])
        batch = [ack("101", 4), ack("101", 3), ack("101", 6), ack("101", 2), ack("101", 3, line="other")]
        assert intake.take_early(batch) == batch[:2]
        assert intake.missing() == rows(town_of_two, "hub_ahead") == []
        assert intake.take_early([up("101", 5, "asrun", {"id": "", "journal": journal(1)[0]})]) == []
        assert intake.take_early([Up("up.101.ack", b"{"), Up("up.x", b"")]) == []

    def test_words_on_other_issues_ask_for_no_wards_groups(self, town_of_two):
        intake, asked = town_of_two.services.intake, []
        batch = [up(ward, 1, "ack", {"id": "i1", "state": "approved"}) for ward in ("101", "102")]
        conn = town_of_two.station.repos.store.db.conn
        conn.set_trace_callback(asked.append)
        intake.take(batch)
        conn.set_trace_callback(None)
        assert rows(town_of_two, "hub_ack")
        assert not [sql for sql in asked if "paired_at" in sql]

    def test_what_was_kept_early_is_not_looked_up_again(self, town_of_two):
        async def story():
            async def run(work):
                return work()

            early = Early(town_of_two.services.intake, run)
            kept, left = ack("101", 2), ack("101", 9)
            await early._keep([kept, left])
            assert early.taken == 1
            assert early.only_new([kept, left]) == [left]
            assert early.only_new([kept, left]) == [kept, left]  # sent again by the broker: the table knows

        town_of_two.services.intake.take([ack("101", 1)])
        asyncio.run(story())

    @pytest.mark.parametrize("fault", [sqlite_faults.full(), Refused("disk_full")])
    def test_with_a_full_disk_it_waits_for_the_stream(self, town_of_two, fault):
        intake = town_of_two.services.intake
        intake.take([ack("101", 1)])
        batch = [ack("101", 2), ack("101", 3)]

        async def story():
            async def full(_):
                raise fault

            early = Early(intake, full)
            await early._keep(batch)
            assert (early.taken, early.only_new(batch)) == (0, batch)

        asyncio.run(story())
        assert len(rows(town_of_two, "hub_ack")) == 1
        assert intake.take(batch) == len(rows(town_of_two, "hub_ack")) - 1


def test_an_acknowledgement_is_in_the_table_though_the_broker_cannot_store_it(tmp_path, station, clock, config):
    server = NatsServer(tmp_path / "small", wards={}, most_bytes=60_000, more="system_account: SYS")
    told = replace(
        config.get(HubConfig), url=server.url, wards_conf=str(server.wards_conf), broker_pid=str(server.pid_file)
    )
    small = Station.open(config.having(told), clock)
    small.prepare()
    town = Town(small, server)
    town.ward("101")
    town.services.conf.write()

    async def story():
        async with Voice(town, "101") as ward:

            async def says(row):
                await ward.js.publish("up.101.ack", ack("101", row).raw, headers={"Nats-Msg-Id": f"101:{row}"})

            await says(1)
            await settled(lambda: rows(town, "hub_ack"))
            with suppress(nats.js.errors.APIError):  # until the stream is full
                for _ in range(40):
                    await ward.js.publish("up.101.log", b"x" * 4000)
            with pytest.raises(nats.js.errors.APIError):
                await says(2)
            await settled(lambda: len(rows(town, "hub_ack")) == 2)
            conf = server.folder / "n.conf"
            conf.write_text(conf.read_text().replace("max_file_store: 60000", "max_file_store: 60000000"))
            await asyncio.to_thread(server.restart)
            await settled(lambda: ward.reconnects and town.services.state().connected)
            await says(2)
            await says(3)
            await settled(lambda: len(rows(town, "hub_ack")) == 3)

    try:
        with server, running(small):
            until(lambda: town.services.state().connected)
            asyncio.run(story())
            assert (town.services.ward("101").missing_rows, town.services.ward("101").trouble) == (0, "")
    finally:
        small.close()
