"""The journal as reports read it: rows added up by SQLite, days by the station's zone, nothing from a counter.

Sums come in groups, so that half a year costs as many rows as it has different airings, not as many as were aired.
What the groups mean is `core.report.sums`'s. Names of people and titles are those the journal has kept.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from scheduler.core.model import AiringOutcome, Trigger
from scheduler.core.report.sums import Group, RelayAiring, RelayChange
from scheduler.store.air.journal import HEARD
from scheduler.store.database import Row, Store, instant_of, instant_or_none, instant_text, json_text

__all__ = ["DayAnswers", "DayParts", "OutputRows", "ReportRows"]

DayParts = tuple[date, datetime, datetime]
"""A day, and the instants its noon and its afternoon begin."""
_GROUPS = """
    WITH part AS MATERIALIZED (
        SELECT json_extract(value, '$[0]') AS day, json_extract(value, '$[1]') AS noon,
            json_extract(value, '$[2]') AS afternoon
        FROM json_each(?)
    )
    SELECT j.day, (j.planned_start >= part.noon) + (j.planned_start >= part.afternoon) AS session, j."trigger",
        j.campaign_id, j.announcement_id, j.dispatch_number, j.outcome, j.reason,
        count(*), sum(coalesce(j.played_ms, 0) > 0), sum(coalesce(j.played_ms, 0))
    FROM part CROSS JOIN journal j ON j.day = part.day AND j.kind = 'airing' AND j."trigger" <> 'test'
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_RELAY_COLUMNS = "j.seq, j.slot_id, j.title, j.outcome, j.actual_start, j.actual_end, coalesce(j.played_ms, 0)"
_AIRING = "j.kind = 'airing' AND j.\"trigger\" <> 'test'"
_IN_PERIOD = "kind = 'airing' AND \"trigger\" <> 'test' AND day BETWEEN ? AND ?"


MOST_KEPT = 5000
"""Days of answers; beyond them everything is asked anew."""
_Item = TypeVar("_Item")
_Day = TypeVar("_Day", bound=tuple[Hashable, ...])


