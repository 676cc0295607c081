"""Bảng kê nhuận bút: who wrote what was heard in a period (Nghị định 49/2024/NĐ-CP has the ward pay for it).

It counts items, airings and measured minutes by author. Coefficient and amount are left to a pen: what an item is worth
is the ward's decision and stands in no journal.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from scheduler.core.report.period import Period
from scheduler.core.report.report import Column, Form, Head, Report, Table, Unit
from scheduler.core.report.report_words import NOTES, TITLES

__all__ = ["FeeLine", "fees_report"]


class FeeLine(NamedTuple):
    """What somebody wrote and was heard."""

    author: str
    announcement_id: int | None
    title: str
    first_day: date
    voice: str
    airings: int
    played_ms: int
    account: str = ""
    """Whose lines are counted together, whatever they were called meanwhile; empty = by name."""


def fees_report(period: Period, lines: Sequence[FeeLine], head: Head, made_at: datetime) -> Report:
    """Who wrote what was heard in a period; coefficient and amount are left to a pen."""
    return Report(
        form=Form.FEES,
        head=head,
        title=TITLES[Form.FEES],
        about=period.words,
        code=period.code,
        first=period.first,
        last=period.last,
        made_at=made_at,
        blocks=(_people(lines), _items(lines)),
        notes=(NOTES["measured"], NOTES["airings"], NOTES["fees"]),
    )


def _people(lines: Sequence[FeeLine]) -> Table:
    authors: dict[str, list[FeeLine]] = {}
    for line in lines:
        authors.setdefault(line.account or line.author, []).append(line)
    return Table(
        "TheoTacGia",
        "Theo tác giả",
        (
            Column("TacGia", "Tác giả", share=3),
            Column("SoBanTin", "Số bản tin", Unit.COUNT),
            Column("SoLuot", "Số lượt có tiếng", Unit.COUNT),
            Column("SoPhut", "Thời lượng (phút)", Unit.MINUTES),
            Column("ThanhTien", "Thành tiền (đồng)", Unit.BLANK, share=1.5),
        ),
        tuple(
            (of[-1].author, len(of), sum(line.airings for line in of), sum(line.played_ms for line in of), "")
            for of in authors.values()
        ),
        ("Cộng", len(lines), sum(line.airings for line in lines), sum(line.played_ms for line in lines), ""),
        nothing="Trong kỳ không có bản tin nào ra loa.",
    )


def _items(lines: Sequence[FeeLine]) -> Table:
    return Table(
        "BanTin",
        "Từng bản tin",
        (
            Column("TacGia", "Tác giả", share=1.6),
            Column("BanTinID", "Mã", Unit.NUMBER, share=0.6),
            Column("TieuDe", "Bản tin", share=3),
            Column("NgayPhatDau", "Phát lần đầu", Unit.DAY, share=1.2),
            Column("GiongDoc", "Giọng đọc", share=1.3, on_paper=False),
            Column("SoLuot", "Số lượt có tiếng", Unit.COUNT, share=0.8),
            Column("SoPhut", "Thời lượng (phút)", Unit.MINUTES),
            Column("HeSo", "Hệ số", Unit.BLANK, share=0.8),
            Column("ThanhTien", "Thành tiền (đồng)", Unit.BLANK, share=1.4),
        ),
        tuple(
            (
                line.author,
                line.announcement_id or "",
                line.title,
                line.first_day,
                line.voice,
                line.airings,
                line.played_ms,
                "",
                "",
            )
            for line in lines
        ),
    )
