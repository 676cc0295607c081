"""One airing on its outputs: where it was placed, what each output took of it, and how late that sounded.

Plain state for `airings`, which holds the lock and decides: nothing here asks the gate, reads a clock or ends anything.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from scheduler.core.model import HOUSE_RATE
from scheduler.core.planning.sessions import sounds_in
from scheduler.playout.drift_corrector import LOST
from scheduler.playout.mixer import Duck, Voice
from scheduler.playout.programme import Programme
from scheduler.playout.stream_buffer import StreamBuffer
from scheduler.playout.take import Lane, Take

__all__ = ["Airing", "Allow", "GateAnswer", "Lane", "Stretch", "Take"]


class GateAnswer(Protocol):
    """What the gate says. It may have `local`: a no to these zones alone, which silences one output."""

    @property
    def allowed(self) -> bool: ...

    @property
    def reason(self) -> str: ...


Allow = Callable[[str, datetime, datetime, tuple[str, ...]], GateAnswer]
"""(slot id, from, to, zones of the output) -> may it sound then, there? Called on audio threads: memory only, no
database, no waiting."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Frames handed to one output: what to render, and what to report back as taken."""

    first: int
    count: int
    voices: tuple[Voice, ...]


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
    lanes: tuple[Lane, ...] = ()
    """Of the outputs that sound it."""
    counting: tuple[Lane, ...] = ()
    """Those with a loudspeaker, or where there is none all."""
    stopped_at: int | None = None
    """The frame that was audible when it was cut or finished."""

    @property
    def delay(self) -> int:
        """The longest of its lanes."""
        return max((lane.delay for lane in self.lanes), default=0)

    @property
    def judged(self) -> list[tuple[Lane, Take]]:
        """The outputs it is judged by: its loudspeakers, or where it has none all; not what the gate refused there."""
        takes = [(lane, self.take(lane)) for lane in self.counting]
        return [one for one in takes if not one[1].is_refused] or takes

    @property
    def open_lanes(self) -> list[Lane]:
        """The outputs that sound it and are open."""
        return [lane for lane in self.lanes if lane.is_open]

    @property
    def is_ending(self) -> bool:
        return self.is_finished or self.reason is not None

    def put_on(self, lanes: Iterable[Lane]) -> None:
        """Find the outputs that sound it."""
        programme = self.programme
        self.lanes = tuple(
            lane for lane in lanes if sounds_in(programme.zone, lane.zones) and programme.only in {"", lane.name}
        )
        self.counting = tuple(lane for lane in self.lanes if lane.counts) or self.lanes

    def take(self, lane: Lane) -> Take:
        if (found := self.takes.get(lane.name)) is None:
            found = self.takes[lane.name] = Take(delay=lane.delay)
        return found

    def is_done(self, lane: Lane, end: int) -> bool:
        """Whether `lane` is past `end`, has answered for all of it, and has played what it took."""
        take = self.take(lane)
        return lane.cursor >= end and not take.handed_out and lane.heard_by(take.last) >= take.last

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
        if self.start is None or not isinstance(feed, StreamBuffer) or feed.over_at is None:
            return None
        return self.start + self.programme.frames - len(feed) + feed.over_at

    @property
    def frames_total(self) -> int:
        """What it was to sound; of one that was finished, what had come by then."""
        if not self.is_finished:
            return self.programme.frames
        return max((len(self.due(lane)) for lane in self.lanes), default=0)

    def due(self, lane: Lane) -> range:
        """The frames of `lane` that it was to sound there: all, or up to where it was cut.

        Also an output that stood still when it was cut, or was away, owes all up to then.
        """
        take, start, whole = self.take(lane), (self.start or 0) + lane.delay, self.programme.frames
        if not self.is_ending or self.reason == "no_output":
            return range(start, start + whole)
        if self.start is None:
            return range(start, start)
        length = self._length_on(take)
        asked = (self.stopped_at or 0) - start
        if not take.is_refused and (take.begun or asked > LOST):
            length = max(length, min(whole, asked))
        return range(start, start + length)

    @property
    def is_taken(self) -> bool:
        """Whether any output has taken any of it."""
        return any(take.ranges for take in self.takes.values())

    def audible(self, now: int) -> int:
        """What the worst of its loudspeakers has sounded by now: what a device still holds has not been heard yet."""
        return min((take.heard(lane.heard_by(now)) for lane, take in self.judged), default=0)

    @property
    def first(self) -> tuple[int, float, str] | None:
        """The earliest frame taken, how late it sounded, and where."""
        heard = [(take.first, take.late, lane.name) for lane, take in self.judged if take.first is not None]
        return min(heard, default=None)

    @property
    def last(self) -> float:
        """Behind the last frame taken anywhere, lateness included."""
        return max((take.last + take.late * HOUSE_RATE for _, take in self.judged if take.ranges), default=0)
