"""Cài đặt, its first page: how every part of the station is, a line each, what was changed lately, and the way back.

Each part has a page of its own (`settings_outputs`, `settings_rules`, `settings_care`, and other subjects' own). People
are added on the page of people. It decides nothing: the desk says what may be set.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import LoaError, Refused
from scheduler.operations.health import health_now
from web.auth import REFUSED, Answer, act, actor, local_path, page_of, services, station, told_here
from web.formats import number_of
from web.people.reauthentication import proof
from web.station.settings_form import Loosens, change_words, is_asked

bp = Blueprint("settings", __name__)

MOST_SHOWN = 8


@bp.get("/cai-dat")
@page_of("see")
def page() -> Answer:
    config, on_air = services().config, services().air.on_air()
    backups = services().backups
    return render_template(
        "settings/page.html",
        config=config,
        on_air=on_air,
        closed=[one for one in on_air.outputs if one["state"] != "open"],
        health=health_now(station()),
        homes=services().settings.homes("all"),
        backup=backups.last(),
        backup_trouble=backups.trouble(),
        guide=guide_left(),
        history=_history(),
    )


@act(bp, "/cai-dat/hoan-tac/<int:batch>", may="configure")
def undo(batch: int) -> Answer:
    """Take one act back; the way back may loosen a rule, and is then asked for once more."""
    way = local_path(request.form.get("toi", "")) or url_for("settings.page")
    settings = services().settings
    try:
        settings.undo(actor(), batch, confirmed=request.form.get("dong-y") == "1", prove=proof("configure"))
    except Refused as refused:
        told_here(refused)
        loosens = Loosens.of(settings.weighed_undo(batch), refused) if is_asked(refused) else None
        fault = "" if loosens else sentence_of(refused)
        return render_template("settings/undo.html", batch=batch, way=way, loosens=loosens, fault=fault), REFUSED
    return redirect(way, 303)


@bp.app_template_global()
def change_just_saved() -> dict[str, Any] | None:
    """What the last form has changed, for the note with its way back; None where it cannot be taken back any more."""
    number = number_of(request.args.get("da-luu", ""))
    if not number:
        return None
    try:
        change = next((one for one in services().settings.history() if one.batch == number and one.can_undo), None)
    except LoaError:
        return None
    return {"batch": change.batch, "rows": change_words(change)} if change else None


@bp.app_template_global()
def guide_left() -> int:
    """Steps of the first set-up that are still to be done, for who may do them."""
    from web.station.first_run import steps_left

    return steps_left()


def _history() -> list[dict[str, Any]]:
    return [
        {
            "batch": one.batch,
            "at": one.rows[0].at,
            "name": one.rows[0].name,
            "rows": change_words(one),
            "undo": one.can_undo,
        }
        for one in services().settings.history(MOST_SHOWN)
    ]


@bp.get("/cai-dat/am-thanh")
@page_of("see")
def sounds() -> Answer:
    """Voices, horns and chimes."""
    return render_template("settings/sounds.html", config=services().config)
