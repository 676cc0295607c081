"""One airing on its outputs: where it was placed, what each output took of it, and how late that sounded.

Plain state for `airings`, which holds the lock and decides: nothing here asks the gate, reads a clock or ends anything.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from scheduler.core.model import HOUSE_RATE
from scheduler.core.sessions import sounds_in
from scheduler.playout.feed import Feed
from scheduler.playout.mixer import Duck, Voice
from scheduler.playout.programme import Programme

__all__ = ["Airing", "Allow", "Answer", "Lane", "Stretch", "Take"]


class Answer(Protocol):
    """What the gate says. It may have `local`: a no to these zones alone, which silences one output."""

    @property
    def allowed(self) -> bool: ...

    @property
    def reason(self) -> str: ...


Allow = Callable[[str, datetime, datetime, tuple[str, ...]], Answer]
"""(slot id, from, to, zones of the output) -> may it sound then, there? Called on audio threads: memory only, no
database, no waiting."""


@dataclass(slots=True, eq=False)
class Lane:
    """Where one output stands on the timeline. Only its own sink moves it."""

    name: str
    zones: tuple[str, ...]
    cursor: int = 0
    """The next frame to be handed out."""
    is_open: bool = False
    fault: str = ""
    late: float = 0.0
    """Seconds by which its frames sound after their instant, as measured."""
    settled_at: int = 0
    """It was just opened: where it stands on the timeline is known by this frame at the latest. 0 = it is known."""
    delay: int = 0
    """Frames by which its horns start later than others, so that neighbours do not echo."""
    ducks: list[tuple[str, Duck]] = field(default_factory=list)
    """Of airings that have ended while what they held down was still coming back, with their slot."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Frames handed to one output: what to render, and what to report back as taken."""

    first: int
    count: int
    voices: tuple[Voice, ...]


@dataclass(slots=True, eq=False)
class Take:
    """One airing on one output."""

    cut: int | None = None
    begun: bool = False
    handed_out: bool = False
    """Frames of it are being written; the output has not answered yet."""
    accepted: int = 0
    first: int | None = None
    last: int = 0
    late: float = 0.0
    is_guess: bool = False
    """It began before the output's place was known: `late` is not measured yet."""
    fault: str = ""
    is_refused: bool = False
    """The gate said no to this output alone."""
    delay: int = 0
    """Of its lane."""

    def lose(self, why: str, now: int) -> None:
        """The output broke at frame `now`: what it still held was never heard."""
        self.fault, self.handed_out = why, False
        if self.first is not None:
            heard_to = max(self.first, min(self.last, now))
            self.accepted = max(0, self.accepted - (self.last - heard_to))
            self.last = heard_to
        if not self.accepted:
            self.first = None

    def cut_at(self, frame: int | None) -> None:
        """A cut is only ever moved forward in time."""
        self.cut = frame if self.cut is None or frame is None else min(frame, self.cut)


@dataclass(slots=True, eq=False)
class Airing:
    programme: Programme
    wanted: datetime
    start: int | None = None
    reason: str | None = None
    """Why it is cut."""
    is_finished: bool = False
    """Its open end has come: it fades out, and nothing was cut."""
    started_at: datetime | None = None
    overdue_since: float | None = None
    held_from: int | None = None
    """The frame at which it was due and an output was not settled."""
    takes: dict[str, Take] = field(default_factory=dict)
    noted: int = 0
    """Audible frames that the black box was told last."""
    delay: int = 0
    """The longest of the lanes it is on."""

    @property
    def is_ending(self) -> bool:
        return self.is_finished or self.reason is not None

    def is_on(self, lane: Lane) -> bool:
        """Whether `lane` is of an output that sounds it."""
        return sounds_in(self.programme.zone, lane.zones) and self.programme.only in {"", lane.name}

    def take(self, lane: Lane) -> Take:
        return self.takes.setdefault(lane.name, Take(delay=lane.delay))

    def is_done(self, lane: Lane, end: int) -> bool:
        """Whether `lane` is past `end` and has answered for all of it."""
        return lane.cursor >= end and not self.take(lane).handed_out

    def voice(self, lane: Lane, under: tuple[Duck, ...] = ()) -> Voice | None:
        if self.start is None:
            return None
        programme = self.programme
        return Voice(
            slot_id=programme.slot_id,
            zone=programme.zone,
            parts=programme.parts_on(lane.name),
            start=self.start + lane.delay,
            gain=10 ** (programme.gain_db / 20),
            cut=self.take(lane).cut,
            fade_in=programme.fade_in,
            under=under,
        )

    def duck(self, lane: Lane) -> Duck | None:
        """How it holds others down on `lane`, if it does."""
        gain = self.programme.under_gain
        if gain is None or (voice := self.voice(lane)) is None or voice.end <= voice.start:
            return None
        return Duck(voice.start, voice.end, gain)

    @property
    def end(self) -> int:
        """Behind the last frame that any output will sound."""
        start = self.start or 0
        begun = [take for take in self.takes.values() if take.begun]
        if not self.is_ending or not begun:
            return start + self.programme.frames + self.delay
        return max(start + take.delay + self._length_on(take) for take in begun)

    def _length_on(self, take: Take) -> int:
        """How many frames of it an output sounds that has begun it."""
        whole, start = self.programme.frames, (self.start or 0) + take.delay
        return whole if take.cut is None else max(0, min(whole, take.cut - start))

    @property
    def feed_over_at(self) -> int | None:
        """Where its live feed has run out, when it ends with one and the producer has ended; without any delay."""
        feed = self.programme.parts[-1]
        if self.start is None or not isinstance(feed, Feed) or feed.over_at is None:
            return None
        return self.start + self.programme.frames - len(feed) + feed.over_at

    @property
    def frames_total(self) -> int:
        """What it was to sound; of one that was finished, what had come by then."""
        if not self.is_finished:
            return self.programme.frames
        return max((self._length_on(take) for take in self.takes.values() if take.begun), default=0)

    @property
    def accepted(self) -> int:
        return max((take.accepted for take in self.takes.values()), default=0)

    def audible(self, now: int) -> int:
        """Frames taken whose time has come: what a device still holds has not been heard yet."""
        heard = [take.accepted - max(0, take.last - now) for take in self.takes.values() if take.accepted]
        return max(0, *heard, 0)

    @property
    def first(self) -> tuple[int, float, str] | None:
        """The earliest frame taken, how late it sounded, and where."""
        heard = [(take.first, take.late, name) for name, take in self.takes.items() if take.first is not None]
        return min(heard, default=None)

    @property
    def last(self) -> float:
        """Behind the last frame taken anywhere, lateness included."""
        return max((take.last + take.late * HOUSE_RATE for take in self.takes.values() if take.accepted), default=0)
