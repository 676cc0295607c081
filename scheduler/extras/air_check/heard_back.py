"""What the air monitor has found, for pages and reports: the record's `heard_back`.

It asks the rows and puts them in words and marks; the word always stands beside its mark. It decides nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from scheduler.core.air.heard_back import HEARD_WORDS, AirFigures, DayHeard, Finding, Heard, Mark
from scheduler.core.words.wording import sentence
from scheduler.extras.air_check.keys import MonitorConfig
from scheduler.extras.air_check.rows import HeardRows
from scheduler.extras.air_check.rules.air_watch import REASONS, StoredHeard
from scheduler.extras.air_check.rules.wording_air import SPELL_WORDS, measured_words
from scheduler.services.repositories import Repositories

__all__ = ["HeardBack"]

_MARKS = {
    Heard.HEARD: ("done", "check"),
    Heard.PARTLY: ("warn", "warn"),
    Heard.SOUND: ("done", "check"),
    Heard.OTHER: ("err", "cross"),
    Heard.SILENT: ("err", "cross"),
    Heard.UNKNOWN: ("off", "stop"),
}
"""How a verdict looks, and its picture."""


class HeardBack:
    """As `core.air.heard_back.HeardBack` promises."""

    def __init__(self, repos: Repositories) -> None:
        self._rows = HeardRows(repos.store, repos.journal)
        self._keys = repos.config.get(MonitorConfig)

    @property
    def listens(self) -> bool:
        return self._keys.kind != "none"

    def of_day(self, day: date) -> DayHeard:
        found = self._rows.of_day(day.isoformat())
        return DayHeard(
            {one.slot_id: _finding(one) for one in found if one.verdict and one.slot_id},
            [_finding(one) for one in found if not one.verdict],
        )

    def marks(self, slot_ids: Sequence[str]) -> dict[str, Mark]:
        return self._rows.marks(slot_ids)

    def figures(self, first: date, last: date) -> AirFigures:
        return replace(self._rows.figures(first, last), watches_stray=bool(self._keys.stray_db))

    def tally(self, slot_ids: Sequence[str]) -> tuple[int, int] | None:
        return self._rows.tally(slot_ids)


def _finding(one: StoredHeard) -> Finding:
    mark, picture = _MARKS[one.verdict] if one.verdict else ("err", "warn")
    return Finding(
        word=HEARD_WORDS[one.verdict] if one.verdict else SPELL_WORDS[one.kind],
        mark=mark,
        picture=picture,
        why=sentence(REASONS[one.verdict]) if one.verdict else "",
        numbers=measured_words(one.measured),
        title=one.title,
        began_at=one.began_at,
        seconds=(one.ended_at - one.began_at) // timedelta(seconds=1) if one.ended_at else None,
    )
