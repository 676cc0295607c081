"""How much of an airing each output sounded, and what is said of the airing for it: pure rules, no I/O, no clock.

An airing is judged by its loudspeakers: the outputs that count. In each zone the worst of them is the truth, never the
best; a zone without one is only recorded. What was cut is no hole: a hole is what an output was to sound and did not.
Nothing here measures anything; playout does, and the journal keeps it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from scheduler.core.air.output_kinds import output_kind
from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.planning.sessions import sounds_in

__all__ = [
    "WHOLE",
    "Hole",
    "OutputShare",
    "after_cut",
    "counts_as_written",
    "counts_by_kind",
    "described",
    "from_row",
    "going_on",
    "headline",
    "heard_to_ms",
    "is_heard",
    "of_loudspeakers",
    "shares_of",
    "to_row",
    "worst",
    "worst_by_zone",
]

WHOLE = 0.95
"""The share of what it was to sound from which an output has sounded it whole."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch that an output was to sound and did not; `start_ms` from the airing's start."""

    start_ms: int
    length_ms: int

    @property
    def end_ms(self) -> int:
        return self.start_ms + self.length_ms


@dataclass(frozen=True, slots=True)
class OutputShare:
    """One airing on one output, as measured."""

    name: str
    kind: str
    """The kind that was really open: an `auto` without a sound card is a wavfile."""
    counts: bool
    """Whether a loudspeaker stands behind it."""
    zones: tuple[str, ...]
    played_ms: int
    """What of it was heard there, or written where nothing is heard."""
    total_ms: int
    """What it was to sound if nobody had cut it."""
    first_at: datetime | None = None
    """The instant of its first frame; None = it took none."""
    holes: tuple[Hole, ...] = ()
    fault: str = ""
    """What was wrong with it; a reason code where the gate refused it."""
    is_refused: bool = False
    """The gate said no to this output's zones alone: its own truth, and nobody else's."""

    @property
    def lost_ms(self) -> int:
        return sum(hole.length_ms for hole in self.holes)

    @property
    def due_ms(self) -> int:
        """What it was to sound up to its end or its cut."""
        return self.played_ms + self.lost_ms

    @property
    def sounded_to_ms(self) -> int:
        """Where its sound ended: a hole at the end is no sound."""
        last = self.holes[-1] if self.holes else None
        return last.start_ms if last and last.end_ms >= self.due_ms else self.due_ms

    @property
    def share(self) -> float:
        """Of the whole airing, from 0 to 1."""
        return min(1.0, self.played_ms / self.total_ms) if self.total_ms > 0 else 0.0

    @property
    def is_whole(self) -> bool:
        """Whether it sounded what it was to sound, up to a cut that somebody ordered."""
        return not self.is_refused and self.played_ms > 0 and self.played_ms >= WHOLE * self.due_ms

    @property
    def state(self) -> str:
        """`ok`, or what was wrong with it; empty = it was cut before its first frame was due."""
        if self.is_whole:
            return "ok"
        if self.fault or not self.due_ms:
            return self.fault
        return "took no sound" if not self.played_ms else f"sounded {self.played_ms} of {self.due_ms} ms"


def counts_by_kind(kind: str) -> bool:
    """Whether an output of this kind counts as a loudspeaker where the configuration does not say."""
    return output_kind(kind).counts


def counts_as_written(wanted: str, kind: str, *, written: bool | None) -> bool:
    """Whether an output counts that is configured as `wanted` and really of `kind`; `written`: its key `counts`.

    What is written of an `auto` is said of the sound card it is to find: the files it writes without one never count.
    """
    if written is None or (wanted == "auto" and kind == "wavfile"):
        return counts_by_kind(kind)
    return written


def of_loudspeakers(shares: Iterable[OutputShare]) -> tuple[OutputShare, ...]:
    """The shares an airing is judged by. One that the gate refused by itself counts only where all were refused."""
    counting = tuple(one for one in shares if one.counts)
    return tuple(one for one in counting if not one.is_refused) or counting


def is_heard(shares: Iterable[OutputShare] | None, played_ms: int = 0) -> bool:
    """Whether any loudspeaker sounded any of it. `played_ms`: what the worst of them did, as it was told.

    None = nobody has measured each of them.
    """
    return bool(played_ms) or any(one.counts and one.played_ms for one in shares or ())


def heard_to_ms(shares: Iterable[OutputShare] | None) -> int:
    """When the last loudspeaker that sounded it fell silent, in ms from the airing's start; 0 = none sounded."""
    return max((one.sounded_to_ms for one in shares or () if one.counts and one.played_ms), default=0)


def worst(shares: Iterable[OutputShare]) -> OutputShare | None:
    """The headline of an airing: the loudspeaker that sounded the least of it. None = no loudspeaker is among them."""
    return min(of_loudspeakers(shares), key=lambda one: (one.share, one.played_ms, one.name), default=None)


def headline(shares: Sequence[OutputShare]) -> OutputShare | None:
    """The worst loudspeaker; where there is none, what was recorded the least."""
    return worst(shares) or worst(replace(one, counts=True) for one in shares)


