"""Rows behind the ledger: what slots, refusals and the journal say of some campaigns, and what officers have stated.

Sums are left to `ledger`; nothing here is a counter. Statements of a baseline are only ever added: the newest
holds, and the older ones stay readable.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from scheduler.core.model import Campaign, Seconds, Slot
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.planning.ledger import Heard, Stated
from scheduler.store.database import Row, Store, insert, instant_of, instant_text
from scheduler.store.planning.slots import Slots

Key = tuple[int, date]
"""A campaign and a day."""


class LedgerRows:
    def __init__(self, store: Store, slots: Slots) -> None:
        self.store = store
        self._slots = slots

    def loose(self, campaign_ids: Sequence[int], first: date, last: date) -> dict[Key, list[Slot]]:
        """The slots of some campaigns to be looked at one by one: all but those of the plan that were heard. What makes
        up an airing of another day is told with that day, too.
        """
        found: dict[Key, list[Slot]] = {}
        for slot in self._slots.loose(campaign_ids, first, last):
            found.setdefault((slot.campaign_id or 0, slot.day), []).append(slot)
        for slot in self._slots.made_up(campaign_ids, first, last):
            day = date.fromisoformat(slot.makes_good[:8])  # the name of a slot begins with its day
            found.setdefault((slot.campaign_id or 0, day), []).append(slot)
        return found

    def heard(self, campaign_ids: Sequence[int], first: date, last: date) -> dict[Key, Heard]:
        """Of the plan, what was heard, as a sum of each campaign and day; and what the journal measured of them."""
        spoken = f"""SELECT campaign_id, day, count(*) AS airings, sum(outcome = 'partial') AS partial,
                sum(length_ms) AS length_ms FROM slot
            WHERE campaign_id IN ({_marks(campaign_ids)}) AND day BETWEEN ? AND ?
            AND trigger = 'schedule' AND outcome IN ('played', 'partial') GROUP BY campaign_id, day"""  # noqa: S608 - marks only
        measured = f"""SELECT campaign_id, day, sum(played_ms) AS heard_ms,
                sum(CASE trigger WHEN 'make_good' THEN played_ms ELSE 0 END) AS good_ms FROM journal
            WHERE kind = 'airing' AND outcome <> 'recorded'
            AND campaign_id IN ({_marks(campaign_ids)}) AND day BETWEEN ? AND ? GROUP BY campaign_id, day"""  # noqa: S608 - marks only
        span = (*campaign_ids, first.isoformat(), last.isoformat())
        found = {_key(row): Heard(*_counts(row)) for row in self.store.rows(spoken, span)}
        for row in self.store.rows(measured, span):
            good = (row["good_ms"] or 0) / 1000
            seconds = Seconds((row["heard_ms"] or 0) / 1000 - good), Seconds(good)
            found[_key(row)] = found.get(_key(row), Heard())._replace(seconds=seconds[0], made_good_seconds=seconds[1])
        return found

    def refusals(self, campaign_ids: Sequence[int], first: date, last: date) -> dict[Key, list[Refusal]]:
        """The refusals of some campaigns by campaign and day, but for those of an airing that was heard after all."""
        sql = f"""SELECT r.* FROM refusal r
            LEFT JOIN slot s ON s.id = replace(r.day, '-', '') || '-c' || r.campaign_id || '-' || r.ordinal
            WHERE r.campaign_id IN ({_marks(campaign_ids)}) AND r.day BETWEEN ? AND ?
            AND (s.outcome IS NULL OR s.outcome NOT IN ('played', 'partial'))"""  # noqa: S608 - marks only
        found: dict[Key, list[Refusal]] = {}
        for row in self.store.rows(sql, (*campaign_ids, first.isoformat(), last.isoformat())):
            refusal = Refusal(row["campaign_id"], row["ordinal"], row["reason"], json.loads(row["details_json"]))
            found.setdefault(_key(row), []).append(refusal)
        return found

    def seconds(self, campaigns: Sequence[Campaign], first: date, last: date) -> Mapping[date, float]:
        """Measured seconds of some campaigns, day by day, from the journal alone.

        What was aired by hand of their announcements is among them: people have heard it.
        """
        ids = [one.id for one in campaigns]
        spoken = sorted({announcement_id for one in campaigns for announcement_id in one.announcement_ids})
        sql = f"""SELECT day, sum(played_ms) AS heard_ms FROM journal
            WHERE kind = 'airing' AND outcome <> 'recorded' AND day BETWEEN ? AND ?
            AND (campaign_id IN ({_marks(ids)}) OR campaign_id IS NULL AND announcement_id IN ({_marks(spoken)}))
            GROUP BY day"""  # noqa: S608 - marks only
        rows = self.store.rows(sql, (first.isoformat(), last.isoformat(), *ids, *spoken))
        return {date.fromisoformat(row["day"]): (row["heard_ms"] or 0) / 1000 for row in rows}

    def first_day(self) -> date | None:
        """The first day that the journal tells of airings; before it nothing was measured."""
        day = self.store.value("SELECT min(day) FROM journal WHERE kind = 'airing'")
        return date.fromisoformat(day) if day else None

    def created(self, campaign_ids: Sequence[int]) -> dict[int, datetime]:
        """When each campaign was made: nothing was asked of it before."""
        sql = f"SELECT id, created_at FROM campaign WHERE id IN ({_marks(campaign_ids)})"  # noqa: S608 - marks only
        return {row["id"]: instant_of(row["created_at"]) for row in self.store.rows(sql, tuple(campaign_ids))}

    def state_baseline(self, dispatch_id: int, minutes_a_day: float, note: str, by: int, now: datetime) -> None:
        values = {
            "dispatch_id": dispatch_id,
            "minutes_a_day": minutes_a_day,
            "note": note,
            "stated_at": instant_text(now),
            "stated_by": by,
        }
        with self.store.write() as db:
            insert(db, "ledger_baseline", values)

    def stated(self, dispatch_id: int) -> Stated | None:
        """The newest statement of what was aired before a dispatch."""
        row = self.store.row(
            "SELECT b.*, p.name FROM ledger_baseline b JOIN person p ON p.id = b.stated_by"
            " WHERE b.dispatch_id = ? ORDER BY b.id DESC LIMIT 1",
            (dispatch_id,),
        )
        return Stated(row["minutes_a_day"], row["name"], instant_of(row["stated_at"]), row["note"]) if row else None


def _key(row: Row) -> Key:
    return row["campaign_id"], date.fromisoformat(row["day"])


def _counts(row: Row) -> tuple[int, int, timedelta]:
    return row["airings"], row["partial"], timedelta(milliseconds=row["length_ms"])


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
