"""Which way an alert goes in this ward unasked: on the air, into the next session, to a person, or nowhere.

Nothing sounds by rule unless its sender is trusted, its word is proved as the ward asks of that sender, a leader has
approved a rule for such alerts, the ward lies in its area, and it holds now. Exercise, Test, System and Draft never
sound, nor what is restricted or private. What is doubtful waits for a person. It keeps nothing and asks no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduler.core.dispatch.text import fold
from scheduler.core.model import Priority
from scheduler.extras.cap.rules.alert import Alert, Area, Certainty, Info, MsgType, Scope, Severity, Status, Urgency
from scheduler.extras.cap.rules.area import Circle, Point, Polygon, meets
from scheduler.extras.inbox.rules import Doubt, Way

__all__ = [
    "Entry", "Policy", "Proof", "Rule", "Sender", "block_for", "covers", "entry_of", "priority_of",
    "rule_for", "trusted",
]  # fmt: skip

CLOCK_SLACK = timedelta(minutes=10)
"""How far ahead of our clock an alert may claim to have been sent."""


class Proof(StrEnum):
    """What the signature of an alert is worth."""

    SIGNED = "signed"
    """By a certificate pinned for its sender, within the dates of that certificate."""
    NONE = "none"
    """It has none."""
    UNPROVED = "unproved"
    """It has one that is wrong, or that this station cannot verify: it counts as unsigned, and is said to."""
    EXPIRED = "expired"
    """By a pinned certificate whose last day is over: whoever has found its key since could sign so too."""
    EARLY = "early"
    """By a pinned certificate that is not valid yet."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose alerts the ward believes."""

    sender: str
    """As in <sender>."""
    name: str
    certificates: str = ""
    """PEM, one after the other; empty = none pinned."""
    unsigned: bool = False
    """Its word counts without a signature: whoever hands the file in is believed for it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of such alerts. It holds only once a leader has approved it."""

    id: int
    title: str
    way: Way
    """AIR (emergency) or SESSION (priority)."""
    events: tuple[str, ...] = ()
    """Words of which the event holds one; empty = every event."""
    severity: Severity = Severity.SEVERE
    urgency: Urgency = Urgency.EXPECTED
    certainty: Certainty = Certainty.LIKELY
    """The least that it takes."""
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    senders: dict[str, Sender]
    rules: tuple[Rule, ...] = ()
    place: tuple[Point, ...] = ()
    """The ward's own point, or its closed border; empty = not told."""
    geocodes: frozenset[str] = frozenset()
    """Codes of the ward and of what it lies in."""
    fresh: timedelta = timedelta(hours=1)
    """How long an alert counts that does not say until when."""


@dataclass(frozen=True, slots=True)
class Entry:
    way: Way
    doubts: tuple[Doubt, ...] = ()
    """Why it waits, or why nothing comes of it."""
    block: int = 0
    """Which block of the alert is said."""
    rule_id: int | None = None
    ends: bool = False
    """What it names is to end."""


_UNDATED = {Proof.EXPIRED: "cap_certificate_expired", Proof.EARLY: "cap_certificate_early"}


def trusted(alert: Alert, proof: Proof, policy: Policy) -> tuple[Doubt, ...]:
    """Why the word of its sender does not count by itself; nothing where it does."""
    known = policy.senders.get(alert.sender)
    if known is None:
        return (("cap_not_trusted", {"sender": alert.sender}),)
    if proof is Proof.UNPROVED:
        return (("cap_signature_unproved", {}),)
    if proof in _UNDATED:
        return ((_UNDATED[proof], {"sender": known.name}),)
    if proof is Proof.NONE and not known.unsigned:
        return (("cap_unsigned", {"sender": known.name}),)
    return ()


def covers(areas: Sequence[Area], policy: Policy) -> bool | None:
    """Does the ward lie in one of these areas? None = that cannot be told."""
    told = False
    for area in areas:
        if policy.geocodes & {code.strip() for _, code in area.geocodes}:
            return True
        shapes: tuple[Polygon | Circle, ...] = (*area.polygons, *area.circles)
        if policy.place and any(meets(shape, policy.place) for shape in shapes):
            return True
        told |= bool((shapes and policy.place) or (area.geocodes and policy.geocodes and not shapes))
    return False if told and _all_told(areas, policy) else None


