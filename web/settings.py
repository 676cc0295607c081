"""Cài đặt: how the station is, what it is told, and who may use it.

config.toml stays the authority for everything but people, who are added here.
"""

import shutil

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core.model import Role
from scheduler.core.wording import ROLES, sentence
from scheduler.errors import Refused
from web.auth import REFUSED, Answer, act, actor, desk, page_of, station
from web.on_air import OUTPUT_KINDS, OUTPUT_STATES

bp = Blueprint("settings", __name__)

PROCESSES = {"playout": "Bộ phát", "web": "Trang điều khiển", "studio": "Bộ xử lý âm thanh"}


@bp.get("/cai-dat")
@page_of("see")
def page() -> Answer:
    return _page()


def _page(fault: str = "", typed: dict[str, str] | None = None) -> str:
    config, jobs = station().config, desk().parts.jobs
    processes = PROCESSES | ({"monitor": "Bộ nghe kiểm tra"} if config.monitor.kind != "none" else {})
    beats = {word: jobs.heartbeat(name) for name, word in processes.items()}
    now = station().clock.now()
    return render_template(
        "settings/page.html",
        on_air=desk().air.on_air(),
        beats={word: beat is not None and abs((now - beat.at).total_seconds()) < 10 for word, beat in beats.items()},  # noqa: PLR2004 - a few missed beats
        free_gb=shutil.disk_usage(config.data).free / 1e9,
        config=config,
        output_kinds=OUTPUT_KINDS,
        output_states=OUTPUT_STATES,
        people=desk().parts.people.listed(),
        roles=ROLES,
        fault=fault,
        typed=typed or {},
    )


@act(bp, "/cai-dat/nguoi", may="manage_people")
def add_person() -> Answer:
    form = {name: request.form.get(name, "")[:200] for name in ("login", "name", "role", "password")}
    try:
        role = Role(form["role"]) if form["role"] in set(Role) else Role.EDITOR
        desk().people.add(actor(), form["login"], form["name"], role, form["password"])
    except Refused as refused:
        return _page(sentence(refused.reason, refused.details), form), REFUSED
    return redirect(url_for("settings.page") + "#nguoi-dung", 303)
