"""Sổ nhật ký of a day: journal rows told one by one, with their hashes; a certificate tells its rows the same way.

Columns for machines carry the keys of the provincial system. A key that the station cannot fill (power, place of a
cluster) has no column: absent is honest, empty would not be. Sums stand under the rows they are sums of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from scheduler.core.air.heard_back import Mark
from scheduler.core.air.output_share import OutputShare
from scheduler.core.air.share_words import outputs_text
from scheduler.core.air.standing import Standing, Tally, standing_of
from scheduler.core.model import AiringOutcome, Trigger
from scheduler.core.report.headline import headline, unheard_warning
from scheduler.core.report.heard import MARK_COLUMNS, mark_cells
from scheduler.core.report.report import Cell, Column, Facts, Form, Head, Report, Table, Unit
from scheduler.core.report.report_words import FIELDS, NOTES, TITLES, TRIGGERS, zone_words
from scheduler.core.words.wording import OUTCOMES, sentence

__all__ = ["LogRow", "end_words", "log_lines", "log_report", "unshared_note"]


class LogRow(NamedTuple):
    """An airing as the journal has it; instants in the station's zone."""

    seq: int
    day: date
    announcement_id: int | None
    title: str
    dispatch: str
    zone: str
    priority: int
    trigger: Trigger
    planned: datetime
    start: datetime | None
    end: datetime | None
    played_ms: int
    outcome: AiringOutcome
    reason: str
    text_sha256: str
    audio_sha256: str
    voice: str
    author: str
    approver: str
    operator: str
    outputs: Mapping[str, str]
    field: int
    """Lĩnh vực; 0 = nobody has classified it."""
    relay_source: str
    """Where a relay came from; empty for all else."""
    hash: str
    mark: Mark | None = None
    """What the air monitor made of it; None = it did not look."""
    planned_ms: int = 0
    shares: tuple[OutputShare, ...] | None = None
    """What each output sounded; None = nobody had measured it, as in old rows."""

    @property
    def standing(self) -> Standing:
        return standing_of(self.outcome, self.played_ms)

    @property
    def tally(self) -> Tally:
        """The row as a sum of one."""
        return Tally.of(self.outcome, 1, int(self.played_ms > 0), self.played_ms)

    @property
    def heard_ms(self) -> int:
        """What loudspeakers sounded of it."""
        return self.tally.played_ms


# Sổ nhật ký


def log_report(
    day: date,
    rows: Sequence[LogRow],
    head: Head,
    made_at: datetime,
    *,
    one_officer: bool,
    monitored: bool = False,
    last: date | None = None,
    chosen: str = "",
) -> Report:
    """The logbook of a day, or of the days up to `last`; `chosen`: which airings alone are in it, in words.

    `monitored`: there is an air monitor, so that also a day without a mark tells of marks.
    """
    last = last or day
    tally = Tally.total(row.tally for row in rows)
    columns, cells = log_lines(rows, monitored=monitored)
    if last != day:
        columns = tuple(_with_day(column) for column in columns)
    total = tuple(_log_total(column, tally.played_ms) for column in columns)
    nothing = "Không có lượt phát nào trong ngày này." if last == day else "Không có lượt phát nào."
    table = Table("NhatKy", "Các lượt phát", columns, cells, total if rows else None, nothing=nothing)
    notes = [NOTES["measured"], NOTES["airings"], *unshared_note(rows)]
    if len(columns) > len(_LOG):
        notes.append(NOTES["returned"])
    if one_officer:
        notes.append(NOTES["one_officer"])
    return Report(
        form=Form.LOG,
        head=head,
        title=TITLES[Form.LOG],
        about=_about(day, last, chosen),
        code=day.isoformat() if last == day else f"{day.isoformat()}-{last.isoformat()}",
        first=day,
        last=last,
        made_at=made_at,
        blocks=(Facts("SoLieuChung", "Số liệu chung", headline(tally)), table),
        warning=unheard_warning(tally),
        notes=tuple(notes),
        landscape=True,
    )


