"""Khẩn cấp: choose, read back, order; what becomes of the order; its correction. A drill has pages of its own.

Two steps always: nothing is ordered from the page that lists. The form of an order acts once however often it is
pressed. Who may order is the desk's table; who may not is told who may.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core import approval
from scheduler.core.model import Person, Slot, Trigger
from scheduler.core.rundown import length, turns
from scheduler.core.wording import OUTCOMES, sentence
from scheduler.errors import NotFound, NotPermitted, Refused, SpeechError
from scheduler.station import MOST_TYPED
from scheduler.store import StoredClip
from web.auth import REFUSED, Answer, act, actor, desk, page_of, same_origin, station
from web.on_air import MARKS, airings_words
from web.page_words import length_words, words
from web.zones import chosen_zone, outputs_of, zone_choices, zone_word

bp = Blueprint("emergency", __name__)
bp.context_processor(words)

RECENT = timedelta(days=30)
MOST_SHOWN = 12
FIRST_WORDS = 160
SPEAKING_WAITS = 150
"""Tenths of a second that the second press of a typed order waits for its voice."""
CANCEL_SECONDS = 5
"""How long an order can still be taken back where the page's script runs."""


@bp.get("/khan-cap")
@page_of("see")
def page() -> Answer:
    return _page({"title": "", "text": ""})


@bp.get("/khan-cap/mau/<int:announcement_id>")
@page_of("break_in")
def read_back(announcement_id: int) -> Answer:
    return _read_back(announcement_id, drill=False)


@act(bp, "/khan-cap/mau/<int:announcement_id>", may="break_in")
def break_in(announcement_id: int) -> Answer:
    return _ordered(
        announcement_id, lambda zone: desk().emergency.break_in(actor(), announcement_id, zone=zone), drill=False
    )


@bp.post("/khan-cap/doc-lai")
@page_of("break_in")
def read_back_typed() -> Answer:
    """Typed words read back before they are ordered; a POST only for their length. Changes nothing."""
    same_origin()
    form = _typed()
    if request.form.get("then") == "edit":
        return _page(form)
    return _read_back_typed(form)


@act(bp, "/khan-cap/go-chu", may="break_in", twin_waits=SPEAKING_WAITS)
def break_in_typed() -> Answer:
    form = _typed()
    try:
        zone = chosen_zone(request.form.get("zone"))
        slot_id = station().break_in_with(actor(), form["text"], title=form["title"], zone=zone)
    except NotPermitted:
        raise
    except (Refused, SpeechError) as error:
        return _page(form, _told(error)), REFUSED
    return redirect(url_for("emergency.order", slot_id=slot_id))


# Diễn tập: nothing on these pages can sound the alarm


@bp.get("/khan-cap/dien-tap")
@page_of("see")
def drills() -> Answer:
    return render_template("emergency/drills.html", templates=_templates(), **_common())


@bp.get("/khan-cap/dien-tap/<int:announcement_id>")
@page_of("drill")
def read_back_drill(announcement_id: int) -> Answer:
    return _read_back(announcement_id, drill=True)


@act(bp, "/khan-cap/dien-tap/<int:announcement_id>", may="drill", twin_waits=SPEAKING_WAITS)
def drill(announcement_id: int) -> Answer:
    return _ordered(announcement_id, lambda zone: station().drill(actor(), announcement_id, zone=zone), drill=True)


# What becomes of an order


@bp.get("/khan-cap/lenh/<slot_id>")
@page_of("see")
def order(slot_id: str) -> Answer:
    return render_template("emergency/order.html", **_order(slot_id), **_correction(slot_id))


@bp.get("/khan-cap/lenh/<slot_id>/tinh-hinh")
@page_of("see")
def order_state(slot_id: str) -> Answer:
    """The order's part of its page, asked for every second until it has ended."""
    return render_template("emergency/_order.html", **_order(slot_id))


@act(bp, "/khan-cap/lenh/<slot_id>/soan-dinh-chinh", may="break_in", twin_waits=SPEAKING_WAITS)
def make_correction(slot_id: str) -> Answer:
    """Have the correction spoken now, so that it can be aired within a second."""
    fault = ""
    try:
        station().make_correction(actor(), slot_id)
    except SpeechError as error:
        fault = _told(error)
    if request.headers.get("HX-Request"):
        return render_template("emergency/_correction.html", **_order(slot_id), **_correction(slot_id, fault))
    return redirect(url_for("emergency.order", slot_id=slot_id, _anchor="dinh-chinh"))


@act(bp, "/khan-cap/lenh/<slot_id>/dinh-chinh", may="break_in", twin_waits=SPEAKING_WAITS)
def correct(slot_id: str) -> Answer:
    """Air the correction; what is being corrected is taken off the air first where it still sounds or waits."""
    try:
        corrected = station().correct(actor(), slot_id)
    except (NotPermitted, NotFound):
        raise
    except (Refused, SpeechError) as error:
        seen = _order(slot_id) | _correction(slot_id, _told(error))
        return render_template("emergency/order.html", **seen), REFUSED
    return redirect(url_for("emergency.order", slot_id=corrected, cua=slot_id))


def _page(form: dict[str, str], fault: str = "") -> str:
    since = station().clock.now() - RECENT
    return render_template(
        "emergency/page.html",
        form=form,
        fault=fault,
        templates=_templates(),
        recent=[_row(facts.slot, facts.title) for facts in desk().emergency.recent(since)[:MOST_SHOWN]],
        permitted=_permitted(),
        max_chars=MOST_TYPED,
        seconds=_spoken_length(form["text"]),
        **_common(),
    )


