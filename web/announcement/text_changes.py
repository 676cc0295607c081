"""What has changed between two texts, word by word, as safe HTML: taken away in <del>, put in in <ins>.

Whatever the texts hold is escaped. It knows nothing of what they are.
"""

import re
from collections import Counter
from difflib import SequenceMatcher

from markupsafe import Markup, escape

__all__ = ["changes_marked"]

_WORD = re.compile(r"\s+|[^\s]+")
_MOST_WORDS = 4_000
_MOST_PAIRS = 40_000
"""Longer texts, or such that say the same words over and over (so many pairs of one old and one new word are alike),
are shown one after the other: comparing them would keep a page waiting.
"""


def changes_marked(before: str, after: str) -> Markup:
    """`after`, with what it has more and less than `before`; alike texts have no mark in them."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > _MOST_WORDS or _pairs(old, new) > _MOST_PAIRS:
        return _del(before) + Markup("\n") + _ins(after) if before != after else escape(after)
    told = Markup("")
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(
        str.isspace, old, new, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            told += escape("".join(new[new_from:new_to]))
            continue
        told += _del("".join(old[old_from:old_to])) + _ins("".join(new[new_from:new_to]))
    return told


def _pairs(old: list[str], new: list[str]) -> int:
    """How often an old word stands against a new one that is the same; blanks are in every text, and count for none."""
    before, after = Counter(old), Counter(new)
    return sum(count * after[word] for word, count in before.items() if not word.isspace())


def _del(text: str) -> Markup:
    return Markup("<del>{}</del>").format(text) if text.strip() else Markup("")


def _ins(text: str) -> Markup:
    return Markup("<ins>{}</ins>").format(text) if text.strip() else escape(text)
