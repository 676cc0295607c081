"""Leases of the air for a live voice: who has it, since when, and whether they have let go.

A lease ends twice: when the person lets go, and when its airing is over and its recording has been handed on. The
sound itself is a file beside the database, named by the lease.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.kernel.errors import NotFound
from scheduler.store.database import Store, insert, instant_text, update
from scheduler.store.mapper import Mapper


@dataclass(frozen=True, slots=True)
class Lease:
    id: str
    slot_id: str
    person_id: int
    source: str
    """`browser`, or `line:DEVICE` for a sound input of this machine."""
    opened_at: datetime
    longest: timedelta
    """How long the person may talk, chimes not counted."""
    released_at: datetime | None = None
    ended_at: datetime | None = None


class Leases:
    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, lease: Lease) -> None:
        with self.store.write() as db:
            insert(db, "live_lease", _LEASE.write(lease))

    def get(self, lease_id: str) -> Lease:
        row = self.store.row("SELECT * FROM live_lease WHERE id = ?", (lease_id,))
        if row is None:
            raise NotFound("lease", lease_id)
        return _LEASE.read(row)

    def of_slot(self, slot_id: str) -> Lease:
        row = self.store.row("SELECT * FROM live_lease WHERE slot_id = ?", (slot_id,))
        if row is None:
            raise NotFound("lease", slot_id)
        return _LEASE.read(row)

    def open(self) -> list[Lease]:
        """Leases whose airing is not over, oldest first."""
        return _LEASE.read_all(self.store.rows("SELECT * FROM live_lease WHERE ended_at IS NULL ORDER BY rowid"))

    def release(self, lease_id: str, now: datetime) -> None:
        """The person has let go; letting go twice is once."""
        with self.store.write() as db:
            update(db, "live_lease", {"id": lease_id, "released_at": None}, {"released_at": instant_text(now)})

    def end(self, lease_id: str, now: datetime) -> bool:
        """Its airing is over. False when that was known."""
        with self.store.write() as db:
            return bool(update(db, "live_lease", {"id": lease_id, "ended_at": None}, {"ended_at": instant_text(now)}))


_LEASE = Mapper(Lease, "live_lease")
