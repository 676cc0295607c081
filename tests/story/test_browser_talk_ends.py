"""How a live talk ends, in a real browser against a station as it is run: what the page says, what was heard, what it asks.

One station for all; its slowest output wants its sound 1.5 s ahead. What the page says is held against the journal's row
and the sound that the station really put out. The last test begins quiet hours, so it stands last.
"""

import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.core.model import Role
from tests.story import test_browser_break_in as break_in
from tests.story.chromium import CHROMIUM, FLAGS, NEEDS_BROWSER, axe_faults, context_of, expect
from tests.story.test_browser_break_in import LOST, PATIENCE, RATE, TONE, at_the_microphone, seconds_of, sign_in
from tests.waiting import until

pytestmark = NEEDS_BROWSER

ward, chromium, open_page = break_in.ward, break_in.chromium, break_in.open_page
MORE = (
    "[live]\nlongest_minutes = 0.35\n"
    '[[output]]\nname = "mast"\nkind = "fifo"\ndevice = "mast.pcm"\ndelay_ms = 1500\ncounts = false\n'
)
LONGEST = 21.0
DELAY = 1.5 + 0.2 + 0.25
"""Seconds: the slowest output's, a piece of the voice, what playout keeps in hand."""
FEW = 4
"""Requests of a talk that is over, in three seconds."""
SAYS = """() => Object.fromEntries(['state', 'fault', 'left-time', 'delay', 'talk-word'].map(name => {
    const seen = document.querySelector(`[data-${name}]`);
    return [name, seen && !seen.closest('[hidden]') ? seen.textContent.trim() : ''];
}))"""
KEEPS_THE_TRACK = """
const ask = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = function (wanted) {
    return ask.call(this, wanted).then(stream => { window.theTrack = stream.getAudioTracks()[0]; return stream; });
};"""


@pytest.fixture(scope="module")
def running_ward(tmp_path_factory):
    running = break_in.Ward(tmp_path_factory.mktemp("noi"), MORE)
    running.furnish()
    running.start()
    yield running
    running.end()


class Talk:
    """Lan at the microphone, who presses once to talk and once to end."""

    def __init__(self, ward, page):
        self.ward, self.page, self.asked = ward, page, []
        page.add_init_script(KEEPS_THE_TRACK)
        self.button = at_the_microphone(page)
        page.get_by_label("Bấm một lần để nói, bấm lần nữa để thôi").check()
        page.on("request", lambda asked: self.asked.append(asked.url) if "/truc-tiep-micro/" in asked.url else None)

    def begin(self, press="click"):
        getattr(self.button, press)()
        expect(self.button).to_have_text("NÓI ĐI")
        return self

    def says(self):
        return self.page.evaluate(SAYS)

    def over(self):
        """Wait for the end; what the page says of it."""
        expect(self.button).to_have_text("BẤM ĐỂ NÓI")
        return self.says()["fault"]

    def asks(self, seconds=3.0):
        """How often the page asks the station in that time."""
        before = len(self.asked)
        self.page.wait_for_timeout(1000 * seconds)
        return len(self.asked) - before

    def row(self):
        """What the journal says of the newest talk."""
        store = self.ward.station.repos.store
        slot_id = store.value("SELECT slot_id FROM live_lease ORDER BY rowid DESC LIMIT 1")
        (row,) = until(lambda: store.rows("SELECT * FROM journal WHERE slot_id = ?", (slot_id,)), seconds=PATIENCE)
        return row

    def ended_as(self):
        row = self.row()
        return row["outcome"], row["reason"]

    def heard(self):
        """Seconds of the voice in the sound that was put out first; it is as long as the journal says."""
        sound, *_ = self.ward.aired().values()
        began, ended = (datetime.fromisoformat(self.row()[name]) for name in ("actual_start", "actual_end"))
        assert len(sound) / RATE == pytest.approx((ended - began).total_seconds(), abs=0.1)
        return seconds_of(sound, TONE)


