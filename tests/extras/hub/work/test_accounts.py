"""The broker's file of accounts: exactly what each ward may do, written whole, read again without dropping anybody."""

import asyncio
import os

import pytest

from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.rules.wards import wards_conf
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.broker import keys
from scheduler.kernel.errors import NotPermitted, Refused
from tests.extras.hub.work.conftest import running
from tests.extras.hub.work.voice import Voice, settled
from tests.extras.town.broker.servers import NatsCluster, NatsServer
from tests.waiting import until


def test_a_ward_comes_in_and_is_shut_out_at_once_and_the_other_hundred_notice_nothing(town):
    """At once: the broker's file is written before the act is over, and nothing has to come round for it."""
    ids = [str(one) for one in range(1, 101)]
    town.many(ids)

    async def story():
        voices = [await Voice(town, ward).__aenter__() for ward in ids]
        began = town.station.clock.monotonic()
        own = keys.public_of(town.ward("500"))
        assert own in town.services.conf.path.read_text()
        async with Voice(town, "500") as new:
            joined = town.station.clock.monotonic() - began
            await new.says("ack", {"id": "x", "state": "received"})
            await settled(lambda: town.state("500") == "quiet")
            began = town.station.clock.monotonic()
            town.services.revoke(town.admin, "500")
            assert own not in town.services.conf.path.read_text()
            await settled(lambda: not new.client.is_connected)
            out = town.station.clock.monotonic() - began
            print(f"in after {joined:.2f} s, out after {out:.2f} s")
            assert town.state("500") == "revoked"
            await asyncio.sleep(3)  # long enough to try again, and again
            assert not new.client.is_connected
        assert sum(one.reconnects for one in voices) == 0
        assert all(one.client.is_connected for one in voices)
        assert all(one.client.stats["reconnects"] == 0 for one in voices)
        await asyncio.gather(*(one.__aexit__() for one in voices))

    asyncio.run(story())


def test_without_the_brokers_process_number_it_is_told_over_the_network(desk_of_town, config):
    town = desk_of_town
    town.services.conf.tell_broker = lambda: False
    town.services.conf.write()

    async def story():
        town.ward("7")
        async with Voice(town, "7") as one:
            await settled(lambda: town.state("7") == "quiet")
            town.services.revoke(town.admin, "7")
            await settled(lambda: not one.client.is_connected)

    with town.server, running(town.station):
        until(lambda: town.services.state().connected)
        asyncio.run(story())


def test_what_somebody_changed_in_the_file_by_hand_is_put_right_when_the_process_begins(desk_of_town):
    town = desk_of_town
    town.services.conf.write()
    good = town.services.conf.path.read_text()
    with town.server:
        town.services.conf.path.write_text("accounts { }\n")
        with running(town.station):
            until(lambda: town.services.conf.path.read_text() == good)


def test_the_file_is_whole_for_the_group_and_leaves_nothing_half_made(desk_of_town):
    conf = desk_of_town.services.conf
    assert conf.write()
    assert not conf.write()  # it holds what it has to
    assert conf.path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in conf.path.parent.glob(".wards*")] == []
    for name in ("hub-broker.nk", "hub-system.nk"):
        assert (desk_of_town.station.config.data / name).stat().st_mode & 0o777 == 0o600
    text = conf.path.read_text()
    assert keys.public_of(conf.hub_seed()) in text
    assert conf.hub_seed() not in text


@pytest.mark.parametrize(
    ("ward", "group", "reason"),
    [
        ("1>", "a", "ward_id_invalid"),
        ("", "a", "ward_id_invalid"),
        ("1.2", "a", "ward_id_invalid"),
        ("١٢", "a", "ward_id_invalid"),
        ("1", 'a"] } } x', "group_invalid"),
        ("1", "*", "group_invalid"),
        ("1", "A", "group_invalid"),
        ("1", "đông", "group_invalid"),
    ],
)
def test_nothing_but_a_code_and_a_group_gets_into_the_file(ward, group, reason):
    key = keys.public_of(keys.new_seed())
    with pytest.raises(Refused) as refused:
        wards_conf(key, key, [(ward, key, (group,))])
    assert refused.value.reason == reason


