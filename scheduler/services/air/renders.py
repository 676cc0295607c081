"""Renders for horns: which are wanted, made ahead by the worker, found by playout, swept when unneeded.

Wanted is what is planned within two days, what was approved within two, every emergency that is ready, and the chimes;
each for the profiles of the outputs that would sound it. A render is a convenience: where it is missing, changed or of
another length the master is aired, and the disk's last room is left to the journal. Nothing waits for one.
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from audio_assets.render_files import RenderFiles
from scheduler.core.air.horn import HornProfile, Needed, profiles_in
from scheduler.core.model import DEFAULT_ZONE, Frames, Sha256
from scheduler.core.planning.sessions import sounds_in
from scheduler.core.station.readiness import LEAST_FREE
from scheduler.kernel.disk_reserve import free_bytes
from scheduler.kernel.errors import LoaError, Refused
from scheduler.services.repositories import Repositories
from scheduler.store.air.renders import Renders, StoredRender

if TYPE_CHECKING:
    from audio_assets.loudness import Pcm

__all__ = ["AHEAD", "ProfileShown", "RenderService", "Wanted"]

log = logging.getLogger(__name__)

AHEAD = timedelta(hours=48)
FRESH = timedelta(hours=48)
BEHIND = timedelta(days=1)
"""An airing that is late or goes on after an emergency still wants its render."""
AGAIN_AFTER = timedelta(hours=1)
"""What could not be made is tried again then."""
SWEEP_EVERY = timedelta(hours=1)
_ROOM = 2 * LEAST_FREE
"""Bytes of the disk that no render is made into."""
_SAMPLES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """A render that should be there."""

    clip: Needed
    profile: HornProfile

    @property
    def key(self) -> tuple[Sha256, str]:
        return self.clip.sha256, self.profile.key


@dataclass(frozen=True, slots=True)
class ProfileShown:
    """A profile in use, for people: who uses it, how many of its renders are ready, and some to listen to."""

    profile: HornProfile
    outputs: tuple[str, ...]
    wanted: int
    ready: int
    samples: tuple[Needed, ...]


class RenderService:
    def __init__(self, repos: Repositories, free_bytes: Callable[[Path], int] = free_bytes) -> None:
        """`free_bytes`: what is left of the disk that a folder lies on."""
        self._repos = repos
        self._free_bytes = free_bytes
        self._rows = Renders(repos.store)
        self._files = RenderFiles(repos.library)
        self._of_output = repos.config.horn_of
        self._outputs = [(output.name, output.zones) for output in repos.config.outputs]
        self._failed: dict[tuple[Sha256, str], datetime] = {}
        self._swept_at: datetime | None = None
        self._is_full = False

    # What playout asks

    def profiles_in(self, zone: str) -> dict[str, HornProfile]:
        """Output -> profile, of the outputs that sound what is aired in `zone` and are given a render."""
        return profiles_in(zone, self._outputs, self._of_output)

    def outputs_in(self, zone: str) -> list[str]:
        """The outputs that sound what is aired in `zone`."""
        return [name for name, zones in self._outputs if sounds_in(zone, zones)]

    def load(self, master: Sha256, frames: int, profile: HornProfile) -> "Pcm | None":
        """The render of a master of so many frames, whole and hash checked; None = play the master."""
        row = self._rows.get(master, profile.key)
        if row is None or row.frames != frames:
            return None
        try:
            pcm = self._files.load(master, profile.key, row.sha256)
        except (Refused, OSError, ValueError) as fault:
            log.warning("render of %s for %s: %s; the master is played", master[:12], profile.name, fault)
            with suppress(LoaError, sqlite3.OperationalError):  # so that the worker makes it anew
                self._rows.forget([(master, profile.key)])
            return None
        return pcm if len(pcm) == frames else None

    # What the worker does

    def wanted(self, now: datetime) -> list[Wanted]:
        """Every render that should be there, the soonest needed first."""
        if not self._of_output:
            return []
        found: dict[tuple[Sha256, str], Wanted] = {}
        for clip in (*self._chimes(), *self._rows.needed(now - BEHIND, now + AHEAD, now - FRESH, DEFAULT_ZONE)):
            for profile in self.profiles_in(clip.zone).values():
                one = Wanted(clip, profile)
                found.setdefault(one.key, one)
        return list(found.values())

    def work(self, breathe: Callable[[], None] = lambda: None) -> bool:
        """Make the first render that is wanted and not there; once an hour take away those that are not wanted.

        False = nothing was made. `breathe` is called several times a second of work; what it raises ends the work and
        leaves nothing behind.
        """
        now = self._repos.clock.now()
        wanted = self.wanted(now)
        one = next((one for one in wanted if not self._is_there(one) and not self._rests(one, now)), None)
        if one and self._has_room(one.clip.frames):
            self._make(one, now, breathe)
            return True
        if self._swept_at is None or not timedelta(0) <= now - self._swept_at < SWEEP_EVERY:
            self._swept_at = now
            self._sweep({one.key for one in wanted})
        return False

    def _make(self, one: Wanted, now: datetime, breathe: Callable[[], None]) -> None:
        profile = one.profile
        try:
            made = self._files.make(one.clip.sha256, profile, breathe)
            if made.frames != one.clip.frames:
                raise Refused("audio_changed", sha256=one.clip.sha256)
            self._rows.keep(
                StoredRender(one.clip.sha256, profile.key, made.sha256, made.frames, made.lufs, self._repos.clock.now())
            )
        except (LoaError, OSError, EOFError) as fault:
            log.warning("no render of %s for %s: %s", one.clip.sha256[:12], profile.name, fault)
            self._failed[one.key] = now
        else:
            log.info("render of %s for %s: %d frames", one.clip.sha256[:12], profile.name, made.frames)

    def _rests(self, one: Wanted, now: datetime) -> bool:
        """Whether it could not be made a short while ago."""
        failed = self._failed.get(one.key)
        return failed is not None and timedelta(0) <= now - failed < AGAIN_AFTER

    def _is_there(self, one: Wanted) -> bool:
        row = self._rows.get(*one.key)
        return row is not None and row.frames == one.clip.frames and self._files.has(*one.key, row.frames)

    def _has_room(self, frames: Frames) -> bool:
        """Room for the render and the file in between, and what must stay free."""
        is_full = self._free_bytes(self._repos.config.data) < _ROOM + 4 * frames
        if is_full and not self._is_full:
            log.warning("the disk is too full for renders; masters are played")
        self._is_full = is_full
        return not is_full

    def _sweep(self, wanted: set[tuple[Sha256, str]]) -> None:
        """Rows first: playout never finds one whose file is just going."""
        gone = [key for row in self._rows.all() if (key := (row.master_sha256, row.profile)) not in wanted]
        if gone:
            self._rows.forget(gone)
        removed = self._files.sweep(wanted)
        if gone or removed:
            log.info("%d renders that nobody needs are gone", max(len(gone), removed))

    def _chimes(self) -> list[Needed]:
        """The station's own, all of them as they are now: an emergency's siren is chosen when it is ordered."""
        sql = (
            "SELECT sha256, frames, title, max(created_at) FROM clip"
            " WHERE origin = 'bundled' AND cache_key IS NOT NULL GROUP BY title"
        )
        return [
            Needed(Sha256(row["sha256"]), Frames(row["frames"]), row["title"], DEFAULT_ZONE, is_chime=True)
            for row in self._repos.store.rows(sql)
        ]

    # What people see and hear

    def path(self, master: Sha256, key: str) -> Path:
        """The file of a render, to be listened to. Raises NotFound."""
        return self._files.path(master, key)

    def shown(self) -> list[ProfileShown]:
        """Every profile that an output uses."""
        wanted = self.wanted(self._repos.clock.now())
        ready = [one for one in wanted if self._is_there(one)]
        shown: list[ProfileShown] = []
        for profile in {profile.key: profile for profile in self._of_output.values()}.values():
            users = tuple(name for name, own in self._of_output.items() if own.key == profile.key)
            mine = [one.clip for one in ready if one.profile.key == profile.key]
            speech = [clip for clip in mine if not clip.is_chime] or mine
            total = sum(one.profile.key == profile.key for one in wanted)
            shown.append(ProfileShown(profile, users, total, len(mine), tuple(speech[:_SAMPLES_SHOWN])))
        return shown
