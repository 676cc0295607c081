"""Minutes a day as a bar chart: where every bar, line and word of it stands, and the same as SVG text.

The sums come from the caller; nothing is added up, guessed or smoothed here. A day is drawn as it was measured, a day
without an order has no line. The SVG holds no script, no style and no id, so that any page may show it, more than once.
Colours stand as attributes for print and are overruled by the CSS classes named in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import groupby
from math import ceil, floor, isfinite, log10

__all__ = ["Bar", "Chart", "Line", "chart_of", "minutes_chart", "minutes_text"]

WIDTH, HEIGHT = 720.0, 260.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 26.0, 30.0
"""Room around the bars, for the words."""
TICKS = 4
"""Grid lines wanted above zero; a round step may give one more or fewer."""
DAY_LABELS = 8
"""Most days named under the bars."""
_SVG = "http://www.w3.org/2000/svg"
GAP = 0.25
"""Share of a day's room that stays free between two bars."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day; lengths in units of the drawing, y growing downwards from the top."""

    x: float
    y: float
    width: float
    height: float
    before: bool
    """Before the day of the order."""
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    words: str = ""
    """What it says at its first point; empty = nothing."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of `WIDTH` × `HEIGHT` units that any renderer can follow."""

    bars: tuple[Bar, ...]
    grid: tuple[Line, ...]
    """Level lines, the words being the minutes they stand for."""
    ordered: tuple[Line, ...]
    """The minutes ordered, level over each run of days with the same order."""
    issued: Line | None
    """Upright at the first day of the order; None = outside the days shown, or no order."""
    days: tuple[tuple[float, str], ...]
    """Middle of a day and its name."""
    title: str
    description: str


def minutes_chart(
    days: Sequence[date], minutes: Sequence[float], ordered: Sequence[float | None], issued: date | None
) -> str:
    """SVG text of the minutes aired each day, with the line of what was ordered; a table must stand beside it.

    `days` ascend; `minutes` and `ordered` have one value a day (None = nothing was ordered that day); `issued` is the
    first day of the order. Empty text when there is no day. Raises ValueError for lists of different lengths and for
    minutes that are negative or no number.
    """
    return _svg(chart_of(days, minutes, ordered, issued)) if days else ""


def minutes_text(minutes: float) -> str:
    """One decimal at most, with a comma: "12,5"."""
    return f"{minutes:.1f}".removesuffix(".0").replace(".", ",")


def chart_of(
    days: Sequence[date], minutes: Sequence[float], ordered: Sequence[float | None], issued: date | None
) -> Chart:
    """The drawing behind `minutes_chart`, with the same arguments and errors; at least one day."""
    if not days or len(days) != len(minutes) or len(days) != len(ordered):
        raise ValueError(f"{len(days)} days, {len(minutes)} minutes, {len(ordered)} orders")
    for value in (*minutes, *(one for one in ordered if one is not None)):
        if not isfinite(value) or value < 0:
            raise ValueError(f"{value} is no length in minutes")
    step = _step(max((*minutes, *(one for one in ordered if one is not None))))
    top = step * max(1, ceil(max((*minutes, *(one or 0 for one in ordered))) / step - 1e-9))
    room = (WIDTH - LEFT - RIGHT) / len(days)
    floor_y = HEIGHT - BOTTOM

    def height(value: float) -> float:
        return value / top * (floor_y - TOP)

    bars = tuple(
        Bar(
            x=LEFT + room * (at + GAP / 2),
            y=floor_y - height(value),
            width=room * (1 - GAP),
            height=height(value),
            before=issued is not None and day < issued,
            words=_bar_words(day, value, ordered[at]),
        )
        for at, (day, value) in enumerate(zip(days, minutes, strict=True))
    )
    levels = [step * at for at in range(round(top / step) + 1)]
    grid = tuple(
        Line(LEFT, floor_y - height(level), WIDTH - RIGHT, floor_y - height(level), minutes_text(level))
        for level in levels
    )
    return Chart(
        bars,
        grid,
        ordered=_ordered_lines(ordered, room, lambda value: floor_y - height(value)),
        issued=_issued_line(days, issued, room),
        days=_day_names(days, room),
        title=f"Số phút phát mỗi ngày, {days[0]:%d/%m/%Y} – {days[-1]:%d/%m/%Y}",
        description=_description(days, minutes, ordered, issued),
    )


def _step(most: float) -> float:
    """A round distance between grid lines: 1, 2 or 5 times a power of ten, at least one minute."""
    if most <= TICKS:
        return 1.0
    power = 10.0 ** floor(log10(most / TICKS))
    return next(power * times for times in (1, 2, 5, 10) if most / (power * times) <= TICKS + 1e-9)