def test_a_disk_that_cannot_be_written_is_told_and_the_old_file_stays(desk_of_town, monkeypatch):
    conf = desk_of_town.services.conf
    conf.write()
    before = conf.path.read_text()

    def full(*_):
        raise OSError(28, "No space left on device")

    desk_of_town.services.add_ward(desk_of_town.admin, NewWard("9", "Phường Chín"))
    code = desk_of_town.services.new_code(desk_of_town.admin, "9")
    monkeypatch.setattr(os, "fsync", full)
    seed = keys.public_of(keys.new_seed())
    # the key file of the issuer exists already or is made by another fsync: only the accounts are to fail
    desk_of_town.services.keys.current = _Key
    desk_of_town.services.join(code, seed)  # the ward has its welcome; the process writes the file later
    assert conf.path.read_text() == before
    with pytest.raises(Refused) as refused:
        conf.write()
    assert refused.value.reason == "disk_full"
    monkeypatch.undo()
    assert conf.write()
    assert seed in conf.path.read_text()


class _Key:
    public = "ab" * 32


def test_only_who_may_manage_wards_does_and_only_who_may_issue_issues(desk_of_town, lan, minh):
    services = desk_of_town.services
    for person in (lan, minh):
        with pytest.raises(NotPermitted):
            services.add_ward(person, NewWard("1", "Phường Một"))
        with pytest.raises(NotPermitted):
            services.revoke(person, "1")
    with pytest.raises(NotPermitted):
        services.issue_test(lan)


def test_a_town_on_three_servers_goes_on_when_the_leader_of_its_log_is_killed(tmp_path, config, clock):
    from dataclasses import replace

    from scheduler.station import Station
    from tests.extras.hub.work.conftest import Town
    from tests.extras.hub.work.light import wards_of

    cluster = NatsCluster(tmp_path / "three", wards={})
    conf = tmp_path / "wards.conf"
    for server in cluster.servers:
        path = server.folder / "n.conf"
        path.write_text(path.read_text().replace("include ./wards.conf", "system_account: SYS\ninclude ./wards.conf"))
        server.wards_conf.unlink()
        server.wards_conf.symlink_to(conf)  # as an administrator copies it to each machine
    told = replace(config.get(HubConfig), url=cluster.url, wards_conf=str(conf), broker_pid="", replicas=3)
    station = Station.open(config.having(told), clock)
    station.prepare()
    try:
        town = Town(station, cluster)
        cluster.ca_file = None
        town.services.conf.write()
        with cluster, running(station):
            until(lambda: town.services.state().connected)
            asyncio.run(_leader_story(town, cluster, wards_of))
    finally:
        station.close()


async def _leader_story(town, cluster, wards_of):
    ids = ["1", "2", "3", "4", "5"]
    town.many(ids)
    async with wards_of(town, ids) as wards:
        await settled(lambda: all(one.link.state.connected for one in wards))
        issues = [town.services.issue_test(town.admin)]
        await settled(lambda: town.services.issued(issues[0])[0].heard_of == len(ids))
        leader = await _leader(cluster, town)
        for place in range(12):
            issues.append(town.services.issue_test(town.admin))
            if place == 4:
                leader.kill()
            await asyncio.sleep(0.05)
        await settled(lambda: town.services.state().waiting == 0)
        await asyncio.to_thread(leader.start, wait=False)
        await settled(lambda: all(set(one.ward.seen) == set(issues) for one in wards))
        await settled(lambda: all(town.services.issued(one)[0].heard_of == len(ids) for one in issues))
        assert {len(one.ward.seen) for one in wards} == {len(issues)}
        assert town.station.repos.store.value("SELECT count(*) FROM hub_ack") == len(ids) * len(issues)


async def _leader(cluster, town) -> NatsServer:
    from scheduler.extras.town.broker.client import Broker, connect

    client = await connect(Broker(cluster.url, town.services.conf.hub_seed()), name="look", on_fault=lambda _: None)
    try:
        name = ""
        while not name:  # nobody leads for a moment
            name = (await client.jetstream(timeout=60).stream_info("DISPATCH")).cluster.leader
    finally:
        await client.close()
    return next(one for one in cluster.servers if name in (one.folder / "n.conf").read_text())
