"""Text with some of its stretches highlighted, as safe HTML.

Stretches may overlap and lie anywhere; whatever the text holds is escaped, and nothing of it is ever lost or doubled.
It knows nothing of what the stretches mean.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup, escape

from web.language import in_language

__all__ = ["Mark", "marked"]


class Mark(NamedTuple):
    """Characters `start` up to `end`; marks with one `key` belong together, `label` is read and shown as a hint."""

    start: int
    end: int
    key: str
    label: str = ""
    sign: str = ""
    """A short reference or word shown after the stretch, such as "3"."""


def marked(text: str, marks: Iterable[Mark]) -> Markup:
    """`text`, escaped, with every mark around its stretch; an overlap is one `<mark>` that names both."""
    found = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    begun: dict[int, list[Mark]] = {}
    ended: dict[int, list[Mark]] = {}
    for mark in found:
        begun.setdefault(mark.start, []).append(mark)
        ended.setdefault(mark.end, []).append(mark)
    over: list[Mark] = []
    met: set[str] = set()
    pieces: list[Markup] = []
    for start, end in pairwise(sorted({0, len(text), *begun, *ended})):
        over = [mark for mark in over if mark.end > start] + begun.get(start, [])
        pieces.append(_piece(text[start:end], over, met))
        signs = (mark.sign for mark in ended.get(end, []) if mark.sign)
        pieces.extend(Markup('<b class="ref">[{}]</b>').format(in_language(sign)) for sign in signs)
    return Markup("").join(pieces)


def _piece(text: str, over: Sequence[Mark], met: set[str]) -> Markup:
    """One stretch that is covered by the same marks from end to end; a signed key has its anchor at its first."""
    if not over:
        return escape(text)
    fresh = [key for key in dict.fromkeys(mark.key for mark in over if mark.sign) if key not in met]
    met.update(fresh)
    anchors = Markup("").join(Markup('<span id="cho-{}"></span>').format(key) for key in fresh)
    keys = " ".join(dict.fromkeys(mark.key for mark in over))
    labels = ", ".join(dict.fromkeys(in_language(mark.label) for mark in over if mark.label))
    title = Markup(' title="{}"').format(labels) if labels else Markup("")
    return Markup('{}<mark data-key="{}"{}>{}</mark>').format(anchors, keys, title, text)
