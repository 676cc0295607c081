"""Hai máy, Cụm loa and Cấp trên in a real browser, in every state: whole at each width, in English, and without scripts."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.config.loading import ExtrasConfig
from scheduler.extras.boxes.keys import ClusterConfig, MqttConfig
from scheduler.extras.boxes.rules.messages import public_of, seal_message
from scheduler.extras.boxes.rules.state import PresenceWord
from scheduler.extras.boxes.service.boxes import ClusterService
from scheduler.extras.failover.keys import PairConfig
from scheduler.extras.failover.rows import PairRows
from scheduler.extras.failover.rules.election import Seat
from scheduler.extras.failover.service import FailoverService
from scheduler.extras.town.keys import TownConfig
from scheduler.kernel.air_fence import Air, AirFence, FenceState, folder_of
from scheduler.kernel.clock import since_boot
from scheduler.station import Station
from tests.examples import some_of
from tests.extras.town.service.town import WARD, pinned
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import context_of
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    ADMIN,
    chromium,
    clock,
    expect,
    hung,
    kept,
    open_page,
    served,
    sign_in,
    wrong_at_every_size,
)
from tests.story.test_browser_shell import english
from tests.waiting import until
from tests.web.messages import VIETNAMESE

pytestmark = desk_story.pytestmark
desk_config = desk_story.config
OTHER = "http://may-du-phong.phuong-bac-son.thi-xa.example:8600"
HOLDS = {
    "machine": "may-1",
    "peer": "may-2",
    "seat": Seat.HOLDS,
    "ready": True,
    "term": 4,
    "alone": False,
    "current": True,
    "broker": "",
    "other": "",
    "other_seat": Seat.FOLLOWS,
    "other_page": OTHER,
    "clock_off": 0,
    "behind_seconds": None,
    "reason": "",
    "details": {},
    "files_missing": 0,
    "share": 1.0,
}
FOLLOWS = HOLDS | {"seat": Seat.FOLLOWS, "ready": False, "other_seat": Seat.HOLDS, "behind_seconds": 0.4}
STATES = {
    "giu": (FenceState.HOLDS, HOLDS),
    "theo": (FenceState.FOLLOWS, FOLLOWS),
    "theo-chep": (
        FenceState.FOLLOWS,
        FOLLOWS
        | {"behind_seconds": 75.0, "files_missing": 14, "share": 0.43, "clock_off": 7200, "reason": "pair_file_gone"},
    ),
    "mot-minh": (FenceState.HOLDS, HOLDS | {"alone": True, "other": "pair_unreachable", "broker": "pair_broker_away"}),
    "mat-song": (
        FenceState.FOLLOWS,
        FOLLOWS | {"other": "pair_unreachable", "broker": "pair_broker_away", "current": False},
    ),
    "cham-nguon": (FenceState.FOLLOWS, None),
}
"""What the pair process may say; the last one says nothing at all."""
NOTES = {
    "giu": "",
    "theo": "Máy này chỉ để xem",
    "theo-chep": "Máy này chỉ để xem",
    "mot-minh": "Máy này đang phát một mình.",
    "mat-song": "MÁY NÀY KHÔNG GIỮ SÓNG, MÁY KIA KHÔNG RÕ.",
    "cham-nguon": "Bộ giữ sóng của máy này không trả lời.",
}
BOXES = ("860000000000001", "860000000000002", "860000000000003", "860000000000004")
BOX_KEY = "11" * 32


@pytest.fixture
def config(desk_config):
    """A ward with everything: a second machine, boxes beside the horns, and a town."""
    boxes = (
        ClusterConfig(id=BOXES[0], name="Cụm nhà văn hóa khu phố Đông", zones=("all",)),
        ClusterConfig(id=BOXES[1], name="Cụm chợ", zones=("all",)),
        ClusterConfig(id=BOXES[2], name="Cụm trường học", zones=("all",)),
        ClusterConfig(id=BOXES[3], name="Loa 4G đầu dốc", kind="vendor"),
    )
    return replace(
        desk_config,
    ).having(
        PairConfig(machine="may-1", peer="may-2", url="nats://127.0.0.1:1", peer_url="http://127.0.0.1:1"),
        *boxes,
        MqttConfig(url="mqtt://127.0.0.1:1", ward_id="25771", page_url="http://127.0.0.1:8080"),
        TownConfig(url="nats://127.0.0.1:1", ward_id=WARD, groups=("ven-song",)),
    )


class Pair:
    """What the pair process of this machine says, again and again, as it does."""

    def __init__(self, station):
        self._station, self._says, self._stop = station, HOLDS, threading.Event()
        self._one_at_a_time = threading.Lock()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def say(self, state):
        phase, said = STATES[state]
        deadline = since_boot() + 1000 if phase is FenceState.HOLDS else 0.0
        file = AirFence(folder_of(self._station.written.data))
        file.write(Air(deadline, phase, 4, page=OTHER))
        file.close()
        with self._one_at_a_time:
            self._says = said
            at = self._station.clock.now() - timedelta(hours=1 if said is None else 0)
            self._station.repos.jobs.beat("pair", 1, at, said or HOLDS)

    def _run(self):
        while not self._stop.wait(0.5):
            with self._one_at_a_time:
                if self._says is not None:
                    self._station.repos.jobs.beat("pair", 1, self._station.clock.now(), self._says)
        self._station.repos.store.close()

    def end(self):
        self._stop.set()
        self._thread.join()


@pytest.fixture
def station(config, clock):  # noqa: F811 - the fixture above
    if config.get(PairConfig).machine:
        folder_of(config.data).mkdir(parents=True)
        AirFence(folder_of(config.data)).write(Air(since_boot() + 1000, FenceState.HOLDS, 4))
    opened = Station.open(config, clock)
    opened.prepare()
    if config.get(PairConfig).machine:
        PairRows(opened.repos.store).begin("may-1.4", term=4)
    yield opened
    opened.close()


@pytest.fixture
def pair(station):
    running = Pair(station)
    yield running
    running.end()


@pytest.fixture
def boxes(station, hung):  # noqa: F811 - the fixture above
    """One box that airs, one that is cut off, one never heard, and a vendor's; with orders and what was aired."""
    link, now = station.services.get(ClusterService).link, station.clock.now()
    for number, (box, more) in enumerate(
        (
            (BOXES[0], {"airing": {"title": "Phòng chống dịch bệnh: khai báo y tế toàn dân", "slot_id": "s1"}}),
            (BOXES[1], {"clips": {"missing": 3, "reason": "cluster_page_unreachable"}, "temperature_c": 71.5}),
        )
    ):
        told = {
            "cluster": box,
            "key": public_of(BOX_KEY),
            "at": now.isoformat(),
            "boot": "b",
            "count": number + 1,
            "every": 60.0,
            "outputs": [{"name": "loa", "kind": "soundcard", "state": "open", "level_dbfs": -14.3}],
            "disk_free_mb": 5120,
            "temperature_c": 48.7,
            "volume": 80,
            "clips": {"missing": 0},
        }
        cluster = next(one for one in station.config.all(ClusterConfig) if one.id == box)
        link.state(cluster, seal_message(told | more, BOX_KEY), now, retained=False)
    link.presence(BOXES[1], PresenceWord.OFFLINE, now + timedelta(seconds=1))
    station.services.get(ClusterService).set_volume(hung, BOXES[0], 70)
    station.services.get(ClusterService).set_muted(hung, BOXES[1], muted=True)
    station.services.get(ClusterService).test(hung, BOXES[0])
    return station.services.get(ClusterService)


