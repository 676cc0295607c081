"""The wards of a town as rows: who they are, the code one is paired by, who is connected, and areas with their past.

What a person changes stands in `hub_ward` and `area`; what machines notice stands in `hub_presence`, which the log of
acts does not watch. How a ward stands is `core.hub`'s to say.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scheduler.extras.hub.rules.wards import Area
from scheduler.kernel.errors import NotFound, Refused
from scheduler.store.database import Row, Store, insert, instant_text, json_text, update
from scheduler.store.mapper import Column, Mapper, Of

__all__ = ["HubWards", "StoredWard"]


@dataclass(frozen=True, slots=True)
class StoredWard:
    """A ward and what is known of its link."""

    id: str
    name: str
    groups: tuple[str, ...]
    created_at: datetime
    homes: int | None = None
    place: tuple[float, float] | None = None
    """Latitude and longitude, degrees."""
    area: str = ""
    told_groups: tuple[str, ...] | None = None
    """The groups it knows of itself: told when it came in, or taken since; None = it never came in."""
    public_key: str = ""
    code_until: datetime | None = None
    """Until when its pairing code opens; None = there is none."""
    paired_at: datetime | None = None
    revoked_at: datetime | None = None
    connections: int = 0
    changed_at: datetime | None = None
    heard_at: datetime | None = None
    lost_rows: int = 0
    """Rows of its journal that it no longer had when they were asked for."""
    journal_at: datetime | None = None
    """When a row of its journal last came; None = it has not reported."""
    asked_at: datetime | None = None
    health: Mapping[str, Any] = field(default_factory=dict)
    """As it told it last; empty = never."""
    health_at: datetime | None = None
    trouble: str = ""
    """Reason code of what is wrong with its identity."""
    trouble_details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def groups_untold(self) -> bool:
        """It does not know its groups as they are now: it has not taken yet what it was told."""
        return self.told_groups is not None and set(self.told_groups) != set(self.groups)


class HubWards:
    def __init__(self, store: Store) -> None:
        self.store = store

    # Wards

    def groups(self) -> dict[str, list[str]]:
        """Group -> ids of its wards, of those that are not shut out; both in order."""
        sql = """SELECT g.value AS name, w.id FROM hub_ward w, json_each(w.groups_json) g
            WHERE w.revoked_at IS NULL ORDER BY g.value, w.id"""
        found: dict[str, list[str]] = {}
        for row in self.store.rows(sql):
            found.setdefault(row["name"], []).append(row["id"])
        return found

    def all(self) -> list[StoredWard]:
        """Every ward there ever was, by id."""
        return _WARD.read_all(self.store.rows(f"{_SELECT} ORDER BY w.id"))

    def count(self) -> int:
        """How many there ever were."""
        return int(self.store.value("SELECT count(*) FROM hub_ward"))

    def get(self, ward_id: str) -> StoredWard:
        row = self.store.row(f"{_SELECT} WHERE w.id = ?", (ward_id,))
        if row is None:
            raise NotFound("ward", ward_id)
        return _WARD.read(row)

    def of_key(self, public_key: str) -> StoredWard | None:
        """The ward whose link signs with this key."""
        row = self.store.row(f"{_SELECT} WHERE w.public_key = ? AND w.public_key <> ''", (public_key,))
        return _WARD.read(row) if row else None

    def keys(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """(id, public key, groups) of every ward that may come in, by id."""
        sql = (
            "SELECT id, public_key, groups_json FROM hub_ward WHERE public_key <> '' AND revoked_at IS NULL ORDER BY id"
        )
        return [(row["id"], row["public_key"], tuple(json.loads(row["groups_json"]))) for row in self.store.rows(sql)]

    def ids_by_key(self) -> dict[str, str]:
        """Public key -> ward, of every ward that ever came in."""
        rows = self.store.db.conn.execute("SELECT public_key, id FROM hub_ward WHERE public_key <> ''")
        return dict(rows.fetchall())

    def troubled(self, reason: str) -> list[str]:
        """Wards with this very trouble."""
        rows = self.store.rows("SELECT ward_id FROM hub_presence WHERE trouble = ?", (reason,))
        return [row["ward_id"] for row in rows]

    def add(self, values: Row, now: datetime) -> None:
        """A new ward. Raises Refused ward_exists."""
        with self.store.write() as db:
            if self.store.value("SELECT 1 FROM hub_ward WHERE id = ?", (values["id"],)):
                raise Refused("ward_exists", ward=values["id"])
            insert(db, "hub_ward", values | {"created_at": instant_text(now)})
            insert(db, "hub_presence", {"ward_id": values["id"]})

    def change(self, ward_id: str, values: Row) -> None:
        with self.store.write() as db:
            if not update(db, "hub_ward", {"id": ward_id}, values):
                raise NotFound("ward", ward_id)

    def open_code(self, ward_id: str, code_hash: str, until: datetime) -> None:
        """A pairing code; the one before it opens nothing any more."""
        self.change(ward_id, {"code_hash": code_hash, "code_until": instant_text(until)})

    def ward_of_code(self, code_hash: str) -> StoredWard | None:
        row = self.store.row(f"{_SELECT} WHERE w.code_hash = ? AND w.code_hash <> ''", (code_hash,))
        return _WARD.read(row) if row else None

    def pair(self, ward_id: str, code_hash: str, public_key: str, now: datetime) -> bool:
        """Use the code up and keep the key; False where somebody was quicker or the code is over."""
        with self.store.write() as db:
            done = db.conn.execute(
                "UPDATE hub_ward SET public_key = ?, paired_at = ?, told_groups_json = groups_json,"
                " revoked_at = NULL, code_hash = '',"
                " code_until = NULL WHERE id = ? AND code_hash = ? AND code_until > ?",
                (public_key, instant_text(now), ward_id, code_hash, instant_text(now)),
            )
            if done.rowcount:
                # A ward without lines counts its rows anew; one with lines goes on in its own, or has a new one.
                of = "SELECT epoch FROM hub_line WHERE ward_id = :ward AND line = ''"
                db.conn.execute(
                    f"DELETE FROM hub_ahead WHERE ward_id = :ward AND epoch IN ({of})",  # noqa: S608 - ours
                    {"ward": ward_id},
                )
                db.conn.execute("UPDATE hub_line SET line = NULL WHERE ward_id = ? AND line = ''", (ward_id,))
                db.conn.execute(
                    "UPDATE hub_presence SET trouble = '', trouble_json = '{}', asked_at = NULL WHERE ward_id = ?",
                    (ward_id,),
                )
            return bool(done.rowcount == 1)

    def knows_groups(self, ward_id: str, groups: Sequence[str]) -> None:
        """A ward has taken the groups it was told."""
        told = json_text(list(groups))
        with self.store.write() as db:
            sql = "UPDATE hub_ward SET told_groups_json = ? WHERE id = ? AND told_groups_json IS NOT ?"
            db.conn.execute(sql, (told, ward_id, told))

    def revoke(self, ward_id: str, now: datetime) -> None:
        """Its key opens nothing from now on, and no code is open. Raises Refused ward_revoked_already."""
        with self.store.write() as db:
            values = {"revoked_at": instant_text(now), "code_hash": "", "code_until": None}
            if not update(db, "hub_ward", {"id": ward_id, "revoked_at": None}, values):
                raise Refused("ward_revoked_already", ward=self.get(ward_id).name)

    # What machines notice

    def present(self, counts: Mapping[str, int], now: datetime, since: Mapping[str, datetime] | None = None) -> None:
        """How many connections each named ward has; `since`: when the newest of them began."""
        with self.store.write() as db:
            for ward_id, count in counts.items():
                began = (since or {}).get(ward_id, now)
                db.conn.execute(
                    "UPDATE hub_presence SET connections = :count,"
                    " changed_at = CASE WHEN (connections > 0) = (:count > 0) THEN changed_at ELSE :at END"
                    " WHERE ward_id = :ward AND connections <> :count",
                    {"count": count, "at": instant_text(began), "ward": ward_id},
                )

    def connected(self) -> dict[str, int]:
        """Connections of the wards that have any, as last noted."""
        rows = self.store.rows("SELECT ward_id, connections FROM hub_presence WHERE connections > 0")
        return {row["ward_id"]: row["connections"] for row in rows}

    def trouble(self, ward_id: str, reason: str, details: Mapping[str, object], now: datetime) -> bool:
        """Note what is wrong with a ward's identity; whether it is new. An empty reason ends it."""
        values: Row = {"trouble": reason, "trouble_json": json_text(dict(details)), "trouble_at": instant_text(now)}
        with self.store.write() as db:
            was = self.store.value("SELECT trouble FROM hub_presence WHERE ward_id = ?", (ward_id,))
            if was is None or was == reason:
                return False
            update(db, "hub_presence", {"ward_id": ward_id}, values)
        return True

    def asked(self, ward_id: str, now: datetime) -> None:
        with self.store.write() as db:
            update(db, "hub_presence", {"ward_id": ward_id}, {"asked_at": instant_text(now)})

    # Areas

    def areas(self) -> list[Area]:
        return _AREA.read_all(self.store.rows("SELECT * FROM area ORDER BY level = 'district_legacy', code"))

    def put_areas(self, areas: Sequence[Area]) -> None:
        """Keep areas, each in the place of the one with its code."""
        with self.store.write() as db:
            for area in areas:
                values = _AREA.write(area)
                if not update(db, "area", {"code": area.code}, values):
                    insert(db, "area", values)


_SELECT = """SELECT w.*, p.connections, p.changed_at, p.heard_at, p.lost_rows, p.journal_at,
    p.asked_at, p.health_json, p.health_at, p.trouble, p.trouble_json
    FROM hub_ward w JOIN hub_presence p ON p.ward_id = w.id"""


def _place(row: Row) -> tuple[float, float] | None:
    return None if row["latitude"] is None else (row["latitude"], row["longitude"])


_WARD = Mapper(
    StoredWard,
    "hub_ward",
    place=Of(_place),
    told_groups=Column("told_groups_json"),
    trouble_details=Column("trouble_json"),
)


_AREA = Mapper(Area, "area")
