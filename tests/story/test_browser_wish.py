"""A wished time from the page that asks to the page that has decided: who gives way, and what a late approval brings.

It is about noon at the station, and the wish is for five; an hour later comes by putting its clock ahead. What a page says is held against the
planned rows, before the approval and after it.
"""

import re
from datetime import timedelta

import pytest

from scheduler.core.model import AnnouncementState, Campaign
from scheduler.core.planning.rules import local_day, parse_window
from scheduler.kernel.clock import SystemClock
from tests.story import test_browser_desk as desk_story
from tests.story.test_browser_approve import MINH, Thumb, asked, minh, playing  # noqa: F401 - fixtures
from tests.story.test_browser_compose import (  # noqa: F401 - fixtures
    LAN,
    TEXT,
    as_lan,
    cast_of,
    chromium,
    lan,
    looked_at,
    recording,
    seen,
)
from tests.story.test_browser_desk import config, expect, open_page, served, sign_in  # noqa: F401 - fixtures
from tests.story.test_browser_one_screen import at_five

pytestmark = desk_story.pytestmark
FLEXIBLE = "Thu gom rác thải theo khu phố"


class PutAhead(SystemClock):
    """Goes on by itself, as whoever measures a hearing wants it, and can be put ahead."""

    ahead = timedelta(0)

    def now(self):
        return super().now() + self.ahead


@pytest.fixture
def clock():
    return PutAhead()


@pytest.fixture
def gives_way(station, lan, minh, cast_of):  # noqa: F811 - the fixtures above
    """The planner's own airing, at five today."""
    number, day = cast_of(FLEXIBLE, pitch=420.0), local_day(station.clock.now(), station.config.station.time_zone)
    station.services.announcements.approve(minh, number, seen(station, number).audio_sha256, heard=True)
    campaign = Campaign(
        id=0,
        title="Đợt vệ sinh",
        announcement_id=number,
        windows=(parse_window("16:30-17:30"),),
        base=1,
        start=day,
        end=day,
        min_gap=timedelta(minutes=5),
        chime=False,
    )
    station.services.campaigns.start(lan, station.services.campaigns.save(lan, campaign))
    (slot,) = station.repos.slots.of_day(day)
    assert slot.start == at_five(station)
    return slot


@pytest.fixture
def drafted(station, lan, recording):  # noqa: F811 - the fixtures above
    """A bulletin that its writer has heard."""
    acts, sha256 = station.services.announcements, recording(2.0, "Tạm ngừng cấp nước")
    number = acts.record(lan, "Tạm ngừng cấp nước", sha256)
    acts.heard(lan, number, sha256)
    return number


def at_now(station, slot):
    zone = at_five(station).tzinfo
    return f"{station.repos.slots.slot(slot.id).start.astimezone(zone):%H:%M}"


def told_moves(found):
    """From when to when an airing is said to move; None = the page names none."""
    told = re.search(f"“{FLEXIBLE}” tự nhường chỗ: dời từ (\\S+) hôm nay sang (\\S+) hôm nay", found.inner_text())
    return told and told.groups()


def test_what_holds_five_by_itself_moves_to_where_the_pages_say(as_lan, open_page, station, gives_way, drafted):  # noqa: F811
    page = as_lan()
    page.goto(f"/ban-tin/{drafted}")
    page.locator("#luc").fill("17:00")
    verdict = page.locator("#gio-noi")
    expect(verdict).to_contain_text("17:00 hôm nay phát được.")
    was, now = told_moves(verdict)
    assert was == "17:00" == at_now(station, gives_way)
    page.locator("[data-main]:not([aria-disabled])").click()
    page.wait_for_url("**/truc-tiep*")

    phone = open_page("phone")
    sign_in(phone, MINH, at=f"/duyet/{drafted}")
    assert told_moves(phone.locator("#phat-khi-nao")) == (was, now)
    phone.get_by_role("button", name="Nghe hết").click()
    phone.locator("#nut-duyet").wait_for()
    assert told_moves(phone.locator("#phat-khi-nao")) == (was, now)
    playing(station)
    phone.locator("#nut-duyet").click()
    result = phone.locator("#ket-qua.good")
    expect(result).to_contain_text("17:00 hôm nay")
    assert told_moves(result) == (was, now)
    assert at_now(station, gives_way) == now
    (slot,) = station.repos.slots.open_between(at_five(station), at_five(station) + timedelta(seconds=1))
    assert slot.announcement_id == drafted
    looked_at(phone, "duyet-xong-co-luot-doi")

    # Playout plans anew: all stands where it was told. Whoever wrote what has moved is told from when to when.
    playing(station)
    station.services.campaigns.replan()
    assert at_now(station, gives_way) == now
    page.goto("/truc-tiep")
    task = page.locator("main li", has_text=FLEXIBLE).first
    expect(task).to_contain_text("17:00 hôm nay")
    expect(task).to_contain_text(f"{now} hôm nay")


