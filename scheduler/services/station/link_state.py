"""How a line to a house above stands, as its process last reported it: to the town (`link`) and to the province.

From the heartbeat alone; nothing here opens a connection, and what was not reported is not known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Generic, TypeVar

from scheduler.core.station.numbers import Number
from scheduler.services.repositories import Repositories
from scheduler.store import instant_or_none

__all__ = ["CLOCK_MINUTES", "LinkState", "link_numbers", "link_state", "release"]

SILENT_AFTER = timedelta(seconds=90)
"""A heartbeat older than this: the process is gone, or hangs in a slow answer for longer than any is given."""
CLOCK_MINUTES = 2
"""Two clocks that differ by no more are not worth a word."""

Queued = TypeVar("Queued")


@dataclass(frozen=True, slots=True)
class LinkState(Generic[Queued]):
    configured: bool
    queue: Queued
    """What waits to go up."""
    alive: bool = False
    reached_at: datetime | None = None
    """When the other side last gave a good answer."""
    reason: str = ""
    """Why it does not now; empty = it does."""
    details: Mapping[str, str] = field(default_factory=dict)
    clock_off_minutes: int = 0
    rests: bool = False
    """Its process does not run here on purpose: the other machine of the pair has the air, and the line."""

    @property
    def is_up(self) -> bool:
        """Its process lives, was answered and tells of no fault."""
        return self.alive and self.reached_at is not None and not self.reason

    @property
    def is_clock_apart(self) -> bool:
        """The other side's clock stands elsewhere by more than is worth a word."""
        return abs(self.clock_off_minutes) > CLOCK_MINUTES


def link_state(repos: Repositories, process: str, queue: Queued) -> LinkState[Queued]:
    """A line that is configured, by the heartbeat of its process; where that rests, its last word is none."""
    if repos.store.is_fenced:
        return LinkState(configured=True, queue=queue, reason="link_rests", rests=True)
    beat = repos.jobs.heartbeat(process)
    if beat is None:
        return LinkState(configured=True, queue=queue)
    told = beat.state
    return LinkState(
        configured=True,
        queue=queue,
        alive=abs(repos.clock.now() - beat.at) <= SILENT_AFTER,
        reached_at=instant_or_none(told.get("reached_at")),
        reason=told.get("reason", ""),
        details=told.get("details", {}),
        clock_off_minutes=int(told.get("clock_off_minutes", 0)),
    )


def link_numbers(link: str, *, is_up: bool, reached_at: datetime | None, outbox: int) -> Iterator[Number]:
    """A configured line for whoever watches the station; the lines of a station differ by the label `link`."""
    labels, here = ("link",), (link,)
    yield Number("loa_link_up", "1 = its process lives, was answered and tells of no fault.", {here: is_up}, labels)
    heard = {here: reached_at.timestamp()} if reached_at else {}
    yield Number("loa_link_heard_timestamp_seconds", "When the other side last answered.", heard, labels)
    yield Number("loa_link_outbox", "What waits to be sent on the line.", {here: outbox}, labels)


@cache
def release() -> str:
    """The release that runs; empty = it is not installed."""
    try:
        return version("loa-phuong")
    except PackageNotFoundError:
        return ""
