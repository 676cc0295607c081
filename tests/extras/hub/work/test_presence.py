"""Since when a ward is connected is told by the hub's clock, whatever the broker's shows."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from nats.errors import ConnectionClosedError

from scheduler.extras.hub.work.presence import Presence, line_of_event, lines_of
from scheduler.kernel.clock import SystemClock

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
LASTS = timedelta(minutes=3)


def told(ahead: timedelta) -> tuple[dict[str, str], str]:
    """What a broker says of itself and of a connection of three minutes; `ahead`: by how much its clock differs."""
    return {"id": "S1", "time": (NOW + ahead).isoformat()}, (NOW + ahead - LASTS).isoformat()


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=4), timedelta(days=-4)])
def test_a_connection_began_by_our_clock(ahead):
    server, start = told(ahead)
    one = {"cid": 7, "authorized_user": "U1", "name": "loa", "start": start}
    name, lines = lines_of(json.dumps({"server": server, "data": {"connections": [one]}}).encode(), NOW)
    assert (name, lines["S1:7"].since) == ("S1", NOW - LASTS)
    event = {"server": server, "client": {"id": 7, "user": "U1", "name": "loa", "start": start}}
    name, line = line_of_event(json.dumps(event).encode(), NOW)
    assert (name, line) == ("S1", lines["S1:7"])


def test_a_connection_never_began_later_than_it_was_heard_of():
    server, _ = told(timedelta(0))
    event = {"server": server, "client": {"id": 7, "start": (NOW + LASTS).isoformat()}}
    assert line_of_event(json.dumps(event).encode(), NOW)[1].since == NOW


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"server": {"id": "S1"}}', b'{"server": "S1", "client": {}}'])
def test_what_tells_of_no_connection_is_passed_over(raw):
    assert lines_of(raw, NOW) == ("", {})
    assert line_of_event(raw, NOW) == ("", None)


async def no_work(_):
    """Nothing to write down."""


class GoneAtTheFirstLook:
    """A connection to the broker that has ended when the first look is asked for."""

    async def subscribe(self, *_, **__):
        return self

    async def unsubscribe(self):
        pass

    def new_inbox(self):
        return "_INBOX.1"

    async def publish(self, *_, **__):
        raise ConnectionClosedError


def test_a_look_that_fails_ends_the_watch_though_no_connection_changes():
    watch = Presence(intake=None, run=no_work, clock=SystemClock())
    with pytest.raises(ConnectionClosedError):
        asyncio.run(asyncio.wait_for(watch.run(GoneAtTheFirstLook()), 60))
