"""What may be ordered by the red lane, and its sound, in memory: ready before anybody needs it.

Refreshed by the service whenever the database can be read; what could not be read stays as it was. The lane asks for a
programme and gets it without a file, a row or a lock. It decides nothing: approval and right are told to the gate.
"""

import ctypes
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from scheduler.core.model import Frames, Person, Priority, Sha256, Slot, Trigger
from scheduler.core.rundown import Item, length
from scheduler.desk import Desk
from scheduler.errors import LoaError
from scheduler.playout.programme import Programme
from scheduler.playout.sound import Sound, laid_out
from scheduler.store import Row

__all__ = ["Kit", "RedSounds"]

log = logging.getLogger(__name__)

DRILL_TITLE = "Diễn tập"
"""What the words around a drill are called in the library."""
MOST_BYTES = 256 << 20
"""Sound that is kept ready: forty minutes of templates."""
LOOK_AT_RENDERS = 60.0
"""Seconds between looks at whether renders for horns have come."""


@dataclass(frozen=True, slots=True)
class Kit:
    """One template as one kind of order: what it consists of."""

    title: str
    approved_sha256: Sha256
    items: tuple[Item, ...]
    sounds: Mapping[str, Sound]
    """Item -> its master."""
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

    def __init__(self, desk: Desk) -> None:
        self._desk, self._parts = desk, desk.parts
        self._kits: dict[_Key, Kit] = {}
        self._people: dict[int, Person] = {}
        self._loaded: dict[Sha256, Sound] = {}
        self._marks: object = None
        self._looked = float("-inf")
        self.valid_for = timedelta(minutes=desk.parts.config.emergency.valid_minutes)
        """How long after its press an emergency may still begin."""

    def person(self, person_id: int) -> Person | None:
        """Somebody who may still act, as last read."""
        return self._people.get(person_id)

    def kit(self, slot: Slot) -> Kit | None:
        """What a slot sounds; None = it is not ready here."""
        return self._kits.get(_key_of(slot))

    def refresh(self, wanted: tuple[Slot, ...] = ()) -> bool:
        """Read anew what may be ordered; whether that could be read. `wanted`: orders that found nothing ready."""
        try:
            self._refresh(wanted)
        except (LoaError, sqlite3.Error, OSError, ValueError) as error:
            log.warning("what may be ordered at once could not be read; what was read before stays: %s", error)
            return False
        return True

    def _refresh(self, wanted: tuple[Slot, ...]) -> None:
        parts, mono = self._parts, self._parts.clock.monotonic()
        self.valid_for = timedelta(minutes=parts.config.emergency.valid_minutes)
        self._people = {one.id: one for one in parts.people.everybody() if one.active}
        templates, intro = parts.red_rows.templates(), parts.red_rows.newest_spoken(DRILL_TITLE)
        slots = {_key_of(slot): slot for slot in (*self._templates(templates, intro), *wanted)}
        said = [tuple(row.values()) for row in templates]
        marks = (said, tuple(slots), parts.config.chime, parts.red_rows.newest_bundled())
        if marks == self._marks and mono - self._looked < LOOK_AT_RENDERS:
            return
        kits: dict[_Key, Kit] = {}
        loaded = dict(self._loaded)
        for key, slot in slots.items():
            try:
                kits[key] = self._made(slot, loaded)
            except (LoaError, OSError, ValueError) as error:
                log.warning("template %d is not ready to be ordered at once: %s", slot.announcement_id, error)
        used = {id(sound) for kit in kits.values() for sound in kit.sounds.values()}
        self._kits, self._loaded = kits, {sha: sound for sha, sound in loaded.items() if id(sound) in used}
        self._marks, self._looked = marks, mono

    def _templates(self, rows: list[Row], intro: Sha256 | None) -> Iterator[Slot]:
        """Each approved template as an emergency and as a drill, in a slot that never was."""
        now, repeat = self._parts.clock.now(), self._parts.config.emergency.repeat
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
        parts, rundowns = self._parts, self._desk.rundowns
        title, approved = self._answered_for(slot)
        named = {"clip": slot.audio_sha256}
        if slot.chime:
            named |= {"open": rundowns.opening_sha256(slot, title), "close": rundowns.chime_sha256("close")}
        if slot.intro_sha256:
            named["intro"] = slot.intro_sha256
        sounds = {kind: self._load(sha256, loaded) for kind, sha256 in named.items()}
        items = rundowns.of(slot, Frames(len(sounds["clip"])))
        by_output = {zone: self._for_horns(zone, named, sounds) for zone in parts.config.zone_names}
        return Kit(
            title=title,
            approved_sha256=approved,
            items=items,
            sounds=sounds,
            by_output={zone: made for zone, made in by_output.items() if made},
        )

    def _answered_for(self, slot: Slot) -> tuple[str, Sha256]:
        """What is called so, and the sound that was approved; who orders words of the moment answers for them."""
        if not slot.announcement_id:
            words = self._parts.typed.read(slot.id)
            return str(words.announcement["title"]) if words else "-", slot.audio_sha256
        seen, clip = self._desk.air.airable(slot.announcement_id)
        return seen.title, Sha256(seen.approved_sha256 or clip.sha256)

    def _load(self, sha256: Sha256, loaded: dict[Sha256, Sound]) -> Sound:
        if sha256 not in loaded:
            if sum(sound.nbytes for sound in loaded.values()) > MOST_BYTES:
                raise LoaError(f"more than {MOST_BYTES >> 20} MB of templates: {sha256[:12]} waits for the disk")
            loaded[sha256] = self._parts.library.load(sha256)
            _lock_in_memory(loaded[sha256])
        return loaded[sha256]

    def _for_horns(
        self, zone: str, named: Mapping[str, Sha256], masters: Mapping[str, Sound]
    ) -> dict[str, dict[str, Sound]]:
        """Output -> what its horns are given, of those that have a render of any of it."""
        renders, made = self._desk.renders, dict[str, dict[str, Sound]]()
        for output, profile in renders.profiles_in(zone).items():
            own = {kind: renders.load(named[kind], len(sound), profile) for kind, sound in masters.items()}
            if any(pcm is not None for pcm in own.values()):
                made[output] = {kind: masters[kind] if pcm is None else pcm for kind, pcm in own.items()}
        return made


def _key_of(slot: Slot) -> _Key:
    return slot.announcement_id, slot.audio_sha256, slot.trigger.value, slot.intro_sha256 or "", slot.repeat


def _lock_in_memory(sound: Sound) -> None:
    """Keep it from being swapped out, where the system allows it; without leave it stays as it is."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.mlock(ctypes.c_void_p(sound.ctypes.data), ctypes.c_size_t(sound.nbytes))
    except (OSError, AttributeError):
        log.info("sounds are not locked in memory here")
