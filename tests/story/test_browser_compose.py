"""Soạn bản tin and Duyệt in a real browser: words that survive, a recording made and cut, three taps.

Every screen is looked at in each of its states, on the desk, on a phone and at 320 px.
"""

import re

import numpy as np
import pytest

from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import AnnouncementState, Role
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import MICROPHONE, chromium_begun, comes_true, context_of
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    PATIENCE,
    clock,
    config,
    expect,
    hung,
    open_page,
    served,
    sign_in,
    wrong_at_every_size,
)
from tests.waiting import until

pytestmark = desk_story.pytestmark
LAN = ("lan", "mat-khau-cua-lan")
TEXT = (
    "Ủy ban nhân dân phường thông báo: tiêm vắc xin phòng cúm.\nThời gian: 7h30 ngày 15/3/2027.\n"
    "Địa điểm: Trạm Y tế phường. Bà con cần biết thêm, xin gọi 02373761666."
)


@pytest.fixture(scope="module")
def chromium():
    with chromium_begun(*MICROPHONE) as browser:
        yield browser


@pytest.fixture
def lan(station):
    return station.repos.people.add(LAN[0], "Lan", Role.EDITOR, LAN[1], station.clock.now())


@pytest.fixture
def as_lan(open_page, lan):  # noqa: F811 - the fixture above
    def opened(size="desk", expected=(), at=""):
        page = open_page(size, expected)
        sign_in(page, LAN, at)
        return page

    return opened


@pytest.fixture
def recording(station, lan):
    """A clip of beeps and pauses, so that its outline can be seen."""

    def made(seconds=6.0, title="Lời Chủ tịch phường", pitch=300.0):
        times = np.arange(round(seconds * 48_000)) / 48_000
        loud = 9000 * (0.15 + np.abs(np.sin(2 * np.pi * times / 3)) * (np.sin(2 * np.pi * 1.7 * times) > -0.4))
        pcm = (np.sin(2 * np.pi * pitch * times) * loud).astype(np.int16)
        clip = station.repos.library.add_master(pcm)
        station.repos.programme.add_clip(
            StoredClip(clip.sha256, title, "recorded", clip.frames, station.clock.now(), lan.id, lufs=clip.lufs)
        )
        return clip.sha256

    return made


@pytest.fixture
def spoken(station, lan):
    def made(text=TEXT, title="Tiêm phòng cúm tại Trạm Y tế"):
        acts = station.services.announcements
        number = acts.write(lan, title, text)
        assert station.worker().work_once(acts.make_speech(lan, number))
        return number

    return made


def looked_at(page, name):
    """No fault of access and nothing sideways at any size."""
    page.evaluate("window.scrollTo(0, 0)")
    assert wrong_at_every_size(page, name) == []


def listen_to_the_end(page, sound):
    sound.evaluate("(audio) => { audio.playbackRate = 12; return audio.play(); }")


def seen(station, number):
    return station.repos.programme.announcement(number)


def test_what_was_typed_is_there_after_a_crash_of_the_browser(as_lan, station):
    page = as_lan()
    page.goto("/ban-tin/moi")
    page.fill("#title", "Chưa xong")
    page.locator("#text").press_sequentially("Đang viết thì mất điện", delay=2)
    expect(page.locator("[data-draft-told]")).to_contain_text("Tự lưu")
    page.wait_for_url("**/ban-tin/1")
    page.context.close()
    other = as_lan()  # another browser: nothing is kept in it
    other.goto("/ban-tin/1")
    assert other.input_value("#text") == "Đang viết thì mất điện"
    assert other.input_value("#title") == "Chưa xong"


def test_words_typed_before_the_scripts_have_come_are_kept(as_lan):
    page, held = as_lan(), []
    page.route(re.compile(r"/static/.*compose[^/]*\.js"), lambda route: held.append(route))  # noqa: PLW0108 - playwright asks for a function
    page.goto("/ban-tin/moi", wait_until="commit")
    page.fill("[name=text]", TEXT)
    while not held:
        page.wait_for_timeout(50)
    for route in held:
        route.continue_()
    expect(page.locator("[data-draft-told]")).to_contain_text("Tự lưu")


def test_words_of_nothing_that_could_be_said_are_a_draft_and_offered_again(as_lan):
    page = as_lan(expected=("422",))
    page.goto("/ban-tin/moi")
    page.fill("#title", "Chưa xong")
    page.fill("#text", "…")
    page.wait_for_url("**/ban-tin/moi?nhap=*")
    page.goto("/ban-tin")
    page.get_by_role("link", name="Viết tiếp").click()
    assert page.input_value("#title") == "Chưa xong"


