"""Khẩn cấp: choose, read back, order; what becomes of the order; its correction. A drill has pages of its own.

Two steps always: nothing is ordered from the page that lists. The form of an order asks who orders and acts once
however often it is pressed; what is ordered can be taken back for some seconds, with or without scripts. Who may order
is the desk's table; who may not is told who may, and may order on that leader's number.
"""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from scheduler.core.model import Announcement
from scheduler.core.words.wording import sentence
from scheduler.kernel.causes import reason_of
from scheduler.kernel.database_faults import gives_no_rows
from scheduler.kernel.errors import NotPermitted, Refused, SpeechError
from scheduler.services.air.emergency import Order
from scheduler.station import MOST_TYPED
from scheduler.station_words import order_with
from web.auth import REFUSED, Answer, act, actor, page_of, same_origin, services, station, told_here
from web.words.emergency_words import (
    airing_length,
    code_words,
    common_words,
    correction_words,
    leaders,
    order_fault_words,
    order_words,
    permitted,
    place_words,
    row_words,
    spoken_length,
    template_words,
    unapproved_words,
)
from web.words.zones import chosen_zone

bp = Blueprint("emergency", __name__)

RECENT = timedelta(days=30)
MOST_SHOWN = 12
SPEAKING_WAITS = 150
"""Tenths of a second that the second press of a typed order waits for its voice."""


@bp.get("/khan-cap")
@page_of("see")
def page() -> Answer:
    return _page({"title": "", "text": ""})


@bp.get("/khan-cap/mau/<int:announcement_id>")
@page_of("drill")
def read_back(announcement_id: int) -> Answer:
    return _read_back(announcement_id)


@act(bp, "/khan-cap/mau/<int:announcement_id>", may="drill", red=True)
def break_in(announcement_id: int) -> Answer:
    """Order a template: by one's own right, or on a leader's number; the desk asks for either."""
    try:
        zone = chosen_zone(request.form.get("zone"))
        slot_id = services().emergency.order(_who_orders(zone), announcement_id, zone=zone)
    except Refused as refused:
        return _read_back(announcement_id, told_here(refused)), REFUSED
    return redirect(url_for("emergency.order", slot_id=slot_id))


@bp.post("/khan-cap/doc-lai")
@page_of("drill")
def read_back_typed() -> Answer:
    """Typed words read back before they are ordered; a POST only for their length. Changes nothing."""
    same_origin()
    form = _typed()
    if request.form.get("then") == "edit":
        return _page(form)
    return _read_back_typed(form)


@act(bp, "/khan-cap/go-chu", may="drill", twin_waits=SPEAKING_WAITS, red=True)
def break_in_typed() -> Answer:
    form = _typed()
    try:
        zone = chosen_zone(request.form.get("zone"))
        slot_id = order_with(station(), _who_orders(zone), form["text"], title=form["title"], zone=zone)
    except NotPermitted:
        raise
    except (Refused, SpeechError) as error:
        if code_words(error)["code_fault"]:
            return _read_back_typed(form, error)
        return _page(form, order_fault_words(error)), REFUSED
    return redirect(url_for("emergency.order", slot_id=slot_id))


def _who_orders(zone: str) -> Callable[[], Order]:
    """Who orders by this form: asked when everything else is known to be well."""
    emergency, code = services().emergency, request.form.get("code", "")[:200]
    if "leader" in request.form:
        login = request.form["leader"][:100]
        return lambda: emergency.by_telephone(actor(), login, code, zone=zone)
    return lambda: emergency.confirmed(actor(), code, zone=zone)


# Diễn tập: nothing on these pages can sound the alarm


@bp.get("/khan-cap/dien-tap")
@page_of("see")
def drills() -> Answer:
    return render_template("emergency/drills.html", templates=template_words(), **common_words())


@bp.get("/khan-cap/dien-tap/<int:announcement_id>")
@page_of("drill")
def read_back_drill(announcement_id: int) -> Answer:
    return _read_back_drill(announcement_id)


@act(bp, "/khan-cap/dien-tap/<int:announcement_id>", may="drill", twin_waits=SPEAKING_WAITS, red=True)
def drill(announcement_id: int) -> Answer:
    try:
        zone = chosen_zone(request.form.get("zone"))
        slot_id = station().drill(actor(), announcement_id, zone=zone)
    except (Refused, SpeechError) as error:
        return _read_back_drill(announcement_id, order_fault_words(told_here(error))), REFUSED
    return redirect(url_for("emergency.order", slot_id=slot_id))


# What becomes of an order


@bp.get("/khan-cap/lenh/<slot_id>")
@page_of("see")
def order(slot_id: str) -> Answer:
    """Where the pages' other rows cannot be read, the order alone, as the ring tells it."""
    try:
        return render_template("emergency/order.html", **order_words(slot_id), **correction_words(slot_id))
    except (Refused, sqlite3.Error) as error:
        if not gives_no_rows(error) or services().air.red.told(slot_id) is None:
            raise
        return render_template("emergency/order_alone.html", **order_words(slot_id), fault=sentence(reason_of(error)))


