"""One report of each form, made by hand: what the golden files show and what every format is held against.

Titles and names carry what a spreadsheet, a page or a PDF might trip over. After an intended change of a form:
`.venv/bin/python -m tests.paper.sheets` writes the golden files anew; look at their difference before it is kept.
"""

import io
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pypdf

from scheduler.core.air.heard_back import AirFigures, Heard, Mark, SpellKind, Spells
from scheduler.core.model import AiringOutcome, Trigger
from scheduler.core.planning.ledger import Account
from scheduler.core.report.airtime import AirtimeFacts, airtime_report
from scheduler.core.report.certificate import Chain, DispatchFacts, certificate
from scheduler.core.report.events import DispatchLine, NightLine, OutputLine, UrgentLine
from scheduler.core.report.fees import FeeLine, fees_report
from scheduler.core.report.logbook import LogRow, log_report
from scheduler.core.report.period import PeriodKind, period_with
from scheduler.core.report.report import Head, Report
from scheduler.core.report.sums import Group, Source, SourceAmount, add_up
from scheduler.paper import draw

GOLDEN = Path(__file__).parent / "golden"
HERE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2026, 12, 2)
MADE = datetime(2026, 12, 31, 8, 5, 7, tzinfo=HERE)
EVIL = '=HYPERLINK("http://evil.example";"a") <b>&amp;'
HEAD = Head(
    authority="UBND phường Bỉm Sơn",
    agency="Đài truyền thanh phường",
    symbol="BC-ĐTT",
    place="Bỉm Sơn",
    day=MADE.date(),
    addressees=("Ủy ban nhân dân phường", "Sở Văn hóa, Thể thao và Du lịch"),
    signers=("NGƯỜI LẬP BIỂU", "NGƯỜI KIỂM TRA", "THỦ TRƯỞNG ĐƠN VỊ"),
)
PLAYED, PARTIAL, MISSED = AiringOutcome.PLAYED, AiringOutcome.PARTIAL, AiringOutcome.MISSED
NUMBER = "642/UBND-VHTT"


def at(day: date, hour: int, minute: int, second: float = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HERE) + timedelta(seconds=second)


def log_row(seq: int, hour: int, played_ms: int, outcome: AiringOutcome = PLAYED, **more: object) -> LogRow:
    planned = at(DAY, hour, 30)
    start = planned + timedelta(seconds=1) if played_ms else None
    plain = LogRow(
        seq=seq,
        day=DAY,
        announcement_id=7,
        title="Phòng, chống dịch bệnh",
        dispatch=NUMBER,
        zone="all",
        priority=3,
        trigger=Trigger.SCHEDULE,
        planned=planned,
        start=start,
        end=start + timedelta(milliseconds=played_ms) if start else None,
        played_ms=played_ms,
        outcome=outcome,
        reason="" if outcome is PLAYED else "power_cut",
        text_sha256="a" * 64,
        audio_sha256="b" * 64,
        voice="espeak/vi",
        author="Lan",
        approver="Minh",
        operator="",
        outputs={"Loa": "ok", "@FM": "mất dây" if played_ms == 0 else "ok"},
        field=3,
        relay_source="",
        hash=f"{seq:064x}",
    )
    return plain._replace(**more)


def log_rows() -> list[LogRow]:
    return [
        log_row(1, 5, 1_800_004, trigger=Trigger.RELAY, title="Tiếp âm VOV1", field=0, dispatch="", voice="",
                relay_source="https://vov.example/1", announcement_id=2),
        log_row(2, 6, 61_234),
        log_row(3, 11, 30_499, PARTIAL),
        log_row(4, 17, 0, MISSED, title=EVIL, author="+Lan", zone="khu phố 3"),
        log_row(1_234, 18, 59_951, trigger=Trigger.EMERGENCY, priority=1, field=2, operator="Minh", dispatch=""),
    ]  # fmt: skip


def the_log() -> Report:
    marks = {1: (Heard.SOUND, -20.04), 2: (Heard.HEARD, -23.1), 3: (Heard.PARTLY, -31.5), 1_234: (Heard.SILENT, -72.3)}
    rows = [row._replace(mark=Mark(*marks[row.seq]) if row.seq in marks else None) for row in log_rows()]
    return log_report(DAY, rows, HEAD, MADE, one_officer=True)


HEARD = AirFigures(
    {Heard.HEARD: 1_230, Heard.PARTLY: 2, Heard.SOUND: 1, Heard.SILENT: 2, Heard.OTHER: 3, Heard.UNKNOWN: 4},
    {SpellKind.SILENCE: Spells(2, 75_400)},
)


