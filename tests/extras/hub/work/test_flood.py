"""Much at once and a broker that dies: every row is kept once, whoever was killed meanwhile."""

import asyncio

from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.hub.work.hearing import CONSUMER
from scheduler.extras.town.broker.client import Broker, connect
from scheduler.extras.town.broker.setup import ensure_streams
from scheduler.extras.town.rules.envelope import Told, UpKind, up_body
from tests.extras.hub.work.conftest import running
from tests.extras.hub.work.voice import journal, settled

WARDS, EACH = 100, 200


def count(town, table):
    return town.station.repos.store.value(f"SELECT count(*) FROM {table}")  # noqa: S608 - our names


def test_twenty_thousand_rows_at_once_are_each_kept_once_and_none_is_sent_again(desk_of_town):
    town = desk_of_town
    for number in range(1, WARDS + 1):
        town.services.add_ward(town.admin, NewWard(str(number), f"Phường {number}"))
    town.services.conf.write()
    clock = town.station.clock
    now, rows = clock.now(), journal(EACH)

    async def flood():
        client = await connect(Broker(town.server.url, town.services.conf.hub_seed()), name="flood", on_fault=print)
        js = client.jetstream(timeout=60)
        await ensure_streams(js)
        for ward in range(1, WARDS + 1):
            await asyncio.gather(
                *(
                    js.publish(
                        f"up.{ward}.asrun",
                        up_body(Told(str(ward), place, UpKind.ASRUN, now, {"id": "", "journal": row})),
                        headers={"Nats-Msg-Id": f"{ward}:{place}"},
                    )
                    for place, row in enumerate(rows, 1)
                )
            )
        began = clock.monotonic()
        with running(town.station):
            await settled(lambda: count(town, "hub_journal") == WARDS * EACH, 600)
            print(f"{WARDS * EACH / (clock.monotonic() - began):,.0f} rows a second")
            info = await js.consumer_info("UP", CONSUMER)
            end = clock.monotonic() + 120
            while info.num_ack_pending and clock.monotonic() < end:
                await asyncio.sleep(0.1)
                info = await js.consumer_info("UP", CONSUMER)
            assert info.num_ack_pending == 0
            assert info.num_redelivered == 0
            assert info.delivered.consumer_seq == WARDS * EACH  # nothing was delivered twice
        await client.close()

    conf = town.server.folder / "n.conf"
    conf.write_text(
        conf.read_text().replace("sync_interval: always", 'sync_interval: "10s"')
    )  # its own pace is not tested
    with town.server:
        asyncio.run(flood())
    assert count(town, "hub_ahead") == 0
    assert {one.missing_rows for one in town.services.wards()} == {0}
    airtime = town.services.airtime(town.admin, "642/QĐ")
    assert airtime.totals.airings == airtime.totals.proved == WARDS * EACH
    assert airtime.totals.played_ms == WARDS * EACH * 30_000
    assert town.services.chain_faults(town.admin) == []
