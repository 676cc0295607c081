"""The plan: its rows by day and ahead, and a person's changes to it, each of which can be taken back.

Where an airing may stand is the planner's and the gate's question; a change that may not be is refused with the reason.
"""

from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta

from scheduler.kernel.errors import Refused
from scheduler.operations.requests import DayQuery, LeaveOutIn, MoveIn, SlotIn, day_of, instant_of, today
from scheduler.operations.schemas import At, Day, Id, Record, Request, SlotId
from scheduler.operations.serializers import (
    Preview,
    Slot,
    instant,
    to_refusal,
    to_slot,
    to_slots,
)
from scheduler.operations.table import Answer, Call, Command, Subject

subject = Subject("plan", "Lượt phát: what is to sound, and what could not be planned, with its reason.")

SLOT = "/slots/{slot_id}"
_OWED = "`owed_since`: a change of then is being planned and is not in here yet; null = everything is."


class Plan(Preview, frozen=True):
    owed_since: At | None


class Upcoming(Record, frozen=True):
    items: list[Slot]
    owed_since: At | None


class ChangedSlot(Record, frozen=True):
    slot_id: str
    title: str


class Change(Record, frozen=True):
    change_id: Id
    day: Day
    slots: list[ChangedSlot]


class Hours(Request, frozen=True):
    hours: Annotated[int, Meta(ge=1, le=168)] = 48


@subject.get("/plan", may="see", adds=_OWED)
def of_day(call: Call, query: DayQuery) -> Answer[Plan]:
    """The plan of a day: every slot, and every refused airing with its reason."""
    day, rows = day_of(query.date) if query.date else today(call), call.services.slots
    slots, refusals = rows.of_day(day), rows.refusals(day)
    if not slots and not refusals and day >= today(call):  # far days have no rows yet and are planned for show
        made = call.services.campaigns.plan(day)
        slots, refusals = list(made.slots), list(made.refusals)
    return Answer(
        Plan(
            day,
            to_slots(call, slots),
            [to_refusal(call, one) for one in refusals],
            [to_refusal(call, one) for one in call.services.campaigns.idle_windows(day, slots)],
            _owed_since(call),
        )
    )


@subject.get("/plan/upcoming", may="see", adds=_OWED)
def upcoming(call: Call, query: Hours) -> Answer[Upcoming]:
    """What is still to sound within the next hours, soonest first."""
    at = call.station.clock.now()
    found = call.services.slots.open_between(at, at + timedelta(hours=query.hours))
    return Answer(Upcoming(to_slots(call, found), _owed_since(call)))


@subject.get(SLOT, may="see")
def one(call: Call, slot_id: SlotId) -> Answer[Slot]:
    """One slot, and what has become of it."""
    facts = call.services.slots.facts(slot_id)
    return Answer(to_slot(call, facts.slot, facts.title))


@subject.post("/slots", may="plan", status=201)
def add(call: Call, body: SlotIn) -> Answer[Change]:
    """One more airing of an approved announcement, of no campaign, at an instant ahead; `change_id` takes it back."""
    instant_of(body.at)
    return _changed(call, call.services.schedule.add(call.actor, body.announcement_id, body.at, body.zone))


@subject.post(f"{SLOT}/move", may="plan")
def move(call: Call, slot_id: SlotId, body: MoveIn) -> Answer[Change]:
    """Let an airing start at another time of its day; `change_id` takes it back."""
    instant_of(body.to)
    return _changed(call, call.services.schedule.move(call.actor, slot_id, body.to, instant_of(body.seen)))


@subject.post(f"{SLOT}/leave-out", may="plan", command=Command("schedule leave-out", "{change_id}"))
def leave_out(call: Call, slot_id: SlotId, body: LeaveOutIn) -> Answer[Change]:
    """Take one airing out of its day, for a reason that is kept; `change_id` takes it back."""
    return _changed(call, call.services.schedule.leave_out(call.actor, slot_id, body.why))


@subject.post("/plan/changes/{change_id}/undo", may="plan", command=Command("schedule undo", "{change_id}"))
def undo(call: Call, change_id: Id) -> Answer[Change]:
    """Take a change back, so that everything it touched stands where it stood; that can be taken back itself."""
    return _changed(call, call.services.schedule.undo(call.actor, change_id))


def _owed_since(call: Call) -> datetime | None:
    since = call.services.campaigns.owed.since()
    return instant(call, since) if since else None


def _changed(call: Call, change_id: int) -> Answer[Change]:
    found = call.services.schedule.change(change_id)
    if not found.places:
        raise Refused("slot_gone")
    return Answer(Change(change_id, found.day, [ChangedSlot(one.slot_id, one.title) for one in found.places]))
