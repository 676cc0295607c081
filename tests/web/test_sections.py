"""Where each page stands: every page has a section, every entry leads somewhere, nobody is shown what they may not open."""

import re
from html import unescape

import pytest

from scheduler.core.announcement import approval
from scheduler.core.model import Role
from scheduler.core.words.wording import ROLES
from scheduler.features import FEATURES
from tests.roles import EVERYBODY
from tests.web.test_security import TABLE
from web.sections import SECTIONS, owner

OUTSIDE = {"static", "auth", "shell", "public", "hosts", "metrics", "health", "api"}
"""Blueprints whose pages stand in no section: the door, the page of all pages, what has no page, the residents' page."""


def all_tabs():
    return [tab for section in SECTIONS for tab in section.tabs]


def test_there_are_twelve_sections_and_those_of_extras_each_with_a_key_of_its_own():
    of_extras = {place.word: place for feature in FEATURES for place in feature.sections}
    words = [section.word for section in SECTIONS]
    assert [word for word in words if word not in of_extras] == [
        "Hôm nay", "Soạn bản tin", "Công văn", "Duyệt", "Lịch phát", "Kho âm thanh", "Báo cáo", "Sổ thao tác", "Cài đặt",
        "Khẩn cấp", "Của tôi", "Hướng dẫn",
    ]  # fmt: skip
    assert all(words[words.index(word) - 1] == place.after for word, place in of_extras.items())
    assert len({section.key for section in SECTIONS}) == len(SECTIONS)


def test_every_tab_leads_to_a_page_and_asks_for_the_right_that_page_asks_for(app):
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    for tab in all_tabs():
        assert tab.endpoint in rules, tab
        assert TABLE[f"GET {rules[tab.endpoint]}"] == tab.right, tab
        assert tab.right in approval.ACTS
        assert tab.work in {"", *approval.ACTS}


def test_no_tab_stands_twice():
    endpoints = [tab.endpoint for tab in all_tabs()]
    assert len(set(endpoints)) == len(endpoints)


def test_every_page_of_a_signed_in_person_has_its_section(app):
    homeless = []
    for rule in app.url_map.iter_rules():
        route = f"GET {rule.rule}"
        blueprint = rule.endpoint.partition(".")[0]
        if TABLE.get(route, EVERYBODY) != EVERYBODY and blueprint not in OUTSIDE and owner(rule.endpoint) is None:
            homeless.append(route)
    assert homeless == []


@pytest.mark.parametrize(
    ("endpoint", "section", "tab"),
    [
        ("live.page", "Hôm nay", "Hôm nay"),
        ("live.play_now_form", "Hôm nay", "Hôm nay"),
        ("announcements.page", "Soạn bản tin", "Bản tin"),
        ("approvals.listed", "Duyệt", "Duyệt"),
        ("campaigns.new", "Lịch phát", "Đợt phát"),
        ("recordings.listed", "Kho âm thanh", "Kho âm thanh"),
        ("emergency.drills", "Khẩn cấp", "Khẩn cấp"),
    ],
)
def test_a_page_finds_its_section_and_tab(endpoint, section, tab):
    found = owner(endpoint)
    assert found is not None
    assert (found[0].word, found[1].word) == (section, tab)


def test_a_page_of_nobody_has_none():
    assert owner("static") is None
    assert owner("") is None


def addresses(page):
    return set(re.findall(r'href="(/[^"?#]*)"', page))


def test_nobody_is_shown_a_page_they_may_not_open(app, station, client_of, lan, minh, hung):
    shown = {}
    for person in (lan, minh, hung):
        client = client_of(person)
        page = client.get("/tat-ca").text
        listed = addresses(page[page.index("<main") : page.index("</main>")])
        shown[person.role] = listed
        for address in listed:
            answer = client.get(address)
            assert answer.status_code == 200, (person.role, address)
            answer.close()
    assert shown[Role.EDITOR] < shown[Role.ADMIN]
    assert "/nguoi-dung" in shown[Role.ADMIN] - shown[Role.EDITOR]