def the_airtime(
    kind: PeriodKind = PeriodKind.MONTH, until: date = date(2026, 12, 31), air: AirFigures = HEARD
) -> Report:
    groups = [
        Group(DAY, 0, Trigger.RELAY, None, 2, "", PLAYED, "", 1, 1, 1_800_004),
        Group(DAY, 0, Trigger.SCHEDULE, 1, 7, NUMBER, PLAYED, "", 1_234, 1_234, 75_560_123),
        Group(DAY, 1, Trigger.SCHEDULE, 1, 7, NUMBER, PARTIAL, "power_cut", 2, 2, 60_999),
        Group(DAY, 2, Trigger.SCHEDULE, 2, 8, "", MISSED, "station_off", 3, 0, 0),
        Group(DAY + timedelta(days=1), 2, Trigger.EMERGENCY, None, 9, "", PLAYED, "", 1, 1, 59_951),
        Group(DAY + timedelta(days=1), 2, Trigger.DRILL, None, 9, "", PLAYED, "", 1, 1, 20_000),
    ]
    relays = (SourceAmount(Source.RELAY_VOV, 1, 1_500_001), SourceAmount(Source.RELAY_PROVINCE, 0, 300_003))
    night = NightLine("Sơ tán", Trigger.EMERGENCY, "all", at(DAY, 23, 10), at(DAY, 23, 11), 59_951, "Minh")
    facts = AirtimeFacts(
        period=period_with(kind, DAY),
        until=until,
        figures=add_up(groups, relays, fields={1: 3, 2: 5}, from_province=frozenset({8})),
        dispatches=[
            DispatchLine(NUMBER, date(2026, 11, 30), f"V/v {EVIL}", 1_240, 75_950_160, 5, 0, {"station_off": 4}, 1_234, 2, 75_621_122),
            DispatchLine("7/TB-UBND", None, "", None, None, None, None, {}, 0, 0, 0),
        ],
        urgent=[
            UrgentLine("Sơ tán", Trigger.EMERGENCY, "all", at(DAY, 23, 9, 56.6), at(DAY, 23, 10), 59_951, PLAYED, "", "Minh"),
            UrgentLine("Sơ tán", Trigger.DRILL, "khu phố 3", at(DAY, 9, 0), None, 0, AiringOutcome.REFUSED, "quiet_hours", "Minh"),
        ],
        outputs=[OutputLine("Loa", 1_240, 1, "mất dây"), OutputLine("=FM", 0, 0, "")],
        refusals=[("no_room", 12), ("cap_minutes", 1)],
        night=[night],
        air=air,
    )  # fmt: skip
    return airtime_report(facts, HEAD, MADE)


def the_certificate() -> Report:
    rows = [row for row in log_rows() if row.dispatch]
    rows.append(log_row(9, 6, 61_234, day=DAY + timedelta(days=1), audio_sha256="c" * 64, voice=""))
    accounts = {
        DAY: Account(ordered=4, aired=2, ordered_minutes=4.0823),
        DAY + timedelta(days=1): Account(ordered=4, aired=1, ordered_minutes=4.0823),
        DAY + timedelta(days=2): Account(ordered=4, owed=4, ordered_minutes=4.0823),
    }
    issued, subject = date(2026, 12, 1), "V/v tăng thời lượng phát sóng"
    facts = DispatchFacts(NUMBER, issued, "UBND thị xã Bỉm Sơn", subject, accounts)
    return certificate(facts, rows, Chain(whole=True, rows=1_234), HEAD, MADE, one_officer=False)


def the_fees() -> Report:
    lines = [
        FeeLine("=Lan", 7, "Phòng, chống dịch bệnh", DAY, "espeak/vi", 1_236, 75_621_122),
        FeeLine("=Lan", 8, EVIL, DAY, "", 1, 59_951),
        FeeLine("Minh", None, "Sơ tán", DAY, "", 1, 30_000),
    ]
    return fees_report(period_with(PeriodKind.QUARTER, DAY), lines, HEAD, MADE)


REPORTS = {"log": the_log, "airtime": the_airtime, "certificate": the_certificate, "fees": the_fees}


def pdf_text(content: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return "\n\f\n".join(page.extract_text() for page in reader.pages)


def cells_of(content: bytes) -> str:
    """Every cell of a workbook that holds something, a line each."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return "\n".join(
        f"{sheet.title}!{cell.coordinate}\t{cell.data_type}\t{cell.value}"
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )


def golden(name: str) -> dict[str, str]:
    """File name -> what it must hold."""
    made = REPORTS[name]()
    files = {f"{name}.{kind}": draw(made, kind).decode() for kind in ("html", "csv", "json")}
    files[f"{name}.pdf.txt"] = pdf_text(draw(made, "pdf")) + "\n"
    files[f"{name}.xlsx.txt"] = cells_of(draw(made, "xlsx")) + "\n"
    return files


if __name__ == "__main__":
    for form in REPORTS:
        for file, text in golden(form).items():
            (GOLDEN / file).write_text(text, encoding="utf-8", newline="")
