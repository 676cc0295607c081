"""What a written word may be read as, offered to whoever has to say it: as it is read now, in parts, letter by letter.

Suggestions only; a person chooses. Pure text in, text out.
"""

import re

from audio_assets.speech.normalise_meanings import choices
from audio_assets.speech.normalise_numbers import say_number
from audio_assets.speech.normalise_syllable import is_syllable, letter_name, spell
from audio_assets.speech.normalise_weekday import day_choices
from audio_assets.speech.sentences import is_speakable

__all__ = ["meanings_of", "suggested_readings"]

_PARTS = re.compile(r"[0-9]+|[^\W\d_]+")
_MOST = 3


def suggested_readings(written: str, said: str) -> tuple[str, ...]:
    """What `written` may be read as, the likeliest first: all of several meanings, else at most three readings.

    `said`: what the machine says of it now.
    """
    parts = _PARTS.findall(written)
    by_part = " ".join(say_number(one) if one.isdigit() else _word(one) for one in parts)
    spelt = " ".join(say_number(one) if one.isdigit() else (letter_name(one) or one) for one in "".join(parts))
    numbers = " ".join(say_number(one) for one in parts if one.isdigit())
    meanings = meanings_of(written)
    found = dict.fromkeys(one.strip() for one in (*meanings, said, by_part, numbers, spelt))
    return tuple(one for one in found if is_speakable(one) and one != written)[: max(_MOST, len(meanings))]


def meanings_of(written: str) -> tuple[str, ...]:
    """What a written word of several meanings may mean, whichever its sentence decides for; () for any other word."""
    return choices(written) or day_choices(written)


def _word(letters: str) -> str:
    return letters.lower() if is_syllable(letters.lower()) and not letters.isupper() else spell(letters)
