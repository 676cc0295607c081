"""Sổ nhật ký of a day and giấy xác nhận of a dispatch: journal rows told one by one, with their hashes.

Columns for machines carry the keys of the provincial system. A key that the station cannot fill (power, place of a
cluster) has no column: absent is honest, empty would not be. Sums stand under the rows they are sums of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from scheduler.core.ledger import Account
from scheduler.core.model import AiringOutcome, Trigger
from scheduler.core.report import Cell, Column, Fact, Facts, Form, Head, MinutesADay, Report, Table, Unit
from scheduler.core.report_heard import MARK_COLUMNS, Mark, mark_cells, returned_facts
from scheduler.core.report_words import FIELDS, NOTES, TITLES, TRIGGERS, zone_words
from scheduler.core.wording import OUTCOMES, sentence

__all__ = ["Chain", "DispatchFacts", "LogRow", "certificate", "log_report"]

_HEARD = frozenset({AiringOutcome.PLAYED, AiringOutcome.PARTIAL})


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

    @property
    def heard(self) -> bool:
        return self.outcome in _HEARD


@dataclass(frozen=True, slots=True)
class Chain:
    """State of the journal's chain when the paper was made; `whole` None = nobody has looked."""

    whole: bool | None
    rows: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class DispatchFacts:
    """What a certificate says of its dispatch."""

    number: str
    issued: date | None
    issuer: str
    subject: str
    accounts: Mapping[date, Account]
    """The ledger's days; empty where nothing was ordered in numbers."""
    returned: tuple[int, int] | None = None
    """Airings that the air monitor listened to, and those of them it heard whole; None = it listened to none."""


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
    played_ms, heard = sum(row.played_ms for row in rows), sum(row.heard for row in rows)
    facts = (
        Fact("SoLuotKeHoach", "Số lượt phải phát", len(rows), Unit.COUNT),
        Fact("SoLuotDaPhat", "Số lượt đã phát", heard, Unit.COUNT),
        Fact("TongThoiLuong", "Tổng thời lượng đã phát", played_ms, Unit.MINUTES),
        Fact("ThoiLuong", "Tổng thời lượng (giờ:phút:giây)", played_ms, Unit.LENGTH),
    )
    columns, cells = _log_lines(rows, monitored=monitored)
    if last != day:
        columns = tuple(_with_day(column) for column in columns)
    total = tuple(_log_total(column, played_ms) for column in columns)
    nothing = "Không có lượt phát nào trong ngày này." if last == day else "Không có lượt phát nào."
    table = Table("NhatKy", "Các lượt phát", columns, cells, total if rows else None, nothing=nothing)
    notes = [NOTES["measured"], NOTES["airings"]]
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
        blocks=(Facts("SoLieuChung", "Số liệu chung", facts), table),
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


def _log_lines(
    rows: Sequence[LogRow], *, monitored: bool = False
) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
    """Columns and cells of airings; those of the air monitor where it has a mark of any, or could have."""
    if monitored or any(row.mark for row in rows):
        return _LOG + MARK_COLUMNS, tuple(_log_cells(row) + mark_cells(row.mark) for row in rows)
    return _LOG, tuple(_log_cells(row) for row in rows)


def _log_cells(row: LogRow) -> tuple[Cell, ...]:
    end = OUTCOMES[row.outcome] + (f": {sentence(row.reason)}" if row.reason else "")
    return (
        row.seq,
        row.planned,
        row.start or "",
        row.end or "",
        row.played_ms,
        row.title,
        row.dispatch,
        TRIGGERS[row.trigger],
        zone_words(row.zone),
        "; ".join(name if why == "ok" else f"{name}: {why}" for name, why in row.outputs.items()),
        row.author,
        row.approver,
        end,
        row.announcement_id or "",
        str(row.priority),
        str(row.field) if row.field else "",
        FIELDS[row.field] if row.field else "",
        row.start or "",
        row.played_ms,
        row.played_ms,
        int(row.trigger is Trigger.RELAY),
        row.relay_source,
        row.operator,
        row.voice,
        row.text_sha256,
        row.audio_sha256,
        row.hash,
    )


