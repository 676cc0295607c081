"""Giấy xác nhận of a dispatch: what was heard whole, what in part and which output missed what, and how to check it.

It says "đã phát" only of what was heard whole; sums stand under the rows they are sums of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from scheduler.core.air.share_words import missed_text
from scheduler.core.air.standing import Standing, Tally, tally_text
from scheduler.core.planning.ledger import Account
from scheduler.core.report.headline import headline, unheard_warning
from scheduler.core.report.heard import returned_facts
from scheduler.core.report.logbook import LogRow, end_words, log_lines, unshared_note
from scheduler.core.report.report import Cell, Column, Fact, Facts, Form, Head, MinutesADay, Report, Table, Unit
from scheduler.core.report.report_words import NOTES, TITLES

__all__ = ["Chain", "DispatchFacts", "certificate"]

NOT_PLAYED_TITLE = "GIẤY XÁC NHẬN KẾT QUẢ PHÁT"
"""Of a certificate of which no airing was heard whole: it must not say “đã phát”."""


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


def certificate(
    facts: DispatchFacts, rows: Sequence[LogRow], chain: Chain, head: Head, made_at: datetime, *, one_officer: bool
) -> Report:
    """What was aired for a dispatch, day by day, and how it can be checked. `rows`: its journal rows, in order."""
    of_day: dict[date, list[LogRow]] = {day: [] for day in sorted({row.day for row in rows} | facts.accounts.keys())}
    for row in rows:
        of_day[row.day].append(row)
    days = list(of_day)
    first, last = (days[0], days[-1]) if days else (made_at.date(), made_at.date())
    tally = Tally.total(row.tally for row in rows)
    played = [sum(row.heard_ms for row in own) for own in of_day.values()]
    ordered = [facts.accounts[day].ordered_minutes if day in facts.accounts else None for day in days]
    minutes = tuple(value / 60_000 for value in played)
    chart = MinutesADay(tuple(days), minutes, tuple(ordered), facts.issued) if len(days) > 1 else None
    about = f"theo văn bản số {facts.number}" + (f" ngày {facts.issued:%d/%m/%Y}" if facts.issued else "")
    notes = (
        NOTES["measured"],
        NOTES["airings"],
        *unshared_note(rows),
        NOTES["hashes"],
        *([NOTES["one_officer"]] if one_officer else []),
    )
    return Report(
        form=Form.CERTIFICATE,
        head=head,
        title=TITLES[Form.CERTIFICATE] if tally.whole else NOT_PLAYED_TITLE,
        about=about,
        code=facts.number,
        first=first,
        last=last,
        made_at=made_at,
        blocks=(
            _dispatch_facts(facts, rows),
            _contents(rows),
            _in_part(rows),
            _certificate_days(of_day, facts.accounts),
            _chain(chain, rows),
            Table("LuotPhat", "Từng lượt phát", *log_lines(rows), on_paper=False),
        ),
        intro=(
            f"{head.agency} xác nhận kết quả phát trên hệ thống loa truyền thanh {about} như sau:",
            f"{tally_text(tally).capitalize()}." if rows else "Chưa có lượt phát nào.",
        ),
        warning=unheard_warning(tally),
        chart=chart,
        notes=notes,
    )


def _dispatch_facts(facts: DispatchFacts, rows: Sequence[LogRow]) -> Facts:
    ordered = sum(account.ordered for account in facts.accounts.values()) if facts.accounts else ""
    tally = Tally.total(row.tally for row in rows)
    return Facts(
        "VanBan",
        "Văn bản và kết quả thực hiện",
        (
            Fact("SoCongVan", "Số, ký hiệu", facts.number),
            Fact("NgayCongVan", "Ngày", facts.issued or "", Unit.DAY),
            Fact("CoQuanBanHanh", "Cơ quan ban hành", facts.issuer),
            Fact("TrichYeu", "Trích yếu", facts.subject),
            Fact("LuotYeuCau", "Số lượt yêu cầu", ordered, Unit.COUNT),
            *headline(tally, planned="Số lượt đến giờ phát"),
            Fact("SoNgay", "Số ngày có tiếng", len({row.day for row in rows if row.heard_ms}), Unit.COUNT),
            *_returned(facts),
        ),
    )


def _returned(facts: DispatchFacts) -> tuple[Fact, ...]:
    """What the air monitor can say of it; nothing where there is none."""
    return () if facts.returned is None else returned_facts(*facts.returned)


def _contents(rows: Sequence[LogRow]) -> Table:
    """What was heard: each version of words and sound by itself."""
    tally = Tally.total(row.tally for row in rows)
    found: dict[tuple[str, str, str], list[LogRow]] = {}
    for row in rows:
        if row.heard_ms:
            found.setdefault((row.title, row.text_sha256, row.audio_sha256), []).append(row)
    cells = tuple(
        (
            title,
            of[0].author,
            of[0].approver,
            of[0].voice or "Bản ghi âm",
            sum(row.standing is Standing.WHOLE for row in of),
            sum(row.standing is Standing.PARTLY for row in of),
            sum(row.heard_ms for row in of),
            text_sha256,
            audio_sha256,
        )
        for (title, text_sha256, audio_sha256), of in found.items()
    )
    return Table(
        "NoiDung",
        "Nội dung nghe được",
        (
            Column("TieuDe", "Bản tin", share=2.2),
            Column("TacGia", "Người viết", share=1.2),
            Column("NguoiDuyet", "Người duyệt", share=1.2),
            Column("GiongDoc", "Giọng đọc", share=1.2),
            Column("SoLuot", "Đã phát trọn (lượt)", Unit.COUNT, share=0.8),
            Column("LuotPhatDo", "Phát dở (lượt)", Unit.COUNT, share=0.8),
            Column("SoPhut", "Thời lượng (phút)", Unit.MINUTES, share=1.1),
            Column("MaVanBan", "Mã băm văn bản", share=2),
            Column("MaAmThanh", "Mã băm âm thanh", share=2),
        ),
        cells,
        ("Cộng", "", "", "", tally.whole, tally.partly, tally.played_ms, "", ""),
        nothing="Chưa có nội dung nào ra loa.",
    )


def _in_part(rows: Sequence[LogRow]) -> Table:
    """Airings that were not heard whole: how much of each was, and which loudspeaker missed what."""
    cut = [row for row in rows if row.standing in {Standing.PARTLY, Standing.RECORDED}]
    return Table(
        "KhongTron",
        "Lượt phát dở và lượt chỉ ghi tệp",
        (
            Column("Ngay", "Ngày", Unit.DAY, share=1.3),
            Column("GioPhat", "Giờ", Unit.CLOCK, share=1.1),
            Column("TieuDe", "Bản tin", share=2),
            Column("SoGiay", "Nghe được (giây)", Unit.SECONDS, share=1.1),
            Column("SoGiayKeHoach", "Phải phát (giây)", Unit.SECONDS, share=1.1),
            Column("KetQua", "Kết quả, lý do", share=2.2),
            Column("DauRaThieu", "Đầu ra thiếu tiếng", share=2.6),
        ),
        tuple(
            (
                row.day,
                row.start or row.planned,
                row.title,
                row.heard_ms,
                row.planned_ms or "",
                end_words(row),
                missed_text(row.shares),
            )
            for row in cut
        ),
        ("Cộng", "", "", sum(row.heard_ms for row in cut), "", "", "") if cut else None,
        nothing="Mọi lượt có tiếng đều phát trọn.",
    )


def _certificate_days(of_day: Mapping[date, Sequence[LogRow]], accounts: Mapping[date, Account]) -> Table:
    cells = [_certificate_day(day, own, accounts.get(day)) for day, own in of_day.items()]
    ordered = [account.ordered for account in accounts.values()]
    tally = Tally.total(row.tally for own in of_day.values() for row in own)
    total = (
        "Cộng",
        sum(ordered) if ordered else "",
        tally.whole,
        tally.partly,
        round(sum(account.ordered_minutes for account in accounts.values()) * 60_000) if ordered else "",
        tally.played_ms,
        "",
    )
    return Table(
        "TheoNgay",
        "Số phút phát mỗi ngày",
        (
            Column("Ngay", "Ngày", Unit.DAY, share=1.2),
            Column("LuotYeuCau", "Yêu cầu (lượt)", Unit.COUNT, share=0.9),
            Column("LuotDaPhat", "Đã phát trọn (lượt)", Unit.COUNT, share=0.9),
            Column("LuotPhatDo", "Phát dở (lượt)", Unit.COUNT, share=0.9),
            Column("PhutYeuCau", "Yêu cầu (phút)", Unit.MINUTES),
            Column("PhutDaPhat", "Nghe được (phút)", Unit.MINUTES),
            Column("GioPhat", "Giờ có tiếng", share=3.5),
        ),
        tuple(cells),
        total if cells else None,
    )


def _certificate_day(day: date, rows: Sequence[LogRow], account: Account | None) -> tuple[Cell, ...]:
    return (
        day,
        account.ordered if account else "",
        sum(row.standing is Standing.WHOLE for row in rows),
        sum(row.standing is Standing.PARTLY for row in rows),
        round(account.ordered_minutes * 60_000) if account else "",
        sum(row.heard_ms for row in rows),
        ", ".join(
            f"{row.start:%H:%M}{'' if row.standing is Standing.WHOLE else ' (dở)'}"
            for row in rows
            if row.start and row.heard_ms
        ),
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
