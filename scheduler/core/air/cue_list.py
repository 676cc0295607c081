"""What one airing consists of, in order: chime, the clip as often as it is repeated, pauses, closing chime.

Pure frame arithmetic, shared by the planner's lengths and the sound that playout puts together, so that the plan and
the air can never disagree about how long an airing is.
"""

from dataclasses import dataclass
from datetime import timedelta

from scheduler.core.model import HOUSE_RATE, Frames

CHIME_PAUSE = Frames(HOUSE_RATE // 2)
"""Silence between a chime and the words."""
REPEAT_PAUSE = Frames(2 * HOUSE_RATE)
"""Silence before a clip is said again, so that echoes between poles die away."""


@dataclass(frozen=True, slots=True)
class Cue:
    """`kind`: open (chime), pause, intro (words around a drill), clip or close (chime)."""

    kind: str
    frames: Frames


def rundown(
    clip: Frames,
    open_chime: Frames,
    close_chime: Frames,
    *,
    chime: bool,
    repeat: int,
    intro: Frames = Frames(0),  # noqa: B008 - a NewType of an int
) -> tuple[Cue, ...]:
    """The items of one airing of a clip of `clip` frames; an intro is said before and after it."""
    items: list[Cue] = []
    for turn in range(max(repeat, 1)):
        if turn:
            items.append(Cue("pause", REPEAT_PAUSE))
        items.append(Cue("clip", clip))
    if intro:
        pause = Cue("pause", CHIME_PAUSE)
        items = [Cue("intro", intro), pause, *items, pause, Cue("intro", intro)]
    if chime:
        items = [
            Cue("open", open_chime),
            Cue("pause", CHIME_PAUSE),
            *items,
            Cue("pause", CHIME_PAUSE),
            Cue("close", close_chime),
        ]
    return tuple(items)


def turns(repeat: int, says: int) -> int:
    """How often a clip is aired so that its words are said at least `repeat` times, when it says them `says` times."""
    return max(-(-repeat // max(says, 1)), 1)


def length(items: tuple[Cue, ...]) -> timedelta:
    """How long a rundown sounds, pauses included."""
    return timedelta(seconds=sum(item.frames for item in items) / HOUSE_RATE)
