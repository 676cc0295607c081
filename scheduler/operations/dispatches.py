"""Dispatches: those kept, what was read of them, and what became of what they order.

Reading a file is the service's; a dispatch is corrected and confirmed on the page, where its text stands beside it.
"""

from typing import Annotated

from msgspec import Meta

from scheduler.operations.requests import page_of_list
from scheduler.operations.schemas import At, Free, Id, Listed, Page, Record, Request
from scheduler.operations.serializers import of
from scheduler.operations.table import Answer, Call, Subject
from scheduler.services.planning.ledger_facts import ledger_facts

subject = Subject("dispatches", "Công văn: what is ordered, and the account of it.")

MOST_BYTES = 20_000_000

Ledger = Annotated[Free, Meta(description="As `loa ledger show --json` prints it.")]


class Dispatch(Record, frozen=True):
    id: Id
    number_symbol: str
    file_name: str
    created_at: At
    fields: Free


class FileName(Request, frozen=True):
    file_name: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            description="Its ending says what it is: docx, doc, pdf, rtf, html, txt.",
            examples=["cong-van.docx"],
        ),
    ]


@subject.get("/dispatches", may="see")
def listing(call: Call, query: Page) -> Answer[Listed[Dispatch]]:
    """Dispatches, the newest first."""
    found = call.services.dispatches.ids_before(query.before, query.limit + 1)
    shown, following = page_of_list(found, query.limit)
    return Answer(Listed([_answer(call, one) for one in shown], following))


@subject.post("/dispatches", may="import_dispatch", status=201, keyed=False, most_bytes=MOST_BYTES)
def take_in(call: Call, body: bytes, query: FileName) -> Answer[Dispatch]:
    """Read and keep a file; the same bytes again are the same dispatch."""
    dispatch_id, _ = call.services.dispatches.import_dispatch(call.actor, body, query.file_name)
    return Answer(_answer(call, dispatch_id), location=f"/api/v1/dispatches/{dispatch_id}")


@subject.get("/dispatches/{dispatch_id}", may="see")
def one(call: Call, dispatch_id: Id) -> Answer[Dispatch]:
    """One dispatch, as it was read."""
    return Answer(_answer(call, dispatch_id))


@subject.get("/dispatches/{dispatch_id}/ledger", may="see")
def ledger(call: Call, dispatch_id: Id) -> Answer[Ledger]:
    """What it has ordered, and what became of it, day by day."""
    call.services.dispatches.get(dispatch_id)
    return Answer(ledger_facts(call.services.ledger.of_dispatch(dispatch_id)))


def _answer(call: Call, dispatch_id: int) -> Dispatch:
    return of(Dispatch, call, call.services.dispatches.get(dispatch_id))
