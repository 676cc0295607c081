"""Bản tin: the list, a new one, and every act on one: save, make speech, listen, confirm, submit, withdraw.

Thin: a form is read, the desk is asked once, the answer is a redirect or the step it belongs to with its sentence; the
officer's own words stay in the form whatever happens. The pages of the steps are `compose`'s.
"""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core.announcement.script_templates import TEMPLATES
from scheduler.core.delivery import ScriptKind
from scheduler.core.model import Announcement, AnnouncementState, Priority
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from scheduler.services.announcement.drafts import key_of, new_key
from web.announcement.compose import (
    CONTENT,
    HAND_IN,
    LISTENING,
    READING,
    ended_sound,
    fault_field,
    new_page,
    said_of,
    step_page,
    typed,
    where_it_stands,
)
from web.announcement.script_view import typed_shape
from web.auth import REFUSED, Answer, act, actor, page_of, same_origin, services
from web.words.page_words import length_words, matching, words

bp = Blueprint("announcements", __name__)
bp.context_processor(words)
MAX_SHOWN = 200


@bp.get("/ban-tin")
@page_of("see")
def listed() -> str:
    sought, chosen = request.args.get("q", "")[:100], request.args.get("state", "")
    state = AnnouncementState(chosen) if chosen in set(AnnouncementState) else None
    announcements = services().announcements.listed(state)
    names = {person.id: person.name for person in services().people.listed()}
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
    """An empty form, the template that `mau` names, or the unfinished words that `nhap` names."""
    chosen, urgent = request.args.get("mau", ""), request.args.get("loai") == "khan-cap"
    template = TEMPLATES[ScriptKind(chosen)] if chosen in set(ScriptKind) else None
    kind = "emergency" if urgent or (template and template.emergency) else ""
    key = request.args.get("nhap", "")[:40]
    draft = services().drafts.get(actor(), key) if key else None
    if draft is not None:
        form = {"title": draft.title, "text": draft.text, "kind": kind}
        return new_page(form, services().drafts.shape(draft) or services().scripts.usual, key, draft.revision)
    if template is None:
        return new_page({"title": "", "text": "", "kind": kind}, services().scripts.usual, new_key(), 0)
    form = {"title": template.title, "text": template.text, "kind": kind}
    return new_page(form, template.shape, new_key(), 0)


@act(bp, "/ban-tin", may="write")
def write() -> Answer:
    form, shape = typed(request.form) | {"kind": request.form.get("kind", "")}, typed_shape(request.form)
    key = request.form.get("draft", "")[:40]
    priority = Priority.EMERGENCY if form["kind"] == "emergency" else Priority.NORMAL
    try:
        announcement_id = services().announcements.write(actor(), form["title"], form["text"], priority, shape=shape)
    except Refused as refused:
        revision = request.form.get("revision", 0, type=int)
        return new_page(form, shape or services().scripts.usual, key or new_key(), revision, refused), REFUSED
    if key:
        services().drafts.drop(actor(), key)
    return redirect(url_for("announcements.page", announcement_id=announcement_id))


@bp.get("/ban-tin/<int:announcement_id>")
@page_of("see")
def page(announcement_id: int) -> str:
    """The step that is next for it."""
    seen = _seen(announcement_id)
    return step_page(seen, where_it_stands(seen))


@act(bp, "/ban-tin/<int:announcement_id>/sua", may="write")
def edit(announcement_id: int) -> Answer:
    """Keep what was written; where its speech was asked for, ask for the speech of exactly that."""
    form, version = typed(request.form), request.form.get("version", 0, type=int)
    step, then = request.form.get("step", ""), request.form.get("then", "")
    try:
        services().announcements.edit(
            actor(),
            announcement_id,
            version,
            form["title"],
            form["text"],
            shape=typed_shape(request.form),
            words=request.form.get("words", "")[:32],
        )
        services().drafts.drop(actor(), key_of(announcement_id))
        if then == "speech":
            services().announcements.make_speech(actor(), announcement_id)
    except (NotPermitted, NotFound):
        raise
    except Refused as refused:
        at = READING if step == "reading" and fault_field(refused) in {"", "shape"} else CONTENT
        return step_page(_seen(announcement_id), at, form, refused), REFUSED
    if then == "speech":
        return redirect(url_for("compose.listening", announcement_id=announcement_id, _anchor="am-thanh"))
    if then == "reading":
        return redirect(url_for("compose.reading", announcement_id=announcement_id))
    back = "compose.reading" if step == "reading" else "compose.content"
    return redirect(url_for(back, announcement_id=announcement_id, xong="luu-ban-tin"))


