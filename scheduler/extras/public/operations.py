"""Reports of dead or too loud loudspeakers for programs: what waits, what stands in it, and the station's answer.

Telephone numbers of who reported are not told here: a program needs none. Which step may follow which is the desk's.
"""

from typing import Annotated

from msgspec import Meta

from scheduler.extras.public.rules import tickets as rules
from scheduler.extras.public.rules.tickets import CLOSED, OPEN, TicketKind, TicketState
from scheduler.extras.public.rules.wording_public import TICKET_STATES
from scheduler.extras.public.service.tickets import TicketService
from scheduler.operations.schemas import At, Count, Id, Listed, Page, Record, Request
from scheduler.operations.serializers import of
from scheduler.operations.table import Answer, Call, Command, Subject

subject = Subject("tickets", "Báo hỏng loa: what people have reported of loudspeakers.")


class TicketPage(Page, frozen=True):
    closed: bool = False
    state: TicketState | None = None


class AnswerIn(Request, frozen=True):
    state: TicketState | None = None
    words: Annotated[str, Meta(max_length=2000, description="What is answered.")] = ""


class Ticket(Record, frozen=True):
    id: Id
    zone: str
    cluster: str
    kind: TicketKind
    state: TicketState
    at: At
    reports: Count
    opened_at: At
    changed_at: At
    closed_at: At | None


class TicketReport(Record, frozen=True):
    at: At
    words: str
    sent_at: At


class TicketNote(Record, frozen=True):
    at: At
    name: str
    state: TicketState
    words: str


class TicketInFull(Ticket, frozen=True):
    told: list[TicketReport]
    notes: list[TicketNote]


@subject.get("/tickets", may="see")
def listing(call: Call, query: TicketPage) -> Answer[Listed[Ticket]]:
    """Tickets, the newest first; those still open unless said otherwise."""
    states = (query.state,) if query.state else CLOSED if query.closed else OPEN
    found = call.services.get(TicketService).listed(call.actor, states, below=query.before, limit=query.limit + 1)
    shown = [of(Ticket, call, one) for one in found[: query.limit]]
    return Answer(Listed(shown, shown[-1].id if len(found) > query.limit else None))


@subject.get("/tickets/{ticket_id}", may="see")
def one(call: Call, ticket_id: Id) -> Answer[TicketInFull]:
    """One ticket, what was sent in, and the answers."""
    return _whole(call, call.services.get(TicketService).ticket(call.actor, ticket_id))


def _answered(_: AnswerIn, after: Ticket) -> str:
    return f"Phản ánh số {after.id}: {TICKET_STATES[after.state]}."


@subject.post(
    "/tickets/{ticket_id}/answer", may="answer_ticket", command=Command("ticket answer", _answered, ("state",))
)
def answer(call: Call, ticket_id: Id, body: AnswerIn) -> Answer[TicketInFull]:
    """Take the next step of a ticket (seen, fixing, done or refused), or only leave a note.

    The key needs the right to see as well.
    """
    work = call.services.get(TicketService)
    return _whole(call, work.answer(call.actor, work.ticket(call.actor, ticket_id), body.state, body.words))


def _whole(call: Call, ticket: rules.Ticket) -> Answer[TicketInFull]:
    work = call.services.get(TicketService)
    return Answer(
        of(
            TicketInFull,
            call,
            ticket,
            told=[of(TicketReport, call, one) for one in work.reports(call.actor, ticket.id)],
            notes=[of(TicketNote, call, one) for one in work.notes(call.actor, ticket.id)],
        )
    )
