"""The town's rows in a ward: whom it trusts, the inbox, what was refused, the newest word on each thing.

An envelope is kept exactly as it came; a changed one is a new row and the old one stays. What a row means, and who may
change it, is the desk's. What goes upwards is `store.town_queue`, the sounds are `store.town_clips`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.extras.town.rules.routing import Doubt, Issuer
from scheduler.kernel.errors import NotFound, Refused
from scheduler.store.database import Row, Store, insert, instant_of, instant_or_none, instant_text, update

__all__ = ["OPEN_STATES", "RefusedRow", "Town", "TownRow"]

OPEN_STATES = ("waiting", "preparing", "approval", "planned")
MOST_REFUSED = 5_000
"""Refused envelopes that are kept, the newest: a flood of them fills no disk."""


@dataclass(frozen=True, slots=True)
class TownRow:
    """One envelope, as kept."""

    id: int
    issue_id: str
    topic: str
    issuer: str
    sequence: int
    kind: str
    act: str
    status: str
    title: str
    priority: int
    raw: str
    """As it came."""
    subject: str
    place: int
    """In the stream."""
    zone: str
    more_zones: tuple[str, ...]
    """Where it names several zones, those beside `zone`."""
    basis: str
    state: str
    """waiting | preparing | approval | planned | aired | taken | dismissed | superseded | cancelled | expired"""
    way: str
    """What was decided: air | drill | session | now | take | stop; empty = nothing yet."""
    doubts: tuple[Doubt, ...]
    reason: str
    details: dict[str, str]
    clip_sha256: str | None
    announcement_id: int | None
    campaign_id: int | None
    slot_id: str | None
    job_id: int | None
    retry_at: datetime | None
    acked: str
    issuer_id: int
    received_at: datetime
    expires_at: datetime
    decided_by: int | None
    decided_at: datetime | None

    @property
    def zones(self) -> tuple[str, ...]:
        """Every zone of this ward it is for."""
        return (self.zone, *self.more_zones)

    @property
    def open(self) -> bool:
        """Something may still become of it."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """An envelope that was not taken; `claims` is what it says of itself."""

    id: int
    subject: str
    sequence: int
    reason: str
    details: dict[str, str]
    claims: dict[str, str]
    bytes: int
    at: datetime


class Town:
    def __init__(self, store: Store) -> None:
        self.store = store

    # Issuers

    def issuers(self) -> dict[str, Issuer]:
        """Whom the ward trusts now, by key."""
        rows = self.store.rows("SELECT * FROM town_issuer WHERE ended_at IS NULL ORDER BY since, key")
        return {row["key"]: _issuer(row) for row in rows}

    def issuer(self, key: str) -> Issuer:
        """One that is or was trusted. Raises NotFound."""
        row = self.store.row("SELECT * FROM town_issuer WHERE key = ?", (key,))
        if row is None:
            raise NotFound("issuer", key[:16])
        return _issuer(row)

    def keep_issuer(self, issuer: Issuer, by: int, now: datetime) -> None:
        """Trust it from now on, or change what it may."""
        values: Row = {
            "name": issuer.name,
            "may_emergency": int(issuer.may_emergency),
            "may_override": int(issuer.may_override),
            "pinned_by": by,
        }
        with self.store.write() as db:
            known = self.store.row("SELECT ended_at FROM town_issuer WHERE key = ?", (issuer.key,))
            if known is None or known["ended_at"]:
                values |= {"since": instant_text(now), "ended_at": None}
            if known is None:
                insert(db, "town_issuer", {"key": issuer.key} | values)
            else:
                update(db, "town_issuer", {"key": issuer.key}, values)

    def end_issuer(self, key: str, now: datetime) -> None:
        with self.store.write() as db:
            if not update(db, "town_issuer", {"key": key, "ended_at": None}, {"ended_at": instant_text(now)}):
                raise NotFound("issuer", key[:16])

    # Topics

    def newest_sequence(self, topic: str, issuer: str) -> tuple[int, bool]:
        """The newest word of an issuer on a thing (0 = none), and whether somebody else's stop order ended it."""
        row = self.store.row(
            "SELECT max(sequence) FILTER (WHERE issuer = :issuer) AS newest,"
            " max(ended) FILTER (WHERE issuer <> :issuer) AS ended FROM town_topic WHERE topic = :topic",
            {"topic": topic, "issuer": issuer},
        )
        return (int(row["newest"] or 0), bool(row["ended"])) if row else (0, False)

    def spoke(self, topic: str, issuer: str, sequence: int, *, ended: bool = False) -> None:
        """An issuer has had a word on a thing; `ended`: a stop order."""
        with self.store.write() as db:
            db.conn.execute(
                "INSERT INTO town_topic (topic, issuer, sequence, ended) VALUES (?, ?, ?, ?)"
                " ON CONFLICT(topic, issuer) DO UPDATE SET ended = CASE WHEN excluded.sequence >= sequence"
                " THEN excluded.ended ELSE ended END, sequence = max(sequence, excluded.sequence)",
                (topic, issuer, sequence, int(ended)),
            )

    # Inbox

    def add(self, values: Row) -> int:
        with self.store.write() as db:
            return insert(db, "town_inbox", values)

    def get(self, inbox_id: int) -> TownRow:
        row = self.store.row("SELECT * FROM town_inbox WHERE id = ?", (inbox_id,))
        if row is None:
            raise NotFound("town_row", inbox_id)
        return _row(row)

    def of_issue(self, issue_id: str) -> TownRow | None:
        row = self.store.row("SELECT * FROM town_inbox WHERE issue_id = ?", (issue_id,))
        return _row(row) if row else None

    def of_topic(self, topic: str) -> list[TownRow]:
        """Every version of a thing, the oldest first."""
        return [_row(row) for row in self.store.rows("SELECT * FROM town_inbox WHERE topic = ? ORDER BY id", (topic,))]

    def named(self, issue_ids: Sequence[str]) -> list[TownRow]:
        """Every row of the issues named, whichever of their versions is named."""
        marks = ", ".join("?" for _ in issue_ids)
        sql = f"""SELECT * FROM town_inbox WHERE topic IN ({marks})
            OR topic IN (SELECT topic FROM town_inbox WHERE issue_id IN ({marks})) ORDER BY id"""  # noqa: S608 - marks only
        return [_row(row) for row in self.store.rows(sql, (*issue_ids, *issue_ids))]

    def listed(self, states: Sequence[str], limit: int = 200) -> list[TownRow]:
        """Rows in these states, the newest first; emergencies that are meant before all."""
        marks = ", ".join("?" for _ in states)
        sql = f"""SELECT * FROM town_inbox WHERE state IN ({marks})
            ORDER BY (priority = 1 AND status = 'actual') DESC, id DESC LIMIT ?"""  # noqa: S608 - marks only
        return [_row(row) for row in self.store.rows(sql, (*states, limit))]

    def to_tend(self, now: datetime, limit: int = 200) -> list[TownRow]:
        """Rows that may have a next step: decided ones first, then what waits without a sound or has expired."""
        sql = """SELECT i.* FROM town_inbox i LEFT JOIN announcement a ON a.id = i.announcement_id
            WHERE i.state IN ('preparing', 'approval', 'planned')
                OR (i.state IN ('aired', 'cancelled', 'superseded', 'dismissed', 'expired')
                    AND i.acked NOT IN ('played', 'partial', 'cancelled', 'refused', 'expired'))
                OR (i.state = 'waiting' AND (i.expires_at <= ?
                    OR (i.kind = 'announcement' AND a.audio_sha256 IS NULL)))
            ORDER BY i.state = 'waiting', i.id LIMIT ?"""
        return [_row(row) for row in self.store.rows(sql, (instant_text(now), limit))]

    def outdated(self, topic: str | None = None) -> list[tuple[TownRow, TownRow]]:
        """Earlier versions that something may still become of, each with the newest that has come since.

        A campaign that somebody has taken is outdated only when a newer one runs.
        """
        sql = """SELECT i.id AS old, max(n.id) AS new FROM town_inbox i JOIN town_inbox n
                ON n.topic = i.topic AND n.id > i.id AND n.act <> 'cancel' AND n.issuer = i.issuer
            WHERE (:topic IS NULL OR i.topic = :topic) AND n.state NOT IN ('dismissed', 'cancelled')
                AND (i.state IN ('waiting', 'preparing', 'approval', 'planned') OR (i.state = 'aired'
                    AND i.acked NOT IN ('played', 'partial', 'cancelled', 'refused')))
                AND (i.kind <> 'campaign' OR i.state = 'waiting' OR n.state IN ('planned', 'aired'))
                AND (i.slot_id IS NULL OR n.slot_id IS NOT i.slot_id) GROUP BY i.id ORDER BY i.id"""
        return [(self.get(row["old"]), self.get(row["new"])) for row in self.store.rows(sql, {"topic": topic})]

    def of_announcement(self, announcement_id: int) -> TownRow | None:
        sql = "SELECT * FROM town_inbox WHERE announcement_id = ? ORDER BY id DESC LIMIT 1"
        row = self.store.row(sql, (announcement_id,))
        return _row(row) if row else None

    def count(self, state: str, *, emergency: bool = False) -> int:
        only = " AND priority = 1 AND status = 'actual'" if emergency else ""
        return int(self.store.value(f"SELECT count(*) FROM town_inbox WHERE state = ?{only}", (state,)))  # noqa: S608 - our text

    def change(self, seen: TownRow, values: Mapping[str, Any]) -> TownRow:
        """Write `values` if the row still is in the state and way it was seen in, else Refused town_decided."""
        with self.store.write() as db:
            if not update(db, "town_inbox", {"id": seen.id, "state": seen.state, "way": seen.way}, values):
                raise Refused("town_decided")
        return self.get(seen.id)

    def slot_of(self, announcement_id: int, trigger: str) -> str | None:
        """The newest order of an announcement by this trigger: an act that a crash cut off is not done again."""
        sql = "SELECT id FROM slot WHERE announcement_id = ? AND trigger = ? ORDER BY created_at DESC LIMIT 1"
        found = self.store.value(sql, (announcement_id, trigger))
        return str(found) if found is not None else None

    def ordered(self, row: TownRow) -> list[str]:
        """The slots that were ordered of a row, one for each of its zones; none where nobody has ordered any."""
        if row.slot_id is None:
            return []
        return [one["id"] for one in self.store.rows(f"SELECT s.id FROM slot s WHERE {_ORDERED}", (row.slot_id,))]  # noqa: S608 - ours

    def running(self, row: TownRow) -> list[int]:
        """The campaigns that a row has become and that run, one for each of its zones."""
        sql = """SELECT id FROM campaign WHERE state = 'active' AND (id = :campaign
            OR (:kind = 'announcement' AND announcement_id = :said)) ORDER BY id"""
        values = {"campaign": row.campaign_id, "kind": row.kind, "said": row.announcement_id}
        return [one["id"] for one in self.store.rows(sql, values)]

    def endings(self, row: TownRow) -> list[Row]:
        """How the airings of a row stand: outcome (None = open), whether it sounds, ms measured; by start."""
        sql = """SELECT s.id, s.outcome, j.played_ms, j.reason,
                EXISTS (SELECT 1 FROM airing a WHERE a.slot_id = s.id AND a.ended_at IS NULL) AS sounds
            FROM slot s LEFT JOIN journal j ON j.slot_id = s.id AND j.kind = 'airing'
            WHERE {} ORDER BY s.start"""
        where: str
        value: str | int | None
        where, value = "s.announcement_id = ?", row.announcement_id
        if row.slot_id is not None:
            where, value = _ORDERED, row.slot_id
        elif row.kind == "campaign":
            where, value = "s.campaign_id = ?", row.campaign_id
        return self.store.rows(sql.format(where), (value,))

    # What was refused

    def refuse(self, values: Row) -> None:
        with self.store.write() as db:
            added = insert(db, "town_refused", values)
            db.conn.execute("DELETE FROM town_refused WHERE id <= ?", (added - MOST_REFUSED,))

    def refused(self, limit: int = 30) -> list[RefusedRow]:
        """What was not taken, the newest first."""
        return [
            _refused(row) for row in self.store.rows("SELECT * FROM town_refused ORDER BY id DESC LIMIT ?", (limit,))
        ]

    # Overriding

    def override(self, announcement_id: int, basis: str) -> None:
        """The ward's caps do not hold for this announcement, on this basis."""
        with self.store.write() as db:
            if not update(db, "town_override", {"announcement_id": announcement_id}, {"basis": basis}):
                insert(db, "town_override", {"announcement_id": announcement_id, "basis": basis})

    # Dispatches of the town

    def dispatch_numbered(self, number: str) -> int | None:
        """The dispatch with this number and symbol, the newest."""
        sql = "SELECT id FROM dispatch WHERE json_extract(fields_json, '$.number_symbol') = ? ORDER BY id DESC LIMIT 1"
        found = self.store.value(sql, (number,))
        return int(found) if found is not None else None


