"""Tải giọng đọc tự nhiên, on Cài đặt and in the first steps: one button, how far it is, and both voices to hear.

Thin: the desk gathers, judges and puts in place; a job's row says how far it is, so that a page may close and another
one goes on telling.
"""

from pathlib import Path
from typing import IO, Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import FileStorage

from audio_assets.speech.natural_voice import SAMPLES, TRIED
from scheduler.core.announcement.voices import NATURAL, engine_name
from scheduler.core.station.kept import Job
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.kernel.disk_room import MEGABYTE
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from scheduler.services.announcement.natural_voices import MOST_BESIDE, MOST_MODEL
from web.auth import REFUSED, Answer, act, actor, page_of, services, told_here
from web.formats import decimal

bp = Blueprint("natural_voices", __name__)


@act(bp, "/cai-dat/am-thanh/giong", may="configure")
def ask() -> Answer:
    """The one button; `cho` names the step of the guide it was pressed in."""
    try:
        services().natural_voices.ask(actor(), request.form.get("giong", "")[:80])
    except Refused as refused:
        told_here(refused)
        return _page(sentence_of(refused)), REFUSED
    return redirect(url_for("first_run.step", name="ban-tin") if _in_guide() else _here(), 303)


@act(bp, "/cai-dat/am-thanh/giong/tep", may="configure")
def bring() -> Answer:
    """The files of a voice from a USB stick, chosen on the machine of whoever presses."""
    files = [file for file in request.files.getlist("tep") if file.filename]
    try:
        services().natural_voices.take_files(actor(), map(_named, files))
    except NotPermitted:
        raise
    except Refused as refused:
        return _page(sentence_of(refused)), REFUSED
    finally:
        for file in files:
            file.close()
    flash("Đã nhận tệp giọng; trạm đang kiểm tra và cho đọc thử.")
    return redirect(_here(), 303)


@bp.get("/cai-dat/am-thanh/giong/tien-do")
@page_of("see")
def progress() -> Answer:
    """How far it is, for the note that asks every second."""
    return render_template("settings/_natural_run.html", run=natural_run())


@bp.get("/cai-dat/am-thanh/giong/nghe/<which>.wav")
@page_of("see")
def sample(which: str) -> Response:
    answer = send_file(services().natural_voices.sample(which), mimetype="audio/wav", conditional=True, max_age=0)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@bp.app_template_global()
def natural_choices() -> list[dict[str, Any]]:
    """Every voice that can be had: its words, its size, its licence, and whether it is here."""
    return [
        {
            "name": one.listing.name,
            "about": NATURAL[one.listing.name],
            "rate": f"{decimal(one.listing.rate / 1000)} kHz",
            "size": f"{round(one.listing.bytes / MEGABYTE)} MB",
            "licence": one.listing.licence,
            "source": one.listing.source,
            "is_here": one.is_here,
            "speaks": one.speaks,
        }
        for one in services().natural_voices.choices()
    ]


@bp.app_template_global()
def natural_run() -> dict[str, Any] | None:
    """What was asked for last, as it stands; None = nothing ever."""
    job = services().natural_voices.newest()
    return None if job is None else _run(job)


def _run(job: Job) -> dict[str, Any]:
    voices, obstacle = services().natural_voices, services().natural_voices.obstacle()
    return {
        "name": job.args["name"],
        "state": job.state,
        "percent": round(100 * job.progress),
        "brought": job.args["brought"],
        "why": sentence_of(job),
        "obstacle": sentence(obstacle, {}) if obstacle and job.state == "ready" else "",
        "before": engine_name(job.details.get("before", "")),
        "samples": [which for which in SAMPLES if _has(voices.sample, which)] if job.state == "ready" else [],
        "words": TRIED,
    }


def _has(sample: Any, which: str) -> bool:
    try:
        sample(which)
    except NotFound:
        return False
    return True


def _named(file: FileStorage) -> tuple[str, IO[bytes]]:
    """Its name alone, since some browsers send the path of whoever's machine, and what is in it."""
    return Path((file.filename or "").replace("\\", "/")).name, file.stream


def _in_guide() -> bool:
    return request.form.get("cho") == "bat-dau"


def _here() -> str:
    return url_for("settings.sounds", _anchor="giong-tu-nhien")


def _page(fault: str) -> str:
    return render_template("settings/sounds.html", config=services().config, natural_fault=fault)


bring.most_bytes = MOST_MODEL + 3 * MOST_BESIDE  # type: ignore[attr-defined]
