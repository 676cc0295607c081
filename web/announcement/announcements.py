"""Bản tin: the list, the page of one, and the acts on it that lead on: save, listen, confirm, send, withdraw.

Thin: a form is read, the desk is asked once, the answer is a redirect or the page again with its sentence; the
officer's own words stay in the form whatever happens. What happens while somebody types is `compose`'s.
"""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core.announcement import approval
from scheduler.core.announcement.script_templates import TEMPLATES
from scheduler.core.delivery import ScriptKind
from scheduler.core.model import Announcement, AnnouncementState, CampaignState, Priority
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.services.announcement.drafts import key_of, new_key
from web.announcement.compose import posted, read_aloud, settled
from web.announcement.compose_view import OPEN
from web.announcement.compose_view import page as drawn_page
from web.announcement.script_view import typed_shape
from web.announcement.when_form import WhenForm, wish_of
from web.auth import REFUSED, Answer, act, actor, page_of, services, told_here
from web.formats import length_text, today
from web.words.page_words import matching

bp = Blueprint("announcements", __name__)
MAX_SHOWN = 200


@bp.get("/ban-tin")
@page_of("see")
def listed() -> str:
    sought, chosen = request.args.get("q", "")[:100], request.args.get("state", "")
    state = AnnouncementState(chosen) if chosen in set(AnnouncementState) else None
    announcements = services().announcements.listed(state)
    names = services().people.names()
    if sought.strip():
        texts = [f"{one.title} {one.text} {names.get(one.author_id, '')}" for one in announcements]
        announcements = matching(announcements, sought, texts)
    return render_template(
        "announcements/list.html",
        announcements=announcements[:MAX_SHOWN],
        total=len(announcements),
        names=names,
        lengths={one.audio_sha256: length for one in announcements[:MAX_SHOWN] if (length := _length(one))},
        unfinished=services().drafts.mine(actor()),
        q=sought,
        chosen=state.value if state else "",
    )


@bp.get("/ban-tin/moi")
@page_of("write")
def new() -> str:
    """An empty page, the template that `mau` names, or the unfinished words that `nhap` names."""
    chosen, urgent = request.args.get("mau", ""), request.args.get("loai") == "khan-cap"
    template = TEMPLATES[ScriptKind(chosen)] if chosen in set(ScriptKind) else None
    kind = "emergency" if urgent or (template and template.emergency) else ""
    key = request.args.get("nhap", "")[:40]
    draft = services().drafts.get(actor(), key) if key else None
    if draft is not None:
        form = {"title": draft.title, "text": draft.text, "kind": kind}
        shape = services().drafts.shape(draft) or services().scripts.usual
        return drawn_page(None, form, shape, key=key, revision=draft.revision)
    if template is None:
        return drawn_page(None, {"title": "", "text": "", "kind": kind}, services().scripts.usual, key=new_key())
    form = {"title": template.title, "text": template.text, "kind": kind}
    return drawn_page(None, form, template.shape, key=new_key())


@act(bp, "/ban-tin", may="write")
def write() -> Answer:
    """Keep what was written as a new bulletin; `then`: have it read, or leave it for later."""
    try:
        seen = settled(None)
    except Refused as refused:
        return _again(None, told_here(refused)), REFUSED
    return _after_saving(seen)


@bp.get("/ban-tin/<int:announcement_id>")
@page_of("see")
def page(announcement_id: int) -> str:
    """The one screen of a bulletin, with the words this person was writing where those are others."""
    seen = services().announcements.get(announcement_id)
    draft = services().drafts.get(actor(), key_of(seen.id)) if approval.may(actor().role, "write") else None
    differs = draft if draft and (draft.title, draft.text) != (seen.title, seen.text) else None
    words_of = differs or seen
    form = {"title": words_of.title, "text": words_of.text, "kind": ""}
    return drawn_page(seen, form, seen.shape, draft=differs, revision=draft.revision if draft else 0)


@act(bp, "/ban-tin/<int:announcement_id>/sua", may="write")
def edit(announcement_id: int) -> Answer:
    """Keep what was written; `then`: have exactly that read, or leave it for later."""
    try:
        seen = settled(announcement_id)
    except Refused as refused:
        return _again(services().announcements.get(announcement_id), told_here(refused)), REFUSED
    return _after_saving(seen)


def _after_saving(seen: Announcement) -> Answer:
    if request.form.get("then") == "later":
        return redirect(url_for("announcements.listed", xong="luu-ban-tin"))
    try:
        if request.form.get("then") == "speech":
            read_aloud(seen)
    except NotPermitted:
        raise
    except Refused as refused:
        return _again(seen, refused), REFUSED
    return redirect(url_for("announcements.page", announcement_id=seen.id))


