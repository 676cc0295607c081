"""Rows that a machine wrote alone and the other never got: found, handed over, and told late in the one journal.

They are found where the two chains part. The machine with the air writes each once: as the end of its slot where that
is still open, else as a row of its own that says what the other had written. What else was changed alone is kept in a
file for a person. Nothing of either chain is changed.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from scheduler.core.air.output_share import shares_of
from scheduler.core.model import AiringOutcome
from scheduler.extras.failover.rows import PairRows
from scheduler.extras.failover.work.wire import Asker
from scheduler.kernel.errors import NotFound
from scheduler.station import Station
from scheduler.store import Ending, Entry, instant_or_none

__all__ = ["hand_over", "last_common", "take_late"]

log = logging.getLogger(__name__)

AT_ONCE = 100
LOOK_BACK = 500
TOLD = frozenset({"journal", "airing", "slot", "audit", "todo", "job", "checkpoint"})
"""Tables whose changes need no person: the journal tells of them, or they are made again."""


# The machine that comes back


def hand_over(station: Station, rows: PairRows, asker: Asker, folder: Path) -> int:
    """Tell the other machine of every row of our journal that it never got; how many. Raises Refused."""
    store = station.repos.store
    common = _common(store, asker)
    late = store.rows("SELECT * FROM journal WHERE seq > ? ORDER BY seq", (common,))
    for first in range(0, len(late), AT_ONCE):
        asker.ask("late", rows=late[first : first + AT_ONCE])
    base = asker.ask("base").told
    left = _left_behind(rows, base, folder, station.clock.now().strftime("%Y%m%d-%H%M%S"))
    if late or left:
        log.warning("%d rows of the journal were handed over late, %d other rows stay in a file", len(late), left)
        asker.ask("left", rows=len(late), others=left)
    return len(late)


def _common(store: Any, asker: Asker) -> int:
    """The last row of our journal that the other has too."""
    newest = store.value("SELECT coalesce(max(seq), 0) FROM journal")
    while newest > 0:
        sql = "SELECT seq, hash FROM journal WHERE seq <= ? ORDER BY seq DESC LIMIT ?"
        told = [[row["seq"], row["hash"]] for row in store.rows(sql, (newest, LOOK_BACK))]
        if found := int(asker.ask("common", rows=told).told["seq"]):
            return found
        newest = told[-1][0] - 1
    return 0


def _left_behind(rows: PairRows, base: Mapping[str, Any], folder: Path, when: str) -> int:
    """Write what else was changed here after the other's copy into a file; how many rows."""
    stream = rows.state("stream")
    if not stream or base.get("stream") != stream:
        return 0
    batch = rows.changes(int(base["cursor"]), most=100_000)
    found = [one for one in batch.rows if one[0] not in TOLD] if batch else []
    if found:
        path = folder / f"left-behind-{when}.json"
        with suppress(OSError):
            path.touch(mode=0o600)
            path.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return len(found)


# The machine with the air


def last_common(store: Any, told: Sequence[Sequence[Any]]) -> int:
    """The newest of these rows (number, hash) that stands here too; 0 = none."""
    for seq, digest in sorted(told, key=lambda one: int(one[0]), reverse=True):
        if store.value("SELECT 1 FROM journal WHERE seq = ? AND hash = ?", (int(seq), str(digest))):
            return int(seq)
    return 0


def take_late(station: Station, machine: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """Write rows of the other machine's journal into ours, each once; how many were new."""
    return sum(_take(station, machine, row) for row in rows)


def _take(station: Station, machine: str, row: Mapping[str, Any]) -> bool:
    repos, now = station.repos, station.clock.now()
    note = f"{machine} #{row['seq']} {row['hash']}"
    with repos.store.write() as db:
        if repos.store.value("SELECT 1 FROM pair_late WHERE hash = ?", (row["hash"],)):
            return False
        if not (row["kind"] == "airing" and _closed(repos.slots.close, repos.slots.slot, row, note, now)):
            repos.journal.append(db, _entry(row, note, now))
        seq = repos.store.value("SELECT max(seq) FROM journal")
        db.conn.execute("INSERT INTO pair_late VALUES (?, ?)", (row["hash"], seq))
    return True


def _closed(
    close: Callable[..., bool], slot: Callable[[str], Any], row: Mapping[str, Any], note: str, now: Any
) -> bool:
    """End the slot as the other machine measured it, where nobody has ended it here."""
    try:
        if slot(str(row["slot_id"])).outcome is not None:
            return False
    except NotFound:
        return False
    ending = Ending(
        AiringOutcome(row["outcome"]),
        row["reason"],
        instant_or_none(row["actual_start"]),
        instant_or_none(row["actual_end"]),
        row["played_ms"] or 0,
        json.loads(row["outputs_json"]),
        f"late: {note}",
        shares_of(row),
    )
    return close(str(row["slot_id"]), ending, now)


def _entry(row: Mapping[str, Any], note: str, now: Any) -> Entry:
    """A row that tells what the other had written; no sum counts it."""
    told = (
        "day", "slot_id", "campaign_id", "announcement_id", "title", "dispatch_number", "zone", "priority", "trigger",
        "planned_start", "actual_start", "actual_end", "planned_ms", "played_ms", "outcome", "reason", "text_sha256",
        "audio_sha256", "voice", "author", "approver", "approved_at", "operator",
    )  # fmt: skip
    values = {name: row[name] for name in told}
    outputs = json.loads(row["outputs_json"])
    said = "; ".join(filter(None, (f"{row['kind']} {row['at']}", note, row["note"])))
    return Entry(at=now, kind="late", outputs=outputs, note=said, shares=shares_of(row), **values)
