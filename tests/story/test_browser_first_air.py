# ruff: noqa: F811 - fixtures are asked for by the names they were imported under
"""A new ward's first announcement, from `loa run` to the street: what the loudspeaker sounds is captured and measured.

A real station with its processes, which chooses its output itself; a real sound server whose null sink is listened to.
The server comes up after the station, as a cable does that is plugged in late.
"""

import re
import sqlite3
from contextlib import closing
from urllib.parse import urlsplit

import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE
from tests.playout.audio_server import audio_server  # noqa: F401 - a fixture
from tests.story.chromium import MICROPHONE, NEEDS_BROWSER, chromium_begun, expect
from tests.story.test_browser_day import AIRS, Day, first_people, leader_signs_in
from tests.story.test_browser_path import DESKTOP, PHONE, Browser, listen_to_the_end, started
from tests.waiting import until

pytestmark = [*NEEDS_BROWSER, pytest.mark.needs_audio_server]
WORDS = "Mời bà con ra sinh hoạt tổ dân phố tối nay tại nhà văn hóa."
LOUD = 300
"""Of 32,768: nothing but sound of ours is so loud on a null sink."""


def seconds_of_sound(sound):
    """How many tenths of a second are not silent, in seconds."""
    blocks = np.abs(sound[: len(sound) // 4800 * 4800].reshape(-1, HOUSE_RATE // 10).astype(int)).max(axis=1)
    return float((blocks > LOUD).sum()) / 10


@pytest.fixture
def link(audio_server, tmp_path):
    """The station begins without a sound server, and may find one."""
    audio_server.kill()
    with started(tmp_path, outputs="") as printed:
        yield printed


@pytest.fixture
def browser(link):
    parts = urlsplit(link)
    with chromium_begun(*MICROPHONE) as chromium:
        yield Browser(chromium, f"{parts.scheme}://{parts.netloc}")


def finds_its_loudspeaker(page, server):
    """No card, no test; the cable is plugged in, Tìm lại, and a person hears the tone."""
    expect(page.locator("main")).to_contain_text("Chưa thấy loa: cắm dây rồi bấm Tìm lại.")
    assert page.get_by_role("button", name="Phát tiếng thử").count() == 0
    page.get_by_role("button", name="Tìm lại").click()
    expect(page.locator("#tim-loa.err")).to_contain_text("vẫn chưa thấy card âm thanh nào")
    server.up()
    page.get_by_role("button", name="Tìm lại").click()
    tone = page.get_by_role("button", name="Phát tiếng thử")
    tone.wait_for()
    with server.capture() as capture:
        tone.click()
        expect(page.locator("#ket-qua-thu")).to_contain_text("đã phát xong", timeout=AIRS)
        assert seconds_of_sound(capture.sound) > 0.5
    page.get_by_role("button", name="Có", exact=True).click()


def composes(page):
    page.locator("main a[href='/ban-tin/moi']").first.click()
    page.wait_for_url("**/ban-tin/moi")  # whole, with the script that keeps what is typed
    page.locator("#text").fill(WORDS)
    page.wait_for_url(re.compile(r"/ban-tin/\d+$"))
    page.locator("[data-listen]").click()
    sound = page.locator("audio#nghe")
    sound.wait_for(state="attached", timeout=AIRS)
    listen_to_the_end(page, sound)
    page.locator("label", has_text="Ngay khi duyệt").click()
    page.locator("[data-main]:not([aria-disabled])").click()
    page.wait_for_url("**/truc-tiep*")


def approves(phone):
    phone.get_by_role("link", name="Nghe và duyệt", exact=True).tap()
    phone.locator("#am-thanh-duyet").evaluate("audio => { audio.defaultPlaybackRate = audio.playbackRate = 1.5 }")
    phone.get_by_role("button", name="Nghe hết").tap()
    phone.locator("#nut-duyet").tap()
    result = phone.locator("#ket-qua.good")
    expect(result).to_contain_text("Đã duyệt. Loa sẽ phát lúc")


def airing_of(folder):
    """The row of the announcement's airing once it has ended: its planned milliseconds, and those that sounded."""
    sql = """SELECT length_ms, (SELECT sum(played_ms) FROM airing WHERE slot_id = slot.id) AS played_ms FROM slot
        WHERE trigger <> 'test' AND outcome = 'played'"""
    with closing(sqlite3.connect(f"file:{folder}/data/loa.db?mode=ro", uri=True)) as rows:
        return rows.execute(sql).fetchone()


def test_a_new_ward_hears_its_first_announcement(link, browser, audio_server, tmp_path):
    with browser.of("lan", DESKTOP) as page, browser.of("minh", PHONE, touch=True) as phone:
        first_people(Day(browser), page, link)
        page.get_by_role("button", name="Tôi tự soạn").click()
        finds_its_loudspeaker(page, audio_server)
        page.get_by_role("button", name="Chưa có văn bản, giữ như vậy").click()
        page.goto(f"{browser.base}/truc-tiep")
        leader_signs_in(phone, browser.base)
        composes(page)
        phone.goto(f"{browser.base}/truc-tiep")
        with audio_server.capture() as capture:
            approves(phone)
            row = until(lambda: airing_of(tmp_path), "its airing", seconds=AIRS / 1000)
            heard = seconds_of_sound(capture.sound)
        planned_ms, played_ms = row
        assert played_ms == planned_ms
        # Words have pauses; what has sounded can be no longer than what was planned.
        assert 0.5 * planned_ms < heard * 1000 <= planned_ms + 200
        page.goto(f"{browser.base}/nhat-ky")
        expect(page.locator("table.journal")).to_contain_text("Đã phát")
    assert browser.problems == []
