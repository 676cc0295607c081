"""What may be ordered by the red lane, and its sound, in memory: ready before anybody needs it.

Refreshed by the service whenever the database can be read, and kept in a file then; what could not be read stays as it
was, or as the file has it where this life has read nothing yet. The lane asks for a programme and gets it without a
file, a row or a lock. It decides nothing: approval and right are told to the gate.
"""

import ctypes
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from scheduler.core.air.cue_list import Cue, length
from scheduler.core.model import Frames, Person, Priority, Sha256, Slot, Trigger
from scheduler.kernel.errors import LoaError
from scheduler.playout.programme import Programme
from scheduler.playout.sound import Sound, laid_out
from scheduler.services import Services
from scheduler.store import Row
from scheduler.store.red_lane.red_kept import KeptKit, RedKept, RedKit

__all__ = ["Kit", "RedSounds"]

log = logging.getLogger(__name__)

DRILL_TITLE = "Diễn tập"
"""What the words around a drill are called in the library."""
MOST_BYTES = 256 << 20
"""Sound that is kept ready: forty minutes of templates."""
LOOK_AT_RENDERS = 60.0
"""Seconds between looks at whether renders for horns have come."""
TOUCH_EVERY = 60.0
"""Seconds between two marks on the file that the rows still tell the same, and between two tries of a full disk."""
WARN_EVERY = 600.0


@dataclass(frozen=True, slots=True)
class Kit:
    """One template as one kind of order: what it consists of."""

    title: str
    approved_sha256: Sha256
    items: tuple[Cue, ...]
    sounds: Mapping[str, Sound]
    """Item -> its master."""
    named: Mapping[str, Sha256]
    """Item -> the hash of its master."""
    by_output: Mapping[str, Mapping[str, Mapping[str, Sound]]] = field(default_factory=dict)
    """Zone -> output -> the same for horns."""

    @property
    def length(self) -> timedelta:
        return length(self.items)

    def programme(self, slot: Slot) -> Programme:
        horns = {output: laid_out(self.items, made) for output, made in self.by_output.get(slot.zone, {}).items()}
        parts = laid_out(self.items, self.sounds)
        return Programme(slot.id, slot.zone, slot.priority, parts, by_output=horns)


_Key = tuple[int, str, str, str, int]
"""Announcement, sound, trigger, words around it, turns."""


