"""Thời lượng of the wards: a dispatch by ward with its evidence, and the paper for the province.

Every figure is what the wards measured and told; a ward that has told nothing has none. Thin: the desk sums.
"""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup

from scheduler.core.planning.rules import parse_date
from scheduler.core.report.period import Period, PeriodKind, period_with
from scheduler.core.report.report import Report
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.extras.hub.pages.hub_words import outcome_word, town, ward_words
from scheduler.kernel.errors import NotFound, Refused
from scheduler.paper import FORMATS, draw
from scheduler.paper.as_html import sheet
from web.auth import REFUSED, Answer, actor, page_of, services, station
from web.formats import day_words
from web.words.page_words import TRIGGERS

bp = Blueprint("hub_airtime", __name__)

PERIODS = {
    "tuan": (PeriodKind.WEEK, "Tuần"),
    "thang": (PeriodKind.MONTH, "Tháng"),
    "quy": (PeriodKind.QUARTER, "Quý"),
    "nam": (PeriodKind.YEAR, "Năm"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, as typed."""

    dispatch: str
    period: str
    day: str

    @classmethod
    def of_request(cls) -> "Asked":
        wanted = request.args.get
        period = wanted("ky", "")
        typed = wanted("ngay", "").strip()[:20]
        today = services().config.station.day_of(station().clock.now())
        return cls(
            wanted("cong_van", "").strip()[:200], period if period in PERIODS else "thang", typed or day_words(today)
        )

    def address(self) -> dict[str, Any]:
        return {"ky": self.period, "ngay": self.day, "cong_van": self.dispatch or None}

    def found(self) -> Period:
        """Raises Refused date_invalid."""
        return period_with(PERIODS[self.period][0], parse_date(self.day))


@bp.get("/cac-phuong/thoi-luong")
@page_of("see")
def page() -> Answer:
    hub, number = town(), request.args.get("cong_van", "").strip()[:200]
    numbers = hub.dispatch_numbers()
    chosen = number or (numbers[0] if numbers else "")
    airtime = hub.airtime(actor(), chosen) if chosen else None
    lines = [{"line": one, "outcomes": _outcomes(one.outcomes)} for one in airtime.lines] if airtime else []
    return render_template("hub/airtime.html", numbers=numbers, chosen=chosen, airtime=airtime, lines=lines)


@bp.get("/cac-phuong/thoi-luong/phuong/<ward_id>")
@page_of("see")
def evidence(ward_id: str) -> Answer:
    """The rows that a ward's figure is the sum of, and where its chain does not hold."""
    hub, number = town(), request.args.get("cong_van", "").strip()[:200]
    found = hub.ward(ward_id)
    rows = [
        row
        | {"outcome_word": outcome_word(row["outcome"]), "why": sentence(row["reason"]), "how": _how(row["trigger"])}
        for row in hub.evidence(actor(), number, ward_id)
    ]
    airtime = hub.airtime(actor(), number)
    line = next((one for one in airtime.lines if one.ward_id == ward_id), None)
    faults = [
        {"seq": one.seq, "why": sentence(one.reason, {"seq": one.seq})} for one in hub.chain_faults(actor(), ward_id)
    ]
    return render_template(
        "hub/evidence.html", number=number, rows=rows, line=line, chain_faults=faults, **ward_words(found)
    )


@bp.get("/cac-phuong/bao-cao")
@page_of("see")
def report() -> Answer:
    """The paper for the province, as it is printed."""
    asked, made, fault = Asked.of_request(), None, ""
    numbers = town().dispatch_numbers()
    try:
        made = _made(asked)
    except NotFound:
        raise
    except Refused as refused:
        fault = sentence_of(refused)
    drawn = Markup(sheet(made, level=2)) if made else ""  # noqa: S704 - as_html escapes every word of it
    words_ = {"asked": asked, "periods": PERIODS, "formats": FORMATS, "numbers": numbers, "made": made, "sheet": drawn}
    return render_template("hub/report.html", fault=fault, **words_), REFUSED if fault else 200


@bp.get("/cac-phuong/bao-cao/tai/<kind>")
@page_of("see")
def download(kind: str) -> Answer:
    town()
    if kind not in FORMATS:
        raise NotFound("format", kind)
    made = _made(Asked.of_request())
    headers = {"Content-Disposition": f'attachment; filename="{_plain(made.file_name)}.{kind}"'}
    return Response(draw(made, kind), content_type=FORMATS[kind].media_type, headers=headers)


@bp.app_template_global()
def airtime_of(number: str) -> str:
    """Where the airtime of a dispatch stands; its number may hold anything, so it is no part of the path."""
    return url_for("hub_airtime.page", cong_van=number)


def _made(asked: Asked) -> Report:
    return town().export(actor(), asked.found(), asked.dispatch)


def _plain(name: str) -> str:
    """A file's name of letters, digits and hyphens: a number of a dispatch is other people's word."""
    return "".join(one if one.isascii() and (one.isalnum() or one in "-_") else "-" for one in name)[:100]


def _outcomes(counts: Any) -> list[tuple[str, int]]:
    return [(outcome_word(outcome), count) for outcome, count in sorted(counts.items())]


def _how(trigger: str) -> str:
    return next((word for key, word in TRIGGERS.items() if str(key) == trigger), trigger)