@pytest.fixture
def town(station, hung):  # noqa: F811 - the fixture above
    return pinned(station, hung, may_emergency=True)


def small(page):
    """What people press here and is lower than a finger."""
    return page.evaluate(
        "() => [...document.querySelectorAll('main button, main summary, main .chk, main .check')].filter(one =>"
        " one.getBoundingClientRect().height < 43.5 && one.offsetParent).map(one => one.textContent.trim())"
    )


def opened_up(page):
    page.evaluate("() => document.querySelectorAll('main details').forEach(one => { one.open = true })")


def faults_of(page, name):
    """Everything that is wrong with how a page stands, at every size."""
    return wrong_at_every_size(page, name, lambda page: [f"too small: {one}" for one in small(page)])


def vietnamese_left(page):
    """Text of the page that is still Vietnamese and is no name."""
    texts = page.evaluate(
        "() => { const found = []; const walk = document.createTreeWalker(document.querySelector('main'),"
        " NodeFilter.SHOW_TEXT); while (walk.nextNode()) { const one = walk.currentNode;"
        " if (one.textContent.trim() && one.parentElement.checkVisibility() && one.parentElement.closest('[lang]')"
        "?.lang !== 'vi') found.push(one.textContent.trim()); } return found }"
    )
    return [one for one in texts if VIETNAMESE.search(one)]


