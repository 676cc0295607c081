"""The screen of an airtime report: four figures, minutes a day, and what each dispatch got.

Made from the very facts that the paper is made of, so both say the same; nothing is rounded up, and an order that is
not answered whole never reads as done. The paper itself is drawn elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from scheduler.core.model import AiringOutcome
from scheduler.core.report.airtime import AirtimeSums
from scheduler.core.report.chart import minutes_chart, minutes_text
from scheduler.core.report.events import DispatchLine
from scheduler.core.report.headline import share
from scheduler.core.report.report import Unit, told
from scheduler.core.report.sums import Sums
from scheduler.core.words.wording import sentence

__all__ = ["Result", "result_of", "summary"]


@dataclass(frozen=True, slots=True)
class Result:
    """How an order stands: a mark of the page's stylesheet and a word."""

    mark: str
    word: str


def result_of(line: DispatchLine) -> Result:
    """Done only where every airing ordered was heard whole."""
    lost = sum(line.written_off.values())
    if line.ordered is None:
        return Result("off", "Không đặt số lượt")
    if line.owed:
        return Result("warn", f"Còn thiếu {line.owed}")
    if lost:
        return Result("err", f"Không phát được {lost}")
    if line.whole + line.partly < line.ordered:
        return Result("warn", f"Mới phát {line.whole + line.partly}")
    return Result("warn", f"Phát dở {line.partly}") if line.partly else Result("ok", "Đủ")


def summary(sums: AirtimeSums) -> dict[str, Any]:
    """What the template draws."""
    chart = sums.minutes_a_day
    total = sums.figures.total
    lines = [(line, result_of(line)) for line in sums.dispatches]
    with_order = [(line, result) for line, result in lines if line.ordered is not None]
    return {
        "total": total,
        "share": told(share(total.whole, total.planned), Unit.SHARE) if total.planned else "",
        "minutes": told(total.played_ms, Unit.MINUTES),
        "minutes_a_day": told(total.played_ms / len(chart.days), Unit.MINUTES),
        "lines": lines,
        "with_order": len(with_order),
        "done": sum(result.mark == "ok" for _, result in with_order),
        "missing": _missing(with_order),
        "why": _why(sums.figures),
        "chart": Markup(minutes_chart(chart.days, chart.minutes, chart.ordered, None)),  # noqa: S704 - our drawing
        "days": list(zip(chart.days, map(minutes_text, chart.minutes), strict=True)),
        "until": sums.until if sums.until < sums.period.last else None,
    }


def _missing(lines: Sequence[tuple[DispatchLine, Result]]) -> str:
    """How many dispatches lack how many airings; where none does, how many were not heard whole."""
    lacks = [(line.owed or 0) + sum(line.written_off.values()) for line, _ in lines]
    if airings := sum(lacks):
        return f"{sum(map(bool, lacks))} công văn còn thiếu {airings} lượt"
    partly = sum(result.mark != "ok" for _, result in lines)
    return f"{partly} công văn chưa phát đủ" if partly else ""


def _why(figures: Sums) -> str:
    """The most frequent reason of those that did not sound at all, and of how many, where there are others."""
    heard = {AiringOutcome.PARTIAL, AiringOutcome.RECORDED}
    silent = [one for one in figures.ends if one.outcome not in heard and not one.played_ms]
    if not silent or not silent[0].reason:
        return ""
    why = sentence(silent[0].reason)
    return why if silent[0].rows == figures.total.silent else f"{silent[0].rows} lượt: {why}"
