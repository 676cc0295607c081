"""Giọng đọc: how each voice is, why a sound was read by the voice it has, and better readings for a leader to approve.

The table of voices stands on the page Cài đặt, a better reading on the page Duyệt, the story of a sound beside it; this
module gives them their words. Thin: a form is read, the desk is asked once.
"""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request, url_for

from scheduler.core.announcement.kept import StoredClip
from scheduler.core.announcement.voices import chain_words, engine_name
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.voices import VoiceState, voice_files, voice_states
from web.announcement.approvals import list_page
from web.auth import REFUSED, Answer, act, actor, services, station, told_here
from web.formats import decimal, local
from web.people.reauthentication import proof

bp = Blueprint("voices", __name__)
_MB = 1_000_000


@act(bp, "/duyet/giong/<int:upgrade_id>/duyet", may="approve")
def approve(upgrade_id: int) -> Answer:
    sha256 = request.form.get("sha256", "")
    try:
        heard = services().hearings.has_heard(actor(), sha256)
        services().upgrades.approve(actor(), upgrade_id, sha256, heard=heard, prove=proof("approve"))
    except Refused as refused:
        return list_page(told_here(refused), upgrade_id), REFUSED
    return redirect(url_for("approvals.listed", xong="duyet-giong"))


@act(bp, "/duyet/giong/<int:upgrade_id>/giu", may="approve")
def keep_old(upgrade_id: int) -> Answer:
    try:
        services().upgrades.decline(actor(), upgrade_id)
    except Refused as refused:
        return list_page(told_here(refused)), REFUSED
    return redirect(url_for("approvals.listed", xong="giu-giong"))


@bp.app_template_global()
def upgrades_waiting() -> list[dict[str, Any]]:
    """Better readings for a leader to hear, and those that are approved and wait for the old one to have sounded."""
    config = services().config
    return [
        {
            "id": one.id,
            "announcement": one.announcement,
            "old": one.old,
            "new": one.new,
            "old_voice": engine_name(one.old.engine),
            "new_voice": engine_name(one.new.engine),
            "heard": services().hearings.has_heard(actor(), one.new.sha256),
            "due": _wall(one.due) if one.due else "",
            "approved": one.approved,
            "own": actor().id in {one.announcement.author_id, one.announcement.writer_id}
            and not config.station.one_officer,
        }
        for one in services().upgrades.waiting()
    ]


@bp.app_template_global()
def voice_story(clip: StoredClip) -> str:
    """Why the voice that read a sound read it, in one sentence; '' where the first one did."""
    if not clip.passed:
        return ""
    since = {one.since: _wall(one.since, near=clip.created_at) for one in clip.passed if one.since}
    return f"Giọng {engine_name(clip.engine)} đọc, vì: {chain_words(clip.passed, since)}."


@bp.app_template_global()
def voice_rows() -> list[dict[str, str]]:
    """Every voice in the order it is tried: its name, how it is, and what to do about it."""
    now = station().clock.now()
    states = voice_states(services().config, services().processes.heartbeat("worker"), now, deep=False)
    first = next((one.engine for one in states if not one.reason), "")
    return [{"name": engine_name(one.engine), "voice": one.voice} | _describe_state(one, first) for one in states]


@bp.app_template_global()
def piper_rows() -> list[dict[str, str]]:
    """Piper's voice files: what each is and what is wrong with it."""
    return [
        {
            "name": one.name,
            "about": ", ".join(part for part in (one.language, one.quality, _rate(one.rate)) if part),
            "size": f"{decimal(one.size / _MB)} MB" if one.size else "",
            "licence": one.licence,
            "fault": sentence_of(one.lack),
        }
        for one in voice_files(services().config)
    ]


def _describe_state(one: VoiceState, first: str) -> dict[str, str]:
    if one.is_lacking:
        return {"kind": "off", "state": "Chưa dùng được", "why": sentence_of(one)}
    if not one.reason:
        word = "Đang dùng" if one.engine == first else "Sẵn sàng"
        return {"kind": "done", "state": word, "why": ""}
    since = f" Lỗi từ {_wall(one.since)}." if one.since else ""
    again = f" Thử lại lúc {_wall(one.until)}." if one.until and one.until > station().clock.now() else ""
    return {"kind": "err", "state": "Đang lỗi", "why": f"{sentence_of(one)}{since}{again}"}


def _wall(instant: datetime, near: datetime | None = None) -> str:
    """An instant as the station's wall clock shows it, with its day where that is not the day of `near` (or today)."""
    at, other = local(instant), local(near or station().clock.now())
    return f"{at:%H:%M}" if at.date() == other.date() else f"{at:%H:%M} ngày {at:%d/%m}"


def _rate(rate: int) -> str:
    return f"{decimal(rate / 1000)} kHz" if rate else ""
