"""The province's rows: the inbox of its bulletins, the queue of what goes up to it, and how far the journal is queued.

What was queued stays until the server has taken it, across restarts and weeks without a network; it is made and the
journal's cursor moved in one transaction, so that no airing is queued twice or left out.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scheduler.core.air.output_share import shares_of
from scheduler.core.air.standing import Standing, standing_of
from scheduler.core.people.person_names import full_name
from scheduler.extras.inbox.rows import InboxRows, Table
from scheduler.extras.province.rules.kept import BulletinRow
from scheduler.extras.province.rules.uplink import AiredRow
from scheduler.kernel.errors import Refused, as_texts
from scheduler.store.database import Row, Store, instant_or_none, instant_text, json_text, update
from scheduler.store.mapper import Column, Mapper, Of

JOURNAL = "journal"
KEPT = timedelta(days=90)
"""How long what has been sent is remembered."""


@dataclass(frozen=True, slots=True)
class QueuedLog:
    id: int
    key: str
    body: dict[str, Any]
    tries: int


@dataclass(frozen=True, slots=True)
class Queue:
    """How the queue stands. `refused`: set aside because the server would not have them."""

    waiting: int
    sent: int
    refused: int
    oldest: datetime | None


TABLE = Table(
    "province_inbox",
    BulletinRow,
    missing="bulletin",
    decided="province_decided",
    columns={"raw": Column("bulletin_json")},
)


class Bulletins(InboxRows[BulletinRow]):
    def __init__(self, store: Store) -> None:
        super().__init__(store, TABLE)

    def versions(self, bulletin_id: str) -> list[BulletinRow]:
        """Every version of a bulletin, the oldest first."""
        return self.many("bulletin_id = ? ORDER BY version", (bulletin_id,))

    def unfetched(self, now: datetime, most_tries: int, limit: int = 200) -> list[BulletinRow]:
        """Rows whose sound nobody has made a job of yet, and which are due for a try; decided ones first."""
        return self.many(
            """state IN ('preparing', 'waiting') AND way <> 'air' AND announcement_id IS NOT NULL AND job_id IS NULL
                AND tries < ? AND (retry_at IS NULL OR retry_at <= ?) ORDER BY state = 'waiting', id LIMIT ?""",
            (most_tries, instant_text(now), limit),
        )


class Outbox:
    """What goes up, and how far the journal is queued."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def cursor(self, name: str = JOURNAL) -> int | None:
        found = self.store.value("SELECT value FROM province_cursor WHERE name = ?", (name,))
        return int(found) if found is not None else None

    def begin(self) -> None:
        """The link exists from now on: what the journal holds already is not told upwards."""
        with self.store.write() as db:
            db.conn.execute(
                "INSERT INTO province_cursor (name, value) SELECT ?, coalesce(max(seq), 0) FROM journal WHERE 1"
                " ON CONFLICT(name) DO NOTHING",
                (JOURNAL,),
            )

    def heard_after(self, seq: int, limit: int) -> tuple[list[AiredRow], int]:
        """What was heard of the airings past journal row `seq`, and the last row that was looked at."""
        sql = """SELECT j.*, a.created_at AS made_at, c.field AS field, i.bulletin_json,
                (SELECT json_group_array(r.note) FROM journal r WHERE j.trigger = 'relay' AND r.kind = 'relay'
                    AND r.day = j.day AND instr(r.note, j.slot_id || ': ') = 1) AS relay_notes_json
            FROM journal j
            LEFT JOIN announcement a ON a.id = j.announcement_id
            LEFT JOIN campaign c ON c.id = j.campaign_id
            LEFT JOIN province_inbox i ON i.id =
                (SELECT max(o.id) FROM province_inbox o WHERE o.announcement_id = j.announcement_id)
            WHERE j.seq > ? AND j.kind = 'airing' AND j.trigger <> 'test' ORDER BY j.seq LIMIT ?"""
        rows = self.store.rows(sql, (seq, limit))
        return _AIRED.read_all(filter(_is_heard, rows)), rows[-1]["seq"] if rows else seq

    def queue_logs(self, logs: Iterable[tuple[int, str, dict[str, object]]], cursor: int, now: datetime) -> int:
        """Queue logs (journal row, key, body) and move the cursor to `cursor`, or neither; how many were new."""
        added = 0
        with self.store.write() as db:
            for seq, key, body in logs:
                done = db.conn.execute(
                    "INSERT INTO province_outbox (key, seq, body_json, queued_at) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT(key) DO NOTHING",
                    (key, seq, json_text(body), instant_text(now)),
                )
                added += done.rowcount
            update(db, "province_cursor", {"name": JOURNAL}, {"value": cursor})
        return added

    def next_log(self, tried_less_than: int | None = None) -> QueuedLog | None:
        """The oldest log that the server has not taken, or that it has not refused so often yet."""
        sql = (
            "SELECT * FROM province_outbox WHERE ended_at IS NULL AND (:most IS NULL OR tries < :most)"
            " ORDER BY id LIMIT 1"
        )
        row = self.store.row(sql, {"most": tried_less_than})
        return _QUEUED.read(row) if row else None

    def log_sent(self, log_id: int, now: datetime) -> None:
        with self.store.write() as db:
            values = {"ended_at": instant_text(now), "sent": 1, "reason": "", "details_json": "{}"}
            update(db, "province_outbox", {"id": log_id, "ended_at": None}, values)

    def log_failed(self, log: QueuedLog, refused: Refused, now: datetime, *, for_good: bool) -> None:
        """A try that failed; `for_good`: the server will not have it, the ones behind it go on."""
        told = as_texts(refused.details)
        values: Row = {"tries": log.tries + 1, "reason": refused.reason, "details_json": json_text(told)}
        if for_good:
            values["ended_at"] = instant_text(now)
        with self.store.write() as db:
            update(db, "province_outbox", {"id": log.id, "ended_at": None}, values)

    def queue(self) -> Queue:
        row = self.store.row(
            "SELECT count(*) FILTER (WHERE ended_at IS NULL) AS waiting, count(*) FILTER (WHERE sent = 1) AS sent,"
            " count(*) FILTER (WHERE ended_at IS NOT NULL AND sent = 0) AS refused,"
            " min(queued_at) FILTER (WHERE ended_at IS NULL) AS oldest FROM province_outbox"
        )
        assert row is not None  # noqa: S101 - an aggregate always gives its one row
        return Queue(row["waiting"], row["sent"], row["refused"], instant_or_none(row["oldest"]))

    def forget(self, now: datetime) -> None:
        """Drop what was sent long ago; the journal keeps the airings themselves."""
        with self.store.write() as db:
            db.conn.execute("DELETE FROM province_outbox WHERE sent = 1 AND ended_at < ?", (instant_text(now - KEPT),))


def _is_heard(row: Row) -> bool:
    heard = standing_of(row["outcome"], row["played_ms"]) in {Standing.WHOLE, Standing.PARTLY}
    return heard and bool(row["actual_start"])


def _sources(row: Row) -> Iterator[str]:
    """The addresses that a relay took its sound from, by what playout noted of each change."""
    for note in json.loads(row["relay_notes_json"] or "[]"):
        source = note.partition(" -> ")[2].strip()
        if source not in {"", "none", "fallback"}:
            yield source


_QUEUED = Mapper(QueuedLog, "province_outbox")
_AIRED = Mapper(
    AiredRow,
    "journal",
    started_at=Column("actual_start"),
    ended_at=Column("actual_end"),
    shares=Of(shares_of),
    author=Column("author", full_name),
    approver=Column("approver", full_name),
    operator=Column("operator", full_name),
    bulletin=Column("bulletin_json", lambda text: json.loads(text) if text else None),
    relay_sources=Of(lambda row: tuple(dict.fromkeys(_sources(row)))),
)
