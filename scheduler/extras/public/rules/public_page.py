"""Trang công khai: which airings the public page tells of, how they are put together, and what it never says.

An airing is told when something of it was heard. The same words aired several times are one item with all its times;
a correction stands beside what it corrects. Live talk and relays are only named. Words are shown as long as they are
those that were aired and nobody has taken them back. No name of a person and no number of ours is in what comes out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.core.air.standing import Standing, standing_of
from scheduler.core.model import AiringOutcome, AnnouncementState, Trigger

__all__ = ["SHOWN_FOR", "Aired", "Item", "Time", "items"]

SHOWN_FOR = timedelta(hours=24)
"""How long after its end an airing is told of."""
_NAMED_ONLY = frozenset({Trigger.RELAY, Trigger.LIVE})
_UNTOLD = frozenset({Trigger.TEST})
_HEARD = frozenset({Standing.WHOLE, Standing.PARTLY})
"""A tone on one loudspeaker: nothing was said."""


@dataclass(frozen=True, slots=True)
class Aired:
    """One journal row of an airing with sound, and what its announcement is today."""

    slot_id: str
    hash: str
    title: str
    trigger: Trigger
    zone: str
    start: datetime
    played_ms: int
    outcome: AiringOutcome
    audio_sha256: str
    text_sha256: str
    announcement_id: int | None
    text: str
    """As it stands today; '' = none."""
    text_sha256_now: str
    state: AnnouncementState | None
    corrects: str
    """The slot of the emergency that it puts right."""


@dataclass(frozen=True, slots=True)
class Time:
    start: datetime
    zone: str
    partly: bool
    """Not to its end."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was said. `text` '' = its words are not told, for the reason in `silence`."""

    key: str
    """Of one of its journal rows' hashes: the address of its sound is made of it."""
    title: str
    trigger: Trigger
    times: tuple[Time, ...]
    """Newest first."""
    text: str
    silence: str
    """Why there are no words: named_only, taken_back, changed_since, no_words; '' = there are."""
    audio_sha256: str
    """'' = its sound is not given."""
    slots: frozenset[str] = frozenset()
    corrects: str = ""
    corrected: tuple["Item", ...] = ()
    """What puts it right, newest first."""

    @property
    def newest(self) -> Time:
        return self.times[0]


def items(rows: Iterable[Aired]) -> list[Item]:
    """Everything that was heard, newest first; each thing once."""
    together: dict[tuple[object, ...], list[Aired]] = {}
    for row in rows:
        if standing_of(row.outcome, row.played_ms) in _HEARD and row.trigger not in _UNTOLD:
            together.setdefault(_sameness(row), []).append(row)
    found = [_item(sorted(group, key=lambda one: one.start, reverse=True)) for group in together.values()]
    found.sort(key=lambda one: one.newest.start, reverse=True)
    return _with_corrections(found)


def _sameness(row: Aired) -> tuple[object, ...]:
    if row.trigger in _NAMED_ONLY:
        return (row.slot_id,)
    urgent = row.trigger if row.trigger in {Trigger.EMERGENCY, Trigger.DRILL} else None
    return (row.announcement_id, row.text_sha256, row.audio_sha256, urgent)


def _item(rows: Sequence[Aired]) -> Item:
    newest = rows[0]
    silence = _silence(newest)
    offered = silence not in {"named_only", "taken_back"}
    return Item(
        key=newest.hash,
        title=newest.title,
        trigger=newest.trigger,
        times=tuple(Time(one.start, one.zone, one.outcome is not AiringOutcome.PLAYED) for one in rows),
        text="" if silence else newest.text,
        silence=silence,
        audio_sha256=newest.audio_sha256 if offered else "",
        slots=frozenset(one.slot_id for one in rows),
        corrects=newest.corrects,
    )


def _silence(row: Aired) -> str:
    if row.trigger in _NAMED_ONLY:
        return "named_only"
    if row.state is AnnouncementState.WITHDRAWN:
        return "taken_back"
    if not row.text.strip():
        return "no_words"
    return "" if row.text_sha256 == row.text_sha256_now else "changed_since"


def _with_corrections(found: Sequence[Item]) -> list[Item]:
    puts_right: Mapping[str, list[Item]] = _by_slot(found)
    return [
        replace(one, corrected=tuple(fix for slot in sorted(one.slots) for fix in puts_right.get(slot, ())))
        for one in found
    ]


def _by_slot(found: Sequence[Item]) -> dict[str, list[Item]]:
    by_slot: dict[str, list[Item]] = {}
    for one in found:
        if one.corrects:
            by_slot.setdefault(one.corrects, []).append(one)
    return by_slot
