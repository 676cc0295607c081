"""What a written word may be read as, offered to whoever has to say it: as it is read now, in parts, letter by letter.

Suggestions only; a person chooses. Pure text in, text out.
"""

import re

from audio_assets.speech.normalise_layout import WORDS_FOR_SIGNS
from audio_assets.speech.normalise_meanings import choices
from audio_assets.speech.normalise_numbers import say_number
from audio_assets.speech.normalise_syllable import is_syllable, letter_name, spell
from audio_assets.speech.normalise_weekday import day_choices
from audio_assets.speech.sentences import is_speakable

__all__ = ["meanings_of", "suggested_readings"]

_SIGNS = {**WORDS_FOR_SIGNS, "/": "trên", ",": "phẩy", ".": "chấm", "-": "trừ", "–": "trừ", "*": "sao"}
_PARTS = re.compile(
    r"[0-9]+|[^\W\d_]+|(?<=[0-9])[.,/](?=[0-9])|(?<![\w ])[-–](?=\s?[0-9])|(?<=\w)\s?[-–]$"
    rf"|[*{re.escape(''.join(WORDS_FOR_SIGNS))}]"
)
"""Figures, letters, and the signs that say something; a dash between two words only joins them."""
_MOST = 3


def suggested_readings(written: str, said: str) -> tuple[str, ...]:
    """What `written` may be read as, the likeliest first: all of several meanings, else at most three readings.

    `said`: what the machine says of it now.
    """
    parts = _PARTS.findall(written)
    parts = [_SIGNS.get(part.strip(), part) for part in parts]
    has_sign = any(part in _SIGNS.values() for part in parts)
    by_part = " ".join(say_number(one) if one.isdecimal() else _word(one) for one in parts)
    spelt = " ".join(_spelt(part) for part in parts)
    numbers = "" if has_sign else " ".join(say_number(one) for one in parts if one.isdecimal())
    meanings = meanings_of(written)
    others = (*meanings, said, _blood_group(written), _without_a_mark(written, said), by_part, numbers, spelt)
    found = dict.fromkeys(one.strip() for one in others)
    return tuple(one for one in found if is_speakable(one) and one != written)[: max(_MOST, len(meanings))]


def meanings_of(written: str) -> tuple[str, ...]:
    """What a written word of several meanings may mean, whichever its sentence decides for; () for any other word."""
    return choices(written) or day_choices(written)


def _blood_group(written: str) -> str:
    """What "A-" is beside blood; "" for anything else."""
    group = re.fullmatch(r"(AB|A|B|O)\s?([-–+])", written)
    return f"{spell(group[1])} {'dương' if group[2] == '+' else 'âm'}" if group else ""


def _without_a_mark(written: str, said: str) -> str:
    """The "năm" of "-5", whose dash may mark a point of a list; "" for anything else."""
    return said.removeprefix("âm ") if re.match("[-–][0-9]", written) and said.startswith("âm ") else ""


def _spelt(part: str) -> str:
    """A figure digit by digit, letters by name; the word of a sign stays."""
    if part in _SIGNS.values():
        return part
    return " ".join(say_number(one) if one.isdecimal() else (letter_name(one) or one) for one in part)


def _word(letters: str) -> str:
    return letters.lower() if is_syllable(letters.lower()) and not letters.isupper() else spell(letters)
