"""What every part of the desk works with, and the one place where a person's right to an act is asked.

It holds no rule: which role may do what is `core.approval`'s table.
"""

from dataclasses import dataclass

from audio_assets.library import Library
from scheduler.clock import Clock
from scheduler.config import Config
from scheduler.core.approval import may
from scheduler.core.model import Person
from scheduler.errors import NotPermitted, Refused
from scheduler.store import Jobs, Journal, Leases, People, Programme, Relays, Slots, Store, Todos


@dataclass(frozen=True, slots=True)
class Parts:
    """The rooms the desk reaches into."""

    config: Config
    clock: Clock
    store: Store
    people: People
    programme: Programme
    relays: Relays
    leases: Leases
    slots: Slots
    journal: Journal
    todos: Todos
    jobs: Jobs
    library: Library


def known_zone(config: Config, zone: str) -> None:
    """Raise Refused zone_unknown for a zone that no loudspeaker is in: what is aired there sounds nowhere."""
    if zone not in config.zone_names:
        raise Refused("zone_unknown", zone=zone[:80])


def permit(actor: Person, act: str) -> None:
    """Raise NotPermitted unless this person may do `act`."""
    if not actor.active or not may(actor.role, act):
        raise NotPermitted(act, actor.role.value)
