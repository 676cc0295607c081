"""Soạn bản tin: the four steps of one announcement, each an address of its own, and what is kept while it is typed.

Nội dung, giọng và cách đọc, nghe, trình duyệt. Every step can be reached from every other. A step's page shows what the
desk says; a refusal of an act of `announcements` shows the step it belongs to again, with the sentence and with every
word that was typed. Nothing here decides anything.
"""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for

from scheduler.core.announcement import approval
from scheduler.core.announcement.clips import StoredClip
from scheduler.core.announcement.drafts import Draft
from scheduler.core.delivery import Shape
from scheduler.core.model import Announcement, AnnouncementState, Campaign
from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.announcements import MAX_TITLE, words_mark
from scheduler.services.announcement.drafts import key_of
from web.announcement.script_view import said_parts, shape_parts, typed_shape
from web.auth import Answer, act, actor, page_of, piece, services
from web.formats import clock, hour_minute, local
from web.words.campaign_words import amount_of
from web.words.compose_words import JOB_DONE, STEPS, job_words
from web.words.page_words import words

__all__ = ["bp", "fault_field", "new_page", "said_of", "step_page", "typed"]

bp = Blueprint("compose", __name__)
bp.context_processor(words)
FIELD_OF = {
    "title_missing": "title",
    "title_too_long": "title",
    "text_too_long": "text",
    "text_not_speakable": "text",
    "blank_left": "text",
    "script_times_invalid": "shape",
    "script_words_too_long": "shape",
    "script_tempo_invalid": "shape",
    "script_voice_unknown": "shape",
}
OPEN = {AnnouncementState.DRAFT, AnnouncementState.RETURNED}
CLOSED = {AnnouncementState.WITHDRAWN, AnnouncementState.EXPIRED}
CONTENT, READING, LISTENING, HAND_IN = (step.number for step in STEPS)
CONFLICT = 409
MOST_CAMPAIGNS = 20
MOST_CLIPS = 200
"""Recordings that are offered; the library is searched for an older one."""


@bp.get("/ban-tin/<int:announcement_id>/noi-dung")
@page_of("see")
def content(announcement_id: int) -> str:
    """Step 1: the words, or the recording in their place."""
    return step_page(_seen(announcement_id), CONTENT)


@bp.get("/ban-tin/<int:announcement_id>/cach-doc")
@page_of("see")
def reading(announcement_id: int) -> str:
    """Step 2: written and said side by side, the voice and the shape."""
    return step_page(_seen(announcement_id), READING)


@bp.get("/ban-tin/<int:announcement_id>/nghe")
@page_of("see")
def listening(announcement_id: int) -> str:
    """Step 3: the sound, to be heard to its end."""
    return step_page(_seen(announcement_id), LISTENING)


@bp.get("/ban-tin/<int:announcement_id>/trinh-duyet")
@page_of("see")
def hand_in(announcement_id: int) -> str:
    """Step 4: to the leader, and when it is to air."""
    return step_page(_seen(announcement_id), HAND_IN)


@piece(bp, "/ban-tin/nhap", may="write")
def keep_draft() -> Answer:
    """Keep what is typed, every few seconds and on leaving. Newer words of another tab are given back with 409."""
    form = request.form
    title, text = typed(form)["title"], typed(form)["text"]
    kept = services().drafts.keep(
        actor(),
        form.get("draft", "")[:40],
        form.get("revision", 0, type=int),
        title,
        text,
        shape=typed_shape(form),
        version=form.get("version", 0, type=int),
    )
    told = {"revision": kept.draft.revision, "time": clock(kept.draft.saved_at)}
    if kept.other:
        return jsonify(told | {"title": kept.draft.title, "text": kept.draft.text}), CONFLICT
    return jsonify(told)


@act(bp, "/ban-tin/nhap/bo", may="write")
def drop_draft() -> Answer:
    """Forget what was being written, and show what is kept."""
    key = request.form.get("draft", "")[:40]
    services().drafts.drop(actor(), key)
    announcement_id = request.form.get("ban_tin", type=int)
    if announcement_id:
        return redirect(url_for("compose.content", announcement_id=announcement_id))
    return redirect(url_for("announcements.listed"))


# Pages


