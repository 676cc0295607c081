"""Phần mở rộng: what a ward can live without and turns on here, at once and with nothing to restart.

Thin: it is a setting like others, and the record says which extras there are. One that config.toml turns on, or whose
rows are in use, is shown as on and is not turned off here.
"""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for

from scheduler.config.packages import lack_of
from scheduler.core.words.wording import sentence_of
from scheduler.features import FEATURES, Feature
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from web.auth import REFUSED, Answer, act, actor, page_of, services, station
from web.extras_here import extra_on

__all__ = ["bp"]

bp = Blueprint("settings_extras", __name__)

KEY = "extras.on"


@bp.get("/cai-dat/phan-mo-rong")
@page_of("see")
def page() -> Answer:
    return _page()


@act(bp, "/cai-dat/phan-mo-rong", may="configure")
def switch() -> Answer:
    """Turn one on or off; its pages are there, or gone, with the next request."""
    feature = _switched(request.form.get("phan", ""))
    on, settings = request.form.get("bat") == "1", services().settings
    names = [one for one in settings.get(KEY) if one != feature.name]
    try:
        settings.put(actor(), {KEY: [*names, feature.name] if on else names})
    except NotPermitted:
        raise
    except Refused as refused:
        return _page(sentence_of(refused)), REFUSED
    current_app.extensions.get("look at extras", lambda: None)()
    flash("Đã bật." if on else "Đã tắt.")
    return redirect(url_for("settings_extras.page"), 303)


def _switched(name: str) -> Feature:
    for feature in FEATURES:
        if feature.name == name and feature.switch:
            return feature
    raise NotFound("setting", name)


def _page(fault: str = "") -> str:
    rows = [_to_dict(feature) for feature in FEATURES if feature.switch]
    locked = services().settings.is_locked(KEY)
    return render_template("settings/extras.html", rows=rows, locked=locked, fault=fault)


def _to_dict(feature: Feature) -> dict[str, Any]:
    written, opens = station().written, feature.switch.opens if feature.switch else ""
    in_file = feature.on(written) or feature.name in written.extras.on
    lack = next((found for one in feature.keys if one.package and (found := lack_of(one.name))), None)
    return {
        "name": feature.name,
        "switch": feature.switch,
        "on": extra_on(feature.name),
        "switched": feature.name in services().settings.get(KEY),
        "in_file": in_file,
        "in_use": feature.on(services().config) or services().has_used(feature),
        "opens": opens if opens in current_app.view_functions else "",
        "lack": sentence_of(lack),
    }
