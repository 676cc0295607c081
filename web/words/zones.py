"""Vùng phát in words: which zones this station has, how they are called, and which outputs sound in one.

Read from the configuration; it decides nothing.
"""

from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.planning.sessions import sounds_in
from scheduler.kernel.errors import Refused
from scheduler.services.planning.time_judge import own_zones
from web.auth import actor, services

__all__ = ["chosen_zone", "outputs_of", "own_zone_choices", "zone_choices", "zone_word"]

EVERYWHERE = "Tất cả các loa"


def zone_choices() -> dict[str, str]:
    """Every zone that can be chosen, with its word; the whole ward first."""
    return {name: zone_word(name) for name in services().config.zone_names}


def own_zone_choices() -> dict[str, str]:
    """Where this person may have something sound; one alone is nothing to choose."""
    bound = own_zones(actor())
    return {zone: word for zone, word in zone_choices().items() if bound is None or zone in bound}


def zone_word(zone: str) -> str:
    return EVERYWHERE if zone == DEFAULT_ZONE else f"Vùng {zone}"


def chosen_zone(typed: str | None) -> str:
    """The zone a form names; none = everywhere. Raises Refused zone_unknown."""
    zone = typed or DEFAULT_ZONE
    if zone not in zone_choices():
        raise Refused("zone_unknown", zone=zone[:80])
    return zone


def outputs_of(zone: str) -> list[str]:
    """The names of the outputs that are heard in a zone."""
    return [output.name for output in services().config.outputs if sounds_in(zone, output.zones)]
