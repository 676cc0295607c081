"""Phản ánh: take in what people report of a loudspeaker, show what aired there then, answer it.

Reporting needs no name and no right: the public page must be open, and nobody may send more than the limits allow.
Everything else names its actor. What the journal and the air monitor say of that time stands beside a report and
decides nothing. Telephone numbers are for the staff alone, and are erased a month after their ticket is closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from scheduler.core.air.heard_back import Finding
from scheduler.core.air.output_kinds import output_kind
from scheduler.core.model import DEFAULT_ZONE, Person
from scheduler.core.planning.sessions import hears
from scheduler.extras.public.keys import PublicConfig
from scheduler.extras.public.rows.tickets import TicketRows
from scheduler.extras.public.rules.tickets import (
    EVIDENCE_AFTER,
    EVIDENCE_BEFORE,
    OPEN,
    PHONE_KEPT,
    Limits,
    NewReport,
    Note,
    Report,
    Ticket,
    TicketState,
    checked_kind,
    checked_phone,
    checked_time,
    checked_words,
    step,
    within_limits,
)
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Row

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["Evidence", "FaultPlace", "TicketService", "Told", "forget"]

HOUR = timedelta(hours=1)
MOST_OPEN = 100
"""Of the to-do list: whoever has more than these will not get further by seeing them all."""
PAGE = 50


@dataclass(frozen=True, slots=True)
class FaultPlace:
    """Where something is wrong: a zone, or one cluster in it."""

    zone: str
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A report as typed; `form` names the drawn form, `at` = when it was heard so."""

    form: str
    place: FaultPlace
    kind: str
    at: datetime
    words: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """An airing near the time of a report, heard in its zone, and what came back of it."""

    row: Row
    heard: Finding | None


class TicketService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._rows = TicketRows(repos.store)
        self._journal = repos.airings

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        return cls(services.repos)

    # Reporting, by anybody

    def places(self) -> list[FaultPlace]:
        """Where something can be reported: every zone; and every cluster, where the station has more than one."""
        config = self._repos.config
        zones = [FaultPlace(zone) for zone in config.zone_names]
        outputs = [output for output in config.outputs if not output_kind(output.kind).is_file]
        if len(outputs) < 2:  # noqa: PLR2004 - one cluster is the zone
            return zones
        return zones + [FaultPlace(one.zones[0] if len(one.zones) == 1 else DEFAULT_ZONE, one.name) for one in outputs]

    def report(self, told: Told, address: str) -> Report:
        """Take in a report; the same drawn form again is the same report.

        Raises NotFound while the public page is closed; Refused ticket_kind_missing, place_unknown, words_missing,
        words_too_long, report_phone_invalid, report_time_ahead, report_time_old, reports_too_often.
        """
        self._opened()
        if before := self._rows.by_form(told.form):
            return before
        now = self._repos.clock.now()
        kind = checked_kind(told.kind)
        if told.place not in self.places():
            raise Refused("place_unknown")
        new = NewReport(
            form=told.form,
            zone=told.place.zone,
            cluster=told.place.cluster,
            kind=kind,
            at=checked_time(told.at, now),
            words=checked_words(told.words, needed=kind.value == "other"),
            phone=checked_phone(told.phone),
        )
        public = self._repos.config.get(PublicConfig)
        sender = self._rows.sender(address, self._repos.config.station.day_of(now))
        with self._repos.store.write():
            if before := self._rows.by_form(told.form):  # its twin was a moment ahead
                return before
            of_one, of_all = self._rows.sent_since(now - HOUR, sender)
            within_limits(Limits(public.reports_of_one, public.reports_an_hour), of_one, of_all)
            return self._rows.add(new, sender, now)

    def receipt(self, key: str) -> tuple[Ticket, Report, str]:
        """What the sender of a report is told: its ticket, the report, and the reason it was closed with.

        Raises NotFound.
        """
        self._opened()
        report = self._rows.by_key(key)
        ticket = self._rows.ticket(report.ticket_id)
        closing = [note.words for note in self._rows.notes(ticket.id) if note.state is ticket.state]
        return ticket, report, closing[-1] if closing and not ticket.is_open else ""

    def _opened(self) -> None:
        if not self._repos.config.get(PublicConfig).on:
            raise NotFound("page", "")

    # For the staff

    def open(self, limit: int = MOST_OPEN) -> list[Ticket]:
        """Tickets that wait for somebody, the one that waits longest first."""
        return self._rows.open(limit)

    def waiting_count(self) -> int:
        """How many tickets nobody has looked at."""
        return self._rows.counts()[TicketState.NEW]

    def counts(self) -> dict[TicketState, int]:
        return self._rows.counts()

    def listed(
        self, actor: Person, states: Sequence[TicketState] = OPEN, *, below: int | None = None, limit: int = PAGE
    ) -> list[Ticket]:
        """Tickets in these states, the newest first; `below`: older than this number."""
        permit(actor, "see")
        return self._rows.of_states(states, below, limit)

    def ticket(self, actor: Person, ticket_id: int) -> Ticket:
        """Raises NotFound."""
        permit(actor, "see")
        return self._rows.ticket(ticket_id)

    def reports(self, actor: Person, ticket_id: int) -> list[Report]:
        """What was sent in; the telephone numbers only for who may answer."""
        permit(actor, "see")
        return self._rows.reports(ticket_id)

    def notes(self, actor: Person, ticket_id: int) -> list[Note]:
        permit(actor, "see")
        return self._rows.notes(ticket_id)

    def answer(self, actor: Person, seen: Ticket, state: TicketState | None, words: str) -> Ticket:
        """Take a step (None: only a note). `seen`: the ticket as the actor saw it.

        Raises Refused ticket_step, ticket_reason_missing, words_missing, words_too_long, edited_meanwhile.
        """
        permit(actor, "answer_ticket", seen.zone)
        kept = checked_words(words, needed=state is None)
        after = seen.state if state is None else step(seen.state, state, kept)
        self._rows.answer(seen, after, kept, actor.id, self._repos.clock.now())
        return self._rows.ticket(seen.id)

    def evidence(self, actor: Person, ticket: Ticket) -> list[Evidence]:
        """What was to air in the ticket's zone around its time, oldest first."""
        permit(actor, "see")
        first, last = ticket.at - EVIDENCE_BEFORE, ticket.at + EVIDENCE_AFTER
        days = sorted(set(map(self._repos.config.station.day_of, (first, last))))
        rows = [row for row in self._journal.around(first, last, days) if hears(ticket.zone, row["zone"])]
        heard = self._repos.heard_back
        marks = {slot_id: mark for day in days for slot_id, mark in heard.of_day(day).marks.items()}
        return [Evidence(row, marks.get(row["slot_id"])) for row in rows]

    def forget(self) -> int:
        """Erase telephone numbers whose time is over, and who sent what on days that are; how many numbers went."""
        now = self._repos.clock.now()
        return self._rows.forget(now - PHONE_KEPT, self._repos.config.station.day_of(now))


def forget(services: "Services") -> None:
    """For the worker: see `TicketService.forget`."""
    services.get(TicketService).forget()
