"""Trang công khai: whether it is open, what it tells, and the small sound of what was aired.

It reads the journal; it changes nothing and asks nobody who they are. A sound is found by a name made of its journal
row's hash: who has not seen the page cannot guess it, and what was not aired in the last day has none. The switch is a
setting like others (`services.station.settings`), with its own right.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from audio_assets.preview_audio import PreviewFiles
from scheduler.core.model import Announcement, AnnouncementState, Sha256, Slot, Trigger
from scheduler.extras.public.keys import PublicConfig
from scheduler.extras.public.rows.public_page import PublicRows
from scheduler.extras.public.rules.public_page import SHOWN_FOR, Item, items
from scheduler.kernel.errors import LoaError, NotFound
from scheduler.services.repositories import Repositories

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["Coming", "PublicService", "make_one", "sound_name"]

COMING_WITHIN = timedelta(hours=12)
MOST_COMING = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Coming:
    """What is planned next."""

    start: datetime
    title: str
    zone: str


def sound_name(item: Item) -> str:
    """What its sound is called outside: nothing of ours can be read out of it."""
    return hashlib.sha256(f"loa:{item.key}".encode()).hexdigest()[:24]


class PublicService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._rows = PublicRows(repos.store)
        self._light = PreviewFiles(repos.library)
        self._unmade: dict[str, datetime] = {}

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        return cls(services.repos)

    @property
    def is_open(self) -> bool:
        return self._repos.config.get(PublicConfig).on

    def aired(self) -> list[Item]:
        """What was heard in the last 24 hours, newest first."""
        now = self._repos.clock.now()
        since = now - SHOWN_FOR
        today = self._repos.config.station.day_of(now)
        days = [today - back * _DAY for back in range(3)]
        return items(self._rows.aired(since, days))

    def coming(self) -> list[Coming]:
        """What is planned next and approved; nothing where the station does not tell."""
        if not self._repos.config.get(PublicConfig).shows_next:
            return []
        now = self._repos.clock.now()
        found = []
        for slot in self._repos.slots.open_between(now, now + COMING_WITHIN):
            seen = self._repos.programme.announcement(slot.announcement_id)
            if _is_public(slot, seen):
                found.append(Coming(slot.start, seen.title, slot.zone))
            if len(found) == MOST_COMING:
                break
        return found

    def has_sound(self, item: Item) -> bool:
        """Whether the small file of an item is there to be heard."""
        return bool(item.audio_sha256) and self._light.has(Sha256(item.audio_sha256))

    def sound_of(self, item: Item) -> Path:
        """The small file of an item. Raises NotFound."""
        if not item.audio_sha256:
            raise NotFound("audio", "")
        return self._light.path(Sha256(item.audio_sha256))

    def kilobytes(self, item: Item) -> int:
        """How much listening to it costs; 0 = its file is not there."""
        try:
            return -(-self.sound_of(item).stat().st_size // 1000)
        except (NotFound, FileNotFoundError):
            return 0

    def make_one(self, breathe: Callable[[], None] = lambda: None) -> bool:
        """Make one small file that is wanted and not there, and let go those nobody wants; False when none is left.

        One that cannot be made (its master is gone or changed) is not tried again for an hour.
        """
        if not self.is_open:
            return False
        wanted = {one.audio_sha256 for one in self.aired() if one.audio_sha256}
        self._light.keep_only(wanted)
        now = self._repos.clock.now()
        for sha256 in sorted(wanted):
            if self._light.has(Sha256(sha256)) or self._unmade.get(sha256, now) > now:
                continue
            try:
                self._light.make(Sha256(sha256), breathe)
            except LoaError:
                self._unmade[sha256] = now + timedelta(hours=1)
            return True
        return False


def make_one(services: "Services", breathe: Callable[[], None]) -> bool:
    """For the worker: see `PublicService.make_one`."""
    return services.get(PublicService).make_one(breathe)


def _is_public(slot: Slot, seen: Announcement) -> bool:
    """Relays are approved as a list of sources, all else as a sound."""
    if slot.trigger in {Trigger.DRILL, Trigger.LIVE, Trigger.EMERGENCY, Trigger.TEST}:
        return False
    return seen.state is AnnouncementState.APPROVED
