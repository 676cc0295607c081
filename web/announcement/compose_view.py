"""The one screen on which a bulletin is made: what its parts show, and what still stands before the main button.

The parts (player, words, time, bar) are drawn into the page and drawn again alone while somebody types. What they say
is read from rows and from the desk's dry run; nothing here decides or writes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, url_for

from scheduler.core.announcement import approval
from scheduler.core.announcement.kept import Draft, StoredClip
from scheduler.core.delivery import Shape
from scheduler.core.model import Announcement, AnnouncementState, Campaign, CampaignState, Priority
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.announcements import MAX_TITLE, words_mark
from scheduler.services.announcement.drafts import key_of
from web.announcement.offer_view import wish_words
from web.announcement.script_view import differences, said_parts, shape_parts
from web.announcement.when_form import DAYS, WINDOWS, WhenForm, asked_before
from web.announcement.when_view import Verdict, first_free, running_verdict, verdict_of
from web.auth import actor, services
from web.formats import hour_minute, local, today
from web.words.campaign_words import amount_of
from web.words.compose_words import JOB_DONE, job_words
from web.words.zones import own_zone_choices

__all__ = ["OPEN", "Bar", "bare", "draft_time", "fault_field", "page", "pieces", "plans_of", "said_of"]

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
    "no_audio": "sound",
    "not_heard": "sound",
    "reading_changed": "sound",
    "word_unread": "words",
}
"""The part of the page that a refusal belongs to; any other is told at the head."""
OPEN = {AnnouncementState.DRAFT, AnnouncementState.RETURNED}
CLOSED = {AnnouncementState.WITHDRAWN, AnnouncementState.EXPIRED}
MOST_CAMPAIGNS = 20
MOST_CLIPS = 200
"""Recordings that are offered; the library is searched for an older one."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of action. `missing`: the part of the page where something is still to be done; '' = it may be sent."""

    missing: str
    lead: str
    rest: str = ""


def fault_field(refused: Refused) -> str:
    """The part a refusal belongs to; '' = the whole page."""
    return FIELD_OF.get(refused.reason, "")


def bare(form: dict[str, str], shape: Shape) -> Announcement:
    """What is in a form that is no announcement yet, for the desk to judge."""
    priority = Priority.EMERGENCY if form.get("kind") == "emergency" else Priority.NORMAL
    return Announcement(
        0, form["title"], form["text"], 0, AnnouncementState.DRAFT, None, actor().id, priority=priority, shape=shape
    )


def page(
    seen: Announcement | None,
    form: dict[str, str],
    shape: Shape,
    *,
    key: str = "",
    revision: int = 0,
    draft: Draft | None = None,
    when: WhenForm | None = None,
    refused: Refused | None = None,
) -> str:
    """The whole page: of `seen`, or of what is no announcement yet. `refused`: why what was sent was not taken."""
    stale = refused is not None and refused.reason == "edited_meanwhile"
    told = sentence_of(refused)
    field = fault_field(refused) if refused else ""
    chosen = when or _usual_when(seen, bare(form, shape))
    shown = _parts(seen, form, shape, chosen)
    mine = services().drafts.mine(actor()) if seen is None else []
    return render_template(
        "announcements/compose.html",
        form=form,
        faults={field: [told]} if field else {},
        fault=told,
        fault_field=field,
        draft=draft,
        draft_time=draft_time(draft),
        draft_key=key or (key_of(seen.id) if seen else ""),
        revision=revision,
        version=seen.version if seen else 0,
        words_mark=words_mark(seen) if seen else "",
        other=seen if seen and (stale or (draft and draft.version != seen.version)) else None,
        unfinished=[{"draft": one, "time": draft_time(one)} for one in mine if one.key != key],
        author=services().people.names().get(seen.author_id, "–") if seen else "",
        dispatch=services().dispatches.get(seen.dispatch_id) if seen and seen.dispatch_id else None,
        shelf=_shelf(),
        **_limits(),
        **_standing(seen),
        **shown,
    )


def pieces(
    seen: Announcement | None, form: dict[str, str], shape: Shape, when: WhenForm, *, only_time: bool = False
) -> str:
    """The parts that change while somebody types, each under the id that it goes into."""
    return render_template(
        "announcements/_pieces.html", only_time=only_time, **_parts(seen, form, shape, when), **_standing(seen)
    )


