"""Chứng cứ: the daily checkpoint of the journal as it is signed, and what must hold of a line of checkpoints.

A checkpoint says where the journal's chain stood when a day was over and what had been written since the one before:
airings and measured milliseconds by day and outcome. Each names the signature of the one before it, so that none can
be taken out; a new key begins a new line and names the old one. Signing and its checking are arguments: no key is here.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from scheduler.core.local_time import day_span

__all__ = [
    "FORMAT",
    "SETTLE",
    "Break",
    "Checkpoint",
    "Exported",
    "Fault",
    "Handover",
    "Holds",
    "Sealed",
    "Sum",
    "Verification",
    "closes_at",
    "handed_over",
    "handover_text",
    "line_fault",
    "payload_of",
    "read_payload",
]

_NOTHING: Mapping[str, object] = MappingProxyType({})

FORMAT = "loa-checkpoint-1"
"""First words of what is signed: a signature of ours can be taken for nothing else."""
SETTLE = timedelta(minutes=5)
"""How long after midnight a day is closed: by then what sounded across midnight has been written."""

Holds = Callable[[bytes, str, str], bool]
"""(message, signature, public key), the last two in hex -> was it signed with that key?"""
Sums = Mapping[str, Mapping[str, "Sum"]]
"""Day (ISO) -> outcome -> sum."""


class Break(NamedTuple):
    """The first thing that does not hold: the row's number (None = of a slot or a checkpoint) and what is wrong."""

    seq: int | None
    fault: str
    """For the log, in English."""
    reason: str
    """For people: its sentence is in `core.words.wording`."""
    details: Mapping[str, object] = _NOTHING


class Verification(NamedTuple):
    """How many rows hold (from the first, or from the checkpoint it began at), and the first thing that does not."""

    rows: int
    broken: Break | None
    checkpoints: int = 0
    signed: int = 0
    """Number of the last row that a checkpoint has signed."""
    anchored: int = 0
    """Number of the last row that is anchored outside the database; 0 = none is."""
    notes: tuple[tuple[str, str], ...] = ()
    """What rows say of the anchor itself (reason, note): a restore, a file begun again."""
    audit_rows: int | None = None
    """Rows of the log of acts that hold; None = it was not walked."""

    @property
    def whole(self) -> bool:
        return self.broken is None


class Exported(NamedTuple):
    """What a file holds; `unsigned`: rows behind its last checkpoint, of a day that is not over."""

    rows: int
    checkpoints: int
    unsigned: int


class Sum(NamedTuple):
    """Airings of one outcome, and what was measured of them."""

    airings: int
    ms: int


@dataclass(frozen=True, slots=True)
class Handover:
    """The key before has signed that `new` takes its place."""

    new: str
    proof: str
    """Signature of `handover_text`, in hex."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed when a day is over. Rows `first_seq` to `last_seq` are new since the checkpoint before."""

    number: int
    """1, 2, 3 …, one for each day."""
    station: str
    day: date
    first_seq: int
    last_seq: int
    """Before `first_seq` when nothing was written."""
    last_hash: str
    """Hash of row `last_seq`; 64 zeros when there is no row yet."""
    sums: Sums
    """Of the new rows. A row may speak of another day than the checkpoint's: it was written late, or ahead."""
    broken_at: int | None
    """The first of the new rows that did not hold when the day was closed; None = all held."""
    made_at: str
    previous: str
    """Signature of checkpoint `number` - 1; empty for the first."""
    key: str
    """Public key it is signed with, in hex."""
    key_before: str = ""
    """Public key of the line before, where this one begins a new line."""
    handovers: tuple[Handover, ...] = ()
    """From `key_before` to `key`; empty where the old key was lost and could not agree."""
    clock_back: bool = False
    """People have set right a clock that ran ahead: the day may lie before that of the checkpoint before, and rows
    written under wrong dates are among the new ones."""


class Sealed(NamedTuple):
    """A checkpoint as it is kept: the signed text, byte for byte, and its signature in hex."""

    payload: str
    signature: str