def worst_by_zone(shares: Sequence[OutputShare], zone: str = DEFAULT_ZONE) -> dict[str, OutputShare | None]:
    """Zone -> its worst loudspeaker (None = it was only recorded there), of what aired in `zone`."""
    named = sorted({one for share in shares for one in share.zones})
    asked = named if zone == DEFAULT_ZONE else [zone]
    return {one: worst(share for share in shares if sounds_in(one, share.zones)) for one in asked}


def after_cut(before: Sequence[OutputShare], now: Sequence[OutputShare]) -> tuple[OutputShare, ...]:
    """Two attempts as one, output by output: what was cut at the end of the first is not owed by it a second time.

    An output that one of them does not name was not there: all that the other was to sound is a hole.
    """
    then = {one.name: one for one in before}
    named = {one.name: one for one in now}
    gone = max((one.due_ms for one in before), default=0)
    to_come = max((one.total_ms for one in now), default=0)
    joined: list[OutputShare] = []
    for name in {**then, **named}:
        first, second = then.get(name), named.get(name)
        if first is None and second is not None:
            first = _absent(second, gone)
        if second is None and first is not None:
            second = _absent(first, to_come)
        if first is not None and second is not None:
            joined.append(_joined(first, second))
    return tuple(joined)


def _absent(there: OutputShare, length_ms: int) -> OutputShare:
    holes = (Hole(0, length_ms),) if length_ms else ()
    return replace(there, played_ms=0, total_ms=length_ms, first_at=None, holes=holes, fault="", is_refused=False)


def _joined(first: OutputShare, second: OutputShare) -> OutputShare:
    moved = tuple(Hole(first.due_ms + hole.start_ms, hole.length_ms) for hole in second.holes)
    return replace(
        second,
        counts=first.counts or second.counts,
        played_ms=first.played_ms + second.played_ms,
        total_ms=first.due_ms + second.total_ms,
        first_at=first.first_at or second.first_at,
        holes=_merged((*first.holes, *moved)),
        fault=second.fault or first.fault,
    )


def _merged(holes: Iterable[Hole]) -> tuple[Hole, ...]:
    merged: list[Hole] = []
    for hole in holes:
        if merged and merged[-1].end_ms == hole.start_ms:
            merged[-1] = Hole(merged[-1].start_ms, merged[-1].length_ms + hole.length_ms)
        elif hole.length_ms > 0:
            merged.append(hole)
    return tuple(merged)


def going_on(before: Sequence[OutputShare], now: Sequence[OutputShare], whole_ms: int) -> tuple[OutputShare, ...]:
    """What counts for the next attempt after one was cut; nothing where less than half was heard: it begins anew."""
    run = after_cut(before, now)
    found = headline(run)
    return run if found and found.played_ms * 2 >= whole_ms else ()


def described(share: OutputShare) -> str:
    """One line for a log or a terminal: "card 8.75 of 20 s, 1 hole of 11.2 s"."""
    name = f"{share.name} sent" if output_kind(share.kind).unanswered else share.name
    said = f"{name} {_seconds(share.played_ms)} of {_seconds(share.total_ms)} s"
    if share.holes:
        longest = max(hole.length_ms for hole in share.holes)
        many = "1 hole of" if len(share.holes) == 1 else f"{len(share.holes)} holes, the longest"
        said += f", {many} {_seconds(longest)} s"
    return said + ("" if share.counts else ", no loudspeaker") + (f" ({share.fault})" if share.fault else "")


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.2f}".rstrip("0").rstrip(".")


def to_row(shares: Iterable[OutputShare]) -> list[dict[str, Any]]:
    """As it stands in `shares_json`. Instants are UTC with microseconds, as everywhere in the store."""
    return [
        {
            "name": one.name,
            "kind": one.kind,
            "counts": one.counts,
            "zones": list(one.zones),
            "played_ms": one.played_ms,
            "total_ms": one.total_ms,
            "first_at": one.first_at.astimezone(UTC).isoformat(timespec="microseconds") if one.first_at else None,
            "holes": [[hole.start_ms, hole.length_ms] for hole in one.holes],
            "fault": one.fault,
            "refused": one.is_refused,
        }
        for one in shares
    ]


def from_row(row: Iterable[Mapping[str, Any]]) -> tuple[OutputShare, ...]:
    """The shares of a row's `shares_json`, decoded. Old rows have none: give an empty list for NULL."""
    return tuple(
        OutputShare(
            name=one["name"],
            kind=one["kind"],
            counts=bool(one["counts"]),
            zones=tuple(one["zones"]),
            played_ms=one["played_ms"],
            total_ms=one["total_ms"],
            first_at=datetime.fromisoformat(one["first_at"]) if one["first_at"] else None,
            holes=tuple(Hole(*hole) for hole in one["holes"]),
            fault=one["fault"],
            is_refused=bool(one["refused"]),
        )
        for one in row
    )


def shares_of(row: Mapping[str, Any]) -> tuple[OutputShare, ...] | None:
    """What a row of the journal or of an attempt says of each output; None = it was not measured then."""
    told = row.get("shares_json")  # an older machine of a pair tells none
    return None if told is None else from_row(json.loads(told))