def test_leaving_the_page_at_once_keeps_the_last_words(as_lan, station, lan):
    page = as_lan()
    number = station.services.announcements.write(lan, "Họp", "Họp tối nay.")
    page.goto(f"/ban-tin/{number}")
    page.fill("#text", "Họp tối nay lúc 19 giờ.")
    page.goto("/kho")  # no question is asked: the words are kept
    until(lambda: station.services.drafts.get(lan, f"ban-tin-{number}"), seconds=PATIENCE)
    page.goto(f"/ban-tin/{number}")
    assert page.input_value("#text") == "Họp tối nay lúc 19 giờ."
    expect(page.locator("main")).to_contain_text("Đang hiện bản bạn viết dở")
    looked_at(page, "soan-ban-viet-do")
    page.click("text=Bỏ bản viết dở")
    expect(page.locator("#text")).to_have_value("Họp tối nay.")


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("Dùng bản kia", "Của thẻ một"),
        ("Giữ bản đang viết", "Của thẻ hai"),
        ("Nối cả hai", "Của thẻ hai\n\nCủa thẻ một"),
    ],
)
def test_two_tabs_are_shown_side_by_side_and_lose_no_word(as_lan, station, lan, choice, expected):
    first = as_lan(expected=("409",))
    number = station.services.announcements.write(lan, "Họp", "Họp tối nay.")
    second = first.context.new_page()
    for tab in (first, second):
        tab.goto(f"/ban-tin/{number}")
    first.fill("#text", "Của thẻ một")
    expect(first.locator("[data-draft-told]")).to_contain_text("Tự lưu")
    second.fill("#text", "Của thẻ hai")
    conflict = second.locator("[data-conflict]")
    expect(conflict).to_be_visible()
    expect(conflict).to_contain_text("Của thẻ một")
    assert second.input_value("#text") == "Của thẻ hai"
    if choice.startswith("Nối"):
        looked_at(second, "soan-hai-the")
    second.click(f"text={choice}")
    expect(second.locator("[data-draft-told]")).to_contain_text("Tự lưu")
    assert second.input_value("#text") == expected
    expect(conflict).to_be_hidden()


def test_a_lost_station_is_said_and_typing_goes_on(as_lan, station, lan):
    page = as_lan(expected=("ERR_", "htmx:error", "sse:error", "Failed to", "TypeError", "NetworkError"))
    number = station.services.announcements.write(lan, "Họp", "Họp tối nay.")
    page.goto(f"/ban-tin/{number}")
    page.context.set_offline(True)
    page.fill("#text", "Viết khi mất mạng")
    expect(page.locator("[data-draft-told]")).to_contain_text("Mất liên lạc với máy trạm")
    page.locator("#text").press_sequentially(" vẫn viết", delay=2)
    page.context.set_offline(False)
    expect(page.locator("[data-draft-told]")).to_contain_text("Tự lưu")
    until(lambda: seen(station, number).text.startswith("Viết khi mất mạng"), seconds=PATIENCE)


COUNTED = """(place) => {
    window.counted = new Set();
    new MutationObserver(() => window.counted.add(place.textContent)).observe(place, { childList: true });
}"""
"""What the count before a take has shown: each number stands there for less than a second."""


def seconds_in(told):
    minutes, seconds = re.search(r"(\d+):(\d\d)", told).groups()
    return 60 * int(minutes) + int(seconds)


def recorded_at_least(form, seconds):
    told = form.locator("[data-told]")
    expect(told).to_contain_text(re.compile(r"Đang ghi · \d"))
    until(lambda: seconds_in(told.inner_text()) >= seconds, seconds=PATIENCE)


