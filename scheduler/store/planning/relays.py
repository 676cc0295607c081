"""Relays as rows: what is relayed, from where, when.

Approval is not here: it stands in the announcement that every relay has. Who may change what is the desk's business.
"""

import json
from datetime import date, datetime

from scheduler.core.model import CampaignState, Relay, Sha256
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import NotFound
from scheduler.store.database import Row, Store, insert, instant_text, json_text, update


class Relays:
    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, relay: Relay, by: int, now: datetime) -> int:
        with self.store.write() as db:
            return insert(db, "relay", _values(relay) | {"created_at": instant_text(now), "created_by": by})

    def change(self, relay: Relay) -> None:
        with self.store.write() as db:
            if not update(db, "relay", {"id": relay.id}, _values(relay)):
                raise NotFound("relay", relay.id)

    def get(self, relay_id: int) -> Relay:
        row = self.store.row("SELECT * FROM relay WHERE id = ?", (relay_id,))
        if row is None:
            raise NotFound("relay", relay_id)
        return _relay(row)

    def of_announcement(self, announcement_id: int) -> Relay:
        row = self.store.row("SELECT * FROM relay WHERE announcement_id = ?", (announcement_id,))
        if row is None:
            raise NotFound("relay", announcement_id)
        return _relay(row)

    def all(self, state: CampaignState | None = None) -> list[Relay]:
        where, values = ("WHERE state = ?", (state.value,)) if state else ("", ())
        sql = f"SELECT * FROM relay {where} ORDER BY id"  # noqa: S608 - `where` is ours
        return [_relay(row) for row in self.store.rows(sql, values)]


def _relay(row: Row) -> Relay:
    return Relay(
        id=row["id"],
        announcement_id=row["announcement_id"],
        windows=tuple(parse_window(text) for text in json.loads(row["windows_json"])),
        start=date.fromisoformat(row["start"]),
        end=date.fromisoformat(row["end"]),
        sources=tuple(json.loads(row["sources_json"])),
        fallback=tuple(Sha256(text) for text in json.loads(row["fallback_json"])),
        weekdays=frozenset(json.loads(row["weekdays_json"])),
        zone=row["zone"],
        state=CampaignState(row["state"]),
    )


def _values(relay: Relay) -> Row:
    return {
        "announcement_id": relay.announcement_id,
        "state": relay.state.value,
        "windows_json": json_text([str(window) for window in relay.windows]),
        "weekdays_json": json_text(sorted(relay.weekdays)),
        "start": relay.start.isoformat(),
        "end": relay.end.isoformat(),
        "zone": relay.zone,
        "sources_json": json_text(relay.sources),
        "fallback_json": json_text(relay.fallback),
    }