_LOG = (
    Column("SoThuTu", "Số", Unit.NUMBER, share=0.7),
    Column("GioDuKien", "Dự kiến", Unit.CLOCK, share=1.1),
    Column("GioPhat", "Thực phát", Unit.CLOCK, share=1.1),
    Column("GioKetThuc", "Kết thúc", Unit.CLOCK, share=1.1),
    Column("SoGiay", "Đo được (giây)", Unit.SECONDS, share=1.1),
    Column("TieuDe", "Nội dung", share=3),
    Column("SoCongVan", "Công văn", share=1.6),
    Column("HinhThuc", "Hình thức", share=1.1),
    Column("VungPhat", "Vùng phát", share=1.1),
    Column("DauRa", "Đầu ra", share=1.8),
    Column("TacGia", "Người viết", share=1.3),
    Column("NguoiDuyet", "Người duyệt", share=1.3),
    Column("KetQua", "Kết quả, lý do", share=2.4),
    Column("BanTinID", "Mã bản tin", Unit.NUMBER, on_paper=False),
    Column("MucDoUuTien", "Mức độ ưu tiên", on_paper=False),
    Column("LoaiLinhVuc", "Mã lĩnh vực", on_paper=False),
    Column("TenLinhVuc", "Lĩnh vực", on_paper=False),
    Column("ThoiDiemBatDau", "Thời điểm bắt đầu (giây epoch)", Unit.EPOCH, on_paper=False),
    Column("ThoiLuong", "Thời lượng", Unit.LENGTH, on_paper=False),
    Column("MiliGiay", "Đo được (mili giây)", Unit.MILLISECONDS, on_paper=False),
    Column("TiepAm", "Tiếp âm (1 = có)", Unit.COUNT, on_paper=False),
    Column("NguonTiepAm", "Nguồn tiếp âm", on_paper=False),
    Column("NguoiThaoTac", "Người thao tác", on_paper=False),
    Column("GiongDoc", "Giọng đọc", on_paper=False),
    Column("MaVanBan", "Mã băm văn bản", on_paper=False),
    Column("MaAmThanh", "Mã băm âm thanh", on_paper=False),
    Column("MaBam", "Mã băm dòng nhật ký", on_paper=False),
)


def _with_day(column: Column) -> Column:
    """The time a row was to begin, with its day: there are several."""
    return replace(column, unit=Unit.INSTANT, share=1.6) if column.key == "GioDuKien" else column


def _about(first: date, last: date, chosen: str) -> str:
    days = f"ngày {first:%d/%m/%Y}" if first == last else f"từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"
    return f"{days} ({chosen})" if chosen else days


_ON_TOTAL = {"SoGiay", "ThoiLuong", "MiliGiay"}


def _log_total(column: Column, played_ms: int) -> Cell:
    if column.key == "TieuDe":
        return "Cộng"
    return played_ms if column.key in _ON_TOTAL else ""


def log_lines(
    rows: Sequence[LogRow], *, monitored: bool = False
) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
    """Columns and cells of airings; those of the air monitor where it has a mark of any, or could have."""
    if monitored or any(row.mark for row in rows):
        return _LOG + MARK_COLUMNS, tuple(_log_cells(row) + mark_cells(row.mark) for row in rows)
    return _LOG, tuple(_log_cells(row) for row in rows)


def _log_cells(row: LogRow) -> tuple[Cell, ...]:
    return (
        row.seq,
        row.planned,
        row.start or "",
        row.end or "",
        row.heard_ms,
        row.title,
        row.dispatch,
        TRIGGERS[row.trigger],
        zone_words(row.zone),
        outputs_text(row.outputs, row.shares),
        row.author,
        row.approver,
        end_words(row),
        row.announcement_id or "",
        str(row.priority),
        str(row.field) if row.field else "",
        FIELDS[row.field] if row.field else "",
        row.start or "",
        row.heard_ms,
        row.heard_ms,
        int(row.trigger is Trigger.RELAY),
        row.relay_source,
        row.operator,
        row.voice,
        row.text_sha256,
        row.audio_sha256,
        row.hash,
    )


def end_words(row: LogRow) -> str:
    return OUTCOMES[row.outcome] + (f": {sentence(row.reason)}" if row.reason else "")


def unshared_note(rows: Sequence[LogRow]) -> tuple[str, ...]:
    """The note on rows from before each output was measured by itself; nothing where there is none."""
    return (NOTES["unshared"],) if any(row.shares is None and row.outputs for row in rows) else ()
