"""What stands on the wire beside envelopes and rows: the numbers in a message's headers, and what the hub asks.

cmd.<id>.ping and cmd.<id>.resend are answered from the ward as it is now. What the broker has refused is asked for once
more. It opens no connection and keeps nothing.
"""

import json
import logging
import sqlite3
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from scheduler.extras.town.broker.client import BrokerClient
from scheduler.extras.town.work.ward import Runner, Ward
from scheduler.kernel.errors import LoaError

__all__ = ["Recent", "answer", "follow_again", "instant_of", "whole"]

log = logging.getLogger(__name__)

MOST_DIGITS = 19
"""Of a place in a stream: it fits into SQLite's whole numbers."""
MOST_RESENT = 5000
"""Rows that are sent again for one question; the hub asks on for what is still missing."""
MOST_RECENT = 4096
"""Messages that are known again when they are heard once more."""


class Recent:
    """The messages that were taken in last: what is heard once more is told from another under the same number."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], int] = OrderedDict()

    def add(self, subject: str, sequence: int, raw: bytes) -> None:
        self._kept[subject, sequence] = hash(raw)
        self._kept.move_to_end((subject, sequence))
        if len(self._kept) > MOST_RECENT:
            self._kept.popitem(last=False)

    def has(self, subject: str, sequence: int, raw: bytes) -> bool:
        return self._kept.get((subject, sequence)) == hash(raw)


async def answer(subject: str, data: bytes, ward: Ward, run: Runner, now: datetime) -> bytes:
    """The answer to one question of the hub, as JSON; one that cannot be answered says why in a word."""
    verb = subject.rpartition(".")[2]
    told: dict[str, object] = {"v": 1, "ward": ward.ward_id, "at": now.isoformat()}
    try:
        match verb:
            case "ping":
                pass
            case "resend":
                first, last, line = _range(data)
                told["rows"] = await run(lambda: ward.resend(first, last, line))
            case _:
                told["refused"] = "unknown"
    except (ValueError, TypeError, LookupError, RecursionError):
        told["refused"] = "unreadable"
    except (sqlite3.OperationalError, OSError, LoaError) as error:
        told["refused"] = "later"
        log.warning("%s is not answered: %s", verb, error)
    return json.dumps(told).encode()


async def follow_again(
    client: BrokerClient, followed: dict[str, Subscription], refused: list[str], hear: Callable[[Msg], Awaitable[None]]
) -> None:
    """Ask once more for what of `followed` was `refused` (the broker's words): its accounts may be written anew only
    now. What is refused again is told again.
    """
    for told in [one for one in refused if "subscription" in one.lower()]:
        refused.remove(told)
        for subject in [one for one in followed if f'"{one}"' in told]:
            await followed[subject].unsubscribe()
            followed[subject] = await client.subscribe(subject, cb=hear)


def _range(data: bytes) -> tuple[int, int, str | None]:
    """Rows {from, to, line}, so many as are sent again for one question. Raises ValueError and its like otherwise."""
    told = json.loads(data)
    first, last, line = told["from"], told["to"], told.get("line")
    if not (line is None or isinstance(line, str)):
        raise TypeError("no line of rows")
    if not (type(first) is int and type(last) is int and 0 < first <= last < 10**MOST_DIGITS // 2):
        raise ValueError("no range of rows")
    return first, min(last, first + MOST_RESENT - 1), line


def whole(headers: Mapping[str, str], name: str) -> int:
    """A place in the stream; 0 = none is told."""
    told = headers.get(name, "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < MOST_DIGITS else 0


def instant_of(told: str) -> datetime | None:
    """An instant as the server writes it, with nanoseconds that Python has no room for; None = it is none."""
    try:
        instant = datetime.fromisoformat(told)
    except ValueError:
        return None
    return instant if instant.tzinfo else None
