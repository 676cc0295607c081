"""The words of the on-air bar: what sounds, what comes next, how everything behind the sound is.

What sounds is read from playout's heartbeat, never from the plan. Everything here is read fresh; nothing is decided.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from scheduler.core.air.output_kinds import output_kind
from scheduler.core.air.output_words import loudness, state_word
from scheduler.core.model import Trigger
from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import NotFound
from scheduler.kernel.words import Words
from scheduler.services import FaultsSeen, OnAir
from scheduler.services.air.output_states import outputs_seen, silence, silent_zones
from web.auth import services, station
from web.formats import clock_words
from web.words.fault_words import faults_told
from web.words.zones import zone_word

__all__ = [
    "MARKS",
    "air_words",
    "airings_words",
    "health_words",
    "next_words",
    "no_loudspeaker",
]

MARKS = {
    "played": "done",
    "partial": "warn",
    "pre_empted": "warn",
    "missed": "err",
    "refused": "err",
    "failed": "err",
    "cancelled": "off",
    "recorded": "warn",
}
"""How an outcome looks; the word stands beside it always."""
_SOUNDING = Words(Path(__file__).parent, "sounding", str)
KINDS = {
    "": ("air", "play", _SOUNDING[""]),
    Trigger.EMERGENCY.value: ("emg", "warn", _SOUNDING[Trigger.EMERGENCY.value]),
    Trigger.DRILL.value: ("drill", "warn", _SOUNDING[Trigger.DRILL.value]),
    Trigger.TEST.value: ("drill", "speaker", _SOUNDING[Trigger.TEST.value]),
    Trigger.LIVE.value: ("air", "mic", _SOUNDING[Trigger.LIVE.value]),
    Trigger.RELAY.value: ("air", "relay", _SOUNDING[Trigger.RELAY.value]),
}
"""How what sounds looks: mark, picture, word."""
_RELAY = Words(Path(__file__).parent, "relay_states", str)
RELAY_STATES = {
    "idle": (_RELAY["idle"], "off"),
    "starting": (_RELAY["starting"], "wait"),
    "on": (_RELAY["on"], "air"),
    "silent": (_RELAY["silent"], "err"),
    "lost": (_RELAY["lost"], "err"),
    "refused": (_RELAY["refused"], "err"),
}
RELAY_SOURCES = Words(Path(__file__).parent, "relay_sources", str)
_AMPLIFIER = Words(Path(__file__).parent, "amplifier_states", str)
AMPLIFIER_STATES = {
    "none": ("", "off"),
    "off": (_AMPLIFIER["off"], "off"),
    "on": (_AMPLIFIER["on"], "done"),
    "switching": (_AMPLIFIER["switching"], "wait"),
    "failed": (_AMPLIFIER["failed"], "err"),
}
"""State of the amplifier's power -> its word and look; `none` = this station has no such switch."""


def air_words(on_air: OnAir, faults: FaultsSeen) -> dict[str, Any]:
    """What the bar says of the air and of the station. `started_ms` and `now_ms` let the page count on by the
    server's clock.
    """
    airings = airings_words(on_air)
    return clock_words() | {
        "on_air": on_air,
        "airings": airings,
        "airing": airings[0] if airings else None,
        **no_loudspeaker(on_air),
        "station_faults": faults_told(faults),
        "health": _health(on_air),
        "troubled_outputs": [output for output in on_air.outputs if output["state"] != "open"] if on_air.alive else [],
    }


def next_words(on_air: OnAir) -> dict[str, Any]:
    """What the bar says of the next airing, which has not begun to sound."""
    now, sounding = station().clock.now(), {one["slot_id"] for one in on_air.airings}
    upcoming = services().slots.open_between(now, now + timedelta(hours=24))
    following = next((slot for slot in upcoming if slot.id not in sounding), None)
    return {
        "next_slot": following,
        "next_title": services().announcements.get(following.announcement_id).title if following else "",
        "next_where": zone_word(following.zone) if following else "",
    }


