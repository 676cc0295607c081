"""Từ cấp trên in a real browser: a leader decides on a telephone, the pages are whole at every width and without scripts."""

import pytest

from scheduler.core.model import AirtimeLimit, Priority, Role
from scheduler.extras.hub.rules.bodies import caps_body
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rules.envelope import Kind, Status
from scheduler.extras.town.service.town import TownService
from tests.extras.town.service.test_proposals import proposed
from tests.extras.town.service.town import WARD, Town, pinned, tend
from tests.story import test_browser_desk as desk_story
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    ADMIN,
    air,
    chromium,
    clock,
    expect,
    hung,
    open_page,
    served,
    sign_in,
    wrong_at_every_size,
)
from tests.waiting import until

pytestmark = desk_story.pytestmark
desk_config = desk_story.config
MINH = ("minh", "mat-khau-cua-minh")


@pytest.fixture
def config(desk_config):
    return desk_config.having(TownConfig(url="nats://127.0.0.1:1", ward_id=WARD, groups=("ven-song",)))


@pytest.fixture
def town(station, hung, air):  # noqa: F811 - the fixtures above
    station.repos.people.add(MINH[0], "Minh", Role.APPROVER, MINH[1], station.clock.now())
    return pinned(station, hung, may_emergency=True)


@pytest.fixture
def full(town, station, hung):  # noqa: F811 - the fixture above
    """One of everything that can wait, and of what was not taken."""
    station.services.settings.put(hung, {"cap.sessions_a_day": 1, "cap.legal_basis": "QĐ 1/QĐ-UBND"})
    town.issue(priority=Priority.EMERGENCY, zones=("Khu phố Núi",))
    town.issue(priority=Priority.EMERGENCY, status=Status.EXERCISE, title="Diễn tập xả lũ")
    town.issue(
        title="Tiêm chủng mở rộng cho trẻ em dưới năm tuổi trên toàn địa bàn", legal_basis="Điều 8 QĐ 12/QĐ-UBND"
    )
    town.issue(kind=Kind.CAPS, title="Hạn mức mới", body=dict(caps_body(AirtimeLimit(2, legal_basis="QĐ 5/QĐ-UBND"))))
    proposed(town)
    town.issue(kind=Kind.TEST, title="Thử đường truyền")
    stranger = Town(station, place=town.place)
    stranger.send(stranger.envelope(title="Giả mạo"))
    tend(station, 1)
    return town


def small(page):
    return page.evaluate(
        "() => [...document.querySelectorAll('main button, main summary, main .chk')].filter(one =>"
        " one.getBoundingClientRect().height < 43.5 && one.offsetParent).map(one => one.textContent)"
    )


def test_both_pages_are_whole_readable_for_all_and_do_not_move_sideways(full, open_page):  # noqa: F811
    page = open_page()
    sign_in(page, ADMIN)
    for path, name in (("/cap-tren", "cap-tren"), ("/cai-dat/cap-tren", "cap-tren-tin-cay")):
        page.goto(path)
        page.evaluate("() => document.querySelectorAll('main details').forEach(one => { one.open = true })")
        assert wrong_at_every_size(page, name, small) == []


def test_a_leader_airs_it_from_a_telephone_and_a_stop_of_the_town_ends_it(town, station, open_page):  # noqa: F811
    row = town.issue(priority=Priority.EMERGENCY)
    page = open_page("phone")
    sign_in(page, MINH)
    expect(page.locator("main")).to_contain_text("Tin khẩn của cấp trên đang chờ quyết định.")
    page.click("text=Mở lệnh từ cấp trên")
    card = page.locator(f"#tren-{row.id}")
    expect(card).to_contain_text("Phường đặt tin khẩn của cấp trên phải có người quyết định.")
    card.get_by_label("Mật khẩu của bạn").fill(MINH[1])
    card.get_by_role("button", name="Phát ngay").click()
    expect(page.locator(".note.ok")).to_contain_text("Đã ra lệnh phát.")
    slot_id = station.services.get(TownService).inbox.get(row.id).slot_id
    desk_story.told(page, "Xả lũ")
    town.issue(kind=Kind.STOP, references=(row.issue_id,))
    expect(page.locator("#thanh")).not_to_contain_text("Xả lũ")
    until(lambda: station.repos.slots.slot(slot_id).outcome is not None, seconds=desk_story.PATIENCE)
    page.reload()
    expect(page.locator("main")).to_contain_text("Cấp trên đã dừng")


def test_the_state_of_the_link_comes_by_itself(town, station, open_page):  # noqa: F811 - the fixture above
    page = open_page()
    sign_in(page, ADMIN, at="/cap-tren")
    expect(page.locator("#noi-tren")).to_contain_text("Bộ nối không trả lời")

    def told():
        station.repos.jobs.beat("link", 1, station.clock.now(), {"reached_at": station.clock.now().isoformat()})
        return "Đang liên lạc được" in page.locator("#noi-tren").inner_text()

    until(told, seconds=desk_story.PATIENCE, every=0.5)


def test_more_is_given_only_with_a_code_and_taken_back_without(town, station, open_page):  # noqa: F811
    page = open_page("narrow", expected=("422",))
    sign_in(page, ADMIN, at="/cai-dat/cap-tren")
    page.get_by_label("Được phát vượt duyệt và hạn mức khi ghi rõ căn cứ").check()
    page.click("text=Lưu quyền")
    expect(page.locator(".field-fault")).to_be_visible()
    page.get_by_label("Được phát vượt duyệt và hạn mức khi ghi rõ căn cứ").check()
    page.get_by_label("Mật khẩu của bạn").first.fill(ADMIN[1])
    page.click("text=Lưu quyền")
    expect(page.locator(".note.ok")).to_contain_text("Đã đổi quyền của nơi ký.")
    assert station.services.get(TownService).pinned()[town.issuer].may_override
    page.get_by_label("Tin khẩn của nơi này phát ngay, không cần hỏi").uncheck()
    page.click("text=Lưu quyền")
    until(
        lambda: not station.services.get(TownService).pinned()[town.issuer].may_emergency, seconds=desk_story.PATIENCE
    )
    expect(page.locator(".note.ok")).to_contain_text("Đã đổi quyền của nơi ký.")
