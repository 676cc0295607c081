"""Đợt phát in the page: every fault at once, the plan before it is kept, start and stop."""

import re

import pytest

from scheduler.core.model import CampaignState
from tests.rows import over

GOOD = {
    "title": "Đợt tiêm chủng", "window": ["06:00-07:00", "16:30-18:00"], "base": "2", "boost_kind": "factor",
    "boost_value": "3", "weekday": list("0123456"), "start": "02/12/2026", "end": "31/12/2026", "min_gap": "10",
    "chime": "yes", "repeat": "1", "priority": "3",
}  # fmt: skip


@pytest.fixture
def form(cast):
    """A whole form for an approved announcement, with changes."""
    announcement_id = cast.approved(seconds=6.0)

    def filled(**changed):
        return GOOD | {"announcement_id": str(announcement_id)} | changed

    return filled


def campaigns(station):
    return station.repos.programme.campaigns()


def test_the_plan_of_the_first_day_is_shown_and_nothing_is_kept(station, lans, send, form):
    page = send(lans, "/dot/xem", **form())
    assert page.status_code == 200
    assert "Thứ Tư 02/12/2026" in page.text
    assert '<b class="big">6/6</b>' in page.text
    times = re.findall(r"<td><b>(\d\d:\d\d)</b></td>", page.text)
    assert len(times) == 6
    assert times == sorted(times)
    assert all("06:00" <= at < "07:00" or "16:30" <= at < "18:00" for at in times)
    assert "2 lượt khi không tăng cường → 6 lượt" in page.text
    assert "gấp 3 lần" in page.text
    assert page.text.count('<rect class="own"') == 6
    assert '<rect class="quiet"' in page.text
    assert campaigns(station) == []
    assert station.repos.store.value("SELECT count(*) FROM slot") == 0


def test_another_day_can_be_asked_for(lans, send, form):
    assert "Thứ Năm 31/12/2026" in send(lans, "/dot/xem", **form(day="31/12/2026")).text
    outside = send(lans, "/dot/xem", **form(day="01/01/2027")).text
    assert "không phát vào ngày Thứ Sáu 01/01/2027" in outside
    wrong = send(lans, "/dot/xem", **form(day="30/02/2027"))
    assert wrong.status_code == 422
    assert 'id="day-faults"' in wrong.text


def test_refused_airings_are_told_with_their_reasons(lans, send, form):
    page = send(lans, "/dot/xem", **form(window=["06:00-06:20"], base="20", boost_kind="none", boost_value="")).text
    assert re.search(r'<b class="big">\d/20</b>', page)
    assert "lượt không xếp được" in page
    assert "Không còn chỗ" in page


def test_quiet_hours_cut_a_window_and_say_so(lans, send, form):
    page = send(lans, "/dot/xem", **form(window=["11:00-14:00"], base="30", boost_kind="none", min_gap="1")).text
    times = re.findall(r"<td><b>(\d\d:\d\d)", page)
    assert times
    assert not [at for at in times if "11:30" <= at < "13:30"]


def test_what_is_planned_already_is_shown_beside_it(station, lans, send, form, cast):
    cast.running(cast.approved(title="Rác thải", pitch=300.0))
    page = send(lans, "/dot/xem", **form()).text
    assert "Rác thải" in page
    assert page.count('<rect class="other"') == 2


def test_an_unapproved_announcement_may_be_planned_but_the_page_says_it_will_not_air(lans, send, form, cast):
    waiting = cast.submitted(title="Chưa duyệt", pitch=250.0)
    page = send(lans, "/dot/xem", **form(announcement_id=str(waiting))).text
    assert '<b class="big">6/6</b>' in page
    assert "chưa được duyệt" in page