def airings_words(on_air: OnAir) -> list[dict[str, Any]]:
    """Everything that sounds; what goes before the rest is first."""
    at = on_air.at
    return [_sounding(one, at) for one in reversed(on_air.airings)] if at else []


def _sounding(airing: dict[str, Any], at: datetime) -> dict[str, Any]:
    now, started, total = station().clock.now(), _began(airing, at), airing["total_ms"]
    played_ms = max(round((now - started) / timedelta(milliseconds=1)), 0)
    played_ms = min(played_ms, total) if total else played_ms  # 0: its words are still being spoken
    trigger = airing.get("trigger") or _trigger(airing["slot_id"])
    zone = airing.get("zone", "")
    mark, picture, word = KINDS.get(trigger, KINDS[""])
    return airing | {
        "trigger": trigger,
        "mark": mark,
        "picture": picture,
        "word": word,
        "zone_word": zone_word(zone) if zone else "",
        "played_ms": played_ms,
        "started_ms": round(started.timestamp() * 1000),
        "ends_at": now + timedelta(milliseconds=max(total - played_ms, 0)),
    }


def _trigger(slot_id: str) -> str:
    try:
        return services().slots.facts(slot_id).slot.trigger.value
    except NotFound:
        return ""


def health_words() -> dict[str, Any]:
    """How everything behind the sound is: outputs, relays under way, the amplifier's power."""
    on_air = services().air.on_air()
    return _health(on_air)


def _health(on_air: OnAir) -> dict[str, Any]:
    amplifier = on_air.amplifier
    return {
        "outputs": _outputs_words(on_air),
        "relays": [_relay_words(one) for one in on_air.relay],
        "amplifier": amplifier | dict(zip(("word", "mark"), _amplifier(amplifier.get("state", "none")), strict=True)),
    }


def _amplifier(state: str) -> tuple[str, str]:
    return AMPLIFIER_STATES.get(state, (state, "warn"))


def _relay_words(relay: dict[str, Any]) -> dict[str, Any]:
    """One relay or live voice: its title, what it listens to now, and how that is."""
    state, source = relay.get("state", ""), relay.get("source", "")
    word, mark = RELAY_STATES.get(state, (state, "warn"))
    try:
        facts = services().slots.facts(relay["slot_id"])
        title, announcement_id = facts.title, facts.slot.announcement_id
    except NotFound:
        title, announcement_id = relay["slot_id"], 0
    return relay | {
        "title": title,
        "announcement_id": announcement_id,
        "source_word": RELAY_SOURCES.get(source, source),
        "word": word,
        "mark": mark,
        "why": sentence(relay.get("reason", "")),
    }


def _outputs_words(on_air: OnAir) -> list[dict[str, Any]]:
    """Every output that playout reports, in words."""
    seen = {one.name: one for one in outputs_seen(services().config, on_air.outputs)}
    return [
        output
        | {
            "word": state_word(seen[output["name"]]),
            "is_well": seen[output["name"]].is_well,
            "is_proved": seen[output["name"]].is_proved or not seen[output["name"]].counts,
            "kind_word": output_kind(output["kind"]).label,
            "loudness": loudness(seen[output["name"]]),
            "dropped": output.get("dropped", 0),
        }
        for output in on_air.outputs
    ]


def _began(airing: dict[str, Any], at: datetime) -> datetime:
    """When what sounds began, moved later by whatever the outputs have fallen behind."""
    heard = at - timedelta(milliseconds=airing["played_ms"])
    return max(datetime.fromisoformat(airing["started_at"]), heard)


def no_loudspeaker(on_air: OnAir | None = None) -> dict[str, Any]:
    """What no loudspeaker sounds: `unheard`, where the sound of the station goes instead (empty when one may sound it),
    and `mute_zones`, the zones without one. Of a playout that is silent, as the configuration has it.
    """
    on_air, config = on_air or services().air.on_air(), services().config
    return {
        "unheard": silence(config, on_air.outputs if on_air.alive else ()),
        "mute_zones": [zone_word(zone) for zone in silent_zones(config, on_air.outputs if on_air.alive else ())],
    }
