"""What happened in a period, a line each: dispatches, emergencies, outputs, what did not air, sound in quiet hours.

Lines come in as the journal, the ledger and the refusals have them; this module puts them in the tables of the airtime
report and sums nothing but what stands in the table itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from scheduler.core.air.heard_back import AirFigures
from scheduler.core.model import AiringOutcome, Trigger
from scheduler.core.report.headline import share
from scheduler.core.report.heard import air_facts
from scheduler.core.report.report import Cell, Column, Fact, Facts, Table, Unit
from scheduler.core.report.report_words import TRIGGERS, zone_words
from scheduler.core.report.sums import Figures
from scheduler.core.words.wording import OUTCOMES, sentence

__all__ = [
    "DispatchLine",
    "NightLine",
    "OutputLine",
    "UrgentLine",
    "clusters",
    "dispatches",
    "ends",
    "night",
    "outputs",
    "refusals",
    "urgent",
    "written_off",
]


@dataclass(frozen=True, slots=True)
class DispatchLine:
    """A dispatch in a period. None where there is no order: a dispatch without a campaign asks for no airings."""

    number: str
    issued: date | None
    subject: str
    ordered: int | None
    ordered_ms: int | None
    made_good: int | None
    owed: int | None
    written_off: Mapping[str, int]
    """Reason code -> airings."""
    whole: int
    partly: int
    played_ms: int


@dataclass(frozen=True, slots=True)
class UrgentLine:
    """An emergency or a drill: `ordered` to `sounded` is its delay. Instants in the station's zone."""

    title: str
    trigger: Trigger
    zone: str
    ordered: datetime
    sounded: datetime | None
    played_ms: int
    outcome: AiringOutcome
    reason: str
    operator: str


@dataclass(frozen=True, slots=True)
class OutputLine:
    name: str
    good: int
    faulty: int
    fault: str
    """The most frequent one, as the output said it."""


@dataclass(frozen=True, slots=True)
class NightLine:
    """Sound inside quiet hours. Instants in the station's zone."""

    title: str
    trigger: Trigger
    zone: str
    start: datetime
    end: datetime
    played_ms: int
    by: str
    """Who ordered it, else who had approved it."""


def dispatches(lines: Sequence[DispatchLine]) -> Table:
    rows = tuple(
        (
            line.number,
            line.issued or "",
            line.subject,
            _or_none(line.ordered),
            line.whole,
            line.partly,
            _or_none(line.made_good),
            _or_none(line.owed),
            sum(line.written_off.values()) if line.ordered is not None else "",
            _or_none(line.ordered_ms),
            line.played_ms,
        )
        for line in lines
    )
    return Table(
        "TheoCongVan",
        "Thực hiện theo công văn",
        (
            Column("SoCongVan", "Số, ký hiệu", share=1.6),
            Column("NgayCongVan", "Ngày", Unit.DAY, share=1.3),
            Column("TrichYeu", "Trích yếu", share=3),
            Column("LuotYeuCau", "Yêu cầu (lượt)", Unit.COUNT),
            Column("LuotDaPhat", "Phát trọn (lượt)", Unit.COUNT),
            Column("LuotPhatDo", "Phát dở (lượt)", Unit.COUNT),
            Column("LuotPhatBu", "Trong đó phát bù", Unit.COUNT),
            Column("LuotConNo", "Còn nợ (lượt)", Unit.COUNT),
            Column("LuotXoaNo", "Xóa nợ (lượt)", Unit.COUNT),
            Column("PhutYeuCau", "Yêu cầu (phút)", Unit.MINUTES, share=1.2),
            Column("PhutDaPhat", "Nghe được (phút)", Unit.MINUTES, share=1.2),
        ),
        rows,
        nothing="Trong kỳ không phát bản tin nào theo công văn.",
    )


def written_off(lines: Sequence[DispatchLine]) -> Table:
    rows = tuple(
        (line.number, sentence(reason), airings) for line in lines for reason, airings in line.written_off.items()
    )
    return Table(
        "XoaNo",
        "Lượt không phát được, đã xóa nợ",
        (
            Column("SoCongVan", "Số, ký hiệu công văn", share=1.5),
            Column("LyDo", "Lý do", share=4),
            Column("SoLuot", "Số lượt", Unit.COUNT),
        ),
        rows,
        ("Cộng", "", sum(row[2] for row in rows)) if rows else None,
    )


