"""How a ward of the town stands, what it may do on the broker, and how a ward id, a group and an area may look.

Pure rules over facts: what was measured and when. A ward that nothing was heard of is never shown as on the air; a key
that was revoked opens nothing because it does not stand in the broker's file. Nothing here knows a row or a socket.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from scheduler.kernel.errors import Refused

__all__ = [
    "Area",
    "Level",
    "Standing",
    "WardFacts",
    "checked_area",
    "checked_group",
    "checked_groups",
    "checked_key",
    "checked_place",
    "checked_ward_id",
    "holes",
    "merged_rows",
    "reached",
    "standing",
    "wards_conf",
]

HEALTH_LATE = timedelta(seconds=150)
"""A ward tells its health every minute: after so long it is late."""
QUEUE_LATE = timedelta(minutes=5)
"""What has waited in a ward's queue for so long while it is connected is late."""
_WARD_ID = re.compile(r"[0-9]{1,13}", re.ASCII)
_GROUP = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_NKEY = re.compile(r"U[A-Z2-7]{55}", re.ASCII)
MOST_GROUPS = 20
MOST_NAME, MOST_PARTS = 120, 100


class Level(StrEnum):
    """Levels of administration since 1 July 2025, and the one that ended then."""

    COMMUNE = "commune"
    PROVINCE = "province"
    DISTRICT_LEGACY = "district_legacy"


