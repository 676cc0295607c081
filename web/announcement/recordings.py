"""Kho âm thanh: files and recordings on their way in, the shelf, and the sounds themselves for signed-in ears.

Uploads are written beside the library and left to the worker; a file's name is only ever shown. Thin: a form is read,
the desk is asked once, the answer is a redirect or the same page with its sentence.
"""

from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for

from scheduler.core.model import Announcement, Campaign, CampaignState
from scheduler.core.station.kept import Job
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import Refused
from web.announcement.compose_view import page as compose_page
from web.announcement.uploads import PIECE_BYTES
from web.auth import REFUSED, Answer, act, actor, page_of, services, told_here
from web.formats import decimal, length_text, number_of
from web.words.compose_words import job_words
from web.words.page_words import ORIGINS, matching

bp = Blueprint("recordings", __name__)
MAX_SHOWN = 200
SHOWN_JOBS = 5
MUCH = 4.0
"""LU by which a sound is soft or loud beside what every clip is levelled to."""
TOLD_CUT_SECONDS = 0.5
"""Silence that is cut off one end is told from here on."""


@bp.get("/kho")
@page_of("see")
def listed() -> str:
    return _list()


@act(bp, "/kho/tai-len", may="record")
def take_in() -> Answer:
    """The plain form: the whole file in one go. The page's script sends large files in pieces (`uploads`)."""
    file, sound_of = request.files.get("file"), request.form.get("ban_tin", "")
    try:
        with services().recordings.arriving() as (arrived, place):
            if file is not None:
                with file.stream:
                    file.save(arrived)
                arrived.flush()
            file_name = (file and file.filename) or ""
            title, origin = request.form.get("title", ""), request.form.get("origin", "upload")
            announcement_id = _sound_of(sound_of, file_name, title, place)
            services().recordings.take_in(
                actor(), place, file_name, title=title, origin=origin, sound_of=announcement_id
            )
    except Refused as refused:
        told_here(refused)
        if (number := number_of(sound_of)) is not None:
            seen = services().announcements.get(number)
            form = {"title": seen.title, "text": seen.text, "kind": ""}
            return compose_page(seen, form, seen.shape, refused=refused), REFUSED
        return _list(refused), REFUSED
    if announcement_id is not None:
        return redirect(url_for("announcements.page", announcement_id=announcement_id))
    return redirect(url_for("recordings.listed", _anchor="viec"))


def _sound_of(asked: str, file_name: str, title: str, place: Path) -> int | None:
    """The announcement that a file is to be the sound of: one there is, a new one ("moi"), or none."""
    if (number := number_of(asked)) is not None:
        return services().announcements.get(number).id
    if asked != "moi":
        return None
    services().recordings.fits(place.stat().st_size)  # an empty file leaves no announcement behind
    shown, name = services().recordings.named(file_name, title, request.form.get("origin", "upload"))
    return services().announcements.begin_recording(actor(), name or shown)


@bp.get("/kho/viec")
@page_of("see")
def jobs() -> str:
    """The files under way, polled by the page."""
    shown = services().recordings.under_way()[:SHOWN_JOBS]
    return render_template(
        "recordings/_jobs.html",
        jobs=shown,
        fresh=True,
        measured=measured_words,
        warnings_of=warnings_of,
        progress_words=progress_words,
    )


@act(bp, "/kho/<sha256>/ban-tin", may="record")
def announce(sha256: str) -> Answer:
    """A draft announcement whose sound is this recording."""
    clip = services().recordings.clip(sha256)
    announcement_id = services().announcements.record(actor(), clip.title, sha256)
    return redirect(url_for("announcements.page", announcement_id=announcement_id))


@act(bp, "/kho/<sha256>/cat", may="retire")
def retire(sha256: str) -> Answer:
    """Put a recording away; asked once more only where a running campaign would fall silent."""
    clip = services().recordings.clip(sha256)
    running = _running_with(sha256)
    if running and request.form.get("sure") != "yes":
        return render_template("recordings/retire.html", clip=clip, campaigns=running), REFUSED
    services().recordings.retire(actor(), sha256)
    return redirect(url_for("recordings.listed", xong="cat"))


