"""Words of the moment for the red lane: their chime at once, from memory; their sound as soon as a voice has made it.

A thread of its own looks into the files of the orders that wait for words (`TypedWords`), holds the words against those
that were ordered, and loads them; the lane takes them at its next look. Chimes are loaded ahead by the service. It
speaks nothing and decides nothing; what never had its words is told as that (`without_words`).
"""

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from scheduler.core.air.chimes import siren_words
from scheduler.core.air.cue_list import rundown, turns
from scheduler.core.model import AiringOutcome, Frames, Sha256, Slot
from scheduler.kernel.errors import LoaError
from scheduler.kernel.mapped_file import Fields
from scheduler.playout.late_words import LateWords
from scheduler.playout.programme import Programme
from scheduler.playout.red_sounds import Kit
from scheduler.playout.sound import Sound
from scheduler.services import Services
from scheduler.services.air.red_orders import UNHEARD
from scheduler.store import Ending
from scheduler.store.red_lane.red_fields import is_spoken, slot_of_fields
from scheduler.store.red_lane.typed_words import Words, words_key
from scheduler.store.red_ring import Placed

__all__ = ["NOT_SPOKEN", "OPEN_END", "Arrived", "Lead", "RedWords", "without_words"]

log = logging.getLogger(__name__)

NOT_SPOKEN = "words_not_spoken"
OPEN_END = timedelta(hours=1)
"""How long an order without words keeps the air, as far as the timeline is told: until its end is reported."""
LOOK_EVERY = 0.05
"""Seconds between looks while words are waited for."""
WARN_EVERY = 600.0
"""Seconds between two lines of the log about chimes that cannot be read: it is tried in each turn."""


