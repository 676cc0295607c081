"""Where to look and to write: web and e-mail addresses.

An address that the word list names ("cổng dịch vụ công của tỉnh") is said by that name; any other is dictated, sign by
sign. What follows a named host is dictated after the name, so that nothing of it is lost.
"""

import re

from audio_assets.speech.normalise_numbers import say_digits
from audio_assets.speech.normalise_rule import AFTER, Page, Rule, rule
from audio_assets.speech.normalise_syllable import LATIN, is_syllable, spell, toneless_syllables
from audio_assets.speech.normalise_tables import LABELS

_IN_ADDRESS = {
    ".": "chấm", "@": "a còng", "-": "gạch ngang", "_": "gạch dưới", "/": "gạch chéo", "?": "hỏi", "=": "bằng",
    "&": "và", "#": "thăng", ":": "hai chấm", "%": "phần trăm", "+": "cộng", "~": "ngã",
}  # fmt: skip
_PIECE = re.compile(rf"[{LATIN}]+|[0-9]+|.", re.DOTALL)
_PATH_END = f"[{LATIN}0-9_=/]"
_PATH = rf"[{LATIN}0-9_~%&=+?#/.-]{{0,500}}{_PATH_END}"
_SUFFIX = (
    r"(?:vn|com|net|org|edu|gov|info|asia|io|me|app|int|eu|uk|us|jp|kr|cn|dev|online|shop|store|top|xyz|vip|site|club|icu"
    r"|biz)"
)
_LINK_SUFFIX = r"(?:gle|ly|gl|link|tv|page|site|xyz|top|pro|ai|cc|co|to|be|us|vip)"
"""Endings that only an address with a path may have: "Ban.to" is two words."""
_HOST = rf"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,62}})\.){{1,6}}{_SUFFIX}{AFTER}"
_SPELT = 3
"""A label this short is spelt: nobody hears "vn" or "gov" as a word. In a path "tai" and "ky" are words."""


def _piece(piece: str, spelt: int = _SPELT) -> str:
    if piece.isdigit():
        return say_digits(piece)
    if not piece.isalpha():
        return _IN_ADDRESS.get(piece, "")
    known = LABELS.get(piece.lower())
    if known:
        return known
    if not piece.isascii():
        return piece.lower() if is_syllable(piece) else spell(piece)
    syllables = toneless_syllables(piece) if len(piece) > spelt else None
    if syllables and syllables[0] == "phuong":
        return " ".join(["phường", *(_piece(rest) for rest in [piece[len("phuong") :]] if rest)])
    return " ".join(syllables) if syllables else spell(piece.lower())


def say_address(address: str) -> str:
    """An address as it is dictated: dots, slashes and signs named, known names said, the rest spelt."""
    host, slash, path = address.partition("/")
    said = [_piece(piece) for piece in _PIECE.findall(host)]
    said += [_piece(piece, spelt=1) for piece in _PIECE.findall(slash + path)]
    return " ".join(filter(None, said))


def _url(match: re.Match[str], page: Page) -> str:
    host, path = match["host"], (match["path"] or "").rstrip("/")
    known = page.lexicon.spoken_form(match.group()) or _portal(host + path, page)
    if known:
        return known
    portal = _portal(host, page) if path else None
    return f"{portal}, {say_address(path)}" if portal else say_address(host + path)


def _portal(address: str, page: Page) -> str | None:
    """The name that the word list gives an address, however its beginning is written there or here."""
    bare = address.removeprefix("www.")
    for start in ("", "https://", "http://", "www.", "https://www.", "http://www."):
        known = page.lexicon.spoken_form(start + bare)
        if known:
            return known
    return None


def _file(match: re.Match[str], page: Page) -> str:
    """danh_sach.xlsx: the name of a file, dictated like an address."""
    return page.lexicon.spoken_form(match.group()) or " ".join(
        filter(None, (_piece(piece, spelt=1) for piece in _PIECE.findall(match.group())))
    )


def _email(match: re.Match[str], page: Page) -> str:
    return page.lexicon.spoken_form(match.group()) or say_address(match.group())


def _suffix(match: re.Match[str], page: Page) -> str:
    """.xyz, .jpg: how an address or a file ends."""
    del page
    return f"chấm {_piece(match['end'])}"


_FILE_END = r"(?:docx?|xlsx?|pdf|pptx?|jpe?g|png|mp3|mp4|wav|zip|rar|txt|csv|apk|exe|html?)"
ADDRESSES: tuple[Rule, ...] = (
    rule("file", rf"(?<![\w@./-])[A-Za-z0-9][A-Za-z0-9_-]{{0,80}}(?:\.[A-Za-z0-9_-]{{1,40}}){{0,3}}\.{_FILE_END}"
         rf"{AFTER}",
         _file, needs=r"\.[a-z]{3,4}", flags=re.IGNORECASE),
    rule("suffix", r"(?<![\w.])\.(?P<end>xyz|cc|vip|vn|com|net|org|gov|edu|info|top|shop|online|site|club|jpe?g|png|pdf"
         rf"|docx?|xlsx?|apk|exe|zip|mp3|mp4){AFTER}", _suffix, needs=r"\.[a-z]"),
    rule("email", rf"(?<![\w.+-])[A-Za-z0-9._+-]{{1,64}}@"
         rf"(?:[A-Za-z0-9-]{{1,63}}\.){{1,6}}[A-Za-z]{{2,12}}{AFTER}", _email,
         needs="@"),
    rule("url", rf"(?<![\w@.-])(?:https?\s?:\s?//|ftp://)?(?P<host>{_HOST})(?P<path>(?::[0-9]{{2,5}})?"
         rf"(?:[/?#]{_PATH})?/?)", _url, needs=r"\.", flags=re.IGNORECASE),
    rule("url", rf"(?<![\w@.-])(?:https?://)?(?P<host>(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,62}})\.){{1,3}}{_LINK_SUFFIX})"
         rf"(?P<path>/{_PATH})", _url, needs=r"\.[a-z]{2,4}/"),
    rule("url", r"(?<!\w)https?://(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,100}[A-Za-z0-9])?)(?P<path>"
         rf"(?:[/?#:]{_PATH})?/?)", _url, needs="//", flags=re.IGNORECASE),
)  # fmt: skip
