"""The file a superior gets: a head, then rows and checkpoints in the order in which they were made, one JSON a line.

It is cut at checkpoints, so that every row in it lies between two of them, and goes as far as the last row that speaks
of a day asked for, also when that was written later. It holds nothing that is not in the rows; whether they hold is for
`deploy/loa_verify.py` to say, which reads it without us.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from scheduler.core.report.proof import Checkpoint, Exported, Sealed, read_payload
from scheduler.kernel.durable import put_in_place
from scheduler.kernel.errors import Refused
from scheduler.store.air.checkpoints import Checkpoints
from scheduler.store.chain import COLUMNS, LATER, snapshot
from scheduler.store.database import Store, json_text

FORMAT = "loa-proof-1"
_NO_SPACE = 28


class _Cut(NamedTuple):
    anchor: Sealed | None
    """The checkpoint the first row follows; None = it is the first row of all."""
    line: tuple[tuple[Checkpoint, Sealed], ...]
    """The checkpoints whose rows are told, in order."""
    first_seq: int
    last_seq: int


def write_proof(store: Store, head: Mapping[str, Any], first: date, last: date, path: Path) -> Exported:
    """Write the proof of the days `first` to `last`.

    Raises Refused proof_nothing, disk_full, file_unwritable; journal_unreadable where a row is not even text.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        with snapshot(store):
            cut = _cut(store, first, last)
            with beside.open("w", encoding="utf-8") as out:
                out.writelines(f"{line}\n" for line in _lines(store, cut, head, first, last))
                out.flush()
                os.fsync(out.fileno())
        put_in_place(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        if error.errno == _NO_SPACE:
            raise Refused("disk_full") from error
        raise Refused("file_unwritable", path=path) from error
    except sqlite3.OperationalError as error:
        beside.unlink(missing_ok=True)
        raise Refused("journal_unreadable") from error
    signed = cut.line[-1][0].last_seq if cut.line else cut.first_seq - 1
    rows = cut.last_seq - cut.first_seq + 1
    return Exported(rows, len(cut.line) + (cut.anchor is not None), cut.last_seq - signed)


def _cut(store: Store, first: date, last: date) -> _Cut:
    """Which checkpoints and rows prove these days."""
    days = (first.isoformat(), last.isoformat())
    spoken = store.row("SELECT min(seq) AS first, max(seq) AS last FROM journal WHERE day BETWEEN ? AND ?", days)
    first_row, last_row = (spoken["first"] or 0, spoken["last"] or 0) if spoken else (0, 0)
    line = [(read_payload(one.payload), one) for one in Checkpoints(store).all()]
    if not last_row and not any(first <= one.day <= last for one, _ in line):
        raise Refused("proof_nothing")
    begin = _first(line, lambda one: one.day >= first or (first_row > 0 and one.last_seq >= first_row))
    past_day = _first(line, lambda one: one.day > last)
    past_rows = _first(line, lambda one: one.last_seq >= last_row) + 1 if last_row else 0
    end = min(max(begin, past_day, past_rows), len(line))
    anchor = line[begin - 1] if begin else None
    signed = line[end - 1][0].last_seq if end else 0
    return _Cut(
        anchor=anchor[1] if anchor else None,
        line=tuple(line[begin:end]),
        first_seq=anchor[0].last_seq + 1 if anchor else 1,
        last_seq=max(signed, last_row),
    )


def _first(line: Sequence[tuple[Checkpoint, Sealed]], wanted: Callable[[Checkpoint], bool]) -> int:
    """The place of the first checkpoint of that kind; behind all of them when there is none."""
    return next((place for place, (one, _) in enumerate(line) if wanted(one)), len(line))


def _lines(store: Store, cut: _Cut, head: Mapping[str, Any], first: date, last: date) -> Iterator[str]:
    told = {"format": FORMAT, **head, "first_day": first.isoformat(), "last_day": last.isoformat()}
    yield json_text(told)
    if cut.anchor:
        yield _checkpoint(cut.anchor)
    at = cut.first_seq
    for one, sealed in cut.line:
        yield from _rows(store, at, one.last_seq)
        yield _checkpoint(sealed)
        at = one.last_seq + 1
    yield from _rows(store, at, cut.last_seq)


def _checkpoint(sealed: Sealed) -> str:
    return json_text({"checkpoint": sealed.payload, "signature": sealed.signature})


def _rows(store: Store, first: int, last: int) -> Iterator[str]:
    names = (*COLUMNS, *LATER, "hash")
    sql = f"SELECT {', '.join(map(_quoted, names))} FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq"  # noqa: S608 - our names
    for values in store.db.conn.execute(sql, (first, last)):
        told = {"row": dict(zip(names, values, strict=True))}
        yield json.dumps(
            told, ensure_ascii=False, separators=(",", ":"), default=repr
        )  # bytes: somebody put them there


def _quoted(name: str) -> str:
    return f'"{name}"'
