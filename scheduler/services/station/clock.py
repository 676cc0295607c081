"""The word "giờ bây giờ đúng": after a clock that ran ahead was put right, people say once that it is right now.

Where two people or more may say it, one asks and another agrees; until then nothing but an ordered emergency airs. The
word is a row of the journal and of the log of acts. It never sets a clock, and it never lets anything air twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.core.air.clock_trust import EARLIEST, Ahead, is_trusted
from scheduler.core.announcement.approval import may
from scheduler.core.model import Person
from scheduler.core.report.journal_notes import ahead_note
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Entry
from scheduler.store.air.clock_words import WAITS, ClockWord, ClockWords

__all__ = ["ACT", "ClockService", "ClockState"]

ACT = "confirm_clock"
SEEN_WITHIN = timedelta(minutes=10)
"""How far the hour that somebody has seen may lie from the one in which the word arrives."""


@dataclass(frozen=True, slots=True)
class ClockState:
    """How the clock of this machine stands to what was written."""

    now: datetime
    trusted: bool
    ahead: Ahead | None
    """Rows of a clock that ran ahead; None = there are none, or people have set them right."""
    asked: ClockWord | None
    """A first word that waits for the second."""
    people: int
    """How many may say it: two or more, and two have to."""


class ClockService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._words = ClockWords(repos.store)

    def state(self) -> ClockState:
        repos, now = self._repos, self._repos.clock.now()
        trusted = is_trusted(now, repos.journal.newest())
        return ClockState(now, trusted, repos.journal.ahead(now), self._words.open(now), len(self._people()))

    def confirm(self, actor: Person, seen: datetime) -> bool:
        """Say that the hour `seen` on this machine is right; whether that settles it, or a second person has to agree.

        Raises Refused: clock_is_trusted, clock_before_release, clock_seen_differs; clock_second_needed where the same
        person says it again.
        """
        permit(actor, ACT)
        repos = self._repos
        with repos.store.write():
            state = self.state()
            self._refuse(state, seen)
            others = [one for one in self._people() if one.id != actor.id]
            first = state.asked
            if first is None or (first.person_id == actor.id and not others):
                word = first.id if first else self._words.ask(actor.id, state.now)
                if others:
                    self._note("clock_confirm_asked", state, actor, actor)
                    return False
                self._settle(word, state, actor, actor)
                return True
            if first.person_id == actor.id:
                until = repos.config.station.local(first.at + WAITS)
                raise Refused("clock_second_needed", until=f"{until:%H:%M}")
            self._settle(first.id, state, repos.people.get(first.person_id), actor)
            return True

    def _refuse(self, state: ClockState, seen: datetime) -> None:
        local = self._repos.config.station.local
        told = f"{local(state.now):%H:%M %d/%m/%Y}"
        if state.now < EARLIEST:
            raise Refused("clock_before_release", now=told)
        if state.trusted:
            raise Refused("clock_is_trusted")
        if abs(state.now - seen) > SEEN_WITHIN:
            raise Refused("clock_seen_differs", seen=f"{local(seen):%H:%M %d/%m/%Y}", now=told)

    def _settle(self, word_id: int, state: ClockState, first: Person, second: Person) -> None:
        seq = self._note("clock_confirmed", state, first, second)
        self._words.confirm(word_id, second.id, state.now, seq)

    def _note(self, reason: str, state: ClockState, first: Person, second: Person) -> int:
        """The word as a row of the journal: who said it, how far ahead the clock was, what was aired in that time."""
        entry = Entry(
            at=state.now,
            kind="clock",
            day=self._repos.config.station.day_of(state.now).isoformat(),
            reason=reason,
            note=ahead_note(state.ahead),
            author=first.name,
            approver=second.name if reason == "clock_confirmed" else "",
            approved_at=state.now.isoformat() if reason == "clock_confirmed" else None,
            operator=second.name,
        )
        return self._repos.journal.append(self._repos.store.db, entry)

    def _people(self) -> list[Person]:
        return [one for one in self._repos.people.listed() if one.active and may(one.role, ACT)]
