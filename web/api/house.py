"""The station itself over the API: its name and clock, zones, outputs, what needs doing, health; whose key this is.

Everything here is read. What a zone reaches is told where the ward has said so.
"""

from scheduler.core.planning.sessions import sounds_in
from web.api import told
from web.api.air import output_states
from web.api.contract import Asked, Subject, Told, ref
from web.api.shapes import array, given
from web.auth import services, station
from web.health import health_told, release

subject = Subject("station", "The station: clock, zones, outputs, things to do, health.")


@subject.get("/station", may="see", says="Its name, time zone, clock and release.", gives=ref("Station"))
def one(asked: Asked) -> Told:  # noqa: ARG001 - every operation is given what was asked
    kept = station().config.station
    return Told(
        {
            "name": kept.name,
            "time_zone": kept.time_zone,
            "now": told.instant(station().clock.now()),
            "version": release(),
            "one_officer": kept.one_officer,
        }
    )


@subject.get("/token", may="see", says="Whose key this is, and what it may do.", gives=ref("Token"))
def key(asked: Asked) -> Told:
    token, actor = asked.token, asked.actor
    return Told(
        {
            "name": token.name if token else "",
            "owner": actor.name,
            "role": actor.role.value,
            "acts": sorted(actor.scope or ()),
            "zones": list(actor.zones),
            "expires_at": told.instant(token.expires_at if token else station().clock.now()),
        }
    )


@subject.get(
    "/zones", may="see", says="Its zones, and which outputs sound in each.", gives=given(items=array(ref("Zone")))
)
def zones(asked: Asked) -> Told:  # noqa: ARG001 - as above
    config, homes = station().config, services().settings.homes
    items = [
        {
            "name": name,
            "outputs": [output.name for output in config.outputs if sounds_in(name, output.zones)],
            "homes": homes(name),
        }
        for name in config.zone_names
    ]
    return Told({"items": items})


@subject.get(
    "/outputs", may="see", says="Its outputs, as playout reports them.", gives=given(items=array(ref("Output")))
)
def outputs(asked: Asked) -> Told:  # noqa: ARG001 - as above
    found = services().air.on_air()
    live = {one["name"]: one for one in output_states(found.outputs)} if found.alive else {}
    items = []
    for output in station().config.outputs:
        seen = live.get(output.name)
        state = seen or {"kind": output.kind, "state": "unknown", "message": "", "dropped": 0}
        items.append({**state, "name": output.name, "zones": list(output.zones)})
    return Told({"items": items})


@subject.get(
    "/todo",
    may="see",
    says="What will fail or waits for somebody, soonest first.",
    gives=given(items=array(ref("Todo"))),
)
def todo(asked: Asked) -> Told:  # noqa: ARG001 - as above
    return Told({"items": [told.task(one) for one in services().to_do.open()]})


@subject.get("/health", may="see", says="How it is, thing by thing; also the disk.", gives=ref("Health"))
def health(asked: Asked) -> Told:  # noqa: ARG001 - as above
    return Told(health_told(station(), deep=True))