def step_page(seen: Announcement, step: int, form: dict[str, str] | None = None, refused: Refused | None = None) -> str:
    """One step of an announcement; with `form` and `refused` what was typed and why it was not taken."""
    template = ("content", "reading", "listen", "hand_in")[step - 1]
    shape = typed_shape(request.form) if form is not None else None
    draft = _unsaved(seen) if form is None else None
    stale = refused is not None and refused.reason == "edited_meanwhile"
    shown = form or {"title": seen.title, "text": seen.text}
    if draft and step == CONTENT:
        shown = {"title": draft.title, "text": draft.text}
    return render_template(
        f"announcements/{template}.html",
        step=step,
        steps=_steps(seen),
        author=_names().get(seen.author_id, "–"),
        dispatch=services().dispatches.get(seen.dispatch_id) if seen.dispatch_id else None,
        version=seen.version,
        words_mark=words_mark(seen),
        draft_key=key_of(seen.id),
        revision=_revision(seen, draft),
        draft=draft,
        draft_time=_draft_time(draft),
        other=seen if stale or (draft and draft.version != seen.version) else None,
        fresh=False,
        shelf=_shelf() if step == CONTENT else [],
        **sound_parts(seen),
        **standing(seen),
        **_form_parts(shown, shape or seen.shape, refused),
        **said_of(shown if step == CONTENT else {"title": seen.title, "text": seen.text}, shape or seen.shape, seen),
    )


def new_page(form: dict[str, str], shape: Shape, key: str, revision: int, refused: Refused | None = None) -> str:
    """Step 1 of what is no announcement yet."""
    return render_template(
        "announcements/new.html",
        announcement=None,
        step=CONTENT,
        steps=[{"number": one.number, "word": one.word, "address": "", "ok": False} for one in STEPS],
        version=0,
        words_mark="",
        draft=None,
        draft_key=key,
        revision=revision,
        unfinished=[
            {"draft": one, "time": _draft_time(one)} for one in services().drafts.mine(actor()) if one.key != key
        ],
        **_form_parts(form, shape, refused),
        **said_of(form, shape),
    )


def typed(form: Any) -> dict[str, str]:
    """What stands in a form of words; refused ones come back whole."""
    return {"title": form.get("title", ""), "text": form.get("text", "").replace("\r\n", "\n")}


def fault_field(refused: Refused) -> str:
    """The field a refusal belongs beside; '' = the whole form."""
    return FIELD_OF.get(refused.reason, "")


def where_it_stands(seen: Announcement) -> int:
    """The step that is next for it."""
    if seen.state is AnnouncementState.RETURNED:
        return CONTENT if seen.text else LISTENING
    if seen.state not in OPEN:
        return HAND_IN
    job = services().announcements.sound_job(seen.id)
    if seen.audio_sha256 is None:
        if job and not job.ended:
            return LISTENING
        return READING if seen.text else CONTENT
    return HAND_IN if seen.heard else LISTENING


def sound_parts(seen: Announcement) -> dict[str, Any]:
    """The sound of an announcement, and the job that is making another."""
    clip = services().recordings.clip(seen.audio_sha256) if seen.audio_sha256 else None
    job = services().announcements.sound_job(seen.id)
    whole = services().trims.whole(clip.sha256) if clip else None
    return {
        "announcement": seen,
        "clip": clip,
        "job": job,
        "job_told": job_words(job, services().jobs.ahead_of(job.id)) if job and not job.ended else "",
        "job_failed": JOB_DONE[job.kind] if job else "",
        "open": seen.state in OPEN,
        "closed": seen.state in CLOSED,
        "outdated": services().scripts.has_changed(seen, clip),
        "first_engine": seen.shape.voice or services().config.speech.engines[0],
        "whole": services().recordings.clip(whole) if whole else None,
    }


def standing(seen: Announcement) -> dict[str, Any]:
    """How far it has come: who approved it, what it still lacks, and where and when it is to sound."""
    names = _names()
    return {
        "approver": names.get(seen.approver_id or 0, "–"),
        "approved_at": f"{local(seen.approved_at):%H:%M ngày %d/%m/%Y}" if seen.approved_at else "",
        "plans": plans_of(seen, services().campaigns.listed()),
        "can_withdraw": _can_withdraw(seen),
        "unknown": services().scripts.unknown(seen),
        "people": names,
    }


