"""The page of keys and the API's own page in a real browser, wide and narrow; a key made there works at once."""

import pytest
import requests

from tests.story import test_browser_desk as desk_story
from tests.story.chromium import wrong_at_every_size
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    air,
    chromium,
    clock,
    config,
    expect,
    hung,
    kept,
    open_page,
    served,
    sign_in,
)

pytestmark = desk_story.pytestmark


def looked_at(page, name):
    assert wrong_at_every_size(page, name) == []


@pytest.fixture
def page(open_page, hung, air):  # noqa: F811 - the fixtures above
    opened = open_page(expected=("422",))
    sign_in(opened)
    return opened


def test_an_administrator_makes_a_key_a_program_uses_it_and_it_is_revoked(page):
    page.goto("/cai-dat/api")
    looked_at(page, "ma-truy-cap-trong")
    page.fill("#t-name", "Cổng dữ liệu của xã")
    page.get_by_label("Xem mọi trang và số liệu").uncheck()
    page.get_by_role("button", name="Cấp mã").click()
    expect(page.get_by_role("alert")).to_contain_text("ít nhất một quyền")
    expect(page.locator("#t-name")).to_have_value("Cổng dữ liệu của xã")
    looked_at(page, "ma-truy-cap-loi")
    page.get_by_label("Xem mọi trang và số liệu").check()
    page.get_by_label("Đọc số đo cho máy giám sát").check()
    page.get_by_role("button", name="Cấp mã").click()
    expect(page.locator("#ma-moi")).to_contain_text("Cổng dữ liệu của xã")
    secret = page.input_value("#secret")
    looked_at(page, "ma-truy-cap-moi")
    at, headers = page.url.split("/cai-dat")[0], {"Authorization": f"Bearer {secret}"}
    assert requests.get(f"{at}/api/v1/station", headers=headers, timeout=90).status_code == 200
    page.get_by_role("link", name="Đã chép xong").click()
    expect(page.locator("#ma-moi")).to_have_count(0)
    assert secret not in page.content()
    looked_at(page, "ma-truy-cap")
    page.get_by_role("button", name="Thu hồi Cổng dữ liệu của xã").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã thu hồi")
    looked_at(page, "ma-truy-cap-thu-hoi")
    assert requests.get(f"{at}/api/v1/station", headers=headers, timeout=90).status_code == 401


def test_the_apis_own_page_is_read_without_a_key(open_page, air):  # noqa: F811 - the fixtures above
    page = open_page()
    page.goto("/api/v1/")
    expect(page.locator("h1")).to_contain_text("HTTP API")
    page.get_by_text("Stop what sounds now").first.click()
    looked_at(page, "tai-lieu-api")
