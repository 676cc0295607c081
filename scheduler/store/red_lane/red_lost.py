"""Rows that an order of the red lane speaks of and a restored database lacks, made again by what the ring knows.

An account that is younger than the backup comes back closed, so that the journal names who ordered and nobody can sign
in with it. An announcement comes back withdrawn, with its title and the hash of what sounded: nothing airs by it again.
"""

from dataclasses import replace
from datetime import datetime

from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import HOUSE_RATE, AnnouncementState, Frames, Person, Slot
from scheduler.store.database import Store, insert, instant_text
from scheduler.store.planning.programme import Programme

__all__ = ["announcement_here", "person_here"]

_CLOSED = "!"
"""No hash of any password."""


def person_here(store: Store, person: Person, at: datetime) -> Person:
    """Who acted, by the account of this login; one that is not here is made, closed."""
    row = store.row("SELECT id FROM person WHERE login = ?", (person.login,))
    if row is not None:
        return person if row["id"] == person.id else replace(person, id=row["id"])
    with store.write() as db:
        values = {"login": person.login, "name": person.name, "role": person.role.value, "password_hash": _CLOSED}
        made = insert(db, "person", values | {"active": 0, "created_at": instant_text(at)})
    return replace(person, id=made)


def announcement_here(programme: Programme, slot: Slot, title: str, person: Person, at: datetime) -> int:
    """The announcement of an order (`title`: its first letters).

    Where its number is not here, or means another one, one of that sound is made.
    """
    row = programme.store.row("SELECT title, audio_sha256 FROM announcement WHERE id = ?", (slot.announcement_id,))
    if row is not None and (row["title"].startswith(title) or row["audio_sha256"] == slot.audio_sha256):
        return slot.announcement_id
    frames = Frames(max(1, round(slot.length.total_seconds() * HOUSE_RATE)))  # of all of it: no less is known
    programme.add_clip(StoredClip(slot.audio_sha256, title, "speech", frames, at, person.id))
    values = {
        "title": title,
        "text": title,
        "kind": "typed",
        "state": AnnouncementState.WITHDRAWN.value,
        "audio_sha256": slot.audio_sha256,
        "priority": slot.priority.value,
        "author_id": person.id,
        "approved_sha256": slot.audio_sha256,
    }
    return programme.add_announcement(values, at)