def urgent(lines: Sequence[UrgentLine]) -> Table:
    rows = tuple(
        (
            line.ordered.date(),
            line.ordered,
            line.sounded or "",
            _delay_ms(line),
            TRIGGERS[line.trigger],
            line.title,
            zone_words(line.zone),
            line.operator,
            OUTCOMES[line.outcome] + (f": {sentence(line.reason)}" if line.reason else ""),
        )
        for line in lines
    )
    return Table(
        "BanTinKhan",
        "Bản tin khẩn cấp và diễn tập",
        (
            Column("Ngay", "Ngày", Unit.DAY, share=1.3),
            Column("GioLenh", "Giờ ra lệnh", Unit.CLOCK, share=1.1),
            Column("GioPhat", "Giờ lên sóng", Unit.CLOCK, share=1.1),
            Column("DoTre", "Độ trễ (giây)", Unit.SECONDS),
            Column("Loai", "Loại", share=1.1),
            Column("TieuDe", "Bản tin", share=2),
            Column("VungPhat", "Vùng phát", share=1.2),
            Column("NguoiLenh", "Người ra lệnh", share=1.3),
            Column("KetQua", "Kết quả", share=1.8),
        ),
        rows,
        nothing="Trong kỳ không có bản tin khẩn cấp hay diễn tập.",
    )


def outputs(lines: Sequence[OutputLine]) -> Table:
    return Table(
        "DauRa",
        "Tình trạng đầu ra âm thanh",
        (
            Column("TenDauRa", "Đầu ra", share=2),
            Column("LuotTot", "Lượt ra tiếng tốt", Unit.COUNT),
            Column("LuotLoi", "Lượt có lỗi", Unit.COUNT),
            Column("TyLe", "Tỷ lệ tốt (%)", Unit.SHARE),
            Column("Loi", "Lỗi hay gặp", share=3),
        ),
        tuple(
            (line.name, line.good, line.faulty, share(line.good, line.good + line.faulty), line.fault) for line in lines
        ),
        nothing="Trong kỳ không đầu ra nào được dùng.",
    )


def clusters(air: AirFigures) -> Facts:
    """What no means measures is said to be so, as the form asks for it; below it what the air monitor has heard."""
    return Facts(
        "CumLoa",
        "Tình trạng cụm loa",
        (
            Fact("SoCumHoatDong", "Số cụm loa hoạt động", None, Unit.COUNT),
            Fact("SoCumHong", "Số cụm loa hỏng", None, Unit.COUNT),
            Fact("ThoiGianHong", "Thời gian hỏng trung bình", None, Unit.MINUTES),
            *air_facts(air),
        ),
    )


def ends(figures: Figures) -> Table:
    return Table(
        "KhongTron",
        "Lượt không phát trọn và lý do",
        (
            Column("KetQua", "Kết quả", share=1.3),
            Column("LyDo", "Lý do", share=4),
            Column("SoLuot", "Số lượt", Unit.COUNT),
            Column("SoPhut", "Đã nghe được (phút)", Unit.MINUTES, share=1.2),
        ),
        tuple((OUTCOMES[end.outcome], sentence(end.reason), end.rows, end.played_ms) for end in figures.ends),
        nothing="Mọi lượt đều phát trọn.",
    )


def refusals(refusals: Sequence[tuple[str, int]]) -> Table:
    return Table(
        "KhongXepDuoc",
        "Lượt không xếp được vào lịch",
        (Column("LyDo", "Lý do", share=5), Column("SoLuot", "Số lượt", Unit.COUNT)),
        tuple((sentence(reason), count) for reason, count in refusals),
        nothing="Mọi lượt yêu cầu đều xếp được vào lịch.",
    )


def night(lines: Sequence[NightLine]) -> Table:
    return Table(
        "GioYenTinh",
        "Âm thanh trong giờ yên tĩnh",
        (
            Column("Ngay", "Ngày", Unit.DAY, share=1.3),
            Column("GioPhat", "Từ", Unit.CLOCK, share=1.1),
            Column("GioKetThuc", "Đến", Unit.CLOCK, share=1.1),
            Column("SoGiay", "Đo được (giây)", Unit.SECONDS),
            Column("Loai", "Loại", share=1.1),
            Column("TieuDe", "Bản tin", share=2.4),
            Column("VungPhat", "Vùng phát", share=1.2),
            Column("NguoiLenh", "Người ra lệnh, duyệt", share=1.5),
        ),
        tuple(
            (
                line.start.date(),
                line.start,
                line.end,
                line.played_ms,
                TRIGGERS[line.trigger],
                line.title,
                zone_words(line.zone),
                line.by,
            )
            for line in lines
        ),
        nothing="Trong giờ yên tĩnh không có âm thanh nào.",
    )


def _delay_ms(line: UrgentLine) -> Cell:
    """From the order to the first sample; nothing where none came."""
    if line.sounded is None:
        return ""
    return max(0, round((line.sounded - line.ordered).total_seconds() * 1000))


def _or_none(value: int | None) -> Cell:
    return "" if value is None else value
