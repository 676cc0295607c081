"""What should never come over the broker, and will: too large, out of order, by a clock that is hours off."""

from datetime import timedelta

import nats.errors
import nats.js.errors
import pytest

from scheduler.core.model import Priority
from scheduler.extras.town.broker.client import Broker, connect
from scheduler.extras.town.rules.envelope import seal
from tests.extras.town.work.conftest import WARD
from tests.extras.town.work.town_side import PATIENCE, now, wait_until
from tests.needs import same_clock_everywhere

HOURS = timedelta(hours=5)


def emergencies(station):
    return station.repos.store.value("SELECT count(*) FROM slot WHERE trigger = 'emergency'")


def test_fifty_megabytes_come_no_further_than_the_broker_and_hold_up_nobody(town, server, link, trust, inbox):
    """The town's own client would not send them: this one was told that it may."""
    trust(town)
    link.up()
    faults = []

    async def pour():
        client = await connect(Broker(server.url, server.hub_seed), name="flood", on_fault=faults.append)
        client._max_payload = 10**9
        try:
            await client.publish("dispatch.all", b"x" * 50_000_000)
            await client.flush(10)
        except (nats.errors.Error, OSError, TimeoutError):
            pass  # the broker has hung up
        await client.close()

    before = town.last()
    town.call(pour())
    assert town.last() == before
    with pytest.raises(nats.js.errors.APIError):  # what the broker would carry and the log does not keep
        town.call(town.js.publish("dispatch.all", b"x" * 65_537, timeout=PATIENCE / 2))
    good = town.issue(now(), target=f"ward.{WARD}")
    wait_until(lambda: town.acks(good.id), "the acknowledgement of what comes behind it")
    assert [row["issue_id"] for row in inbox()] == [good.id]
    assert link.state.connected


def test_an_alert_that_comes_behind_its_own_cancelling_airs_nothing(town, link, trust, station, inbox):
    trust(town)
    link.up()
    heard = town.issue(now())
    wait_until(lambda: town.acks(heard.id), "the ward to hear")  # an urgent one that skips a gap is taken at once
    alert = town.envelope(now(), priority=Priority.EMERGENCY)
    taken_back = town.envelope(now(), priority=Priority.EMERGENCY, act="cancel", references=(alert.id,))
    for one in (taken_back, alert):
        town.publish("dispatch.all", seal(one, town.private), one.id)
    last = town.issue(now())
    wait_until(lambda: town.acks(last.id), "the acknowledgement of what comes behind them")
    wait_until(lambda: town.acks(alert.id), "the acknowledgement of the alert")  # each goes up by itself
    assert town.acks(alert.id) == ["refused"]
    assert emergencies(station) == 0


@pytest.mark.parametrize("off", [HOURS, -HOURS], ids=["fast", "slow"])
def test_an_emergency_by_a_clock_that_is_hours_off_waits_for_a_person(town, link, trust, station, inbox, off):
    """Fast: it was sent in the future. Slow: it would be over before it came, and is told as that."""
    same_clock_everywhere("the broker is a Go program and keeps the machine's clock")
    trust(town)
    link.up()
    sent = now() + off
    issued = town.issue(sent, priority=Priority.EMERGENCY, expires=sent + timedelta(hours=2))
    told = wait_until(lambda: town.acks(issued.id), "its acknowledgement")
    assert told == (["waiting"] if off > timedelta(0) else ["expired"])
    good = town.issue(now(), priority=Priority.EMERGENCY, title="Đúng giờ")
    wait_until(lambda: inbox()[-1]["slot_id"], "the slot of the one that is right")
    assert [(row["issue_id"], row["slot_id"] is not None) for row in inbox()] == [(issued.id, False), (good.id, True)]
    assert emergencies(station) == 1
