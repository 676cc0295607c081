"""Soạn bản tin: write, see what the machine will say, make the speech, listen, submit.

Thin: a form is read, the desk is asked once, the answer is a redirect or the same page with its sentence; the
officer's own words stay in the form whatever happens.
"""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core import approval
from scheduler.core.model import Announcement, AnnouncementState, Priority
from scheduler.core.script import ScriptKind, Shape
from scheduler.core.script_templates import TEMPLATES
from scheduler.core.wording import sentence
from scheduler.desk.announcements import MAX_TITLE
from scheduler.errors import NotFound, NotPermitted, Refused
from web.auth import REFUSED, Answer, act, actor, desk, page_of, same_origin
from web.page_words import length_words, matching, words
from web.script_view import said_parts, shape_parts, typed_shape

bp = Blueprint("announcements", __name__)
bp.context_processor(words)
FIELD_OF = {
    "title_missing": "title",
    "title_too_long": "title",
    "text_too_long": "text",
    "text_not_speakable": "text",
    "blank_left": "text",
    "script_times_invalid": "shape",
    "script_words_too_long": "shape",
}
OPEN = {AnnouncementState.DRAFT, AnnouncementState.RETURNED}
CLOSED = {AnnouncementState.WITHDRAWN, AnnouncementState.EXPIRED}
MAX_SHOWN = 200


@bp.get("/ban-tin")
@page_of("see")
def listed() -> str:
    parts = desk().parts
    typed, chosen = request.args.get("q", "")[:100], request.args.get("state", "")
    state = AnnouncementState(chosen) if chosen in set(AnnouncementState) else None
    announcements = parts.programme.announcements(state)
    names = _names()
    if typed.strip():
        texts = [f"{one.title} {one.text} {names.get(one.author_id, '')}" for one in announcements]
        announcements = matching(announcements, typed, texts)
    return render_template(
        "announcements/list.html",
        announcements=announcements[:MAX_SHOWN],
        total=len(announcements),
        names=names,
        lengths={one.audio_sha256: length for one in announcements[:MAX_SHOWN] if (length := _length(one))},
        q=typed,
        chosen=state.value if state else "",
    )


@bp.get("/ban-tin/moi")
@page_of("write")
def new() -> str:
    """An empty form, or the template that `mau` names."""
    chosen, emergency = request.args.get("mau", ""), request.args.get("loai") == "khan-cap"
    template = TEMPLATES[ScriptKind(chosen)] if chosen in set(ScriptKind) else None
    kind = "emergency" if emergency or (template and template.emergency) else ""
    if template is None:
        return _new({"title": "", "text": "", "kind": kind}, desk().scripts.usual)
    return _new({"title": template.title, "text": template.text, "kind": kind}, template.shape)


@act(bp, "/ban-tin", may="write")
def write() -> Answer:
    form, shape = _typed() | {"kind": request.form.get("kind", "")}, typed_shape(request.form)
    priority = Priority.EMERGENCY if form["kind"] == "emergency" else Priority.NORMAL
    try:
        announcement_id = desk().announcements.write(actor(), form["title"], form["text"], priority, shape=shape)
    except Refused as refused:
        return _new(form, shape or desk().scripts.usual, refused), REFUSED
    return redirect(url_for("announcements.page", announcement_id=announcement_id))


@bp.get("/ban-tin/<int:announcement_id>")
@page_of("see")
def page(announcement_id: int) -> str:
    seen = desk().parts.programme.announcement(announcement_id)
    return _page(seen, {"title": seen.title, "text": seen.text}, seen.version)


@act(bp, "/ban-tin/<int:announcement_id>/sua", may="write")
def edit(announcement_id: int) -> Answer:
    """Keep what was written; where its speech was asked for, ask for the speech of exactly that."""
    form, version = _typed(), request.form.get("version", 0, type=int)
    shape, speak = typed_shape(request.form), request.form.get("then") == "speech"
    try:
        desk().announcements.edit(actor(), announcement_id, version, form["title"], form["text"], shape=shape)
        if speak:
            desk().announcements.make_speech(actor(), announcement_id)
    except (NotPermitted, NotFound):
        raise
    except Refused as refused:
        seen = desk().parts.programme.announcement(announcement_id)
        return _page(seen, form, seen.version, refused, shape=shape), REFUSED
    if speak:
        return redirect(url_for("announcements.page", announcement_id=announcement_id, _anchor="am-thanh"))
    return redirect(url_for("announcements.page", announcement_id=announcement_id, xong="luu-ban-tin"))


