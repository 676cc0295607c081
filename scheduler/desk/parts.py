"""What every part of the desk works with, and the one place where a person's right to an act is asked.

It holds no rule: which role may do what is `core.approval`'s table.
"""

from dataclasses import dataclass

from audio_assets.library import Library
from scheduler.clock import Clock
from scheduler.config import Config
from scheduler.core.approval import may
from scheduler.core.model import Person
from scheduler.errors import NotPermitted
from scheduler.store import Jobs, Journal, People, Programme, Slots, Store


@dataclass(frozen=True, slots=True)
class Parts:
    """The rooms the desk reaches into."""

    config: Config
    clock: Clock
    store: Store
    people: People
    programme: Programme
    slots: Slots
    journal: Journal
    jobs: Jobs
    library: Library


def permit(actor: Person, act: str) -> None:
    """Raise NotPermitted unless this person may do `act`."""
    if not actor.active or not may(actor.role, act):
        raise NotPermitted(act, actor.role.value)
