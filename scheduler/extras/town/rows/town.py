"""The town's rows in a ward: whom it trusts, the inbox, what was refused, the newest word on each thing.

What a row means, and who may change it, is the service's. What goes upwards is `rows.queue`, the sounds are
`rows.clips`.
"""

from collections.abc import Sequence
from datetime import datetime

from scheduler.extras.inbox.rows import InboxRows, Table
from scheduler.extras.town.rules.kept import RefusedRow, TownRow
from scheduler.extras.town.rules.routing import Issuer
from scheduler.kernel.errors import NotFound
from scheduler.store.database import Row, Store, insert, instant_text, update
from scheduler.store.mapper import Column, Mapper

__all__ = ["RefusedRow", "Town", "TownRow", "cap_basis"]

MOST_REFUSED = 5_000
"""Refused envelopes that are kept, the newest: a flood of them fills no disk."""


TABLE = Table(
    "town_inbox",
    TownRow,
    missing="town_row",
    decided="town_decided",
    columns={"raw": Column("envelope"), "more_zones": Column("zones_json")},
    emergency="(i.priority = 1 AND i.status = 'actual')",
    unmade="i.kind = 'announcement'",
    owed="""i.state IN ('aired', 'cancelled', 'superseded', 'dismissed', 'expired')
        AND i.acked NOT IN ('played', 'partial', 'cancelled', 'refused', 'expired')""",
)


class Town(InboxRows[TownRow]):
    """Issues that came, and what the ward keeps beside them."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, TABLE)

    # Issuers

    def issuers(self) -> dict[str, Issuer]:
        """Whom the ward trusts now, by key."""
        rows = self.store.rows("SELECT * FROM town_issuer WHERE ended_at IS NULL ORDER BY since, key")
        return {row["key"]: _ISSUER.read(row) for row in rows}

    def issuer(self, key: str) -> Issuer:
        """One that is or was trusted. Raises NotFound."""
        row = self.store.row("SELECT * FROM town_issuer WHERE key = ?", (key,))
        if row is None:
            raise NotFound("issuer", key[:16])
        return _ISSUER.read(row)

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

    def of_issue(self, issue_id: str) -> TownRow | None:
        return self.one("issue_id = ?", (issue_id,))

    def of_topic(self, topic: str) -> list[TownRow]:
        """Every version of a thing, the oldest first."""
        return self.many("topic = ? ORDER BY id", (topic,))

    def named(self, issue_ids: Sequence[str]) -> list[TownRow]:
        """Every row of the issues named, whichever of their versions is named."""
        marks = ", ".join("?" for _ in issue_ids)
        where = f"""topic IN ({marks}) OR topic IN (SELECT topic FROM town_inbox WHERE issue_id IN ({marks}))
            ORDER BY id"""  # noqa: S608 - marks only
        return self.many(where, (*issue_ids, *issue_ids))

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

    def running(self, row: TownRow) -> list[int]:
        if row.kind == "campaign":
            sql = "SELECT id FROM campaign WHERE state = 'active' AND id = ?"
            return [one["id"] for one in self.store.rows(sql, (row.campaign_id,))]
        return super().running(row)

    def endings(self, row: TownRow) -> list[Row]:
        if row.kind == "campaign" and row.slot_id is None:
            return self.airings("s.campaign_id = ?", row.campaign_id)
        return super().endings(row)

    # What was refused

    def refuse(self, values: Row) -> None:
        with self.store.write() as db:
            added = insert(db, "town_refused", values)
            db.conn.execute("DELETE FROM town_refused WHERE id <= ?", (added - MOST_REFUSED,))

    def refused(self, limit: int = 30) -> list[RefusedRow]:
        """What was not taken, the newest first."""
        return _REFUSED.read_all(self.store.rows("SELECT * FROM town_refused ORDER BY id DESC LIMIT ?", (limit,)))

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


def cap_basis(store: Store, announcement_id: int) -> str:
    """The document on which an announcement airs past the ward's caps; "" = on none."""
    return str(store.value("SELECT basis FROM town_override WHERE announcement_id = ?", (announcement_id,)) or "")


_ISSUER = Mapper(Issuer, "town_issuer")
_REFUSED = Mapper(RefusedRow, "town_refused")
