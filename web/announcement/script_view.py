"""What an announcement's pages show of its script: written and said side by side, its length, what nobody can read.

Draws what the desk says and reads the fields of a shape out of a form. It decides nothing: which word is unknown, how
long a script takes and what a shape may hold comes from the desk and from `core.delivery`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from audio_assets.speech.script import Script, SpokenPart
from scheduler.core.announcement.script_templates import KINDS
from scheduler.core.announcement.script_words import long_words, shape_words, too_long
from scheduler.core.announcement.voices import engine_name
from scheduler.core.delivery import MOST_TIMES, ScriptKind, Shape
from scheduler.kernel.words import Words
from scheduler.services.announcement.scripts import ScriptService
from web.marks import Mark, marked

__all__ = ["differences", "said_parts", "shape_parts", "typed_shape"]

TEMPO_WORDS = Words(Path(__file__).parent, "tempo_words", int)
_UNREAD = "máy chưa biết đọc"
_WRITTEN = {"heading", "body"}


def said_parts(
    script: Script, scripts: ScriptService, measured: timedelta | None = None, open_words: Iterable[str] | None = None
) -> dict[str, Any]:
    """Both sides of a reading, each change under one key on both; the station's own words are set apart.

    Args:
        script: what is said.
        scripts: the desk, for the estimate and the ward's limit.
        measured: the length of the sound there is, in place of the estimate.
        open_words: unknown words that nobody has confirmed; None = all of them.

    """
    unread = tuple(script.unknown if open_words is None else open_words)
    written, said, changes = Markup(""), Markup(""), 0
    for one in script.told:
        fresh = one.role in _WRITTEN and not one.again
        left, right = _pair(one, changes, unread) if fresh else (Markup(""), _frame(one))
        changes += len(_changes(one)) if fresh else 0
        written += left if not written or not left else Markup("\n") + left
        said += right if not said or not right else Markup("\n") + right
    long = measured or scripts.estimate(script)
    return {
        "script": script,
        "changes": changes,
        "written_marked": written,
        "said_marked": said,
        "unread": unread,
        "length_told": long_words(long, exact=measured is not None),
        "is_measured": measured is not None,
        "too_long": too_long(long, scripts.longest),
    }


def _pair(one: SpokenPart, before: int, unread: tuple[str, ...]) -> tuple[Markup, Markup]:
    """A stretch as written and as said; keys go on from the `before` changes above it."""
    said, changes = one.said, _changes(one)
    written = [Mark(change.start, change.end, f"w{before + at}") for at, change in enumerate(changes)]
    spoken = [Mark(change.said_start, change.said_end, f"w{before + at}") for at, change in enumerate(changes)]
    return marked(said.source, [*written, *_unread(said.source, unread)]), marked(
        said.text, [*spoken, *_unread(said.text, unread)]
    )


def _unread(text: str, unread: tuple[str, ...]) -> Iterator[Mark]:
    """The words nobody can read, wherever they stand in `text`."""
    for at, word in enumerate(unread):
        for found in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text):
            yield Mark(found.start(), found.end(), f"u{at}", _UNREAD)


def _changes(one: SpokenPart) -> list[Any]:
    """What is said otherwise than written; a line end that becomes a pause is nothing to see."""
    return [change for change in one.said.changes if one.said.source[change.start : change.end].strip()]


def differences(script: Script) -> list[tuple[str, str]]:
    """Every place that is said otherwise than written, once each: as it is written, and as it is said."""
    found: dict[tuple[str, str], None] = {}
    for part in script.told:
        if part.role in _WRITTEN and not part.again:
            for change in _changes(part):
                written = part.said.source[change.start : change.end].strip()
                found.setdefault((written, part.said.text[change.said_start : change.said_end].strip()))
    return list(found)


def _frame(one: SpokenPart) -> Markup:
    """Words the station puts around the officer's, and what is said again, in grey."""
    if one.role == "heading":
        return Markup("")
    told = "(đọc lại toàn bộ)" if one.role == "body" else one.said.text
    return Markup('<span class="frame">{}</span>').format(escape(told))


def typed_shape(form: Mapping[str, str]) -> Shape | None:
    """The shape in a form, or None where the form has none."""
    kind = form.get("shape", "")
    if not kind:
        return None
    times, tempo = form.get("times", "1"), form.get("tempo", "100")
    return Shape(
        kind=ScriptKind(kind) if kind in set(ScriptKind) else ScriptKind.NOTICE,
        paced=bool(form.get("paced")),
        ident=bool(form.get("ident")),
        heading=bool(form.get("heading")),
        times=int(times) if times.isdecimal() and len(times) == 1 else 0,
        opening=form.get("opening", ""),
        closing=form.get("closing", ""),
        chime=bool(form.get("chime")),
        tempo=int(tempo) if tempo.isdecimal() and len(tempo) <= 3 else 0,  # noqa: PLR2004 - digits of a percentage
        voice=form.get("voice", "")[:40],
    )


def shape_parts(shape: Shape, scripts: ScriptService) -> dict[str, Any]:
    """What the fields of a shape need."""
    return {
        "shape": shape,
        "shape_told": shape_words(shape),
        "kinds": KINDS,
        "most_times": MOST_TIMES,
        "tempos": TEMPO_WORDS,
        "voice_choices": {name: engine_name(name) for name in scripts.engines},
        "ident_words": scripts.frame.ident,
        "again_words": scripts.frame.again,
    }
