"""Lệnh từ cấp trên: which way a word of the town goes in this ward without anybody's word here.

Pure. Emergency airs at once where the ward lets it and its issuer is trusted for that, priority enters the next
session under the ward's rule, everything else waits for a person; what only takes back is obeyed at once, and what only
closes (tighter caps) may be. A doubt waits for a person, but no doubt about where or how often holds up an emergency.
Gate, caps and approval of the ward stand over all of it: an override needs a legal basis and an issuer with the right.
It reads no bytes (`core.envelope`), keeps nothing and asks no clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scheduler.core.model import DEFAULT_ZONE, Priority
from scheduler.extras.inbox.rules import Doubt, Way
from scheduler.extras.town.rules.envelope import Envelope, Kind, Moment, Status
from scheduler.kernel.errors import Refused

__all__ = ["Entry", "Issuer", "Policy", "basis_of", "entry_of", "place_note", "zones_of"]

CLOCK_SLACK = timedelta(minutes=10)
"""How far ahead of its own hub's clock an envelope may claim to have been sent."""
_BESIDE = frozenset({"town_zones_some"})
"""What is worth saying and holds up nothing: the zones that the ward has are plain."""
_ABOUT_PLACE = _BESIDE | {"town_zone_unknown", "town_zones_many"}
"""Doubts that do not hold up an emergency: its class already says that it is for everybody."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whom the ward has pinned, and what may be done on their word alone."""

    key: str
    """Public key, 64 hex."""
    name: str
    may_emergency: bool = False
    may_override: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What the ward has decided about the town's words."""

    emergency: str = "ask"
    """air | ask"""
    priority: str = "ask"
    """next_session | ask"""
    caps: str = "ask"
    """tighten | ask"""
    zones: tuple[str, ...] = (DEFAULT_ZONE,)
    heard_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Zone -> the outputs and clusters that sound in it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The way it goes, what about it is doubtful, the zones it is for, and the basis on which it overrides."""

    way: Way
    doubts: tuple[Doubt, ...] = ()
    zones: tuple[str, ...] = (DEFAULT_ZONE,)
    basis: str = ""


def basis_of(envelope: Envelope, issuer: Issuer) -> str:
    """The legal basis on which it stands against the ward's approval and caps; "" = it does not."""
    return envelope.legal_basis.strip() if issuer.may_override else ""


def zones_of(envelope: Envelope, policy: Policy) -> tuple[tuple[str, ...], tuple[Doubt, ...]]:
    """The zones of the ward it is for, each to be aired in; none that the ward has: the whole ward, and a doubt.

    A zone all of whose loudspeakers sound in another named one is left out, so that none of them says it twice. Where
    that leaves one loudspeaker in two zones, or a proposal has room for one zone only: the whole ward, and a doubt.
    """
    if not envelope.zones:
        return (DEFAULT_ZONE,), ()
    known = {name.casefold(): name for name in policy.zones}
    found = tuple(dict.fromkeys(known[name.casefold()] for name in envelope.zones if name.casefold() in known))
    if not found:
        return (DEFAULT_ZONE,), (("town_zone_unknown", {"zone": _listed(envelope.zones)}),)
    strange = [name for name in envelope.zones if name.casefold() not in known]
    doubts: tuple[Doubt, ...] = (("town_zones_some", {"zones": _listed(strange)}),) if strange else ()
    if DEFAULT_ZONE in found:
        return (DEFAULT_ZONE,), doubts
    apart = _apart(found, policy.heard_by)
    if not apart or (len(apart) > 1 and envelope.kind is not Kind.ANNOUNCEMENT):
        return (DEFAULT_ZONE,), (*doubts, ("town_zones_many", {"zones": _listed(found)}))
    return apart, doubts


