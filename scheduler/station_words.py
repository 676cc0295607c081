"""Words of the moment: spoken and ordered. What is not spoken within a blink is ordered all the same, with its chime.

Who orders speaks, in a thread of its own; the words follow the chime when they are there, or the order is told why not.
`speaking` sees words through whose speaker has died, beside the worker's other work. It decides nothing: the desk does,
and playout's gate has the last word.
"""

import errno
import logging
import math
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import BinaryIO

from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import DEFAULT_ZONE, Person
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.kernel.beside import Beside
from scheduler.kernel.causes import reason_of
from scheduler.kernel.errors import LoaError, Refused, SpeechError
from scheduler.services import permit
from scheduler.services.air.emergency import Order
from scheduler.services.repositories import known_zone
from scheduler.station import MOST_TYPED, QUICKEST, Station
from scheduler.store.red_lane.red_fields import is_spoken

__all__ = ["break_in_with", "order_with", "speaking", "wait_spoken"]

log = logging.getLogger(__name__)

READY_WITHIN = 0.3
"""Seconds that an order waits for its words before it goes without them: its chime is to sound within one."""
SECOND_VOICE = 4.0
"""Seconds after which the quickest voice is asked as well: a better one may need longer than an emergency has."""
LOOK_EVERY = 0.5
"""Seconds between looks for words whose speaker has died."""
LONGEST = 120.0
"""Seconds that anybody waits for a voice whose order has ended long since."""
_STEP = 0.01
_spoken_here: dict[str, "_Speaking"] = {}
"""Order -> who speaks its words in this process."""


class _Speaking:
    """A voice at work on one text, on a thread of its own, and the quickest one beside it where that takes long."""

    def __init__(self, station: Station, actor: Person, title: str, text: str) -> None:
        self._station, self._actor, self._title, self._text = station, actor, title, text
        self._clip: StoredClip | None = None
        self._error: Exception | None = None
        self._order: tuple[str, BinaryIO] | None = None
        self._lock = threading.Lock()
        self.is_over = threading.Event()
        self._is_spoken = threading.Event()
        self._at_work = 1
        self._speaker = Beside(self._run, "words of the moment")
        self._speaker.begin()
        if station.local_engines[0] != QUICKEST:
            Beside(self._hurry, "words in haste").begin()

    def _hurry(self) -> None:
        if self._is_spoken.wait(SECOND_VOICE):
            return
        with self._lock:
            if self._is_spoken.is_set():
                return
            self._at_work += 1
        log.warning("the voice takes long: %s is asked as well", QUICKEST)
        self._run(QUICKEST)

    def _run(self, engine: str = "") -> None:
        """By this engine alone, where one is named; the first clip counts, and a fault where nobody is left."""
        clip, error = None, None
        try:
            clip = self._station.said_now(self._actor, self._title or "Bản tin khẩn", self._text, engine=engine)
        except Exception as raised:  # noqa: BLE001 - it is raised to who waits, or told by the order's end
            error = raised
        with self._lock:
            self._at_work -= 1
            if self._is_spoken.is_set() or (error is not None and self._at_work):
                return
            self._clip, self._error = clip, error
            self._is_spoken.set()
            if self._order is not None:
                self._hand_over(*self._order)

    def wait(self, until: float = math.inf) -> StoredClip | None:
        """The clip, once it is there; None = not by then. Raises what kept the voice from it."""
        while not self._is_spoken.wait(_STEP):
            if self._station.clock.monotonic() >= until:
                return None
        if self._error is not None:
            raise self._error
        return self._clip

    def speak(self) -> StoredClip | None:
        """The clip, however long it takes; spoken by who asks where the machine has no thread for it."""
        if not self._speaker.begins(READY_WITHIN):
            self._run()
        return self.wait()

    def keep_for(self, slot_id: str, held: BinaryIO) -> None:
        """They are the words of this order, once they are spoken; where no thread speaks them, another process does."""
        if not self._speaker.begins(READY_WITHIN):
            log.error("no thread could be had to speak the words of order %s: they are left to the worker", slot_id)
            held.close()
            return
        with self._lock:
            self._order = slot_id, held
            _spoken_here[slot_id] = self
            if self._is_spoken.is_set():
                self._hand_over(slot_id, held)

    def _hand_over(self, slot_id: str, held: BinaryIO) -> None:
        try:
            if self._error is not None and not isinstance(self._error, (LoaError, OSError)):
                log.error("words of order %s: the voice failed", slot_id, exc_info=self._error)
            fault = _error_sentence(self._error) if self._error else ""
            self._station.repos.typed.fulfil(slot_id, self._clip, fault)
            if self._clip is not None:
                self._station.services.emergency.words_came(slot_id, self._clip)
        except (OSError, LoaError, sqlite3.Error):
            log.exception("words of order %s could not be kept", slot_id)
        finally:
            held.close()
            _spoken_here.pop(slot_id, None)
            self.is_over.set()


