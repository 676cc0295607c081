"""Reason codes -> one Vietnamese sentence each: what happened and what to do next. People read these, logs read codes.

The sentences stand in `words.vi.toml` of each subject and of each extra, in the table `reasons`. `sentence` never
fails: a part in [square brackets] is said only when its details are known, any other missing detail leaves its gap
visible, an unknown code is said to be one. A test holds every code that the source raises against the files.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from scheduler.core.model import AiringOutcome, AnnouncementState, BoostKind, CampaignState, Role
from scheduler.features import FEATURES, folder_of
from scheduler.kernel.words import Words, file_of, filled, folders_in, tables_of

__all__ = [
    "BOOSTS",
    "CAMPAIGN_STATES",
    "OUTCOMES",
    "REASONS",
    "ROLES",
    "STATES",
    "folders_of_extras",
    "preload",
    "sentence",
    "sentence_of",
]

_HERE = Path(__file__).parent
OUTCOMES = Words(_HERE, "outcomes", AiringOutcome)
STATES = Words(_HERE, "announcement_states", AnnouncementState)
CAMPAIGN_STATES = Words(_HERE, "campaign_states", CampaignState)
ROLES = Words(_HERE, "roles", Role)
BOOSTS = Words(_HERE, "boosts", BoostKind)


def folders_of_extras() -> list[Path]:
    """The folders of extras that have words of their own."""
    return [folder for folder in map(folder_of, FEATURES) if file_of(folder).is_file()]


def _in(folders: Iterable[Path]) -> dict[str, str]:
    tables = (tables_of(folder).get("reasons", {}) for folder in folders)
    return {code: cast("str", told) for table in tables for code, told in table.items()}


@cache
def _of_core() -> dict[str, str]:
    return _in(folders_in(_HERE.parent))


@cache
def _of_extras() -> dict[str, str]:
    return _in(folders_of_extras())


def preload() -> None:
    """Read the core's sentences now: the processes that are forked from this one have them, whatever fails later."""
    _of_core()


class _Reasons(Mapping[str, str]):
    """The sentences of the core; where it has none, those of extras, whose files are read only then."""

    def __getitem__(self, code: str) -> str:
        found = _of_core().get(code)
        return _of_extras()[code] if found is None else found

    def __iter__(self) -> Iterator[str]:
        return iter(_of_core() | _of_extras())

    def __len__(self) -> int:
        return len(_of_core() | _of_extras())


REASONS: Mapping[str, str] = _Reasons()
"""Reason code -> its sentence."""


class _Reasoned(Protocol):
    """What bears a reason code and the details of its sentence: a refusal, a job, a row."""

    @property
    def reason(self) -> str: ...
    @property
    def details(self) -> Mapping[str, Any]: ...


_UNKNOWN = "Lý do “{reason}” chưa có lời giải thích."
_TYPED = frozenset({"title", "login", "value", "written", "detail", "why", "told", "words", "blanks"})
_DECIMAL = re.compile(r"-?\d+\.\d+")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def _shown(name: str, value: object) -> object:
    """A detail as people write it: one decimal with a comma, days as dd/mm/yyyy; what somebody typed, as typed."""
    if name in _TYPED:
        return value
    text = str(value)
    if found := _DAY.fullmatch(text):
        return "/".join(reversed(found.groups()))
    if _DECIMAL.fullmatch(text):
        return f"{float(text):.1f}".removesuffix(".0").replace(".", ",")
    return value


def sentence(reason: str, details: Mapping[str, object] | None = None) -> str:
    """The Vietnamese sentence of a reason code, its details filled in; the legal basis is added where there is one."""
    if not reason:
        return ""
    told = {name: _shown(name, value) for name, value in (details or {}).items() if value is not None and value != ""}
    try:
        pattern = REASONS.get(reason, _UNKNOWN)
    except OSError:  # a machine that opens no file any more is told of by its code
        pattern = _UNKNOWN
    text = filled(pattern, told | {"reason": reason})
    basis = told.get("legal_basis")
    return f"{text} (Căn cứ: {basis})" if basis else text


def sentence_of(told: _Reasoned | None) -> str:
    """The sentence of what was refused or has failed; empty where nothing was."""
    return "" if told is None else sentence(told.reason, told.details)
