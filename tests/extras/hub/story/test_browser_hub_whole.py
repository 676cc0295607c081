"""A town, its broker and two wards that really air, from the browser: issued, acknowledged, heard, proved, exported.

Nothing is told in the wards' place: their links carry it, their playout sounds it, their journals prove it.
"""

import io
from contextlib import ExitStack
from dataclasses import replace

import openpyxl
import pytest

from scheduler.config.loading import OutputConfig, QuietHoursConfig
from scheduler.core.model import Role
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.enrolment import KEY_FILE
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.service.town import TownService
from scheduler.station import Station
from tests.conftest import Cast
from tests.extras.hub.story.test_browser_hub import emergency
from tests.extras.hub.work.conftest import Town, running
from tests.extras.hub.work.test_real_ward import linked
from tests.extras.town.broker.servers import NatsServer
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import wrong_at_every_size
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    Air,
    chromium,
    clock,
    expect,
    kept,
    open_page,
    served,
    sign_in,
)
from tests.waiting import until

pytestmark = desk_story.pytestmark
desk_config = desk_story.config
MINH, DISPATCH = ("minh", "mat-khau-cua-minh"), "642/UBND"
PATIENCE = 120.0
"""Seconds that wards may take to air a few seconds on a busy machine."""


@pytest.fixture
def server(tmp_path):
    return NatsServer(tmp_path, wards={}, more="system_account: SYS")


@pytest.fixture
def config(desk_config, server):
    told = HubConfig(
        url=server.url,
        name="Thị xã Mẫu",
        page_url=f"http://127.0.0.1:{desk_config.web.port}",
        wards_conf=str(server.wards_conf),
        broker_pid=str(server.pid_file),
    )
    return replace(desk_config, quiet_hours=QuietHoursConfig()).having(told)


def ward_of(town, tmp_path, ward_id, name, zone, place):
    """A ward that has come in and lets the town's emergencies air."""
    told = TownConfig(
        url=town.server.url,
        ward_id=ward_id,
        hub_url=town.station.config.get(HubConfig).page_url,
        emergency="air",
        priority="next_session",
        health_seconds=5.0,
        clip_spread_minutes=0.0,
    )
    folder = tmp_path / ward_id
    folder.mkdir()
    outputs = (OutputConfig(name="Loa phường", kind="wavfile", counts=True, zones=(zone,)),)
    config = replace(town.station.written, folder=folder, outputs=outputs).having(HubConfig(), told)
    station = Station.open(config, town.station.clock)
    station.prepare()
    code = town.services.add_ward(town.admin, NewWard(ward_id, name, homes=900, place=place))
    town.services.join(code, keys.public_of(keys.load_or_make(config.data / KEY_FILE)))
    boss = station.repos.people.machine(station.clock.now())
    station.services.get(TownService).pin(boss, town.services.keys.current().public, "Thị xã Mẫu", may_emergency=True)
    return station


@pytest.fixture
def town(station, server, tmp_path, served):  # noqa: F811 - the fixture above
    """A running town with two wards that air and one that nobody has ever heard of."""
    made, open_ = Town(station, server), ExitStack()
    made.services.conf.write()
    with server, running(station), open_:
        until(lambda: made.services.state().connected)
        for ward_id, name, zone, place in (
            ("101", "Phường Bắc Sơn", "Ven sông", (20.98, 105.30)),
            ("102", "Phường Nam Hà", "Chợ", (20.92, 105.42)),
        ):
            ward = ward_of(made, tmp_path, ward_id, name, zone, place)
            open_.callback(ward.close)
            air = Air(ward)
            open_.callback(air.end)
            open_.enter_context(linked(ward))
        made.services.add_ward(made.admin, NewWard("103", "Phường Chưa Ghép", homes=400, place=(20.95, 105.36)))
        until(lambda: {made.state("101"), made.state("102")} == {"quiet"})
        yield made


@pytest.fixture
def people(station):
    lan = station.repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", station.clock.now())
    minh = station.repos.people.add(MINH[0], "Minh", Role.APPROVER, MINH[1], station.clock.now())
    return Cast(station, lan, minh)


@pytest.fixture
def looked(open_page):  # noqa: F811 - the fixture above
    """A page of the leader's, and a look at it in every size: kept as a picture, held to the rules of reading for all."""
    page, faults = open_page(), {}

    def look(name):
        faults[name] = wrong_at_every_size(page, f"town-{name}")

    sign_in(page, MINH)
    yield page, look
    assert {key: found for key, found in faults.items() if found} == {}


def issue_emergency(page, look, number):
    """For a zone that one ward has and one that no ward has: read back, issued with a password, out after its grace."""
    page.goto(f"/cac-phuong/phat-hanh/moi?gi=announcement.{number}")
    page.get_by_label("Phường Bắc Sơn").check()
    page.get_by_label("Phường Nam Hà").check()
    page.get_by_label("Vùng phát trong phường").fill("Ven sông, Biển")
    page.locator("details summary").last.click()
    page.get_by_label("Số công văn").fill(DISPATCH)
    look("soan")
    page.get_by_role("button", name="Đọc lại").click()
    expect(page.locator("main")).to_contain_text("Gửi tới 2 phường")
    look("doc-lai")
    page.get_by_label("Mật khẩu của bạn").fill(MINH[1])
    page.get_by_role("button", name="PHÁT HÀNH KHẨN NGAY").click()


def drill(page, look, number):
    page.goto("/cac-phuong/dien-tap")
    page.select_option("#gi", f"announcement.{number}")
    page.get_by_label("Phường Bắc Sơn").check()
    look("dien-tap")
    page.get_by_role("button", name="Đọc lại").click()
    page.get_by_role("button", name="Phát hành diễn tập").click()


def test_from_composing_to_the_paper_for_the_province(town, people, looked):
    """An emergency, a drill, the airtime with its evidence, and the paper: each as the wards themselves told it."""
    page, look = looked
    page.goto("/cac-phuong")
    expect(page.locator("main")).to_contain_text("Đang yên")
    look("ds")
    number = emergency(people)
    issue_emergency(page, look, number)
    expect(page.locator(".glance")).to_contain_text("2/2 phường đã nhận")  # by itself
    expect(page.locator("main")).to_contain_text("Trạm không có các vùng: Biển")
    until(lambda: sorted(town.services.issues()[0].states) == ["played"], seconds=PATIENCE)
    expect(page.locator(".glance")).to_contain_text("2 đã phát")
    look("da-phat")
    drill(page, look, number)
    until(lambda: sorted(town.services.issues()[0].states) == ["played"], seconds=PATIENCE)
    expect(page.locator(".glance")).to_contain_text("1 đã phát")
    look("dien-tap-xong")
    until(lambda: town.services.airtime(town.admin, DISPATCH).totals.airings == 2, seconds=PATIENCE)  # a drill is none
    for name, path in (("thoi-luong", "thoi-luong"), ("chung-cu", "thoi-luong/phuong/101"), ("bao-cao", "bao-cao")):
        page.goto(f"/cac-phuong/{path}?cong_van={DISPATCH}")
        look(name)
    with page.expect_download() as got:
        page.locator("a[href*='/tai/xlsx']").click()
    book = openpyxl.load_workbook(io.BytesIO(got.value.path().read_bytes()))
    cells = {cell.value for sheet in book for row in sheet for cell in row}
    assert {"Phường Bắc Sơn", "Phường Nam Hà", "Phường Chưa Ghép"} <= cells
