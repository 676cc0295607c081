"""What people and their accounts may be called, and when two names are the same: by their letters or by their looks.

Names follow RFC 8266 (precis-i18n), accounts and passwords RFC 8265: whatever keyboard has put the marks on a letter,
the word is one. Look-alikes follow Unicode's table (confusable-homoglyphs). It knows no person and keeps nothing.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

from scheduler.kernel.errors import Refused

__all__ = [
    "MACHINE_LOGIN",
    "MACHINE_NAME",
    "MAX_LOGIN",
    "MAX_NAME",
    "account",
    "display_name",
    "full_name",
    "journal_name",
    "looks",
    "looks_reserved",
    "passwords",
    "same_looks",
]

MAX_LOGIN = 40
MAX_NAME = 80

MACHINE_LOGIN = "may-tram"
"""The person that acts when somebody who may run commands on this machine uses the command line."""
MACHINE_NAME = "Máy trạm"
_RESERVED = (MACHINE_NAME, "Trạm", "Loa Phường", "Hệ thống", "Cấp trên")
"""What the station itself, or an office, stands in the journal as."""
_RESERVED_BEGINNINGS = ("Nguồn:", "Nguồn cảnh báo:", "Cấp trên:", "Quy tắc của phường", "Phường (")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
"""Grave, acute, tilde, hook and dot: they stand somewhere over a syllable."""
_LETTERS = re.compile(r"[\w\u0300-\u036f]+")
_SHARED = ("COMMON", "INHERITED")
_MOST_MARKS = 2
"""Marks on one letter that no letter of its own holds already; Vietnamese needs none."""
_RECORDED = re.compile(r"^(.+) \(\S+\)$")


@cache
def _profile(name: str) -> Any:
    from precis_i18n import get_profile

    return get_profile(name)


def journal_name(login: str | None, name: str | None) -> str:
    """How the journal names somebody: by the name of that instant and the account, which never changes hands.

    An account with a space is nobody's who signs in: an issuer, a rule. It stands with its name alone, as the machine.
    """
    if not login or not name:
        return name or ""
    return name if login == MACHINE_LOGIN or " " in login else f"{name} ({login})"


def full_name(recorded: str) -> str:
    """The name alone of somebody as the journal names them, for forms that ask for a full name."""
    return _RECORDED.sub(r"\1", recorded)


def display_name(typed: str) -> str:
    """A name as it is kept: composed letters, single spaces. Raises Refused name_letters; '' for nothing."""
    name = " ".join(typed.split())
    if not name:
        return ""
    try:
        name = str(_profile("NicknameCasePreserved").enforce(name))
    except UnicodeEncodeError as error:
        raise Refused("name_letters", name=typed) from error
    if not all(map(_is_readable, name)) or not any(ch.isalnum() for ch in name) or _is_piled(name) or _is_mixed(name):
        raise Refused("name_letters", name=typed)
    return name


def account(typed: str) -> str:
    """A login as it is kept and looked for, whatever keyboard has typed it. Raises Refused login_invalid."""
    try:
        login = str(_profile("UsernameCasePreserved").enforce(typed.strip()))
    except UnicodeEncodeError as error:
        raise Refused("login_invalid", login=typed) from error
    if _is_piled(login) or _is_mixed(login):
        raise Refused("login_invalid", login=typed)
    return login


def passwords(typed: str) -> tuple[str, ...]:
    """A typed password as RFC 8265 has it, then the ways in which one that was kept earlier may have been typed."""
    try:
        kept = str(_profile("OpaqueString").enforce(typed))
    except UnicodeError:
        kept = typed
    return tuple(dict.fromkeys((kept, typed, unicodedata.normalize("NFD", typed))))


def looks(name: str) -> frozenset[str]:
    """What a name looks like to a reader; two names that share one of these are taken for each other."""
    return frozenset(_bare(_skeleton(one)) for one in (name, name.casefold()))


def same_looks(name: str, others: Iterable[str]) -> bool:
    """Whether a name could be taken for one of the others."""
    seen = looks(name)
    return any(not seen.isdisjoint(looks(one)) for one in others)


def looks_reserved(name: str, more: Iterable[str] = ()) -> bool:
    """Whether a name could be taken for the station, an office, or one of `more`."""
    folded = _skeleton(name.casefold())
    begins = any(folded.startswith(_skeleton(one.casefold())) for one in _RESERVED_BEGINNINGS)
    return begins or same_looks(name, (*_RESERVED, *more))


def _is_readable(ch: str) -> bool:
    return (ch.isascii() and ch.isprintable()) or unicodedata.category(ch)[0] in "LMNP"


def _is_piled(text: str) -> bool:
    """Whether one letter carries a heap of marks."""
    marks = 0
    for ch in text:
        marks = marks + 1 if unicodedata.combining(ch) else 0
        if marks > _MOST_MARKS:
            return True
    return False


def _is_mixed(text: str) -> bool:
    """Whether letters of more than one script stand together, which no name of a person has."""
    if text.isascii():
        return False
    from confusable_homoglyphs.categories import unique_aliases

    return len(set(unique_aliases(text)) - set(_SHARED)) > 1


def _skeleton(text: str) -> str:
    """The letters that every look-alike stands for (UTS 39), without spaces: nobody counts those."""
    seen = _LETTERS.sub(_tone_last, unicodedata.normalize("NFD", text))
    for _ in range(2):  # a letter that stands for two may end at what has a twin of its own
        seen = unicodedata.normalize("NFD", "".join(map(_prototype, seen)))
    return "".join(seen.split())


def _tone_last(found: re.Match[str]) -> str:
    """Hoà and Hòa are one word: where its tone is written is a matter of taste."""
    syllable = found[0]
    return "".join(ch for ch in syllable if ch not in _TONES) + "".join(ch for ch in syllable if ch in _TONES)


def _bare(seen: str) -> str:
    return "".join(ch for ch in seen if unicodedata.category(ch)[0] in "LMN") or seen


@cache
def _prototype(ch: str) -> str:
    """The one of all that look like `ch` which stands for them: the one that most others name."""
    from confusable_homoglyphs.confusables import confusables_data as twins

    both = (ch, *(one["c"] for one in twins.get(ch, ())))
    return str(max(both, key=lambda one: (len(twins.get(one, ())), len(one), one)))
