"""Báo cáo: choose a form and a period or a dispatch, see its figures on one screen, take the paper away in any format.

Thin: the service makes the report and `scheduler.paper` draws it. The page shows the figures of that very report; the
sheet that the printer gets is drawn on a page of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup

from scheduler.core.model import AiringOutcome
from scheduler.core.planning.rules import parse_date
from scheduler.core.report.airtime import AirtimeSums
from scheduler.core.report.chart import minutes_chart, minutes_text
from scheduler.core.report.events import DispatchLine
from scheduler.core.report.headline import share
from scheduler.core.report.period import Period, PeriodKind, period_with
from scheduler.core.report.report import Form, Report, Unit, cell_text
from scheduler.core.report.sums import Sums
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.kernel.errors import NotFound, Refused
from scheduler.kernel.words import Words
from scheduler.paper import FORMATS, draw
from scheduler.paper.as_html import sheet, style
from scheduler.services.report.exports import Order
from web.auth import REFUSED, Answer, actor, page_of, services
from web.formats import day_words, number_of, today

bp = Blueprint("reports", __name__)

MOST_ON_PAGE = 2000
"""Airings of a paper that is drawn on the page."""
_FORMS = Words(Path(__file__).parent, "forms", str)
FORMS = {
    "thoi-luong": (Form.AIRTIME, _FORMS["thoi-luong"]),
    "so-nhat-ky": (Form.LOG, _FORMS["so-nhat-ky"]),
    "giay-xac-nhan": (Form.CERTIFICATE, _FORMS["giay-xac-nhan"]),
    "nhuan-but": (Form.FEES, _FORMS["nhuan-but"]),
}
"""By the word in the address."""
_PERIODS = Words(Path(__file__).parent, "periods", str)
PERIODS = {
    "ngay": (PeriodKind.DAY, _PERIODS["ngay"]),
    "tuan": (PeriodKind.WEEK, _PERIODS["tuan"]),
    "thang": (PeriodKind.MONTH, _PERIODS["thang"]),
    "quy": (PeriodKind.QUARTER, _PERIODS["quy"]),
    "nua-nam": (PeriodKind.HALF, _PERIODS["nua-nam"]),
    "nam": (PeriodKind.YEAR, _PERIODS["nam"]),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, as typed."""

    form: str
    period: str
    typed: str
    """The day, empty where none was typed."""
    dispatch: str
    verify: bool

    @classmethod
    def of_request(cls) -> "Asked":
        wanted = request.values.get
        form, period = wanted("mau", ""), wanted("ky", "")
        return cls(
            form if form in FORMS else "thoi-luong",
            period if period in PERIODS else "thang",
            wanted("ngay", "").strip(),
            wanted("cong_van", ""),
            bool(wanted("kiem")),
        )

    @property
    def day(self) -> str:
        """The day as it is shown."""
        return self.typed or day_words(today())

    def on(self) -> date:
        """The day itself. Raises Refused date_invalid."""
        return parse_date(self.typed) if self.typed else today()

    def address(self, **more: Any) -> dict[str, Any]:
        """The same again, for a link."""
        return {"mau": self.form, "ky": self.period, "ngay": self.day, "cong_van": self.dispatch or None} | more


@bp.get("/bao-cao")
@page_of("see")
def page() -> Answer:
    asked = Asked.of_request()
    words = _words(asked)
    try:
        order = _order(asked, "")
        words |= _screen(asked, order) if order.form is Form.AIRTIME else _sheet(asked, order)
    except NotFound:
        raise
    except Refused as refused:
        words["fault"] = sentence_of(refused)
    return render_template("reports/page.html", **words), REFUSED if words["fault"] else 200


def _screen(asked: Asked, order: Order) -> dict[str, Any]:
    """An airtime report, which holds sums alone and is never long."""
    period = period_with(order.period, order.day)
    sums = services().reports.airtime_sums(actor(), period)
    airings = url_for("journal.page", tu=day_words(period.first), den=day_words(sums.until))
    return {"summary": summary(sums), "around": _around(asked, period.first, period.last), "airings": airings}


def _sheet(asked: Asked, order: Order) -> dict[str, Any]:
    """Any other paper, drawn on the page where it is not too long for that."""
    exports, words = services().exports, dict[str, Any]()
    size = exports.size(order)
    words["long"] = {kind: exports.is_long(replace(order, kind=kind), size) for kind in FORMATS}
    if size <= MOST_ON_PAGE and (made := _made(asked, verify=_walks(asked))):
        around = {} if order.form is Form.CERTIFICATE else _around(asked, made.first, made.last)
        return words | {"made": made, "around": around}
    return words | {"too_long": order.form is not Form.CERTIFICATE or order.dispatch_id is not None}


@bp.get("/bao-cao/ban-in")
@page_of("see")
def paper() -> Answer:
    """The sheet as it will be printed."""
    asked = Asked.of_request()
    words = _words(asked)
    size = services().exports.size(_order(asked, ""))
    if size > MOST_ON_PAGE:
        raise Refused("export_long")
    made = _made(asked, verify=_walks(asked))
    if made is None:
        raise Refused("dispatch_unchosen")
    words |= {"made": made, "sheet": Markup(sheet(made, level=2))}  # noqa: S704 - as_html escapes every word of it
    return render_template("reports/paper.html", **words)