def _all_told(areas: Sequence[Area], policy: Policy) -> bool:
    """Whether the ward knows its place in every way that these areas are told in."""
    for area in areas:
        has_shape = bool(area.polygons or area.circles)
        if (has_shape and not policy.place) or (area.geocodes and not policy.geocodes):
            return False
        if not has_shape and not area.geocodes:
            return False
    return True


def block_for(alert: Alert, policy: Policy) -> tuple[int, bool | None]:
    """Which block is for this ward, Vietnamese before others, and whether the ward lies in it (None = untold)."""
    order = sorted(range(len(alert.infos)), key=lambda place: not alert.infos[place].is_vietnamese)
    told = {place: covers(alert.infos[place].areas, policy) for place in order}
    for wanted in (True, None):
        for place in order:
            if told[place] is wanted:
                return place, wanted
    return (order[0] if order else 0), False


def _at_least(value: StrEnum, least: StrEnum) -> bool:
    known = list(type(least))
    return known.index(value) <= known.index(least)


def rule_for(info: Info, rules: Sequence[Rule]) -> Rule | None:
    """The approved rule for a block: one for emergencies before one for sessions."""
    event = fold(f"{info.event} {info.headline}")
    fit = [
        rule
        for rule in rules
        if rule.approved
        and (not rule.events or any(fold(word) in event for word in rule.events if fold(word).strip()))
        and _at_least(info.severity, rule.severity)
        and _at_least(info.urgency, rule.urgency)
        and _at_least(info.certainty, rule.certainty)
    ]
    return min(fit, key=lambda rule: (rule.way is not Way.AIR, rule.id), default=None)


def priority_of(info: Info | None) -> Priority:
    """What an alert is to a person who looks at it, before anybody's rule."""
    if info is None:
        return Priority.PRIORITY
    grave = _at_least(info.severity, Severity.SEVERE) and _at_least(info.urgency, Urgency.EXPECTED)
    return Priority.EMERGENCY if grave else Priority.PRIORITY


def entry_of(alert: Alert, proof: Proof, policy: Policy, now: datetime) -> Entry:
    """The way of an alert by the ward's own rules."""
    if no_alarm := _no_alarm(alert):
        return Entry(Way.KEPT, no_alarm)
    unproved = trusted(alert, proof, policy)
    future = _from_future(alert, now)
    ends = alert.msg_type is not MsgType.ALERT and not unproved and not future
    if alert.msg_type is MsgType.CANCEL:
        return Entry(Way.END if ends else Way.INBOX, (*unproved, *future), ends=ends)
    block, here = block_for(alert, policy)
    info = alert.infos[block]
    if info.expires is not None and info.expires <= now:
        return Entry(Way.EXPIRED, (("cap_expired", {}),), block, ends=ends)
    if here is False:
        return Entry(Way.KEPT, (("cap_elsewhere", {}),), block, ends=ends)
    doubts = (*unproved, *future, *_doubts_of_block(info, alert, policy, now, here=here is True))
    rule = rule_for(info, policy.rules)
    if rule is None:
        doubts = (*doubts, ("cap_no_rule", {}))
    if doubts or rule is None:
        return Entry(Way.INBOX, doubts, block, rule.id if rule else None, ends)
    return Entry(rule.way, (), block, rule.id, ends)


def _no_alarm(alert: Alert) -> tuple[Doubt, ...]:
    """Why an alert is none for the public, whoever sends it; nothing where it is."""
    if alert.status is not Status.ACTUAL:
        return (("cap_status", {"status": alert.status.value}),)
    if alert.scope is not Scope.PUBLIC:
        return (("cap_scope", {"scope": alert.scope.value}),)
    return (("cap_answer", {}),) if alert.msg_type in {MsgType.ACK, MsgType.ERROR} else ()


def _from_future(alert: Alert, now: datetime) -> tuple[Doubt, ...]:
    return (("cap_from_future", {}),) if alert.sent - now > CLOCK_SLACK else ()


def _doubts_of_block(info: Info, alert: Alert, policy: Policy, now: datetime, *, here: bool) -> tuple[Doubt, ...]:
    found: list[Doubt] = []
    if not here:
        found.append(("cap_area_unknown", {}))
    if not info.is_vietnamese:
        found.append(("cap_language", {"language": info.language}))
    if info.effective is not None and info.effective - now > CLOCK_SLACK:
        found.append(("cap_not_yet", {}))
    if "AllClear" in info.responses:
        found.append(("cap_all_clear", {}))
    if info.expires is None and now - alert.sent > policy.fresh:
        found.append(("cap_old", {}))
    return tuple(found)
