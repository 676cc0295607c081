"""A town and its wards over a real broker: who comes in, what goes out, what comes back, what nobody else may do."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import nats.errors
import pytest

from scheduler.core.model import Priority
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.client import Broker, connect
from scheduler.extras.town.rules.envelope import AckState, Kind, unseal
from scheduler.kernel.errors import Refused
from scheduler.station import Station
from tests import sqlite_faults
from tests.conftest import Cast
from tests.extras.hub.work.conftest import Town, running
from tests.extras.hub.work.voice import Voice, journal, settled
from tests.extras.town.broker.servers import NatsServer
from tests.waiting import until


def order(town, number, **more):
    return IssueOrder(Kind.ANNOUNCEMENT, town.station.clock.now() + timedelta(hours=2), number, **more)


def test_an_approved_bulletin_reaches_its_wards_and_their_answers_come_back(town, cast):
    number = cast.approved()
    town.ward("101", "bac")
    town.ward("102")

    async def story():
        async with Voice(town, "101", "bac") as one, Voice(town, "102") as two:
            await settled(lambda: town.state("101") == "quiet" and town.state("102") == "quiet")
            issue = town.services.issue(town.admin, order(town, number, targets=("group.bac",)))
            await settled(lambda: one.heard)
            envelope = unseal(one.heard[0], {town.services.keys.current().public: "town"})
            assert (envelope.id, envelope.title, envelope.author) == (issue, "Tiêm chủng", "Lan")
            assert envelope.clip is not None
            assert two.heard == []
            await one.says("ack", {"id": issue, "state": "received"})
            await one.says("ack", {"id": issue, "state": "played", "played_ms": 2950})
            await settled(lambda: town.services.issued(issue)[0].states.get("played"))
            await settled(lambda: town.services.issued(issue)[0].issue.published)  # noted by another thread
            issued, wards = town.services.issued(issue)
            assert (issued.wards, issued.homes, issued.issue.published) == (1, 1000, 1)
            assert wards[0].answer.state == AckState.PLAYED
            assert wards[0].answer.played_ms == 2950
            assert [one.state for one in town.services.answers(issue)] == ["received", "played"]

    asyncio.run(story())


def test_what_a_ward_says_of_itself_is_shown_and_what_it_does_not_say_is_not_made_up(town):
    town.ward("101")

    async def story():
        assert town.state("101") == "never"
        async with Voice(town, "101") as one:
            await settled(lambda: town.state("101") == "quiet")
            assert town.services.ward("101").queue is None
            told = {"playout": True, "queue": {"waiting": 4, "oldest": town.station.clock.now().isoformat()}}
            await one.says("health", told | {"playing": [{"title": "Tiêm chủng"}], "version": "0.7"})
            await settled(lambda: town.state("101") == "on_air")
            ward = town.services.ward("101")
            assert (ward.queue, ward.version) == (4, "0.7")
            await one.says("health", told | {"playout": False})
            await settled(lambda: town.state("101") == "late")
        await settled(lambda: town.state("101") == "cut_off")
        assert town.services.ward("101").since is not None

    asyncio.run(story())


WARD_ALONE = """
import asyncio, sys
from scheduler.extras.town.broker.client import Broker, connect

async def main():
    await connect(Broker(sys.argv[1], sys.argv[2], None, "_INBOX_w101"), name="ward 101", on_fault=lambda _: None)
    await asyncio.Event().wait()

