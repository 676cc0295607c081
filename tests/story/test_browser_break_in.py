"""Break-in, microphone and relay in a real browser, against a station as it is run, with its three processes.

What is ordered in the page is looked for in what the station really put out: the WAV output's files. Every page is
watched for errors and for requests that leave this host. Pictures are kept under tests/output.
"""

import base64
import re
import signal
import socket
import wave
from pathlib import Path

import numpy as np
import pyotp
import pytest

from scheduler.config.loading import load
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import Priority, Role
from scheduler.station import Station
from tests.conftest import noon_zone
from tests.lives import Begun
from tests.ports import free_port
from tests.story.chromium import (
    MICROPHONE,
    NEEDS_BROWSER,
    WAIT,
    axe_faults,
    chromium_begun,
    context_of,
    expect,
    let_in,
    picture,
    sideways,
    taken_back,
    told_together,
    types_in,
    wrong_at_every_size,
)
from tests.waiting import until
from web.air.microphone import HELD_BACK_MS

ROOT = Path(__file__).parents[2]
PASSWORDS = {
    "lan": "mat-khau-cua-lan",
    "minh": "mat-khau-cua-minh",
    "hoa": "mat-khau-cua-hoa",
    "nam": "mat-khau-cua-nam",
}
SIZES = {"desk": (1366, 768), "phone": (390, 844), "narrow": (320, 640)}
RATE = 48_000
TONE = 1000.0
"""What the browser's microphone hears."""
PATIENCE = WAIT / 1000
"""Seconds for what no page tells."""
TEMPLATE = "Sơ tán khu phố 3 và khu phố 4"
WORDS = "Khẩn cấp. Uỷ ban nhân dân phường yêu cầu bà con khu phố 3, khu phố 4 sơ tán ngay đến Trường Tiểu học Bắc Sơn."

LOST = ("ERR_", "Failed to fetch", "htmx:error", "sse:error")
"""What a browser's console says of a network that we take away."""

pytestmark = NEEDS_BROWSER


def tone(seconds, pitch):
    times = np.arange(round(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * pitch * times) * 8000).astype(np.int16)