def _issuer(row: Row) -> Issuer:
    since = instant_of(row["since"])
    return Issuer(row["key"], row["name"], bool(row["may_emergency"]), bool(row["may_override"]), since)


def _refused(row: Row) -> RefusedRow:
    told = (json.loads(row["details_json"]), json.loads(row["claims_json"]))
    return RefusedRow(
        row["id"], row["subject"], row["sequence"], row["reason"], *told, row["bytes"], instant_of(row["at"])
    )


_ORDERED = """s.id IN (SELECT o.id FROM slot o JOIN slot first ON first.id = ?
    WHERE o.announcement_id = first.announcement_id AND o.trigger = first.trigger)"""
"""The slots of one order: those of its announcement that began the same way."""
_SAME = (
    "id",
    "issue_id",
    "topic",
    "issuer",
    "sequence",
    "kind",
    "act",
    "status",
    "title",
    "priority",
    "subject",
    "place",
    "zone",
)
_SAME_TOO = ("basis", "state", "way", "reason", "clip_sha256", "announcement_id", "campaign_id", "slot_id", "job_id")


def _row(row: Row) -> TownRow:
    return TownRow(
        **{name: row[name] for name in (*_SAME, *_SAME_TOO, "acked", "issuer_id", "decided_by")},
        raw=row["envelope"],
        more_zones=tuple(json.loads(row["zones_json"])),
        doubts=tuple((code, details) for code, details in json.loads(row["doubts_json"])),
        details=json.loads(row["details_json"]),
        retry_at=instant_or_none(row["retry_at"]),
        received_at=instant_of(row["received_at"]),
        expires_at=instant_of(row["expires_at"]),
        decided_at=instant_or_none(row["decided_at"]),
    )