asyncio.run(main())
"""


class TestASilentLine:
    """It is shown within half a minute: the broker asks every ten seconds, and two that are not answered are enough."""

    @pytest.mark.parametrize("name", ["nats-server.conf", "hub-1.conf", "hub-2.conf", "hub-3.conf"])
    def test_the_brokers_that_are_shipped_notice_it_in_time(self, name):
        told = (Path(__file__).parents[4] / "deploy/nats" / name).read_text(encoding="utf-8")
        every, most = (
            re.search(r'^ping_interval: "(\d+)s"$', told, re.MULTILINE)[1],
            re.search(r"^ping_max: (\d+)$", told, re.MULTILINE)[1],
        )
        assert int(every) * (int(most) + 1) <= 30

    @pytest.fixture
    def server(self, server):
        """This one asks every two seconds."""
        conf = server.folder / "n.conf"
        asks = 'ping_interval: "10s"'
        assert asks in conf.read_text()
        conf.write_text(conf.read_text().replace(asks, 'ping_interval: "2s"'))
        return server

    def test_it_is_shown_as_soon_as_the_broker_knows_and_green_again_when_it_speaks(self, town):
        seed = town.ward("101")
        one = subprocess.Popen([sys.executable, "-c", WARD_ALONE, town.server.url, seed])
        try:
            until(lambda: town.state("101") == "quiet")
            os.kill(one.pid, signal.SIGSTOP)
            until(lambda: town.state("101") == "cut_off")
            gone = json.loads(town.server.told_json("/connz?state=closed"))["connections"]
            assert "Stale Connection" in {line["reason"] for line in gone if line.get("name") == "ward 101"}
            os.kill(one.pid, signal.SIGCONT)
            until(lambda: town.state("101") == "quiet")
        finally:
            one.kill()
            one.wait()


def test_a_stolen_ward_key_neither_issues_nor_listens_nor_speaks_for_another(town):
    town.ward("101", "bac")
    town.ward("102", "nam")

    async def story():
        async with Voice(town, "101", "bac") as thief, Voice(town, "102", "nam") as other:
            for subject in ("dispatch.all", "dispatch.ward.102", "up.102.ack", "$JS.API.STREAM.DELETE.DISPATCH"):
                with pytest.raises((nats.errors.Error, TimeoutError)):
                    await thief.client.request(subject, b"{}", timeout=1)
            await thief.client.publish("live.dispatch.all", b"forged")
            await thief.client.publish("cmd.102.resend", b'{"from":1,"to":9}')
            spied = []

            async def spy(message):
                spied.append(message.subject)

            for subject in (
                "live.dispatch.ward.102",
                "live.dispatch.group.nam",
                "up.>",
                "_INBOX.>",
                "$SYS.>",
                "cmd.102.>",
            ):
                await thief.client.subscribe(subject, cb=spy)
            await thief.client.flush()
            await other.says("ack", {"id": "x", "state": "received"})
            await settled(lambda: town.station.repos.store.value("SELECT count(*) FROM hub_ack") == 1)
            await settled(lambda: sum(one.reason == "link_not_allowed" for one in thief.faults) >= 12)
            assert (spied, other.heard, thief.heard) == ([], [], [])
            info = await town_stream(town)
            assert info == {"DISPATCH": 0, "UP": 1}

    asyncio.run(story())


async def town_stream(town):
    hub = await connect(Broker(town.server.url, town.services.conf.hub_seed()), name="look", on_fault=lambda _: None)
    try:
        js = hub.jetstream(timeout=60)
        return {name: (await js.stream_info(name)).state.messages for name in ("DISPATCH", "UP")}
    finally:
        await hub.close()


def test_a_ward_that_says_it_is_another_is_not_believed(town):
    town.ward("101")
    town.ward("102")

    async def story():
        async with Voice(town, "101") as one:
            await one.says("ack", {"id": "x", "state": "received"}, ward="102")
            await one.says("ack", {"id": "y", "state": "received"})
            await settled(lambda: town.station.repos.store.value("SELECT count(*) FROM hub_ack") == 1)
            found = town.station.repos.store.row("SELECT ward_id, issue_id FROM hub_ack")
            assert found == {"ward_id": "101", "issue_id": "y"}

    asyncio.run(story())


BAD = {
    "no JSON": b"\xff\xfe",
    "a list": b"[]",
    "deep": b'{"a":' * 3000 + b"1" + b"}" * 3000,
    "newer": b'{"v":99,"ward":"101","row":1,"kind":"ack","at":"2026-12-01T00:00:00+00:00"}',
    "row of nothing": b'{"v":1,"ward":"101","row":0,"kind":"ack","at":"2026-12-01T00:00:00+00:00"}',
    "huge row": b'{"v":1,"ward":"101","row":99999999999999999999,"kind":"ack","at":"2026-12-01T00:00:00+00:00"}',
    "no time": b'{"v":1,"ward":"101","row":3,"kind":"ack"}',
    "strange state": b'{"v":1,"ward":"101","row":1,"kind":"ack","at":"2026-12-01T00:00:00+00:00","id":"x","state":"won"}',
    "other kind": b'{"v":1,"ward":"101","row":2,"kind":"health","at":"2026-12-01T00:00:00+00:00"}',
}


def test_what_cannot_be_read_holds_up_nothing_behind_it(town):
    town.ward("101")

    async def story():
        async with Voice(town, "101") as one:
            for name, raw in BAD.items():
                await one.js.publish("up.101.ack", raw, headers={"Nats-Msg-Id": name})
            await one.says("ack", {"id": "good", "state": "received"}, row=3)
            await settled(lambda: town.station.repos.store.value("SELECT count(*) FROM hub_ack") == 1)
            await settled(lambda: town.state("101") == "quiet")

    asyncio.run(story())


def test_two_machines_that_speak_with_one_name_are_noticed_and_neither_is_lost(town):
    town.ward("101")

    async def story():
        async with Voice(town, "101") as one, Voice(town, "101") as twin:
            await one.says("ack", {"id": "first", "state": "received"}, row=1)
            await twin.says("ack", {"id": "second", "state": "received"}, row=1)
            await settled(lambda: town.services.ward("101").trouble == "ward_row_twice")
            assert town.services.ward("101").trouble_details == {"row": 1}
            assert town.station.repos.store.value("SELECT issue_id FROM hub_ack") == "first"

    asyncio.run(story())
    code = town.services.new_code(town.admin, "101")
    town.services.join(code, keys.public_of(keys.new_seed()))  # paired anew, its rows are counted anew
    assert town.services.ward("101").trouble == ""


def test_an_order_is_taken_back_before_it_leaves_the_house_and_not_after(town, cast):
    number = cast.approved()
    town.ward("101")

    async def story():
        async with Voice(town, "101") as one:
            slow = order(town, number, priority=Priority.EMERGENCY)
            issue = town.services.issue(town.admin, slow, grace=timedelta(minutes=10))
            await asyncio.sleep(0.5)
            assert one.heard == []
            assert town.services.take_back(town.admin, issue)
            assert town.services.issued(issue)[0].issue.taken_back_at is not None
            gone = town.services.issue(town.admin, slow, grace=timedelta(seconds=1))
            await settled(lambda: one.heard)
            assert not town.services.take_back(town.admin, gone)
            with pytest.raises(Refused) as refused:
                town.services.issue_stop(town.admin, issue)
            assert refused.value.reason == "issue_unknown"
            stop = town.services.issue_stop(town.admin, gone)
            await settled(lambda: len(one.heard) == 2)
            envelope = unseal(one.heard[1], {town.services.keys.current().public: "town"})
            assert (envelope.id, envelope.kind, envelope.references) == (stop, Kind.STOP, (gone,))

    asyncio.run(story())


def test_airtime_of_a_dispatch_is_what_the_wards_have_told_with_its_evidence(town):
    for ward in ("101", "102", "103"):
        town.ward(ward)

    async def story():
        async with Voice(town, "101") as one, Voice(town, "102") as two:
            for row in [
                *journal(3),
                *journal(1, first=4, played_ms=None, outcome="missed", previous=journal(3)[-1]["hash"]),
            ]:
                await one.says("asrun", {"id": "", "journal": row})
            changed = journal(2)
            changed[1]["played_ms"] = 999_000  # after it was hashed
            for row in changed:
                await two.says("asrun", {"id": "", "journal": row})
            await settled(lambda: town.station.repos.store.value("SELECT count(*) FROM hub_journal") == 6)

    asyncio.run(story())
    airtime = town.services.airtime(town.admin, "642/QĐ")
    lines = {line.ward_id: line for line in airtime.lines}
    assert set(lines) == {"101", "102"}  # 103 was issued nothing and has told nothing
    assert (lines["101"].airings, lines["101"].played_ms, lines["101"].proved) == (4, 90_000, 4)
    assert lines["101"].outcomes == {"played": 3, "missed": 1}
    assert (lines["102"].proved, lines["102"].chain_faults) == (1, 1)
    assert [one.reason for one in town.services.chain_faults(town.admin)] == ["ward_row_changed"]
    evidence = town.services.evidence(town.admin, "642/QĐ", "101")
    assert [row["hash"] for row in evidence][:3] == [row["hash"] for row in journal(3)]
    assert json.dumps(evidence)  # told as it is


def test_a_disk_that_is_full_for_a_while_loses_nothing(town, monkeypatch):
    town.ward("101")
    take = town.services.intake.rows.take

    def full(*_):
        raise sqlite_faults.full()

    async def story():
        async with Voice(town, "101") as one:
            monkeypatch.setattr(town.services.intake.rows, "take", full)
            for place in range(20):
                await one.says("ack", {"id": f"x{place}", "state": "received"})
            await settled(lambda: town.services.state().reason == "disk_full")
            assert town.services.state().connected
            monkeypatch.setattr(town.services.intake.rows, "take", take)
            await settled(lambda: town.station.repos.store.value("SELECT count(*) FROM hub_ack") == 20)
            await settled(lambda: town.services.state().reason == "")

    asyncio.run(story())


def test_over_tls_with_the_towns_own_authority(tmp_path, config, clock):
    server = NatsServer(tmp_path / "tls", wards={}, tls=True, more="system_account: SYS")
    told = replace(
        config.get(HubConfig),
        url=server.url,
        ca_file=str(server.ca_file),
        wards_conf=str(server.wards_conf),
        broker_pid="",
    )
    station = Station.open(config.having(told), clock)
    station.prepare()
    town = Town(station, server)
    town.services.conf.write()

    async def story():
        welcome = town.services.join(town.services.add_ward(town.admin, NewWard("5", "Phường Năm")), own)
        assert welcome.ca == server.ca_file.read_text()
        town.seeds["5"] = seed
        async with Voice(town, "5") as one:
            await one.says("ack", {"id": "x", "state": "received"})
            await settled(lambda: town.state("5") == "quiet")

    seed = keys.new_seed()
    own = keys.public_of(seed)
    try:
        with server, running(station):
            until(lambda: town.services.state().connected)
            asyncio.run(story())
    finally:
        station.close()


def test_a_broker_that_is_full_is_told_and_what_was_issued_waits(tmp_path, config, clock, lan, minh, station):
    server = NatsServer(tmp_path / "small", wards={}, most_bytes=40_000, more="system_account: SYS")
    told = replace(
        config.get(HubConfig), url=server.url, wards_conf=str(server.wards_conf), broker_pid=str(server.pid_file)
    )
    small = Station.open(config.having(told), clock)
    small.prepare()
    town = Town(small, server)
    town.services.conf.write()
    number = Cast(small, lan, minh).approved()
    with small.repos.store.write() as db:
        db.conn.execute("UPDATE announcement SET text = ? WHERE id = ?", ("chữ " * 2000, number))
    try:
        with server, running(small):
            until(lambda: town.services.state().connected)
            for _ in range(8):
                town.services.issue(minh, order(town, number))
            until(lambda: town.services.state().reason == "hub_broker_full")
            waiting = town.services.state().waiting
            assert 0 < waiting <= 8
            assert town.services.state().connected
            conf = server.folder / "n.conf"
            conf.write_text(conf.read_text().replace("max_file_store: 40000", "max_file_store: 40000000"))
            server.restart()
            until(lambda: town.services.state().waiting == 0)
            until(lambda: town.services.state().reason == "")
    finally:
        small.close()
