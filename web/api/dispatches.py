"""Dispatches over the API: those kept, what was read of them, and what became of what they order.

Reading a file is the desk's; a dispatch is corrected and confirmed on the page, where its text stands beside it.
"""

from scheduler.services.planning.ledger_facts import ledger_facts
from web.api import told
from web.api.asked import page_of_list
from web.api.contract import Asked, Subject, Told, ref
from web.api.shapes import BEFORE, ID, LIMIT, listed, text
from web.auth import services

subject = Subject("dispatches", "Công văn: what is ordered, and the account of it.")

MOST_BYTES = 20_000_000


@subject.get(
    "/dispatches",
    may="see",
    says="Dispatches, the newest first.",
    gives=listed("Dispatch", ID),
    query={"limit": LIMIT, "before": BEFORE},
)
def listing(asked: Asked) -> Told:
    limit = asked.query["limit"]
    shown, following = page_of_list(services().dispatches.ids_before(asked.query["before"], limit + 1), limit)
    return Told({"items": [told.dispatch(services().dispatches.get(one)) for one in shown], "next": following})


@subject.post(
    "/dispatches",
    may="import_dispatch",
    says="Read and keep a file; the same bytes again are the same dispatch.",
    takes_bytes=True,
    gives=ref("Dispatch"),
    status=201,
    keyed=False,
    query={"file_name": {**text(200, 1), "description": "Its ending says what it is: docx, doc, pdf, rtf, html, txt."}},
    most_bytes=MOST_BYTES,
)
def take_in(asked: Asked) -> Told:
    dispatch_id, _ = services().dispatches.import_dispatch(asked.actor, asked.body, asked.query["file_name"])
    found = told.dispatch(services().dispatches.get(dispatch_id))
    return Told(found, location=f"/api/v1/dispatches/{dispatch_id}")


@subject.get("/dispatches/{dispatch_id}", may="see", says="One dispatch, as it was read.", gives=ref("Dispatch"))
def one(asked: Asked, dispatch_id: int) -> Told:  # noqa: ARG001 - every operation is given what was asked
    return Told(told.dispatch(services().dispatches.get(dispatch_id)))


@subject.get(
    "/dispatches/{dispatch_id}/ledger",
    may="see",
    says="What it has ordered, and what became of it, day by day.",
    gives=ref("Ledger"),
)
def ledger(asked: Asked, dispatch_id: int) -> Told:  # noqa: ARG001 - as above
    services().dispatches.get(dispatch_id)
    return Told(ledger_facts(services().ledger.of_dispatch(dispatch_id)))
