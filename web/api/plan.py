"""The plan over the API: its rows by day and ahead, and a person's changes to it, each of which can be taken back.

Where an airing may stand is the planner's and the gate's question; a change that may not be is refused with the reason.
"""

from collections.abc import Callable
from datetime import timedelta

from scheduler.core.model import DEFAULT_ZONE
from scheduler.kernel.errors import Refused
from web.api import told
from web.api.asked import day_of, instant_of, today
from web.api.contract import Asked, Subject, Told, ref
from web.api.shapes import INSTANT, QUERY_DAY, array, given, maybe, nothing, number
from web.auth import services, station

subject = Subject("plan", "Lượt phát: what is to sound, and what could not be planned, with its reason.")

SLOT = "/slots/{slot_id}"
MOST_HOURS = 168
_OWED = "`owed_since`: a change of then is being planned and is not in here yet; null = everything is."
_UNDO = "The answer's `change_id` takes it back."


@subject.get(
    "/plan",
    may="see",
    says="The plan of a day: every slot, and every refused airing with its reason.",
    tells=_OWED,
    gives=ref("Plan"),
    query={"date": QUERY_DAY},
)
def of_day(asked: Asked) -> Told:
    day = day_of(asked.query["date"])
    slots, refusals = services().slots.of_day(day), services().slots.refusals(day)
    if not slots and not refusals and day >= today():  # far days have no rows yet and are planned for show
        made = services().campaigns.plan(day)
        slots, refusals = list(made.slots), list(made.refusals)
    return Told(
        {
            "date": day.isoformat(),
            "slots": told.slots(slots),
            "refusals": [told.refusal(one) for one in refusals],
            "idle_windows": [told.refusal(one) for one in services().campaigns.idle_windows(day, slots)],
            "owed_since": told.instant(services().campaigns.owed.since()),
        }
    )


@subject.get(
    "/plan/upcoming",
    may="see",
    says="What is still to sound within the next hours, soonest first.",
    tells=_OWED,
    gives=given(items=array(ref("Slot")), owed_since=maybe(INSTANT)),
    query={"hours": {**number(1, MOST_HOURS), "default": 48}},
)
def upcoming(asked: Asked) -> Told:
    at = station().clock.now()
    found = services().slots.open_between(at, at + timedelta(hours=asked.query["hours"]))
    return Told({"items": told.slots(found), "owed_since": told.instant(services().campaigns.owed.since())})


@subject.get(SLOT, may="see", says="One slot, and what has become of it.", gives=ref("Slot"))
def one(asked: Asked, slot_id: str) -> Told:  # noqa: ARG001 - every operation is given what was asked
    facts = services().slots.facts(slot_id)
    return Told(told.slot(facts.slot, facts.title))


@subject.post(
    "/slots",
    may="plan",
    says="One more airing of an approved announcement, of no campaign, at an instant ahead.",
    takes=ref("SlotIn"),
    gives=ref("Change"),
    status=201,
    tells=_UNDO,
)
def add(asked: Asked) -> Told:
    body = asked.body
    at, zone = instant_of(body["at"]) or station().clock.now(), body.get("zone", DEFAULT_ZONE)
    return _changed(lambda: services().schedule.add(asked.actor, body["announcement_id"], at, zone))


@subject.post(
    f"{SLOT}/move",
    may="plan",
    says="Let it start at another time of its day.",
    takes=ref("MoveIn"),
    gives=ref("Change"),
    tells=_UNDO,
)
def move(asked: Asked, slot_id: str) -> Told:
    to, seen = instant_of(asked.body["to"]) or station().clock.now(), instant_of(asked.body.get("seen"))
    return _changed(lambda: services().schedule.move(asked.actor, slot_id, to, seen))


@subject.post(
    f"{SLOT}/leave-out",
    may="plan",
    says="Take this one airing out of its day, for a reason that is kept.",
    takes=ref("LeaveOutIn"),
    gives=ref("Change"),
    tells=_UNDO,
)
def leave_out(asked: Asked, slot_id: str) -> Told:
    return _changed(lambda: services().schedule.leave_out(asked.actor, slot_id, asked.body["why"]))


@subject.post(
    "/plan/changes/{change_id}/undo",
    may="plan",
    says="Take a change back, so that everything it touched stands where it stood.",
    takes=nothing(),
    gives=ref("Change"),
)
def undo(asked: Asked, change_id: int) -> Told:
    return _changed(lambda: services().schedule.undo(asked.actor, change_id))


def _changed(act: Callable[[], int]) -> Told:
    number_of = act()
    found = services().schedule.change(number_of)
    if not found.places:
        raise Refused("slot_gone")
    places = [{"slot_id": place.slot_id, "title": place.title} for place in found.places]
    return Told({"change_id": number_of, "day": found.day.isoformat(), "slots": places})
