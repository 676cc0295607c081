"""The public page, the reports and the journal in a real browser: a telephone first, then the officer's screen."""

import re
from datetime import timedelta

import pytest

from scheduler.config.loading import (
    Config,
    OutputConfig,
    PlanningConfig,
    QuietHoursConfig,
    SpeechConfig,
    StationConfig,
    WebConfig,
)
from scheduler.core.model import DEFAULT_ZONE, AiringOutcome, Priority, Slot, Trigger
from scheduler.core.planning.rules import local_day
from scheduler.extras.public.keys import PublicConfig
from scheduler.extras.public.service.tickets import TicketService
from scheduler.store import Ending
from tests.conftest import noon_zone
from tests.ports import free_port
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures are names
    air,
    chromium,
    clock,
    expect,
    full_day,
    hung,
    kept,
    open_page,
    pytestmark,
    served,
    sign_in,
    wrong_at_every_size,
)

LETTER = """ỦY BAN NHÂN DÂN
PHƯỜNG BẮC SƠN
Số: 77/UBND-VHXH
Bắc Sơn, ngày {day:%d} tháng {day:%m} năm {day:%Y}
V/v tăng thời lượng tuyên truyền phòng chống dịch

Kính gửi: Trạm truyền thanh phường

Yêu cầu Trạm truyền thanh phường phát bản tin phòng chống dịch 04 lượt/ngày trên hệ thống loa.
./.
"""


@pytest.fixture
def config(tmp_path):
    """About noon at the station, whenever the test runs, with the public page open."""
    return Config(
        folder=tmp_path,
        station=StationConfig(name="Đài truyền thanh phường Bắc Sơn", data="data", time_zone=noon_zone()),
        web=WebConfig(port=free_port()),
        quiet_hours=QuietHoursConfig(windows=("21:00-05:00",), legal_basis="Quyết định 12/QĐ-UBND"),
        planning=PlanningConfig(days_ahead=1),
        speech=SpeechConfig(engines=("espeak",)),
        outputs=(OutputConfig(name="Loa phường", kind="wavfile", counts=True),),
    ).having(PublicConfig(on=True))


@pytest.fixture
def said(cast, clock):  # noqa: F811
    """An ordinary bulletin, an emergency with its correction, a drill, a relay: aired in the last hours."""
    station, now = cast.station, clock.now()
    services, slots = station.services.announcements, station.repos.slots
    day = local_day(now, station.config.station.time_zone)

    def aired(number, title, text, hours, trigger=Trigger.MANUAL, priority=Priority.NORMAL, corrects=""):
        clip = cast.clip(20.0, f"tiếng {number}", 300.0 + 20 * number)
        announcement_id = services.write(cast.lan, title, text, priority)
        services.use_recording(cast.lan, announcement_id, clip.sha256)
        services.heard(cast.lan, announcement_id, clip.sha256)
        services.submit(cast.lan, announcement_id)
        services.approve(cast.minh, announcement_id, clip.sha256, heard=True)
        with station.repos.store.write() as db:
            db.conn.execute("UPDATE announcement SET corrects = ? WHERE id = ?", (corrects, announcement_id))
        start = now - timedelta(hours=hours)
        slot = Slot(
            id=f"p{number}", day=day, zone=DEFAULT_ZONE, start=start, length=timedelta(seconds=20), campaign_id=None,
            announcement_id=announcement_id, audio_sha256=clip.sha256, trigger=trigger, priority=priority,
        )  # fmt: skip
        slots.add(slot, cast.lan.id, start)
        slots.claim(slot, start)
        ending = Ending(AiringOutcome.PLAYED, "", start, start + timedelta(seconds=20), 20_000, {"Loa phường": "ok"})
        slots.close(slot.id, ending, now)
        return slot.id

    words = (
        "Đề nghị bà con khai báo y tế trước ngày 15 và giữ gìn vệ sinh nơi ở.\nGọi trạm y tế phường khi có triệu chứng."
    )
    aired(1, "Phòng chống dịch bệnh: khai báo y tế toàn dân", words * 5, 5)
    wrong = aired(
        2, "Mưa lớn, sơ tán khu phố 3", "Bà con khu phố 3 sơ tán ngay.", 3, Trigger.EMERGENCY, Priority.EMERGENCY
    )
    aired(
        3,
        "Đính chính",
        "Khu phố 3 không phải sơ tán. Xin bà con yên tâm.",
        2.8,
        Trigger.EMERGENCY,
        Priority.EMERGENCY,
        wrong,
    )
    aired(4, "Diễn tập phòng cháy", "Đây là diễn tập, không phải báo động thật.", 2, Trigger.DRILL)
    aired(5, "Thời sự 5 giờ", "Tiếp âm đài tỉnh.", 1, Trigger.RELAY)
    worker = station.worker()
    while worker.make_ahead():
        pass
    return day


def test_the_public_pages_are_readable_for_all_without_a_script(said, open_page):  # noqa: F811
    page = open_page(expected=("422",))
    faults = {}
    page.goto("/cong-khai")
    expect(page.locator("article")).to_have_count(5)
    expect(page.locator("article.emergency .fix-box")).to_contain_text("không phải sơ tán")
    faults["list"] = wrong_at_every_size(page, "cong-khai")
    page.click("text=Đọc hết")
    expect(page.locator("article")).to_have_count(1)
    faults["item"] = wrong_at_every_size(page, "cong-khai-ban")
    page.goto("/cong-khai/phan-anh")
    faults["form"] = wrong_at_every_size(page, "cong-khai-phan-anh")
    page.click("text=Gửi phản ánh")
    expect(page.locator("[role=alert]")).to_be_visible()
    faults["refused"] = wrong_at_every_size(page, "cong-khai-phan-anh-loi")
    page.select_option("#noi", index=1)
    page.check("text=Loa không kêu")
    page.fill("#noi_dung", "Cột đầu ngõ 12 im từ sáng.")
    page.click("text=Gửi phản ánh")
    expect(page.locator("h1")).to_have_text(re.compile(r"Phản ánh số \d+"))
    faults["receipt"] = wrong_at_every_size(page, "cong-khai-so")
    assert {name: found for name, found in faults.items() if found} == {}


