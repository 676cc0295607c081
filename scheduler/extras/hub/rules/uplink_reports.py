"""What a ward tells upwards, read into rows: answers to issues, rows of its journal, its health.

Pure. A row of a journal is hashed again as the ward hashed it, so that the town knows what it was told is what the
ward's chain holds. What was not measured stays None; a word of a shape that nobody knows is refused, not guessed.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from scheduler.extras.town.rules.envelope import AckState, Told
from scheduler.kernel.errors import Refused

__all__ = ["Ack", "JournalRow", "ack_of", "clock_off", "clock_told", "health_of", "journal_of", "mark_of"]

_WORDS = ("kind", "day", "dispatch_number", "title", "zone", "trigger", "outcome", "reason", "audio_sha256")
_NUMBERS = ("planned_ms", "played_ms")
_INSTANTS = ("planned_start", "actual_start")
_LATE = re.compile(r"late: \S{1,80} #\d{1,19} ([0-9a-f]{64})\Z")
MOST_WORD = 2000
MOST_MS = 7 * 24 * 3600 * 1000
MOST_HEALTH = 32_768
"""Bytes of a health that are kept; more is no summary."""


@dataclass(frozen=True, slots=True)
class Ack:
    """What a ward says of an issue."""

    issue_id: str
    state: AckState
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    played_ms: int | None = None


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A row of a ward's journal, as far as the town sums it. `proved`: its columns hash to its hash."""

    seq: int | None
    values: Mapping[str, Any]
    issue_id: str = ""
    hash: str = ""
    prev_hash: str = ""
    proved: bool = False
    late_of: str = ""
    """Hash of the row, of a machine that had lost the air, that this one tells once more in the one journal."""


def mark_of(raw: bytes) -> str:
    """What a message is known again by."""
    return hashlib.blake2b(raw, digest_size=8).hexdigest()


def ack_of(told: Told) -> Ack:
    """Raises Refused envelope_unreadable."""
    body = told.body
    issue = body.get("id")
    try:
        state = AckState(str(body.get("state")))
    except ValueError as error:
        raise Refused("envelope_unreadable", key="state") from error
    if not isinstance(issue, str) or not 1 <= len(issue) <= 64:  # noqa: PLR2004 - a UUID is 36
        raise Refused("envelope_unreadable", key="id")
    details = body.get("details", {})
    if not isinstance(details, Mapping):
        raise Refused("envelope_unreadable", key="details")
    return Ack(issue, state, _word(body, "reason"), dict(details), _number(body, "played_ms"))


def journal_of(told: Told, hashed: Callable[[Mapping[str, Any]], str]) -> JournalRow:
    """`hashed`: the hash of a row by its columns, empty where one is missing. Raises Refused envelope_unreadable."""
    body = told.body
    row = body.get("journal", body)
    if not isinstance(row, Mapping):
        raise Refused("envelope_unreadable", key="journal")
    seq = row.get("seq")
    if seq is not None and (isinstance(seq, bool) or not isinstance(seq, int) or seq < 1):
        raise Refused("envelope_unreadable", key="seq")
    values: dict[str, Any] = {name: _word(row, name) for name in _WORDS}
    values |= {name: _number(row, name) for name in _NUMBERS}
    values |= {name: _instant(row, name) for name in _INSTANTS}
    if not values["day"]:
        raise Refused("envelope_unreadable", key="day")
    values["kind"] = values["kind"] or "airing"
    hash_, prev = _word(row, "hash"), _word(row, "prev_hash")
    issue = _word(body, "id") if row is not body else _word(body, "issue_id")
    late = _LATE.search(str(row.get("note") or "")) if values["kind"] == "airing" else None
    return JournalRow(seq, values, issue, hash_, prev, bool(hash_) and hashed(row) == hash_, late[1] if late else "")


def health_of(told: Told) -> Mapping[str, Any]:
    """The health as it was told, with its instant. Raises Refused envelope_unreadable."""
    health = dict(told.body) | {"at": told.at.isoformat()}
    if len(json.dumps(health)) > MOST_HEALTH:
        raise Refused("envelope_unreadable", key="health")
    return health


def clock_off(at: datetime, stored: datetime, before: datetime | None) -> float:
    """Seconds by which a ward's clock surely stands before (+) or behind (−) the broker's; 0 = nothing is sure.

    A ward writes a health before the broker stores it, and the next only once the broker has confirmed this one: an
    instant outside those bounds is the clock's doing, however slow the network is.

    Args:
        at: when it was written, by the ward's clock.
        stored: when the broker stored it, by its own.
        before: when it stored an earlier one of the same ward; None = not known.

    """
    if at > stored:
        return (at - stored).total_seconds()
    if before is not None and at < before <= stored:
        return (at - before).total_seconds()
    return 0.0


def clock_told(
    place: tuple[int, int], at: datetime, stored: datetime | None, newest: str, earlier: Iterable[datetime | None]
) -> dict[str, Any]:
    """Of the newest health of a ward: when the broker stored it, and how many seconds its clock is surely off.

    Args:
        place: epoch and row.
        at: when it was written, by the ward's clock.
        stored: by the broker's; None = not known.
        newest: what this gave as `stored` for the newest health before, "" = there is none.
        earlier: when earlier ones of the same line, which came with it, were stored.

    """
    if stored is None:
        return {"stored": "", "clock_off_seconds": 0.0}
    before = [one for one in earlier if one is not None]
    with suppress(ValueError):  # of an earlier release, in which a ward could write that word itself
        epoch, row, instant = newest.split()
        if int(epoch) == place[0] and int(row) < place[1]:
            before.append(datetime.fromisoformat(instant).astimezone(UTC))
    last = max((one for one in before if one <= stored), default=None)
    told = f"{place[0]} {place[1]} {stored.isoformat()}"
    return {"stored": told, "clock_off_seconds": clock_off(at, stored, last)}


def _word(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > MOST_WORD:
        raise Refused("envelope_unreadable", key=name)
    return value


def _number(row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_MS:
        raise Refused("envelope_unreadable", key=name)
    return value


def _instant(row: Mapping[str, Any], name: str) -> str | None:
    text = _word(row, name)
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused("envelope_unreadable", key=name) from error
    if at.tzinfo is None:
        raise Refused("envelope_unreadable", key=name)
    return text
