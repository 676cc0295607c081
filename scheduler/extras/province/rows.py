"""The province's rows: the inbox of its bulletins, the queue of what goes up to it, and how far the journal is queued.

A bulletin that changed is a new row, the old one stays. What was queued stays until the server has taken it, across
restarts and weeks without a network; it is made and the journal's cursor moved in one transaction, so that no airing
is queued twice or left out. What a row means, and who may change it, is the desk's.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scheduler.extras.province.rules.bulletins import Doubt
from scheduler.kernel.errors import NotFound, Refused
from scheduler.store.database import Row, Store, insert, instant_of, instant_or_none, instant_text, json_text, update

JOURNAL = "journal"
KEPT = timedelta(days=90)
"""How long what has been sent is remembered."""
OPEN_STATES = ("waiting", "preparing", "approval", "planned")


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One version of a bulletin, as kept."""

    id: int
    bulletin_id: str
    version: int
    digest: str
    said: str
    raw: dict[str, Any]
    """As it came."""
    title: str
    priority: int
    zone: str
    state: str
    """waiting | preparing | approval | planned | aired | dismissed | superseded | cancelled | expired"""
    way: str
    """What was decided: air | session | now, empty = nothing yet."""
    doubts: tuple[Doubt, ...]
    reason: str
    details: dict[str, str]
    announcement_id: int | None
    campaign_id: int | None
    slot_id: str | None
    job_id: int | None
    tries: int
    retry_at: datetime | None
    issuer_id: int
    received_at: datetime
    expires_at: datetime | None
    decided_by: int | None
    decided_at: datetime | None

    @property
    def open(self) -> bool:
        """Something may still become of it."""
        return self.state in OPEN_STATES


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


