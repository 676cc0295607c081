"""What a report counts: journal rows added up by session, source, field, dispatch, day and end.

Rows come in groups that a query has added up already; any grouping of the same rows gives the same figures. Airings
are those of which anything was heard, whole or in part (`standing`); minutes are the sound that was measured on
loudspeakers, also of airings that were cut. Nothing is read from plans: what was planned is what the journal says was
to air, whatever became of it.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, TypeVar

from scheduler.core.air.standing import Standing, Tally, standing_of
from scheduler.core.model import AiringOutcome, Trigger

__all__ = [
    "NO_FIELD",
    "End",
    "Figures",
    "Group",
    "Origins",
    "RelayAiring",
    "RelayChange",
    "Source",
    "SourceAmount",
    "Sums",
    "add_up",
    "field_of",
    "relay_amounts",
    "sums_of",
]

_Key = TypeVar("_Key", bound=Hashable)
NO_FIELD = 0
"""The field of what nobody has classified: relays, live talks, drills, what was played by hand."""
URGENT_FIELD = 2
"""Thông tin đột xuất (LoaiLinhVuc 2)."""
SESSION_TRIGGERS = frozenset({Trigger.SCHEDULE, Trigger.MAKE_GOOD, Trigger.RELAY})
"""What makes a session; what a person orders for now is "đột xuất" and makes none."""


class Source(StrEnum):
    """Where the sound came from; the split of the airtime report."""

    RELAY_VOV = "relay_vov"
    RELAY_PROVINCE = "relay_province"
    RELAY_OTHER = "relay_other"
    PROVINCE = "province"
    """Bản tin nguồn: taken in from the provincial system."""
    OWN = "own"
    LIVE = "live"
    URGENT = "urgent"
    DRILL = "drill"


class Group(NamedTuple):
    """Journal rows that agree in the first eight; the rest are their sums."""

    day: date
    session: int
    """Part of the day it was planned in: 0 morning, 1 noon, 2 afternoon."""
    trigger: Trigger
    campaign_id: int | None
    announcement_id: int | None
    dispatch: str
    """Number and symbol; empty = answers none."""
    outcome: AiringOutcome
    reason: str
    rows: int
    sounded: int
    """Rows with any sound."""
    played_ms: int

    @property
    def tally(self) -> Tally:
        """Its rows by how they stand."""
        return Tally.of(self.outcome, self.rows, self.sounded, self.played_ms)

    @property
    def is_heard(self) -> bool:
        """Whether a loudspeaker sounded any of its rows."""
        return self.tally.airings > 0


class SourceAmount(NamedTuple):
    source: Source
    airings: int
    played_ms: int


class End(NamedTuple):
    """How airings ended that were not played whole, and why."""

    outcome: AiringOutcome
    reason: str
    rows: int
    played_ms: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What was to sound and did: as much as a screen shows."""

    total: Tally
    by_dispatch: Mapping[str, Tally]
    by_day: Mapping[date, Tally]
    ends: tuple[End, ...]
    """Most frequent first."""


@dataclass(frozen=True, slots=True)
class Figures(Sums):
    """All that a paper tells."""

    sessions: tuple[tuple[int, int], ...]
    """Planned and held, of morning, noon and afternoon."""
    by_source: tuple[SourceAmount, ...]
    """Every source once, in their order."""
    by_field: Mapping[int, Tally]
    announcements: int
    """Different ones that were heard; relays, live talks and drills are none."""


def sums_of(groups: Iterable[Group]) -> Sums:
    """The sums of a period. `groups`: every journal row of an airing of the period, in groups."""
    kept = list(groups)
    return Sums(
        total=_sum(kept),
        by_dispatch=dict(sorted(_by([one for one in kept if one.dispatch], lambda one: one.dispatch).items())),
        by_day=dict(sorted(_by(kept, lambda one: one.day).items())),
        ends=_ends(kept),
    )


def add_up(
    groups: Iterable[Group],
    relays: Sequence[SourceAmount],
    *,
    fields: Mapping[int, int],
    from_province: frozenset[int] = frozenset(),
) -> Figures:
    """The figures of a period.

    Args:
        groups: every journal row of an airing of the period, in groups.
        relays: the relays among them split by source, see `relay_amounts`.
        fields: field (lĩnh vực) by campaign id.
        from_province: announcements that came in from the provincial system.

    """
    kept = list(groups)
    sums = sums_of(kept)
    return Figures(
        total=sums.total,
        by_dispatch=sums.by_dispatch,
        by_day=sums.by_day,
        ends=sums.ends,
        sessions=_sessions(kept),
        by_source=_sources(kept, relays, from_province),
        by_field=dict(sorted(_by(kept, lambda one: field_of(one.campaign_id, one.trigger, fields)).items())),
        announcements=len({one.announcement_id for one in kept if one.is_heard and _is_announcement(one)}),
    )


def _sources(
    groups: Sequence[Group], relays: Sequence[SourceAmount], from_province: frozenset[int]
) -> tuple[SourceAmount, ...]:
    sums = _by(groups, lambda one: _source(one, from_province))
    relayed = sums.pop(None, Tally())
    split = (sum(one.airings for one in relays), sum(one.played_ms for one in relays))
    if split != (relayed.airings, relayed.played_ms):
        raise ValueError(f"relays of {relayed} were split into {split}")
    named = [*relays, *(SourceAmount(name, of.airings, of.played_ms) for name, of in sums.items() if name)]
    return tuple(
        SourceAmount(
            name,
            sum(one.airings for one in named if one.source is name),
            sum(one.played_ms for one in named if one.source is name),
        )
        for name in Source
    )