def plans_of(seen: Announcement, campaigns: Iterable[Campaign]) -> list[dict[str, Any]]:
    """Those of `campaigns` that say it: where, when, how much."""
    today = local(services().now()).date()
    told = [{"campaign": one, "amount": amount_of(one, today)} for one in campaigns if seen.id in one.announcement_ids]
    return told[:MOST_CAMPAIGNS]


def said_of(form: dict[str, str], shape: Shape | None, seen: Announcement | None = None) -> dict[str, Any]:
    """Both sides of what the form says; where that is what `seen` says, its sound's length and its confirmed words."""
    scripts, most = services().scripts, services().config.speech.max_chars
    title, text = form["title"][:MAX_TITLE], form["text"][:most]
    script = scripts.of(title, text, shape or scripts.usual)
    if seen is None or (title, text, shape) != (seen.title, seen.text, seen.shape):
        return said_parts(script, scripts)
    clip = services().recordings.clip(seen.audio_sha256) if seen.audio_sha256 else None
    return said_parts(script, scripts, clip.length if clip else None, scripts.unknown(seen).open)


def _shelf() -> list[StoredClip]:
    """Recordings that can be the sound, the newest first."""
    return [one for one in services().recordings.shelf() if one.origin != "speech"][:MOST_CLIPS]


def _steps(seen: Announcement) -> list[dict[str, Any]]:
    done = {
        CONTENT: bool(seen.text or seen.audio_sha256),
        READING: seen.audio_sha256 is not None,
        LISTENING: seen.audio_sha256 is not None and (seen.heard or seen.state not in OPEN),
        HAND_IN: seen.state in {AnnouncementState.SUBMITTED, AnnouncementState.APPROVED},
    }
    return [
        {
            "number": one.number,
            "word": one.word,
            "ok": done[one.number],
            "address": url_for(one.endpoint, announcement_id=seen.id),
        }
        for one in STEPS
    ]


def _form_parts(form: dict[str, str], shape: Shape, refused: Refused | None) -> dict[str, Any]:
    told = sentence(refused.reason, refused.details) if refused else ""
    field = fault_field(refused) if refused else ""
    return {
        "form": form,
        "faults": {field: [told]} if field else {},
        "fault": told,
        "max_title": MAX_TITLE,
        "max_chars": services().config.speech.max_chars,
        "max_mb": services().config.audio.max_upload_mb,
        "max_minutes": f"{services().config.audio.max_clip_minutes:g}",
        **shape_parts(shape, services().scripts),
    }


def _seen(announcement_id: int) -> Announcement:
    return services().announcements.get(announcement_id)


def _unsaved(seen: Announcement) -> Draft | None:
    """The person's draft of it, where it says something else than what is kept."""
    if not approval.may(actor().role, "write"):
        return None
    draft = services().drafts.get(actor(), key_of(seen.id))
    return draft if draft and (draft.title, draft.text) != (seen.title, seen.text) else None


def _revision(seen: Announcement, draft: Draft | None) -> int:
    found = draft or services().drafts.get(actor(), key_of(seen.id))
    return found.revision if found else 0


def _draft_time(draft: Draft | None) -> str:
    """When a draft was kept: the time, with its day where that is another one."""
    if draft is None:
        return ""
    today = local(services().now()).date()
    at = local(draft.saved_at)
    return hour_minute(draft.saved_at) if at.date() == today else f"{at:%H:%M} ngày {at:%d/%m}"


def _can_withdraw(seen: Announcement) -> bool:
    """Whether the desk would let this person take it back (the desk asks again)."""
    if (seen.state, "withdraw") not in approval.STEPS:
        return False
    own = seen.author_id == actor().id and seen.state is not AnnouncementState.APPROVED
    return own or approval.may(actor().role, "withdraw")


def _names() -> dict[int, str]:
    return {person.id: person.name for person in services().people.listed()}


def ended_sound(seen: Announcement) -> Response:
    """The answer to a poll: the sound's part of step 3, and what depends on it."""
    parts = sound_parts(seen)
    job = parts["job"]
    text = render_template(
        "announcements/_sound_ended.html",
        fault="",
        fresh=job is None or job.ended,
        steps=_steps(seen),
        step=LISTENING,
        **parts,
        **standing(seen),
    )
    return Response(text, mimetype="text/html")