@over(
    "field, changed, words",
    [
        ("start", {"start": "29/02/2027"}, "không có thật"),
        ("end", {"end": "01/12/2026"}, "trước ngày bắt đầu"),
        ("windows", {"window": []}, "ít nhất một buổi phát"),
        ("windows", {"window": ["06:00-06:00"]}, "bằng không"),
        ("windows", {"window": ["18:00-06:00"]}, "dài từ 12 giờ trở lên"),
        ("windows", {"window": ["22:00-23:00"]}, "giờ yên tĩnh"),
        ("windows", {"window": ["06:00-06:01"], "repeat": "10"}, "dài hơn chỗ trống"),
        ("weekdays", {"weekday": []}, "ít nhất một ngày trong tuần"),
        ("base", {"base": "-1"}, "không phải là số"),
        ("boost_value", {"boost_value": "0"}, "không hợp lệ"),
        ("repeat", {"repeat": "0"}, "nhắc lại"),
        ("min_gap", {"min_gap": "99999"}, "Khoảng cách"),
        ("title", {"title": " "}, "đặt tên"),
        ("announcement_id", {"announcement_id": "99"}, "Không tìm thấy"),
    ],
)
def test_each_fault_stands_beside_its_field_and_nothing_is_kept(station, lans, send, form, field, changed, words):
    for path in ("/dot", "/dot/xem"):
        answer = send(lans, path, **form(**changed))
        assert answer.status_code == 422
        told = re.search(rf'id="{field}-faults">(.*?)</ul>', answer.text, re.DOTALL)
        assert told, answer.text
        assert words in told[1]
        assert re.search(rf'aria-describedby="[^"]*{field}-faults"', answer.text)
    assert campaigns(station) == []


def test_every_fault_is_told_at_once_and_the_form_is_kept(lans, send, form):
    answer = send(lans, "/dot", **form(start="29/02/2027", base="hai", window=["abc", "05:30-06:00"], repeat="0"))
    for field in ("start", "base", "windows", "repeat"):
        assert f'id="{field}-faults"' in answer.text
    for typed in ("29/02/2027", "hai", "abc", "05:30-06:00"):
        assert f'value="{typed}"' in answer.text
    assert "4 chỗ cần sửa" in answer.text


def test_a_saved_campaign_is_a_draft_and_airs_nothing(station, lans, send, form):
    answer = send(lans, "/dot", **form())
    assert answer.status_code == 303
    [campaign] = campaigns(station)
    assert campaign.state is CampaignState.DRAFT
    assert station.repos.store.value("SELECT count(*) FROM slot") == 0
    page = lans.get(answer.location).text
    assert "Đã lưu đợt phát" in page
    assert 'value="06:00-07:00"' in page
    assert 'id="start-day">Thứ Tư' in page


def test_save_and_start_then_stop(station, lans, send, form):
    saved = send(lans, "/dot", **form(then="start"))
    path = saved.location.partition("?")[0]
    assert campaigns(station)[0].state is CampaignState.ACTIVE
    planned = station.repos.store.value("SELECT count(*) FROM slot")
    assert planned == 12  # two days ahead
    send(lans, f"{path}/dung")
    assert campaigns(station)[0].state is CampaignState.STOPPED
    assert station.repos.store.value("SELECT count(*) FROM slot") == 0
    send(lans, f"{path}/chay")
    assert station.repos.store.value("SELECT count(*) FROM slot") == planned


def test_of_announcements_that_take_turns_each_length_is_told_and_who_waits_for_approval(
    station, lans, send, form, cast
):
    long = station.services.announcements.record(cast.lan, "Chưa duyệt", cast.clip(95.0, "Chưa duyệt", 300.0).sha256)
    plain = form(rotation=[str(long)])
    page = send(lans, "/dot/xem", **plain).text
    (shortest, longest) = re.search(r"mỗi lượt (\d+:\d\d)–(\d+:\d\d) ", page).groups()
    assert shortest < longest
    assert "Mới duyệt một phần các bản tin thay phiên (1 trên 2)" in page
    assert "Bản tin chưa được duyệt" not in page


def test_the_plan_that_was_shown_is_the_plan_that_is_written(station, lans, send, form):
    shown = re.findall(r"<td><b>(\d\d:\d\d)</b></td>", send(lans, "/dot/xem", **form()).text)
    send(lans, "/dot", **form(then="start"))
    rows = station.repos.store.rows("SELECT start FROM slot WHERE day = '2026-12-02' ORDER BY start")
    from web.formats import local

    with lans.application.app_context():
        assert [f"{local(row['start']):%H:%M}" for row in rows] == shown


def test_changing_a_running_campaign_plans_it_anew(station, lans, send, form):
    path = send(lans, "/dot", **form(then="start")).location.partition("?")[0]
    send(lans, path, **form(boost_kind="none"))
    assert campaigns(station)[0].state is CampaignState.ACTIVE
    assert station.repos.store.value("SELECT count(*) FROM slot WHERE day = '2026-12-02'") == 2


