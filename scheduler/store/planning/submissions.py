"""Đề nghị phát as rows: what was asked for with an announcement, and what its approval has planned.

An announcement has at most one that is open. Who may ask, and what may be planned, is the desk's business.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from scheduler.core.planning.make_up import MakeUp
from scheduler.core.planning.submission import Place, Submission, SubmissionKind, SubmissionState
from scheduler.store.database import Row, Store, insert, instant_of, instant_text, update
from scheduler.store.mapper import Mapper, Of

__all__ = ["Submissions"]

_OPEN, _APPROVED, _CLOSED = (
    SubmissionState.OPEN.value,
    SubmissionState.APPROVED.value,
    SubmissionState.CLOSED.value,
)


class Submissions:
    def __init__(self, store: Store) -> None:
        self.store = store

    def add(
        self,
        announcement_id: int,
        kind: SubmissionKind,
        at: datetime | None,
        places: Iterable[Place],
        by: int,
        now: datetime,
        make_up: MakeUp | None = None,
    ) -> int:
        """Keep a wish; an open one of the same announcement is closed by it."""
        row: Row = {
            "announcement_id": announcement_id,
            "kind": kind.value,
            "at": instant_text(at) if at else None,
            "created_at": instant_text(now),
            "created_by": by,
            "lost_slot": make_up.slot_id if make_up else "",
            "made_up": instant_text(make_up.at) if make_up else None,
        }
        with self.store.write() as db:
            self.close(announcement_id)
            number = insert(db, "submission", row)
            for one in places:
                place = {"submission_id": number, "zone": one.zone, "campaign_id": one.campaign_id}
                insert(db, "submission_place", place)
            return number

    def close(self, announcement_id: int) -> None:
        """What is open of an announcement is asked for no more."""
        with self.store.write() as db:
            update(db, "submission", {"announcement_id": announcement_id, "state": _OPEN}, {"state": _CLOSED})

    def open_of(self, announcement_id: int) -> Submission | None:
        """What waits for a leader with an announcement."""
        return self._one("announcement_id = ? AND state = 'open'", (announcement_id,))

    def newest_of(self, announcement_id: int) -> Submission | None:
        return self._one("announcement_id = ?", (announcement_id,))

    def open(self) -> list[Submission]:
        """All that are open, the newest first."""
        return self._all("state = 'open'", ())

    def approved(self, since: datetime) -> list[Submission]:
        """Those approved whose told start lies behind `since`, the newest first."""
        return self._all("state = 'approved' AND told >= ?", (instant_text(since),))

    def slots_of(self, announcement_id: int) -> list[str]:
        """The slots that approvals of this announcement have planned, whatever became of them."""
        sql = """SELECT p.slot_id FROM submission_place p JOIN submission s ON s.id = p.submission_id
            WHERE s.announcement_id = ? AND p.slot_id <> ''"""
        return [row["slot_id"] for row in self.store.rows(sql, (announcement_id,))]

    def approve(
        self,
        submission_id: int,
        slots: Sequence[tuple[str, str]],
        told: datetime | None,
        gave_way: Mapping[str, datetime] = MappingProxyType({}),
    ) -> None:
        """It is approved: (zone, slot) are planned for it, and `told` is the first start. `gave_way`: slot -> its start
        before.
        """
        values: Row = {"state": _APPROVED, "told": instant_text(told) if told else None}
        with self.store.write() as db:
            update(db, "submission", {"id": submission_id}, values)
            for zone, slot_id in slots:
                update(db, "submission_place", {"submission_id": submission_id, "zone": zone}, {"slot_id": slot_id})
            for slot_id, was in gave_way.items():
                insert(db, "gave_way", {"submission_id": submission_id, "slot_id": slot_id, "was": instant_text(was)})

    def gave_way(self, announcement_id: int) -> list[tuple[str, datetime]]:
        """The slots that the newest approval of an announcement has moved, each with its start before."""
        sql = """SELECT slot_id, was FROM gave_way WHERE submission_id =
            (SELECT max(id) FROM submission WHERE announcement_id = ? AND state = 'approved') ORDER BY was, slot_id"""
        return [(row["slot_id"], instant_of(row["was"])) for row in self.store.rows(sql, (announcement_id,))]

    def all_gave_way(self, now: datetime) -> list[tuple[str, datetime]]:
        """Every slot ahead that some approval has moved, with the start that it had before the first of them."""
        sql = """SELECT g.slot_id, min(g.was) AS was FROM gave_way g JOIN slot s ON s.id = g.slot_id
            WHERE s.outcome IS NULL AND s.start > ? GROUP BY g.slot_id ORDER BY s.start, g.slot_id"""
        return [(row["slot_id"], instant_of(row["was"])) for row in self.store.rows(sql, (instant_text(now),))]

    def _one(self, where: str, values: tuple[object, ...]) -> Submission | None:
        found = self._all(where, values)
        return found[0] if found else None

    def _all(self, where: str, values: tuple[object, ...]) -> list[Submission]:
        rows = self.store.rows(f"SELECT * FROM submission WHERE {where} ORDER BY id DESC", values)  # noqa: S608 - `where` is ours
        return [self._read(row) for row in rows]

    def _read(self, row: Row) -> Submission:
        sql = "SELECT * FROM submission_place WHERE submission_id = ? ORDER BY zone"
        return replace(_SUBMISSION.read(row), places=tuple(_PLACE.read_all(self.store.rows(sql, (row["id"],)))))


def _make_up(row: Row) -> MakeUp | None:
    return MakeUp(row["lost_slot"], instant_of(row["made_up"])) if row["made_up"] else None


_PLACE = Mapper(Place, "submission_place")
_SUBMISSION = Mapper(Submission, "submission", places=Of(lambda _: ()), make_up=Of(_make_up))