def opened_talk(ward, open_page):
    return Talk(ward, open_page("phone", expected=(*LOST, "422")))


@pytest.fixture
def talk(ward, open_page):
    return opened_talk(ward, open_page)


def process_of(ward, name):
    """The pid of one of the station's processes."""
    found = Path(f"/proc/{ward.run.pid}/task/{ward.run.pid}/children").read_text().split()
    words = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in found}
    return next(pid for pid, said in words.items() if b"process" in said and name.encode() in said)


def break_in_on(talk, leader):
    leader.goto(f"/khan-cap/mau/{talk.ward.template}")
    leader.fill("#code", break_in.PASSWORDS["minh"])
    leader.get_by_role("button", name="PHÁT KHẨN NGAY").click()


def stop(_talk, leader):
    leader.click("#dung button")


def unplug(talk, _leader):
    talk.page.evaluate("() => window.theTrack.dispatchEvent(new Event('ended'))")


def kill_playout(talk, _leader):
    os.kill(process_of(talk.ward, "playout"), signal.SIGKILL)


ENDS = {
    break_in_on: ("Có bản tin khẩn nên buổi nói trực tiếp phải nhường loa", ("pre_empted", "pre_empted")),
    stop: ("Phát dở. Cán bộ đã bấm dừng.", ("partial", "stopped_by")),
    unplug: ("Micro vừa bị rút ra", ("played", "")),
    kill_playout: ("Phát dở. Bộ phát bị ngắt đột ngột", ("partial", "playout_died")),
}


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_who_speaks_is_told_what_ended_the_talk(open_page, talk, end):
    told, ending = ENDS[end]
    leader = open_page()
    sign_in(leader)
    talk.begin()
    talk.page.wait_for_timeout(2000)
    end(talk, leader)
    assert talk.over().startswith(told)
    expect(talk.page.locator("[data-fault]")).to_be_in_viewport(ratio=1)
    assert talk.asks() <= FEW
    assert talk.ended_as() == ending


def test_a_talk_has_its_whole_time_by_a_true_countdown_and_says_that_it_is_over(talk):
    """The last word said before the countdown's end is heard; the delay shown is the slowest output's."""
    talk.begin()
    said = talk.says()
    left = int(said["left-time"].removeprefix("0:"))
    assert LONGEST - DELAY - 1 <= left <= LONGEST - DELAY + 1
    assert float(said["delay"].replace(",", ".")) + 0.05 >= DELAY
    assert talk.over() == "Đã hết thời gian của buổi nói trực tiếp; cần nói thêm thì mở buổi mới."
    assert talk.asks() <= FEW
    assert talk.ended_as()[0] == "played"
    assert talk.heard() >= left - 1.0


def test_a_network_that_goes_is_told_while_it_is_gone_and_why_the_talk_ended_when_it_is_back(talk):
    talk.begin()
    talk.page.wait_for_timeout(2000)
    talk.page.context.set_offline(True)
    expect(talk.page.locator("[data-state]")).to_contain_text("không rõ lời nói có tới loa")
    assert talk.says()["left-time"] == ""
    assert talk.asks() <= FEW
    assert talk.over().startswith("Mất liên lạc với trạm nên buổi nói phải dừng.")
    assert talk.ended_as()[1] == "live_lost"
    talk.page.context.set_offline(False)
    expect(talk.page.locator("[data-fault]")).to_contain_text("Trạm không còn nhận được tiếng micro")
    assert talk.asks() == 0
    assert talk.heard() >= 1.5
    talk.begin()  # nothing of it stands in the way of the next
    talk.button.click()
    assert talk.over() == ""


