"""What the pages of Khẩn cấp show: where an order sounds, how many homes hear it, whose code is asked, how far it is.

Read fresh each time and drawn; the desk decides who may order and what is refused.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import request

from scheduler.core.air.cue_list import length, turns
from scheduler.core.announcement import approval
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import AnnouncementState, Person, Slot, Trigger
from scheduler.core.words.wording import OUTCOMES, sentence, sentence_of
from scheduler.kernel.errors import NotFound, Refused, SpeechError
from web.auth import actor, services, station
from web.formats import length_text
from web.words.on_air import MARKS, airings_words
from web.words.zones import outputs_of, zone_choices, zone_word

__all__ = [
    "airing_length",
    "code_words",
    "common_words",
    "correction_words",
    "leaders",
    "order_fault_words",
    "order_words",
    "permitted",
    "place_words",
    "row_words",
    "spoken_length",
    "template_words",
    "unapproved_words",
]

FIRST_WORDS = 160
CODE_FAULTS = {"code_needed", "code_wrong", "code_too_often", "leader_unknown"}
"""Refusals that stand beside the field of the code."""


def common_words() -> dict[str, Any]:
    """What every page of an order or a drill may use."""
    emergency = services().config.emergency
    zones = zone_choices()
    zone = request.values.get("zone", "")
    return {
        "zones": zones,
        "zone": zone if zone in zones else next(iter(zones)),
        "homes": {name: homes_word(name) for name in zones},
        "repeat": emergency.repeat,
        "drill_words": emergency.drill_words,
    }


def homes_word(zone: str) -> str:
    """How many homes hear what sounds there, in words; empty where nobody has said."""
    homes = services().settings.homes(zone)
    return "" if homes is None else f"{homes:,}".replace(",", ".")


def place_words(zone: str) -> dict[str, Any]:
    """Where an order sounds, read back."""
    return {"zone_name": zone_word(zone), "outputs": outputs_of(zone), "homes_here": homes_word(zone)}


def code_words(fault: Refused | SpeechError | None = None) -> dict[str, Any]:
    """Which code the form of an order asks for; and of whom, where an officer orders on a leader's number."""
    by_right = approval.may(actor().role, "break_in")
    beside = isinstance(fault, Refused) and fault.reason in CODE_FAULTS
    return {
        "code_kind": services().emergency.asks(actor()) if by_right else "telephone",
        "code_fault": order_fault_words(fault) if fault and beside else "",
        "leaders": [] if by_right else leaders(),
        "leader": request.form.get("leader", ""),
        "fault": order_fault_words(fault) if fault and not beside else "",
    }


def permitted() -> list[Person]:
    """Who may order an emergency."""
    people = services().people.listed()
    return [person for person in people if person.active and approval.may(person.role, "break_in")]


def leaders() -> list[Person]:
    """Leaders who can tell a number over the telephone: those with an authenticator application."""
    return [person for person in permitted() if services().people.proofs(person).totp]


def template_words() -> list[dict[str, Any]]:
    return [
        {
            "announcement": one,
            "clip": services().recordings.clip(one.audio_sha256 or ""),
            "first_words": _first_words(one.text),
        }
        for one in services().emergency.templates()
    ]


def unapproved_words() -> list[dict[str, Any]]:
    """Templates that nobody has approved; `waits`: a leader could now."""
    return [
        {
            "announcement": one,
            "waits": one.state is AnnouncementState.SUBMITTED and one.audio_sha256 is not None,
            "own": approval.is_own(one, actor(), one_officer=services().config.station.one_officer),
        }
        for one in services().ready_templates.unapproved()
    ]


def _first_words(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= FIRST_WORDS else line[:FIRST_WORDS].rsplit(" ", 1)[0] + "…"


def airing_length(clip: StoredClip, repeat: int) -> timedelta:
    """How long an order sounds, with its chime and all its readings."""
    airings = turns(repeat, clip.says)
    return length(services().rundowns.items(clip.frames, chime=True, repeat=airings, opening="emergency"))


def spoken_length(text: str) -> str:
    """About how long the words take to say once."""
    scripts = services().scripts
    return length_text(scripts.estimate(scripts.of("", text, scripts.usual)))


def order_words(slot_id: str) -> dict[str, Any]:
    """How far an order has come, as playout measured it; `grace_ms`: how long it can still be taken back."""
    known = services().known_orders.of(slot_id)
    slot = known.slot
    if slot.trigger not in {Trigger.EMERGENCY, Trigger.DRILL}:
        raise NotFound("emergency", slot_id)
    on_air = services().air.on_air()
    airings = airings_words(on_air)
    sounding = next((one for one in airings if one["slot_id"] == slot_id), None)
    left = slot.start - station().clock.now()
    waits = slot.outcome is None and sounding is None
    return {
        "order": row_words(slot, known.title),
        "text": known.text,
        "operator": known.operator,
        "received": known.received,
        "waiting": [one for one in services().air.red.waiting() if one[0] != slot_id] if sounding else [],
        "officer": services().emergency.officer_of(slot_id),
        "sounding": sounding,
        "speaking": known.speaking,
        "kept_as_of": known.kept_as_of,
        "alive": on_air.alive,
        "others": [one["title"] for one in airings if one["slot_id"] != slot_id],
        "grace_ms": max(round(left / timedelta(milliseconds=1)), 0) if waits else 0,
    }


def correction_words(slot_id: str, fault: str = "") -> dict[str, Any]:
    """The correction of an order: its words, and its sound where it is ready. A drill and a correction have none."""
    slot, ready = services().known_orders.of(slot_id).slot, None
    heard = slot.reason != "order_taken_back"
    is_real = slot.trigger is Trigger.EMERGENCY and heard and not request.args.get("cua")
    if is_real and (found := services().emergency.correction_ready(slot_id)):
        ready = services().announcements.get(found)
    return {
        "correction_text": services().emergency.correction_text(slot_id) if is_real else "",
        "correction": ready,
        "correction_fault": fault,
        "may_correct": approval.may(actor().role, "break_in"),
    }


def row_words(slot: Slot, title: str) -> dict[str, Any]:
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


def order_fault_words(error: Refused | SpeechError) -> str:
    """Why an order was not given, in one sentence."""
    if isinstance(error, Refused):
        return sentence_of(error)
    return sentence("no_voice", {"why": error.details.get("why", str(error))})