def said_of(form: dict[str, str], shape: Shape | None, seen: Announcement | None = None) -> dict[str, Any]:
    """Both sides of what the form says; where that is what `seen` says, its sound's length and its confirmed words."""
    scripts, most = services().scripts, services().config.speech.max_chars
    title, text = form["title"][:MAX_TITLE], form["text"][:most]
    script = scripts.of(title, text, shape or scripts.usual)
    if seen is None or (title, text, shape) != (seen.title, seen.text, seen.shape):
        return said_parts(script, scripts) | {"changed_words": differences(script)}
    clip = services().recordings.clip(seen.audio_sha256) if seen.audio_sha256 else None
    said = said_parts(script, scripts, clip.length if clip else None, scripts.unknown(seen).open)
    return said | {"changed_words": differences(script)}


def draft_time(draft: Draft | None) -> str:
    """When a draft was kept: the time, with its day where that is another one."""
    if draft is None:
        return ""
    at = local(draft.saved_at)
    return hour_minute(draft.saved_at) if at.date() == today() else f"{at:%H:%M} ngày {at:%d/%m}"


# What the parts need


def _parts(seen: Announcement | None, form: dict[str, str], shape: Shape, when: WhenForm) -> dict[str, Any]:
    is_kept = seen is not None and _is_kept(seen, form, shape)
    judged = seen if seen is not None and is_kept else _as_typed(seen, form, shape)
    said, sound = said_of(form, shape, seen), _sound(seen, is_kept=is_kept)
    is_open = seen is None or seen.state in OPEN
    verdict: Verdict | None = None
    writes = services().announcements.may_change(actor(), judged)
    asks = writes and is_open and judged.priority is not Priority.EMERGENCY
    waiting, running = _campaigns(seen, CampaignState.DRAFT), _campaigns(seen, CampaignState.ACTIVE)
    if asks:
        by_running = when.kind == "campaigns" and not waiting and running
        verdict = running_verdict(running, judged) if by_running else verdict_of(when, judged, actor(), waiting)
    unread = () if sound["clip"] and sound["clip"].origin != "speech" else said["unread"]
    return {
        **said,
        **sound,
        **shape_parts(shape, services().scripts),
        "unread": unread,
        "announcement": seen,
        "is_kept": is_kept,
        "open": is_open,
        "writes": writes,
        "closed": seen is not None and seen.state in CLOSED,
        "emergency": judged.priority is Priority.EMERGENCY,
        "when": when,
        "verdict": verdict,
        "waiting_campaigns": waiting or running,
        "windows": WINDOWS,
        "day_counts": DAYS,
        "zones": own_zone_choices(),
        "bar": _bar(seen, form, sound, unread, verdict) if writes and is_open else None,
    }


def _is_kept(seen: Announcement, form: dict[str, str], shape: Shape) -> bool:
    title = form["title"].strip() or seen.title
    return (title, form["text"].strip(), shape) == (seen.title, seen.text, seen.shape)


def _as_typed(seen: Announcement | None, form: dict[str, str], shape: Shape) -> Announcement:
    """What is to air, for the desk to judge: its length is a guess while its words have no sound."""
    if seen is None:
        return bare(form, shape)
    if seen.text != form["text"].strip() and not services().scripts.is_recording(seen):
        return replace(seen, text=form["text"], shape=shape, audio_sha256=None)
    return seen


def _bar(
    seen: Announcement | None,
    form: dict[str, str],
    sound: dict[str, Any],
    unread: Sequence[str],
    verdict: Verdict | None,
) -> Bar:
    """What still stands in the way of sending it, the first first."""
    if not form["text"].strip() and sound["clip"] is None and not sound["working"]:
        return Bar("text", "Chưa có nội dung.", "Gõ chữ, tải tệp âm thanh hoặc ghi âm.")
    if unread:
        told = ", ".join(unread)
        left = f"Còn {len(unread)} chữ máy chưa biết đọc: {told}."
        return Bar("words", left, "Sửa xong, nghe hết một lượt rồi gửi.")
    if unheard := _unheard(seen, sound):
        return unheard
    if verdict is None:
        return Bar("", "Mẫu khẩn cấp: duyệt xong thì chờ sẵn ở trang Khẩn cấp, không tự phát.")
    if not verdict.ok:
        return Bar("time", "Chưa gửi được:", "giờ phát chưa được. Chọn giờ còn trống ở ô trên.")
    return Bar("", "Loa chỉ phát sau khi lãnh đạo duyệt.", verdict.bar)


def _unheard(seen: Announcement | None, sound: dict[str, Any]) -> Bar | None:
    """What its sound still lacks; None where its writer has heard it to the end."""
    if sound["working"]:
        return Bar("sound", "Máy đang làm âm thanh.", "Nghe hết một lượt rồi gửi.")
    if sound["clip"] is None or sound["outdated"] or seen is None:
        return Bar("sound", "Chưa có âm thanh của chữ này.", "Bấm Nghe, nghe hết một lượt rồi gửi.")
    return None if seen.heard else Bar("sound", "Nghe hết một lượt rồi mới gửi được.")


