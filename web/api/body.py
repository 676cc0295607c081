"""The body of a request as JSON, read as strictly as an enemy deserves.

UTF-8 only; no NaN, no number without end, no name twice in one object, no nesting beyond `DEEPEST`, no half characters.
Texts are brought to one form of Vietnamese letters (NFC). It never says what the fields mean: that is the schema's.
"""

import json
import math
import re
import unicodedata
from typing import Any

from scheduler.kernel.errors import Refused
from scheduler.operations.faults import is_text

__all__ = ["DEEPEST", "read_json"]

DEEPEST = 16
"""Objects and lists inside each other; nothing of ours needs more than four."""
LONGEST_NUMBER = 30
"""Digits of a number; beyond that it is an attack or a mistake."""
WHOLE = 2**53
"""Up to here a number with a decimal point is a whole number to everybody."""
_TEXT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
"""A text, also one that never ends: looked for its end from every quotation mark in it, it took minutes."""
_BRACKET = re.compile(r"[\[\]{}]")


def read_json(data: bytes) -> Any:
    """The value of a body. Raises Refused json_invalid with why."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("json_invalid", why="không phải UTF-8") from error
    _refuse_deep(text)
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_number
        )
    except (json.JSONDecodeError, RecursionError) as error:
        raise Refused("json_invalid", why="sai cú pháp") from error
    return _composed(value)


def _refuse_deep(text: str) -> None:
    """Before it is parsed: the parser itself goes as deep as it is led."""
    depth = 0
    for found in _BRACKET.finditer(_TEXT.sub("", text)):
        depth += 1 if found[0] in "[{" else -1
        if depth > DEEPEST:
            raise Refused("json_invalid", why="lồng nhau quá sâu")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("json_invalid", why="một tên trường viết hai lần")
    return found


def _constant(name: str) -> None:
    raise Refused("json_invalid", why=f"{name} không phải số")


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise Refused("json_invalid", why="số quá dài")
    return int(text)


def _number(text: str) -> float | int:
    if len(text) > 10 * LONGEST_NUMBER:
        raise Refused("json_invalid", why="số quá dài")
    value = float(text)
    if not math.isfinite(value):
        raise Refused("json_invalid", why="số quá lớn")
    return int(value) if value.is_integer() and abs(value) <= WHOLE else value


def _composed(value: Any) -> Any:
    """The same with every text in NFC; the parser has seen to it that this goes no deeper than `DEEPEST`."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_composed(one) for one in value]
    if isinstance(value, dict):
        if not all(map(is_text, value)):
            raise Refused("json_invalid", why="tên trường có ký tự lạ")
        return {_composed(name): _composed(one) for name, one in value.items()}
    return value