def test_behind_a_fixed_airing_the_first_free_time_is_marked_and_works(as_lan, station, minh, asked, drafted):  # noqa: F811
    number, start = asked()
    station.services.submissions.approve(minh, number, seen(station, number).audio_sha256, heard=True)
    (slot,) = station.repos.slots.open_of(number)
    page = as_lan()
    page.goto(f"/ban-tin/{drafted}")
    page.locator("#luc").fill("17:00")
    expect(page.locator("#gio-noi .says.err")).to_contain_text("17:00 đã có")
    after = page.locator("#gio-noi [data-at]", has_text="ngay sau")
    expect(after).to_have_count(1)
    at = after.get_attribute("data-at")
    after.click()
    expect(page.locator("#gio-noi")).to_contain_text(f"{at} hôm nay phát được.")
    expect(page.locator("#gio-noi")).not_to_contain_text("ngay sau")
    assert station.services.submissions.judge(minh, drafted, slot.end).start < start + timedelta(minutes=5)


def ready_to_decide(open_page, number):  # noqa: F811
    """The sheet on a telephone, heard to its end."""
    page = open_page("phone", expected=("422",))
    sign_in(page, MINH, at=f"/duyet/{number}")
    page.get_by_role("button", name="Nghe hết").click()
    page.locator("#nut-duyet").wait_for()
    return page, Thumb(page)


def test_a_little_late_one_tap_approves_the_next_free_time(open_page, station, asked, clock):  # noqa: F811
    number, start = asked()
    clock.ahead = start + timedelta(minutes=14) - SystemClock().now()
    page, thumb = ready_to_decide(open_page, number)
    expect(page.locator("#phat-khi-nao")).to_contain_text("Đã quá giờ 17:00 hôm nay")
    approve = page.locator("#nut-duyet")
    told = re.fullmatch(r"Duyệt, phát (\d\d:\d\d) hôm nay", approve.inner_text().strip())[1]
    looked_at(page, "duyet-muon")
    playing(station)
    thumb.press(approve)
    expect(page.locator("#ket-qua.good")).to_contain_text(f"{told} hôm nay")
    assert thumb.presses == 1
    (slot,) = station.repos.slots.open_of(number)
    assert f"{slot.start.astimezone(at_five(station).tzinfo):%H:%M}" == told
    assert start < slot.start <= start + timedelta(minutes=60)


def test_hours_late_nothing_is_approved_until_a_time_is_chosen(open_page, station, asked, clock):  # noqa: F811
    number, start = asked()
    clock.ahead = start + timedelta(minutes=61) - SystemClock().now()
    page, thumb = ready_to_decide(open_page, number)
    page.locator("#nut-duyet").click()
    assert seen(station, number).state is AnnouncementState.SUBMITTED
    chips = page.locator("#phat-khi-nao label.chip")
    expect(chips).to_have_count(3)
    looked_at(page, "duyet-qua-muon")
    told = chips.nth(1).inner_text().strip()
    thumb.press(chips.nth(1))
    expect(page.locator("#nut-duyet")).to_have_text(f"Duyệt, phát {told}")
    playing(station)
    thumb.press(page.locator("#nut-duyet"))
    expect(page.locator("#ket-qua.good")).to_contain_text(told)
    assert thumb.presses == 2
    assert [one.announcement_id for one in station.repos.slots.open_of(number)] == [number]


def test_hours_late_it_goes_back_to_its_writer_with_the_reason(open_page, station, asked, clock):  # noqa: F811
    number, start = asked()
    clock.ahead = start + timedelta(minutes=61) - SystemClock().now()
    page, thumb = ready_to_decide(open_page, number)
    thumb.press(page.get_by_role("link", name="Trả lại"))
    page.get_by_label("Sai ngày hoặc giờ").check()
    thumb.press(page.get_by_role("button", name="Trả lại"))
    expect(page.locator("#ket-qua")).to_contain_text("Đã trả lại Lan")
    assert seen(station, number).return_reason == "Sai ngày hoặc giờ"
    page.context.clear_cookies()
    sign_in(page, LAN)
    expect(page.locator("main")).to_contain_text("Sai ngày hoặc giờ")
