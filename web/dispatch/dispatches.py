"""Công văn: take one in, answer what is unclear, make the drafts, correct what was read, and answer for what it asks.

Thin: a form is read, the desk is asked once, the answer is a redirect or the same page with its sentence and nothing
of what was typed lost. The pages are put together by `dispatch_page` and `dispatch_book`.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from audio_assets.library import safe_name
from scheduler.core.dispatch.duty_list import DutyState, KeptDuty, is_late
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.kernel.errors import DispatchError, NotFound, Refused
from web.auth import REFUSED, Answer, act, actor, page_of, services
from web.dispatch.dispatch_book import book_text, form_of, head_text
from web.dispatch.dispatch_page import APART, page_text
from web.dispatch.dispatch_questions import answered, questions_of
from web.formats import number_of, today

bp = Blueprint("dispatches", __name__)
MAX_FIELD = 5_000
MAX_LINES = 200


@bp.get("/cong-van")
@page_of("see")
def listed() -> str:
    return _list()


def _list(fault: str = "", pasted: str = "") -> str:
    left: dict[int, list[KeptDuty]] = {}
    day = today()
    for one in services().duties.all():
        if one.state in {DutyState.OPEN, DutyState.DOING}:
            left.setdefault(one.dispatch_id, []).append(one)
    return render_template(
        "dispatches/list.html",
        left={key: len(duties) for key, duties in left.items()},
        late={key for key, duties in left.items() if any(is_late(one, day) for one in duties)},
        dispatches=services().dispatches.listed(),
        max_mb=services().config.audio.max_dispatch_mb,
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
        dispatch_id, fresh = services().dispatches.import_dispatch(actor(), data, safe_name(name))
    except DispatchError as refused:
        return _list(sentence_of(refused), pasted), REFUSED
    return redirect(url_for("dispatches.page", dispatch_id=dispatch_id, xong=None if fresh else "da-nhan"))


@bp.get("/cong-van/<int:dispatch_id>")
@page_of("see")
def page(dispatch_id: int) -> str:
    return page_text(services().dispatches.get(dispatch_id))


@act(bp, "/cong-van/<int:dispatch_id>/soan", may="write")
def compose(dispatch_id: int) -> Answer:
    """Take the answers to what is unclear, make the drafts that are ticked, and open the first."""
    stored, form = services().dispatches.get(dispatch_id), request.form
    said = answered(questions_of(stored, services().dispatches.doubts(dispatch_id), form))
    if said.open:
        refused = Refused("dispatch_unanswered", count=len(said.open))
        return page_text(stored, form, sentence_of(refused)), REFUSED
    if said.confirmed:
        services().dispatches.confirm(actor(), dispatch_id, said.confirmed)
    if said.mends:
        return redirect(url_for("dispatches.head", dispatch_id=dispatch_id))
    chosen = form.getlist("item")[:MAX_LINES]
    if not chosen and said.confirmed:
        return redirect(url_for("dispatches.page", dispatch_id=dispatch_id, xong="xac-nhan"))
    try:
        apart = {"0": False, "1": True}.get(form.get(APART, ""))
        made = services().dispatch_drafts.make(actor(), dispatch_id, chosen, said.per_day, apart=apart)
    except Refused as refused:
        reason = "dispatch_none_chosen" if not chosen else refused.reason
        return page_text(stored, form, sentence(reason, refused.details)), REFUSED
    return redirect(url_for("announcements.page", announcement_id=made[0].announcement_id, xong="tao-nhap"))


@act(bp, "/cong-van/<int:dispatch_id>/tu-viet", may="write")
def write_own(dispatch_id: int) -> Answer:
    """A bulletin in the officer's own words, where nothing of the dispatch is to be aired as it stands."""
    announcement_id = services().dispatch_drafts.write_own(actor(), dispatch_id)
    return redirect(url_for("announcements.page", announcement_id=announcement_id))


