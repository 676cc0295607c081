"""Nghe kiểm tra: what a measurement of the return line means, and when what is heard there is an alarm.

An airing that has ended is judged by how much of it came back. While the line is listened to, silence under something
that plays and sound under nothing that plays become spells with a beginning and an end. Where it cannot be known what
should sound (playout does not answer, something has just begun or ended), nothing is raised. Pure: levels and instants
are arguments, and no sound is looked at here.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from scheduler.core.air.heard_back import Heard, SpellKind

__all__ = ["Air", "Measured", "Spell", "StoredHeard", "Watch", "WatchRules", "judge"]

WHOLE = 0.8
"""The share of an airing's stretches that must have come back for it to count as heard."""
LEAST_LISTENED = 0.5
"""The share of an airing that must have been listened to for anything to be said of it."""
_SECOND = timedelta(seconds=1)


REASONS = {
    Heard.HEARD: "",
    Heard.PARTLY: "air_partly",
    Heard.SOUND: "air_sound",
    Heard.OTHER: "air_other",
    Heard.SILENT: "air_silent",
    Heard.UNKNOWN: "air_unknown",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of an airing at the return line. None = there was nothing to measure it by."""

    listened: float
    """Share of the airing's time (0-1) in which somebody listened."""
    level_dbfs: float | None = None
    """Mean level, 300 Hz to 4 kHz."""
    correlation: float | None = None
    share: float | None = None
    """Of the stretches that could be judged, those that came back (0-1)."""
    delay_ms: int | None = None


@dataclass(frozen=True, slots=True)
class StoredHeard:
    """A finding as kept; of an airing with its verdict, else with none."""

    id: int
    kind: str
    slot_id: str | None
    title: str
    began_at: datetime
    ended_at: datetime | None
    verdict: Heard | None
    measured: Measured
    seq: int | None


def judge(measured: Measured, silence_db: float) -> Heard:
    """What an airing was at the far end. That it fits counts for more than how loud it is."""
    if measured.listened < LEAST_LISTENED or measured.level_dbfs is None:
        return Heard.UNKNOWN
    is_silent = measured.level_dbfs < silence_db
    if measured.share is None:
        return Heard.SILENT if is_silent else Heard.SOUND
    if measured.share >= WHOLE:
        return Heard.HEARD
    if measured.share > 0:
        return Heard.PARTLY
    return Heard.SILENT if is_silent else Heard.OTHER


class Air(StrEnum):
    """What should sound at the far end now."""

    PLAYING = "playing"
    NOTHING = "nothing"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of time that should not have been. `ended` None = it goes on."""

    kind: SpellKind
    began: datetime
    level_dbfs: float
    """Of silence the lowest, of stray sound the highest second."""
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class WatchRules:
    """Levels in dBFS, lengths in seconds; a `stray_db` of 0 = stray sound is not watched for."""

    silence_db: float
    silence_seconds: float
    stray_db: float
    stray_seconds: float


@dataclass(slots=True)
class Watch:
    """One return line, looked at about once a second."""

    rules: WatchRules
    open: Spell | None = None
    _silent_since: datetime | None = None
    _loud: deque[tuple[datetime, float]] = field(default_factory=deque)
    """The loud seconds of the last while."""
    _before: datetime | None = None

    def look(self, at: datetime, level: float | None, air: Air) -> list[Spell]:
        """Take in the level of the second that ends at `at` (None = nobody listened): spells that began or ended."""
        # A clock that was stepped makes no spell of hours.
        if level is None or (self._before and not timedelta(0) <= at - self._before < 10 * _SECOND):
            return self._begin_again(at, level)
        self._before = at
        told = self._ended(at, level, air)
        if self.open is None:
            told += self._begun(at, level, air)
        return told

    def _begin_again(self, at: datetime, level: float | None) -> list[Spell]:
        last, self._before = self._before, None if level is None else at
        self._silent_since = None
        self._loud.clear()
        return self._close(last or at)

    def _close(self, at: datetime) -> list[Spell]:
        spell, self.open = self.open, None
        return [Spell(spell.kind, spell.began, spell.level_dbfs, max(at, spell.began))] if spell else []

    def _ended(self, at: datetime, level: float, air: Air) -> list[Spell]:
        spell = self.open
        if spell is None:
            return []
        if spell.kind is SpellKind.SILENCE:
            if air is Air.PLAYING and level < self.rules.silence_db:
                self.open = Spell(spell.kind, spell.began, min(spell.level_dbfs, level))
                return []
            self._silent_since = None
            return self._close(at - _SECOND)
        if air is Air.NOTHING and level >= self.rules.stray_db:
            self._loud.append((at, level))
            self.open = Spell(spell.kind, spell.began, max(spell.level_dbfs, level))
            return []
        last = self._loud[-1][0]
        if air is not Air.PLAYING and (at - last).total_seconds() <= 2 * self.rules.stray_seconds:
            return []
        self._loud.clear()
        return self._close(last)

    def _begun(self, at: datetime, level: float, air: Air) -> list[Spell]:
        if air is not Air.PLAYING or level >= self.rules.silence_db:
            self._silent_since = None
        else:
            self._silent_since = self._silent_since or at - _SECOND
            if (at - self._silent_since).total_seconds() >= self.rules.silence_seconds:
                self.open = Spell(SpellKind.SILENCE, self._silent_since, level)
                return [self.open]
        return self._begun_stray(at, level, air)

    def _begun_stray(self, at: datetime, level: float, air: Air) -> list[Spell]:
        if air is not Air.NOTHING or not self.rules.stray_db:
            self._loud.clear()
            return []
        if level >= self.rules.stray_db:
            self._loud.append((at, level))
        while self._loud and (at - self._loud[0][0]).total_seconds() >= 2 * self.rules.stray_seconds:
            self._loud.popleft()
        if not self._loud or len(self._loud) < self.rules.stray_seconds:
            return []
        self.open = Spell(SpellKind.STRAY, self._loud[0][0] - _SECOND, max(one for _, one in self._loud))
        return [self.open]