def _common() -> dict[str, Any]:
    emergency = station().config.emergency
    zone = request.values.get("zone", "")
    return {
        "zones": zone_choices(),
        "zone": zone if zone in zone_choices() else next(iter(zone_choices())),
        "repeat": emergency.repeat,
        "drill_words": emergency.drill_words,
        "cancel_seconds": CANCEL_SECONDS,
    }


def _templates() -> list[dict[str, Any]]:
    programme = desk().parts.programme
    return [
        {"announcement": one, "clip": programme.clip(one.audio_sha256 or ""), "first_words": _first_words(one.text)}
        for one in desk().emergency.templates()
    ]


def _first_words(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= FIRST_WORDS else line[:FIRST_WORDS].rsplit(" ", 1)[0] + "…"


def _permitted() -> list[Person]:
    """Who may order an emergency."""
    people = desk().parts.people.listed()
    return [person for person in people if person.active and approval.may(person.role, "break_in")]


def _ordered(announcement_id: int, ordering: Callable[[str], str], *, drill: bool) -> Answer:
    try:
        slot_id = ordering(chosen_zone(request.form.get("zone")))
    except (NotPermitted, NotFound):
        raise
    except (Refused, SpeechError) as error:
        return _read_back(announcement_id, _told(error), drill=drill), REFUSED
    return redirect(url_for("emergency.order", slot_id=slot_id))


def _read_back(announcement_id: int, fault: str = "", *, drill: bool) -> str:
    """What would be aired, where, how often, for how long. What is no approved template has no button."""
    seen = desk().parts.programme.announcement(announcement_id)
    common = _common()
    template = next((one for one in _templates() if one["announcement"].id == announcement_id), None)
    if template is None and not fault:
        fault = sentence("unapproved", {"title": seen.title})
    clip = template["clip"] if template else None
    return render_template(
        f"emergency/{'read_back_drill' if drill else 'read_back'}.html",
        announcement=seen,
        clip=clip,
        fault=fault,
        long=_airing_length(clip, common["repeat"]) if clip else None,
        zone_name=zone_word(common["zone"]),
        outputs=outputs_of(common["zone"]),
        **common,
    )


def _airing_length(clip: StoredClip, repeat: int) -> timedelta:
    airings = turns(repeat, clip.says)
    return length(desk().rundowns.items(clip.frames, chime=True, repeat=airings, opening="emergency"))


def _read_back_typed(form: dict[str, str]) -> Answer:
    if len(form["text"]) > MOST_TYPED:
        told = sentence("text_too_long", {"chars": len(form["text"]), "limit": MOST_TYPED})
        return _page(form, told), REFUSED
    said = desk().announcements.said(form["text"])
    if not said.text.strip():
        return _page(form, sentence("text_not_speakable")), REFUSED
    common = _common()
    return render_template(
        "emergency/read_back_typed.html",
        form=form,
        said=said,
        seconds=_spoken_length(form["text"]),
        zone_name=zone_word(common["zone"]),
        outputs=outputs_of(common["zone"]),
        **common,
    )


def _spoken_length(text: str) -> str:
    """About how long the words take to say once."""
    scripts = desk().scripts
    return length_words(scripts.estimate(scripts.of("", text, scripts.usual)))


def _typed() -> dict[str, str]:
    """The words of the form; what is far too long is cut a little past the limit so that the refusal still tells."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    return {"title": request.form.get("title", "")[:200], "text": text[: 10 * MOST_TYPED]}


def _order(slot_id: str) -> dict[str, Any]:
    """How far an order has come, as playout measured it."""
    facts = desk().parts.slots.facts(slot_id)
    if facts.slot.trigger not in {Trigger.EMERGENCY, Trigger.DRILL}:
        raise NotFound("emergency", slot_id)
    on_air = desk().air.on_air()
    sounding = next((one for one in airings_words(on_air) if one["slot_id"] == slot_id), None)
    return {
        "order": _row(facts.slot, facts.title),
        "text": facts.row["text"],
        "operator": facts.row["operator"] or "",
        "sounding": sounding,
        "alive": on_air.alive,
        "others": [one["title"] for one in airings_words(on_air) if one["slot_id"] != slot_id],
        "cancel_seconds": CANCEL_SECONDS,
    }


def _correction(slot_id: str, fault: str = "") -> dict[str, Any]:
    """The correction of an order: its words, and its sound where it is ready. A drill and a correction have none."""
    facts, ready = desk().parts.slots.facts(slot_id), None
    is_real = facts.slot.trigger is Trigger.EMERGENCY and not request.args.get("cua")
    if is_real and (found := desk().emergency.correction_ready(slot_id)):
        ready = desk().parts.programme.announcement(found)
    return {
        "correction_text": desk().emergency.correction_text(slot_id) if is_real else "",
        "correction": ready,
        "correction_fault": fault,
        "may_correct": approval.may(actor().role, "break_in"),
    }


def _row(slot: Slot, title: str) -> dict[str, Any]:
    """One order for a list or a page."""
    at: datetime = slot.start
    return {
        "id": slot.id,
        "title": title,
        "at": at,
        "zone": zone_word(slot.zone),
        "repeat": slot.repeat,
        "is_drill": slot.trigger is Trigger.DRILL,
        "outcome": slot.outcome,
        "word": OUTCOMES[slot.outcome] if slot.outcome else "",
        "mark": MARKS[slot.outcome.value] if slot.outcome else "wait",
        "why": sentence(slot.reason),
        "length": slot.length,
    }


def _told(error: Refused | SpeechError) -> str:
    """Why an order was not given, in one sentence."""
    if isinstance(error, Refused):
        return sentence(error.reason, error.details)
    return sentence("no_voice", {"why": error.details.get("why", str(error))})
