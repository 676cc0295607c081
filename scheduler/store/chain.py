"""The hash chain of a table: what is hashed of a row, and the walk that finds the first row that does not hold.

A row's hash is the sha256 of the JSON array of its columns in the chain's order, `prev_hash` among them; a row of the
journal written since there are later columns has those behind them, up to the last one that is not NULL. The journal is
such a table, the audit log another. It reads and compares; it writes nothing and knows no signature.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from scheduler.core.report.proof import Break
from scheduler.kernel.database_faults import gives_no_rows
from scheduler.store.database import Row, Store, json_text

GENESIS = "0" * 64
COLUMNS = (
    "seq",
    "at",
    "kind",
    "day",
    "slot_id",
    "campaign_id",
    "announcement_id",
    "title",
    "dispatch_number",
    "zone",
    "priority",
    "trigger",
    "planned_start",
    "actual_start",
    "actual_end",
    "planned_ms",
    "played_ms",
    "outcome",
    "reason",
    "text_sha256",
    "audio_sha256",
    "voice",
    "author",
    "approver",
    "approved_at",
    "operator",
    "outputs_json",
    "note",
    "prev_hash",
)
"""What every row's hash is of. Never edited: the rows of years hang on it."""
LATER = ("zones_json", "shares_json")
"""Hashed behind the others, up to the last that is not NULL; rows older than they are have NULL and hash as they did.
A new one is added at the end."""
_BEFORE_ALL, _BEYOND_ALL = -(2**63), 2**63 - 1


class Chain(NamedTuple):
    """A table whose rows hang together, and what is said of a row that does not hold."""

    table: str
    columns: tuple[str, ...]
    missing: str
    moved: str
    changed: str
    later: tuple[str, ...] = ()
    """Columns that are hashed behind the others, up to the last one that is not NULL."""


JOURNAL = Chain("journal", COLUMNS, "journal_row_missing", "journal_row_moved", "journal_row_changed", LATER)


class Mark(NamedTuple):
    """A place in the chain: a row and its hash."""

    seq: int
    hash: str


START = Mark(0, GENESIS)


class Walked(NamedTuple):
    """How far the chain holds, and why not further (None = it holds to its end)."""

    last: Mark
    broken: Break | None


def row_hash(row: Row, chain: Chain = JOURNAL) -> str:
    later = list(chain.later)
    while later and row.get(later[-1]) is None:
        later.pop()
    told = [*(row[name] for name in chain.columns), *(row.get(name) for name in later)]
    return hashlib.sha256(json_text(told).encode()).hexdigest()


@contextmanager
def snapshot(store: Store) -> Iterator[None]:
    """Let every read inside see the rows of one moment, however long it takes and whoever writes meanwhile."""
    conn = store.db.conn
    if conn.in_transaction:
        yield
        return
    conn.execute("BEGIN")
    try:
        yield
    finally:
        conn.rollback()


def walk(
    store: Store,
    start: Mark = START,
    last: int | None = None,
    marks: Mapping[int, str] = MappingProxyType({}),
    chain: Chain = JOURNAL,
) -> Walked:
    """Walk the rows behind `start`, up to `last` or the end. `marks`: row -> the hash somebody has signed it with."""
    bounds = (start.seq or _BEFORE_ALL, _BEYOND_ALL if last is None else last)
    sha256 = hashlib.sha256
    count, previous = start
    try:
        for seq, before, told, text in store.db.conn.execute(_walk_sql(chain), bounds):
            if seq != count + 1 or before != previous:
                return Walked(Mark(count, previous), _misplaced(count + 1, seq, chain))
            if sha256(text.encode()).hexdigest() != told and not _is_whole_row(store, seq, chain):
                return Walked(Mark(count, previous), _changed(seq, chain))
            if marks and marks.get(seq, told) != told:
                return Walked(Mark(count, previous), _rewritten(seq))
            count, previous = seq, told
    except sqlite3.OperationalError as error:
        if gives_no_rows(error):  # the disk, no memory: it says nothing of a row
            raise
        # a row close ahead holds bytes, or text that is not UTF-8: nothing of ours
        while _is_whole_row(store, count + 1, chain):
            count += 1
        return Walked(Mark(count, previous), _changed(count + 1, chain))
    return Walked(Mark(count, previous), None)


def _names(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


@cache
def _walk_sql(chain: Chain) -> str:
    # SQLite writes the hashed text of a row three times as fast as we can. Where its words differ from ours (an old
    # SQLite escapes some letters another way) the row is looked at again; that two rows share one text, neither can do.
    text = f"json_array({_names(chain.columns)})"
    if chain.later:
        upto = [chain.later[:count] for count in range(len(chain.later), 0, -1)]
        cases = (f"WHEN {later[-1]} IS NOT NULL THEN json_array({_names((*chain.columns, *later))})" for later in upto)
        text = f"CASE {' '.join(cases)} ELSE {text} END"
    return f"SELECT seq, prev_hash, hash, {text} FROM {chain.table} WHERE seq > ? AND seq <= ? ORDER BY seq"  # noqa: S608 - our names


def _is_whole_row(store: Store, seq: int, chain: Chain) -> bool:
    """The last word about a row whose hash is not that of SQLite's text: ours is the one that counts."""
    try:
        row = store.row(f"SELECT * FROM {chain.table} WHERE seq = ?", (seq,))  # noqa: S608 - our name
        return row is not None and row_hash(row, chain) == row["hash"]
    except (TypeError, sqlite3.OperationalError) as error:
        if gives_no_rows(error):
            raise
        return False


def _misplaced(expected: int, found: object, chain: Chain) -> Break:
    if found != expected:
        return Break(expected, f"row {expected} is missing", chain.missing, {"seq": expected})
    return Break(expected, f"row {expected} does not follow row {expected - 1}", chain.moved, {"seq": expected})


def _changed(seq: int, chain: Chain) -> Break:
    return Break(seq, f"row {seq} was changed after it was written", chain.changed, {"seq": seq})


def _rewritten(seq: int) -> Break:
    return Break(seq, f"row {seq} is not the row that a checkpoint has signed", "journal_rewritten", {"seq": seq})