@bp.post("/ban-tin/may-doc")
@page_of("see")
def read_out() -> str:
    """What the machine will say of what is in the form, as it is typed. Changes nothing, so it needs no act key."""
    same_origin()
    return render_template("announcements/_said.html", **said_of(typed(request.form), typed_shape(request.form)))


@act(bp, "/ban-tin/<int:announcement_id>/giong-doc", may="make_speech")
def make_speech(announcement_id: int) -> Answer:
    return _done(announcement_id, lambda: services().announcements.make_speech(actor(), announcement_id), LISTENING)


@bp.get("/ban-tin/<int:announcement_id>/am-thanh")
@page_of("see")
def sound_state(announcement_id: int) -> Answer:
    """The sound's part of the page, while a job is under way."""
    return ended_sound(_seen(announcement_id))


@act(bp, "/ban-tin/<int:announcement_id>/da-nghe", may="write")
def heard(announcement_id: int) -> Answer:
    sha256 = request.form.get("sha256", "")

    def told() -> None:
        if request.form.get("heard") != "yes":
            raise Refused("not_heard")
        services().announcements.heard(actor(), announcement_id, sha256)

    return _done(announcement_id, told, LISTENING)


@act(bp, "/ban-tin/<int:announcement_id>/doc-nhu-vay", may="write")
def confirm_words(announcement_id: int) -> Answer:
    """Đọc như vậy: the ticked words have been heard and are to be said so."""
    sha256, chosen = request.form.get("sha256", ""), request.form.getlist("word")
    return _done(
        announcement_id,
        lambda: services().announcements.confirm_words(actor(), announcement_id, sha256, chosen),
        HAND_IN,
    )


@act(bp, "/ban-tin/<int:announcement_id>/ban-ghi", may="record")
def use_recording(announcement_id: int) -> Answer:
    sha256 = request.form.get("sha256", "")
    return _done(
        announcement_id, lambda: services().announcements.use_recording(actor(), announcement_id, sha256), LISTENING
    )


@act(bp, "/ban-tin/<int:announcement_id>/trinh-duyet", may="submit")
def submit(announcement_id: int) -> Answer:
    told = _done(announcement_id, lambda: services().announcements.submit(actor(), announcement_id), HAND_IN)
    following = services().dispatch_drafts.next(announcement_id)
    if following is None or isinstance(told, tuple):
        return told
    return redirect(url_for("announcements.page", announcement_id=following, xong="ban-tin-ke"))


@act(bp, "/ban-tin/<int:announcement_id>/rut", may="see")
def withdraw(announcement_id: int) -> Answer:
    return _done(announcement_id, lambda: services().announcements.withdraw(actor(), announcement_id), HAND_IN)


def _done(announcement_id: int, step: Callable[[], object], place: int) -> Answer:
    """Take one step and show its page again, or the page with the reason why not."""
    try:
        step()
    except (NotPermitted, NotFound):
        raise
    except Refused as refused:
        return step_page(_seen(announcement_id), place, None, refused), REFUSED
    endpoint = "compose.hand_in" if place == HAND_IN else "compose.listening"
    return redirect(
        url_for(endpoint, announcement_id=announcement_id, _anchor=None if place == HAND_IN else "am-thanh")
    )


def _seen(announcement_id: int) -> Announcement:
    return services().announcements.get(announcement_id)


def _length(announcement: Announcement) -> str:
    if announcement.audio_sha256 is None:
        return ""
    return length_words(services().recordings.clip(announcement.audio_sha256).length)