def test_a_recording_is_made_again_and_the_first_take_is_used(as_lan, station):
    page = as_lan("phone")
    page.goto("/ban-tin/moi")
    page.click("summary:text('Ghi âm')")
    form, counted = page.locator("form[data-recorder]"), "() => window.counted && window.counted.has('3')"
    form.locator("[data-countdown]").evaluate(COUNTED)
    first = 0
    for take in (1, 2):
        form.get_by_role("button", name="Bắt đầu ghi").click()
        comes_true(page, counted)
        recorded_at_least(form, 2 if take == 1 else first + 3)
        if take == 1:
            form.get_by_role("button", name="Tạm dừng").click()
            expect(form.locator("[data-told]")).to_contain_text(re.compile(r"Tạm dừng · \d:\d\d"))
            looked_at(page, "ghi-am-tam-dung")
            form.get_by_role("button", name="Ghi tiếp").click()
            recorded_at_least(form, 3)
        form.get_by_role("button", name="Dừng ghi").click()
        expect(form.locator(".takes li")).to_have_count(take)
        if take == 1:
            first = seconds_in(form.locator(".takes li").inner_text())
    looked_at(page, "ghi-am-hai-lan")
    form.get_by_text("Lần ghi 1").click()
    form.locator("#recorded-title").fill("Lời kêu gọi tổng vệ sinh")
    form.get_by_role("button", name="Dùng cho bản tin").click()
    page.locator("#am-thanh [data-sound=working]").wait_for()
    assert station.worker().work_once()
    page.locator("#am-thanh [data-sound=ready]").wait_for()
    clip = station.repos.programme.clip(seen(station, 1).audio_sha256)
    assert clip.title == "Lời kêu gọi tổng vệ sinh"
    # The first take is the shorter one. Where the machine stood still, its microphone gave less than the seconds told.
    assert 0.5 < clip.length.total_seconds() < first + 1.2


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_recording_is_cut_by_keys_pointer_and_typing(as_lan, station, lan, recording, size):
    number = station.services.announcements.record(lan, "Lời kêu gọi", recording())
    whole = seen(station, number).audio_sha256
    page = as_lan(size)
    page.goto(f"/ban-tin/{number}")
    page.click("summary[aria-label='Việc khác']")
    page.click("text=Cắt gọn bản ghi")
    start, end = page.get_by_role("slider", name="Chỗ bắt đầu"), page.get_by_role("slider", name="Chỗ kết thúc")
    start.focus()
    start.press("ArrowRight")
    start.press("Shift+ArrowRight")
    start.press("ArrowLeft")
    assert page.input_value("#start") == "1,00"
    box = end.bounding_box()
    stage = page.locator("[data-trim-stage]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] * 0.75, box["y"] + 20, steps=5)
    page.mouse.up()
    assert abs(float(page.input_value("#end").replace(",", ".")) - 4.5) < 0.1
    page.fill("#end", "0:04,25")
    expect(page.locator("[data-keeps]")).to_contain_text("Giữ lại 0:03,3, từ 0:01,0 đến 0:04,3")
    assert end.get_attribute("aria-valuenow") == "4.25"
    page.click("text=Nghe đoạn giữ lại")
    expect(page.locator("[data-playhead]")).to_be_visible()
    looked_at(page, "cat-gon")
    page.click("text=Cắt và dùng cho bản tin")
    page.wait_for_url(f"**/ban-tin/{number}")
    assert station.worker().work_once()
    page.locator("#am-thanh [data-sound=ready]").wait_for()
    assert station.repos.programme.clip(seen(station, number).audio_sha256).frames == 3_250 * 48
    page.reload()
    looked_at(page, "soan-da-cat")
    page.click("summary[aria-label='Việc khác']")
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator("#am-thanh")).to_contain_text("0:06")
    assert seen(station, number).audio_sha256 == whole


@pytest.fixture
def waiting(station, lan, cast_of):
    return cast_of("Tiêm phòng cúm tại Trạm Y tế"), cast_of("Thu gom rác thải theo khu phố", pitch=420.0)


@pytest.fixture
def cast_of(station, lan, recording):
    def submitted(title, pitch=300.0):
        acts = station.services.announcements
        number = acts.write(lan, title, TEXT)
        sha256 = recording(2.0, title, pitch)
        acts.use_recording(lan, number, sha256)
        acts.heard(lan, number, sha256)
        acts.submit(lan, number)
        return number

    return submitted


def test_without_scripts_words_are_saved_a_recording_cut_and_a_bulletin_returned(
    chromium,
    served,  # noqa: F811 - the fixture above
    station,
    hung,  # noqa: F811
    lan,
    recording,
    waiting,
):
    context = context_of(chromium, java_script_enabled=False, base_url=served.url)
    page = context.new_page()
    sign_in(page, LAN, at="/ban-tin/moi")
    page.fill("#title", "Không có script")
    page.fill("#text", "Họp tổ dân phố tối nay.")
    page.click("[data-listen]")
    page.wait_for_url("**/ban-tin/*")
    assert page.input_value("#title") == "Không có script"
    assert station.worker().work_once()
    sha256 = recording(4.0, "Bản dài", 350.0)
    page.goto(f"/kho/{sha256}/cat-gon")
    page.fill("#start", "0,5")
    page.fill("#end", "2")
    page.click("button:text('Cắt')")
    page.wait_for_url("**/kho#viec")
    assert station.worker().work_once()
    page.context.clear_cookies()
    sign_in(page, at=f"/duyet/{waiting[0]}")
    expect(page.locator("#duyet")).to_contain_text("Trang cần JavaScript để biết bạn đã nghe hết")
    page.get_by_role("link", name="Trả lại").click()
    page.get_by_label("Sai ngày hoặc giờ").check()
    page.get_by_role("button", name="Trả lại").click()
    expect(page.locator("main")).to_contain_text("Đã trả lại Lan")
    assert seen(station, waiting[0]).state is AnnouncementState.RETURNED
    context.close()