@bp.get("/khan-cap/lenh/<slot_id>/tinh-hinh")
@page_of("see")
def order_state(slot_id: str) -> Answer:
    """The order's part of its page, asked for every second until it has ended."""
    return render_template("emergency/_order.html", **order_words(slot_id))


@act(bp, "/khan-cap/lenh/<slot_id>/huy", may="stop", red=True)
def take_back(slot_id: str) -> Answer:
    """Take an order back before it sounds; one that has begun is stopped."""
    if not services().emergency.take_back(actor(), slot_id):
        flash("Lệnh đã bắt đầu phát nên không hủy được nữa; đã ra lệnh dừng.")
    return redirect(url_for("emergency.order", slot_id=slot_id))


@act(bp, "/khan-cap/lenh/<slot_id>/soan-dinh-chinh", may="break_in", twin_waits=SPEAKING_WAITS)
def make_correction(slot_id: str) -> Answer:
    """Have the correction spoken now, so that it can be aired within a second."""
    fault = ""
    try:
        station().make_correction(actor(), slot_id)
    except SpeechError as error:
        fault = order_fault_words(error)
    if request.headers.get("HX-Request"):
        seen = order_words(slot_id) | correction_words(slot_id, fault)
        return render_template("emergency/_correction.html", **seen)
    return redirect(url_for("emergency.order", slot_id=slot_id, _anchor="dinh-chinh"))


@act(bp, "/khan-cap/lenh/<slot_id>/dinh-chinh", may="break_in", twin_waits=SPEAKING_WAITS)
def correct(slot_id: str) -> Answer:
    """Air the correction; what is being corrected is taken off the air first where it still sounds or waits."""
    try:
        corrected = station().correct(actor(), slot_id)
    except (Refused, SpeechError) as error:
        seen = order_words(slot_id) | correction_words(slot_id, order_fault_words(told_here(error)))
        return render_template("emergency/order.html", **seen), REFUSED
    return redirect(url_for("emergency.order", slot_id=corrected, cua=slot_id))


# Pages that several addresses draw


def _page(form: dict[str, str], fault: str = "") -> str:
    since = station().clock.now() - RECENT
    return render_template(
        "emergency/page.html",
        form=form,
        fault=fault,
        templates=template_words(),
        unapproved=unapproved_words(),
        recent=[row_words(facts.slot, facts.title) for facts in services().emergency.recent(since)[:MOST_SHOWN]],
        permitted=permitted(),
        leaders=leaders(),
        max_chars=MOST_TYPED,
        seconds=spoken_length(form["text"]),
        **common_words(),
    )


def _read_back(announcement_id: int, refused: Refused | None = None) -> str:
    """What would be aired, where, how often, for how long. What is no approved template has no button."""
    seen, common, template = _template(announcement_id)
    asked = code_words(refused)
    if template is None and not refused:
        asked["fault"] = sentence("unapproved", {"title": seen.title})
    clip = template["clip"] if template else None
    return render_template(
        "emergency/read_back.html",
        announcement=seen,
        clip=clip,
        long=airing_length(clip, common["repeat"]) if clip else None,
        **asked,
        **place_words(common["zone"]),
        **common,
    )


def _read_back_drill(announcement_id: int, fault: str = "") -> str:
    seen, common, template = _template(announcement_id)
    if template is None and not fault:
        fault = sentence("unapproved", {"title": seen.title})
    return render_template(
        "emergency/read_back_drill.html",
        announcement=seen,
        clip=template["clip"] if template else None,
        fault=fault,
        **place_words(common["zone"]),
        **common,
    )


def _template(announcement_id: int) -> tuple[Announcement, dict[str, Any], dict[str, Any] | None]:
    """The announcement, the words of every page, and its tile where it is an approved template."""
    seen = services().announcements.get(announcement_id)
    template = next((one for one in template_words() if one["announcement"].id == announcement_id), None)
    return seen, common_words(), template


def _read_back_typed(form: dict[str, str], refused: Refused | SpeechError | None = None) -> Answer:
    if len(form["text"]) > MOST_TYPED:
        fault = sentence("text_too_long", {"chars": len(form["text"]), "limit": MOST_TYPED})
        return _page(form, fault), REFUSED
    said = services().reading.spoken_form(form["text"])
    if not said.text.strip():
        return _page(form, sentence("text_not_speakable")), REFUSED
    common = common_words()
    drawn = render_template(
        "emergency/read_back_typed.html",
        form=form,
        said=said,
        seconds=spoken_length(form["text"]),
        **code_words(refused),
        **place_words(common["zone"]),
        **common,
    )
    return (drawn, REFUSED) if refused else drawn


def _typed() -> dict[str, str]:
    """The words of the form; what is far too long is cut a little past the limit so that the refusal still tells."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    return {"title": request.form.get("title", "")[:200], "text": text[: 10 * MOST_TYPED]}