class DayAnswers:
    """What was asked of single days, kept until a row of such a day is added: none is ever changed. Any thread may ask.

    A year is asked for again and again, and all but its last day has been over for long.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._seen = 0
        self._kept: dict[str, dict[Hashable, list[Any]]] = {}
        """Day -> (question, day as asked) -> what was found."""

    def of(
        self, question: str, days: Sequence[_Day], read: Callable[[Sequence[_Day]], Iterable[tuple[str, _Item]]]
    ) -> list[_Item]:
        """What `read` finds on the days (ISO day first, then whatever makes it another question), day after day.

        `read` is given those that nobody has asked for, and gives each item with its day. Nobody may change an item.
        """
        if self._store.db.conn.in_transaction:  # it may yet be undone
            return [item for _, item in read(days)]
        with self._lock:
            self._look()
            missing = [day for day in days if (question, day) not in self._kept.get(str(day[0]), {})]
            if missing:
                found: dict[str, list[_Item]] = {str(day[0]): [] for day in missing}
                for on, item in read(missing):
                    found[on].append(item)
                for day in missing:
                    self._kept.setdefault(str(day[0]), {})[question, day] = found[str(day[0])]
            return [item for day in days for item in self._kept[str(day[0])][question, day]]

    def _look(self) -> None:
        """Forget the days that have had a row since the last look."""
        newest = int(self._store.value("SELECT coalesce(max(seq), 0) FROM journal"))
        if newest < self._seen or sum(map(len, self._kept.values())) > MOST_KEPT:  # less: a backup was brought back
            self._kept.clear()
        elif newest > self._seen:
            sql = "SELECT DISTINCT day FROM journal WHERE seq > ? AND seq <= ?"
            for (day,) in self._store.db.conn.execute(sql, (self._seen, newest)):
                self._kept.pop(str(day), None)
        self._seen = newest


@dataclass(frozen=True, slots=True)
class OutputRows:
    """Airings that agree in what each output said of them ("ok" or a fault)."""

    outputs: Mapping[str, str]
    rows: int


class ReportRows:
    """One serves a whole process: what it has asked of days that are over it keeps."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._days = DayAnswers(store)

    def groups(self, days: Sequence[DayParts]) -> list[Group]:
        """Every airing of the days, in groups."""
        return self._days.of("groups", days, self._groups)

    def _groups(self, days: Sequence[DayParts]) -> Iterator[tuple[str, Group]]:
        parts = json_text([(str(day), instant_text(noon), instant_text(after)) for day, noon, after in days])
        for day, session, trigger, campaign_id, announcement_id, dispatch, outcome, *rest in self._all(
            _GROUPS, (parts,)
        ):
            told = (campaign_id, announcement_id, dispatch, AiringOutcome(outcome))
            yield day, Group(date.fromisoformat(day), session, Trigger(trigger), *told, *rest)

    def relays(self, first: date, last: date) -> tuple[list[RelayAiring], dict[str, list[RelayChange]]]:
        """Relays of the days, and by slot where their sound came from, from when on."""
        airings = [
            RelayAiring(slot_id, title, AiringOutcome(outcome), instant_or_none(start), instant_or_none(end), played_ms)
            for _, slot_id, title, outcome, start, end, played_ms in self._of_days(
                first, last, _RELAY_COLUMNS, f"{_AIRING} AND j.\"trigger\" = 'relay'"
            )
        ]
        changes: dict[str, list[RelayChange]] = {}
        for _, at, note in self._of_days(first, last, "j.seq, j.at, j.note", "j.kind = 'relay'"):
            slot_id, _, way = note.partition(": ")
            changes.setdefault(slot_id, []).append(RelayChange(instant_of(at), way.rpartition(" -> ")[2]))
        return airings, changes

    def urgent(self, first: date, last: date) -> list[Row]:
        """Emergencies and drills, one by one, by when they were ordered."""
        names = ("planned_start", "seq", "day", "title", "zone", "trigger", "actual_start", "played_ms", "outcome",
            "reason", "operator")  # fmt: skip
        columns = ", ".join(f'j."{name}"' for name in names)
        found = self._of_days(first, last, columns, f"{_AIRING} AND j.\"trigger\" IN ('emergency', 'drill')")
        rows: list[Row] = [dict(zip(names, values, strict=True)) for values in found]
        return [row | {"played_ms": row["played_ms"] or 0} for row in rows]

    def outputs(self, first: date, last: date) -> list[OutputRows]:
        """What the outputs said, most frequent first; airings that reached none are left out."""
        rows: Counter[str] = Counter()
        where = f"{_AIRING} AND j.outputs_json <> '{{}}' GROUP BY j.day, j.outputs_json"
        for text, count in self._of_days(first, last, "j.outputs_json, count(*)", where):
            rows[text] += count
        found = sorted(rows.items(), key=lambda one: (-one[1], one[0]))
        return [OutputRows(json.loads(text), count) for text, count in found]

    def _of_days(self, first: date, last: date, columns: str, where: str) -> list[tuple]:  # type: ignore[type-arg]
        """`columns` of the journal's rows `j` of the days, in their order; both are words of ours."""
        sql = f"""SELECT j.day, {columns} FROM json_each(?) asked CROSS JOIN journal j ON j.day = asked.value
            WHERE {where}"""  # noqa: S608 - our words

        def read(days: Sequence[tuple[date]]) -> Iterator[tuple[str, tuple]]:  # type: ignore[type-arg]  # as asked for
            for day, *values in self._all(sql, (json_text([str(day) for (day,) in days]),)):
                yield day, tuple(values)

        days = [(first + timedelta(days=at),) for at in range((last - first).days + 1)]
        return sorted(self._days.of(sql, days, read))

    def sounded_in(self, spans: Sequence[tuple[date, datetime, datetime]]) -> list[Row]:
        """Airings with sound in one of the spans, each given with the day whose airings it is held against."""
        of_day: dict[date, list[tuple[datetime, datetime]]] = {}
        for day, start, end in spans:
            of_day.setdefault(day, []).append((start, end))
        asked = [(day, tuple(told)) for day, told in of_day.items()]
        return sorted(self._days.of("sounded", asked, self._sounded_in), key=lambda row: int(row["seq"]))

    def _sounded_in(
        self, days: Sequence[tuple[date, tuple[tuple[datetime, datetime], ...]]]
    ) -> Iterator[tuple[str, Row]]:
        told = json_text([(str(day), *map(instant_text, span)) for day, spans in days for span in spans])
        for row in self.store.rows(
            f"""WITH s AS MATERIALIZED (
                SELECT json_extract(value, '$[0]') AS day, json_extract(value, '$[1]') AS start,
                    json_extract(value, '$[2]') AS end
                FROM json_each(?)
            )
            SELECT DISTINCT j.seq, j.day, j.title, j.zone, j."trigger", j.actual_start, j.actual_end, j.played_ms,
                j.operator, j.approver
            FROM s CROSS JOIN journal j ON j.day = s.day AND j.kind = 'airing'
            WHERE {HEARD} AND j.outcome <> 'recorded' AND j.actual_start < s.end AND j.actual_end > s.start
            ORDER BY j.seq""",  # noqa: S608 - our words
            (told,),
        ):
            yield row["day"], row

    def of_day(self, day: date) -> list[Row]:
        """Every airing of a day by planned start."""
        sql = "SELECT * FROM journal WHERE kind = 'airing' AND day = ? ORDER BY planned_start, seq"
        return self.store.rows(sql, (str(day),))

    def of_dispatch(self, number: str) -> list[Row]:
        """Every airing that answered a dispatch, by when it was to be."""
        sql = "SELECT * FROM journal WHERE kind = 'airing' AND dispatch_number = ? ORDER BY planned_start, seq"
        return self.store.rows(sql, (number,))

    def items(self, first: date, last: date) -> list[Row]:
        """What each author wrote that was heard: one row an announcement and version of its words.

        `author`: as the newest airing names them; `account`: whose it is, whatever they were called.
        """
        return self.store.rows(
            f"""SELECT newest.author, coalesce(p.login, '') AS account, told.* FROM (
                SELECT announcement_id, title, text_sha256, min(voice) AS voice, min(day) AS first_day,
                    sum({HEARD}) AS airings, sum(coalesce(played_ms, 0)) AS played_ms,
                    max(seq) AS seq
                FROM journal WHERE {_IN_PERIOD} AND outcome <> 'recorded'
                    AND "trigger" NOT IN ('relay', 'live', 'drill')
                GROUP BY announcement_id, title, text_sha256, CASE WHEN announcement_id IS NULL THEN author END
                HAVING airings > 0) told
            JOIN journal newest ON newest.seq = told.seq
            LEFT JOIN announcement a ON a.id = told.announcement_id LEFT JOIN person p ON p.id = a.author_id
            ORDER BY newest.author, first_day, told.title, told.announcement_id""",  # noqa: S608 - our words
            (str(first), str(last)),
        )

    def refusals(self, first: date, last: date) -> list[tuple[str, int]]:
        """What could not be planned: reason and airings, most frequent first; but for what gave way and is made up."""
        sql = """SELECT reason, count(*) FROM refusal r WHERE day BETWEEN ? AND ? AND NOT (
            reason = 'made_up_later' AND EXISTS (SELECT 1 FROM slot
                WHERE makes_good <> '' AND (outcome IS NULL OR outcome IN ('played', 'partial'))
                AND makes_good = replace(r.day, '-', '') || '-c' || r.campaign_id || '-' || r.ordinal))
            GROUP BY 1 ORDER BY 2 DESC, 1"""
        return [(reason, count) for reason, count in self._all(sql, (str(first), str(last)))]

    def fields(self) -> dict[int, int]:
        """Field (lĩnh vực) by campaign."""
        return dict(self._all("SELECT id, field FROM campaign", ()))

    def relay_sources(self, slot_ids: Sequence[str]) -> dict[str, str]:
        """Where the sound of some relays came from, each address once, in order."""
        if not slot_ids:
            return {}
        days = sorted({f"{one[:4]}-{one[4:6]}-{one[6:8]}" for one in slot_ids})  # a slot's name begins with its day
        sql = "SELECT note FROM journal WHERE kind = 'relay' AND day BETWEEN ? AND ? ORDER BY seq"
        wanted, found = set(slot_ids), dict[str, dict[str, None]]()
        for (note,) in self._all(sql, (days[0], days[-1])):
            slot_id, _, way = note.partition(": ")
            if slot_id in wanted and (to := way.rpartition(" -> ")[2]) != "none":
                found.setdefault(slot_id, {})[to] = None
        return {slot_id: ", ".join(of) for slot_id, of in found.items()}

    def _all(self, sql: str, values: Sequence[object]) -> list[tuple]:  # type: ignore[type-arg]  # columns as asked for
        return list(self.store.db.conn.execute(sql, values))