class Fault(NamedTuple):
    """The first checkpoint of a line that does not hold, and the reason code why."""

    number: int
    reason: str


def closes_at(day: date, zone_name: str) -> datetime:
    """When a day of the station is over and can be closed."""
    return day_span(day, zone_name)[1] + SETTLE


def payload_of(checkpoint: Checkpoint) -> str:
    """The text that is signed."""
    told: dict[str, Any] = {
        "format": FORMAT,
        "station": checkpoint.station,
        "number": checkpoint.number,
        "day": checkpoint.day.isoformat(),
        "first_seq": checkpoint.first_seq,
        "last_seq": checkpoint.last_seq,
        "last_hash": checkpoint.last_hash,
        "sums": {
            day: {outcome: one._asdict() for outcome, one in sorted(outcomes.items())}
            for day, outcomes in sorted(checkpoint.sums.items())
        },
        "broken_at": checkpoint.broken_at,
        "made_at": checkpoint.made_at,
        "previous": checkpoint.previous,
        "key": checkpoint.key,
        "key_before": checkpoint.key_before,
        "handovers": [{"new": one.new, "proof": one.proof} for one in checkpoint.handovers],
        **({"clock_back": True} if checkpoint.clock_back else {}),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def read_payload(payload: str) -> Checkpoint:
    """The checkpoint that a signed text tells. Raises ValueError for any other text."""
    try:
        told = json.loads(payload)
        if told.pop("format") != FORMAT:
            raise ValueError(f"not a {FORMAT}")
        day, sums, handovers = told.pop("day"), told.pop("sums"), told.pop("handovers")
        read = Checkpoint(
            day=date.fromisoformat(day),
            sums={name: {outcome: Sum(**one) for outcome, one in found.items()} for name, found in sums.items()},
            handovers=tuple(Handover(**one) for one in handovers),
            **told,
        )
        if payload_of(read) != payload:
            raise ValueError("not written as we write it")
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not a checkpoint: {error}") from error
    return read


def handover_text(old: str, new: str) -> bytes:
    """What an old key signs to let a new one take its place."""
    return f"loa-handover-1 {old} {new}".encode()


def handed_over(old: str, new: str, handovers: Sequence[Handover], holds: Holds) -> bool:
    """Whether `old` agreed, step by step, that `new` signs in its place."""
    at = old
    for one in handovers:
        if not holds(handover_text(at, one.new), one.proof, at):
            return False
        at = one.new
    return at == new


def line_fault(line: Sequence[Sealed], holds: Holds) -> Fault | None:
    """The first checkpoint of the whole line, from number 1, that does not hold.

    A new key needs the old one's consent or the open word that there is none (`handovers` empty): who reads it decides
    then. Whether the rows are those that were signed is the chain's matter.
    """
    before: Checkpoint | None = None
    signature = ""
    for number, sealed in enumerate(line, 1):
        try:
            one = read_payload(sealed.payload)
        except ValueError:
            return Fault(number, "checkpoint_changed")
        if one.number != number or one.previous != signature:
            return Fault(number, "checkpoint_missing")
        if not holds(sealed.payload.encode(), sealed.signature, one.key) or not _follows(one, before):
            return Fault(number, "checkpoint_changed")
        if before and not _same_line(one, before, holds):
            return Fault(number, "checkpoint_foreign_key")
        before, signature = one, sealed.signature
    return None


def _follows(one: Checkpoint, before: Checkpoint | None) -> bool:
    """Days and rows go on where the checkpoint before left them."""
    if before is None:
        return one.first_seq == 1
    stands = one.last_seq > before.last_seq or one.last_hash == before.last_hash
    in_order = one.day > before.day or one.clock_back
    return in_order and one.first_seq == before.last_seq + 1 and one.last_seq >= before.last_seq and stands


def _same_line(one: Checkpoint, before: Checkpoint, holds: Holds) -> bool:
    if one.key == before.key:
        return not one.key_before
    if one.key_before != before.key:
        return False
    return not one.handovers or handed_over(before.key, one.key, one.handovers, holds)
