"""What is told of an airing, from what was measured on each of its outputs: while it sounds, and at its end.

It adds up and words; it ends nothing and asks nobody.
"""

from datetime import datetime

from scheduler.core.air.output_share import Hole, OutputShare
from scheduler.core.model import HOUSE_RATE, milliseconds_of
from scheduler.playout.airing import Airing
from scheduler.playout.frames import FrameClock
from scheduler.playout.programme import Ended
from scheduler.playout.take import Lane, Take

__all__ = ["ended", "shares_of", "started_at"]

_LAST = 2**62


def started_at(airing: Airing, frames: FrameClock) -> datetime:
    """When its first frame was audible on any of its loudspeakers; when it was to be, if none was."""
    if airing.started_at is None and (first := airing.first):
        return frames.wall_at(first[0] + first[1] * HOUSE_RATE)
    return airing.started_at or airing.wanted


def shares_of(airing: Airing, frames: FrameClock, now: int | None = None) -> tuple[OutputShare, ...]:
    """What each output has sounded of it by frame `now`; None = it is over."""
    return tuple(_share(airing, lane, frames, now) for lane in airing.lanes)


def _share(airing: Airing, lane: Lane, frames: FrameClock, now: int | None) -> OutputShare:
    take, due = airing.take(lane), airing.due(lane)
    heard_to = lane.heard_by(_LAST if now is None else now)
    if now is not None:
        due = range(due.start, max(due.start, min(due.stop, now)))
    played = take.heard(heard_to)
    first = take.first if played else None
    return OutputShare(
        name=lane.name,
        kind=lane.kind,
        counts=lane.counts,
        zones=lane.zones,
        played_ms=milliseconds_of(played),
        total_ms=milliseconds_of(airing.frames_total),
        first_at=None if first is None else frames.wall_at(first + take.late * HOUSE_RATE),
        holes=tuple(_hole(hole, due.start) for hole in take.holes(due, heard_to)),
        fault=_fault(airing, lane, take, played, len(due)),
        is_refused=take.is_refused,
    )


def _hole(frames: range, start: int) -> Hole:
    at = milliseconds_of(frames.start - start)
    return Hole(at, milliseconds_of(frames.stop - start) - at)


def _fault(airing: Airing, lane: Lane, take: Take, played: int, due: int) -> str:
    if take.fault or played:
        return take.fault
    if not due or (lane.is_open and airing.is_ending and not take.begun):
        return ""  # it was cut before this output came to it
    return lane.fault or "took no sound"


def ended(airing: Airing, frames: FrameClock) -> Ended:
    """The one end of an airing."""
    shares = shares_of(airing, frames)
    heard = {lane.name: airing.take(lane).heard(lane.heard_by(_LAST)) for lane in airing.lanes}
    judged = [(lane, take) for lane, take in airing.judged if heard[lane.name]]
    return Ended(
        slot_id=airing.programme.slot_id,
        started_at=started_at(airing, frames) if judged else None,
        ended_at=frames.wall_at(airing.last if judged else frames.now()),
        frames_accepted=min((heard[lane.name] for lane, _ in airing.judged), default=0),
        frames_total=airing.frames_total,
        frames=tuple(heard.items()),
        cut=airing.reason,
        missing=sum(feed.missing for feed in airing.programme.feeds),
        shares=shares,
        reached=max((_reached(airing, lane, take) for lane, take in judged), default=0),
    )


def _reached(airing: Airing, lane: Lane, take: Take) -> int:
    start = (airing.start or 0) + lane.delay
    return max(0, min(lane.heard_by(take.last), take.last, start + airing.programme.frames) - start)
