"""The air over the API: what sounds, as playout measured it, once or as a stream; play now, stop.

What sounds is read from playout's report, never from the plan. The gate has the last word on everything ordered here.
"""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from flask import Response, current_app, request, stream_with_context

from scheduler.core.model import DEFAULT_ZONE
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import permit
from web.api import told
from web.api.contract import Asked, Subject, Told, ref
from web.api.shapes import given
from web.auth import services, station
from web.http.callers import known
from web.http.streams import Streams

air = Subject("on-air", "What sounds now; play now; stop.")

LOOK_EVERY = 0.5
"""Seconds between a stream's looks at playout's report."""
SPEAK_EVERY = 10.0
"""A stream says something at least this often, so that both ends know that the other lives."""
STREAM_FOR = 600.0
"""Seconds a stream lives; the program opens the next."""


@air.get("/on-air", may="see", says="What is on the air, as playout measured it.", gives=ref("OnAir"))
def now(asked: Asked) -> Told:  # noqa: ARG001 - every operation is given what was asked
    return Told(on_air())


def on_air() -> dict[str, Any]:
    """What sounds, what comes next, and how the outputs are."""
    found, at = services().air.on_air(), station().clock.now()
    sounding = [_airing(one) for one in reversed(found.airings)]
    ids = {one["slot_id"] for one in sounding}
    upcoming = services().slots.open_between(at, at + timedelta(hours=24))
    following = next((one for one in upcoming if one.id not in ids), None)
    return {
        "now": told.instant(at),
        "alive": found.alive,
        "at": told.instant(found.at),
        "clock_trusted": found.clock_trusted,
        "airing": sounding[0] if sounding else None,
        "airings": sounding,
        "next": told.slots([following])[0] if following else None,
        "outputs": output_states(found.outputs),
    }


def output_states(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Playout's word on its outputs; where they lead to is nobody's business here."""
    names = ("name", "kind", "state", "message")
    return [{name: str(one.get(name, "")) for name in names} | {"dropped": one.get("dropped", 0)} for one in outputs]


def _airing(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "slot_id": one["slot_id"],
        "title": one["title"],
        "trigger": one.get("trigger", ""),
        "zone": one.get("zone", ""),
        "started_at": told.instant(one["started_at"]),
        "played_ms": one["played_ms"],
        "total_ms": one["total_ms"],
        "left_ms": max(one["total_ms"] - one["played_ms"], 0),
    }


@air.get(
    "/on-air/events",
    may="see",
    says="The same as an event stream, whenever it has changed; ends after ten minutes.",
    media="text/event-stream",
)
def events(asked: Asked) -> Response:
    streams: Streams = current_app.extensions["streams"]
    key = f"key {asked.token.id}" if asked.token else ""
    place = streams.enter(known(key, asked.actor), key)
    if place is None:
        raise Refused("streams_full", seconds=5)
    left = request.environ.get("waitress.client_disconnected", lambda: False)
    gone = lambda: left() or place.given_up.is_set()  # noqa: E731 - one word for both
    answer = Response(stream_with_context(_changes(asked, gone)), mimetype="text/event-stream")
    answer.call_on_close(lambda: streams.leave(place))  # also when nobody ever reads it
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _changes(asked: Asked, gone: Callable[[], bool]) -> Iterator[str]:
    """Events until the server stops, the reader goes, the key is revoked, or the time is over."""
    clock, stop = station().clock, current_app.extensions.get("stop") or threading.Event()
    began, spoke = clock.monotonic(), float("-inf")
    seen: object = None
    try:
        while not stop.is_set() and not gone() and (mono := clock.monotonic()) - began < STREAM_FOR:
            found = on_air()
            key = _key(found)
            if key != seen or mono - spoke >= SPEAK_EVERY:
                if asked.token is None or not services().tokens.still_live(asked.token.id):
                    return
                seen, spoke = key, mono
                yield f"event: on-air\ndata: {json.dumps(found, ensure_ascii=False)}\n\n"
            stop.wait(LOOK_EVERY)
    finally:
        station().end_reading()  # the thread's connection ends with its long read


def _key(found: dict[str, Any]) -> object:
    """All of it but what passes by itself: clocks, and how far an airing has come."""
    sounding = [(one["slot_id"], one["total_ms"]) for one in found["airings"]]
    following = found["next"] and (found["next"]["id"], found["next"]["start"])
    return found["alive"], found["clock_trusted"], sounding, following, found["outputs"]


@air.post(
    "/on-air/play",
    may="play_now",
    says="Air an approved announcement as soon as may be.",
    takes=ref("PlayIn"),
    gives=ref("Order"),
    status=202,
)
def play(asked: Asked) -> Told:
    body = asked.body
    zone = body.get("zone", DEFAULT_ZONE)
    permit(asked.actor, "play_now", zone)
    slot_id = services().air.play_now(
        asked.actor,
        body["announcement_id"],
        chime=body.get("chime", True),
        repeat=body.get("repeat", 1),
        zone=zone,
    )
    return Told({"slot_id": slot_id}, location=f"/api/v1/slots/{slot_id}")


@air.post(
    "/on-air/stop",
    may="stop",
    says="Stop what sounds now; with `slot_id`, only if it is still that one. `waiting`: emergencies that will sound.",
    takes=ref("StopIn"),
    status=202,
    gives=given(ordered={"type": "boolean"}, waiting={"type": "integer"}),
)
def stop(asked: Asked) -> Told:
    slot_id = asked.body.get("slot_id") or None
    if slot_id is not None:
        permit(asked.actor, "stop", services().air.red.zone_of(slot_id))
    elif asked.actor.zones:
        permit(asked.actor, "stop", DEFAULT_ZONE)  # who has zones says what is to stop
    done = services().air.stop(asked.actor, slot_id, also_waiting=asked.body.get("also_waiting", False))
    return Told({"ordered": True, "waiting": len(done.waiting)})
