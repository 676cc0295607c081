"""Công văn: take one in, show what was read beside the words it came from, correct it, make the drafts.

Thin: a form is read, the desk is asked once, the answer is a redirect or the same page with its sentence and nothing
of what was typed lost.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for

from audio_assets.library import safe_name
from scheduler.core.model import Announcement, Campaign
from scheduler.core.wording import sentence
from scheduler.errors import DispatchError, Refused
from scheduler.store import StoredDispatch
from web.auth import REFUSED, Answer, act, actor, desk, page_of
from web.dispatch_words import FIELDS, URGENCIES, doubt, order_words
from web.marks import Mark, marked
from web.page_words import day_words, words

bp = Blueprint("dispatches", __name__)
bp.context_processor(words)
KINDS = {"sms": "tin nhắn", "notice": "thông báo", "loudspeaker": "phát loa"}
MAX_FIELD = 5_000
MAX_LINES = 200


class Drafts(NamedTuple):
    announcement: Announcement
    campaign: Campaign


@bp.get("/cong-van")
@page_of("see")
def listed() -> str:
    return _list()


def _list(fault: str = "", pasted: str = "") -> str:
    return render_template(
        "dispatches/list.html",
        dispatches=desk().parts.programme.dispatches(),
        max_mb=desk().parts.config.audio.max_dispatch_mb,
        fault=fault,
        pasted=pasted,
    )


@act(bp, "/cong-van/tep", may="import_dispatch")
def import_file() -> Answer:
    file = request.files.get("file")
    if file is None:
        return _imported(b"", "")
    with file.stream:
        return _imported(file.read(), file.filename or "")


@act(bp, "/cong-van/dan", may="import_dispatch")
def import_text() -> Answer:
    text = request.form.get("text", "")
    return _imported(text.encode(), "noi-dung-dan.txt", text)


def _imported(data: bytes, name: str, pasted: str = "") -> Answer:
    try:
        dispatch_id, fresh = desk().dispatches.import_dispatch(actor(), data, safe_name(name))
    except DispatchError as refused:
        return _list(sentence(refused.reason, refused.details), pasted), REFUSED
    return redirect(url_for("dispatches.page", dispatch_id=dispatch_id, xong=None if fresh else "da-nhan"))


@bp.get("/cong-van/<int:dispatch_id>")
@page_of("see")
def page(dispatch_id: int) -> str:
    stored = desk().parts.programme.dispatch(dispatch_id)
    return _page(stored, _form_of(stored))


@act(bp, "/cong-van/<int:dispatch_id>/sua", may="import_dispatch")
def correct(dispatch_id: int) -> Answer:
    typed = _typed()
    changed = {name: typed[name].strip() or None for name in ("number", "symbol", "date", "issuer", "subject")} | {
        name: _lines(typed[name]) for name in ("addressees", "phones", "urls")
    }
    changed["messages"] = [message.strip() for message in typed["messages"] if message.strip()]
    try:
        desk().dispatches.correct(actor(), dispatch_id, changed)
    except Refused as refused:
        stored = desk().parts.programme.dispatch(dispatch_id)
        return _page(stored, typed, sentence(refused.reason, refused.details)), REFUSED
    return redirect(url_for("dispatches.page", dispatch_id=dispatch_id, xong="luu-cong-van"))


@act(bp, "/cong-van/<int:dispatch_id>/tao-nhap", may="write")
def draft(dispatch_id: int) -> Answer:
    announcement_id, _ = desk().dispatches.draft(actor(), dispatch_id)
    return redirect(url_for("announcements.page", announcement_id=announcement_id, xong="tao-nhap"))


def _page(stored: StoredDispatch, form: dict[str, Any], fault: str = "") -> str:
    signs = {name: str(at) for at, name in enumerate((n for n in FIELDS if stored.excerpts.get(n)), 1)}
    return render_template(
        "dispatches/page.html",
        dispatch=stored,
        form=form,
        fault=fault,
        fields=FIELDS,
        signs=signs,
        marked_text=marked(stored.text, _marks(stored, signs)),
        doubts=[doubt(warning) for warning in stored.fields.get("warnings", ())],
        orders=[{"words": order_words(order), "quote": order["quote"]} for order in stored.fields.get("frequency", ())],
        effective=_effective(stored.fields.get("effective")),
        urgency=URGENCIES.get(stored.fields.get("urgency") or ""),
        kinds=[KINDS.get(kind, "") for kind in stored.fields.get("message_kinds", ())] + [""] * len(form["messages"]),
        drafts=_drafts(stored.id),
        rows=lambda text: min(max(text.count("\n") + 1, 1), 8),
    )


def _marks(stored: StoredDispatch, signs: dict[str, str]) -> Iterable[Mark]:
    """The excerpts of the fields that stand in the form."""
    for name, sign in signs.items():
        for _, start, end in stored.excerpts[name]:
            yield Mark(start, end, name, FIELDS[name], sign)


def _form_of(stored: StoredDispatch) -> dict[str, Any]:
    fields = stored.fields
    form: dict[str, Any] = {name: fields.get(name) or "" for name in ("number", "symbol", "issuer", "subject")}
    form |= {name: "\n".join(fields.get(name, ())) for name in ("addressees", "phones", "urls")}
    return form | {"date": day_words(fields.get("date")), "messages": list(fields.get("messages", ()))}


def _typed() -> dict[str, Any]:
    names = ("number", "symbol", "date", "issuer", "subject", "addressees", "phones", "urls")
    typed: dict[str, Any] = {name: request.form.get(name, "")[:MAX_FIELD] for name in names}
    return typed | {"messages": request.form.getlist("message")[:MAX_LINES]}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()][:MAX_LINES]


def _effective(period: dict[str, str | None] | None) -> str:
    if not period:
        return ""
    start, end = day_words(period.get("start")), day_words(period.get("end"))
    return " ".join(part for part in (f"từ {start}" if start else "", f"đến {end}" if end else "") if part)


def _drafts(dispatch_id: int) -> Drafts | None:
    """What was already made of this dispatch."""
    programme = desk().parts.programme
    for campaign in reversed(programme.campaigns()):
        if campaign.dispatch_id == dispatch_id:
            return Drafts(programme.announcement(campaign.announcement_id), campaign)
    return None
