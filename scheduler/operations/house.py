"""The station itself: its name and clock, zones, outputs, what needs doing, health; whose key this is.

Everything here is read. What a zone reaches is told where the ward has said so.
"""

from typing import Annotated, Literal

from msgspec import Meta

from scheduler.core.planning.sessions import sounds_in
from scheduler.core.station.health import HealthState
from scheduler.core.station.tasks import Task, task_sentence
from scheduler.operations.air import output_state
from scheduler.operations.health import health_to_dict, release
from scheduler.operations.schemas import At, Count, Items, Record
from scheduler.operations.serializers import OutputState, instant, of
from scheduler.operations.table import Answer, Call, Subject

subject = Subject("station", "The station: clock, zones, outputs, things to do, health.")


class Zone(Record, frozen=True):
    name: str
    outputs: list[str]
    homes: Count | None


class Output(OutputState, frozen=True):
    zones: list[str]


class Todo(Record, frozen=True):
    key: str
    reason: str
    sentence: str
    gravity: Literal["now", "fails", "waits", "heed"]
    mend: Annotated[str, Meta(description="What mends it.")]
    about: str
    title: str
    due: At | None


class Check(Record, frozen=True):
    name: str
    state: HealthState
    reason: str
    sentence: str


class Health(Record, frozen=True):
    status: HealthState
    checks: list[Check]
    version: str


class Station(Record, frozen=True):
    name: str
    time_zone: str
    now: At
    version: str
    one_officer: bool


class Token(Record, frozen=True):
    name: str
    owner: str
    role: str
    acts: list[str]
    zones: list[str]
    expires_at: At


@subject.get("/station", may="see")
def one(call: Call) -> Answer[Station]:
    """Its name, time zone, clock and release."""
    kept, now = call.station.config.station, instant(call, call.station.clock.now())
    return Answer(of(Station, call, kept, now=now, version=release()))


@subject.get("/token", may="see")
def key(call: Call) -> Answer[Token]:
    """Whose key this is, and what it may do."""
    token, actor = call.token, call.actor
    return Answer(
        Token(
            name=token.name if token else "",
            owner=actor.name,
            role=actor.role.value,
            acts=sorted(actor.scope or ()),
            zones=list(actor.zones),
            expires_at=instant(call, token.expires_at if token else call.station.clock.now()),
        )
    )


@subject.get("/zones", may="see")
def zones(call: Call) -> Answer[Items[Zone]]:
    """Its zones, and which outputs sound in each."""
    config, homes = call.station.config, call.services.settings.homes
    heard = {name: [one.name for one in config.outputs if sounds_in(name, one.zones)] for name in config.zone_names}
    return Answer(Items([Zone(name, outputs, homes(name)) for name, outputs in heard.items()]))


@subject.get("/outputs", may="see")
def outputs(call: Call) -> Answer[Items[Output]]:
    """Its outputs, as playout reports them."""
    found = call.services.air.on_air()
    live = {one["name"]: one for one in found.outputs} if found.alive else {}
    return Answer(
        Items(
            [
                of(
                    Output,
                    call,
                    output_state({"kind": one.kind, "state": "unknown"} | live.get(one.name, {})),
                    name=one.name,
                    zones=list(one.zones),
                )
                for one in call.station.config.outputs
            ]
        )
    )


@subject.get("/todo", may="see")
def todo(call: Call) -> Answer[Items[Todo]]:
    """What will fail or waits for somebody, soonest first."""
    return Answer(Items([to_todo(call, one) for one in call.services.to_do.open()]))


@subject.get("/health", may="see")
def health(call: Call) -> Answer[Health]:
    """How it is, thing by thing; also the disk."""
    return Answer(Health(**health_to_dict(call.station, deep=True)))


def to_todo(call: Call, one: Task) -> Todo:
    told = {"gravity": one.gravity.name.lower(), "title": str(one.details.get("title", ""))}
    return of(Todo, call, one, sentence=task_sentence(one), **told)
