"""The headline of every report: airings that were to be, and how each of them stands (`core.air.standing`).

The page, PDF, XLSX, CSV, JSON, `loa report`, the API and the town's report are all drawn from it. What was cut is never
rounded up to all of it.
"""

from scheduler.core.air.standing import Tally
from scheduler.core.report.report import Cell, Fact, Unit

__all__ = ["headline", "share", "unheard_warning"]

_NEARLY = 0.999
"""The largest share that is told of what is not whole: it is shown with one decimal."""


def headline(of: Tally, *, planned: str = "Số lượt phải phát") -> tuple[Fact, ...]:
    """The figures that stand first in a report."""
    return (
        Fact("SoLuotKeHoach", planned, of.planned, Unit.COUNT),
        Fact("SoLuotDaPhat", "Số lượt phát trọn", of.whole, Unit.COUNT),
        Fact("SoLuotPhatDo", "Số lượt phát dở", of.partly, Unit.COUNT),
        Fact("ThoiLuongPhatDo", "Nghe được của các lượt phát dở", of.partly_ms, Unit.SECONDS),
        Fact("SoLuotKhongPhat", "Số lượt không phát được", of.silent, Unit.COUNT),
        Fact("SoLuotDaHuy", "Số lượt đã hủy", of.cancelled, Unit.COUNT),
        Fact("SoLuotChiGhiTep", "Số lượt chỉ ghi tệp, loa không kêu", of.recorded, Unit.COUNT),
        Fact("TyLeLuot", "Tỷ lệ phát trọn", share(of.whole, of.planned), Unit.SHARE),
        Fact("TongThoiLuong", "Tổng thời lượng nghe được", of.played_ms, Unit.MINUTES),
        Fact("ThoiLuong", "Tổng thời lượng (giờ:phút:giây)", of.played_ms, Unit.LENGTH),
    )


def share(part: int, whole: int) -> Cell:
    """A part of a whole, 0 to 1; nothing where there is no whole, and never all where something is missing."""
    if not whole:
        return ""
    return part / whole if part >= whole else min(part / whole, _NEARLY)


def unheard_warning(of: Tally) -> str:
    """What a paper says in large type when airings sounded on no loudspeaker; empty when there are none."""
    if not of.recorded:
        return ""
    if of.recorded == of.planned or not of.airings:
        return f"KHÔNG CÓ LOA NÀO KÊU: {of.recorded} lượt chỉ được ghi ra tệp, không tính là đã phát."
    return f"CÓ {of.recorded} LƯỢT LOA KHÔNG KÊU: chỉ được ghi ra tệp, không tính là đã phát."
