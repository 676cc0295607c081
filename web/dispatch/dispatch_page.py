"""The screen of one dispatch: its text with every place marked, and beside it what is asked for and what is unclear.

Each order to air stands as one sentence made of its values, beside the words that it came from, and as the campaign
that would air it. What becomes of duties, earlier dispatches and airings has a page of its own (`dispatch_book`). It
reads rows and writes none; nothing is decided here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from flask import render_template
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from scheduler.core.dispatch import OWN, Channel, WorkItem
from scheduler.core.dispatch.duty_list import KeptDoubt
from scheduler.core.dispatch.stored import StoredDispatch
from scheduler.core.model import Announcement, AnnouncementState, Campaign
from web.auth import services
from web.dispatch.dispatch_questions import OF_A_LEFTOVER, Question, left_over, questions_of
from web.formats import day_words
from web.marks import Mark, marked
from web.words.campaign_words import exception_words, plan_words
from web.words.dispatch_words import CHANNELS, FIELDS, URGENCIES, order_sentence

__all__ = ["APART", "page_text"]

_HEAD = ("number", "symbol", "date", "issuer", "subject", "addressees")
MANY = 2
APART = "apart"
"""The field that says whether each text has a campaign of its own."""
_SHOWN = 110
"""Characters of a draft that stand under its item."""
_TO_COMPOSE = frozenset({AnnouncementState.DRAFT, AnnouncementState.RETURNED})
_SPOKEN = frozenset({Channel.LOUDSPEAKER, Channel.PORTAL})


class ItemView(NamedTuple):
    """One thing that the dispatch asks for. `can_be_said`: a draft can be made of it."""

    number: int
    item: WorkItem
    channel: str
    who: str
    shown: str
    seconds: str
    can_be_said: bool
    is_checked: bool
    made: Announcement | None


def page_text(stored: StoredDispatch, form: MultiDict[str, str] | None = None, fault: str = "") -> str:
    """The whole page. `form`: what was pressed when the press was refused; `fault`: why."""
    questions = questions_of(stored, services().dispatches.doubts(stored.id), form)
    chosen = None if form is None else form.getlist("item")
    items, made = _items(stored.id, chosen), services().dispatch_drafts.made(stored.id)
    drafts = [services().announcements.get(one.announcement_id) for one in made.values()]
    acts = services().dispatches.acts(stored.id)
    return render_template(
        "dispatches/page.html",
        dispatch=stored,
        fault=fault,
        issuer=stored.fields.get("issuer") or "Chưa rõ cơ quan",
        date=day_words(stored.fields.get("date")) or "chưa rõ ngày",
        urgency=URGENCIES.get(stored.fields.get("urgency") or ""),
        marked_text=marked(stored.text, _marks(stored, items, questions)),
        items=items,
        is_aired=any(one.can_be_said for one in items) or bool(made),
        is_left=any(one.can_be_said and one.made is None for one in items) and OWN not in made,
        whole=next((one for one in drafts if OWN in made and one.id == made[OWN].announcement_id), None),
        next=min((one for one in drafts if one.state in _TO_COMPOSE), key=lambda one: one.id, default=None),
        questions=questions,
        orders=_orders(stored),
        plan=_plan(stored, questions, made),
        turns=_turns(stored.id, items, made, form),
        acts=[one for one in acts if not one.act.done_at],
    )


def _items(dispatch_id: int, chosen: Sequence[str] | None) -> list[ItemView]:
    made = services().dispatch_drafts.made(dispatch_id)
    return [_item(n, one, made, chosen) for n, one in enumerate(services().dispatch_drafts.items(dispatch_id), start=1)]


def _item(number: int, one: WorkItem, made: Mapping[str, Any], chosen: Sequence[str] | None) -> ItemView:
    known = made.get(one.key)
    text = " ".join(one.content.text.split()) if one.content else ""
    minutes, seconds = divmod(round(one.seconds), 60)
    return ItemView(
        number=number,
        item=one,
        channel=CHANNELS[one.channel],
        who=one.duty.to or "" if one.duty else "",
        shown=f"{text[:_SHOWN].rsplit(' ', 1)[0]}…" if len(text) > _SHOWN else text,
        seconds=f"{minutes}:{seconds:02}",
        can_be_said=one.content is not None and one.channel in _SPOKEN,
        is_checked=one.is_aired if chosen is None else one.key in chosen,
        made=services().announcements.get(known.announcement_id) if known else None,
    )


def _marks(stored: StoredDispatch, items: Iterable[ItemView], questions: Iterable[Question]) -> Iterable[Mark]:
    """The head, each thing that is asked for with its number, and the places of what is unclear."""
    for name in _HEAD:
        for _, start, end in stored.excerpts.get(name, ()):
            yield Mark(start, end, f"dau-{name}", FIELDS[name])
    for one in items:
        yield Mark(one.item.start, one.item.end, f"viec-{one.number}", f"Việc {one.number}", str(one.number))
    ends = {one.ordinal: one.end for one in services().dispatches.doubts(stored.id)}
    for question in questions:
        until = ends.get(question.ordinal)
        if question.start is not None and until is not None:
            yield Mark(question.start, until, f"ngo-{question.ordinal}", question.words, question.sign)


def _orders(stored: StoredDispatch) -> list[dict[str, str]]:
    """Each order to air: its words with what was not understood marked, and the sentence of what was."""
    doubts = [one for one in services().dispatches.doubts(stored.id) if one.reason in OF_A_LEFTOVER]
    places = list(stored.excerpts.get("frequency", ()))
    return [
        {
            "quote": _quote(stored.text, *places[n][1:], doubts) if n < len(places) else order["quote"],
            "sentence": order_sentence(order),
        }
        for n, order in enumerate(stored.fields.get("frequency", ()))
    ]


def _quote(text: str, start: int, end: int, doubts: Iterable[KeptDoubt]) -> Markup:
    """The words of an order; each word that is left over is marked."""
    marks = [
        Mark(first - start, last - start, f"ngo-{one.ordinal}", "Chưa hiểu")
        for one in doubts
        for first, last in left_over(text, one)
        if start <= first and last <= end
    ]
    return marked(text[start:end], marks)


class Turns(NamedTuple):
    """How the texts of one dispatch share its count. `are_apart`: each has it for itself."""

    texts: int
    are_apart: bool
    is_ordered: bool
    """The dispatch says so."""
    is_left: bool
    """Nothing is made yet, so that it can be chosen."""


def _turns(
    dispatch_id: int, items: Sequence[ItemView], made: Mapping[str, Any], form: MultiDict[str, str] | None
) -> Turns | None:
    """None where there is one text alone. Of drafts that there are it is read from their campaigns."""
    kept = [one.campaign_id for one in made.values() if one.campaign_id is not None]
    said = [one for one in items if one.can_be_said and one.item.is_aired]
    if max(len(kept), len(said)) < MANY or (made and not kept):
        return None
    is_ordered = services().dispatch_drafts.are_apart(dispatch_id)
    if kept:
        return Turns(len(kept), len(set(kept)) == len(kept), is_ordered, is_left=False) if len(kept) >= MANY else None
    typed = form.get(APART, "") if form else ""
    return Turns(len(said), typed == "1" if typed else is_ordered, is_ordered, is_left=True)


def _plan(stored: StoredDispatch, questions: Sequence[Question], made: Mapping[str, Any]) -> tuple[str, ...]:
    """How the drafts would air, by the values that will be planned; of drafts that there are, by their own."""
    known = [one.campaign_id for one in made.values() if one.campaign_id is not None]
    if made and not known:
        return ()
    campaign: Campaign = services().campaigns.get(known[0]) if known else services().dispatch_drafts.proposed(stored.id)
    is_asked = not known and any(one.is_of_a_count for one in questions)
    return (plan_words(campaign, counted=not is_asked), *exception_words(campaign))