def _sound(seen: Announcement | None, *, is_kept: bool) -> dict[str, Any]:
    """The sound of what is in the form, and the job that is making another; none where its words have changed."""
    kept = services().recordings.clip(seen.audio_sha256) if seen and seen.audio_sha256 else None
    is_recording = kept is not None and kept.origin != "speech"
    clip = kept if is_kept or is_recording else None
    job = services().announcements.sound_job(seen.id) if seen else None
    whole = services().trims.whole(clip.sha256) if clip else None
    failed = job if seen and job and job.state == "refused" and job.args.get("version") == seen.version else None
    return {
        "clip": clip,
        "job": job,
        "working": bool(job and not job.ended),
        "job_told": job_words(job, services().jobs.ahead_of(job.id)) if job and not job.ended else "",
        "job_failed": JOB_DONE[job.kind] if job and failed else "",
        "outdated": bool(seen and clip and services().scripts.has_changed(seen, clip)),
        "first_engine": (seen.shape.voice if seen else "") or services().config.speech.engines[0],
        "whole": services().recordings.clip(whole) if whole else None,
    }


def _standing(seen: Announcement | None) -> dict[str, Any]:
    """How far it has come: who approved it, where and when it is to sound, and whether it may be taken back."""
    if seen is None:
        nothing = {"plans": [], "can_withdraw": False, "outlook": None, "wish": None, "approver": "", "approved_at": ""}
        return nothing | {"confirmed": ()}
    names = services().people.names()
    return {
        "approver": names.get(seen.approver_id or 0, "–"),
        "approved_at": f"{local(seen.approved_at):%H:%M ngày %d/%m/%Y}" if seen.approved_at else "",
        "plans": plans_of(seen, services().campaigns.listed()),
        "can_withdraw": _can_withdraw(seen),
        "wish": wish_words(seen.id) if seen.state is AnnouncementState.SUBMITTED else None,
        "outlook": services().outlook.of(seen.id) if seen.state is AnnouncementState.APPROVED else None,
        "confirmed": [(one.word, names.get(one.person_id, "–")) for one in services().scripts.unknown(seen).confirmed],
    }


def plans_of(seen: Announcement, campaigns: Iterable[Campaign]) -> list[dict[str, Any]]:
    """Those of `campaigns` that say it: where, when, how much."""
    told = [
        {"campaign": one, "amount": amount_of(one, today())} for one in campaigns if seen.id in one.announcement_ids
    ]
    return told[:MOST_CAMPAIGNS]


def _campaigns(seen: Announcement | None, state: CampaignState) -> list[Campaign]:
    """The campaigns in a state that say it and have days ahead."""
    if seen is None:
        return []
    mine = [one for one in services().campaigns.listed(state) if seen.id in one.announcement_ids]
    return [one for one in mine if one.end >= today()]


def _usual_when(seen: Announcement | None, typed: Announcement) -> WhenForm:
    """What stands in the fields of the time before anybody has touched them."""
    if seen is not None and seen.state in OPEN:
        if _campaigns(seen, CampaignState.DRAFT) or _campaigns(seen, CampaignState.ACTIVE):
            return WhenForm(kind="campaigns")
        if before := asked_before(services().submissions.of(seen.id), services().now()):
            return before
    if (seen or typed).priority is Priority.EMERGENCY or (seen and seen.state not in OPEN):
        return WhenForm()
    return first_free(seen or typed, actor())


def _limits() -> dict[str, Any]:
    audio = services().config.audio
    return {
        "max_title": MAX_TITLE,
        "max_chars": services().config.speech.max_chars,
        "max_mb": audio.max_upload_mb,
        "max_minutes": f"{audio.max_clip_minutes:g}",
        "upload_to": url_for("recordings.take_in"),
    }


def _shelf() -> list[StoredClip]:
    """Recordings that can be the sound, the newest first."""
    return [one for one in services().recordings.shelf() if one.origin != "speech"][:MOST_CLIPS]


def _can_withdraw(seen: Announcement) -> bool:
    """Whether the desk would let this person take it back (the desk asks again)."""
    if (seen.state, "withdraw") not in approval.STEPS:
        return False
    own = seen.author_id == actor().id and seen.state is not AnnouncementState.APPROVED
    return own or approval.may(actor().role, "withdraw")