@bp.get("/bao-cao/tai/<kind>")
@page_of("see")
def download(kind: str) -> Answer:
    """The report as a file. A certificate is only given away with the chain walked."""
    if kind not in FORMATS:
        raise NotFound("format", kind)
    asked = Asked.of_request()
    if services().exports.is_long(_order(asked, kind)):
        raise Refused("export_long")
    made = _made(asked, verify=True)
    if made is None:
        raise Refused("dispatch_unchosen")
    headers = {"Content-Disposition": f'attachment; filename="{made.file_name}.{kind}"'}
    return Response(draw(made, kind), content_type=FORMATS[kind].media_type, headers=headers)


@bp.get("/bao-cao/to-giay.css")
@page_of("see")
def paper_style() -> Answer:
    """The stylesheet of a sheet, the same that a downloaded one carries."""
    return Response(style(), content_type="text/css; charset=utf-8")


def order_of(kind: str) -> Order:
    """The paper that this request's form asks for, as an order for the worker."""
    return _order(Asked.of_request(), kind)


def _order(asked: Asked, kind: str) -> Order:
    form = FORMS[asked.form][0]
    dispatch_id = number_of(asked.dispatch)
    day = today() if form is Form.CERTIFICATE else asked.on()
    return Order(form, kind, day, PERIODS[asked.period][0], dispatch_id if form is Form.CERTIFICATE else None)


def _made(asked: Asked, *, verify: bool) -> Report | None:
    """The report; None while no dispatch is chosen for a certificate."""
    reports, form = services().reports, FORMS[asked.form][0]
    if form is Form.CERTIFICATE:
        dispatch_id = number_of(asked.dispatch)
        return None if dispatch_id is None else reports.certificate(actor(), dispatch_id, verify=verify)
    day = asked.on()
    if form is Form.LOG:
        return reports.log(actor(), day)
    period = period_with(PERIODS[asked.period][0], day)
    return reports.fees(actor(), period) if form is Form.FEES else reports.airtime(actor(), period)


def _walks(asked: Asked) -> bool:
    """Is the chain walked while the page waits?"""
    return asked.verify and not services().exports.walk_is_long


def _words(asked: Asked) -> dict[str, Any]:
    """What both pages of a report say besides its figures."""
    certifies = FORMS[asked.form][0] is Form.CERTIFICATE
    return {
        "asked": asked,
        "forms": FORMS,
        "periods": PERIODS,
        "formats": FORMATS,
        "chips": _chips(asked),
        "dispatches": [one for one in services().dispatches.numbers() if one[1]] if certifies else [],
        "walk_is_long": certifies and services().exports.walk_is_long,
        "made": None,
        "summary": None,
        "fault": "",
        "around": {},
        "long": dict.fromkeys(FORMATS, False),
        "too_long": False,
    }


def _chips(asked: Asked) -> list[tuple[str, str, bool]]:
    """The periods most asked for: word, address, whether it is the one shown."""
    if asked.form == "giay-xac-nhan":
        return []
    this_day = today()
    if asked.form == "so-nhat-ky":
        wanted = [("Hôm nay", "ngay", this_day), ("Hôm qua", "ngay", this_day - timedelta(days=1))]
    else:
        month_before = this_day.replace(day=1) - timedelta(days=1)
        wanted = [
            ("Tuần này", "tuan", this_day),
            (f"Tháng {this_day.month}", "thang", this_day),
            (f"Tháng {month_before.month}", "thang", month_before),
            (f"Quý {(this_day.month + 2) // 3}", "quy", this_day),
        ]
    shown = _shown(asked)
    chips = [
        (word, url_for("reports.page", **asked.address(ky=ky, ngay=day_words(day))), _period_of(ky, day) == shown)
        for word, ky, day in wanted
    ]
    if shown is not None and not any(is_shown for _, _, is_shown in chips):
        chips.append((shown.words, url_for("reports.page", **asked.address()), True))
    return chips


def _shown(asked: Asked) -> Period | None:
    """The period that the address asks for; None for a day that is none."""
    try:
        return _period_of("ngay" if asked.form == "so-nhat-ky" else asked.period, asked.on())
    except Refused:
        return None


def _period_of(word: str, day: date) -> Period:
    return period_with(PERIODS[word][0], day)


def _around(asked: Asked, first: date, last: date) -> dict[str, str]:
    """Links to the periods before and after; none beyond today."""
    ways = {"before": first - timedelta(days=1), "after": last + timedelta(days=1)}
    if ways["after"] > today():
        del ways["after"]
    return {name: url_for("reports.page", **asked.address(ngay=day_words(day))) for name, day in ways.items()}


# The screen of an airtime report, made from the sums that the paper is made of, so both say the same: nothing is
# rounded up, and an order that is not answered whole never reads as done.


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
        "share": cell_text(share(total.whole, total.planned), Unit.SHARE) if total.planned else "",
        "minutes": cell_text(total.played_ms, Unit.MINUTES),
        "minutes_a_day": cell_text(total.played_ms / len(chart.days), Unit.MINUTES),
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
    """The most frequent reason of those that could not sound, and of how many, where there are others."""
    others = {AiringOutcome.PARTIAL, AiringOutcome.RECORDED, AiringOutcome.CANCELLED}
    silent = [one for one in figures.ends if one.outcome not in others and not one.played_ms]
    if not silent or not silent[0].reason:
        return ""
    why = sentence(silent[0].reason)
    return why if silent[0].rows == figures.total.silent else f"{silent[0].rows} lượt: {why}"