def test_the_list_tells_what_keeps_a_running_campaign_silent(lans, send, form, cast):
    waiting = cast.submitted(title="Chưa duyệt", pitch=250.0)
    send(lans, "/dot", **form(announcement_id=str(waiting), then="start"))
    page = lans.get("/dot").text
    assert "chưa được duyệt nên không được phát" in page
    assert "2 lượt → 6 lượt mỗi ngày" in page
    assert "02/12/2026 – 31/12/2026" in page


def test_a_new_campaign_can_begin_from_an_announcement(lans, cast):
    announcement_id = cast.approved(title="Rác <i>thải</i>")
    page = lans.get(f"/dot/moi?ban_tin={announcement_id}").text
    assert 'value="Rác &lt;i&gt;thải&lt;/i&gt;"' in page
    assert f'<option value="{announcement_id}" selected' in page
    assert lans.get("/dot/moi?ban_tin=99").status_code == 404
    assert lans.get("/dot/moi?ban_tin=x").status_code == 200


@pytest.mark.parametrize("path", ["/dot/99", "/dot/99/xem", "/dot/99/chay", "/dot/99/dung"])
def test_a_campaign_that_is_not_there_is_not_found(lans, send, path):
    assert send(lans, path, **GOOD).status_code == 404


def test_a_campaign_that_is_opened_shows_its_plan_without_asking(station, lans, send, form):
    kept = send(lans, "/dot", **form())
    assert '<b class="big">6/6</b>' in lans.get(kept.location).text
    assert station.repos.store.value("SELECT count(*) FROM slot") == 0


def first_line(page):
    return re.sub("<[^>]+>", "", re.search(r'(?s)<div class="standing.*?</div>', page)[0])


def test_the_first_line_tells_the_state_the_next_airing_and_where(station, lans, send, form, cast):
    waiting = cast.submitted(title="Chưa duyệt", pitch=250.0)
    kept = send(lans, "/dot", **form(announcement_id=str(waiting)))
    assert "Chưa phát: chờ duyệt Lãnh đạo duyệt bản tin xong là phát" in first_line(lans.get(kept.location).text)
    draft = send(lans, "/dot", **form())
    assert "Bản tin đã duyệt. Bấm “Lưu và phát theo lịch này”" in first_line(lans.get(draft.location).text)
    path = send(lans, "/dot", **form(then="start", except_days="04/12/2026")).location
    told = first_line(lans.get(path).text)
    start = min(row["start"] for row in station.repos.store.rows("SELECT start FROM slot"))
    from web.formats import local

    with lans.application.app_context():
        assert f"Lượt kế tiếp: {local(start):%H:%M} hôm nay, " in told
    assert "Không phát các ngày 04/12/2026." in told
    send(lans, f"{path.partition('?')[0]}/dung")
    assert "Đã dừng Không phát nữa." in first_line(lans.get(path).text)


def test_a_new_campaign_asks_six_things_and_folds_the_rest(lans, cast):
    page = lans.get(f"/dot/moi?ban_tin={cast.approved()}").text
    shown = page[page.index('id="mau-dot"') : page.index('id="it-khi-can"')]
    asked = re.findall(r'<(?:input(?! type="hidden")|select|textarea)[^>]* name="(\w+)"', shown)
    assert asked == ["announcement_id", "base", "window", "window", "start", "end"]
    assert '<details id="it-khi-can" class="seldom"><summary>' in page


def test_who_only_looks_sees_when_it_plays_and_no_field(lans, client_of, guest, send, form):
    address = send(lans, "/dot", **form(then="start")).headers["Location"]
    seen = client_of(guest).get(address)
    assert seen.status_code == 200
    main = seen.text.partition("<main")[2].partition("</main>")[0]
    assert "mau-dot" not in main
    assert not re.search(r"<(input|select|textarea)\b", main)
    assert "<b>Mức phát</b>" in main
    assert re.search(r'<b>Buổi phát</b> <span class="num">([^<]+), ([^<]+)</span>', main)
    assert '<span class="num">02/12/2026</span>' in main
    assert '<span class="num">31/12/2026</span>' in main
    assert 'id="mau-dot"' in lans.get(address).text
