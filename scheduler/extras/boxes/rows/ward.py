"""What a ward keeps of its boxes beside the horns: how each was heard last, orders for it, what it says it aired.

Rows only. An order's number on the wire is its row's, which never returns; a report is kept once.
What is believed, and what is to be ordered, is the desk's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.core.stops import StopReason
from scheduler.extras.boxes.rules.messages import ClusterKind, Order
from scheduler.store.database import Row, Store, insert, instant_text, json_text, update
from scheduler.store.mapper import Column, Mapper

__all__ = ["KEPT_DAYS", "ClusterRows", "SeenRow", "order_of_row"]

KEPT_DAYS = 400
"""Reports are kept as long as a yearly report may ask for them."""
_ENDED_BY_SOMEBODY = ("order_taken_back", *StopReason)


@dataclass(frozen=True, slots=True)
class SeenRow:
    """How a box was heard of last."""

    id: str
    public_key: str = ""
    online: bool | None = None
    online_at: datetime | None = None
    state: dict[str, Any] | None = None
    state_at: datetime | None = None
    clock_ahead_ms: int | None = None
    reported_seq: int = 0
    answered: int = 0
    volume: int | None = None
    muted: bool = False
    refused: str = ""
    refused_at: datetime | None = None


class ClusterRows:
    def __init__(self, store: Store) -> None:
        self.store = store

    # How boxes were heard of

    def seen(self, cluster_id: str) -> SeenRow:
        row = self.store.row("SELECT * FROM cluster_seen WHERE id = ?", (cluster_id,))
        return SeenRow(cluster_id) if row is None else _SEEN.read(row)

    def note(self, cluster_id: str, values: Row) -> None:
        """Write some columns of what is known of a box."""
        with self.store.write() as db:
            if not update(db, "cluster_seen", {"id": cluster_id}, values):
                insert(db, "cluster_seen", {"id": cluster_id} | values)

    # Orders

    def add_order(
        self,
        cluster_id: str,
        kind: ClusterKind,
        body: Row,
        now: datetime,
        *,
        order_id: str,
        expires: datetime | None = None,
        slot_id: str | None = None,
        person_id: int | None = None,
    ) -> int:
        """A new order (its number); a later plan, volume or mute takes the place of one that was not answered."""
        with self.store.write() as db:
            if kind in {ClusterKind.PLAN, ClusterKind.VOLUME, ClusterKind.MUTE}:
                sql = "DELETE FROM cluster_order WHERE cluster_id = ? AND kind = ? AND (answer = '' OR kind = 'plan')"
                db.conn.execute(sql, (cluster_id, kind.value))
            row: Row = {
                "id": order_id,
                "cluster_id": cluster_id,
                "kind": kind.value,
                "slot_id": slot_id,
                "body_json": json_text(body),
                "person_id": person_id,
                "at": instant_text(now),
                "expires_at": instant_text(expires) if expires else None,
            }
            return insert(db, "cluster_order", row)

    def unsent(self, now: datetime) -> list[Row]:
        """Orders that the MQTT server has not got and that still count, urgent ones first."""
        sql = """SELECT * FROM cluster_order WHERE sent_at IS NULL AND answer = ''
            AND (expires_at IS NULL OR expires_at > ?)
            ORDER BY kind NOT IN ('emergency', 'stop'), seq LIMIT 200"""
        return self.store.rows(sql, (instant_text(now),))

    def unanswered(self, cluster_id: str, now: datetime) -> list[Row]:
        """What a box has been sent, has not answered, and is still to obey."""
        sql = """SELECT * FROM cluster_order WHERE cluster_id = ? AND answer = '' AND sent_at IS NOT NULL
            AND kind <> 'plan' AND (expires_at IS NULL OR expires_at > ?) ORDER BY seq"""
        return self.store.rows(sql, (cluster_id, instant_text(now)))

    def sent(self, seq: int, now: datetime) -> None:
        with self.store.write() as db:
            update(db, "cluster_order", {"seq": seq}, {"sent_at": instant_text(now)})

    def send_again(self, seqs: Iterable[int]) -> None:
        with self.store.write() as db:
            for seq in seqs:
                update(db, "cluster_order", {"seq": seq}, {"sent_at": None})

    def answered(self, cluster_id: str, order_id: str, answer: str, reason: str, now: datetime) -> None:
        """What a box has done about an order; the first word counts."""
        values: Row = {"answer": answer, "reason": reason, "answered_at": instant_text(now)}
        with self.store.write() as db:
            update(db, "cluster_order", {"cluster_id": cluster_id, "id": order_id, "answer": ""}, values)

    def order(self, number: int) -> Row | None:
        return self.store.row("SELECT * FROM cluster_order WHERE seq = ?", (number,))

    def plan(self, cluster_id: str) -> Row | None:
        """The plan that was last made for a box."""
        sql = "SELECT * FROM cluster_order WHERE cluster_id = ? AND kind = 'plan' ORDER BY seq DESC LIMIT 1"
        return self.store.row(sql, (cluster_id,))

    def orders_of(self, cluster_id: str, limit: int = 10) -> list[Row]:
        """The newest orders that people gave a box, and its emergencies, newest first."""
        sql = "SELECT * FROM cluster_order WHERE cluster_id = ? AND kind <> 'plan' ORDER BY seq DESC LIMIT ?"
        return self.store.rows(sql, (cluster_id, limit))

    def never_below(self, seq: int) -> None:
        """Count on from `seq`: a ward that was restored from a copy must not give numbers that a box has had."""
        with self.store.write() as db:
            sql = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'cluster_order'"
            if not db.conn.execute(sql, (seq,)).rowcount:
                db.conn.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('cluster_order', ?)", (seq,))

    # What the ward's own rows ask of boxes

    def emergencies(self, since: datetime) -> list[Row]:
        """Emergencies whose time came after `since` and that nobody has ended, for everybody or one zone, oldest first.

        One whose rows came when the ward had sounded it already is for the boxes still.
        """
        sql = """SELECT id, zone FROM slot WHERE "trigger" = 'emergency' AND start > ? AND output = ''
            AND (outcome IS NULL OR (outcome IN ('played', 'partial', 'recorded', 'failed')
                AND reason NOT IN (SELECT value FROM json_each(?)))) ORDER BY start, id"""
        return self.store.rows(sql, (instant_text(since), json_text([*_ENDED_BY_SOMEBODY, "words_not_spoken"])))

    def ordered_slots(self, cluster_id: str) -> set[str]:
        """Emergencies that a box has been ordered to air."""
        sql = "SELECT slot_id FROM cluster_order WHERE cluster_id = ? AND kind = 'emergency'"
        return {row["slot_id"] for row in self.store.rows(sql, (cluster_id,))}

    def taken_back(self) -> list[Row]:
        """Emergencies ordered of boxes that somebody has taken back or stopped since, and no box told of it."""
        sql = """SELECT DISTINCT o.cluster_id, o.slot_id, s.reason FROM cluster_order o JOIN slot s ON s.id = o.slot_id
            WHERE o.kind = 'emergency' AND s.outcome IS NOT NULL AND s.reason IN (SELECT value FROM json_each(?))
            AND NOT EXISTS (SELECT 1 FROM cluster_order t WHERE t.kind = 'stop' AND t.cluster_id = o.cluster_id
                AND t.slot_id = o.slot_id)"""
        return self.store.rows(sql, (json_text(_ENDED_BY_SOMEBODY),))

    def stops_after(self, number: int) -> list[Row]:
        """Orders to stop that the ward's playout was given, behind `number`."""
        sql = "SELECT * FROM command WHERE kind = 'stop' AND id > ? ORDER BY id"
        return self.store.rows(sql, (number,))

    def last_command(self, before: datetime) -> int:
        """The number of the last of the ward's own commands given before an instant."""
        sql = "SELECT coalesce(max(id), 0) FROM command WHERE created_at < ?"
        return int(self.store.value(sql, (instant_text(before),)))

    def names_sound(self, sha256: str, since: str) -> bool:
        """Whether a slot from the day `since` on sounds this clip, or an approved emergency does."""
        sql = "SELECT 1 FROM slot WHERE (audio_sha256 = ? OR intro_sha256 = ?) AND day >= ? LIMIT 1"
        return self.store.value(sql, (sha256, sha256, since)) is not None

    # What boxes say they aired

    def add_airing(self, row: Row) -> bool:
        """Keep a report; False where it is here already."""
        with self.store.write() as db:
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join(f":{name}" for name in row)
            sql = f"INSERT OR IGNORE INTO cluster_airing ({names}) VALUES ({marks})"  # noqa: S608 - names are ours
            return bool(db.conn.execute(sql, row).rowcount)

    def airings_of_slot(self, slot_id: str) -> list[Row]:
        sql = "SELECT * FROM cluster_airing WHERE slot_id = ? ORDER BY cluster_id, received_at"
        return self.store.rows(sql, (slot_id,))

    def airings(self, cluster_id: str, limit: int = 20) -> list[Row]:
        """The newest reports of one box, newest first."""
        sql = "SELECT * FROM cluster_airing WHERE cluster_id = ? ORDER BY received_at DESC, row DESC LIMIT ?"
        return self.store.rows(sql, (cluster_id, limit))

    def forget(self, before: datetime) -> None:
        """Let go of orders and reports older than anybody asks for."""
        text = instant_text(before)
        with self.store.write() as db:
            db.conn.execute("DELETE FROM cluster_airing WHERE received_at < ?", (text,))
            db.conn.execute("DELETE FROM cluster_order WHERE at < ? AND kind <> 'plan'", (text,))


def order_of_row(row: Row, ward: str) -> Order:
    """A kept order as it goes over the wire."""
    return _ORDER.read(row | {"ward": ward})


_SEEN = Mapper(SeenRow, "cluster_seen")
_ORDER = Mapper(Order, "cluster_order", cluster=Column("cluster_id"), expires=Column("expires_at"))