@bp.post("/ban-tin/may-doc")
@page_of("see")
def read_out() -> str:
    """What the machine will say of what is in the form, as it is typed. Changes nothing, so it needs no act key."""
    same_origin()
    return render_template("announcements/_said.html", **_said_of(_typed(), typed_shape(request.form)))


@act(bp, "/ban-tin/<int:announcement_id>/giong-doc", may="make_speech")
def make_speech(announcement_id: int) -> Answer:
    return _done(announcement_id, lambda: desk().announcements.make_speech(actor(), announcement_id), "am-thanh")


@bp.get("/ban-tin/<int:announcement_id>/am-thanh")
@page_of("see")
def sound_state(announcement_id: int) -> str:
    """The sound's part of the page, while a job is under way."""
    seen = desk().parts.programme.announcement(announcement_id)
    sound = _sound_parts(seen)
    job = sound["job"]
    ended = job is None or job.ended
    # The speech itself makes a new version. A page that shows the text it was made of may go on editing it.
    known = request.args.get("ban", 0, type=int)
    grown = bool(job) and known == job.args["version"] and seen.version == known + 1 and job.result == seen.audio_sha256
    return render_template(
        "announcements/_sound_ended.html", fault="", fresh=ended, grown=grown, **sound, **_standing(seen)
    )


@act(bp, "/ban-tin/<int:announcement_id>/da-nghe", may="write")
def heard(announcement_id: int) -> Answer:
    sha256 = request.form.get("sha256", "")

    def told() -> None:
        if request.form.get("heard") != "yes":
            raise Refused("not_heard")
        desk().announcements.heard(actor(), announcement_id, sha256)

    return _done(announcement_id, told, "trinh-duyet")


@act(bp, "/ban-tin/<int:announcement_id>/doc-nhu-vay", may="write")
def confirm_words(announcement_id: int) -> Answer:
    """Đọc như vậy: the ticked words have been heard and are to be said so."""
    sha256, chosen = request.form.get("sha256", ""), request.form.getlist("word")
    return _done(
        announcement_id,
        lambda: desk().announcements.confirm_words(actor(), announcement_id, sha256, chosen),
        "trinh-duyet",
    )


@act(bp, "/ban-tin/<int:announcement_id>/ban-ghi", may="record")
def use_recording(announcement_id: int) -> Answer:
    sha256 = request.form.get("sha256", "")
    return _done(
        announcement_id, lambda: desk().announcements.use_recording(actor(), announcement_id, sha256), "am-thanh"
    )


@act(bp, "/ban-tin/<int:announcement_id>/trinh-duyet", may="submit")
def submit(announcement_id: int) -> Answer:
    return _done(announcement_id, lambda: desk().announcements.submit(actor(), announcement_id), "trinh-duyet")


@act(bp, "/ban-tin/<int:announcement_id>/rut", may="see")
def withdraw(announcement_id: int) -> Answer:
    return _done(announcement_id, lambda: desk().announcements.withdraw(actor(), announcement_id), "trinh-duyet")


def _done(announcement_id: int, step: Callable[[], object], place: str) -> Answer:
    """Take one step and show the page again, or the page with the reason why not."""
    try:
        step()
    except (NotPermitted, NotFound):
        raise
    except Refused as refused:
        seen = desk().parts.programme.announcement(announcement_id)
        return _page(seen, {"title": seen.title, "text": seen.text}, seen.version, refused), REFUSED
    return redirect(url_for("announcements.page", announcement_id=announcement_id, _anchor=place))


def _new(form: dict[str, str], shape: Shape, refused: Refused | None = None) -> str:
    said = _said_of(form, shape)
    return render_template(
        "announcements/new.html", announcement=None, version=0, **_form_parts(form, shape, refused), **said
    )