@dataclass(frozen=True, slots=True)
class Lead:
    """An order whose words are not there: its chime."""

    title: str
    approved_sha256: Sha256
    chime: Sound

    def programme(self, slot: Slot) -> Programme:
        return Programme(slot.id, slot.zone, slot.priority, (LateWords(self.chime),))


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of the words of one order: their sound, or why there is none."""

    key: str
    kit: Kit | None
    fault: str = ""


class RedWords:
    """The service calls `refresh`, the lane `note`, `kit` and `arrived`; `look` is its own thread's."""

    def __init__(self, services: Services) -> None:
        self._services, self._repos = services, services.repos
        self._chimes: dict[Sha256, Sound] = {}
        self._close = Sha256("")
        self._awaited: dict[str, Fields] = {}
        self._marks: dict[str, object] = {}
        self._kits: dict[str, Kit] = {}
        self._arrived: deque[Arrived] = deque()
        self._ending = threading.Event()
        self._wanted = threading.Event()
        """Words are waited for, or it is the end."""
        self._warned = float("-inf")

    # Life

    def start(self) -> None:
        threading.Thread(target=self._run, name="red words", daemon=True).start()

    def stop(self) -> None:
        self._ending.set()
        self._wanted.set()

    def _run(self) -> None:
        while self._wanted.wait() and not self._ending.wait(LOOK_EVERY):
            try:
                self._wanted.clear()
                if self._awaited or self._ending.is_set():
                    self._wanted.set()
                self.look()  # and once more when none are waited for any more
            except Exception:  # one order's words must not be the last that are looked for
                log.exception("a look for words of the moment failed")

    def refresh(self) -> bool:
        """Load the chimes that may open or close an emergency; whether that was done. What cannot be read stays as it
        was.
        """
        repos = self._repos
        try:
            shelf, chosen = dict(self._services.chimes.shelf()), repos.config.chime
            sirens = {chosen.emergency} | {told[1] for one in chosen.emergency_words if (told := siren_words(one))}
            for name in (*sirens, chosen.close):
                self._chime(Sha256(shelf.get(name) or ""))
            self._close = Sha256(shelf.get(chosen.close) or self._close)
        except (LoaError, sqlite3.Error, OSError, ValueError) as error:
            if (mono := repos.clock.monotonic()) - self._warned >= WARN_EVERY:
                self._warned = mono
                log.warning("the chimes of an emergency could not be read: %s", error)
            return False
        return True

    def _chime(self, sha256: Sha256) -> None:
        if sha256 and sha256 not in self._chimes:
            self._chimes[sha256] = self._repos.library.load(sha256)

    # The lane

    def note(self, placed: Collection[Placed]) -> None:
        """These orders stand, and no others."""
        standing = {one.key for one in placed}
        for key in [key for key in tuple(self._kits) if key not in standing]:
            del self._kits[key]
        self._awaited = {
            one.key: one.order
            for one in placed
            if not is_spoken(one.order) and one.state != "ended" and not (one.cancel and one.state in UNHEARD)
        }
        if self._awaited:
            self._wanted.set()

    def kit(self, one: Placed) -> Kit | Lead | None:
        """What an order of words sounds, as far as it is known here."""
        if is_spoken(one.order):
            return self._kits.get(one.key)
        sha256 = Sha256(one.order["sha256"])
        chime = self._chimes.get(sha256)
        return None if chime is None else Lead(one.order["title"], sha256, chime)

    def arrived(self) -> Iterable[Arrived]:
        while self._arrived:
            yield self._arrived.popleft()

    # The words

    def look(self) -> None:
        """Whether any words have come that are waited for."""
        awaited = self._awaited
        for key, order in awaited.items():
            mark = self._repos.typed.mark(key)
            if mark is None or self._marks.get(key) == mark:
                continue
            try:
                self._chime(Sha256(order["sha256"]))
                self._look_at(key, order)
            except (LoaError, OSError, ValueError) as error:
                log.warning("words of order %s cannot be loaded yet: %s", key, error)
            else:
                self._marks[key] = mark
        for key in [key for key in self._marks if key not in awaited]:
            del self._marks[key]

    def _look_at(self, key: str, order: Fields) -> None:
        words = self._repos.typed.read(key)
        if words is None or words.is_awaited:
            return
        if words_key(str(words.announcement["text"])) != order["words"]:
            log.error("order %s: the words in its file are not those that were ordered", key)
            return
        kit = self._made(order, words)
        if kit is not None:
            self._kits[key] = kit
        self._arrived.append(Arrived(key, kit, words.fault))

    def _made(self, order: Fields, words: Words) -> Kit | None:
        if words.clip is None:
            return None
        if not self._close:
            raise ValueError("no chime to close with")
        slot, clip = slot_of_fields(order), self._repos.library.load(words.clip.sha256)
        named = {"clip": words.clip.sha256, "open": slot.audio_sha256, "close": self._close}
        sounds = {"clip": clip, "open": self._chimes[slot.audio_sha256], "close": self._chimes[self._close]}
        opening, closing = Frames(len(sounds["open"])), Frames(len(sounds["close"]))
        repeat = turns(slot.repeat, words.clip.says)
        items = rundown(Frames(len(clip)), opening, closing, chime=True, repeat=repeat)
        return Kit(order["title"], words.clip.sha256, items, sounds, named)


def without_words(order: Fields, ending: Ending, why: str = "") -> Ending:
    """The end of an order, as it was measured: where its words never came it is no airing of them, however whole the
    chime was. `why`: of words that could not be spoken.
    """
    if is_spoken(order):
        return ending
    shares = ending.shares
    if shares is not None:
        shares = tuple(replace(one, total_ms=one.total_ms + order["length_ms"]) for one in shares)
    outcome = ending.outcome
    if outcome is AiringOutcome.PLAYED:
        outcome = AiringOutcome.PARTIAL
    elif outcome is AiringOutcome.REFUSED and ending.reason == NOT_SPOKEN:
        outcome = AiringOutcome.FAILED
    reason = ending.reason or NOT_SPOKEN
    return replace(ending, outcome=outcome, reason=reason, note=ending.note or why, shares=shares)
