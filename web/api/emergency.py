"""Emergencies over the API: templates, orders, what becomes of them, taking back, correction; drills stand apart.

An order needs the right, and the code that the station asks for; an officer's key may order on the number that a leader
tells. As on the page an order can be taken back for some seconds, unless a machine says that nobody will. The same
order twice is one airing. Nothing here makes sound: a slot is written, and playout's gate has the last word.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from scheduler.core.model import DEFAULT_ZONE, Trigger
from scheduler.kernel.errors import NotFound
from scheduler.services.air.emergency import GRACE, Order
from scheduler.services.air.known_orders import KnownOrder
from scheduler.services.repositories import permit
from scheduler.station import MOST_TYPED
from scheduler.station_words import order_with
from web.api import told
from web.api.confirming import proof, typed_code
from web.api.contract import Asked, Subject, Told, ref
from web.api.shapes import CODE, ID, ZONE, also, array, given, nothing, taken, text
from web.auth import services, station

subject = Subject("emergency", "Phát khẩn cấp: over everything, at any hour, by a person with that right.")

ORDER = "/emergency/orders/{slot_id}"
RECENT = timedelta(days=30)
_SECONDS = f"It sounds after {GRACE.seconds} seconds, in which it can be cancelled in silence"
_TYPED = f"Up to {MOST_TYPED} characters, spoken by a voice that needs no network; the chime does not wait for them."
_BY_TELEPHONE = {
    "leader": text(100, 1, "Sign-in name of the leader."),
    "code": also(CODE, description="The number that the leader's authenticator application shows."),
}
_TOLD = "The leader is who orders; the journal names the owner of the key beside them."


@subject.get(
    "/emergency/templates",
    may="see",
    says="What can be on the air within a second: approved announcements of emergency priority.",
    gives=given(items=array(ref("Template"))),
)
def templates(asked: Asked) -> Told:  # noqa: ARG001 - every operation is given what was asked
    items = [
        {
            "id": one.id,
            "title": one.title,
            "text": one.text,
            "audio_sha256": one.audio_sha256,
            "length_ms": told.ms(services().recordings.clip(one.audio_sha256).length),
        }
        for one in services().emergency.templates()
        if one.audio_sha256
    ]
    return Told({"items": items})


@subject.get(
    "/emergency/orders",
    may="see",
    says="Emergencies and drills ordered within the last 30 days, the newest first.",
    gives=given(items=array(ref("Slot"))),
)
def orders(asked: Asked) -> Told:  # noqa: ARG001 - as above
    found = services().emergency.recent(station().clock.now() - RECENT)
    return Told({"items": [told.slot(one.slot, one.title) for one in found]})


@subject.post(
    "/emergency/orders",
    may="break_in",
    says="Air a template, over everything.",
    takes=ref("EmergencyIn"),
    gives=ref("Order"),
    status=202,
    tells=f"{_SECONDS}, or at once with `at_once`.",
)
def order(asked: Asked) -> Told:
    return _order(asked, _own_order(asked))


@subject.post(
    "/emergency/orders/by-telephone",
    may="drill",
    says="The same on the one-time number that a leader tells an officer.",
    takes=taken(("announcement_id", "leader", "code"), announcement_id=ID, zone=ZONE, **_BY_TELEPHONE),
    gives=ref("Order"),
    status=202,
    tells=f"{_TOLD} {_SECONDS}.",
)
def order_by_telephone(asked: Asked) -> Told:
    return _order(asked, _leaders_order(asked))


@subject.post(
    "/emergency/orders/text",
    may="break_in",
    says="Say words of the moment, over everything.",
    takes=ref("EmergencyTextIn"),
    gives=ref("Order"),
    status=202,
    tells=f"{_TYPED} {_SECONDS}, or at once with `at_once`.",
)
def order_text(asked: Asked) -> Told:
    return _order_text(asked, _own_order(asked))


@subject.post(
    "/emergency/orders/text/by-telephone",
    may="drill",
    says="The same on the one-time number that a leader tells an officer.",
    takes=taken(("text", "leader", "code"), text=text(15_000), title=text(200), zone=ZONE, **_BY_TELEPHONE),
    gives=ref("Order"),
    status=202,
    tells=f"{_TOLD} {_TYPED} {_SECONDS}.",
)
def order_text_by_telephone(asked: Asked) -> Told:
    return _order_text(asked, _leaders_order(asked))


@subject.get(ORDER, may="see", says="What has become of an order, and its correction.", gives=ref("EmergencyOrder"))
def one(asked: Asked, slot_id: str) -> Told:  # noqa: ARG001 - as above
    return Told(_told(_facts(slot_id)))


@subject.post(
    f"{ORDER}/cancel",
    may="stop",
    says="Take an order back: it does not begin, or stops where it is.",
    takes=nothing(),
    gives=given(slot_id={"type": "string"}, taken_back={"type": "boolean"}),
    status=202,
    tells="`taken_back` is true where nothing of it has sounded, and false where it had begun and is being stopped.",
)
def cancel(asked: Asked, slot_id: str) -> Told:
    _facts(slot_id)
    taken_back = services().emergency.take_back(asked.actor, slot_id)
    return Told({"slot_id": slot_id, "taken_back": taken_back}, location=_address(slot_id))


@subject.post(
    f"{ORDER}/correction",
    may="break_in",
    says="Have the correction of an order spoken now, so that it can be aired within a second.",
    takes=nothing(),
    gives=ref("EmergencyOrder"),
)
def make_correction(asked: Asked, slot_id: str) -> Told:
    permit(asked.actor, "break_in", _facts(slot_id).slot.zone)
    station().make_correction(asked.actor, slot_id)
    return Told(_told(_facts(slot_id)))


@subject.post(
    f"{ORDER}/correct",
    may="break_in",
    says="Air the correction; what it corrects is stopped first. Needs the right to stop as well.",
    takes=ref("CodeIn"),
    gives=ref("Order"),
    status=202,
)
def correct(asked: Asked, slot_id: str) -> Told:
    permit(asked.actor, "break_in", _facts(slot_id).slot.zone)
    return _ordered(station().correct(asked.actor, slot_id, prove=proof(asked, "break_in")))


@subject.post(
    "/emergency/drills",
    may="drill",
    says="Diễn tập: rehearse with the drill's words around it, held to every rule of an announcement.",
    takes=ref("DrillIn"),
    gives=ref("Order"),
    status=202,
)
def drill(asked: Asked) -> Told:
    zone = _zone(asked, "drill")
    return _ordered(station().drill(asked.actor, asked.body["announcement_id"], zone=zone))


def _own_order(asked: Asked) -> Callable[[], Order]:
    """Who orders by their own right: asked when everything else is known to be well."""
    zone, code = _zone(asked, "break_in"), typed_code(asked)
    grace = timedelta(0) if asked.body.get("at_once", False) else GRACE
    return lambda: replace(services().emergency.confirmed(asked.actor, code, zone=zone), grace=grace)


def _leaders_order(asked: Asked) -> Callable[[], Order]:
    """The same of a leader who has told the owner of the key a number."""
    zone, code, leader = _zone(asked, "drill"), typed_code(asked), asked.body["leader"]
    return lambda: services().emergency.by_telephone(asked.actor, leader, code, zone=zone)


def _order(asked: Asked, who: Callable[[], Order]) -> Told:
    zone = asked.body.get("zone", DEFAULT_ZONE)
    return _ordered(services().emergency.order(who, asked.body["announcement_id"], zone=zone))


def _order_text(asked: Asked, who: Callable[[], Order]) -> Told:
    body = asked.body
    zone = body.get("zone", DEFAULT_ZONE)
    return _ordered(order_with(station(), who, body["text"], title=body.get("title", ""), zone=zone))


def _zone(asked: Asked, act: str) -> str:
    """The zone of an order, where the key may act."""
    zone: str = asked.body.get("zone", DEFAULT_ZONE)
    permit(asked.actor, act, zone)
    return zone


def _ordered(slot_id: str) -> Told:
    return Told({"slot_id": slot_id}, location=_address(slot_id))


def _address(slot_id: str) -> str:
    return f"/api/v1/emergency/orders/{slot_id}"


def _facts(slot_id: str) -> KnownOrder:
    known = services().known_orders.of(slot_id)
    if known.slot.trigger not in {Trigger.EMERGENCY, Trigger.DRILL}:
        raise NotFound("emergency", slot_id)
    return known


def _told(known: KnownOrder) -> dict[str, Any]:
    slot = known.slot
    is_real, work = slot.trigger is Trigger.EMERGENCY, services().emergency
    return told.slot(slot, known.title) | {
        "text": known.text,
        "operator": known.operator,
        "correction_text": work.correction_text(slot.id) if is_real else "",
        "correction_id": work.correction_ready(slot.id) if is_real else None,
    }
