"""Duyệt in a real browser: while a leader listens, another decides or the sound is changed; the sheet says so by itself."""

from scheduler.services.announcement.submissions import SubmissionRequest
from tests.story import test_browser_approve as approve_story
from tests.story import test_browser_desk as desk_story
from tests.story.test_browser_approve import MINH, asked, minh, seen  # noqa: F401 - fixtures
from tests.story.test_browser_compose import cast_of, chromium, lan, recording  # noqa: F401 - fixtures
from tests.story.test_browser_desk import clock, config, expect, hung, open_page, served, sign_in  # noqa: F401 - fixtures

pytestmark = desk_story.pytestmark
playing = approve_story.playing


def test_who_hears_what_another_has_just_approved_is_told_when_it_airs(open_page, station, hung, asked):  # noqa: F811
    number, _ = asked()
    page = open_page("phone")
    sign_in(page, MINH, at="/duyet")
    page.goto(f"/duyet/{number}")
    listen = page.get_by_role("button", name="Nghe hết")
    listen.wait_for()
    playing(station)
    station.services.submissions.approve(hung, number, seen(station, number).audio_sha256, heard=True)
    listen.click()
    expect(page.locator("#ket-qua")).to_contain_text("17:00 hôm nay")


def test_who_hears_a_sound_that_was_changed_meanwhile_gets_the_new_one(open_page, station, lan, minh, asked, recording):  # noqa: F811
    number, start = asked()
    page = open_page("phone")
    sign_in(page, MINH, at="/duyet")
    page.goto(f"/duyet/{number}")
    old = page.locator("#am-thanh-duyet").get_attribute("src")
    acts = station.services
    acts.announcements.give_back(minh, number, "thu lại")
    other = recording(5.0, "Thu lại", 450.0)
    acts.announcements.use_recording(lan, number, other)
    acts.announcements.heard(lan, number, other)
    acts.submissions.submit(lan, number, SubmissionRequest(start))
    page.get_by_role("button", name="Nghe hết").click()
    expect(page.locator(f"#am-thanh-duyet[src*='{other}']")).to_be_attached()
    assert other not in old
    assert page.locator("#nut-duyet").count() == 0
