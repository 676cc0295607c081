"""Sounds that only typing made: speech of a draft in a pause, of which a later pause has made a newer one.

Pure: what is known of a sound decides whether it goes. Whatever is not known keeps it. Its life is also the life of the
cache: the same words typed again within it are not read anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scheduler.core.model import AnnouncementState, Sha256

__all__ = ["LIFE", "KnownSound", "handed_on", "may_go"]

LIFE = timedelta(days=7)
"""How long a sound stays that nothing names, after it was made or given out of the cache."""
_DRAFT = AnnouncementState.DRAFT.value


@dataclass(frozen=True, slots=True)
class KnownSound:
    """What the station knows of a sound of the library."""

    sha256: Sha256
    origin: str
    used_at: datetime
    """When it was made, or last asked for and found made."""
    retired: bool = False
    by_draft: bool = False
    """A job that reads a draft or a sentence of one has made it."""
    handed_on: bool = False
    """It stood in an announcement that was more than a draft, or nobody can tell that it did not."""
    by_person: bool = False
    """A person has done something with the sound itself."""
    named: bool = False
    """A row or a file of the station names it, but for its own, those jobs and the log of acts."""


def may_go(sound: KnownSound, now: datetime) -> bool:
    """Whether only typing made it and nothing has needed it for `LIFE`."""
    kept = sound.retired or sound.handed_on or sound.by_person or sound.named
    return sound.origin == "speech" and sound.by_draft and not kept and now - sound.used_at > LIFE


def handed_on(acts: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> frozenset[str] | None:
    """The sounds with which an announcement was more than a draft; None = its acts do not tell.

    `acts`: before and after of each row of the log of acts about it, the oldest first; only what changed stands there.
    """
    found: set[str] = set()
    known, sound, state = False, None, None
    for before, after in acts:
        if not before:
            known, sound, state = True, after.get("audio_sha256"), after.get("state")
        if not known or before.get("state", state) != state or before.get("audio_sha256", sound) != sound:
            return None  # a row is missing before this one
        sound, state = after.get("audio_sha256", sound), after.get("state", state)
        if state != _DRAFT:
            found.add(str(sound))
    return frozenset(found) if known else None