class Province:
    def __init__(self, store: Store) -> None:
        self.store = store

    # Inbox

    def newest(self, bulletin_id: str) -> InboxRow | None:
        """The last version of a bulletin."""
        row = self.store.row(
            "SELECT * FROM province_inbox WHERE bulletin_id = ? ORDER BY version DESC LIMIT 1", (bulletin_id,)
        )
        return _inbox(row) if row else None

    def versions(self, bulletin_id: str) -> list[InboxRow]:
        sql = "SELECT * FROM province_inbox WHERE bulletin_id = ? ORDER BY version"
        return [_inbox(row) for row in self.store.rows(sql, (bulletin_id,))]

    def add(self, values: Row) -> int:
        with self.store.write() as db:
            return insert(db, "province_inbox", values)

    def get(self, inbox_id: int) -> InboxRow:
        row = self.store.row("SELECT * FROM province_inbox WHERE id = ?", (inbox_id,))
        if row is None:
            raise NotFound("bulletin", inbox_id)
        return _inbox(row)

    def listed(self, states: Sequence[str], limit: int = 200) -> list[InboxRow]:
        """Rows in these states, the newest first; emergencies before all."""
        marks = ", ".join("?" for _ in states)
        sql = f"SELECT * FROM province_inbox WHERE state IN ({marks}) ORDER BY priority = 1 DESC, id DESC LIMIT ?"  # noqa: S608 - marks only
        return [_inbox(row) for row in self.store.rows(sql, (*states, limit))]

    def to_tend(self, now: datetime, limit: int = 200) -> list[InboxRow]:
        """Rows that may have a next step: decided ones first, then those that wait without a sound or have expired."""
        sql = """SELECT i.* FROM province_inbox i LEFT JOIN announcement a ON a.id = i.announcement_id
            WHERE i.state IN ('preparing', 'approval', 'planned')
                OR (i.state = 'waiting' AND (i.expires_at <= ? OR (a.id IS NOT NULL AND a.audio_sha256 IS NULL)))
            ORDER BY i.state = 'waiting', i.id LIMIT ?"""
        return [_inbox(row) for row in self.store.rows(sql, (instant_text(now), limit))]

    def unfetched(self, now: datetime, most_tries: int, limit: int = 200) -> list[InboxRow]:
        """Rows whose sound nobody has made a job of yet, and which are due for a try; decided ones first."""
        sql = """SELECT * FROM province_inbox WHERE state IN ('preparing', 'waiting') AND way <> 'air'
                AND announcement_id IS NOT NULL AND job_id IS NULL AND tries < ?
                AND (retry_at IS NULL OR retry_at <= ?)
            ORDER BY state = 'waiting', id LIMIT ?"""
        return [_inbox(row) for row in self.store.rows(sql, (most_tries, instant_text(now), limit))]

    def count(self, state: str, *, emergency: bool = False) -> int:
        only = " AND priority = 1" if emergency else ""
        return int(self.store.value(f"SELECT count(*) FROM province_inbox WHERE state = ?{only}", (state,)))  # noqa: S608 - our text

    def of_announcement(self, announcement_id: int) -> InboxRow | None:
        row = self.store.row(
            "SELECT * FROM province_inbox WHERE announcement_id = ? ORDER BY id DESC LIMIT 1", (announcement_id,)
        )
        return _inbox(row) if row else None

    def change(self, seen: InboxRow, values: Mapping[str, Any]) -> InboxRow:
        """Write `values` if the row still is in the state and way it was seen in, else Refused province_decided."""
        with self.store.write() as db:
            if not update(db, "province_inbox", {"id": seen.id, "state": seen.state, "way": seen.way}, values):
                raise Refused("province_decided")
        return self.get(seen.id)

    def slot_of(self, announcement_id: int, trigger: str) -> str | None:
        """The newest order of an announcement by this trigger: an act that a crash cut off is not done again."""
        sql = "SELECT id FROM slot WHERE announcement_id = ? AND trigger = ? ORDER BY created_at DESC LIMIT 1"
        found = self.store.value(sql, (announcement_id, trigger))
        return str(found) if found is not None else None

    def outcomes_of(self, announcement_id: int) -> list[str]:
        """How the airings of an announcement have ended so far."""
        sql = "SELECT outcome FROM slot WHERE announcement_id = ? AND outcome IS NOT NULL ORDER BY start"
        return [row["outcome"] for row in self.store.rows(sql, (announcement_id,))]

    # Queue

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

    def aired_after(self, seq: int, limit: int) -> list[Row]:
        """Journal rows of airings past `seq`, with what their announcement, campaign and bulletin say besides."""
        sql = """SELECT j.*, a.created_at AS made_at, c.field AS field, i.bulletin_json,
                (SELECT json_group_array(r.note) FROM journal r WHERE j.trigger = 'relay' AND r.kind = 'relay'
                    AND r.day = j.day AND instr(r.note, j.slot_id || ': ') = 1) AS relay_notes_json
            FROM journal j
            LEFT JOIN announcement a ON a.id = j.announcement_id
            LEFT JOIN campaign c ON c.id = j.campaign_id
            LEFT JOIN province_inbox i ON i.id =
                (SELECT max(o.id) FROM province_inbox o WHERE o.announcement_id = j.announcement_id)
            WHERE j.seq > ? AND j.kind = 'airing' AND j.trigger <> 'test' ORDER BY j.seq LIMIT ?"""
        return self.store.rows(sql, (seq, limit))

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
        return QueuedLog(row["id"], row["key"], json.loads(row["body_json"]), row["tries"]) if row else None

    def log_sent(self, log_id: int, now: datetime) -> None:
        with self.store.write() as db:
            values = {"ended_at": instant_text(now), "sent": 1, "reason": "", "details_json": "{}"}
            update(db, "province_outbox", {"id": log_id, "ended_at": None}, values)

    def log_failed(self, log: QueuedLog, refused: Refused, now: datetime, *, for_good: bool) -> None:
        """A try that failed; `for_good`: the server will not have it, the ones behind it go on."""
        told = {name: str(value) for name, value in refused.details.items()}
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


def _inbox(row: Row) -> InboxRow:
    return InboxRow(
        id=row["id"],
        bulletin_id=row["bulletin_id"],
        version=row["version"],
        digest=row["digest"],
        said=row["said"],
        raw=json.loads(row["bulletin_json"]),
        title=row["title"],
        priority=row["priority"],
        zone=row["zone"],
        state=row["state"],
        way=row["way"],
        doubts=tuple((code, details) for code, details in json.loads(row["doubts_json"])),
        reason=row["reason"],
        details=json.loads(row["details_json"]),
        announcement_id=row["announcement_id"],
        campaign_id=row["campaign_id"],
        slot_id=row["slot_id"],
        job_id=row["job_id"],
        tries=row["tries"],
        retry_at=instant_or_none(row["retry_at"]),
        issuer_id=row["issuer_id"],
        received_at=instant_of(row["received_at"]),
        expires_at=instant_or_none(row["expires_at"]),
        decided_by=row["decided_by"],
        decided_at=instant_or_none(row["decided_at"]),
    )
