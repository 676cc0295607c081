"""The air: what sounds, as playout measured it, once or as a stream; play now, stop.

What sounds is read from playout's report, never from the plan. The gate has the last word on everything ordered here.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import msgspec

from scheduler.core.model import DEFAULT_ZONE
from scheduler.operations.requests import PlayIn, StopIn
from scheduler.operations.schemas import At, Ms, Record
from scheduler.operations.serializers import Order, OutputState, Slot, instant, to_slots
from scheduler.operations.table import Answer, Call, Command, Events, Subject
from scheduler.services.repositories import permit

subject = Subject("on-air", "What sounds now; play now; stop.")

LOOK_EVERY = 0.5
"""Seconds between a stream's looks at playout's report."""
SPEAK_EVERY = 10.0
"""A stream says something at least this often, so that both ends know that the other lives."""
STREAM_FOR = 600.0
"""Seconds a stream lives; the program opens the next."""


class Airing(Record, frozen=True):
    slot_id: str
    title: str
    trigger: str
    zone: str
    started_at: At
    played_ms: Ms
    total_ms: Ms
    left_ms: Ms


class OnAir(Record, frozen=True):
    now: At
    alive: bool
    at: At | None
    clock_trusted: bool
    airing: Airing | None
    airings: list[Airing]
    next: Slot | None
    outputs: list[OutputState]


class Stopped(Record, frozen=True):
    ordered: bool
    waiting: int


@subject.get("/on-air", may="see")
def now(call: Call) -> Answer[OnAir]:
    """What is on the air, as playout measured it."""
    return Answer(on_air(call))


def on_air(call: Call) -> OnAir:
    """What sounds, what comes next, and how the outputs are."""
    found, at = call.services.air.on_air(), call.station.clock.now()
    sounding = [_airing(call, one) for one in reversed(found.airings)]
    ids = {one.slot_id for one in sounding}
    upcoming = call.services.slots.open_between(at, at + timedelta(hours=24))
    following = [one for one in upcoming if one.id not in ids][:1]
    return OnAir(
        now=instant(call, at),
        alive=found.alive,
        at=instant(call, found.at) if found.at else None,
        clock_trusted=found.clock_trusted,
        airing=sounding[0] if sounding else None,
        airings=sounding,
        next=next(iter(to_slots(call, following)), None),
        outputs=[output_state(one) for one in found.outputs],
    )


def output_state(one: dict[str, Any]) -> OutputState:
    """Playout's word on an output; where it leads to is nobody's business here."""
    told = {name: str(one.get(name, "")) for name in ("name", "kind", "state", "message")}
    return OutputState(**told, dropped=one.get("dropped", 0))


def _airing(call: Call, one: dict[str, Any]) -> Airing:
    return Airing(
        slot_id=one["slot_id"],
        title=one["title"],
        trigger=one.get("trigger", ""),
        zone=one.get("zone", ""),
        started_at=instant(call, one["started_at"]),
        played_ms=one["played_ms"],
        total_ms=one["total_ms"],
        left_ms=max(one["total_ms"] - one["played_ms"], 0),
    )


@subject.get("/on-air/events", may="see")
def events(call: Call) -> Events:
    """The same as an event stream, whenever it has changed; ends after ten minutes."""
    return Events(lambda rested: _changes(call, rested))


def _changes(call: Call, rested: Callable[[float], bool]) -> Iterator[str]:
    """Events until nobody listens or the server stops (`rested` says no), the key is revoked, or the time is over."""
    clock = call.station.clock
    began, spoke = clock.monotonic(), float("-inf")
    seen: object = None
    try:
        while rested(LOOK_EVERY if seen else 0.0) and (mono := clock.monotonic()) - began < STREAM_FOR:
            found = on_air(call)
            key = _key(found)
            if key != seen or mono - spoke >= SPEAK_EVERY:
                if call.token is None or not call.services.tokens.still_live(call.token.id):
                    return
                seen, spoke = key, mono
                yield f"event: on-air\ndata: {msgspec.json.encode(found).decode()}\n\n"
    finally:
        call.station.end_reading()  # the thread's connection ends with its long read


def _key(found: OnAir) -> object:
    """All of it but what passes by itself: clocks, and how far an airing has come."""
    sounding = [(one.slot_id, one.total_ms) for one in found.airings]
    following = found.next and (found.next.id, found.next.start)
    return found.alive, found.clock_trusted, sounding, following, found.outputs


@subject.post(
    "/on-air/play",
    may="play_now",
    status=202,
    command=Command("play", "Đã gửi lệnh phát ngay: {slot_id}", arguments=("announcement_id",)),
)
def play(call: Call, body: PlayIn) -> Answer[Order]:
    """Air an approved announcement as soon as may be."""
    permit(call.actor, "play_now", body.zone)
    slot_id = call.services.air.play_now(
        call.actor, body.announcement_id, chime=body.chime, repeat=body.repeat, zone=body.zone
    )
    return Answer(Order(slot_id), location=f"/api/v1/slots/{slot_id}")


@subject.post("/on-air/stop", may="stop", status=202)
def stop(call: Call, body: StopIn) -> Answer[Stopped]:
    """Stop what sounds now; with `slot_id`, only if it is still that one. `waiting`: emergencies that will sound."""
    slot_id = body.slot_id or None
    if slot_id is not None:
        permit(call.actor, "stop", call.services.air.red.zone_of(slot_id))
    elif call.actor.zones:
        permit(call.actor, "stop", DEFAULT_ZONE)  # who has zones says what is to stop
    done = call.services.air.stop(call.actor, slot_id, also_waiting=body.also_waiting)
    return Answer(Stopped(ordered=True, waiting=len(done.waiting)))