def test_hai_may_is_whole_in_every_state_and_each_page_tells_what_the_ward_must_know(pair, hung, open_page):  # noqa: F811
    page = open_page()
    pair.say("giu")
    sign_in(page, at="")
    faults, looked_at = {}, some_of([state for state, note in NOTES.items() if note], 2)
    for state, note in NOTES.items():
        pair.say(state)
        page.goto("/cai-dat/hai-may")
        opened_up(page)
        faults[state] = faults_of(page, f"hai-may-{state}")
        page.goto("/ban-tin")
        told = page.locator("main > .note")
        expect(told).to_have_count(1 if note else 0)
        if note:
            expect(told).to_contain_text(note)
        if state in looked_at:  # one box with other words in it
            faults[f"{state} elsewhere"] = faults_of(page, f"hai-may-loi-nhan-{state}")
    assert {name: found for name, found in faults.items() if found} == {}


def test_the_state_of_the_two_moves_by_itself_and_the_acts_come_with_it(pair, hung, station, open_page):  # noqa: F811
    page = open_page("phone", expected=("422",))
    pair.say("giu")
    sign_in(page, at="/cai-dat/hai-may")
    expect(page.locator("#hai-may")).to_contain_text("Đang giữ sóng")
    expect(page.get_by_role("button", name="Phát một mình")).to_have_count(0)
    pair.say("mat-song")
    expect(page.locator("#hai-may")).to_contain_text("Không giữ sóng")
    expect(page.locator("#hai-may")).to_contain_text("Không nghe thấy")
    alone = page.locator("form", has=page.get_by_role("button", name="Phát một mình"))
    alone.get_by_label("Tôi đã xem tận nơi: máy kia đã tắt").check()
    alone.get_by_label("Mật khẩu của bạn").fill("sai")
    alone.get_by_role("button").click()
    expect(page.locator(".field-fault")).to_be_visible()
    assert not (station.services.get(FailoverService).folder / "request.json").exists()
    page.locator("#ma-mot-minh").fill(ADMIN[1])
    page.get_by_label("Tôi đã xem tận nơi: máy kia đã tắt").check()
    page.get_by_role("button", name="Phát một mình").click()
    expect(page.locator("main")).to_contain_text("Đã yêu cầu phát một mình")
    assert "alone" in (station.services.get(FailoverService).folder / "request.json").read_text()


def test_cum_loa_and_cap_tren_are_whole_readable_for_all_and_do_not_move_sideways(boxes, town, pair, open_page):  # noqa: F811
    page = open_page()
    pair.say("giu")
    sign_in(page, at="")
    faults = {}
    for path in ("/cum-loa", "/cap-tren", "/cai-dat/cap-tren", "/cai-dat/tinh-trang", "/cai-dat"):
        page.goto(path)
        opened_up(page)
        faults[path] = faults_of(page, f"phong{path.replace('/', '-')}")
    assert {name: found for name, found in faults.items() if found} == {}