@bp.get("/cong-van/<int:dispatch_id>/sua")
@page_of("see")
def head(dispatch_id: int) -> str:
    """Number, day, addressees and texts, to be corrected."""
    stored = services().dispatches.get(dispatch_id)
    return head_text(stored, form_of(stored))


@act(bp, "/cong-van/<int:dispatch_id>/sua", may="import_dispatch")
def correct(dispatch_id: int) -> Answer:
    typed = _typed()
    changed = {name: typed[name].strip() or None for name in ("number", "symbol", "date", "issuer", "subject")} | {
        name: _lines(typed[name]) for name in ("addressees", "phones", "urls")
    }
    changed["messages"] = [message.strip() for message in typed["messages"] if message.strip()]
    try:
        services().dispatches.correct(actor(), dispatch_id, changed)
    except Refused as refused:
        stored = services().dispatches.get(dispatch_id)
        return head_text(stored, typed, sentence_of(refused)), REFUSED
    return redirect(url_for("dispatches.page", dispatch_id=dispatch_id, xong="luu-cong-van"))


@bp.get("/cong-van/<int:dispatch_id>/so")
@page_of("see")
def book(dispatch_id: int) -> str:
    """What became of it: duties, earlier dispatches, what was aired."""
    return book_text(services().dispatches.get(dispatch_id))


@act(bp, "/cong-van/<int:dispatch_id>/viec/<int:ordinal>", may="write")
def duty(dispatch_id: int, ordinal: int) -> Answer:
    state, note = _state(request.form.get("state", "")), request.form.get("note", "")[:MAX_FIELD]
    return _answered(
        dispatch_id, lambda: services().duties.mark(actor(), dispatch_id, ordinal, state, note), "viec", "danh-muc"
    )


@act(bp, "/cong-van/<int:dispatch_id>/thuc-hien/<int:ordinal>", may="plan")
def obey(dispatch_id: int, ordinal: int) -> Answer:
    chosen = [number for text in request.form.getlist("campaign") if (number := number_of(text)) is not None]
    if request.form.get("none") is None and not chosen:
        asked = None
    else:
        asked = [] if request.form.get("none") is not None else chosen
    return _answered(
        dispatch_id, lambda: services().dispatches.obey(actor(), dispatch_id, ordinal, asked), "thuc-hien", "van-ban-cu"
    )


@act(bp, "/cong-van/<int:dispatch_id>/muc-truoc", may="plan")
def baseline(dispatch_id: int) -> Answer:
    typed = request.form.get("minutes", "")[:20].strip().replace(",", ".")
    note = request.form.get("note", "")[:MAX_FIELD]

    def state() -> None:
        try:
            minutes = float(typed)
        except ValueError:
            raise Refused("number_invalid", value=typed) from None
        services().ledger.state_baseline(actor(), dispatch_id, minutes, note)

    return _answered(dispatch_id, state, "muc-truoc", "so-no")


def _answered(dispatch_id: int, answer: Callable[[], object], done: str, anchor: str) -> Answer:
    """Do one act; a refusal is told at the head of the page, which is drawn anew."""
    try:
        answer()
    except NotFound:
        raise
    except Refused as refused:
        stored = services().dispatches.get(dispatch_id)
        return book_text(stored, sentence_of(refused)), REFUSED
    return redirect(url_for("dispatches.book", dispatch_id=dispatch_id, xong=done, _anchor=anchor))


def _state(typed: str) -> DutyState:
    try:
        return DutyState(typed)
    except ValueError:
        raise Refused("wrong_state") from None


def _typed() -> dict[str, Any]:
    names = ("number", "symbol", "date", "issuer", "subject", "addressees", "phones", "urls")
    typed: dict[str, Any] = {name: request.form.get(name, "")[:MAX_FIELD] for name in names}
    return typed | {"messages": request.form.getlist("message")[:MAX_LINES]}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()][:MAX_LINES]