def _source(one: Group, from_province: frozenset[int]) -> Source | None:
    """None for a relay, whose source the group does not tell."""
    match one.trigger:
        case Trigger.RELAY:
            return None
        case Trigger.LIVE:
            return Source.LIVE
        case Trigger.DRILL:
            return Source.DRILL
        case Trigger.EMERGENCY:
            return Source.URGENT
        case _:
            return Source.PROVINCE if one.announcement_id in from_province else Source.OWN


def field_of(campaign_id: int | None, trigger: Trigger, fields: Mapping[int, int]) -> int:
    """The field (lĩnh vực) of an airing: its campaign's; an emergency is thông tin đột xuất; else `NO_FIELD`."""
    if campaign_id is not None:
        return fields.get(campaign_id, NO_FIELD)
    return URGENT_FIELD if trigger is Trigger.EMERGENCY else NO_FIELD


def _is_announcement(one: Group) -> bool:
    return one.trigger not in {Trigger.RELAY, Trigger.LIVE, Trigger.DRILL}


def _sessions(groups: Sequence[Group]) -> tuple[tuple[int, int], ...]:
    ours = [one for one in groups if one.trigger in SESSION_TRIGGERS]
    planned = {(one.day, one.session) for one in ours}
    held = {(one.day, one.session) for one in ours if one.is_heard}
    return tuple(
        (sum(part == at for _, part in planned), sum(part == at for _, part in held)) for at in range(len(_PARTS))
    )


_PARTS = ("morning", "noon", "afternoon")


def _ends(groups: Sequence[Group]) -> tuple[End, ...]:
    found: dict[tuple[AiringOutcome, str], list[Group]] = {}
    for one in groups:
        if one.outcome is not AiringOutcome.PLAYED:
            found.setdefault((one.outcome, one.reason), []).append(one)
    ends = [
        End(
            outcome,
            reason,
            sum(one.rows for one in of),
            sum(one.tally.played_ms for one in of),
        )
        for (outcome, reason), of in found.items()
    ]
    return tuple(sorted(ends, key=lambda end: (-end.rows, end.outcome, end.reason)))


def _sum(groups: Iterable[Group]) -> Tally:
    return Tally.total(one.tally for one in groups)


def _by(groups: Iterable[Group], key: Callable[[Group], _Key]) -> dict[_Key, Tally]:
    found: dict[_Key, list[Group]] = {}
    for one in groups:
        found.setdefault(key(one), []).append(one)
    return {name: _sum(of) for name, of in found.items()}


# Relays


class RelayAiring(NamedTuple):
    """A relay as the journal has it."""

    slot_id: str
    title: str
    outcome: AiringOutcome
    start: datetime | None
    end: datetime | None
    played_ms: int

    @property
    def heard_ms(self) -> int:
        """What loudspeakers sounded of it."""
        return 0 if standing_of(self.outcome, self.played_ms) is Standing.RECORDED else self.played_ms


class RelayChange(NamedTuple):
    """From `at` on the relay's sound came from `to`: an address, "fallback", or "none"."""

    at: datetime
    to: str


@dataclass(frozen=True, slots=True)
class Origins:
    """Words that tell a source: looked for in its address, then in the relay's title; small letters."""

    vov: tuple[str, ...]
    province: tuple[str, ...]

    def source_of(self, address: str, title: str) -> Source:
        if address == "fallback":
            return Source.OWN
        for text in (address.lower(), title.lower()):
            if any(word.lower() in text for word in self.vov):
                return Source.RELAY_VOV
            if any(word.lower() in text for word in self.province):
                return Source.RELAY_PROVINCE
        return Source.RELAY_OTHER


def relay_amounts(
    airings: Iterable[RelayAiring], changes: Mapping[str, Sequence[RelayChange]], origins: Origins
) -> tuple[SourceAmount, ...]:
    """Splits what relays have measured by where it came from; the parts add up to the whole to the millisecond.

    `changes`: of each slot, in order of time. An airing counts once, for the source it had longest.
    """
    counted: dict[Source, int] = {}
    measured: dict[Source, int] = {}
    for one in airings:
        parts = _relay_parts(one, changes.get(one.slot_id, ()), origins)
        for source, played_ms in parts.items():
            measured[source] = measured.get(source, 0) + played_ms
        if standing_of(one.outcome, one.played_ms) in {Standing.WHOLE, Standing.PARTLY}:
            main = max(parts, key=lambda name: parts[name])
            counted[main] = counted.get(main, 0) + 1
    names = [name for name in Source if name in measured]
    return tuple(SourceAmount(name, counted.get(name, 0), measured[name]) for name in names)


def _relay_parts(one: RelayAiring, changes: Sequence[RelayChange], origins: Origins) -> dict[Source, int]:
    """Milliseconds by source: as long as each was on, scaled to what was measured of the whole."""
    heard = [change for change in changes if change.to != "none"]
    main = origins.source_of(heard[0].to if heard else "", one.title)
    if one.start is None or one.end is None or not one.heard_ms:
        return {main: one.heard_ms}
    lengths: dict[Source, float] = {}
    for at, change in enumerate(changes):
        until = min(one.end, changes[at + 1].at if at + 1 < len(changes) else one.end)
        length = (until - max(one.start, change.at)).total_seconds()
        if change.to != "none" and length > 0:
            source = origins.source_of(change.to, one.title)
            lengths[source] = lengths.get(source, 0) + length
    whole = sum(lengths.values())
    if not whole:
        return {main: one.heard_ms}
    parts = {source: int(one.heard_ms * length / whole) for source, length in lengths.items()}
    longest = max(parts, key=lambda name: parts[name])
    parts[longest] += one.heard_ms - sum(parts.values())
    return parts
