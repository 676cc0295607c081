"""Emergencies: templates, orders, what becomes of them, taking back, correction; drills stand apart.

An order needs the right, and the code that the station asks for; an officer's key may order on the number that a leader
tells. As on the page an order can be taken back for some seconds, unless a machine says that nobody will. The same
order twice is one airing. Nothing here makes sound: a slot is written, and playout's gate has the last word.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from scheduler.core.model import Trigger
from scheduler.kernel.errors import NotFound
from scheduler.operations.requests import (
    CodeIn,
    DrillIn,
    EmergencyIn,
    EmergencyTextIn,
    TelephoneIn,
    TelephoneTextIn,
)
from scheduler.operations.schemas import Id, Items, Ms, Record, Sha256, SlotId
from scheduler.operations.serializers import Order, Slot, ms, of, to_slot
from scheduler.operations.table import Answer, Call, Subject
from scheduler.services.air.emergency import GRACE
from scheduler.services.air.emergency import Order as OrderedBy
from scheduler.services.air.known_orders import KnownOrder
from scheduler.services.repositories import permit
from scheduler.station import MOST_TYPED
from scheduler.station_words import order_with

subject = Subject("emergency", "Phát khẩn cấp: over everything, at any hour, by a person with that right.")

ORDER = "/emergency/orders/{slot_id}"
RECENT = timedelta(days=30)
_SECONDS = f"It sounds after {GRACE.seconds} seconds, in which it can be cancelled in silence"
_TYPED = f"Up to {MOST_TYPED} characters, spoken by a voice that needs no network; the chime does not wait for them."
_TOLD = "The leader is who orders; the journal names the owner of the key beside them."


class TakenBack(Record, frozen=True):
    slot_id: str
    taken_back: bool


class EmergencyOrder(Slot, frozen=True):
    text: str
    operator: str
    correction_text: str
    correction_id: Id | None


class Template(Record, frozen=True):
    id: Id
    title: str
    text: str
    audio_sha256: Sha256
    length_ms: Ms


@subject.get("/emergency/templates", may="see")
def templates(call: Call) -> Answer[Items[Template]]:
    """What can be on the air within a second: approved announcements of emergency priority."""
    found, clip = call.services.emergency.templates(), call.services.recordings.clip
    return Answer(
        Items(
            [of(Template, call, one, length_ms=ms(clip(one.audio_sha256).length)) for one in found if one.audio_sha256]
        )
    )


@subject.get("/emergency/orders", may="see")
def orders(call: Call) -> Answer[Items[Slot]]:
    """Emergencies and drills ordered within the last 30 days, the newest first."""
    found = call.services.emergency.recent(call.station.clock.now() - RECENT)
    return Answer(Items([to_slot(call, one.slot, one.title) for one in found]))


@subject.post("/emergency/orders", may="break_in", status=202, adds=f"{_SECONDS}, or at once with `at_once`.")
def order(call: Call, body: EmergencyIn) -> Answer[Order]:
    """Air a template, over everything."""
    return _ordered(call.services.emergency.order(_own_order(call, body), body.announcement_id, zone=body.zone))


@subject.post("/emergency/orders/by-telephone", may="drill", status=202, adds=f"{_TOLD} {_SECONDS}.")
def order_by_telephone(call: Call, body: TelephoneIn) -> Answer[Order]:
    """The same on the one-time number that a leader tells an officer."""
    return _ordered(call.services.emergency.order(_leaders_order(call, body), body.announcement_id, zone=body.zone))


@subject.post(
    "/emergency/orders/text", may="break_in", status=202, adds=f"{_TYPED} {_SECONDS}, or at once with `at_once`."
)
def order_text(call: Call, body: EmergencyTextIn) -> Answer[Order]:
    """Say words of the moment, over everything."""
    return _ordered(order_with(call.station, _own_order(call, body), body.text, title=body.title, zone=body.zone))


@subject.post("/emergency/orders/text/by-telephone", may="drill", status=202, adds=f"{_TOLD} {_TYPED} {_SECONDS}.")
def order_text_by_telephone(call: Call, body: TelephoneTextIn) -> Answer[Order]:
    """The same on the one-time number that a leader tells an officer."""
    return _ordered(order_with(call.station, _leaders_order(call, body), body.text, title=body.title, zone=body.zone))


@subject.get(ORDER, may="see")
def one(call: Call, slot_id: SlotId) -> Answer[EmergencyOrder]:
    """What has become of an order, and its correction."""
    return _answer(call, slot_id)


@subject.post(f"{ORDER}/cancel", may="stop", status=202)
def cancel(call: Call, slot_id: SlotId) -> Answer[TakenBack]:
    """Take an order back: it does not begin, or stops where it is.

    `taken_back` is true where nothing of it has sounded, and false where it had begun and is being stopped.
    """
    _known(call, slot_id)
    taken_back = call.services.emergency.take_back(call.actor, slot_id)
    return Answer(TakenBack(slot_id, taken_back), location=_address(slot_id))


@subject.post(f"{ORDER}/correction", may="break_in")
def make_correction(call: Call, slot_id: SlotId) -> Answer[EmergencyOrder]:
    """Have the correction of an order spoken now, so that it can be aired within a second."""
    permit(call.actor, "break_in", _known(call, slot_id).slot.zone)
    call.station.make_correction(call.actor, slot_id)
    return _answer(call, slot_id)


@subject.post(f"{ORDER}/correct", may="break_in", status=202)
def correct(call: Call, slot_id: SlotId, body: CodeIn) -> Answer[Order]:
    """Air the correction; what it corrects is stopped first. Needs the right to stop as well."""
    permit(call.actor, "break_in", _known(call, slot_id).slot.zone)
    return _ordered(call.station.correct(call.actor, slot_id, prove=call.proof("break_in", body.code)))


@subject.post("/emergency/drills", may="drill", status=202)
def drill(call: Call, body: DrillIn) -> Answer[Order]:
    """Diễn tập: rehearse with the drill's words around it, held to every rule of an announcement."""
    permit(call.actor, "drill", body.zone)
    return _ordered(call.station.drill(call.actor, body.announcement_id, zone=body.zone))


