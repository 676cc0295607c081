"""Minutes a day with a share marked in them: everything that was aired, and of it what a filter asked for, hatched.

The frame, the target line and the first day of the order are `chart`'s; only the bars are in two parts here.
Hatching is drawn line by line, so that it is there on any printer and needs no pattern, style or id. A table must stand
beside it. The sums come from the caller.
"""

from collections.abc import Sequence
from datetime import date
from html import escape

from scheduler.core.report.chart import HEIGHT, WIDTH, Bar, chart_of, minutes_text

__all__ = ["share_chart"]

_SVG = "http://www.w3.org/2000/svg"
_STEP = 7.0
"""Units between two lines of the hatching."""


def share_chart(
    days: Sequence[date],
    minutes: Sequence[float],
    share: Sequence[float],
    ordered: Sequence[float | None],
    issued: date | None,
) -> str:
    """SVG text; `share`: of each day's minutes those asked for, never more. Empty text when there is no day.

    Raises ValueError for lists of different lengths, minutes that are negative or no number, and a share above them.
    """
    if not days:
        return ""
    whole = chart_of(days, minutes, ordered, issued)
    if len(share) != len(days) or any(part < 0 or part > of + 1e-6 for part, of in zip(share, minutes, strict=True)):
        raise ValueError("a share is more than the whole")
    told = f"{whole.description} Phần gạch chéo: {minutes_text(sum(share))} trên {minutes_text(sum(minutes))} phút."
    parts = [
        f'<svg class="chart" xmlns="{_SVG}" role="img" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" font-size="13">',
        f"<title>{escape(whole.title)}</title><desc>{escape(told)}</desc>",
        '<text x="4" y="14" fill="currentColor">phút</text>',
    ]
    for line in whole.grid:
        parts.append(_line(line.x1, line.y1, line.x2, line.y2, 'stroke="#c9ced6"'))
        parts.append(_text(line.x1 - 8, line.y1 + 4, line.words, "end"))
    for bar, of, part in zip(whole.bars, minutes, share, strict=True):
        parts += _bar(bar, part / of if of else 0.0, part)
    for line in whole.ordered:
        look = 'stroke="#b3261e" stroke-width="2.5" stroke-dasharray="7 4"'
        parts.append(_line(line.x1, line.y1, line.x2, line.y2, look))
        parts.append(_text(line.x2 - 4, line.y1 - 6, line.words, "end", 'fill="#b3261e" font-weight="600"'))
    if whole.issued:
        at = whole.issued
        parts.append(_line(at.x1, at.y1, at.x2, at.y2, 'stroke="currentColor" stroke-dasharray="3 3"'))
        late = at.x1 > WIDTH * 0.8
        parts.append(_text(at.x1 + (-5 if late else 5), at.y1 + 10, at.words, "end" if late else "start"))
    parts += [_text(x, HEIGHT - 10, words, "middle") for x, words in whole.days]
    return "".join(parts) + "</svg>"


def _bar(bar: Bar, share: float, minutes: float) -> list[str]:
    """The whole in grey-blue; the share at its top in the dark colour with light lines across it."""
    height = bar.height * share
    told = f"{bar.words}; trong đó {minutes_text(minutes)} phút"
    drawn = [_rect(bar, bar.height, "#9fb3c8", told)]
    if height <= 0:
        return drawn
    drawn.append(_rect(bar, height, "#00594f", told))
    lines = " ".join(
        f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" for x1, y1, x2, y2 in _hatch(bar.x, bar.y, bar.width, height)
    )
    drawn.append(f'<path d="{lines}" stroke="#8fd6c9" stroke-width="1.6" fill="none"/>')
    return drawn


def _rect(bar: Bar, height: float, fill: str, told: str) -> str:
    """A rectangle from the top of a bar down."""
    where = f'x="{bar.x:.2f}" y="{bar.y:.2f}" width="{bar.width:.2f}" height="{height:.2f}"'
    return f'<rect {where} fill="{fill}"><title>{escape(told)}</title></rect>'


def _hatch(x: float, y: float, width: float, height: float) -> list[tuple[float, float, float, float]]:
    """Lines rising to the right, cut off at the edges of a rectangle."""
    lines = []
    along = _STEP / 2
    while along < width + height:
        left = max(0.0, along - height)
        right = min(width, along)
        lines.append((x + left, y + along - left, x + right, y + along - right))
        along += _STEP
    return lines


def _line(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
    return f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" {look}/>'


def _text(x: float, y: float, words: str, anchor: str, look: str = 'fill="currentColor"') -> str:
    return f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" {look}>{escape(words)}</text>'
