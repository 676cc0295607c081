"""What a ward tells its town of its log of acts: where it ends and some hashes before, never an act or a name.

The town holds it against the end it was told last. A log that was cut, or whose told row is another row now, is named;
a log that went on is not. Where the ward's numbers began anew (restored, or its other machine took over) both may part
without anybody's guilt, and that is said in its own words. Pure: rows and hashes are arguments.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["CHANGED", "CUT", "NEWEST", "PARTED", "AuditEnd", "body_of", "fault_of", "read"]

CUT, CHANGED, PARTED = "ward_audit_cut", "ward_audit_changed", "ward_audit_parted"
NEWEST = 20
"""Rows before the end whose hashes are told too: a machine that took over need not know what the other told last."""
_SHORT = 32
"""Letters of a hash that are told of rows before the end."""
_LONGEST, _LAST = 64, 1 << 62


@dataclass(frozen=True, slots=True)
class AuditEnd:
    """The end of a ward's log of acts as it told it; row 0 = it has none."""

    seq: int
    hash: str
    before: Mapping[int, str]
    """Row -> the beginning of its hash, "" where the row is gone: the end it told last, and the newest rows."""
    told_last: int | None
    """The row that it told last as its end; None = it has told none."""


def body_of(rows: Sequence[tuple[int, str]], told_last: tuple[int, str] | None) -> dict[str, Any]:
    """`rows`: the newest ones, the newest first; `told_last`: the row told last as it is now, "" where it is gone."""
    seq, hash_ = rows[0] if rows else (0, "")
    told: dict[str, Any] = {"seq": seq, "hash": hash_, "before": [[row, one[:_SHORT]] for row, one in rows[1:]]}
    if told_last is not None:
        told["told"] = [told_last[0], told_last[1][:_SHORT]]
    return told


def read(body: object) -> AuditEnd | None:
    """None where a ward tells nothing of it (an older release), or nothing that can be read."""
    if not isinstance(body, Mapping):
        return None
    end, before, told = [body.get("seq"), body.get("hash")], body.get("before"), body.get("told")
    rows = [end, *(before if isinstance(before, list) else ()), *([told] if told is not None else ())]
    if not all(map(_is_row, rows)):
        return None
    (seq, hash_), *others = rows
    return AuditEnd(seq, hash_, dict(others), told[0] if told is not None else None)


def _is_row(told: object) -> bool:
    if not isinstance(told, list) or len(told) != 2:  # noqa: PLR2004 - a number and a hash
        return False
    seq, hash_ = told
    is_number = isinstance(seq, int) and not isinstance(seq, bool) and 0 <= seq < _LAST
    return is_number and isinstance(hash_, str) and len(hash_) <= _LONGEST


def fault_of(last: tuple[int, str], now: AuditEnd, *, same_line: bool) -> str:
    """What is wrong with the end a ward tells now, behind the one it told `last`; empty = nothing that can be known."""
    seq, hash_ = last
    if not seq:
        return ""  # there was nothing that could be another now
    here = now.hash if now.seq == seq else now.before.get(seq)
    if now.seq < seq:
        fault = CUT
    elif here is not None:
        fault = "" if here and hash_.startswith(here[:_SHORT]) else CHANGED
    else:  # a town that missed an end knows less than the ward; a ward that knows less than the town is another one
        fault = CHANGED if now.told_last is not None and now.told_last < seq else ""
    return fault if same_line or not fault else PARTED