@act(bp, "/ban-tin/<int:announcement_id>/gui", may="submit")
def send(announcement_id: int) -> Answer:
    """Gửi lãnh đạo duyệt: the words in the form, with when and where, as one wish."""
    when = WhenForm.typed()
    try:
        seen = _as_posted(announcement_id)
        _hand_in(seen, when)
    except Refused as refused:
        return _again(services().announcements.get(announcement_id), told_here(refused), when), REFUSED
    if (following := services().dispatch_drafts.next(announcement_id)) is not None:
        return redirect(url_for("announcements.page", announcement_id=following, xong="ban-tin-ke"))
    return redirect(url_for("live.page", gui=announcement_id))


def _as_posted(announcement_id: int) -> Announcement:
    """What is to be sent, with the words that were posted: other ones than its sound says void that sound."""
    if "text" not in request.form or not approval.may(actor().role, "write"):
        return services().announcements.get(announcement_id)
    seen = services().announcements.get(announcement_id)
    return settled(announcement_id) if seen.state in OPEN else seen


def _hand_in(seen: Announcement, when: WhenForm) -> None:
    """Raises Refused with what stands in the way: no request leaves without a time that works."""
    if seen.priority is Priority.EMERGENCY:
        services().submissions.hand_in(actor(), seen.id)
        return
    mine = [one for one in services().campaigns.listed() if seen.id in one.announcement_ids and one.end >= today()]
    waiting = [one for one in mine if one.state is CampaignState.DRAFT]
    if when.kind == "campaigns" and any(one.state is CampaignState.ACTIVE for one in mine) and not waiting:
        services().submissions.hand_in(actor(), seen.id)
        return
    services().submissions.submit(actor(), seen.id, wish_of(when, seen, actor(), waiting))


@act(bp, "/ban-tin/<int:announcement_id>/giong-doc", may="make_speech")
def make_speech(announcement_id: int) -> Answer:
    return _done(announcement_id, lambda: services().announcements.make_speech(actor(), announcement_id))


@act(bp, "/ban-tin/<int:announcement_id>/da-nghe", may="write")
def heard(announcement_id: int) -> Answer:
    sha256 = request.form.get("sha256", "")

    def told() -> None:
        if request.form.get("heard") != "yes":
            raise Refused("not_heard")
        services().announcements.heard(actor(), announcement_id, sha256)

    return _done(announcement_id, told)


@act(bp, "/ban-tin/<int:announcement_id>/doc-nhu-vay", may="write")
def confirm_words(announcement_id: int) -> Answer:
    """Đọc như vậy: the ticked words have been heard and are to be said so."""
    sha256, chosen = request.form.get("sha256", ""), request.form.getlist("word")
    return _done(
        announcement_id, lambda: services().announcements.confirm_words(actor(), announcement_id, sha256, chosen)
    )


@act(bp, "/ban-tin/<int:announcement_id>/ban-ghi", may="record")
def use_recording(announcement_id: int) -> Answer:
    sha256 = request.form.get("sha256", "")
    return _done(announcement_id, lambda: services().announcements.use_recording(actor(), announcement_id, sha256))


@act(bp, "/ban-tin/<int:announcement_id>/rut", may="see")
def withdraw(announcement_id: int) -> Answer:
    return _done(announcement_id, lambda: services().announcements.withdraw(actor(), announcement_id))


def _done(announcement_id: int, step: Callable[[], object]) -> Answer:
    """Take one step and show the page again, or the page with the reason why not."""
    try:
        step()
    except Refused as refused:
        told_here(refused)
        seen = services().announcements.get(announcement_id)
        form = {"title": seen.title, "text": seen.text, "kind": ""}
        return drawn_page(seen, form, seen.shape, refused=refused), REFUSED
    return redirect(url_for("announcements.page", announcement_id=announcement_id))


def _again(seen: Announcement | None, refused: Refused, when: WhenForm | None = None) -> str:
    """The page with every word that was typed, and why it was not taken."""
    shape = typed_shape(request.form) or (seen.shape if seen else services().scripts.usual)
    return drawn_page(
        seen,
        posted(),
        shape,
        key=request.form.get("draft", "")[:40] or ("" if seen else new_key()),
        revision=request.form.get("revision", 0, type=int),
        when=when or (WhenForm.typed() if "kieu" in request.form else None),
        refused=refused,
    )


def _length(announcement: Announcement) -> str:
    if announcement.audio_sha256 is None:
        return ""
    return length_text(services().recordings.clip(announcement.audio_sha256).length)
