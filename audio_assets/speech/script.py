"""A script: everything one clip says, in the order it is said, each part with its speed and the pause behind it.

Decides the order (who speaks, the subject, the words, the words again, thanks) and what is said more than once. It
makes no sound, reads no file and changes no word: `pacing` cuts the words into phrases, a voice says the parts.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from audio_assets.speech.pacing import Say, paced
from audio_assets.speech.sentences import is_speakable, plain, split
from scheduler.core.delivery import Frame, Pace, Shape, spoken_length

if TYPE_CHECKING:
    from audio_assets.speech.normalise import Said

__all__ = ["PHRASE_PAUSE_SHARE", "Role", "Say", "Script", "SpokenPart", "plain_script", "script_of"]

Role = Literal["ident", "opening", "heading", "body", "again", "closing"]
PHRASE_PAUSE_SHARE = 0.4
"""Of a sentence's pause: a long sentence that had to be cut at a comma."""
_HEADING_PAUSE = 1.3
"""Of a sentence's pause: the subject stands alone for a moment."""
_USUAL_TEMPO = 100
_STOPS = (".", "!", "?", "…", ":", ";")


@dataclass(frozen=True, slots=True)
class SpokenPart:
    """Words with a role of their own, as read; `again`: they have been said before in this script."""

    role: Role
    said: "Said"
    again: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """What one clip says."""

    parts: tuple[Say, ...]
    told: tuple[SpokenPart, ...] = ()
    """The same in larger pieces, for people: a page shows them."""
    times: int = 1
    """How often its body is said."""
    text: str = ""
    """What is said in whole, one line a role."""

    @property
    def key(self) -> str:
        """Names the script for a cache: everything of it that changes the sound."""
        rows = [[part.text, f"{part.speed:.3f}", part.pause_after_ms] for part in self.parts]
        return json.dumps([self.text, rows], ensure_ascii=False)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What nobody knows how to read, each once, in order."""
        return tuple(dict.fromkeys(word for told in self.told if not told.again for word in told.said.unknown))

    def length(self, rate: float, speed: float = 1.0) -> timedelta:
        """About how long it takes at `rate` syllables a second and the station's reading `speed`."""
        return spoken_length(((part.text, part.speed, part.pause_after_ms) for part in self.parts), rate, speed)


def plain_script(said: str, pause_ms: int) -> Script:
    """`said` read straight through, `pause_ms` between two sentences."""
    pieces = split(plain(said))
    pauses = {True: pause_ms, False: round(pause_ms * PHRASE_PAUSE_SHARE)}
    return Script(tuple(Say(piece.text, 1.0, pauses[piece.ends_sentence]) for piece in pieces), text=said)


def script_of(
    read: Callable[[str], "Said"], title: str, text: str, shape: Shape, *, frame: Frame, pace: Pace
) -> Script:
    """The script of an announcement.

    Args:
        read: how the station says a text (`PronunciationService.spoken_form`).
        title: said first where the shape has a heading and the text does not begin with it anyway.
        text: the words.
        shape: what is said around them and how.
        frame: the station's words around every announcement.
        pace: pauses and speeds.

    """
    body = read(text)
    if not is_speakable(body.text):
        return Script(())
    core = [*_heading(read, title, body, shape), SpokenPart("body", body)]
    told = [*_lead(read, shape, frame), *core]
    for _ in range(shape.times - 1):
        told += [SpokenPart("again", read(frame.again))] if frame.again else []
        told += [replace(one, again=True) for one in core]
    told += [SpokenPart("closing", read(shape.closing))] if shape.closing else []
    told = [one for one in told if is_speakable(one.said.text)]
    return Script(_parts(told, shape, pace), tuple(told), shape.times, "\n".join(one.said.text for one in told))


def _lead(read: Callable[[str], "Said"], shape: Shape, frame: Frame) -> list[SpokenPart]:
    told = [SpokenPart("ident", read(frame.ident))] if shape.ident and frame.ident else []
    return told + ([SpokenPart("opening", read(shape.opening))] if shape.opening else [])


def _heading(read: Callable[[str], "Said"], title: str, body: "Said", shape: Shape) -> list[SpokenPart]:
    """The title, unless the text begins with it: nobody says a subject twice in a row."""
    heading = read(title)
    first = heading.text.rstrip(" .!?:;,").casefold()
    if not shape.heading or not first or body.text.casefold().startswith(first):
        return []
    return [SpokenPart("heading", heading)]


def _parts(told: list[SpokenPart], shape: Shape, pace: Pace) -> tuple[Say, ...]:
    sentence_pause = pace.paced_pause_ms if shape.paced else pace.sentence_pause_ms
    parts: list[Say] = []
    for one, following in zip(told, [*told[1:], None], strict=True):
        said = one.said if shape.paced else None
        own = list(paced(said, pace) if said else plain_script(one.said.text, sentence_pause).parts)
        last = own[-1]
        pause = sentence_pause
        if one.role == "heading":
            pause = round(sentence_pause * _HEADING_PAUSE)
        elif following is not None and (following.role == "again" or following.again):
            pause = pace.again_pause_ms if one.role == "body" else sentence_pause
        own[-1] = Say(_closed(last.text), last.speed, pause)
        parts += own
    if shape.tempo != _USUAL_TEMPO:
        parts = [Say(part.text, part.speed * shape.tempo / _USUAL_TEMPO, part.pause_after_ms) for part in parts]
    return tuple(parts)


def _closed(text: str) -> str:
    """With a full stop, so that a title does not hang in the air; words that end in a stop keep it."""
    return text if text.endswith(_STOPS) else f"{text.rstrip(',')}."
