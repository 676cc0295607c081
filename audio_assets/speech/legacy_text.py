"""Vietnamese written before Unicode (TCVN3 and VNI fonts), or UTF-8 opened as Latin, turned back into letters.

Such text looks like "Uû ban" or "ñy ban" because the font, not the character, held the accent. A text is repaired
only when far more of its words become Vietnamese syllables than were before; otherwise it is left alone.
"""

import re
from typing import Final

from audio_assets.speech.normalise_syllable import LATIN, is_syllable

_TCVN3_FIRST: Final = 0xA1
_TCVN3: Final = (
    "ĂÂÊÔƠƯĐăâêôơưđẶ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪ"
    "ẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
_TCVN3_TABLE: Final = {_TCVN3_FIRST + place: letter for place, letter in enumerate(_TCVN3)}

_VNI_BASES: Final = {
    # base: what follows it → the letter
    "a": "ùáøàûảõãïạââáấàầåẩãẫäậêăéắèằúẳüẵëặ",
    "e": "ùéøèûẻõẽïẹâêáếàềåểãễäệ",
    "o": "ùóøòûỏõõïọâôáốàồåổãỗäộ",
    "ô": "ùớøờûởõỡïợ",
    "u": "ùúøùûủõũïụ",
    "ö": "ùứøừûửõữïự",
    "y": "ùýøỳûỷõỹ",
}
_VNI_SINGLES: Final = {"ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ"}
_TELLTALE: Final = re.compile(f"(?![{LATIN}])[\xa1-\xff]")
"""A sign that no Vietnamese text in Unicode has among its letters; without one nothing is ever repaired."""
_TOKEN: Final = re.compile(f"[{LATIN}\xa1-\xff\u0300-\u0323]+")
_ENOUGH: Final = 0.6
"""The share of accented words that must read as syllables after a repair."""


def _vni_table() -> dict[str, str]:
    table: dict[str, str] = {}
    for base, pairs in _VNI_BASES.items():
        for sign, letter in zip(pairs[::2], pairs[1::2], strict=True):
            table[base + sign] = letter
            for upper in (base.upper() + sign, base.upper() + sign.upper()):
                table[upper] = letter.upper()
    for single, letter in _VNI_SINGLES.items():
        table[single] = letter
        table[single.upper()] = letter.upper()
    return table


_VNI_TABLE: Final = _vni_table()
_VNI_PART: Final = re.compile("|".join(sorted(map(re.escape, _VNI_TABLE), key=len, reverse=True)))


def from_tcvn3(text: str) -> str:
    """Text whose characters are TCVN3 bytes read as Latin-1 ("n­íc" → "nước").

    The fonts for capitals have the same codes, so the accented letters of "TH¤NG B¸O" follow the plain ones.
    """
    return _TOKEN.sub(_in_one_case, text.translate(_TCVN3_TABLE))


def _in_one_case(word: re.Match[str]) -> str:
    plain = "".join(filter(str.isascii, word.group()))
    return word.group().upper() if len(plain) > 1 and plain.isupper() else word.group()


def from_vni(text: str) -> str:
    """Text typed for a VNI font ("nöôùc" → "nước")."""
    return _VNI_PART.sub(lambda part: _VNI_TABLE[part.group()], text)


def from_latin_utf8(text: str) -> str:
    """UTF-8 that somebody opened as Windows-1252 ("á»§y" → "ủy"); unchanged when it is not that."""
    for table in ("cp1252", "latin-1"):
        try:
            return text.encode(table).decode("utf-8")
        except UnicodeError:
            continue
    return text


def _readable_share(text: str) -> float:
    """Of the words that hold a letter beyond ASCII, the share that are syllables."""
    words = [word for word in _TOKEN.findall(text) if len(word) > 1 and not word.isascii()]
    return sum(map(is_syllable, words)) / len(words) if words else 1.0


def repair(text: str) -> str:
    """`text` in Unicode letters; the same text when it was already readable or no repair makes it so."""
    if not _TELLTALE.search(text):
        return text
    now = _readable_share(text)
    if now >= _ENOUGH:
        return text
    best = max((from_latin_utf8(text), from_tcvn3(text), from_vni(text)), key=_readable_share)
    share = _readable_share(best)
    return best if share >= _ENOUGH and share > now else text


def decode(data: bytes) -> str:
    """Bytes of a text file: UTF-8 or UTF-16 with a mark, else an office's old font bytes; never raises."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return repair(data.decode("latin-1"))