def _apart(zones: tuple[str, ...], heard_by: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Those of `zones` that together are heard where all of them are; empty = a loudspeaker would hear two of them."""
    kept: tuple[str, ...] = ()
    for zone in sorted(zones, key=lambda one: -len(heard_by.get(one, ()))):
        heard = heard_by.get(zone, frozenset())
        before = frozenset().union(*(heard_by.get(one, frozenset()) for one in kept))
        if not heard or not heard <= before:
            if heard & before:
                return ()
            kept = (*kept, zone)
    return tuple(zone for zone in zones if zone in kept)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)[:200]


def place_note(doubts: Iterable[Doubt]) -> Refused | None:
    """What the town is told of the place of an issue that goes its way all the same; None = nothing is strange."""
    return next((Refused(code, **details) for code, details in doubts if code in _ABOUT_PLACE), None)


def entry_of(envelope: Envelope, issuer: Issuer, policy: Policy, moment: Moment) -> Entry:
    """The way of an envelope that `judge` calls new, by the ward's rule."""
    if envelope.takes_back:
        return Entry(Way.STOP)
    if envelope.kind is Kind.TEST or envelope.status is Status.TEST:
        return Entry(Way.NOTE)
    if envelope.kind is Kind.GROUPS:  # who is in a group is the town's to say; a clock that is wrong changes nothing
        return Entry(Way.TAKE if envelope.status is Status.ACTUAL else Way.NOTE)
    zones, where = zones_of(envelope, policy)
    doubts = (*where, *_doubts_of_time(envelope, moment))
    match envelope.kind:
        case Kind.ANNOUNCEMENT:
            return _announcement(envelope, issuer, policy, Entry(Way.INBOX, doubts, zones))
        case Kind.CAPS if policy.caps == "tighten" and not doubts and envelope.status is Status.ACTUAL:
            return Entry(Way.TAKE, (), zones)  # whether it only closes, the desk weighs
    return Entry(Way.INBOX, (*_exercise(envelope), *doubts), zones)


def _announcement(envelope: Envelope, issuer: Issuer, policy: Policy, entry: Entry) -> Entry:
    doubts = (*_doubts_of_words(envelope), *entry.doubts)
    urgent = envelope.priority is Priority.EMERGENCY
    if envelope.status is not Status.ACTUAL:
        doubts = (*_exercise(envelope), *doubts)
        passing = _ABOUT_PLACE | {"town_exercise"}
        waits = _held_up((*_unless_emergency(issuer, policy), *doubts), passing)
        return Entry(Way.INBOX if waits else Way.DRILL, doubts, entry.zones)
    if urgent:
        doubts = (*_unless_emergency(issuer, policy), *doubts)
        return Entry(Way.INBOX if _held_up(doubts, _ABOUT_PLACE) else Way.AIR, doubts, entry.zones)
    basis = basis_of(envelope, issuer)
    if envelope.legal_basis.strip() and not basis:
        doubts = (("town_no_override", {"issuer": issuer.name}), *doubts)
    by_rule = basis or (envelope.priority is Priority.PRIORITY and policy.priority == "next_session")
    way = Way.SESSION if by_rule and not _held_up(doubts, _BESIDE) else Way.INBOX
    return Entry(way, doubts, entry.zones, basis)


def _held_up(doubts: Sequence[Doubt], passing: frozenset[str]) -> bool:
    return any(code not in passing for code, _ in doubts)


def _exercise(envelope: Envelope) -> tuple[Doubt, ...]:
    return () if envelope.status is Status.ACTUAL else (("town_exercise", {}),)


def _unless_emergency(issuer: Issuer, policy: Policy) -> tuple[Doubt, ...]:
    """Why an emergency of this issuer does not air by itself."""
    if not issuer.may_emergency:
        return (("town_not_trusted", {"issuer": issuer.name}),)
    return () if policy.emergency == "air" else (("town_asks", {}),)


def _doubts_of_words(envelope: Envelope) -> tuple[Doubt, ...]:
    return () if envelope.text.strip() or envelope.clip else (("town_no_words", {}),)


def _doubts_of_time(envelope: Envelope, moment: Moment) -> tuple[Doubt, ...]:
    """By the clock that wrote it: the hub's own, where that is known. What the station's calls expired is not here."""
    found: list[Doubt] = []
    if envelope.expires <= moment.by_hub:
        found.append(("town_expired_there", {}))
    if envelope.sent - moment.by_hub > CLOCK_SLACK:
        found.append(("town_from_future", {}))
    return tuple(found)
