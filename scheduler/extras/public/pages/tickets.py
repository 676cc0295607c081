"""Phản ánh: what people reported of loudspeakers, with what aired there then beside it, and the answers.

Thin: a form is read, the desk is asked once. Telephone numbers are drawn only for who may answer.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from scheduler.core.model import AiringOutcome
from scheduler.core.words.wording import OUTCOMES, sentence, sentence_of
from scheduler.extras.public.pages.public_page import place_word
from scheduler.extras.public.rules.tickets import CLOSED, OPEN, Ticket, TicketState, next_steps
from scheduler.extras.public.rules.wording_public import TICKET_KINDS, TICKET_STATES, TICKET_STEPS
from scheduler.extras.public.service.public_page import PublicService
from scheduler.extras.public.service.tickets import PAGE, Evidence, FaultPlace, TicketService
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from web.air.journal import outputs_words
from web.auth import REFUSED, Answer, act, actor, may_now, page_of, services
from web.formats import number_of
from web.words.on_air import MARKS

bp = Blueprint("tickets", __name__)

MARKS_OF = {
    TicketState.NEW: ("err", "warn"),
    TicketState.SEEN: ("wait", "clock"),
    TicketState.FIXING: ("warn", "gear"),
    TicketState.DONE: ("done", "check"),
    TicketState.REFUSED: ("off", "stop"),
}
"""How a state looks, and its picture; the word stands beside it always."""


@bp.get("/phan-anh")
@page_of("see")
def listed() -> Answer:
    closed = request.args.get("xem") == "xong"
    below = number_of(request.args.get("truoc", ""))
    shown = services().get(TicketService).listed(actor(), CLOSED if closed else OPEN, below=below, limit=PAGE + 1)
    counts = services().get(TicketService).counts()
    words: dict[str, Any] = {
        "tickets": [_to_dict(one) for one in shown[:PAGE]],
        "older": shown[PAGE - 1].id if len(shown) > PAGE else None,
        "closed": closed,
        "paged": below is not None,
        "open_count": sum(counts[one] for one in OPEN),
        "closed_count": sum(counts[one] for one in CLOSED),
        "is_on": services().get(PublicService).is_open,
    }
    return render_template("tickets/list.html", **words)


@bp.get("/phan-anh/<int:ticket_id>")
@page_of("see")
def page(ticket_id: int) -> Answer:
    return _page(ticket_id)


@act(bp, "/phan-anh/<int:ticket_id>", may="answer_ticket")
def answer(ticket_id: int) -> Answer:
    """Take a step, or leave a note."""
    seen = services().get(TicketService).ticket(actor(), ticket_id)
    typed, wanted = request.form.get("noi_dung", "")[:5000], request.form.get("buoc", "")
    try:
        _as_seen(seen)
        state = TicketState(wanted) if wanted in set(TicketState) else None
        services().get(TicketService).answer(actor(), seen, state, typed)
    except (NotFound, NotPermitted):
        raise
    except Refused as refused:
        return _page(ticket_id, refused, typed), REFUSED
    flash("Đã ghi.")
    return redirect(url_for("tickets.page", ticket_id=ticket_id))


def _as_seen(ticket: Ticket) -> None:
    """Refuse an answer to a ticket that somebody has moved on since its page was drawn."""
    if request.form.get("luc_xem") != ticket.state.value:
        raise Refused("edited_meanwhile", title=f"Phản ánh số {ticket.id}")


def _page(ticket_id: int, refused: Refused | None = None, typed: str = "") -> str:
    tickets, who = services().get(TicketService), actor()
    ticket = tickets.ticket(who, ticket_id)
    evidence = [_evidence(one) for one in tickets.evidence(who, ticket)]
    words: dict[str, Any] = {
        "one": _to_dict(ticket),
        "reports": tickets.reports(who, ticket_id),
        "phones": may_now("answer_ticket"),
        "notes": [(note, TICKET_STATES[note.state]) for note in tickets.notes(who, ticket_id)],
        "evidence": evidence,
        "listened": any(one["return_mark"] for one in evidence),
        "steps": [(step.value, TICKET_STEPS[step]) for step in next_steps(ticket.state)],
        "closing": {one.value for one in CLOSED},
        "fault": sentence_of(refused),
        "typed": typed,
    }
    return render_template("tickets/page.html", **words)


def _to_dict(ticket: Ticket) -> dict[str, Any]:
    mark, picture = MARKS_OF[ticket.state]
    return {
        "ticket": ticket,
        "kind": TICKET_KINDS[ticket.kind],
        "place": place_word(FaultPlace(ticket.zone, ticket.cluster)),
        "state": TICKET_STATES[ticket.state],
        "mark": mark,
        "picture": picture,
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    row = one.row
    return row | {
        "word": OUTCOMES[AiringOutcome(row["outcome"])],
        "mark": MARKS[row["outcome"]],
        "why": sentence(row["reason"]),
        "heard_on": outputs_words(row),
        "return_mark": one.heard,
    }


def reported() -> int:
    """How many reports nobody has ended."""
    return services().get(TicketService).waiting_count() if services().has_row("ticket") else 0