def test_the_sound_of_a_bulletin_can_be_heard(said, open_page):  # noqa: F811
    page = open_page("phone")
    page.goto("/cong-khai")
    length = page.evaluate(
        """() => new Promise((done, lost) => {
            const sound = document.querySelector("audio");
            sound.addEventListener("loadedmetadata", () => done(sound.duration));
            sound.addEventListener("error", () => lost(new Error("no sound")));
            sound.preload = "metadata"; sound.load();
        })"""
    )
    assert 19.5 < length < 21


def test_the_officer_answers_a_report_with_what_aired_beside_it(said, full_day, hung, served, open_page):  # noqa: F811
    station = served.station
    from scheduler.extras.public.service.tickets import FaultPlace, Told

    now = station.clock.now()
    station.services.get(TicketService).report(
        Told(
            "f1", FaultPlace(DEFAULT_ZONE), "silent", now - timedelta(minutes=20), "Loa đầu ngõ không kêu", "0912345678"
        ),
        "x",
    )
    station.services.get(TicketService).report(Told("f2", FaultPlace(DEFAULT_ZONE), "loud", now, "Kêu to quá"), "y")
    page, faults = open_page(expected=("422",)), {}
    sign_in(page, at="/phan-anh")
    faults["list"] = wrong_at_every_size(page, "phan-anh")
    page.get_by_role("link", name="Số 1").click()
    expect(page.locator("text=0912345678")).to_be_visible()
    faults["ticket"] = wrong_at_every_size(page, "phan-anh-mot")
    page.get_by_role("button", name="Ghi là đã xong").click()
    expect(page.locator("#answer-fault")).to_be_visible()
    faults["refused"] = wrong_at_every_size(page, "phan-anh-loi")
    page.fill("#noi_dung", "Đã nối lại dây ở cột số 4.")
    page.get_by_role("button", name="Ghi là đã xong").click()
    expect(page.locator("main .head .st")).to_contain_text("Đã xong")
    page.goto("/trang-cong-khai")
    faults["switch"] = wrong_at_every_size(page, "trang-cong-khai")
    page.goto("/trang-cong-khai/to-giay")
    faults["poster"] = wrong_at_every_size(page, "to-giay")
    assert {name: found for name, found in faults.items() if found} == {}


def test_the_journal_is_readable_for_all_in_each_of_its_states(said, full_day, hung, served, open_page):  # noqa: F811
    station = served.station
    station.services.dispatches.import_dispatch(hung, LETTER.format(day=said - timedelta(days=3)).encode(), "77.txt")
    page, faults = open_page(expected=("422",)), {}
    sign_in(page, at="/nhat-ky")
    faults["day"] = wrong_at_every_size(page, "nhat-ky-ngay")
    page.click("text=Kiểm tra toàn bộ")
    expect(page.locator("#chuoi progress")).to_be_visible()
    worker = station.worker()
    while worker.work_once():
        pass
    expect(page.locator("#chuoi")).to_contain_text("Nguyên vẹn")
    page.goto("/nhat-ky?cong_van=77/UBND-VHXH")
    expect(page.locator("svg.chart")).to_be_visible()
    faults["chart"] = wrong_at_every_size(page, "nhat-ky-cong-van")
    page.click("text=Xem dạng bảng")
    expect(page.locator("table.figures")).to_be_visible()
    faults["chart as a table"] = wrong_at_every_size(page, "nhat-ky-bang")
    page.goto("/nhat-ky?tu=32/13/2026")
    faults["refused"] = wrong_at_every_size(page, "nhat-ky-loi")
    seq = station.repos.store.value("SELECT min(seq) FROM journal WHERE kind = 'airing' AND outcome = 'played'")
    page.goto(f"/nhat-ky/luot/{seq}")
    faults["airing"] = wrong_at_every_size(page, "nhat-ky-luot")
    order = station.services.exports
    from scheduler.core.report.report import Form
    from scheduler.services.report.exports import Order

    job_id = order.ask(hung, Order(Form.LOG, "xlsx", said))
    page.goto(f"/tep/{job_id}")
    faults["waiting"] = wrong_at_every_size(page, "tep-cho")
    while worker.work_once():
        pass
    expect(page.locator("text=Tải tệp Excel")).to_be_visible()
    faults["ready"] = wrong_at_every_size(page, "tep-xong")
    assert {name: found for name, found in faults.items() if found} == {}


def test_the_journal_prints_with_its_chart_and_without_its_buttons(said, full_day, hung, open_page):  # noqa: F811
    page = open_page()
    sign_in(page, at=f"/nhat-ky?tu={said - timedelta(days=6):%d/%m/%Y}&den={said:%d/%m/%Y}")
    page.emulate_media(media="print")
    kept(page, "nhat-ky-in")
    expect(page.locator("svg.chart")).to_be_visible()
    expect(page.locator("table.journal")).to_be_visible()
    for gone in ("header.bar", "nav.side", ".acts", "details.filter"):
        expect(page.locator(gone)).to_be_hidden()