def _own_order(call: Call, body: EmergencyIn | EmergencyTextIn) -> Callable[[], OrderedBy]:
    """Who orders by their own right: asked when everything else is known to be well."""
    permit(call.actor, "break_in", body.zone)
    grace = timedelta(0) if body.at_once else GRACE
    return lambda: replace(call.services.emergency.confirmed(call.actor, body.code, zone=body.zone), grace=grace)


def _leaders_order(call: Call, body: TelephoneIn | TelephoneTextIn) -> Callable[[], OrderedBy]:
    """The same of a leader who has told the owner of the key a number."""
    permit(call.actor, "drill", body.zone)
    return lambda: call.services.emergency.by_telephone(call.actor, body.leader, body.code, zone=body.zone)


def _ordered(slot_id: str) -> Answer[Order]:
    return Answer(Order(slot_id), location=_address(slot_id))


def _address(slot_id: str) -> str:
    return f"/api/v1/emergency/orders/{slot_id}"


def _known(call: Call, slot_id: str) -> KnownOrder:
    known = call.services.known_orders.of(slot_id)
    if known.slot.trigger not in {Trigger.EMERGENCY, Trigger.DRILL}:
        raise NotFound("emergency", slot_id)
    return known


def _answer(call: Call, slot_id: str) -> Answer[EmergencyOrder]:
    known = _known(call, slot_id)
    slot = known.slot
    is_real, work = slot.trigger is Trigger.EMERGENCY, call.services.emergency
    return Answer(
        of(
            EmergencyOrder,
            call,
            to_slot(call, slot, known.title),
            text=known.text,
            operator=known.operator,
            correction_text=work.correction_text(slot.id) if is_real else "",
            correction_id=work.correction_ready(slot.id) if is_real else None,
        )
    )