def test_a_technician_orders_at_a_box_from_a_telephone_and_the_list_moves_by_itself(boxes, pair, station, open_page):  # noqa: F811
    page = open_page("phone")
    pair.say("giu")
    sign_in(page, at="/cum-loa")
    card = page.locator(f"#cum-{BOXES[0]}")
    card.get_by_label("Âm lượng, phần trăm").fill("55")
    card.get_by_role("button", name="Đặt âm lượng").click()
    expect(page.locator(".note.ok")).to_contain_text("Đã gửi lệnh tới cụm loa")
    expect(card).to_contain_text("Đặt âm lượng")
    assert boxes.get(BOXES[0]).seen.volume == 55
    expect(page.locator("#cac-cum")).to_contain_text("Bộ nối với cụm loa không trả lời")

    def gone():
        station.repos.jobs.beat("clusters", 1, station.clock.now(), {"reason": ""})
        return "Bộ nối với cụm loa không trả lời" not in page.locator("#cac-cum").inner_text()

    until(gone, seconds=desk_story.PATIENCE, every=0.5)


def test_the_pages_are_wholly_english_for_who_reads_english(boxes, town, pair, open_page):  # noqa: F811
    page = open_page()
    pair.say("giu")
    sign_in(page)
    english(page)
    left = {}
    for state in NOTES:
        pair.say(state)
        page.goto("/cai-dat/hai-may")
        opened_up(page)
        left[state] = vietnamese_left(page)
    kept(page, "hai-may-english")
    pair.say("giu")
    names = (*(one.name for one in boxes.listed()), "Phòng chống dịch bệnh", "Hùng")
    for path in ("/cum-loa", "/cap-tren", "/cai-dat/cap-tren"):
        page.goto(path)
        opened_up(page)
        kept(page, f"english{path.replace('/', '-')}")
        left[path] = [one for one in vietnamese_left(page) if not any(name in one for name in names)]
    assert {name: found for name, found in left.items() if found} == {}


def test_without_scripts_a_person_moves_the_air_orders_at_a_box_and_reads_it_all(
    boxes,
    pair,
    served,  # noqa: F811
    station,
    chromium,  # noqa: F811
):
    pair.say("giu")
    context = context_of(chromium, java_script_enabled=False, base_url=served.url)
    page = context.new_page()
    sign_in(page, at="/cum-loa")
    page.locator(f"#cum-{BOXES[0]}").get_by_role("button", name="Tắt tiếng").click()
    expect(page.locator(f"#cum-{BOXES[0]}")).to_contain_text("Mở tiếng")
    page.goto("/cai-dat/cap-tren")
    expect(page.locator("main")).to_contain_text("Ghép với thị xã")
    pair.say("theo")
    page.goto("/cai-dat/hai-may")
    page.locator("#ma-nhan").fill(ADMIN[1])
    page.get_by_role("button", name="Nhận sóng").click()
    expect(page.locator("main")).to_contain_text("Đã yêu cầu nhận sóng")
    assert "take" in (station.services.get(FailoverService).folder / "request.json").read_text()
    context.close()


class TestWithoutAny:
    """A ward of one machine, without boxes, that has turned on the town and joined none."""

    @pytest.fixture
    def config(self, desk_config):
        return replace(desk_config, extras=ExtrasConfig(on=("town",)))

    def test_the_pages_say_what_they_would_be_for(self, hung, open_page):  # noqa: F811
        """What config.toml alone turns on has no page and no tab."""
        page = open_page()
        sign_in(page)
        faults = {}
        for path in ("/cai-dat/hai-may", "/cum-loa"):
            assert page.request.get(path).status == 404
            assert page.locator(f'a[href="{path}"]').count() == 0
        for path, said in (
            ("/cap-tren", "Không có việc nào của cấp trên"),
            ("/cai-dat/cap-tren", "Chưa tin chữ ký nào"),
        ):
            page.goto(path)
            expect(page.locator("main")).to_contain_text(said)
            faults[path] = faults_of(page, f"khong{path.replace('/', '-')}")
        assert {name: found for name, found in faults.items() if found} == {}
