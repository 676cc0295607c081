"""One phase of a campaign's form: what was typed in its row -> a Phase, or every fault of the row at once.

Also reads boosts, for the campaign and its phases alike: people type a share in percent, the model holds it as a part
of one. Like the rest of the form it keeps what was typed and decides no rule.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

from scheduler.core.model import Boost, BoostKind, Phase
from scheduler.core.planning import rules
from scheduler.kernel.errors import Refused

__all__ = ["PhaseRow", "boost_kind", "boost_of", "boost_typed", "tidy_number", "typed_number", "whole_number"]

T = TypeVar("T")
Fault = Callable[[str, dict[str, object]], None]
MAX_WINDOWS = 24
_MAX_DIGITS = 9
_PERCENT = 100


def typed_number(text: str) -> float:
    """A number as typed: "3", "2,5", "2.5". Raises Refused number_invalid."""
    shown = text.strip()
    plain = shown.replace(",", ".", 1)
    if not plain.replace(".", "", 1).isascii() or not plain.replace(".", "", 1).isdigit() or len(plain) > _MAX_DIGITS:
        raise Refused("number_invalid", value=shown[:40] or "(để trống)")
    return float(plain)


def whole_number(text: str) -> int:
    """A number without a fraction. Raises Refused number_invalid."""
    number = typed_number(text)
    if number != int(number):
        raise Refused("number_invalid", value=text.strip()[:40])
    return int(number)


def tidy_number(number: float) -> str:
    """As an officer writes it: no needless digits, a decimal comma."""
    return f"{number:g}".replace(".", ",")


def boost_kind(text: str) -> BoostKind:
    """Raises Refused boost_invalid."""
    try:
        return BoostKind(text)
    except ValueError as error:
        raise Refused("boost_invalid") from error


def boost_of(kind: BoostKind, typed: str) -> Boost:
    """The boost of a typed value; a share is typed in percent. Raises Refused number_invalid."""
    if kind is BoostKind.NONE:
        return Boost()
    value = typed_number(typed)
    return Boost(kind, value / _PERCENT if kind is BoostKind.SHARE else value)


def boost_typed(boost: Boost) -> str:
    """What stands in the field of a kept boost."""
    if boost.kind is BoostKind.NONE:
        return ""
    return tidy_number(boost.value * _PERCENT if boost.kind is BoostKind.SHARE else boost.value)


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """The fields of one phase, as typed; `windows` with commas between, empty = the campaign's."""

    start: str = ""
    end: str = ""
    base: str = ""
    boost_kind: str = BoostKind.NONE.value
    boost_value: str = ""
    windows: str = ""

    @classmethod
    def of(cls, phase: Phase) -> "PhaseRow":
        return cls(
            start=f"{phase.start:%d/%m/%Y}",
            end=f"{phase.end:%d/%m/%Y}" if phase.end else "",
            base=str(phase.base),
            boost_kind=phase.boost.kind.value,
            boost_value=boost_typed(phase.boost),
            windows=", ".join(str(window) for window in phase.windows),
        )

    @property
    def is_blank(self) -> bool:
        """Nothing was typed: the row that waits for one more phase, or one that the officer has emptied."""
        return not any(text.strip() for text in (self.start, self.end, self.base, self.boost_value, self.windows))

    def read(self, today: date, fault: Fault) -> Phase:
        """A phase of what was typed; what cannot be read is told to `fault` and gets a stand-in."""

        def read(reader: Callable[[], T], stand_in: T) -> T:
            try:
                return reader()
            except Refused as refused:
                fault(refused.reason, dict(refused.details))
                return stand_in

        kind = read(lambda: boost_kind(self.boost_kind or BoostKind.NONE.value), BoostKind.NONE)
        start = read(lambda: rules.parse_date(self.start), today)
        return Phase(
            start=start,
            end=read(lambda: rules.parse_date(self.end), start) if self.end.strip() else None,
            base=read(lambda: whole_number(self.base), 1) if self.base.strip() else 0,
            boost=read(lambda: boost_of(kind, self.boost_value), Boost()),
            windows=tuple(filter(None, (read(partial(rules.parse_window, one), None) for one in self._windows()))),
        )

    def _windows(self) -> Iterable[str]:
        parts = self.windows.replace(";", ",").split(",")[:MAX_WINDOWS]
        return [part for part in parts if part.strip()]
