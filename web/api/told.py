"""Rows as the API tells them: the values of `shapes`' answers.

Instants become the station's local time with its offset, lengths whole milliseconds, reason codes stand beside their
Vietnamese sentence. It reads what is given to it and decides nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import g

from scheduler.core.air.output_share import shares_of, to_row
from scheduler.core.air.share_words import headline_text
from scheduler.core.announcement.clips import StoredClip
from scheduler.core.dispatch.stored import StoredDispatch
from scheduler.core.model import Announcement, Boost, Campaign, Phase, Refusal, Slot, Window
from scheduler.core.station.jobs import Job
from scheduler.core.station.tasks import Task, task_sentence
from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import NotFound
from scheduler.services.announcement.uploads import UploadState
from web.auth import services, station

__all__ = [
    "announcement", "campaign", "dispatch", "instant", "job", "journal_row", "ms", "recording", "refusal", "slot",
    "slots", "task", "upload",
]  # fmt: skip

_MILLISECOND = timedelta(milliseconds=1)


def instant(at: datetime | str | None) -> str | None:
    """An instant (or its row text) as the station's clock shows it, with the offset."""
    if not at:
        return None
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return found.astimezone(_zone()).isoformat()


def _zone() -> ZoneInfo:
    """The station's time zone, looked up once for a whole answer."""
    if "time_zone" not in g:
        g.time_zone = ZoneInfo(station().config.station.time_zone)
    found: ZoneInfo = g.time_zone
    return found


def ms(length: timedelta) -> int:
    """Whole milliseconds of a length."""
    return round(length / _MILLISECOND)


def person_name(person_id: int | None) -> str:
    if person_id is None:
        return ""
    try:
        return services().people.get(person_id).name
    except NotFound:
        return ""


def announcement(one: Announcement) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "text": one.text,
        "version": one.version,
        "state": one.state.value,
        "priority": one.priority.value,
        "audio_sha256": one.audio_sha256,
        "heard": one.heard,
        "author_id": one.author_id,
        "author": person_name(one.author_id),
        "approver_id": one.approver_id,
        "approver": person_name(one.approver_id),
        "approved_at": instant(one.approved_at),
        "approved_sha256": one.approved_sha256,
        "return_reason": one.return_reason,
        "dispatch_id": one.dispatch_id,
        "shape": asdict(one.shape),
    }


def job(one: Job) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "state": one.state,
        "progress": one.progress,
        "result": str(one.result or ""),
        "reason": one.reason or "",
        "sentence": sentence(one.reason or "", one.details),
    }


def recording(one: StoredClip) -> dict[str, Any]:
    return {
        "sha256": one.sha256,
        "title": one.title,
        "origin": one.origin,
        "file_name": one.file_name,
        "length_ms": ms(one.length),
        "lufs": one.lufs,
        "true_peak_dbtp": one.true_peak_dbtp,
        "warnings": list(one.warnings),
        "says": one.says,
        "created_at": instant(one.created_at),
        "retired_at": instant(one.retired_at),
    }


def upload(state: UploadState) -> dict[str, Any]:
    one = state.upload
    return {
        "id": one.id,
        "file_name": one.file_name,
        "title": one.title,
        "size": one.size,
        "received": state.received,
        "job_id": one.job_id,
    }


def _windows(windows: Iterable[Window]) -> list[str]:
    return [str(window) for window in windows]


def _boost(boost: Boost) -> dict[str, Any]:
    return {"kind": boost.kind.value, "value": boost.value}


def _phase(phase: Phase) -> dict[str, Any]:
    return {
        "start": phase.start.isoformat(),
        "end": phase.end.isoformat() if phase.end else None,
        "base": phase.base,
        "boost": _boost(phase.boost),
        "windows": _windows(phase.windows),
    }


def campaign(one: Campaign) -> dict[str, Any]:
    return {
        "id": one.id,
        "state": one.state.value,
        "title": one.title,
        "announcement_id": one.announcement_id,
        "rotation": list(one.rotation),
        "windows": _windows(one.windows),
        "base": one.base,
        "boost": _boost(one.boost),
        "start": one.start.isoformat(),
        "end": one.end.isoformat(),
        "weekdays": sorted(one.weekdays),
        "min_gap_ms": ms(one.min_gap),
        "chime": one.chime,
        "repeat": one.repeat,
        "priority": one.priority.value,
        "zone": one.zone,
        "topic": one.topic,
        "field": one.field,
        "dispatch_id": one.dispatch_id,
        "phases": [_phase(phase) for phase in one.phases],
        "pauses": [{"since": instant(pause.since), "until": instant(pause.until)} for pause in one.pauses],
        "rank": one.rank,
        "replaces": one.replaces,
        "stopped_at": instant(one.stopped_at),
        "airing_ms": ms(services().campaigns.airing_length(one)),
    }


def slot(one: Slot, title: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "day": one.day.isoformat(),
        "start": instant(one.start),
        "end": instant(one.end),
        "length_ms": ms(one.length),
        "zone": one.zone,
        "campaign_id": one.campaign_id,
        "announcement_id": one.announcement_id,
        "title": title,
        "priority": one.priority.value,
        "trigger": one.trigger.value,
        "outcome": one.outcome.value if one.outcome else None,
        "reason": one.reason,
        "sentence": sentence(one.reason),
    }


def slots(found: Sequence[Slot]) -> list[dict[str, Any]]:
    """Several slots; each announcement is looked up once."""
    titles = {key: services().announcements.get(key).title for key in {one.announcement_id for one in found}}
    return [slot(one, titles[one.announcement_id]) for one in found]


def refusal(one: Refusal) -> dict[str, Any]:
    return {
        "campaign_id": one.campaign_id,
        "ordinal": one.ordinal,
        "reason": one.reason,
        "sentence": sentence(one.reason, one.details),
    }


_JOURNAL = (
    "seq", "kind", "day", "slot_id", "campaign_id", "announcement_id", "title", "dispatch_number", "zone", "trigger",
    "planned_ms", "played_ms", "outcome", "reason", "audio_sha256", "author", "approver", "operator", "note", "outputs",
    "prev_hash", "hash",
)  # fmt: skip


def journal_row(row: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in _JOURNAL}
    instants = ("at", "planned_start", "actual_start", "actual_end", "approved_at")
    shares = shares_of(row)
    return (
        told
        | {name: instant(row[name]) for name in instants}
        | {"sentence": sentence(row["reason"]), "headline": headline_text(shares) if row["outputs"] else ""}
        | {"shares": None if shares is None else to_row(shares)}
    )


def dispatch(one: StoredDispatch) -> dict[str, Any]:
    return {
        "id": one.id,
        "number_symbol": one.number_symbol,
        "file_name": one.file_name,
        "created_at": instant(one.created_at),
        "fields": one.fields,
    }


def task(one: Task) -> dict[str, Any]:
    return {
        "key": one.key,
        "reason": one.reason,
        "sentence": task_sentence(one),
        "gravity": one.gravity.name.lower(),
        "mend": one.mend.value,
        "about": one.about,
        "title": str(one.details.get("title", "")),
        "due": instant(one.due),
    }
