"""Reports over real rows: every figure is the journal's, whatever happened in the days."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduler.core.model import AiringOutcome, Priority, Sha256, Slot, Trigger
from scheduler.core.report.period import PeriodKind, parse_period, period_with
from scheduler.core.report.report import Facts, Report, Table, figure
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from scheduler.store import Ending
from tests.conftest import DAY, MORNING

PLAYED, PARTIAL, MISSED = AiringOutcome.PLAYED, AiringOutcome.PARTIAL, AiringOutcome.MISSED
RECORDED, REFUSED = AiringOutcome.RECORDED, AiringOutcome.REFUSED
MONTH = parse_period("2026-12")


@pytest.fixture
def reports(station):
    return station.services.reports


def block(report: Report, key: str) -> Table | Facts:
    return next(one for one in report.blocks if one.key == key)


def fact(report: Report, key: str, name: str):
    return next(one.cell for one in block(report, key).facts if one.key == name)


def lines(report: Report, key: str) -> list[dict[str, object]]:
    table = block(report, key)
    return [
        {column.key: figure(cell, column.unit) for column, cell in zip(table.columns, row, strict=True)}
        for row in table.rows
    ]


class Air:
    """Puts what happened into rows, as playout leaves them."""

    def __init__(self, cast) -> None:
        self.cast, self.slots, self.count = cast, cast.station.repos.slots, 0
        self.announcement_id = cast.approved(60.0, "Tiêm chủng")

    def of(self, trigger=Trigger.MANUAL, outcome=PLAYED, played_ms=60_000, *, day=DAY, minute=0, late_ms=0, reason="",
           outputs=None, operator=None, announcement_id=None) -> Slot:  # fmt: skip
        self.count += 1
        start = MORNING + (day - DAY) + timedelta(minutes=minute)
        slot = Slot(
            id=f"{day:%Y%m%d}-n{self.count}",
            day=day,
            zone="all",
            start=start,
            length=timedelta(minutes=1),
            campaign_id=None,
            announcement_id=announcement_id or self.announcement_id,
            audio_sha256=Sha256("0" * 64),
            priority=Priority.EMERGENCY if trigger is Trigger.EMERGENCY else Priority.NORMAL,
            trigger=trigger,
        )
        self.slots.add(slot, operator.id if operator else None, start)
        self.close(slot, outcome, played_ms, late_ms=late_ms, reason=reason, outputs=outputs)
        return slot

    def close(self, slot: Slot, outcome, played_ms=0, *, late_ms=0, reason="", outputs=None) -> None:
        self.slots.claim(slot, slot.start)
        began = slot.start + timedelta(milliseconds=late_ms) if played_ms else None
        ended = began + timedelta(milliseconds=played_ms) if began else None
        self.slots.close(slot.id, Ending(outcome, reason, began, ended, played_ms, outputs), slot.end)

    def later(self) -> None:
        """The middle of the third day: the first two are over."""
        self.cast.station.clock.advance(2 * 86_400 + 7_200)

    def campaign(self, endings, **changes) -> int:
        campaign_id = self.cast.running(self.announcement_id, base=len(endings), **changes)
        for slot, (outcome, played_ms) in zip(self.slots.of_day(DAY), endings, strict=True):
            self.close(slot, outcome, played_ms, reason="" if outcome is PLAYED else "power_cut")
        return campaign_id


@pytest.fixture
def air(cast):
    return Air(cast)


@pytest.fixture
def later(air):
    air.later()


# Sums


ENDS = list(AiringOutcome)
SILENT = {MISSED, REFUSED, AiringOutcome.CANCELLED, RECORDED}
TRIGGERS = [one for one in Trigger if one not in {Trigger.SCHEDULE, Trigger.TEST}]  # a test is no airtime


@pytest.mark.parametrize("seed", range(5))
def test_every_figure_is_a_sum_over_the_journal_rows_of_its_days(air, reports, later, minh, seed):
    dice = random.Random(seed)
    for _ in range(40):
        outcome, day = dice.choice(ENDS), DAY + timedelta(days=dice.randrange(4))
        played_ms = 0 if outcome in SILENT else dice.randrange(900_000)
        air.of(dice.choice(TRIGGERS), outcome, played_ms, day=day, minute=dice.randrange(900))
    made = reports.airtime(minh, MONTH)
    journal = [
        row
        for shift in range(3)  # the fourth day has not come
        for row in air.cast.station.repos.journal.of_day((DAY + timedelta(days=shift)).isoformat())
    ]
    played_ms = sum(row["played_ms"] or 0 for row in journal)
    whole = [row for row in journal if row["outcome"] == "played"]
    partly = [row for row in journal if row["outcome"] != "played" and row["played_ms"]]
    heard = len(whole) + len(partly)
    recorded = sum(row["outcome"] == "recorded" for row in journal)
    cancelled = sum(row["outcome"] == "cancelled" for row in journal)
    assert fact(made, "SoLieuChung", "SoLuotKeHoach") == len(journal)
    assert fact(made, "SoLieuChung", "SoLuotDaPhat") == len(whole)
    assert fact(made, "SoLieuChung", "SoLuotPhatDo") == len(partly)
    assert fact(made, "SoLieuChung", "ThoiLuongPhatDo") == sum(row["played_ms"] for row in partly)
    assert fact(made, "SoLieuChung", "SoLuotChiGhiTep") == recorded
    assert fact(made, "SoLieuChung", "SoLuotDaHuy") == cancelled
    assert fact(made, "SoLieuChung", "SoLuotKhongPhat") == len(journal) - heard - recorded - cancelled
    assert bool(made.warning) == bool(recorded)
    assert fact(made, "SoLieuChung", "TongThoiLuong") == played_ms > 0
    for key in ("TheoNguon", "TheoLinhVuc", "TheoNgay"):
        table = block(made, key)
        keys = [column.key for column in table.columns]
        for name, whole in (("SoPhut", played_ms), ("SoLuot", heard)):
            at = keys.index(name)
            assert sum(row[at] for row in table.rows) == table.total[at] == whole
    log = reports.log(minh, DAY)
    assert [line["SoThuTu"] for line in lines(log, "NhatKy")] == [
        row["seq"] for row in journal if row["day"] == str(DAY)
    ]


def test_sessions_are_told_by_the_wall_clock_of_the_station(air, reports, later, minh):
    for shift, minute, outcome, played_ms in (  # minutes from 05:30 on, each on a day of its own
        (-1, 299, PLAYED, 60_000),  # 10:29, the last minute of the morning
        (0, 300, MISSED, 0),  # 10:30
        (1, 479, PARTIAL, 30_000),  # 13:29
        (2, 480, MISSED, 0),  # 13:30
    ):
        air.of(Trigger.MAKE_GOOD, outcome, played_ms, day=DAY + timedelta(days=shift), minute=minute)
    sessions = lines(reports.airtime(minh, MONTH), "BuoiPhat")
    assert [(line["Buoi"], line["KeHoach"], line["ThucHien"]) for line in sessions] == [
        ("Sáng", 1, 1),
        ("Trưa", 2, 1),
        ("Chiều", 1, 0),
    ]


def test_a_campaign_gives_its_minutes_to_its_field_and_its_dispatch(air, reports, minh, dispatch_id):
    air.cast.station.repos.programme.change_announcement(
        air.cast.station.repos.programme.announcement(air.announcement_id), {"dispatch_id": dispatch_id}, MORNING
    )
    air.campaign([(PLAYED, 60_000), (PARTIAL, 20_000), (MISSED, 0)], dispatch_id=dispatch_id, field=4)
    air.later()
    made = reports.airtime(minh, MONTH)
    fields = {line["LoaiLinhVuc"]: line["SoPhut"] for line in lines(made, "TheoLinhVuc")}
    assert fields[4] == 1.33
    (dispatch,) = lines(made, "TheoCongVan")
    told = {
        key: dispatch[key]
        for key in ("SoCongVan", "NgayCongVan", "LuotYeuCau", "LuotDaPhat", "LuotPhatDo", "PhutDaPhat")
    }
    assert told == {
        "SoCongVan": "77/UBND-VHXH",
        "NgayCongVan": "2026-12-01",
        "LuotYeuCau": 3,
        "LuotDaPhat": 1,
        "LuotPhatDo": 1,
        "PhutDaPhat": 1.33,
    }
    assert "tăng thời lượng" in dispatch["TrichYeu"]
    ways = ("LuotDaPhat", "LuotPhatDo", "LuotXoaNo", "LuotConNo")
    assert dispatch["LuotYeuCau"] == sum(dispatch[way] for way in ways)
    (lost,) = lines(made, "XoaNo")
    assert lost["SoLuot"] == 1


def test_what_was_ordered_and_achieved_is_what_the_ledger_says(air, reports, minh, dispatch_id, station):
    air.campaign(
        [(PLAYED, 60_000), (MISSED, 0), (PLAYED, 59_000)], dispatch_id=dispatch_id, end=DAY + timedelta(days=20)
    )
    air.later()
    account = station.services.ledger.of_dispatch(dispatch_id)
    past = account.sum_of([day for day in account.days if day <= DAY + timedelta(days=2)])
    (line,) = lines(reports.airtime(minh, MONTH), "TheoCongVan")
    assert line["LuotYeuCau"] == past.ordered
    assert line["LuotXoaNo"] == past.lost
    assert line["LuotConNo"] == past.owed
    assert line["PhutYeuCau"] == pytest.approx(past.ordered_minutes, abs=0.01)


def test_a_relay_is_split_by_where_its_sound_came_from(air, reports, later, minh, station):
    slot = air.of(Trigger.RELAY, PLAYED, 1_800_000)
    for minute, to in ((-1, "https://vov.example/1.mp3"), (20, "https://ptth.example/2")):
        at = slot.start + timedelta(minutes=minute)
        station.repos.journal.note("relay", DAY.isoformat(), "relay_lost", f"{slot.id}: none -> {to}", at)
    sources = {line["Nguon"]: line["SoPhut"] for line in lines(reports.airtime(minh, MONTH), "TheoNguon")}
    assert sources["Tiếp âm Đài Tiếng nói Việt Nam (VOV)"] == 20
    assert sources["Tiếp âm đài tỉnh"] == 10
    (row,) = lines(reports.log(minh, DAY), "NhatKy")
    assert (row["TiepAm"], row["NguonTiepAm"]) == (1, "https://vov.example/1.mp3, https://ptth.example/2")


def test_the_delay_of_an_emergency_is_from_the_order_to_the_first_sample(air, reports, later, minh):
    air.of(Trigger.EMERGENCY, PLAYED, 30_000, late_ms=1_340, operator=minh)
    air.of(Trigger.EMERGENCY, REFUSED, 0, minute=5, reason="clock_untrusted", operator=minh)
    heard, refused = lines(reports.airtime(minh, MONTH), "BanTinKhan")
    assert (heard["DoTre"], heard["NguoiLenh"], heard["GioLenh"]) == (1.3, "Minh (minh)", "05:30:00")
    assert refused["DoTre"] == refused["GioPhat"] == ""
    assert "Đồng hồ" in refused["KetQua"]


def test_outputs_are_told_as_they_told_it_and_clusters_as_not_measured(air, reports, later, minh):
    air.of(outputs={"Loa": "ok", "FM": "mất dây"})
    air.of(minute=2, outputs={"Loa": "ok", "FM": "ok"})
    air.of(minute=4, outcome=MISSED, played_ms=0)
    made = reports.airtime(minh, MONTH)
    outputs = {line["TenDauRa"]: (line["LuotTot"], line["LuotLoi"], line["Loi"]) for line in lines(made, "DauRa")}
    assert outputs == {"Loa": (2, 0, ""), "FM": (1, 1, "mất dây")}
    assert fact(made, "CumLoa", "SoCumHong") is None


def test_what_did_not_air_is_counted_by_its_end_and_reason(air, reports, later, minh):
    for minute, reason in ((0, "station_off"), (2, "station_off"), (4, "quiet_hours")):
        air.of(outcome=MISSED if reason == "station_off" else REFUSED, played_ms=0, minute=minute, reason=reason)
    ends = [(line["KetQua"], line["SoLuot"]) for line in lines(reports.airtime(minh, MONTH), "KhongTron")]
    assert ends == [("Lỡ giờ", 2), ("Bị từ chối", 1)]


@pytest.mark.parametrize(
    ("minute", "played_ms", "inside"),
    [
        (-31, 59_999, True),  # 04:59, quiet until 05:00
        (-30, 60_000, False),  # 05:00
        (359, 60_000, False),  # 11:29 to 11:30
        (359, 60_001, True),
        (930, 1_000, True),  # 21:00
        (929, 60_000, False),
    ],
)
def test_sound_in_quiet_hours_is_named_to_the_second(air, reports, later, minh, minute, played_ms, inside):
    air.of(Trigger.EMERGENCY, PLAYED, played_ms, minute=minute, operator=minh)
    told = lines(reports.airtime(minh, MONTH), "GioYenTinh")
    assert [(line["Loai"], line["NguoiLenh"]) for line in told] == ([("Khẩn cấp", "Minh (minh)")] if inside else [])


@pytest.mark.parametrize(("minute", "hours"), [(1_080, 3), (450, 9)], ids=["over_midnight", "over_two_quiet_windows"])
def test_a_long_airing_in_quiet_hours_is_named_once(air, reports, later, minh, minute, hours):
    air.of(Trigger.EMERGENCY, PLAYED, hours * 3_600_000, minute=minute, operator=minh)
    assert len(lines(reports.airtime(minh, MONTH), "GioYenTinh")) == 1


# Periods


def test_a_period_that_is_not_over_counts_up_to_today(air, reports, later, minh):
    made = reports.airtime(minh, MONTH)
    days = [line["Ngay"] for line in lines(made, "TheoNgay")]
    assert (days[0], days[-1]) == ("2026-12-01", "2026-12-04")
    assert "04/12/2026" in made.notes[0]


def test_a_period_that_has_not_begun_has_no_figures(reports, minh):
    made = reports.airtime(minh, parse_period("2027-Q1"))
    assert fact(made, "SoLieuChung", "SoLuotKeHoach") == 0
    assert fact(made, "SoLieuChung", "TyLeLuot") == ""


@pytest.mark.parametrize("kind", PeriodKind)
def test_a_day_counts_the_same_in_every_period_that_holds_it(air, reports, later, minh, kind):
    air.of(played_ms=61_234)
    made = reports.airtime(minh, period_with(kind, DAY))
    assert fact(made, "SoLieuChung", "TongThoiLuong") == 61_234
    (day,) = [line for line in lines(made, "TheoNgay") if line["Ngay"] == "2026-12-02"]
    assert day["SoLuot"] == 1


# The other forms


def test_a_certificate_names_what_was_heard_when_and_by_which_hash(air, reports, minh, dispatch_id, station):
    programme = station.repos.programme
    programme.change_announcement(programme.announcement(air.announcement_id), {"dispatch_id": dispatch_id}, MORNING)
    air.campaign([(PLAYED, 60_000), (MISSED, 0)], dispatch_id=dispatch_id)
    air.later()
    air.of(Trigger.MANUAL, PLAYED, 5_000, day=DAY + timedelta(days=1))
    made = reports.certificate(minh, dispatch_id)
    assert fact(made, "VanBan", "SoCongVan") == "77/UBND-VHXH"
    assert fact(made, "VanBan", "TongThoiLuong") == 65_000
    days = {
        line["Ngay"]: (line["LuotYeuCau"], line["LuotDaPhat"], line["PhutDaPhat"]) for line in lines(made, "TheoNgay")
    }
    assert days == {"2026-12-02": (2, 1, 1.0), "2026-12-03": ("", 1, 0.08)}
    rows = lines(made, "LuotPhat")
    assert [row["MaBam"] for row in rows] == [
        row["hash"] for row in station.repos.store.rows("SELECT hash FROM journal ORDER BY seq")
    ]
    assert "Nguyên vẹn (3 dòng" in fact(made, "ChuoiNhatKy", "TrangThai")
    assert made.chart.issued == date(2026, 12, 1)


def test_a_certificate_says_that_the_chain_is_broken(air, reports, minh, dispatch_id, station):
    air.of()
    with station.repos.store.write() as db:
        db.conn.execute("DROP TRIGGER journal_no_update")
        db.conn.execute("UPDATE journal SET played_ms = 600000 WHERE seq = 1")
    made = reports.certificate(minh, dispatch_id)
    assert fact(made, "ChuoiNhatKy", "TrangThai") == "BỊ ĐỨT: dòng 1"
    unlooked = reports.certificate(minh, dispatch_id, verify=False)
    assert fact(unlooked, "ChuoiNhatKy", "TrangThai") == "Chưa kiểm tra"


def test_a_dispatch_of_which_nothing_was_aired_is_certified_as_nothing(reports, minh, dispatch_id):
    made = reports.certificate(minh, dispatch_id)
    assert fact(made, "VanBan", "SoLuotDaPhat") == 0
    assert "ĐÃ PHÁT" not in made.title
    assert block(made, "NoiDung").rows == ()


def test_a_dispatch_without_a_number_has_no_certificate(reports, minh, station, lan, dispatch_id):
    fields = station.repos.programme.dispatch(dispatch_id).fields | {"number_symbol": None}
    station.repos.programme.set_dispatch_fields(dispatch_id, fields)
    with pytest.raises(Refused) as refused:
        reports.certificate(minh, dispatch_id)
    assert refused.value.reason == "dispatch_unnumbered"
    with pytest.raises(NotFound):
        reports.certificate(minh, dispatch_id + 1)


def test_the_sheet_of_fees_counts_what_was_heard_and_by_whom_it_was_written(air, reports, minh):
    air.of(played_ms=60_000)
    air.of(played_ms=30_000, outcome=PARTIAL, minute=2)
    air.of(played_ms=0, outcome=MISSED, minute=4)
    air.of(Trigger.RELAY, minute=6)
    (item,) = lines(reports.fees(minh, MONTH), "BanTin")
    assert (item["TacGia"], item["TieuDe"], item["SoLuot"], item["SoPhut"]) == ("Lan (lan)", "Tiêm chủng", 2, 1.5)
    assert item["HeSo"] is None


def test_the_sheet_of_fees_counts_a_renamed_author_once_and_with_rows_from_before_accounts_stood_there(
    air, reports, minh, cast, monkeypatch
):
    with monkeypatch.context() as before:
        before.setattr("scheduler.store.air.endings.journal_name", lambda _, name: name or "")
        air.of(played_ms=60_000, announcement_id=cast.approved(60.0, "Chỉ phát trước đó"))
        air.of(played_ms=60_000, minute=2)
    air.of(played_ms=60_000, minute=4)
    cast.station.services.people.rename(cast.lan, "Lê Thị Lan")
    air.of(played_ms=60_000, minute=6)
    told = reports.fees(minh, MONTH)
    assert [(one["TieuDe"], one["SoLuot"]) for one in lines(told, "BanTin")] == [
        ("Chỉ phát trước đó", 1),
        ("Tiêm chủng", 3),
    ]
    (author,) = lines(told, "TheoTacGia")
    assert (author["TacGia"], author["SoLuot"]) == ("Lê Thị Lan (lan)", 4)


def test_an_item_that_nobody_heard_earns_nothing(air, reports, minh):
    air.of(played_ms=0, outcome=MISSED)
    assert lines(reports.fees(minh, MONTH), "BanTin") == []


def test_the_head_of_a_report_is_what_the_configuration_says(station, minh):
    assert station.services.reports.log(minh, DAY).head.agency == station.config.station.name
    made = station.services.reports.log(minh, DAY)
    assert (made.head.day, made.head.symbol, len(made.head.signers)) == (DAY, "BC-ĐTT", 3)


def test_somebody_who_may_do_nothing_any_more_gets_no_report(reports, minh):
    with pytest.raises(NotPermitted):
        reports.airtime(replace(minh, active=False), MONTH)


# Reading


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("SELECT * FROM journal WHERE kind = 'airing' AND dispatch_number = ? ORDER BY planned_start, seq", "journal_dispatch"),
        ("SELECT at, note FROM journal WHERE kind = 'relay' AND day BETWEEN ? AND ? ORDER BY seq", "journal_day"),
        ("SELECT h.verdict FROM json_each(?) s CROSS JOIN heard h ON h.slot_id = s.value AND h.kind = 'airing'", "heard_airing"),
        ("SELECT verdict, count(*) FROM heard WHERE day BETWEEN ? AND ? AND kind = 'airing' GROUP BY 1", "heard_day"),
    ],
)  # fmt: skip
def test_reports_read_through_an_index_however_long_the_journal(station, sql, index):
    plan = station.repos.store.rows(f"EXPLAIN QUERY PLAN {sql}", ("a",) * sql.count("?"))
    assert f"USING INDEX {index}" in " ".join(row["detail"] for row in plan)


def test_a_certificate_says_aired_only_of_what_was_heard_whole(air, reports, minh, dispatch_id, station):
    programme = station.repos.programme
    programme.change_announcement(programme.announcement(air.announcement_id), {"dispatch_id": dispatch_id}, MORNING)
    air.campaign([(PARTIAL, 20_000), (RECORDED, 0)], dispatch_id=dispatch_id)
    air.later()
    made = reports.certificate(minh, dispatch_id)
    assert made.title == "GIẤY XÁC NHẬN KẾT QUẢ PHÁT"
    assert made.warning.startswith("CÓ 1 LƯỢT LOA KHÔNG KÊU")
    assert [(row["SoGiay"], row["SoGiayKeHoach"], row["KetQua"][:8]) for row in lines(made, "KhongTron")] == [
        (20.0, 60.0, "Phát dở:"),
        (0.0, 60.0, "Chỉ ghi "),
    ]
    assert lines(made, "NoiDung")[0]["SoLuot"] == 0
    assert "đã phát" not in " ".join(made.intro).lower().replace("không tính là đã phát", "")