def _page(
    seen: Announcement,
    form: dict[str, str],
    version: int,
    refused: Refused | None = None,
    *,
    shape: Shape | None = None,
) -> str:
    parts = desk().parts
    stale = refused is not None and refused.reason == "edited_meanwhile"
    names = _names()
    return render_template(
        "announcements/page.html",
        fresh=False,
        version=version,
        step=_step(seen),
        other=seen if stale else None,
        author=names.get(seen.author_id, "–"),
        dispatch=parts.programme.dispatch(seen.dispatch_id) if seen.dispatch_id else None,
        **_sound_parts(seen),
        **_standing(seen),
        **_form_parts(form, shape or seen.shape, refused),
        **_said_of(form, shape or seen.shape, seen),
    )


def _form_parts(form: dict[str, str], shape: Shape, refused: Refused | None) -> dict[str, Any]:
    told = sentence(refused.reason, refused.details) if refused else ""
    field = FIELD_OF.get(refused.reason) if refused else None
    return {
        "form": form,
        "faults": {field: [told]} if field else {},
        "fault": told,
        "max_title": MAX_TITLE,
        "max_chars": desk().parts.config.speech.max_chars,
        **shape_parts(shape, desk().scripts),
    }


def _said_of(form: dict[str, str], shape: Shape | None, seen: Announcement | None = None) -> dict[str, Any]:
    """Both sides of what the form says; where that is what `seen` says, its sound's length and its confirmed words."""
    scripts, most = desk().scripts, desk().parts.config.speech.max_chars
    title, text = form["title"][:MAX_TITLE], form["text"][:most]
    script = scripts.of(title, text, shape or scripts.usual)
    if seen is None or (title, text, shape) != (seen.title, seen.text, seen.shape):
        return said_parts(script, scripts)
    clip = desk().parts.programme.clip(seen.audio_sha256) if seen.audio_sha256 else None
    return said_parts(script, scripts, clip.length if clip else None, scripts.unknown(seen).open)


def _sound_parts(seen: Announcement) -> dict[str, Any]:
    parts = desk().parts
    clip = parts.programme.clip(seen.audio_sha256) if seen.audio_sha256 else None
    return {
        "announcement": seen,
        "clip": clip,
        "job": desk().announcements.speech_job(seen.id),
        "open": seen.state in OPEN,
        "closed": seen.state in CLOSED,
        "outdated": desk().scripts.has_changed(seen, clip),
        "first_engine": parts.config.speech.engines[0],
        "shelf": [clip for clip in parts.programme.clips() if clip.origin != "speech"],
    }


def _standing(seen: Announcement) -> dict[str, Any]:
    """How far it has come, for the last step."""
    parts = desk().parts
    zone = ZoneInfo(parts.config.station.time_zone)
    return {
        "approver": _names().get(seen.approver_id or 0, "–"),
        "approved_at": f"{seen.approved_at.astimezone(zone):%H:%M ngày %d/%m/%Y}" if seen.approved_at else "",
        "campaigns": [one for one in parts.programme.campaigns() if one.announcement_id == seen.id],
        "can_withdraw": _can_withdraw(seen),
        "unknown": desk().scripts.unknown(seen),
        "people": _names(),
    }


def _step(seen: Announcement) -> int:
    """Which of the four steps is next; 5 = all done."""
    if seen.state not in OPEN:
        return 5
    if seen.audio_sha256 is None:
        return 3 if seen.text else 1
    return 4 if seen.heard else 3


def _can_withdraw(seen: Announcement) -> bool:
    """Whether the desk would let this person take it back (the desk asks again)."""
    if (seen.state, "withdraw") not in approval.STEPS:
        return False
    own = seen.author_id == actor().id and seen.state is not AnnouncementState.APPROVED
    return own or approval.may(actor().role, "withdraw")


def _typed() -> dict[str, str]:
    """What stands in the form; far too long texts are cut a little past the limit so that the refusal still tells."""
    return {"title": request.form.get("title", ""), "text": request.form.get("text", "").replace("\r\n", "\n")}


def _names() -> dict[int, str]:
    return {person.id: person.name for person in desk().parts.people.listed()}


def _length(announcement: Announcement) -> str:
    if announcement.audio_sha256 is None:
        return ""
    return length_words(desk().parts.programme.clip(announcement.audio_sha256).length)
