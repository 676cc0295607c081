"""Cụm loa, on Cài đặt: each box beside the horns as it measured itself, and what people order of it.

Thin: an order is the desk's, and goes out by a process of its own. Boxes fetch their sounds here; a sound is given to
whoever names it by its sha256 while something of yesterday or later airs it, and to nobody else.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for

from scheduler.core.words.wording import OUTCOMES, sentence, sentence_of
from scheduler.extras.boxes.rules.state import Look
from scheduler.extras.boxes.rules.wording_cluster import ANSWERS, LOOKS, ORDERS
from scheduler.extras.boxes.service.boxes import ClusterService, ClusterView
from scheduler.kernel.errors import Refused
from scheduler.kernel.words import Words
from web.auth import REFUSED, Answer, act, actor, page_of, services, told_here
from web.formats import decimal, number_of
from web.words.zones import zone_choices

NOTICES = Words(Path(__file__).parent, "notices", str)

bp = Blueprint("clusters", __name__)
bp.context_processor(lambda: {"notices": NOTICES})
MARKS = {
    Look.ON_AIR: ("air", "speaker"),
    Look.QUIET: ("done", "check"),
    Look.LATE: ("warn", "warn"),
    Look.CUT_OFF: ("err", "cross"),
    Look.NEVER: ("off", "clock"),
}
"""State -> class and icon."""
SHOWN_AIRINGS, SHOWN_ORDERS = 8, 6
_OUTCOMES = {outcome.value: word for outcome, word in OUTCOMES.items()}


def clusters_red() -> int:
    """How many boxes were heard once and are not heard now."""
    return services().get(ClusterService).red_count()


@bp.app_template_global()
def cluster_reports(slot_id: str) -> list[dict[str, Any]]:
    """What boxes say of one slot, beside the journal's own row."""
    return [
        {
            "name": name,
            "word": _OUTCOMES.get(row["outcome"], ""),
            "seconds": "" if row["played_ms"] is None else decimal(row["played_ms"] / 1000),
            "level_dbfs": "" if row["level_dbfs"] is None else decimal(row["level_dbfs"]),
        }
        for name, row in services().get(ClusterService).told_of(slot_id)
    ]


@bp.get("/cum-loa")
@page_of("see")
def page() -> Answer:
    return _page()


@bp.get("/cum-loa/tinh-hinh")
@page_of("see")
def state() -> Answer:
    """How the boxes stand, asked for every five seconds."""
    return render_template("clusters/_list.html", **_page_values())


@act(bp, "/cum-loa/<cluster_id>/am-luong", may="configure")
def volume(cluster_id: str) -> Answer:
    percent = number_of(request.form.get("am-luong", "")) or 0
    return _done(cluster_id, lambda: services().get(ClusterService).set_volume(actor(), cluster_id, percent))


@act(bp, "/cum-loa/<cluster_id>/tat-tieng", may="configure")
def mute(cluster_id: str) -> Answer:
    muted = request.form.get("tat") == "1"
    return _done(cluster_id, lambda: services().get(ClusterService).set_muted(actor(), cluster_id, muted=muted))


@act(bp, "/cum-loa/<cluster_id>/thu", may="test_output")
def test(cluster_id: str) -> Answer:
    return _done(cluster_id, lambda: services().get(ClusterService).test(actor(), cluster_id))


@act(bp, "/cum-loa/<cluster_id>/dung", may="stop")
def stop(cluster_id: str) -> Answer:
    return _done(cluster_id, lambda: services().get(ClusterService).stop(actor(), cluster_id))


@act(bp, "/cum-loa/<cluster_id>/quen-khoa", may="configure")
def forget_key(cluster_id: str) -> Answer:
    return _done(cluster_id, lambda: services().get(ClusterService).forget_key(actor(), cluster_id))


@bp.get("/cum-loa/am/<sha256>.wav")
def sound(sha256: str) -> Response:
    """A master for a box, with Range; its name is its content, so it never changes."""
    place = services().get(ClusterService)
    if not place.configured or not place.link.names_sound(sha256):
        abort(404)
    path = services().recordings.file(sha256)
    return send_file(path, mimetype="audio/wav", conditional=True, etag=sha256, max_age=86_400)


def _done(cluster_id: str, step: Callable[[], object]) -> Answer:
    try:
        step()
    except Refused as refused:
        told_here(refused)
        return _page(cluster_id, sentence_of(refused)), REFUSED
    return redirect(url_for("clusters.page", xong="cum-loa", _anchor=f"cum-{cluster_id}"))


def _page(fault_of: str = "", fault: str = "") -> str:
    return render_template("clusters/list.html", fault_of=fault_of, fault=fault, **_page_values())


def _page_values() -> dict[str, Any]:
    place = services().get(ClusterService)
    views = place.listed() if place.configured else []
    return {
        "configured": place.configured,
        "boxes": [_box(view) for view in views],
        "link_rests": place.link_rests,
        "link_alive": place.link_alive(),
        "link_fault": sentence(place.link_fault()),
    }


def _box(view: ClusterView) -> dict[str, Any]:
    """A box with everything its card says."""
    mark, icon = MARKS[view.look]
    place, state_ = services().get(ClusterService), view.state
    zones = zone_choices()
    return {
        "view": view,
        "id": view.config.id,
        "name": view.name,
        "is_vendor": view.config.kind == "vendor",
        "zones": ", ".join(zones.get(zone, zone) for zone in view.config.zones),
        "mark": mark,
        "icon": icon,
        "word": LOOKS[view.look],
        "state": state_,
        "is_fresh": view.look in {Look.ON_AIR, Look.QUIET},
        "refused": sentence(view.seen.refused),
        "clips_fault": sentence(state_.clips_fault) if state_ else "",
        "volume": view.seen.volume or (state_.volume if state_ and state_.volume else 100),
        "orders": [
            {
                "at": row["at"],
                "word": ORDERS.get(row["kind"], row["kind"]),
                "answer": ANSWERS.get(row["answer"], row["answer"]) if view.config.kind != "vendor" else "",
                "why": sentence(row["reason"]),
            }
            for row in place.orders(view.config.id, SHOWN_ORDERS)
        ],
        "airings": [
            {
                "at": row["started_at"],
                "title": row["title"],
                "word": _OUTCOMES.get(row["outcome"], ""),
                "why": sentence(row["reason"]),
                "seconds": None if row["played_ms"] is None else row["played_ms"] / 1000,
                "level_dbfs": row["level_dbfs"],
            }
            for row in place.airings(view.config.id, SHOWN_AIRINGS)
        ],
    }
