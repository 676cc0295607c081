"""Dispatches: those kept, what was read of them, and what became of what they order.

Reading a file is the service's; a dispatch is corrected and confirmed on the page, where its text stands beside it.
"""

from typing import Annotated

from msgspec import Meta

from scheduler.core.dispatch import Channel
from scheduler.operations.requests import page_of_list
from scheduler.operations.schemas import At, Free, Id, Items, Listed, Page, Record, Request
from scheduler.operations.serializers import of
from scheduler.operations.table import Answer, Call, Subject
from scheduler.services.dispatch.drafts import DraftMade
from scheduler.services.planning.ledger_facts import ledger_facts

subject = Subject("dispatches", "Công văn: what is ordered, and the account of it.")

MOST_BYTES = 20_000_000

ItemKey = Annotated[str, Meta(min_length=1, max_length=40, examples=["812-0"])]
ItemKeys = Annotated[
    tuple[ItemKey, ...],
    Meta(max_length=200, description="null = all that is to be aired, or the dispatch as a whole."),
]
AiringsADay = Annotated[int, Meta(ge=1, le=96, description="Where the dispatch leaves it open.")]
Apart = Annotated[
    bool, Meta(description="A campaign for each draft, or one in which they take turns; null = as the dispatch orders.")
]
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


class DraftsIn(Request, frozen=True):
    items: ItemKeys | None = None
    per_day: AiringsADay | None = None
    apart: Apart | None = None


class DraftItem(Record, frozen=True):
    item: str
    title: str
    channel: str
    announcement_id: Id | None
    """null: no draft is made of it."""
    campaign_id: Id | None
    """Shared by drafts that take turns."""


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


@subject.get("/dispatches/{dispatch_id}/drafts", may="see")
def drafts(call: Call, dispatch_id: Id) -> Answer[Items[DraftItem]]:
    """What it asks for, in the order of its text, with the drafts that there are."""
    return Answer(_drafts(call, dispatch_id))


@subject.post("/dispatches/{dispatch_id}/drafts", may="write", status=201)
def make_drafts(call: Call, dispatch_id: Id, body: DraftsIn) -> Answer[Items[DraftItem]]:
    """Make drafts of what is to be said, each once, and the campaign that airs them."""
    call.services.dispatch_drafts.make(call.actor, dispatch_id, body.items, body.per_day, apart=body.apart)
    return Answer(_drafts(call, dispatch_id), location=f"/api/v1/dispatches/{dispatch_id}/drafts")


def _drafts(call: Call, dispatch_id: int) -> Items[DraftItem]:
    made = call.services.dispatch_drafts.made(dispatch_id)
    found = [(one.key, one.title, one.channel) for one in call.services.dispatch_drafts.items(dispatch_id)]
    asked = {key for key, _, _ in found}
    found += [
        (key, call.services.announcements.get(one.announcement_id).title, Channel.LOUDSPEAKER)
        for key, one in made.items()
        if key not in asked
    ]
    return Items([_draft(key, title, channel, made.get(key)) for key, title, channel in found])


def _draft(key: str, title: str, channel: Channel, made: DraftMade | None) -> DraftItem:
    ids = (made.announcement_id, made.campaign_id) if made else (None, None)
    return DraftItem(key, title, channel.value, *ids)


def _answer(call: Call, dispatch_id: int) -> Dispatch:
    return of(Dispatch, call, call.services.dispatches.get(dispatch_id))