WRITER = ["Hôm nay", "Soạn bản tin", "Công văn", "Lịch phát", "Kho âm thanh", "Báo cáo", "Khẩn cấp"]
LEADER = [*WRITER[:3], "Duyệt", *WRITER[3:6], "Sổ thao tác", "Cài đặt", "Khẩn cấp"]
SIDES = {
    Role.EDITOR: WRITER,
    Role.CONTRIBUTOR: [one for one in WRITER if one != "Công văn"],
    Role.APPROVER: LEADER,
    Role.ADMIN: LEADER,
    Role.TECHNICIAN: ["Hôm nay", "Lịch phát", "Báo cáo", "Cài đặt"],
    Role.GUEST: ["Hôm nay", "Lịch phát", "Báo cáo"],
}


def words_of(page, part):
    listed = page.split(f'class="{part}"')[1].split("</nav>")[0]
    listed = re.sub(r'<span class="cnt".*?</span>', "", listed)
    return [unescape(re.sub("<[^>]*>", "", one)).strip() for one in re.findall(r"<a .*?</svg>(.*?)</a>", listed)]


@pytest.mark.parametrize("role", Role)
def test_each_role_has_the_sections_of_its_work_in_the_menu(role, station, client_of, lan):
    station.repos.people.change(lan.id, {"role": role.value}, ("khu-pho-3",) if role is Role.CONTRIBUTOR else ())
    page = client_of(lan).get("/truc-tiep").text
    assert words_of(page, "side") == [*SIDES[role], f"Của tôi: Lan, {ROLES[role]}", "Hướng dẫn"]


def test_a_leader_finds_the_loudspeakers_test_own_keys_and_no_other_setting(minhs):
    page = minhs.get("/tat-ca").text
    settings = page[page.index("</svg> Cài đặt</h2>") :].split("</section>")[0]
    assert addresses(settings) == {"/cai-dat/dau-ra", "/cai-dat/api"}


def test_a_page_that_is_nobodys_work_opens_all_the_same(lans):
    page = lans.get("/cai-dat").text
    assert 'class="tabs' not in page
    assert "aria-current" not in page.split('class="side"')[1].split("</nav>")[0]


def test_the_phones_bar_has_the_places_of_ones_own_work(lans, minhs):
    assert words_of(lans.get("/truc-tiep").text, "botnav") == ["Hôm nay", "Soạn", "Lịch", "Kho", "Thêm"]
    assert words_of(minhs.get("/truc-tiep").text, "botnav") == ["Hôm nay", "Duyệt", "Lịch", "Thêm"]
    minhs.set_cookie("loa-ngon-ngu", "en")
    assert words_of(minhs.get("/truc-tiep").text, "botnav") == ["Today", "Approval", "Schedule", "More"]


def test_pages_inside_a_section_have_no_row_of_tabs(lans):
    assert 'class="tabs' in lans.get("/dot").text
    assert 'class="tabs' not in lans.get("/dot/moi").text


def test_the_page_in_hand_is_marked_once_in_each_navigation(lans):
    page = lans.get("/ban-tin").text
    for name in ("side", "tabs noprint", "botnav"):
        part = page.split(f'class="{name}"')[1].split("</nav>")[0]
        assert part.count("aria-current") == 1, name


def test_what_waits_is_counted_at_its_tab_and_its_section(cast, minhs):
    cast.submitted()
    page = minhs.get("/ban-tin").text
    for name in ("side", "botnav"):
        part = page.split(f'class="{name}"')[1].split("</nav>")[0]
        assert 'class="cnt" title="1 mục đang chờ"' in part, name


def test_the_foot_of_the_side_leads_to_ones_own_page_and_out(lans):
    foot = lans.get("/tai-khoan").text.split('class="foot"')[1].split("</nav>")[0]
    assert re.search(r'<a href="/tai-khoan"[^>]* aria-current="page"', foot)
    assert 'action="/thoat"' in foot


def test_a_role_is_asked_for_nothing_that_it_may_not_do(client_of, ky, guest, lans):
    technician = client_of(ky)
    assert "Tôi tự soạn" not in technician.get("/bat-dau/nguoi-soan").text
    assert "Đã có người soạn rồi" in technician.get("/bat-dau/nguoi-soan").text
    last = technician.get("/bat-dau/ban-tin").text
    assert "Việc này của người soạn." in last
    assert "Đưa công văn vào" not in last
    for of_role in (technician, client_of(guest)):
        assert "Nhập một công văn" not in of_role.get("/dot").text
    assert "Chưa có đợt nào. Nhập một công văn" in lans.get("/dot").text
