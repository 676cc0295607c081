"""What the air monitor wants seen to (việc cần làm): one row a cause, cleared when the line is well again.

A silent line is cleared by sound; an airing that did not come back, by the next one that does; stray sound is shown
for a day, because a burst of it lasts seconds and nobody may have looked. What is raised is in the journal besides.
"""

from datetime import datetime, timedelta

from scheduler.core.air.heard_back import Heard, SpellKind
from scheduler.extras.air_check.rows import HeardRows, ToJudge
from scheduler.extras.air_check.rules.air_watch import Spell
from scheduler.station import Station
from scheduler.store.station.tasks import AIR

__all__ = ["Raised"]

SHOWN = timedelta(hours=24)
_SILENT, _STRAY, _NOT_HEARD, _DEAF = (AIR + name for name in ("silent", "stray", "not_heard", "deaf"))


class Raised:
    def __init__(self, station: Station, rows: HeardRows) -> None:
        self._station = station
        self._rows = rows
        self._todos = station.repos.todos
        self._deaf = ""

    def close_left_open(self, at: datetime, now: datetime) -> None:
        """Spells that a monitor which died has left open end when it was last known to listen."""
        for row_id in self._rows.open_spells():
            self._rows.end(row_id, at, None, now)
        self._todos.clear_one(_SILENT, now)
        self._todos.clear_one(_DEAF, now)

    def spell(self, spell: Spell, slot_id: str | None, title: str, now: datetime) -> None:
        if spell.kind is SpellKind.SILENCE:
            self._todos.raise_(_SILENT, slot_id, spell.began, "air_silent", {"title": title}, now)
        else:
            self._todos.raise_(_STRAY, None, spell.began, "air_stray", self._details_of(spell), now)

    def spell_over(self, spell: Spell, now: datetime) -> None:
        if spell.kind is SpellKind.SILENCE:
            self._todos.clear_one(_SILENT, now)
        elif spell.ended:
            seconds = max(1, round((spell.ended - spell.began).total_seconds()))
            self._todos.raise_(
                _STRAY, None, spell.began, "air_stray", self._details_of(spell) | {"seconds": seconds}, now
            )

    def _details_of(self, spell: Spell) -> dict[str, object]:
        at = self._station.config.station.local(spell.began)
        return {"at": f"{at:%H:%M:%S}", "level": f"{spell.level_dbfs:.0f}"}

    def verdict(self, one: ToJudge, verdict: Heard, reason: str, now: datetime) -> None:
        """Of an airing that is over: sound at the far end clears what an earlier one has raised."""
        if verdict in {Heard.HEARD, Heard.SOUND}:
            self._todos.clear_one(_NOT_HEARD, now)
        elif verdict is not Heard.UNKNOWN:
            title = self._station.repos.slots.facts(one.slot_id).title
            self._todos.raise_(_NOT_HEARD, one.slot_id, one.attempts[0].started_at, reason, {"title": title}, now)

    def deaf(self, reason: str, now: datetime) -> None:
        """The monitor itself hears nothing, for this reason; empty = it hears."""
        if reason != self._deaf:
            self._deaf = reason
            if reason:
                self._todos.raise_(_DEAF, None, None, reason, {}, now)
            else:
                self._todos.clear_one(_DEAF, now)

    def forget_old(self, now: datetime) -> None:
        """Stray sound is shown for a day."""
        for one in self._todos.open():
            if one.key == _STRAY and one.due and now - one.due > SHOWN:
                self._todos.clear_one(_STRAY, now)
