"""Sao lưu and Tình trạng, on Cài đặt: backups made and asked for, and how the machine is.

Thin: the worker makes backups, the desk says how all is. Files are never given out by the page: a backup holds every
secret of the station, so it is copied by who may open the folder.
"""

import platform
import sqlite3
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from scheduler.core.station.kept import BackupRun
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.features import FEATURES
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.kernel.words import Words
from scheduler.operations.health import process_names, release
from scheduler.services.station.checkup import Finding, checkup, deep_checkup
from web.auth import REFUSED, Answer, act, actor, page_of, services, station
from web.formats import decimal
from web.words.fault_words import fault_rows

bp = Blueprint("settings_care", __name__)

_OF_PROCESSES = Words(Path(__file__).parent, "processes", str)
PROCESSES: dict[str, str] = {
    **_OF_PROCESSES,
    **{one.name: one.title for feature in FEATURES for one in feature.processes},
}
ALIVE_WITHIN = 10.0
"""Seconds since a process's last word."""
RUN_STATES = {
    "waiting": ("wait", "clock", "Đang chờ"),
    "running": ("wait", "clock", "Đang sao lưu"),
    "good": ("done", "check", "Tốt"),
    "failed": ("err", "cross", "Không xong"),
}


@bp.get("/cai-dat/sao-luu")
@page_of("see")
def backups() -> Answer:
    return _backup_page()


@bp.get("/cai-dat/sao-luu/tien-do")
@page_of("see")
def backup_progress() -> Answer:
    """The run under way or ended last, for the note that asks every second."""
    return render_template("settings/_backup_run.html", run=_run_to_dict(services().backups.newest()))


@act(bp, "/cai-dat/sao-luu", may="backup")
def ask_backup() -> Answer:
    try:
        services().backups.ask(actor())
    except NotPermitted:
        raise
    except Refused as refused:
        return _backup_page(sentence_of(refused)), REFUSED
    flash("Đã yêu cầu sao lưu.")
    return redirect(url_for("settings_care.backups"))


def _backup_page(fault: str = "") -> str:
    config, backup = services().config, services().backups
    last, newest, trouble = backup.last(), backup.newest(), backup.trouble()
    return render_template(
        "settings/backup.html",
        settings=config.backup,
        folder=backup.folder,
        nightly=backup.is_nightly,
        last=_run_to_dict(last),
        run=_run_to_dict(newest),
        open=newest is not None and newest.state in {"waiting", "running"},
        kept=[{"name": one.name, "size": size_words(one.bytes), "at": one.at} for one in backup.kept()],
        history=[_run_to_dict(one) for one in backup.history()],
        trouble=sentence(*trouble) if trouble else "",
        fault=fault,
    )


def _run_to_dict(run: BackupRun | None) -> dict[str, Any] | None:
    if run is None:
        return None
    kind, picture, word = RUN_STATES[run.state]
    return {
        "at": run.asked_at,
        "by": run.by,
        "state": run.state,
        "kind": kind,
        "picture": picture,
        "word": word,
        "percent": round(100 * run.progress),
        "file": run.file,
        "size": size_words(run.bytes) if run.bytes else "",
        "why": sentence_of(run),
    }


def size_words(size: int) -> str:
    """Bytes as MB or GB."""
    return f"{decimal(size / 1e9)} GB" if size >= 1e9 else f"{decimal(size / 1e6)} MB"  # noqa: PLR2004 - a gigabyte


# Tình trạng


@bp.get("/cai-dat/tinh-trang")
@page_of("see")
def health() -> Answer:
    return _health_page()


@bp.get("/cai-dat/tinh-trang/kiem-tra")
@page_of("see")
def deep() -> Answer:
    """What takes a moment to look at: the database page by page, the journal's chain link by link."""
    found = deep_checkup(services())
    if request.headers.get("HX-Request"):
        return render_template("settings/_findings.html", findings=found)
    return _health_page(found)


def _health_page(deep_findings: list[Finding] | None = None) -> str:
    place = station()
    now = place.clock.now()
    beats = {name: services().processes.heartbeat(name) for name in process_names(place)}
    ages = {PROCESSES[name]: (now - beat.at).total_seconds() if beat else None for name, beat in beats.items()}
    return render_template(
        "settings/health.html",
        ages=ages,
        alive={word: age is not None and abs(age) < ALIVE_WITHIN for word, age in ages.items()},
        findings=checkup(services()),
        deep_findings=deep_findings,
        fault_rows=fault_rows(),
        versions={
            "Loa Phường": release(),
            "Python": platform.python_version(),
            "SQLite": sqlite3.sqlite_version,
            "Máy": f"{platform.system()} {platform.machine()}",
        },
        config_file=place.written.file,
        data=place.config.data,
    )
