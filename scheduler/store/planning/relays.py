"""Relays as rows: what is relayed, from where, when.

Approval is not here: it stands in the announcement that every relay has. Who may change what is the desk's business.
"""

from datetime import datetime

from scheduler.core.model import CampaignState, Relay
from scheduler.kernel.errors import NotFound
from scheduler.store.database import Store, insert, instant_text, update
from scheduler.store.mapper import Mapper


class Relays:
    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, relay: Relay, by: int, now: datetime) -> int:
        with self.store.write() as db:
            return insert(
                db, "relay", _RELAY.write(relay, but=("id",)) | {"created_at": instant_text(now), "created_by": by}
            )

    def change(self, relay: Relay) -> None:
        with self.store.write() as db:
            if not update(db, "relay", {"id": relay.id}, _RELAY.write(relay, but=("id",))):
                raise NotFound("relay", relay.id)

    def get(self, relay_id: int) -> Relay:
        row = self.store.row("SELECT * FROM relay WHERE id = ?", (relay_id,))
        if row is None:
            raise NotFound("relay", relay_id)
        return _RELAY.read(row)

    def of_announcement(self, announcement_id: int) -> Relay:
        row = self.store.row("SELECT * FROM relay WHERE announcement_id = ?", (announcement_id,))
        if row is None:
            raise NotFound("relay", announcement_id)
        return _RELAY.read(row)

    def all(self, state: CampaignState | None = None) -> list[Relay]:
        where, values = ("WHERE state = ?", (state.value,)) if state else ("", ())
        sql = f"SELECT * FROM relay {where} ORDER BY id"  # noqa: S608 - `where` is ours
        return _RELAY.read_all(self.store.rows(sql, values))


_RELAY = Mapper(Relay, "relay")
