"""Nhật ký: airings of some days that fit a filter, and one airing with everything that proves it.

Reads only. What is held against what stands here (a row against its hash, a sound against its name) is done anew at
every look; the walk over the whole journal is `services.report.proof`'s.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from scheduler.core.air.heard_back import DayHeard, Finding
from scheduler.core.air.standing import Tally
from scheduler.core.model import Announcement, Person, Sha256, Slot
from scheduler.core.report.journal_filter import Filter, Place
from scheduler.core.report.proof import read_payload
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Checkpoints, Row, instant_of
from scheduler.store.chain import GENESIS, row_hash
from scheduler.store.listing import journal_after

__all__ = ["AiringProof", "Choices", "JournalService"]

BESIDE = ("order", "rules", "clock")
"""Kinds of rows that are shown beside the airings of their day."""
VERIFY_BYTES = 40_000_000
"""Sounds up to this size are read and held against their name at once; about seven minutes."""


class Choices(NamedTuple):
    """What a filter of the journal may name."""

    dispatches: list[tuple[str, date | None]]
    """Number with symbol and day, the newest first."""
    campaigns: list[tuple[int, str]]
    """Number and title, the oldest first."""


@dataclass(frozen=True, slots=True)
class AiringProof:
    """An airing as the journal has it, and what was held against it."""

    row: Row
    holds: bool
    """Its hash is that of what stands in it, and it follows the row before it."""
    signed_on: date | None
    """Day of the checkpoint that has signed it; None = its day is not closed yet."""
    heard: Finding | None
    """As it came back; None = nobody looked."""
    slot: Slot | None
    announcement: Announcement | None
    same_words: bool
    """The announcement's words are those that were aired."""
    order: Row | None
    """By whose word an officer ordered it; None where nobody was stood in for."""
    has_sound: bool
    sound_holds: bool | None
    """The sound in the library is the very one that was aired; None = it is long and was not read."""


class JournalService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._search = repos.airings

    def of_day(self, day: date) -> list[Row]:
        """Every row of a day, in the order they were written."""
        return self._repos.journal.of_day(day.isoformat())

    def after(self, seq: int, limit: int) -> list[Row]:
        """At most `limit` rows of every kind behind number `seq`."""
        return journal_after(self._repos.store, seq, limit)

    def relays(self, day: date) -> list[Row]:
        """What the journal keeps of the sources of a day's relays."""
        return self._search.beside(day, day, ("relay",))

    def tally(self, actor: Person, wanted: Filter) -> Tally:
        permit(actor, "see")
        return self._search.tally(wanted)

    def airtime(self, actor: Person, first: date, last: date) -> dict[tuple[date, str | None], Tally]:
        """By day and dispatch number, in their order; None = what answers none."""
        permit(actor, "see")
        return self._search.by_dispatch(first, last)

    def add_up(self) -> None:
        """Add up all that stands in the journal now, so that no page has to wait for that; it is kept."""
        self._search.tally(Filter(date.max, date.max))

    def choices(self) -> Choices:
        """The dispatches and campaigns there are."""
        programme = self._repos.programme
        dispatches = [(number, day) for _, number, day in programme.dispatch_numbers() if number]
        return Choices(dispatches, programme.campaign_titles())

    def page(
        self, actor: Person, wanted: Filter, limit: int, *, after: Place | None = None, newest_first: bool = False
    ) -> list[Row]:
        """At most `limit` airings behind a row."""
        permit(actor, "see")
        return self._search.page(wanted, limit, after=after, newest_first=newest_first)

    def every(self, actor: Person, wanted: Filter) -> Iterator[Row]:
        """All airings, oldest first, read some at a time."""
        permit(actor, "see")
        return self._search.every(wanted)

    def minutes(self, actor: Person, wanted: Filter) -> dict[date, int]:
        """Milliseconds of sound by day."""
        permit(actor, "see")
        return self._search.minutes(wanted)

    def beside(self, actor: Person, day: date) -> list[Row]:
        """What else the journal keeps of a day: orders by telephone, changed rules, a clock that was set."""
        permit(actor, "see")
        return self._search.beside(day, day, BESIDE)

    def heard(self, actor: Person, day: date) -> DayHeard:
        """What came back on a day."""
        permit(actor, "see")
        return self._repos.heard_back.of_day(day)

    def airing(self, actor: Person, seq: int) -> AiringProof:
        """One airing. Raises NotFound."""
        permit(actor, "see")
        row = self._search.row(seq)
        if row is None:
            raise NotFound("airing", seq)
        before = self._repos.store.value("SELECT hash FROM journal WHERE seq = ?", (seq - 1,)) or GENESIS
        announcement = self._announcement(row)
        has_sound, sound_holds = self._sound(row["audio_sha256"])
        return AiringProof(
            row=row,
            holds=row_hash(row) == row["hash"] and row["prev_hash"] == before,
            signed_on=self._signed_on(row),
            heard=self._repos.heard_back.of_day(date.fromisoformat(row["day"])).marks.get(row["slot_id"]),
            slot=self._slot(row),
            announcement=announcement,
            same_words=announcement is not None and _sha256(announcement.text) == row["text_sha256"],
            order=self._search.order_of(row["day"], row["slot_id"] or ""),
            has_sound=has_sound,
            sound_holds=sound_holds,
        )

    def _signed_on(self, row: Row) -> date | None:
        """A row is signed with the day it was written on."""
        seq, written = row["seq"], self._repos.config.station.day_of(instant_of(row["at"]))
        for sealed in Checkpoints(self._repos.store).near(written):
            try:
                made = read_payload(sealed.payload)
            except ValueError:
                return None
            if made.first_seq <= seq <= made.last_seq:
                return made.day
        return None

    def _slot(self, row: Row) -> Slot | None:
        try:
            return self._repos.slots.slot(row["slot_id"])
        except NotFound:
            return None

    def _announcement(self, row: Row) -> Announcement | None:
        if row["announcement_id"] is None:
            return None
        try:
            return self._repos.programme.announcement(row["announcement_id"])
        except NotFound:
            return None

    def _sound(self, sha256: str) -> tuple[bool, bool | None]:
        library = self._repos.library
        try:
            size = library.path(Sha256(sha256)).stat().st_size
        except (NotFound, FileNotFoundError):
            return False, None
        if size > VERIFY_BYTES:
            return True, None
        try:
            library.verify(Sha256(sha256))
        except Refused:
            return True, False
        return True, True


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
