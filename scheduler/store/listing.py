"""Long tables read a page at a time: what comes before or after a key, never more than asked for.

A page costs the same at the end of a table as at its beginning. It gives keys and rows; what they mean is said
elsewhere.
"""

import json

from scheduler.store.database import Row, Store

__all__ = ["announcement_ids", "campaign_ids", "clip_keys", "dispatch_ids", "ids_before", "journal_after"]


def ids_before(
    store: Store, table: str, where: str, values: tuple[object, ...], before: int | None, limit: int
) -> list[int]:
    """Ids of a table's rows below `before` (None = from the newest), the newest first."""
    sql = f"SELECT id FROM {table} WHERE {where} AND id < ? ORDER BY id DESC LIMIT ?"  # noqa: S608 - names are ours
    return [row["id"] for row in store.rows(sql, (*values, 2**62 if before is None else before, limit))]


def announcement_ids(store: Store, state: str | None, before: int | None, limit: int) -> list[int]:
    """Announcements made of text or a recording, the newest first."""
    where, values = ("kind = 'text' AND state = ?", (state,)) if state else ("kind = 'text'", ())
    return ids_before(store, "announcement", where, values, before, limit)


def campaign_ids(store: Store, state: str | None, before: int | None, limit: int) -> list[int]:
    where, values = ("state = ?", (state,)) if state else ("1 = 1", ())
    return ids_before(store, "campaign", where, values, before, limit)


def dispatch_ids(store: Store, before: int | None, limit: int) -> list[int]:
    return ids_before(store, "dispatch", "1 = 1", (), before, limit)


def clip_keys(store: Store, *, retired: bool, after: str | None, limit: int) -> list[str]:
    """sha256 of the shelf's sounds (chimes are not on it), the newest first, behind the clip `after`."""
    sql = (
        "SELECT sha256 FROM clip WHERE origin <> 'bundled' AND (retired_at IS NOT NULL) = ?"
        " AND (? IS NULL OR (created_at, sha256) < (SELECT created_at, sha256 FROM clip WHERE sha256 = ?))"
        " ORDER BY created_at DESC, sha256 DESC LIMIT ?"
    )
    return [row["sha256"] for row in store.rows(sql, (int(retired), after, after, limit))]


def journal_after(store: Store, seq: int, limit: int) -> list[Row]:
    """Rows of the journal of every kind behind number `seq`, in the order they were written (`outputs` decoded)."""
    rows = store.rows("SELECT * FROM journal WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))
    return [row | {"outputs": json.loads(row["outputs_json"])} for row in rows]
