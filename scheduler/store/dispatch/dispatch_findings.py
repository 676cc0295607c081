"""What a dispatch asks for, as rows: duties, doubtful values, and acts upon earlier dispatches.

Kept once, when the dispatch is taken in; from then on only what people say of them changes. Each change is a
conditional update whose count is looked at. What may be said, and by whom, is the desk's business.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from scheduler.core.dispatch.duty_list import DutyState, KeptAct, KeptDoubt, KeptDuty
from scheduler.core.dispatch.model import Dispatch
from scheduler.kernel.errors import NotFound
from scheduler.store.database import Row, Store, insert, instant_text, json_text, update
from scheduler.store.mapper import Column, Mapper

_NAMED = "SELECT t.*, coalesce(p.name, '') AS by_name FROM {table} t LEFT JOIN person p ON p.id = t.{by}"


class Readings:
    def __init__(self, store: Store) -> None:
        self.store = store

    def keep(self, dispatch_id: int, read: Dispatch) -> bool:
        """Keep what was read of a dispatch, once; False when something of it is kept already."""
        with self.store.write() as db:
            for table in ("duty", "doubt", "dispatch_act"):
                if self.store.value(f"SELECT 1 FROM {table} WHERE dispatch_id = ? LIMIT 1", (dispatch_id,)):  # noqa: S608 - our names
                    return False
            for table, rows in (("duty", _duties(read)), ("doubt", _doubts(read)), ("dispatch_act", _acts(read))):
                for ordinal, row in enumerate(rows, start=1):
                    insert(db, table, {"dispatch_id": dispatch_id, "ordinal": ordinal} | row)
            return True

    # Duties

    def duties(self, dispatch_id: int | None = None) -> list[KeptDuty]:
        """The duties of a dispatch in its order; of every one, the newest dispatch first, without an id."""
        where = "" if dispatch_id is None else "WHERE t.dispatch_id = :id"
        sql = f"{_NAMED.format(table='duty', by='changed_by')} {where} ORDER BY t.dispatch_id DESC, t.ordinal"
        return _DUTY.read_all(self.store.rows(sql, {"id": dispatch_id}))

    def set_duty(self, duty: KeptDuty, state: DutyState, note: str, by: int, now: datetime) -> bool:
        """Write what the ward says of a duty; False when it has changed since it was seen."""
        key = {"dispatch_id": duty.dispatch_id, "ordinal": duty.ordinal, "state": duty.state.value, "note": duty.note}
        values = {"state": state.value, "note": note, "changed_at": instant_text(now), "changed_by": by}
        with self.store.write() as db:
            return bool(update(db, "duty", key, values))

    # Doubts

    def doubts(self, dispatch_id: int) -> list[KeptDoubt]:
        sql = f"{_NAMED.format(table='doubt', by='answered_by')} WHERE t.dispatch_id = ? ORDER BY t.ordinal"
        return _DOUBT.read_all(self.store.rows(sql, (dispatch_id,)))

    def open_doubts(self, dispatch_id: int) -> int:
        """How many of its doubtful values nobody has confirmed or corrected."""
        return int(self.store.value("SELECT count(*) FROM doubt WHERE dispatch_id = ? AND answer = ''", (dispatch_id,)))

    def answer(self, dispatch_id: int, ordinals: Iterable[int], answer: str, by: int, now: datetime) -> int:
        """Answer open doubts; gives how many there were. What was answered before stays as it was."""
        values = {"answer": answer, "answered_at": instant_text(now), "answered_by": by}
        with self.store.write() as db:
            keys = [{"dispatch_id": dispatch_id, "ordinal": ordinal, "answer": ""} for ordinal in ordinals]
            return sum(update(db, "doubt", key, values) for key in keys)

    # Drafts

    def drafts(self, dispatch_id: int) -> dict[str, tuple[int, int | None]]:
        """Item -> the announcement and the campaign that were made of it."""
        rows = self.store.rows("SELECT * FROM dispatch_draft WHERE dispatch_id = ?", (dispatch_id,))
        return {row["item"]: (row["announcement_id"], row["campaign_id"]) for row in rows}

    def keep_draft(self, dispatch_id: int, item: str, announcement_id: int, campaign_id: int | None) -> None:
        row = {"dispatch_id": dispatch_id, "item": item, "announcement_id": announcement_id}
        with self.store.write() as db:
            insert(db, "dispatch_draft", row | {"campaign_id": campaign_id})

    def next_draft(self, announcement_id: int) -> int | None:
        """The next announcement of the same dispatch that nobody has handed in yet."""
        sql = """SELECT min(other.announcement_id) FROM dispatch_draft mine
            JOIN dispatch_draft other ON other.dispatch_id = mine.dispatch_id
            JOIN announcement a ON a.id = other.announcement_id
            WHERE mine.announcement_id = ? AND other.announcement_id <> mine.announcement_id
                AND a.state IN ('draft', 'returned')"""
        found = self.store.value(sql, (announcement_id,))
        return None if found is None else int(found)

    # Acts upon earlier dispatches

    def acts(self, dispatch_id: int) -> list[KeptAct]:
        sql = f"{_NAMED.format(table='dispatch_act', by='done_by')} WHERE t.dispatch_id = ? ORDER BY t.ordinal"
        return _ACT.read_all(self.store.rows(sql, (dispatch_id,)))

    def act(self, dispatch_id: int, ordinal: int) -> KeptAct:
        found = next((act for act in self.acts(dispatch_id) if act.ordinal == ordinal), None)
        if found is None:
            raise NotFound("dispatch act", ordinal)
        return found

    def obeyed(self, act: KeptAct, campaign_ids: Sequence[int], by: int, now: datetime) -> bool:
        """An act has been done; False when it had been before."""
        values = {"done_at": instant_text(now), "done_by": by, "campaigns_json": json_text(list(campaign_ids))}
        with self.store.write() as db:
            key = {"dispatch_id": act.dispatch_id, "ordinal": act.ordinal, "done_at": None}
            return bool(update(db, "dispatch_act", key, values))


def _duties(read: Dispatch) -> list[Row]:
    return [
        {
            "channel": duty.channel.value,
            "text": duty.text,
            "addressed": duty.to or "",
            "deadline": duty.deadline,
            "start": duty.excerpt.start,
            "end": duty.excerpt.end,
        }
        for duty in read.duties
    ]


def _doubts(read: Dispatch) -> list[Row]:
    return [
        {
            "field": doubt.field,
            "reason": doubt.reason,
            "details_json": json_text(dict(doubt.details)),
            "start": doubt.excerpt.start if doubt.excerpt else None,
            "end": doubt.excerpt.end if doubt.excerpt else None,
        }
        for doubt in read.doubts
    ]


def _acts(read: Dispatch) -> list[Row]:
    return [
        {
            "kind": act.kind.value,
            "target": act.target,
            "target_date": act.target_date,
            "since": act.since,
            "until": act.until,
            "text": act.excerpt.value,
            "start": act.excerpt.start,
            "end": act.excerpt.end,
        }
        for act in read.acts
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


_DUTY = Mapper(KeptDuty, "duty", changed_by=Column("by_name"))
_DOUBT = Mapper(KeptDoubt, "doubt", answered_by=Column("by_name"))
_ACT = Mapper(KeptAct, "dispatch_act", done_by=Column("by_name"), campaign_ids=Column("campaigns_json"))