def share(sound, pitch):
    """How much of a sound is this pitch, 0 to 1, each tenth of a second."""
    window = RATE // 10
    blocks = sound[: len(sound) // window * window].reshape(-1, window).astype(float)
    probe = np.exp(-2j * np.pi * pitch * np.arange(window) / RATE)
    power = (blocks**2).sum(axis=1)
    return np.where(power > window * 100.0, 2 * np.abs(blocks @ probe) ** 2 / window / np.maximum(power, 1), 0.0)


def seconds_of(sound, pitch):
    return float((share(sound, pitch) > 0.5).sum()) / 10


class Ward:
    """A station on a folder of its own: its people and a template first, then `loa run`.

    The tests share it, one after the other: what each finds of orders, sounds and recordings is what came since it began.
    """

    def __init__(self, folder, more=""):
        """`more`: of its configuration."""
        self.folder = folder
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.by_name = f"http://loa.phuong.test:{self.port}"
        (folder / "config.toml").write_text(
            f'[station]\nname = "Đài truyền thanh phường Bắc Sơn"\ntime_zone = "{noon_zone()}"\n'
            f'[web]\nport = {self.port}\nnames = ["loa.phuong.test"]\n[speech]\nengines = ["espeak"]\n[[output]]\nname = "wav"\nkind = "wavfile"\ncounts = true\n{more}',
            encoding="utf-8",
        )
        self.run = None
        self.station = Station.open(load(folder / "config.toml"))
        self.known = {"files": 0, "orders": 0, "recordings": 0}

    def furnish(self):
        station = self.station
        station.prepare()
        now, services = station.clock.now(), station.services
        lan = station.repos.people.add("lan", "Lan", Role.EDITOR, PASSWORDS["lan"], now)
        minh = station.repos.people.add("minh", "Minh", Role.APPROVER, PASSWORDS["minh"], now)
        station.repos.people.add("hoa", "Hoà", Role.APPROVER, PASSWORDS["hoa"], now)
        station.repos.people.add("nam", "Năm", Role.APPROVER, PASSWORDS["nam"], now)
        made = station.repos.library.add_master(tone(6.0, 1500.0))
        station.repos.programme.add_clip(
            StoredClip(made.sha256, TEMPLATE, "upload", made.frames, now, lan.id, lufs=made.lufs)
        )
        self.template = services.announcements.write(lan, TEMPLATE, WORDS, Priority.EMERGENCY)
        services.announcements.use_recording(lan, self.template, made.sha256)
        services.announcements.heard(lan, self.template, made.sha256)
        services.announcements.submit(lan, self.template)
        services.announcements.approve(minh, self.template, made.sha256, heard=True)

    def start(self):
        with (self.folder / "log.txt").open("wb") as log:
            self.run = Begun("run", cwd=self.folder, stdout=log)
        until(self.listens, seconds=PATIENCE)

    def listens(self):
        assert self.run.poll() is None, self.log()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def log(self):
        return (self.folder / "log.txt").read_text(encoding="utf-8")[-3000:]

    def end(self):
        if self.run:
            self.run.send_signal(signal.SIGINT)
            self.run.wait(timeout=PATIENCE)
        self.station.close()

    def silent(self):
        """Wait until nothing sounds, waits to sound, or is still being kept."""
        air, rows = self.station.services.air, self.station.repos.store.rows
        waiting = (
            "SELECT 1 FROM slot WHERE outcome IS NULL UNION ALL SELECT 1 FROM live_lease WHERE ended_at IS NULL"
            " UNION ALL SELECT 1 FROM job WHERE kind = 'ingest' AND state IN ('waiting', 'running')"
        )
        until(lambda: air.on_air().alive and not air.on_air().airings and not rows(waiting), seconds=PATIENCE)

    def fresh(self):
        """The next test begins: nothing sounds, and what there is, is old."""
        self.station.services.air.stop(self.station.repos.people.by_login("minh"))
        self.silent()
        self.known = {name: len(found) for name, found in self._all().items()}

    def _all(self):
        rows = self.station.repos.store.rows
        return {
            "files": sorted(one for one in (self.folder / "data").rglob("*.wav") if re.match(r"\d{6}-", one.name)),
            "orders": rows("SELECT outcome, reason FROM slot WHERE trigger = 'emergency' ORDER BY start, rowid"),
            "recordings": rows(
                "SELECT sha256 FROM clip WHERE title LIKE 'Phát trực tiếp: Lan%' ORDER BY created_at, rowid"
            ),
        }

    def since(self, name):
        return self._all()[name][self.known[name] :]

    def aired(self):
        """What the WAV output holds when all is silent, the earliest first: file name -> samples."""
        self.silent()
        found = {}
        for path in self.since("files"):
            with wave.open(str(path)) as file:
                sound = np.frombuffer(file.readframes(file.getnframes()), np.int16)
                found[path.name] = sound.reshape(-1, file.getnchannels())[:, 0]
        return found


@pytest.fixture(scope="module")
def running_ward(tmp_path_factory):
    running = Ward(tmp_path_factory.mktemp("phuong"))
    running.furnish()
    running.start()
    yield running
    running.end()


@pytest.fixture
def ward(running_ward):
    running_ward.fresh()
    return running_ward


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    voice = tmp_path_factory.mktemp("micro") / "tone.wav"
    with wave.open(str(voice), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(tone(60.0, TONE).tobytes())
    with chromium_begun(*MICROPHONE, f"--use-file-for-fake-audio-capture={voice}") as browser:
        yield browser


@pytest.fixture
def open_page(chromium, ward):
    """A page of a browser of its own; what goes wrong in it fails the test at its end."""
    problems, contexts = [], []

    def opened(size="desk", *, scripts=True, base=None, expected=()):
        width, height = SIZES[size]
        context = context_of(
            chromium, viewport={"width": width, "height": height}, permissions=["microphone"],
            reduced_motion="reduce", base_url=base or ward.base, java_script_enabled=scripts,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        own = (ward.base, ward.by_name, "blob:", "data:")

        def told(text):
            if not any(part in text for part in expected):
                problems.append(text)

        page.on("console", lambda message: told(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: told(f"script: {error}"))
        page.on("request", lambda asked: None if asked.url.startswith(own) else told(f"left: {asked.url}"))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def sign_in(page, login="minh", at="/truc-tiep"):
    let_in(page, login, PASSWORDS[login], at)


def looked_at(page, name):
    """A picture of the page; what axe finds in it, and whether it moves sideways."""
    page.wait_for_load_state()
    page.evaluate("window.scrollTo(0, 0)")
    picture(page, f"break-in-{name}-{page.viewport_size['width']}")
    return axe_faults(page) + (["moves sideways"] if sideways(page) > 0 else [])


def test_every_screen_is_whole_readable_for_all_and_does_not_move_sideways(ward, open_page):
    """Those that stand otherwise here than in `test_browser_every_page.py`: with a template to order."""
    page = open_page()
    sign_in(page, at="")
    faults = {}
    screens = {
        "khan-cap": "/khan-cap",
        "doc-lai": f"/khan-cap/mau/{ward.template}",
        "dien-tap": "/khan-cap/dien-tap",
        "dien-tap-doc-lai": f"/khan-cap/dien-tap/{ward.template}",
        "ban-tin-moi": "/ban-tin/moi?loai=khan-cap",
    }
    for name, path in screens.items():
        page.goto(path)
        faults[name] = wrong_at_every_size(page, f"break-in-{name}")
    page.goto("/khan-cap")
    page.fill("#text", "Nước sông dâng cao, bà con ven sông rời nhà ngay.")
    page.click("text=Đọc lại để kiểm tra")
    expect(page.locator("h1")).to_have_text("Đọc lại trước khi phát khẩn")
    faults["go-chu"] = wrong_at_every_size(page, "break-in-go-chu")
    assert {name: found for name, found in faults.items() if found} == {}


def order(page, ward, code=PASSWORDS["minh"], press="click"):
    """Read a template back, say who orders, and press; the page of the order."""
    page.goto(f"/khan-cap/mau/{ward.template}")
    page.fill("#code", code)
    getattr(page.get_by_role("button", name="PHÁT KHẨN NGAY"), press)()
    page.wait_for_url("**/khan-cap/lenh/*")


def order_words(page):
    """Order words that sound for long; the page of the order."""
    page.goto("/khan-cap")
    page.fill("#text", "Nước sông dâng cao, bà con ven sông rời nhà ngay. " * 6)
    page.click("text=Đọc lại để kiểm tra")
    page.fill("#code", PASSWORDS["minh"])
    page.get_by_role("button", name="PHÁT KHẨN NGAY").click()
    page.wait_for_url("**/khan-cap/lenh/*")


def kept_still(open_page, address, drawn):
    """A page as it was drawn: what it asks for again is not answered."""
    page = open_page(expected=("ERR_FAILED", "Failed to fetch"))

    def answer(route):
        if route.request.is_navigation_request():
            route.fulfill(body=drawn, content_type="text/html; charset=utf-8")
        else:
            route.abort()

    sign_in(page)
    page.route(re.compile("/khan-cap/lenh/"), answer)
    page.goto(address)
    expect(page.get_by_text("Sắp phát khẩn.")).to_be_visible()
    return page


def orders(ward):
    """How each order ended that came in this test."""
    return [(row["outcome"], row["reason"]) for row in ward.since("orders")]


def test_an_alarm_is_read_back_may_be_taken_back_and_airs_once_however_often_it_is_pressed(ward, open_page):
    page = open_page(expected=("422",))
    types_in(page, "minh", PASSWORDS["minh"])
    page.click("header >> text=KHẨN CẤP")
    page.click(f'button[aria-label="Phát khẩn: {TEMPLATE}"]')
    page.fill("#code", "sai-roi")
    page.get_by_role("button", name="PHÁT KHẨN NGAY").click()
    expect(page.locator("#code-fault")).to_contain_text("không đúng")
    faults = looked_at(page, "sai-ma")
    counting = []

    def press():
        order(page, ward)
        expect(page.get_by_text("Sắp phát khẩn.").or_(page.locator("#lenh .danger")).first).to_be_visible()
        counting.append(page.content())

    missed = taken_back(page, press)
    faults += looked_at(page, "da-huy")
    faults += looked_at(kept_still(open_page, page.url, counting[-1]), "dem-nguoc")
    order(page, ward, press="dblclick")
    told_together(page, lenh="ĐANG PHÁT", thanh="KHẨN CẤP")
    expect(page.locator("#dinh-chinh")).to_contain_text("Đính chính đã sẵn sàng")
    faults += looked_at(page, "lenh")
    expect(page.locator("#lenh")).to_contain_text("Đã phát")
    expect(page.locator("#nut-dinh-chinh button")).to_have_text("PHÁT ĐÍNH CHÍNH")
    page.set_viewport_size({"width": 320, "height": 640})
    faults += looked_at(page, "lenh-xong")
    assert faults == []
    *stopped, sound = ward.aired().values()
    assert seconds_of(sound, 1500.0) == pytest.approx(12.0, abs=0.6)  # the clip of six seconds, twice
    assert len(stopped) <= missed
    assert orders(ward)[missed:] == [("cancelled", "order_taken_back"), ("played", "")]


def test_two_leaders_at_once_give_one_order_and_either_takes_it_back(ward, open_page):
    minh, hoa = open_page(), open_page("phone")
    sign_in(minh)
    sign_in(hoa, "hoa")

    def press():
        for page, login in ((minh, "minh"), (hoa, "hoa")):
            page.goto(f"/khan-cap/mau/{ward.template}")
            page.fill("#code", PASSWORDS[login])
        minh.get_by_role("button", name="PHÁT KHẨN NGAY").click()
        hoa.get_by_role("button", name="PHÁT KHẨN NGAY").click()
        for page in (minh, hoa):
            page.wait_for_url("**/khan-cap/lenh/*")
        assert minh.url == hoa.url

    missed = taken_back(hoa, press)
    for page in (minh, hoa):
        expect(page.locator("#lenh")).to_contain_text("Đã hủy")
    assert orders(ward)[missed:] == [("cancelled", "order_taken_back")]
    assert len(ward.aired()) <= missed


def test_a_network_that_is_lost_in_the_grace_airs_the_alarm_and_takes_it_back_when_it_is_there_again(ward, open_page):
    page = open_page(expected=LOST)
    sign_in(page)
    cancel = page.get_by_role("button", name="HỦY, KHÔNG PHÁT")
    order(page, ward)
    page.context.set_offline(True)
    for _ in range(4):
        if cancel.count():  # what it shows, it shows until it has a network again
            break
        page.context.set_offline(False)  # the machine stood still for the five seconds
        page.get_by_role("button", name="DỪNG lệnh này").or_(page.locator("#lenh .ended .st")).first.click()
        expect(page.locator("#lenh .ended .st")).to_be_visible()
        order(page, ward)
        page.context.set_offline(True)
    cancel.click()
    expect(page.get_by_text("Mất mạng nên chưa hủy được.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#lenh .ended .st")).to_be_visible()
    assert orders(ward)[-1] in {
        ("cancelled", "order_taken_back"),
        ("partial", "stopped_by"),
        ("cancelled", "stopped_by"),
    }


def test_an_order_that_the_network_swallowed_is_said_to_be_uncertain_and_pressed_again_airs_once(ward, open_page):
    page = open_page(expected=LOST)
    sign_in(page, at=f"/khan-cap/mau/{ward.template}")
    page.fill("#code", PASSWORDS["minh"])
    page.context.set_offline(True)
    button = page.get_by_role("button", name="PHÁT KHẨN NGAY")
    button.click()
    expect(page.get_by_text("Mất mạng, không biết lệnh đã tới trạm chưa.")).to_be_visible()
    assert looked_at(page, "mat-mang") == []
    page.context.set_offline(False)
    button.click()
    page.wait_for_url("**/khan-cap/lenh/*")
    expect(page.locator("#lenh")).to_contain_text("Đã phát")
    assert orders(ward) == [("played", "")]


def test_an_officer_orders_on_the_number_a_leader_reads_out_over_the_telephone(ward, open_page):
    people, clock = ward.station.services.people, ward.station.clock
    nam = ward.station.repos.people.by_login("nam")
    people.begin_totp(nam)
    _, secret = people.pending_totp(nam)
    people.confirm_totp(nam, pyotp.TOTP(secret).at(clock.now()))
    page = open_page("phone")
    sign_in(page, "lan", at=f"/khan-cap/mau/{ward.template}")
    assert looked_at(page, "qua-dien-thoai") == []
    page.fill("#code", pyotp.TOTP(secret).at(clock.now(), counter_offset=1))  # good for a minute at least
    page.get_by_role("button", name="PHÁT KHẨN NGAY").click()
    page.wait_for_url("**/khan-cap/lenh/*")
    page.get_by_role("button", name=re.compile("HỦY, KHÔNG PHÁT|DỪNG lệnh này")).first.click()
    expect(page.locator("#lenh .ended .st")).to_be_visible()
    expect(page.locator(".order-line")).to_contain_text("Ra lệnh: Năm")
    expect(page.locator(".order-line")).to_contain_text("Bấm nút theo điện thoại: Lan")
    assert looked_at(page, "lenh-qua-dien-thoai") == []


def test_a_false_alarm_is_stopped_and_corrected_with_one_press(ward, open_page):
    page = open_page("phone")
    sign_in(page)
    order_words(page)
    first = page.url
    expect(page.locator("#lenh")).to_contain_text("ĐANG PHÁT")
    page.get_by_role("button", name="DỪNG và PHÁT ĐÍNH CHÍNH").click()
    page.wait_for_url("**/khan-cap/lenh/*?cua=*")
    expect(page.locator("#lenh")).to_contain_text("ĐANG PHÁT")
    expect(page.locator("#lenh h2")).to_have_text("Đính chính")
    page.goto(first)
    expect(page.locator("#lenh")).to_contain_text("Cán bộ đã bấm dừng")


def test_typed_words_are_on_the_air_and_can_be_stopped(ward, open_page):
    page = open_page()
    sign_in(page)
    order_words(page)
    expect(page.locator("#lenh")).to_contain_text("ĐANG PHÁT")
    page.get_by_role("button", name="DỪNG lệnh này").click()
    expect(page.locator("#lenh")).to_contain_text("Cán bộ đã bấm dừng")


def test_without_scripts_an_alarm_is_taken_back_or_aired_and_stopped(ward, open_page):
    page = open_page(scripts=False)
    sign_in(page)

    def press():
        page.goto("/khan-cap")
        page.click(f'button[aria-label="Phát khẩn: {TEMPLATE}"]')
        page.fill("#code", PASSWORDS["minh"])
        page.get_by_role("button", name="PHÁT KHẨN NGAY").click()
        page.wait_for_url("**/khan-cap/lenh/*")

    taken_back(page, press)
    order_words(page)
    expect(page.locator("#lenh")).to_contain_text("ĐANG PHÁT")  # the page asks again by itself
    page.get_by_role("button", name="DỪNG lệnh này").click()
    expect(page.locator("#lenh")).to_contain_text("Cán bộ đã bấm dừng")


def test_a_drill_says_what_it_is_before_and_after(ward, open_page):
    page = open_page()
    sign_in(page, "lan", at="/khan-cap/dien-tap")
    page.click(f'button[aria-label="Diễn tập: {TEMPLATE}"]')
    page.get_by_role("button", name="Phát diễn tập").click()
    page.wait_for_url("**/khan-cap/lenh/*")
    expect(page.locator("#thanh")).to_contain_text("DIỄN TẬP")
    expect(page.locator("#lenh")).to_contain_text("Đã phát")
    (sound,) = ward.aired().values()
    assert seconds_of(sound, 1500.0) == pytest.approx(6.0, abs=0.4)  # once
    loud = np.abs(sound.astype(int)) > 300
    spoken = np.flatnonzero(share(sound, 1500.0) > 0.5) * RATE // 10
    assert loud[: spoken[0]].sum() > RATE // 2  # chime and words before it
    assert loud[spoken[-1] + RATE // 10 :].sum() > RATE // 2  # words and chime after it


def at_the_microphone(page):
    """Lan has switched it on; the button to talk with."""
    sign_in(page, "lan", at="/truc-tiep-micro")
    page.get_by_role("button", name="Bật micro").click()
    button = page.locator("[data-talk]")
    expect(button).to_be_visible()
    return button


KEEPS_WHAT_IS_SENT = r"""() => {
    const send = window.fetch;
    window.sentPieces = [];
    window.fetch = (address, how) => {
        const at = /\/truc-tiep-micro\/\w+\/(\d+)$/.exec(address);
        if (at && how && how.body instanceof Blob) window.sentPieces.push([Number(at[1]), how.body]);
        return send(address, how);
    };
}"""
WHAT_WAS_SENT = """async () => {
    const sent = [...window.sentPieces];  // more may be sent while these are read
    const length = Math.max(0, ...sent.map(([at, piece]) => at + piece.size));
    const voice = new Uint8Array(length);
    for (const [at, piece] of sent) voice.set(new Uint8Array(await piece.arrayBuffer()), at);
    let text = '';
    for (let at = 0; at < length; at += 8192) text += String.fromCharCode(...voice.subarray(at, at + 8192));
    return btoa(text);
}"""


class Sent:
    """What the page has sent of a voice, and when the station had each piece."""

    def __init__(self, page):
        self.page, self.pieces = page, []
        page.on("requestfinished", self._note)
        page.evaluate(KEEPS_WHAT_IS_SENT)

    def _note(self, request):
        at = re.search(r"/truc-tiep-micro/\w+/(\d+)$", request.url)
        if at and request.method == "POST":
            until = int(at[1]) + len(request.post_data_buffer or b"")
            self.pieces.append((request.timing["startTime"] + request.timing["responseEnd"], until / (2 * RATE) * 1000))

    def sound(self):
        """The voice as the browser's microphone gave it: where that stood still, there is a hole already."""
        return np.frombuffer(base64.b64decode(self.page.evaluate(WHAT_WAS_SENT)), "<i2")

    def latest(self):
        """Seconds by which the latest piece came later than the pace of the quickest one."""
        behind = [arrived - spoken for arrived, spoken in self.pieces]
        return (max(behind) - min(behind)) / 1000


def recorded(ward, page):
    """The recording of the talk as the library keeps it."""
    (row,) = until(lambda: ward.since("recordings"), seconds=PATIENCE)
    page.goto("/kho")
    expect(page.locator("#danh-sach")).to_contain_text("Phát trực tiếp: Lan")
    return ward.station.repos.library.load(row["sha256"])


def longest_hole(sound):
    """Seconds between the first and the last of the voice in which it is not there, in whole tenths."""
    heard = np.flatnonzero(share(sound, TONE) > 0.5)
    return float((np.diff(heard).max() - 1) / 10) if len(heard) > 1 else float("inf")


def longest_hole_given(voice):
    """Seconds that the microphone itself left out, and the tenths they touch."""
    hole = longest_hole(voice)
    return hole and hole + 0.2


def longest_hole_owed(sent):
    """Seconds that may be missing on the air: what came later than playout keeps in hand, and the tenths it touches."""
    late = sent.latest() - HELD_BACK_MS / 1000
    return 0.1 if late <= 0 else late + 0.2


def test_who_holds_the_button_is_heard_on_the_air_and_kept_in_the_library(ward, open_page):
    """On the air nothing is missing but what the page itself sent later than playout keeps in hand."""
    page = open_page()
    button, sent = at_the_microphone(page), Sent(page)
    page.wait_for_function("() => document.getElementById('muc').value > 0.3")
    button.hover()
    page.mouse.down()
    expect(button).to_have_text("NÓI ĐI")
    chime = len(sent.sound())
    page.wait_for_timeout(4000)
    expect(page.locator("[data-left-told]")).to_contain_text(re.compile(r"còn 1[34]:\d\d"))  # of fifteen minutes
    page.mouse.up()
    expect(page.get_by_text("Buổi nói đã xong")).to_be_visible()
    expect(page.locator("#thanh")).to_contain_text("Đang im lặng")
    voice = sent.sound()
    said, given = seconds_of(voice[chime:], TONE), longest_hole_given(voice)
    (sound,) = ward.aired().values()
    owed = longest_hole_owed(sent) + given
    assert said > 2.0  # what is compared with is no silence
    assert seconds_of(sound, TONE) >= said - 0.3 - owed
    assert longest_hole(sound) <= owed
    kept = recorded(ward, page)
    assert longest_hole(kept) <= given
    assert seconds_of(kept, TONE) >= said - 0.2


def test_a_page_too_busy_to_send_in_time_loses_no_word_of_the_recording(ward, open_page):
    """While it is photographed and searched by axe the page sends late: the air has a gap, the recording has none."""
    page = open_page()
    button, sent = at_the_microphone(page), Sent(page)
    button.hover()
    page.mouse.down()
    expect(button).to_have_text("NÓI ĐI")
    chime = len(sent.sound())
    assert looked_at(page, "micro-noi") == []
    page.wait_for_timeout(2000)
    page.mouse.up()
    expect(page.get_by_text("Buổi nói đã xong")).to_be_visible()
    expect(page.locator("#thanh")).to_contain_text("Đang im lặng")
    voice = sent.sound()
    said, given = seconds_of(voice[chime:], TONE), longest_hole_given(voice)
    (sound,) = ward.aired().values()
    assert longest_hole(sound) <= longest_hole_owed(sent) + given
    kept = recorded(ward, page)
    assert longest_hole(kept) <= given
    assert seconds_of(kept, TONE) >= max(seconds_of(sound, TONE) - 0.1, said - 0.2)


def test_who_cannot_hold_presses_once_to_talk_and_once_to_end(ward, open_page):
    page = open_page("phone")
    button = at_the_microphone(page)
    page.get_by_label("Bấm một lần để nói, bấm lần nữa để thôi").check()
    expect(button).to_have_text("BẤM ĐỂ NÓI")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_text("NÓI ĐI")
    page.wait_for_timeout(1500)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Buổi nói đã xong")).to_be_visible()


def test_a_page_that_is_left_lets_go_of_the_air(ward, open_page):
    page = open_page()
    button = at_the_microphone(page)
    button.hover()
    page.mouse.down()
    expect(button).to_have_text("NÓI ĐI")
    page.goto("/nhat-ky")
    expect(page.locator("#thanh")).to_contain_text("Đang im lặng")
    ward.silent()  # and nobody holds the air


def test_a_hiccup_of_the_network_is_made_good_and_no_word_is_doubled(ward, open_page):
    page = open_page(expected=("ERR_",))
    button, sent = at_the_microphone(page), Sent(page)
    dropped, taken = [], []

    def drop_some(route):
        piece = int(route.request.url.rsplit("/", 1)[1]), len(route.request.post_data_buffer)
        if (len(dropped) + len(taken)) % 5 == 2:
            dropped.append(piece)
            route.abort()
        else:
            taken.append(piece)
            route.continue_()

    page.route(re.compile(r"/truc-tiep-micro/\w+/\d+$"), drop_some)
    button.hover()
    page.mouse.down()
    expect(button).to_have_text("NÓI ĐI")
    chime = len(sent.sound())
    for _ in range(WAIT // 100):
        if len(dropped) >= 2 and sum(taken[-1]) > 2 * (chime + 3 * RATE):
            break
        page.wait_for_timeout(100)
    page.mouse.up()
    expect(page.get_by_text("Buổi nói đã xong")).to_be_visible()
    expect(page.locator("#thanh")).to_contain_text("Đang im lặng")
    assert len(dropped) >= 2
    reached = 0
    for at, size in taken:
        assert at <= reached  # none is left out, however often one is sent
        reached = max(reached, at + size)
    voice = sent.sound()
    said = seconds_of(voice[chime:], TONE)
    (sound,) = ward.aired().values()
    kept = recorded(ward, page)
    assert said - 0.2 <= seconds_of(kept, TONE) <= seconds_of(voice, TONE) + 0.2
    assert said / 2 < seconds_of(sound, TONE) <= seconds_of(kept, TONE) + 0.2


def test_another_computer_without_https_is_told_what_to_do(ward, open_page):
    page = open_page(base=ward.by_name, expected=("Cross-Origin-Opener-Policy",))
    types_in(page, "lan", PASSWORDS["lan"])
    page.goto("/truc-tiep-micro")
    expect(page.get_by_text("Chỉ dùng được micro khi mở trang bằng https")).to_be_visible()
    expect(page.get_by_role("button", name="Bật micro")).to_be_hidden()
    assert looked_at(page, "micro-khong-https") == []


def test_a_relay_is_written_refused_mended_and_approved(ward, open_page):
    page, leader = open_page(expected=("422",)), open_page("phone")
    sign_in(page, "lan")
    sign_in(leader)
    page.goto("/tiep-am/moi")
    page.get_by_label("Tên").fill("Thời sự VOV1")
    page.locator("#sources").fill("http://192.168.1.5/vov1.mp3")
    page.get_by_role("button", name="Lưu tiếp âm").click()
    expect(page.locator("#sources-faults")).to_contain_text("mạng nội bộ")
    assert looked_at(page, "tiep-am-loi") == []
    page.locator("#sources").fill("https://dai.example/vov1.mp3")
    page.get_by_role("button", name="Lưu tiếp âm").click()
    page.get_by_text("Đã lưu tiếp âm.").wait_for()
    assert looked_at(page, "tiep-am-luu") == []
    leader.goto("/tiep-am")
    leader.click("text=Thời sự VOV1")
    leader.get_by_role("button", name="Duyệt các nguồn").click()
    leader.get_by_text("Đã duyệt các nguồn của tiếp âm này.").wait_for()
    leader.goto("/tiep-am")
    assert looked_at(leader, "tiep-am-ds") == []