# Giấy xác nhận


def certificate(
    facts: DispatchFacts, rows: Sequence[LogRow], chain: Chain, head: Head, made_at: datetime, *, one_officer: bool
) -> Report:
    """What was aired for a dispatch, day by day, and how it can be checked. `rows`: its journal rows, in order."""
    of_day: dict[date, list[LogRow]] = {day: [] for day in sorted({row.day for row in rows} | facts.accounts.keys())}
    for row in rows:
        of_day[row.day].append(row)
    days = list(of_day)
    first, last = (days[0], days[-1]) if days else (made_at.date(), made_at.date())
    played = [sum(row.played_ms for row in own) for own in of_day.values()]
    ordered = [facts.accounts[day].ordered_minutes if day in facts.accounts else None for day in days]
    minutes = tuple(value / 60_000 for value in played)
    chart = MinutesADay(tuple(days), minutes, tuple(ordered), facts.issued) if len(days) > 1 else None
    about = f"theo văn bản số {facts.number}" + (f" ngày {facts.issued:%d/%m/%Y}" if facts.issued else "")
    notes = (NOTES["measured"], NOTES["airings"], NOTES["hashes"], *([NOTES["one_officer"]] if one_officer else []))
    return Report(
        form=Form.CERTIFICATE,
        head=head,
        title=TITLES[Form.CERTIFICATE],
        about=about,
        code=facts.number,
        first=first,
        last=last,
        made_at=made_at,
        blocks=(
            _dispatch_facts(facts, rows),
            _contents(rows),
            _certificate_days(of_day, facts.accounts),
            _chain(chain, rows),
            Table("LuotPhat", "Từng lượt phát", *_log_lines(rows), on_paper=False),
        ),
        intro=(f"{head.agency} xác nhận đã phát trên hệ thống loa truyền thanh {about} như sau:",),
        chart=chart,
        notes=notes,
    )


def _dispatch_facts(facts: DispatchFacts, rows: Sequence[LogRow]) -> Facts:
    ordered = sum(account.ordered for account in facts.accounts.values()) if facts.accounts else ""
    played_ms = sum(row.played_ms for row in rows)
    return Facts(
        "VanBan",
        "Văn bản và kết quả thực hiện",
        (
            Fact("SoCongVan", "Số, ký hiệu", facts.number),
            Fact("NgayCongVan", "Ngày", facts.issued or "", Unit.DAY),
            Fact("CoQuanBanHanh", "Cơ quan ban hành", facts.issuer),
            Fact("TrichYeu", "Trích yếu", facts.subject),
            Fact("LuotYeuCau", "Số lượt yêu cầu", ordered, Unit.COUNT),
            Fact("LuotDaPhat", "Số lượt đã phát", sum(row.heard for row in rows), Unit.COUNT),
            Fact("SoNgay", "Số ngày có phát", len({row.day for row in rows if row.played_ms}), Unit.COUNT),
            Fact("TongThoiLuong", "Tổng thời lượng đã phát", played_ms, Unit.MINUTES),
            Fact("ThoiLuong", "Tổng thời lượng (giờ:phút:giây)", played_ms, Unit.LENGTH),
            *_returned(facts),
        ),
    )


def _returned(facts: DispatchFacts) -> tuple[Fact, ...]:
    """What the air monitor can say of it; nothing where there is none."""
    return () if facts.returned is None else returned_facts(*facts.returned)


