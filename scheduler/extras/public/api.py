"""Reports of dead or too loud loudspeakers over the API: what waits, what stands in it, and the station's answer.

Telephone numbers of who reported are not told here: a program needs none. Which step may follow which is the desk's.
"""

from typing import Any

from scheduler.extras.public.rules.tickets import CLOSED, OPEN, Ticket, TicketKind, TicketState
from scheduler.extras.public.service.tickets import TicketService
from web.api import told
from web.api.contract import Asked, Subject, Told, ref
from web.api.schema import Schema
from web.api.schema_parts import MOST
from web.api.shapes import (
    BEFORE,
    ID,
    INSTANT,
    LIMIT,
    also,
    array,
    chosen,
    given,
    listed,
    maybe,
    number,
    taken,
    text,
)
from web.auth import services

_ANY_TEXT: Schema = {"type": "string"}
_TICKET = {
    "id": ID,
    "zone": _ANY_TEXT,
    "cluster": _ANY_TEXT,
    "kind": chosen(TicketKind),
    "state": chosen(TicketState),
    "at": INSTANT,
    "reports": number(0, MOST),
    "opened_at": INSTANT,
    "changed_at": INSTANT,
    "closed_at": maybe(INSTANT),
}
SHAPES: dict[str, Schema] = {
    "AnswerIn": taken((), state=chosen(TicketState), words=text(2000)),
    "Ticket": given(**_TICKET),
    "TicketInFull": given(
        **_TICKET,
        told=array(given(at=INSTANT, words=_ANY_TEXT, sent_at=INSTANT)),
        notes=array(given(at=INSTANT, name=_ANY_TEXT, state=chosen(TicketState), words=_ANY_TEXT)),
    ),
}
subject = Subject("tickets", "Báo hỏng loa: what people have reported of loudspeakers.", SHAPES)


@subject.get(
    "/tickets",
    may="see",
    says="Tickets, the newest first; those still open unless said otherwise.",
    gives=listed("Ticket", ID),
    query={
        "closed": {"type": "boolean", "default": False},
        "state": also(chosen(TicketState), default=None),
        "limit": LIMIT,
        "before": BEFORE,
    },
)
def listing(asked: Asked) -> Told:
    query, limit = asked.query, asked.query["limit"]
    states = (TicketState(query["state"]),) if query["state"] else CLOSED if query["closed"] else OPEN
    found = services().get(TicketService).listed(asked.actor, states, below=query["before"], limit=limit + 1)
    following = found[limit - 1].id if len(found) > limit else None
    return Told({"items": [_told(one) for one in found[:limit]], "next": following})


@subject.get(
    "/tickets/{ticket_id}", may="see", says="One ticket, what was sent in, and the answers.", gives=ref("TicketInFull")
)
def one(asked: Asked, ticket_id: int) -> Told:
    return Told(_whole(asked, services().get(TicketService).ticket(asked.actor, ticket_id)))


@subject.post(
    "/tickets/{ticket_id}/answer",
    may="answer_ticket",
    says="Take a step, or only leave a note.",
    tells="The key needs the right to see as well.",
    takes=ref("AnswerIn"),
    gives=ref("TicketInFull"),
)
def answer(asked: Asked, ticket_id: int) -> Told:
    work, state = services().get(TicketService), asked.body.get("state")
    seen = work.ticket(asked.actor, ticket_id)
    after = work.answer(asked.actor, seen, TicketState(state) if state else None, asked.body.get("words", ""))
    return Told(_whole(asked, after))


def _told(one: Ticket) -> dict[str, Any]:
    return {
        "id": one.id,
        "zone": one.zone,
        "cluster": one.cluster,
        "kind": one.kind.value,
        "state": one.state.value,
        "at": told.instant(one.at),
        "reports": one.reports,
        "opened_at": told.instant(one.opened_at),
        "changed_at": told.instant(one.changed_at),
        "closed_at": told.instant(one.closed_at),
    }


def _whole(asked: Asked, ticket: Ticket) -> dict[str, Any]:
    work = services().get(TicketService)
    reports = [
        {"at": told.instant(one.at), "words": one.words, "sent_at": told.instant(one.sent_at)}
        for one in work.reports(asked.actor, ticket.id)
    ]
    notes = [
        {"at": told.instant(one.at), "name": one.name, "state": one.state.value, "words": one.words}
        for one in work.notes(asked.actor, ticket.id)
    ]
    return _told(ticket) | {"told": reports, "notes": notes}
