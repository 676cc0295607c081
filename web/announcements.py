"""Soạn bản tin: write, see what the machine will say, make the speech, listen, submit.

Thin: a form is read, the desk is asked once, the answer is a redirect or the same page with its sentence; the
officer's own words stay in the form whatever happens.
"""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for

from audio_assets.speech.normalise import Said
from scheduler.core import approval
from scheduler.core.model import Announcement, AnnouncementState, Priority
from scheduler.core.wording import sentence
from scheduler.desk.announcements import MAX_TITLE
from scheduler.errors import NotFound, NotPermitted, Refused
from web.auth import REFUSED, Answer, act, actor, desk, page_of, same_origin
from web.marks import Mark, marked
from web.page_words import length_words, matching, spoken_seconds, words

bp = Blueprint("announcements", __name__)
bp.context_processor(words)
FIELD_OF = {"title_missing": "title", "title_too_long": "title", "text_too_long": "text", "text_not_speakable": "text"}
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
    kind = "emergency" if request.args.get("loai") == "khan-cap" else ""
    return _new({"title": "", "text": "", "kind": kind})


@act(bp, "/ban-tin", may="write")
def write() -> Answer:
    form = _typed() | {"kind": request.form.get("kind", "")}
    priority = Priority.EMERGENCY if form["kind"] == "emergency" else Priority.NORMAL
    try:
        announcement_id = desk().announcements.write(actor(), form["title"], form["text"], priority)
    except Refused as refused:
        return _new(form, refused), REFUSED
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
    speak = request.form.get("then") == "speech"
    try:
        desk().announcements.edit(actor(), announcement_id, version, form["title"], form["text"])
        if speak:
            desk().announcements.make_speech(actor(), announcement_id)
    except (NotPermitted, NotFound):
        raise
    except Refused as refused:
        seen = desk().parts.programme.announcement(announcement_id)
        return _page(seen, form, seen.version, refused), REFUSED
    if speak:
        return redirect(url_for("announcements.page", announcement_id=announcement_id, _anchor="am-thanh"))
    return redirect(url_for("announcements.page", announcement_id=announcement_id, xong="luu-ban-tin"))


@bp.post("/ban-tin/may-doc")
@page_of("see")
def read_out() -> str:
    """What the machine will say of the text in the form, as it is typed. Changes nothing, so it needs no act key."""
    same_origin()
    text = request.form.get("text", "")[: desk().parts.config.speech.max_chars]
    return render_template("announcements/_said.html", **said_parts(desk().announcements.said(text)))


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


def said_parts(said: Said) -> dict[str, Any]:
    """Both sides of a reading, each change under one key; a line end that becomes a pause is nothing to see."""
    changes = [change for change in said.changes if said.source[change.start : change.end].strip()]
    written = [Mark(change.start, change.end, f"w{at}") for at, change in enumerate(changes)]
    spoken = [Mark(change.said_start, change.said_end, f"w{at}") for at, change in enumerate(changes)]
    return {
        "said": said,
        "changes": len(changes),
        "written_marked": marked(said.source, written),
        "said_marked": marked(said.text, spoken),
    }


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


def _new(form: dict[str, str], refused: Refused | None = None) -> str:
    return render_template("announcements/new.html", announcement=None, version=0, **_form_parts(form, refused))


def _page(seen: Announcement, form: dict[str, str], version: int, refused: Refused | None = None) -> str:
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
        **_form_parts(form, refused),
    )


def _form_parts(form: dict[str, str], refused: Refused | None) -> dict[str, Any]:
    told = sentence(refused.reason, refused.details) if refused else ""
    field = FIELD_OF.get(refused.reason) if refused else None
    config = desk().parts.config.speech
    said = desk().announcements.said(form["text"][: config.max_chars])
    return {
        "form": form,
        "faults": {field: [told]} if field else {},
        "fault": told,
        "seconds": length_words(spoken_seconds(said.text)),
        "max_title": MAX_TITLE,
        "max_chars": config.max_chars,
        **said_parts(said),
    }


def _sound_parts(seen: Announcement) -> dict[str, Any]:
    parts = desk().parts
    return {
        "announcement": seen,
        "clip": parts.programme.clip(seen.audio_sha256) if seen.audio_sha256 else None,
        "job": desk().announcements.speech_job(seen.id),
        "open": seen.state in OPEN,
        "closed": seen.state in CLOSED,
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