@dataclass(frozen=True, slots=True)
class Area:
    """An administrative area. Days are ISO texts: these rows are told, never reckoned with."""

    code: str
    name: str
    level: Level
    parent: str = ""
    merged_from: tuple[str, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None


class Standing(StrEnum):
    """How a ward stands, as the town may say it."""

    ON_AIR = "on_air"
    """It said within its time that something sounds."""
    QUIET = "quiet"
    """It is there, and nothing sounds."""
    LATE = "late"
    """It is connected, but what it owes has not come, or its playout does not answer."""
    CUT_OFF = "cut_off"
    NEVER = "never"
    """It was never heard of."""
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class WardFacts:
    """What is known of a ward's link. Instants are of the hub's clock."""

    paired: bool
    revoked: bool = False
    connections: int = 0
    changed_at: datetime | None = None
    heard_at: datetime | None = None
    health_at: datetime | None = None
    health: Mapping[str, Any] | None = None


def standing(facts: WardFacts, now: datetime, silent: timedelta) -> tuple[Standing, datetime | None]:
    """How a ward stands, and since when that is so (None = nobody can say).

    Args:
        facts: what is known.
        now: by the clock that the facts were noted by.
        silent: so long without a connection and without a word is being cut off.

    """
    if facts.revoked:
        return Standing.REVOKED, None
    known = facts.connections or facts.heard_at is not None or facts.changed_at is not None
    if not facts.paired or not known:
        return Standing.NEVER, None
    if not facts.connections:
        left = facts.changed_at or facts.heard_at
        heard = max((at for at in (facts.heard_at, facts.changed_at) if at), default=now)
        if now - heard > silent or facts.changed_at is not None:
            return Standing.CUT_OFF, left
    fresh = facts.health_at is not None and now - facts.health_at <= HEALTH_LATE
    began = facts.changed_at if facts.connections else None
    if not fresh:
        came = began or (facts.heard_at if facts.health_at is None else None)
        just_came = came is not None and now - came <= HEALTH_LATE
        return (Standing.QUIET, came) if just_came else (Standing.LATE, facts.health_at or came)
    health = facts.health or {}
    if health.get("playout") is False or _queue_age(health) > QUEUE_LATE:
        return Standing.LATE, facts.health_at
    return (Standing.ON_AIR if health.get("playing") else Standing.QUIET), facts.health_at


def _queue_age(health: Mapping[str, Any]) -> timedelta:
    """How long the oldest entry of the ward's queue had waited when the health was told, by the ward's own clock."""
    queue = health.get("queue")
    if not isinstance(queue, Mapping) or not queue.get("waiting"):
        return timedelta(0)
    try:
        told, oldest = datetime.fromisoformat(str(health.get("at"))), datetime.fromisoformat(str(queue.get("oldest")))
        return told - oldest
    except (ValueError, TypeError):
        return timedelta(0)


# What may stand in a subject


def checked_ward_id(text: str) -> str:
    """An administrative code: ASCII digits, so that nothing in it is a part of a subject. Raises ward_id_invalid."""
    told = text.strip()
    if not _WARD_ID.fullmatch(told):
        raise Refused("ward_id_invalid", ward=told[:40])
    return told


def checked_group(text: str) -> str:
    """Small letters, digits and hyphens. Raises Refused group_invalid."""
    told = text.strip()
    if not _GROUP.fullmatch(told):
        raise Refused("group_invalid", group=told[:40])
    return told


def checked_groups(texts: Iterable[str]) -> tuple[str, ...]:
    """Groups of a ward, each once. Raises Refused group_invalid, groups_too_many."""
    told = tuple(dict.fromkeys(map(checked_group, texts)))
    if len(told) > MOST_GROUPS:
        raise Refused("groups_too_many", limit=MOST_GROUPS)
    return told


def checked_place(place: tuple[float, float] | None) -> tuple[float, float] | None:
    """A place on earth: latitude, longitude. Raises Refused place_invalid."""
    if place is None:
        return None
    latitude, longitude = place
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 - degrees; refuses NaN too
        raise Refused("place_invalid")
    return place


def checked_key(text: str) -> str:
    """A public nkey of a user, as the broker writes it; no more can be told without its check. Raises nkey_invalid."""
    told = text.strip()
    if not _NKEY.fullmatch(told):
        raise Refused("nkey_invalid")
    return told


def checked_area(area: Area) -> Area:
    """An area as it is kept. Raises Refused ward_id_invalid, area_invalid: no name, no day, too many parts."""
    for code in (area.code, *area.merged_from, *filter(None, (area.parent,))):
        checked_ward_id(code)
    name = " ".join(area.name.split())
    try:
        for day in filter(None, (area.valid_from, area.valid_to)):
            date.fromisoformat(day)
    except ValueError as error:
        raise Refused("area_invalid", code=area.code) from error
    if not name or len(name) > MOST_NAME or len(area.merged_from) > MOST_PARTS:
        raise Refused("area_invalid", code=area.code)
    return replace(area, name=name)


# Whom an issue reaches


def reached(targets: Sequence[str], wards: Iterable[tuple[str, Sequence[str]]]) -> tuple[str, ...]:
    """The ids among `wards` (id, groups) that these targets name."""
    wanted = set(targets)
    return tuple(
        ward
        for ward, groups in wards
        if "all" in wanted or f"ward.{ward}" in wanted or any(f"group.{group}" in wanted for group in groups)
    )


# Rows that come once


def merged_rows(whole_to: int, ahead: Iterable[int], came: Iterable[int]) -> tuple[int, frozenset[int]]:
    """Up to which row everything has come once `came` is counted, and which rows have come beyond a hole."""
    beyond = {row for row in (*ahead, *came) if row > whole_to}
    while whole_to + 1 in beyond:
        whole_to += 1
        beyond.remove(whole_to)
    return whole_to, frozenset(beyond)


def holes(whole_to: int, ahead: Iterable[int], most: int = 50) -> list[tuple[int, int]]:
    """The stretches of rows that are missing below the highest that has come, lowest first."""
    found: list[tuple[int, int]] = []
    before = whole_to
    for row in sorted(set(ahead)):
        if row > before + 1:
            found.append((before + 1, row - 1))
        before = max(before, row)
        if len(found) >= most:
            break
    return found


# The broker's file of accounts

_HEAD = """# Written by loa hub from its list of wards; a change by hand is lost. Read again by SIGHUP.
accounts {
  LOA {
    jetstream: enabled
    users: [
"""
_TAIL = """    ]
  }
  SYS {
    users: [
      { nkey: %s }
    ]
  }
}
"""


def wards_conf(hub: str, system: str, wards: Iterable[tuple[str, str, Sequence[str]]]) -> str:
    """The broker's accounts: the hub, and for each ward (id, public key, groups) exactly what it may do.

    A ward publishes under its own name alone and reads what is for it; whatever else it tries the broker refuses.
    `hub` and `system` are the hub's public keys in the accounts LOA and SYS. Raises Refused ward_id_invalid,
    group_invalid, nkey_invalid: nothing but such words ever reaches the file.
    """
    lines = [_HEAD, f"      {{ nkey: {checked_key(hub)} }}\n"]
    lines += [_user(checked_ward_id(ward), checked_key(key), checked_groups(groups)) for ward, key, groups in wards]
    return "".join(lines) + _TAIL % checked_key(system)


def _user(ward: str, key: str, groups: Sequence[str]) -> str:
    publish = (
        f"up.{ward}.>",
        "$JS.API.DIRECT.GET.DISPATCH",
        "$JS.API.DIRECT.GET.DISPATCH.>",
        "$JS.API.STREAM.INFO.DISPATCH",
    )
    subscribe = (
        "live.dispatch.all",
        *(f"live.dispatch.group.{group}" for group in groups),
        f"live.dispatch.ward.{ward}",
        f"cmd.{ward}.>",
        f"_INBOX_w{ward}.>",
    )
    return (
        f"      {{ nkey: {key}, permissions: {{ publish: [{_quoted(publish)}], subscribe: [{_quoted(subscribe)}],"
        ' allow_responses: { max: 1, expires: "1m" } } }\n'
    )


def _quoted(subjects: Iterable[str]) -> str:
    return ", ".join(f'"{one}"' for one in subjects)
