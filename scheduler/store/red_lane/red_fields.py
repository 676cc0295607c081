"""Orders of the red lane as they stand in the ring: all that is needed to sound one, to end it and to write its rows.

Only turned into fields and back here; who writes them into the ring or into rows is elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from scheduler.core.air.output_share import Hole, OutputShare, from_row, to_row
from scheduler.core.audit_context import AuditContext
from scheduler.core.model import (
    AiringOutcome,
    Person,
    Priority,
    Role,
    Sha256,
    Slot,
    Trigger,
)
from scheduler.kernel.mapped_file import Fields
from scheduler.store.air.endings import Ending
from scheduler.store.air.journal import Entry
from scheduler.store.database import instant_of, instant_or_none, instant_text

__all__ = [
    "Typed",
    "ending_fields",
    "ending_of_fields",
    "is_spoken",
    "order_fields",
    "ordering_person",
    "person_of_fields",
    "said_by",
    "slot_of_fields",
    "spoken_order",
    "stop_args",
]

_TITLE = 160
_HOLES = 8
"""Of each output that an answer tells one by one."""
_ROOM = 6000
"""Characters of an answer for what its outputs sounded."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What an order of words of the moment says of them."""

    key: str
    """Names these very words (`words_key`)."""
    spoken: bool = True
    """Not yet: until they are, the order's sound is its chime."""


def is_spoken(order: Fields) -> bool:
    """Whether the sound of an order is known: its words are not still being spoken."""
    return bool(order.get("spoken", True))


def spoken_order(order: Fields, slot: Slot) -> Fields:
    """The order of words that have been spoken by now; `slot`: with their sound and all of its length."""
    length_ms = round(slot.length / timedelta(milliseconds=1))
    return order | {"sha256": slot.audio_sha256, "length_ms": length_ms, "spoken": True}


def order_fields(
    slot: Slot,
    title: str,
    operator: Person,
    what: AuditContext,
    at: datetime,
    officer: Entry | None,
    typed: Typed | None = None,
) -> Fields:
    """An order as it stands in the ring: all that is needed to sound it and to write its rows.

    `officer`: the journal row that tells of who pressed where that was not the leader.
    """
    return (
        {
            "key": slot.id,
            "kind": "order",
            "at": instant_text(at),
            "title": title[:_TITLE],
            "day": slot.day.isoformat(),
            "zone": slot.zone,
            "start": instant_text(slot.start),
            "length_ms": round(slot.length / timedelta(milliseconds=1)),
            "announcement": slot.announcement_id,
            "sha256": slot.audio_sha256,
            "chime": slot.chime,
            "repeat": slot.repeat,
            "priority": slot.priority.value,
            "trigger": slot.trigger.value,
            "intro": slot.intro_sha256,
            "officer": officer.author if officer else "",
        }
        | ({"words": typed.key, "spoken": typed.spoken} if typed else {})
        | said_by(operator, what)
    )


def said_by(person: Person, what: AuditContext) -> Fields:
    """Who it is, and from where they do it: for the log of acts, once the rows can be written."""
    return {
        "by": _who(person),
        "doing": {
            "who": _who(what.person) if what.person else None,
            "via": what.via,
            "route": what.route[:80],
            "act": what.act,
            "address": what.address[:60],
            "session": what.session[:80],
        },
    }


def _who(person: Person) -> Fields:
    told: Fields = {"id": person.id, "login": person.login, "name": person.name}
    return told | {"role": person.role.value, "zones": list(person.zones)}


def ordering_person(order: Fields) -> Person:
    """Who orders, as they were when they did."""
    return person_of_fields(order["by"])


def person_of_fields(by: Fields) -> Person:
    return Person(id=by["id"], login=by["login"], name=by["name"], role=Role(by["role"]), zones=tuple(by["zones"]))


def slot_of_fields(order: Fields) -> Slot:
    return Slot(
        id=order["key"],
        day=date.fromisoformat(order["day"]),
        zone=order["zone"],
        start=instant_of(order["start"]),
        length=timedelta(milliseconds=order["length_ms"]),
        campaign_id=None,
        announcement_id=order["announcement"],
        audio_sha256=Sha256(order["sha256"]),
        chime=bool(order["chime"]),
        repeat=order["repeat"],
        priority=Priority(order["priority"]),
        trigger=Trigger(order["trigger"]),
        intro_sha256=Sha256(order["intro"]) if order.get("intro") else None,
    )


def ending_fields(ending: Ending) -> Fields:
    told: Fields = {
        "outcome": ending.outcome.value,
        "reason": ending.reason,
        "started_at": instant_text(ending.started_at) if ending.started_at else None,
        "ended_at": instant_text(ending.ended_at) if ending.ended_at else None,
        "played_ms": ending.played_ms,
        "note": ending.note,
    }
    shares = None if ending.shares is None else to_row(map(_few_holes, ending.shares))
    return told | ({"shares": shares} if len(str(shares)) < _ROOM else {})


def _few_holes(share: OutputShare) -> OutputShare:
    """The first holes as they were, and one for all that followed: an answer has only so much room."""
    kept, rest = share.holes[:_HOLES], share.holes[_HOLES:]
    return replace(share, holes=(*kept, Hole(rest[0].start_ms, sum(one.length_ms for one in rest)))) if rest else share


def ending_of_fields(told: Mapping[str, Any]) -> Ending:
    return Ending(
        outcome=AiringOutcome(told["outcome"]),
        reason=told["reason"],
        started_at=instant_or_none(told["started_at"]),
        ended_at=instant_or_none(told["ended_at"]),
        played_ms=told["played_ms"],
        shares=None if (shares := told.get("shares")) is None else from_row(shares),
        note=told["note"],
    )


def stop_args(order: Fields) -> dict[str, Any]:
    """A stop of the ring as the arguments of the command that it would have been."""
    person = ordering_person(order)
    return {"slot_id": order["slot_id"], "by": person.recorded_name, "reason": order["reason"]}