def _ordered_lines(ordered: Sequence[float | None], room: float, level: Callable[[float], float]) -> tuple[Line, ...]:
    lines = []
    for value, run in groupby(enumerate(ordered), key=lambda one: one[1]):
        at = [index for index, _ in run]
        if value is not None:
            words = f"Yêu cầu {minutes_text(value)} phút"
            lines.append(Line(LEFT + room * at[0], level(value), LEFT + room * (at[-1] + 1), level(value), words))
    return tuple(lines)


def _issued_line(days: Sequence[date], issued: date | None, room: float) -> Line | None:
    """None also when the order is older than every day shown: a line at the edge would name a wrong day."""
    if issued is None or not days[0] <= issued <= days[-1]:
        return None
    x = LEFT + room * sum(day < issued for day in days)
    return Line(x, TOP - 12, x, HEIGHT - BOTTOM, f"Từ {issued:%d/%m}")


def _day_names(days: Sequence[date], room: float) -> tuple[tuple[float, str], ...]:
    every = max(1, ceil(len(days) / DAY_LABELS))
    return tuple((LEFT + room * (at + 0.5), f"{days[at]:%d/%m}") for at in range(0, len(days), every))


def _bar_words(day: date, minutes: float, ordered: float | None) -> str:
    words = f"{day:%d/%m/%Y}: {minutes_text(minutes)} phút"
    return words if ordered is None else f"{words}, yêu cầu {minutes_text(ordered)} phút"


def _description(
    days: Sequence[date], minutes: Sequence[float], ordered: Sequence[float | None], issued: date | None
) -> str:
    most = max(range(len(days)), key=lambda at: minutes[at])
    told = [f"{len(days)} ngày; nhiều nhất {minutes_text(minutes[most])} phút, ngày {days[most]:%d/%m/%Y}."]
    asked = [(value, minutes[at]) for at, value in enumerate(ordered) if value is not None]
    if asked:
        met = sum(aired >= value - 1e-9 for value, aired in asked)
        told.append(f"{met}/{len(asked)} ngày có yêu cầu đã phát đủ số phút.")
    if issued is not None:
        told.append(f"Yêu cầu có hiệu lực từ {issued:%d/%m/%Y}.")
    return " ".join(told)


def _svg(chart: Chart) -> str:
    parts = [
        f'<svg class="chart" xmlns="{_SVG}" role="img" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" font-size="13">',
        f"<title>{escape(chart.title)}</title><desc>{escape(chart.description)}</desc>",
        '<text class="chart-unit" x="4" y="14" fill="currentColor">phút</text>',
    ]
    for line in chart.grid:
        parts.append(_line("chart-grid", line, 'stroke="#c9ced6"'))
        parts.append(_text("chart-level", LEFT - 8, line.y1 + 4, line.words, "end"))
    for bar in chart.bars:
        kind, fill = ("chart-bar chart-before", "#8a94a3") if bar.before else ("chart-bar", "#1f5fa8")
        parts.append(
            f'<rect class="{kind}" x="{bar.x:.2f}" y="{bar.y:.2f}" width="{bar.width:.2f}"'
            f' height="{bar.height:.2f}" fill="{fill}"><title>{escape(bar.words)}</title></rect>'
        )
    parts.extend(_line("chart-ordered", line, 'stroke="#b3261e" stroke-width="2"') for line in chart.ordered)
    if chart.issued:
        parts.append(_line("chart-issued", chart.issued, 'stroke="currentColor" stroke-dasharray="4 3"'))
        late = chart.issued.x1 > WIDTH * 0.8
        shift, anchor = (-5, "end") if late else (5, "start")
        parts.append(
            _text("chart-issued-day", chart.issued.x1 + shift, chart.issued.y1 + 10, chart.issued.words, anchor)
        )
    parts.extend(_text("chart-day", x, HEIGHT - 10, words, "middle") for x, words in chart.days)
    return "".join(parts) + "</svg>"


def _line(kind: str, line: Line, look: str) -> str:
    words = f"<title>{escape(line.words)}</title>" if kind == "chart-ordered" else ""
    return (
        f'<line class="{kind}" x1="{line.x1:.2f}" y1="{line.y1:.2f}" x2="{line.x2:.2f}" y2="{line.y2:.2f}" {look}>'
        f"{words}</line>"
    )


def _text(kind: str, x: float, y: float, words: str, anchor: str) -> str:
    return (
        f'<text class="{kind}" x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" fill="currentColor">'
        f"{escape(words)}</text>"
    )