@act(bp, "/kho/<sha256>/dung-lai", may="retire")
def offer_again(sha256: str) -> Answer:
    services().recordings.offer_again(actor(), sha256)
    return redirect(url_for("recordings.listed", _anchor=f"clip-{sha256[:12]}"))


@bp.get("/am-thanh/<sha256>.wav")
@page_of("see")
def sound(sha256: str) -> Response:
    """A master, whole or in ranges; its name is its content, so a browser may keep it."""
    path = services().recordings.file(sha256)
    answer = send_file(
        path, mimetype="audio/wav", download_name=f"{sha256[:12]}.wav", conditional=True, etag=sha256, max_age=86_400
    )
    answer.headers["Content-Disposition"] = f'inline; filename="{sha256[:12]}.wav"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return answer


def _list(refused: Refused | None = None) -> str:
    typed, retired = request.args.get("q", "")[:100], request.args.get("ke") == "cat"
    kept, away = services().recordings.shelf(), services().recordings.shelf(retired=True)
    clips = away if retired else kept
    if typed.strip():
        clips = matching(clips, typed, [f"{clip.title} {clip.file_name} {ORIGINS[clip.origin]}" for clip in clips])
    audio = services().config.audio
    return render_template(
        "recordings/list.html",
        clips=clips[:MAX_SHOWN],
        total=len(kept),
        retired_count=len(away),
        retired=retired,
        q=typed,
        used=_used(),
        jobs=services().recordings.under_way()[:SHOWN_JOBS],
        arriving=services().uploads.arriving(actor()),
        fresh=False,
        measured=measured_words,
        loudness=loudness_words,
        warnings_of=warnings_of,
        progress_words=progress_words,
        pieces_from=PIECE_BYTES,
        fault=sentence_of(refused),
        max_mb=audio.max_upload_mb,
        max_minutes=f"{audio.max_clip_minutes:g}",
    )


def loudness_words(lufs: float) -> str:
    """How loud a sound is, as people say it; `loa` has the figure."""
    target = services().config.audio.target_lufs
    if lufs < target - MUCH:
        return "Tiếng nhỏ"
    return "Tiếng to" if lufs > target + MUCH else "Tiếng vừa"


def measured_words(details: dict[str, str]) -> str:
    """What was measured of a file before anything was done to it; empty where it gave no sound."""
    if "channels" not in details:
        return ""
    told = [length_text(timedelta(seconds=float(details["seconds"])))]
    if "lufs" in details:
        told.append(loudness_words(float(details["lufs"])).lower())
    told.append(f"vỡ tiếng {decimal(100 * float(details['clipped_share']))} %")
    told.append(f"im lặng {decimal(100 * float(details['silent_share']))} %")
    told.append(f"{details['channels']} kênh, {decimal(int(details['sample_rate']) / 1000)} kHz")
    if float(details.get("dc_offset", 0)):
        told.append(f"đã bỏ lệch một chiều {decimal(100 * float(details['dc_offset']))} %")
    cut = [float(details.get(end, 0)) for end in ("cut_start", "cut_end")]
    if max(cut) >= TOLD_CUT_SECONDS:
        told.append(f"đã cắt im lặng: đầu {decimal(cut[0])} giây, cuối {decimal(cut[1])} giây")
    return " · ".join(told)


def progress_words(job: Job) -> str:
    """What the worker is doing with a file, or how many it does before."""
    return job_words(job, services().jobs.ahead_of(job.id))


def warnings_of(job: Job) -> list[str]:
    """Every warning of a file that was taken in, not only the first."""
    return job.details.get("warnings", "").split() or [job.reason]


def _used() -> dict[str, list[Announcement]]:
    """Clip -> the announcements whose sound it is."""
    used: dict[str, list[Announcement]] = {}
    for announcement in services().announcements.listed():
        if announcement.audio_sha256:
            used.setdefault(announcement.audio_sha256, []).append(announcement)
    return used


def _running_with(sha256: str) -> list[Campaign]:
    mine = {announcement.id for announcement in _used().get(sha256, [])}
    running = services().campaigns.listed(CampaignState.ACTIVE)
    return [campaign for campaign in running if campaign.announcement_id in mine]
