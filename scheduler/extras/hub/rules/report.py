"""Báo cáo các phường: airtime of a period or a dispatch by ward, for the province, as one report like all others.

What a ward has not told stands as not measured, never as zero; what was told is told with how much of it is proved by
the ward's own chain. It names figures and puts them in tables; it makes none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from scheduler.core.air.standing import Tally
from scheduler.core.report.headline import headline, unheard_warning
from scheduler.core.report.report import Cell, Column, Fact, Facts, Form, Head, Report, Table, Unit
from scheduler.extras.hub.rules.areas import by_code, old_districts, province_of
from scheduler.extras.hub.rules.sums import WardAirtime, totals
from scheduler.extras.hub.rules.wards import Area, Level

__all__ = ["WardsFacts", "wards_report"]

LEVELS = {Level.COMMUNE: "Xã, phường, đặc khu", Level.PROVINCE: "Tỉnh, thành phố", Level.DISTRICT_LEGACY: "Huyện (cũ)"}
NOTES = (
    "Số liệu do trạm của từng phường đo và gửi về; phường chưa báo không được tính là 0.",
    "“Có chứng cứ” là lượt mà mã băm đúng với nhật ký móc xích của phường.",
    "Từ ngày 01/7/2025 không còn cấp huyện; huyện cũ chỉ ghi để tra cứu.",
)
NOT_REPORTED = "chưa báo"


@dataclass(frozen=True, slots=True)
class WardsFacts:
    """All that the report tells, besides its head."""

    first: date
    last: date
    about: str
    code: str
    lines: Sequence[WardAirtime]
    areas: Sequence[Area] = ()
    area_of: Mapping[str, str] = field(default_factory=dict)
    """Ward -> code of its area."""
    zone_name: str = "Asia/Ho_Chi_Minh"


def wards_report(facts: WardsFacts, head: Head, made_at: datetime) -> Report:
    """The report; `made_at` in the station's zone."""
    return Report(
        form=Form.AIRTIME,
        head=head,
        title="BÁO CÁO THỜI LƯỢNG PHÁT SÓNG CỦA CÁC PHƯỜNG",
        about=facts.about,
        code=f"cac-phuong-{facts.code}",
        first=facts.first,
        last=facts.last,
        made_at=made_at,
        blocks=(_whole(facts), _wards(facts), _areas(facts)),
        intro=(f"{head.agency} báo cáo thời lượng phát sóng của các phường {facts.about} như sau:",),
        warning=unheard_warning(totals(facts.lines).tally),
        notes=NOTES,
        landscape=True,
    )


def _whole(facts: WardsFacts) -> Facts:
    whole = totals(facts.lines)
    return Facts(
        "SoLieuChung",
        "Số liệu chung",
        (
            Fact("SoPhuong", "Số phường", whole.wards, Unit.COUNT),
            Fact("SoPhuongChuaBao", "Số phường chưa báo", whole.silent, Unit.COUNT),
            *headline(whole.tally, planned="Số lượt đã báo"),
            Fact("SoLuotCoChungCu", "Số lượt có chứng cứ", whole.proved, Unit.COUNT),
        ),
    )


def _wards(facts: WardsFacts) -> Table:
    areas, zone = by_code(facts.areas), ZoneInfo(facts.zone_name)

    def row(line: WardAirtime) -> tuple[Cell, ...]:
        code = facts.area_of.get(line.ward_id, "") or line.ward_id
        known = line.has_reported
        return (
            line.ward_id,
            line.name,
            ", ".join(old_districts(code, areas)),
            line.airings if known else None,
            *(_counts(line.tally) if known else (None,) * 5),
            line.played_ms,
            line.proved if known else None,
            line.reported_at.astimezone(zone) if line.reported_at else NOT_REPORTED,
            line.missing_rows if known else None,
            line.chain_faults if known else None,
            province_of(code, areas),
        )

    whole = totals(facts.lines)
    return Table(
        "CacPhuong",
        "Theo phường",
        (
            Column("MaPhuong", "Mã", share=1),
            Column("TenPhuong", "Phường", share=2.4),
            Column("HuyenCu", "Huyện cũ", share=1.6),
            Column("SoLuot", "Số lượt", Unit.COUNT),
            Column("DaPhat", "Phát trọn", Unit.COUNT),
            Column("PhatDo", "Phát dở", Unit.COUNT),
            Column("KhongPhat", "Không phát", Unit.COUNT),
            Column("DaHuy", "Đã hủy", Unit.COUNT),
            Column("ChiGhiTep", "Chỉ ghi tệp", Unit.COUNT),
            Column("SoPhut", "Thời lượng (phút)", Unit.MINUTES),
            Column("CoChungCu", "Có chứng cứ", Unit.COUNT),
            Column("BaoGanNhat", "Báo gần nhất", Unit.INSTANT, share=1.8),
            Column("DongConThieu", "Dòng còn thiếu", Unit.COUNT),
            Column("ChoDut", "Chỗ đứt chuỗi", Unit.COUNT),
            Column("Tinh", "Tỉnh", on_paper=False),
        ),
        tuple(map(row, facts.lines)),
        ("Cộng", "", "", whole.airings, *_counts(whole.tally), whole.played_ms, whole.proved, "", "", "", ""),
    )


def _counts(of: Tally) -> tuple[int, int, int, int, int]:
    return of.whole, of.partly, of.silent, of.cancelled, of.recorded


def _areas(facts: WardsFacts) -> Table:
    rows = tuple(
        (
            area.code,
            area.name,
            LEVELS[area.level],
            area.parent,
            ", ".join(area.merged_from),
            area.valid_from or "",
            area.valid_to or "",
        )
        for area in facts.areas
    )
    return Table(
        "DonViHanhChinh",
        "Đơn vị hành chính",
        (
            Column("Ma", "Mã"),
            Column("Ten", "Tên", share=2),
            Column("Cap", "Cấp"),
            Column("Thuoc", "Thuộc"),
            Column("SapNhapTu", "Sáp nhập từ", share=2),
            Column("TuNgay", "Từ ngày"),
            Column("DenNgay", "Đến ngày"),
        ),
        rows,
        on_paper=False,
    )
