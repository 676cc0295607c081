"""A person out of a row: with the zones of a contributor, which stand in a table of their own.

It reads; who may change whom is the desk's.
"""

from scheduler.core.announcement.approval import ZONE_BOUND
from scheduler.core.model import Person, Role
from scheduler.store.database import Row, Store

__all__ = ["person_by", "person_of", "zones_of"]


def zones_of(store: Store, person_id: int) -> tuple[str, ...]:
    """Where a person acts, where their role is bound to zones."""
    rows = store.rows("SELECT zone FROM person_zone WHERE person_id = ? ORDER BY zone", (person_id,))
    return tuple(row["zone"] for row in rows)


def person_of(store: Store, row: Row) -> Person:
    """The person of a row of `person`."""
    role = Role(row["role"])
    zones = zones_of(store, row["id"]) if role in ZONE_BOUND else ()
    return Person(row["id"], row["login"], row["name"], role, bool(row["active"]), zones)


def person_by(store: Store, column: str, value: object) -> Person | None:
    row = store.row(f"SELECT * FROM person WHERE {column} = ?", (value,))  # noqa: S608 - a column of ours
    return person_of(store, row) if row else None
