"""The name that a bulletin gets while its writer gives none: its first sentence that says something.

A greeting names nothing, so it is passed over; a long sentence is cut behind a word. Pure.
"""

import re

__all__ = ["MOST", "first_sentence"]

MOST = 80
"""Characters: what a list shows in one line."""
_ENDS = re.compile(r"(?<=[.!?…])\s+|\n+")
_GREETING = re.compile(r"(?i)(kính thưa|kính gửi|kính chào|thưa|xin chào|a lô|alô)\b")


def first_sentence(text: str) -> str:
    """The name; '' where the text has no letter."""
    said = [one.strip() for one in _ENDS.split(text) if any(map(str.isalnum, one))]
    chosen = next((one for one in said if not _GREETING.match(one)), said[0] if said else "")
    told = " ".join(chosen.split()).rstrip(".!?…:;, ")
    if len(told) <= MOST:
        return told
    return told[: MOST + 1].rpartition(" ")[0].rstrip(".:;, ") or told[:MOST]