def _contents(rows: Sequence[LogRow]) -> Table:
    """What was heard: each version of words and sound by itself."""
    found: dict[tuple[str, str, str], list[LogRow]] = {}
    for row in rows:
        if row.played_ms:
            found.setdefault((row.title, row.text_sha256, row.audio_sha256), []).append(row)
    cells = tuple(
        (
            title,
            of[0].author,
            of[0].approver,
            of[0].voice or "Bản ghi âm",
            sum(row.heard for row in of),
            sum(row.played_ms for row in of),
            text_sha256,
            audio_sha256,
        )
        for (title, text_sha256, audio_sha256), of in found.items()
    )
    return Table(
        "NoiDung",
        "Nội dung đã phát",
        (
            Column("TieuDe", "Bản tin", share=2.2),
            Column("TacGia", "Người viết", share=1.2),
            Column("NguoiDuyet", "Người duyệt", share=1.2),
            Column("GiongDoc", "Giọng đọc", share=1.2),
            Column("SoLuot", "Số lượt", Unit.COUNT, share=0.8),
            Column("SoPhut", "Thời lượng (phút)", Unit.MINUTES, share=1.1),
            Column("MaVanBan", "Mã băm văn bản", share=2),
            Column("MaAmThanh", "Mã băm âm thanh", share=2),
        ),
        cells,
        ("Cộng", "", "", "", sum(row.heard for row in rows), sum(row.played_ms for row in rows), "", ""),
        nothing="Chưa có nội dung nào được phát.",
    )


def _certificate_days(of_day: Mapping[date, Sequence[LogRow]], accounts: Mapping[date, Account]) -> Table:
    cells = [_certificate_day(day, own, accounts.get(day)) for day, own in of_day.items()]
    ordered = [account.ordered for account in accounts.values()]
    total = (
        "Cộng",
        sum(ordered) if ordered else "",
        sum(row.heard for own in of_day.values() for row in own),
        round(sum(account.ordered_minutes for account in accounts.values()) * 60_000) if ordered else "",
        sum(row.played_ms for own in of_day.values() for row in own),
        "",
    )
    return Table(
        "TheoNgay",
        "Số phút phát mỗi ngày",
        (
            Column("Ngay", "Ngày", Unit.DAY, share=1.2),
            Column("LuotYeuCau", "Yêu cầu (lượt)", Unit.COUNT, share=0.9),
            Column("LuotDaPhat", "Đã phát (lượt)", Unit.COUNT, share=0.9),
            Column("PhutYeuCau", "Yêu cầu (phút)", Unit.MINUTES),
            Column("PhutDaPhat", "Đã phát (phút)", Unit.MINUTES),
            Column("GioPhat", "Giờ phát", share=3.5),
        ),
        tuple(cells),
        total if cells else None,
    )


def _certificate_day(day: date, rows: Sequence[LogRow], account: Account | None) -> tuple[Cell, ...]:
    return (
        day,
        account.ordered if account else "",
        sum(row.heard for row in rows),
        round(account.ordered_minutes * 60_000) if account else "",
        sum(row.played_ms for row in rows),
        ", ".join(f"{row.start:%H:%M}" for row in rows if row.start and row.played_ms),
    )


def _chain(chain: Chain, rows: Sequence[LogRow]) -> Facts:
    state = {
        None: "Chưa kiểm tra",
        True: f"Nguyên vẹn ({chain.rows} dòng đã kiểm tra)",
        False: f"BỊ ĐỨT: {chain.fault}",
    }[chain.whole]
    return Facts(
        "ChuoiNhatKy",
        "Chuỗi nhật ký",
        (
            Fact("TrangThai", "Trạng thái khi lập giấy này", state),
            Fact("DongDau", "Dòng nhật ký đầu của văn bản", rows[0].seq if rows else "", Unit.NUMBER),
            Fact("MaBamDau", "Mã băm dòng đầu", rows[0].hash if rows else ""),
            Fact("DongCuoi", "Dòng nhật ký cuối của văn bản", rows[-1].seq if rows else "", Unit.NUMBER),
            Fact("MaBamCuoi", "Mã băm dòng cuối", rows[-1].hash if rows else ""),
        ),
    )
