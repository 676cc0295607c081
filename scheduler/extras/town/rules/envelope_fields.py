"""The fields of a JSON object that came from outside, each looked at before it is used.

Pure. Every reader gives a value of the kind and within the bounds it is asked for, or refuses the whole object with the
key that was wrong; nothing is guessed, cut short or mended. It knows no key's meaning: that is `core.envelope`'s.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from scheduler.core.characters import without_controls
from scheduler.kernel.errors import Refused

__all__ = ["Fields", "bounded_body", "duplicate_free", "instant_word"]

MOST_DEPTH = 12
"""How deep a body may be nested."""
MOST_ITEMS = 20_000
"""Values in one body, all together."""
MOST_NUMBER = 2.0**53
"""Beyond it whole numbers are no longer exact on every side of the wire."""
MOST_INSTANT = 40
_EARLIEST, _LATEST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_HALF = re.compile("[\ud800-\udfff]")
"""Half of a letter."""
_Word = TypeVar("_Word", bound=StrEnum)


def instant_word(instant: datetime) -> str:
    """An aware instant as it stands on the wire: UTC, ISO."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")


def duplicate_free(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For `json.loads`: a key that stands twice means two things. Raises ValueError."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key twice")
    return made


def bounded_body(body: Mapping[str, Any], *, steering: bool = False) -> dict[str, Any]:
    """A body that nothing can choke on: bounded in depth and number, finite numbers, texts that steer nothing.

    `steering`: such texts may stand in it; what shows them has to look after itself.

    Raises Refused envelope_unreadable with the key it was found under.
    """
    left = [MOST_ITEMS]
    for key, value in body.items():
        if not isinstance(key, str):
            raise Refused("envelope_unreadable", key="body")
        _refuse_value(key, f"body.{key}"[:60], 1, left, steering)
        _refuse_value(value, f"body.{key}"[:60], 1, left, steering)
    return dict(body)


def _refuse_value(value: object, where: str, depth: int, left: list[int], steering: bool) -> None:  # noqa: FBT001 - inner
    left[0] -= 1
    if depth > MOST_DEPTH or left[0] < 0:
        raise _bad(where)
    match value:
        case None | bool():
            return
        case str():
            _refuse_text(value, where, steering=steering)
        case int() | float():
            if not -MOST_NUMBER <= value <= MOST_NUMBER:  # nor NaN, nor what a float cannot hold
                raise _bad(where)
        case Mapping():
            for key, inner in value.items():
                _refuse_value(key, where, depth + 1, left, steering)
                _refuse_value(inner, where, depth + 1, left, steering)
        case list() | tuple():
            for inner in value:
                _refuse_value(inner, where, depth + 1, left, steering)
        case _:
            raise _bad(where)


def _refuse_text(text: str, where: str, *, steering: bool = False) -> None:
    """No half of a letter, no control code, nothing that turns a line around."""
    if steering and text.isascii():
        return
    if (not steering and without_controls(text) != text) or _HALF.search(text):
        raise _bad(where)


def _bad(key: str) -> Refused:
    return Refused("envelope_unreadable", key=without_controls(key.encode("utf-8", "ignore").decode()))


class Fields:
    """One object's fields. Every reader raises Refused envelope_unreadable with the key."""

    def __init__(self, told: Mapping[str, Any], under: str = "") -> None:
        self._told = told
        self._under = under

    def _bad(self, key: str) -> Refused:
        return _bad(self._under + key)

    def text(self, key: str, most: int, *, lines: bool = True) -> str:
        """A text of up to `most` characters; "" where there is none. `lines`: it may have several."""
        value = self._told.get(key, "")
        if not isinstance(value, str) or len(value) > most or (not lines and len(value.splitlines()) > 1):
            raise self._bad(key)
        _refuse_text(value, self._under + key)
        return value

    def texts(self, key: str, most: int, count: int) -> tuple[str, ...]:
        """Up to `count` texts that say something, each once."""
        found = self._told.get(key, [])
        if not isinstance(found, list) or len(found) > count:
            raise self._bad(key)
        for one in found:
            if not isinstance(one, str) or not one.strip() or len(one) > most:
                raise self._bad(key)
            _refuse_text(one, self._under + key)
        return tuple(dict.fromkeys(found))

    def match(self, key: str, pattern: re.Pattern[str]) -> str:
        value = self._told.get(key)
        if not isinstance(value, str) or not pattern.match(value):
            raise self._bad(key)
        return value

    def matches(self, key: str, pattern: re.Pattern[str], count: int) -> tuple[str, ...]:
        found = self.texts(key, 200, count)
        if not all(pattern.match(one) for one in found):
            raise self._bad(key)
        return found

    def word(self, key: str, words: type[_Word]) -> _Word:
        """One of a list of words."""
        value = self._told.get(key)
        if not isinstance(value, str) or value not in set(words):
            raise self._bad(key)
        return words(value)

    def whole(self, key: str, least: int, most: int) -> int:
        value = self._told.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self._bad(key)
        return value

    def number(self, key: str, least: float, most: float) -> float:
        value = self._told.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise self._bad(key)
        return float(value)

    def instant(self, key: str) -> datetime:
        """An aware instant between 2020 and 2200, as UTC."""
        value = self._told.get(key)
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= MOST_INSTANT else None
            if found is None or found.tzinfo is None or not _EARLIEST <= found < _LATEST:
                raise self._bad(key)
            return found.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self._bad(key) from error

    def body(self, key: str) -> dict[str, Any]:
        """An object of bounded size."""
        value = self._told.get(key, {})
        if not isinstance(value, dict):
            raise self._bad(key)
        return bounded_body(value)
