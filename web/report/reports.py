"""Báo cáo: choose a form and a period or a dispatch, see the sheet as it will be printed, take it away in any format.

Thin: the desk makes the report, `scheduler.paper` draws it, the page shows the very sheet that the printer gets.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup

from scheduler.core.planning.rules import local_day, parse_date
from scheduler.core.report.period import PeriodKind, period_with
from scheduler.core.report.report import Form, Report
from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import NotFound, Refused
from scheduler.kernel.words import Words
from scheduler.paper import FORMATS, draw
from scheduler.paper.as_html import sheet, style
from scheduler.services.report.exports import Order
from web.auth import REFUSED, Answer, actor, page_of, services, station
from web.forms import number_of
from web.words.page_words import day_words

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
    day: str
    dispatch: str
    verify: bool

    @classmethod
    def of_request(cls) -> "Asked":
        wanted = request.values.get
        form, period = wanted("mau", ""), wanted("ky", "")
        return cls(
            form if form in FORMS else "thoi-luong",
            period if period in PERIODS else "thang",
            wanted("ngay", "").strip() or day_words(_today()),
            wanted("cong_van", ""),
            bool(wanted("kiem")),
        )

    def address(self, **more: Any) -> dict[str, Any]:
        """The same again, for a link."""
        return {"mau": self.form, "ky": self.period, "ngay": self.day, "cong_van": self.dispatch or None} | more


@bp.get("/bao-cao")
@page_of("see")
def page() -> Answer:
    asked = Asked.of_request()
    made, fault, size, long = None, "", 0, dict.fromkeys(FORMATS, False)
    exports = services().exports
    try:
        size = exports.size(_order(asked, ""))
        long = {kind: exports.is_long(_order(asked, kind)) for kind in FORMATS}
        made = _made(asked, verify=asked.verify and not exports.walk_is_long) if size <= MOST_ON_PAGE else None
    except NotFound:
        raise
    except Refused as refused:
        fault = sentence(refused.reason, refused.details)
    words: dict[str, Any] = {
        "asked": asked,
        "forms": FORMS,
        "periods": PERIODS,
        "formats": FORMATS,
        "dispatches": [(key, number, day) for key, number, day in _dispatches() if number],
        "made": made,
        "sheet": Markup(sheet(made, level=2)) if made else "",  # noqa: S704 - as_html escapes every word of it
        "fault": fault,
        "around": _around(asked, made),
        "size": size,
        "long": long,
        "too_long": size > MOST_ON_PAGE,
        "walk_is_long": exports.walk_is_long,
    }
    return render_template("reports/page.html", **words), REFUSED if fault else 200


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
    day = _today() if form is Form.CERTIFICATE else parse_date(asked.day)
    return Order(form, kind, day, PERIODS[asked.period][0], dispatch_id if form is Form.CERTIFICATE else None)


def _made(asked: Asked, *, verify: bool) -> Report | None:
    """The report; None while no dispatch is chosen for a certificate."""
    reports, form = services().reports, FORMS[asked.form][0]
    if form is Form.CERTIFICATE:
        dispatch_id = number_of(asked.dispatch)
        return None if dispatch_id is None else reports.certificate(actor(), dispatch_id, verify=verify)
    day = parse_date(asked.day)
    if form is Form.LOG:
        return reports.log(actor(), day)
    period = period_with(PERIODS[asked.period][0], day)
    return reports.fees(actor(), period) if form is Form.FEES else reports.airtime(actor(), period)


def _around(asked: Asked, made: Report | None) -> dict[str, str]:
    """Links to the periods before and after; none beyond today, none for a certificate."""
    if made is None or made.form is Form.CERTIFICATE:
        return {}
    ways = {"before": made.first - timedelta(days=1), "after": made.last + timedelta(days=1)}
    if ways["after"] > _today():
        del ways["after"]
    return {name: url_for("reports.page", **asked.address(ngay=day_words(day))) for name, day in ways.items()}


def _dispatches() -> list[tuple[int, str, date | None]]:
    return services().dispatches.numbers()


def _today() -> date:
    return local_day(station().clock.now(), station().config.station.time_zone)