class RedSounds:
    """Only the service refreshes; any thread may ask."""

    def __init__(self, services: Services) -> None:
        self._services, self._repos = services, services.repos
        self._kits: dict[_Key, Kit] = {}
        self._people: dict[int, Person] = {}
        self._loaded: dict[Sha256, Sound] = {}
        self._slots: dict[_Key, Slot] = {}
        """What the kits were made for, or tried to be."""
        self._marks: object = None
        self._looked = float("-inf")
        self._file = RedKept(self._repos.config.data)
        self._kept: RedKit | None = None
        """What this life has written into it."""
        self._kept_mark: object = None
        self._is_kept = False
        """The file holds what is marked."""
        self._kept_at = self._warned = float("-inf")
        self.as_of: datetime | None = None
        """Set: the rows could not be read in this life; what is served was told by them then."""
        self._has_read = False
        self._count = 0
        """Of the kits, made anew."""
        self.valid_for = timedelta(minutes=services.repos.config.emergency.valid_minutes)
        """How long after its press an emergency may still begin."""

    def person(self, person_id: int) -> Person | None:
        """Somebody who may still act, as last read."""
        return self._people.get(person_id)

    def kit(self, slot: Slot) -> Kit | None:
        """What a slot sounds; None = it is not ready here."""
        return self._kits.get(_key_of(slot))

    def refresh(self, wanted: tuple[Slot, ...] = ()) -> bool:
        """Read anew what may be ordered; whether that could be read. `wanted`: orders that found nothing ready."""
        return self._is_read(lambda: self._refresh(wanted))

    def look(self) -> bool:
        """No row has changed: renders may have come, and the file still holds. Whether rows could be read for it."""
        return self._is_read(self._renew)

    def _is_read(self, read: Callable[[], None]) -> bool:
        try:
            read()
        except (LoaError, sqlite3.Error, OSError, ValueError) as error:
            self._told_unread(error)
            if not self._has_read and self.as_of is None:
                self._use_kept()
            return False
        self._has_read, self.as_of = True, None
        self._keep()
        return True

    def told(self) -> dict[str, Any]:
        """For the heartbeat: how many templates an order finds ready, and as of when where rows could not be read."""
        ready = {key[0] for key in self._kits if key[2] == Trigger.EMERGENCY and key[0]}
        local = self._repos.written.station.local
        return {"ready": len(ready), "as_of": local(self.as_of).isoformat() if self.as_of else None}

    def _told_unread(self, error: Exception) -> None:
        """Now and then: it is tried in each turn."""
        if (mono := self._repos.clock.monotonic()) - self._warned >= WARN_EVERY:
            self._warned = mono
            log.warning("what may be ordered at once could not be read; what was read before stays: %s", error)

    def _keep(self) -> None:
        """For a start that cannot read rows; where no disk takes it, the file stays as it was, and as old."""
        clock = self._repos.clock
        mark, mono = (self._count, self._people, self._repos.config), clock.monotonic()
        is_told = mark == self._kept_mark
        if is_told and mono - self._kept_at < TOUCH_EVERY:
            return
        self._kept_at, self._kept_mark = mono, mark
        self._is_kept = self._is_kept and is_told
        try:
            if self._is_kept:
                self._file.still_holds(clock.now())
                return
            kits = tuple(_kept_kit(key, kit) for key, kit in self._kits.items() if key[0])
            kept = RedKit(kits, tuple(self._people.values()), self._repos.settings.values())
            if kept == self._kept:
                self._file.still_holds(clock.now())
            else:
                self._file.write(kept, clock.now())
                self._kept = kept
            self._is_kept = True
        except (OSError, sqlite3.Error) as error:
            log.warning("what may be ordered at once is not kept for a start without the database: %s", error)

    def _use_kept(self) -> None:
        """What the rows told last, from the file; each sound is held against its hash as always.

        Which renders are whole is told by rows: horns are given the masters.
        """
        as_of, kept = self._file.as_of(), self._file.read()
        if kept is None or as_of is None:
            return
        loaded, kits = dict[Sha256, Sound](), dict[_Key, Kit]()
        for one in kept.kits:
            try:
                sounds = {kind: self._load(sha256, loaded) for kind, sha256 in one.named.items()}
                items = tuple(Cue(kind, Frames(frames)) for kind, frames in one.items)
                made = Kit(one.title, one.approved_sha256, items, sounds, one.named)
            except (LoaError, OSError, ValueError) as error:
                log.warning("template %d is not ready to be ordered at once: %s", one.announcement_id, error)
            else:
                kits[one.announcement_id, one.audio_sha256, one.trigger, one.intro_sha256, one.repeat] = made
        self._people = {person.id: person for person in kept.people}
        self._kits, self._loaded, self.as_of = kits, loaded, as_of
        log.warning("%d kits are served as the rows told them until %s", len(kits), as_of.isoformat())

    def _refresh(self, wanted: tuple[Slot, ...]) -> None:
        repos = self._repos
        self.valid_for = timedelta(minutes=repos.config.emergency.valid_minutes)
        self._people = {one.id: one for one in repos.people.everybody() if one.active}
        templates, intro = repos.red_rows.templates(), repos.red_rows.newest_spoken(DRILL_TITLE)
        slots = {_key_of(slot): slot for slot in (*self._templates(templates, intro), *wanted)}
        said = [tuple(row.values()) for row in templates]
        marks = (said, tuple(slots), repos.config.chime, repos.red_rows.newest_bundled())
        self._slots = slots
        if marks == self._marks:
            self._renew()
        else:
            self._make()
            self._marks = marks

    def _renew(self) -> None:
        """The same kits, made anew now and then."""
        if self._slots and self._repos.clock.monotonic() - self._looked >= LOOK_AT_RENDERS:
            self._make()

    def _make(self) -> None:
        kits: dict[_Key, Kit] = {}
        loaded = dict(self._loaded)
        for key, slot in self._slots.items():
            try:
                kits[key] = self._made(slot, loaded)
            except (LoaError, OSError, ValueError) as error:
                log.warning("template %d is not ready to be ordered at once: %s", slot.announcement_id, error)
        used = {id(sound) for kit in kits.values() for sound in kit.sounds.values()}
        self._kits, self._loaded = kits, {sha: sound for sha, sound in loaded.items() if id(sound) in used}
        self._looked, self._count = self._repos.clock.monotonic(), self._count + 1

    def _templates(self, rows: list[Row], intro: Sha256 | None) -> Iterator[Slot]:
        """Each approved template as an emergency and as a drill, in a slot that never was."""
        now, repeat = self._repos.clock.now(), self._repos.config.emergency.repeat
        for row in rows:
            slot = Slot(
                id="",
                day=now.date(),
                zone="",
                start=now,
                length=timedelta(0),
                campaign_id=None,
                announcement_id=row["id"],
                audio_sha256=Sha256(row["audio_sha256"]),
                chime=True,
                repeat=repeat,
                priority=Priority.EMERGENCY,
                trigger=Trigger.EMERGENCY,
            )
            yield slot
            if intro is not None:
                yield replace(slot, repeat=1, priority=Priority.PRIORITY, trigger=Trigger.DRILL, intro_sha256=intro)

    def _made(self, slot: Slot, loaded: dict[Sha256, Sound]) -> Kit:
        """Raises Refused, NotFound where a sound is not as it was."""
        rundowns = self._services.rundowns
        title, approved = self._answered_for(slot)
        named = {"clip": slot.audio_sha256}
        if slot.chime:
            named |= {"open": rundowns.opening_sha256(slot, title), "close": rundowns.chime_sha256("close")}
        if slot.intro_sha256:
            named["intro"] = slot.intro_sha256
        sounds = {kind: self._load(sha256, loaded) for kind, sha256 in named.items()}
        items = rundowns.of(slot, Frames(len(sounds["clip"])))
        by_output = {zone: self._for_horns(zone, named, sounds) for zone in self._repos.config.zone_names}
        return Kit(
            title=title,
            approved_sha256=approved,
            items=items,
            sounds=sounds,
            named=named,
            by_output={zone: made for zone, made in by_output.items() if made},
        )

    def _answered_for(self, slot: Slot) -> tuple[str, Sha256]:
        """What is called so, and the sound that was approved; who orders words of the moment answers for them."""
        if not slot.announcement_id:
            words = self._repos.typed.read(slot.id)
            return str(words.announcement["title"]) if words else "-", slot.audio_sha256
        seen, clip = self._services.air.airable(slot.announcement_id)
        return seen.title, Sha256(seen.approved_sha256 or clip.sha256)

    def _load(self, sha256: Sha256, loaded: dict[Sha256, Sound]) -> Sound:
        if sha256 not in loaded:
            if sum(sound.nbytes for sound in loaded.values()) > MOST_BYTES:
                raise LoaError(f"more than {MOST_BYTES >> 20} MB of templates: {sha256[:12]} waits for the disk")
            loaded[sha256] = self._repos.library.load(sha256)
            _lock_in_memory(loaded[sha256])
        return loaded[sha256]

    def _for_horns(
        self, zone: str, named: Mapping[str, Sha256], masters: Mapping[str, Sound]
    ) -> dict[str, dict[str, Sound]]:
        """Output -> what its horns are given, of those that have a render of any of it."""
        renders, made = self._services.renders, dict[str, dict[str, Sound]]()
        for output, profile in renders.profiles_in(zone).items():
            own = {kind: renders.load(named[kind], len(sound), profile) for kind, sound in masters.items()}
            if any(pcm is not None for pcm in own.values()):
                made[output] = {kind: masters[kind] if pcm is None else pcm for kind, pcm in own.items()}
        return made


def _kept_kit(key: _Key, kit: Kit) -> KeptKit:
    announcement_id, sha256, trigger, intro, repeat = key
    return KeptKit(
        announcement_id=announcement_id,
        title=kit.title,
        audio_sha256=Sha256(sha256),
        approved_sha256=kit.approved_sha256,
        trigger=trigger,
        intro_sha256=intro,
        repeat=repeat,
        items=tuple((item.kind, int(item.frames)) for item in kit.items),
        named=kit.named,
    )


def _key_of(slot: Slot) -> _Key:
    return slot.announcement_id, slot.audio_sha256, slot.trigger.value, slot.intro_sha256 or "", slot.repeat


def _lock_in_memory(sound: Sound) -> None:
    """Keep it from being swapped out, where the system allows it; without leave it stays as it is."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.mlock(ctypes.c_void_p(sound.ctypes.data), ctypes.c_size_t(sound.nbytes))
    except (OSError, AttributeError):
        log.info("sounds are not locked in memory here")
