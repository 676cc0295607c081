"""Vietnamese before Unicode: TCVN3 (ABC, the .VnTime fonts), VNI and CP1258 bytes made readable.

`legacy_text` tries all three and keeps the one whose words are Vietnamese; it answers None when none are, and never
mixes two. `from_tcvn3` also serves a run of a document that is set in a .Vn font.
"""

import re
import unicodedata

__all__ = ["from_tcvn3", "from_vni", "legacy_text"]

_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_TCVN3_TABLE = str.maketrans(_TCVN3)

_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
_VNI_MARKS = {
    "ø": _GRAVE, "ù": _ACUTE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _CIRCUMFLEX, "à": _CIRCUMFLEX + _GRAVE, "á": _CIRCUMFLEX + _ACUTE, "å": _CIRCUMFLEX + _HOOK,
    "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE, "è": _BREVE + _GRAVE, "é": _BREVE + _ACUTE, "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE,
    "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = {"ñ": "đ", "ô": "ơ", "ö": "ư", "ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_BASES = "aeouyAEOUYôöÔÖ"
_VNI = re.compile(
    rf"([{_VNI_BASES}])([{''.join(_VNI_MARKS)}{''.join(_VNI_MARKS).upper()}])"
    rf"|[{''.join(_VNI_LETTERS)}{''.join(_VNI_LETTERS).upper()}]"
)
_WORDS = re.compile(
    r"\b(?:và|của|các|ngày|tháng|năm|ủy|uỷ|nhân|dân|phường|xã|kính|gửi|số|về|việc|không|được|những"
    r"|thực|hiện|tuyên|truyền"
    r"|công|phòng|chống|thông|báo|đề|nghị|để|trên|địa|bàn)\b",
    re.IGNORECASE,
)
_ENOUGH = 4


def from_tcvn3(text: str, *, capitals: bool = False) -> str:
    """TCVN3 read as Latin-1 made Unicode; the .VnTimeH fonts draw `capitals` for the same letters."""
    made = text.translate(_TCVN3_TABLE)
    return made.upper() if capitals else made


def from_vni(text: str) -> str:
    """VNI (a base letter, then its mark) read as CP1252 made Unicode."""

    def joined(found: re.Match[str]) -> str:
        if found[2] is None:
            return _vni_letter(found[0])
        return unicodedata.normalize("NFC", _vni_letter(found[1]) + _VNI_MARKS[found[2].lower()])

    return _VNI.sub(joined, text)


def _vni_letter(letter: str) -> str:
    made = _VNI_LETTERS.get(letter.lower(), letter.lower())
    return made.upper() if letter.isupper() else made


def legacy_text(data: bytes) -> str | None:
    """The bytes in whichever of the old character sets makes them Vietnamese, else None."""
    latin = data.decode("latin-1")
    tried = {
        "cp1258": unicodedata.normalize("NFC", data.decode("cp1258", "replace")),
        "vni": from_vni(data.decode("cp1252", "replace")),
        "tcvn3": from_tcvn3(latin),
    }
    # The mark of doubt: words, less the letters that no Vietnamese text has.
    scores = {name: len(_WORDS.findall(text)) - text.count("\ufffd") for name, text in tried.items()}
    best = max(scores, key=lambda name: scores[name])
    return tried[best] if scores[best] >= _ENOUGH else None