def break_in_with(station: Station, actor: Person, text: str, *, title: str = "", zone: str = DEFAULT_ZONE) -> str:
    """Say `text` and air it at once, over everything (its slot's id). Raises Refused; LoaError without a voice."""
    permit(actor, "break_in", zone)
    known_zone(station.config, zone)
    station.refuse_text(text, MOST_TYPED)
    return _order_typed(station, Order(actor, grace=timedelta(0)), title, text, zone)


def order_with(
    station: Station, confirmed: Callable[[], Order], text: str, *, title: str = "", zone: str = DEFAULT_ZONE
) -> str:
    """The same as an order from a page, aired when its grace is over; who orders is asked before the voice."""
    known_zone(station.config, zone)
    station.refuse_text(text, MOST_TYPED)
    return _order_typed(station, confirmed(), title, text, zone)


def _order_typed(station: Station, order: Order, title: str, text: str, zone: str) -> str:
    """Air words of the moment when the grace of the order is over (its slot's id). Raises Refused; LoaError without a
    voice, as far as that is known by then.
    """
    emergency = station.services.emergency
    if same := emergency.same_words(text, zone):
        return same
    until = station.clock.monotonic() + READY_WITHIN
    speaking_now, scripts = _Speaking(station, order.leader, title, text), station.services.scripts
    about = scripts.estimate(scripts.of("", text, scripts.usual))
    clip = speaking_now.wait(until)
    if clip is None:
        try:
            slot_id, held = emergency.order_promised(order, title, text, about, zone=zone)
        except (Refused, OSError) as refusal:  # nothing keeps an order without words just now
            if isinstance(refusal, Refused) and refusal.reason != "database_busy":
                raise
        else:
            if held is not None:
                speaking_now.keep_for(slot_id, held)
            return slot_id
        clip = speaking_now.speak()
    if clip is None:
        raise SpeechError("no clip", permanent=False)
    return emergency.order_words(order, title, text, clip, zone=zone)


def wait_spoken(slot_id: str) -> bool:
    """Wait until the words of an order are spoken, where this process speaks them; whether it does."""
    found = _spoken_here.get(slot_id)
    return found is not None and found.is_over.wait(LONGEST)


@contextmanager
def speaking(station: Station, stop: threading.Event) -> Iterator[None]:
    """Meanwhile, speak the words whose speaker has died while their order stands."""
    ended = threading.Event()

    def run() -> None:
        while not (stop.is_set() or ended.wait(LOOK_EVERY)):
            try:
                take_over(station)
            except Exception:  # the words of one order must not be the last that are seen through
                log.exception("a look for words without a speaker failed")

    thread = Beside(run, "words without a speaker")
    if not thread.begins():
        raise OSError(errno.ENOMEM, "no thread for words of the moment")
    try:
        yield
    finally:
        ended.set()
        thread.join(1.0)


def take_over(station: Station) -> int:
    """Speak the words of every order that waits for them and whose speaker has died; how many."""
    typed, taken = station.repos.typed, 0
    for slot_id in typed.awaited():
        one = station.repos.red.find(slot_id)
        if one is None or one.state == "ended" or one.cancel or is_spoken(one.order):
            continue
        held, words = typed.take_over(slot_id), typed.read(slot_id)
        if held is None:
            continue
        if words is None or not words.is_awaited:
            held.close()
            continue
        log.warning("order %s waits for its words, and nobody speaks them: they are spoken here", slot_id)
        row, actor = words.announcement, station.repos.people.get(words.announcement["author_id"])
        _Speaking(station, actor, row["title"], row["text"]).keep_for(slot_id, held)
        taken += 1
    return taken


def _error_sentence(error: Exception) -> str:
    """Why there are no words, in a sentence."""
    if isinstance(error, Refused):
        return sentence_of(error)
    if isinstance(error, SpeechError):
        return sentence("no_voice", {"why": error.details.get("why", str(error))})
    return sentence(reason_of(error))