def test_a_page_that_hangs_on_its_server_says_so_and_nothing_sounds_that_nobody_spoke(ward, talk):
    talk.begin()
    web = process_of(ward, "web")
    os.kill(web, signal.SIGSTOP)
    expect(talk.page.locator("[data-state]")).to_contain_text("không rõ lời nói có tới loa")
    assert talk.ended_as()[1] == "live_lost"
    os.kill(web, signal.SIGCONT)
    expect(talk.page.locator("[data-fault]")).to_contain_text("Trạm không còn nhận được tiếng micro")
    assert talk.asks() <= FEW


def test_a_double_click_is_one_press_and_a_second_page_is_told_that_it_is_oneself(talk, open_page):
    talk.begin("dblclick")
    other = talk.page.context.new_page()
    other.goto("/truc-tiep-micro")
    other.get_by_role("button", name="Bật micro").click()
    other.get_by_label("Bấm một lần để nói, bấm lần nữa để thôi").check()
    other.locator("[data-talk]").click()
    expect(other.locator("[data-fault]")).to_contain_text("Chính bạn đang phát trực tiếp ở trang khác")
    other.close()
    expect(talk.button).to_have_text("NÓI ĐI")
    talk.button.click()
    assert talk.over() == ""
    expect(talk.page.get_by_text("Buổi nói đã xong")).to_be_visible()
    assert talk.ended_as() == ("played", "")


def test_a_page_that_is_loaded_anew_has_let_go(talk):
    talk.begin()
    talk.page.wait_for_timeout(1500)
    talk.page.reload()
    assert talk.ended_as() == ("played", "")
    assert 1.0 <= talk.heard() < LONGEST - 3


def test_a_microphone_that_is_refused_says_what_to_do(ward, chromium):
    flags = (*FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny")
    refusing = chromium.browser_type.launch(executable_path=str(CHROMIUM), args=flags)
    page = context_of(refusing, base_url=ward.base, viewport={"width": 390, "height": 844}).new_page()
    sign_in(page, "lan", at="/truc-tiep-micro")
    page.get_by_role("button", name="Bật micro").click()
    expect(page.locator("[data-fault]")).to_contain_text("Trình duyệt không cho dùng micro")
    expect(page.get_by_role("button", name="Bật micro")).to_be_enabled()
    assert axe_faults(page) == []
    refusing.close()


def test_quiet_hours_end_a_talk_by_a_true_countdown_and_are_told(ward, open_page):
    """It has all the time that is left: what was said until the countdown's end is heard before they begin."""
    station = ward.station
    people, here = station.repos.people, ZoneInfo(station.config.station.time_zone)
    now = station.clock.now().astimezone(here)
    quan = people.add("quan", "Quân", Role.ADMIN, "mat-khau-cua-quan", station.clock.now())
    begins = now.replace(second=0, microsecond=0) + timedelta(minutes=1 if now.second < 20 else 2)
    window = f"{begins:%H:%M}-{begins + timedelta(minutes=30):%H:%M}"
    quiet = {"quiet_hours.windows": ["21:00-05:00", window], "quiet_hours.legal_basis": "Quyết định 12/QĐ-UBND"}
    station.services.settings.put(quan, quiet)
    until(lambda: begins - station.clock.now() < timedelta(seconds=40), seconds=PATIENCE)
    talk = opened_talk(ward, open_page)  # a microphone that is on costs as much as a talk
    until(lambda: begins - station.clock.now() < timedelta(seconds=20), seconds=PATIENCE)
    talk.begin()
    seen = station.clock.now()
    left = int(talk.says()["left-time"].removeprefix("0:"))
    assert abs(left - min(LONGEST, (begins - seen).total_seconds()) + DELAY) < 1.5
    told = talk.over()
    assert told == "Đã tới giờ yên tĩnh nên buổi nói trực tiếp phải dừng."
    assert talk.asks() <= FEW
    row = talk.row()
    ended = datetime.fromisoformat(row["actual_end"])
    assert timedelta(0) <= begins - ended < timedelta(seconds=3)
    assert talk.heard() >= left - 1.5
    talk.button.click()
    assert talk.over().startswith(f"Giờ yên tĩnh {window}")
