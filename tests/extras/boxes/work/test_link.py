"""Ward and box over a real MQTT server that dies, with boxes that are away, enemies on the network, and old words."""

import errno
import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from scheduler.config import loading as configuration
from scheduler.core.model import AiringOutcome, Slot
from scheduler.core.planning import rules
from scheduler.extras.boxes.keys import ClusterConfig
from scheduler.extras.boxes.rows.ward import order_of_row
from scheduler.extras.boxes.rules.messages import ClusterKind, Order, Topics, public_of, seal_message, seal_order
from scheduler.extras.boxes.rules.state import Look
from scheduler.extras.boxes.service.box import BoxService
from scheduler.extras.boxes.service.boxes import ClusterService
from scheduler.extras.boxes.work.box import BoxLink
from scheduler.extras.boxes.work.ward import ClusterLink
from scheduler.station import Station
from scheduler.station_words import break_in_with
from scheduler.store import Ending, Entry
from tests.extras.boxes.work.house import BOX, WARD, running
from tests.extras.boxes.work.vendor import VendorBox
from tests.waiting import CLOCK, until

TOPICS = Topics(WARD, BOX)


@pytest.fixture
def box_station(box_path):
    opened = Station.open(configuration.load(box_path))
    opened.prepare()
    yield opened
    opened.close()


@pytest.fixture
def box_link(box_station):
    return lambda: running(lambda: BoxLink(box_station))


@pytest.fixture
def rows(box_station):
    return box_station.services.get(BoxService).rows


@pytest.fixture
def publish(broker):
    """Somebody on the network who may write to every topic."""
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    yield lambda topic, payload, **more: client.publish(topic, payload, 1, **more).wait_for_publish(60)
    client.disconnect()
    client.loop_stop()


class Ahead(type(CLOCK)):
    """Three hours later, or a clock that is off by them."""

    def now(self):
        return super().now() + timedelta(hours=3)


def heard(seen):
    return lambda: seen().look is Look.QUIET


def answers(station):
    return {row["kind"]: row["answer"] for row in station.services.get(ClusterService).orders(BOX, 50)}


def test_a_box_that_is_away_gets_its_order_from_the_mqtt_server_on_its_return(
    station, people, ward_link, box_link, rows, seen
):
    _, _, admin = people
    with ward_link():
        with box_link():
            until(heard(seen), "the box")
        until(lambda: seen().look is Look.CUT_OFF, "its farewell")
        station.services.get(ClusterService).set_volume(admin, BOX, 30)
        until(lambda: not station.services.get(ClusterService).link.rows.unsent(CLOCK.now()), "the order to be sent")
    with box_link():  # the ward is away now: what comes, comes from the server's queue
        until(lambda: rows.told("volume") == 30, "the order")
    with ward_link(), box_link():
        until(lambda: answers(station).get("volume") == "done", "the answer")


def test_an_order_that_the_mqtt_server_lost_goes_out_again_to_a_box_that_comes_back(
    station, people, broker, ward_link, box_link, rows, seen
):
    _, _, admin = people
    with ward_link():
        with box_link():
            until(heard(seen), "the box")
        station.services.get(ClusterService).set_volume(admin, BOX, 40)
        until(lambda: not station.services.get(ClusterService).link.rows.unsent(CLOCK.now()), "the order to be sent")
        broker.kill()
        for kept in broker.folder.glob("*.db*"):
            kept.unlink()
        broker.start()
        with box_link():
            until(lambda: rows.told("volume") == 40, "the order")
            until(lambda: answers(station).get("volume") == "done", "the answer")


def test_orders_given_while_the_mqtt_server_is_dead_are_obeyed_once_when_it_is_back(
    station, people, broker, ward_link, box_link, rows, seen
):
    _, _, admin = people
    with ward_link(), box_link():
        until(heard(seen), "the box")
        broker.kill()
        station.services.get(ClusterService).set_muted(admin, BOX, muted=True)
        station.services.get(ClusterService).set_volume(admin, BOX, 20)
        broker.start()
        until(lambda: (rows.told("muted"), rows.told("volume")) == (True, 20), "both orders")
        until(lambda: answers(station) == {"mute": "done", "volume": "done"}, "both answers")
        kinds = [row["kind"] for row in rows.answers_after(0)]
        assert sorted(kinds) == ["mute", "volume"]


def test_an_emergency_that_expired_while_the_box_was_away_is_not_aired_and_reported_expired(
    station, people, ward_link, box_link, box_station, box_path, seen
):
    _, minh, _ = people
    with ward_link():
        with box_link():
            until(heard(seen), "the box")
        slot_id = break_in_with(station, minh, "Nước lên, bà con sơ tán.")
        until(lambda: "emergency" in answers(station), "the order")
        until(lambda: not station.services.get(ClusterService).link.rows.unsent(CLOCK.now()), "it to be sent")
    (row,) = station.services.get(ClusterService).orders(BOX)
    with (
        closing(Station.open(station.written, Ahead())) as ward,
        closing(Station.open(configuration.load(box_path), Ahead())) as box,
        running(lambda: ClusterLink(ward)),
        running(lambda: BoxLink(box)),
    ):
        until(lambda: answers(station)["emergency"] == "expired", "the answer")
    assert row["slot_id"] == slot_id
    assert box_station.services.get(BoxService).rows.has_slot(slot_id) is None


def test_an_emergency_that_ended_at_the_ward_before_its_row_was_seen_goes_to_the_box_and_one_that_was_stopped_does_not(
    station, people, ward_link
):
    """Its rows follow late where the database was locked or full: it stood in the ring alone."""
    _, minh, _ = people
    ends = {
        "Nước lên, bà con sơ tán.": Ending(AiringOutcome.PLAYED, played_ms=4000),
        "Cháy ở chợ.": Ending(AiringOutcome.PARTIAL, "stopped_by", played_ms=1000),
        "Vỡ đê.": Ending(AiringOutcome.CANCELLED, "order_taken_back"),
        "Bão tới.": Ending(AiringOutcome.FAILED, "output_failed"),
    }
    slots = {}
    for text, ending in ends.items():
        slots[slot_id := break_in_with(station, minh, text)] = text
        until(lambda one=slot_id: station.repos.store.rows("SELECT 1 FROM slot WHERE id = ?", (one,)), "its row")
        station.repos.slots.close(slot_id, ending, CLOCK.now())
    with ward_link():
        until(lambda: len(station.services.get(ClusterService).orders(BOX, 50)) >= 2, "two orders")
    told = [
        slots[row["slot_id"]]
        for row in station.services.get(ClusterService).orders(BOX, 50)
        if row["kind"] == "emergency"
    ]
    assert sorted(told) == ["Bão tới.", "Nước lên, bà con sơ tán."]


def test_what_others_write_on_the_boxs_topic_sets_off_no_siren(
    station, publish, ward_link, box_link, box_station, rows, seen
):
    forger = "33" * 32
    with ward_link(), box_link():
        until(heard(seen), "the box")
        now = CLOCK.now()
        slot = {"id": "20261202-e9-1", "text": "Chạy đi!"}
        link = station.services.get(ClusterService).link
        link.rows.add_order(
            BOX, ClusterKind.VOLUME, {"percent": 77}, now, order_id="mine", expires=now + timedelta(minutes=5)
        )
        until(lambda: rows.told("volume") == 77, "the ward's own order")
        order = Order("x", 999, WARD, BOX, ClusterKind.EMERGENCY, now, now + timedelta(minutes=5), {"slot": slot})
        mute = replace(order, id="y", kind=ClusterKind.MUTE, body={"muted": True})
        for payload in (
            seal_order(order, forger),
            seal_order(mute, forger),
            json.dumps({"kind": "emergency", "slot": slot}).encode(),
            b"\x00\xff" * 50,
            b"[" * 50_000,
            b"x" * 2_000_000,
        ):
            publish(TOPICS.cmd, payload)
        publish(TOPICS.cmd, link.seal(replace(mute, cluster="another box")))
        link.rows.add_order(BOX, ClusterKind.VOLUME, {"percent": 55}, now, order_id="last")
        until(lambda: rows.told("volume") == 55, "the order behind them")
    assert rows.told("muted") is None
    assert rows.answer_to("x") is rows.answer_to("y") is None
    assert box_station.repos.store.value("SELECT count(*) FROM slot") == 0


def test_a_replayed_order_is_not_obeyed_again(station, people, publish, ward_link, box_link, rows, seen):
    _, _, admin = people
    with ward_link(), box_link():
        until(heard(seen), "the box")
        station.services.get(ClusterService).set_muted(admin, BOX, muted=True)
        until(lambda: rows.told("muted") is True, "the order")
        (row,) = station.services.get(ClusterService).orders(BOX)
        old = station.services.get(ClusterService).link.seal(order_of_row(row, WARD))
        station.services.get(ClusterService).set_muted(admin, BOX, muted=False)
        until(lambda: rows.told("muted") is False, "its end")
        publish(TOPICS.cmd, old)
        station.services.get(ClusterService).set_volume(admin, BOX, 60)
        until(lambda: rows.told("volume") == 60, "the order behind it")
    assert rows.told("muted") is False


def test_a_forged_state_makes_no_box_green_and_is_shown(station, publish, ward_link, box_link, seen):
    with ward_link():
        with box_link():
            until(heard(seen), "the box")
        until(lambda: seen().look is Look.CUT_OFF, "its farewell")
        forged = {"cluster": BOX, "key": "44" * 32, "at": CLOCK.now().isoformat(), "boot": "x", "count": 1}
        publish(TOPICS.state, seal_message(forged, "55" * 32))
        until(lambda: seen().seen.refused == "cluster_other_key", "the note")
        publish(TOPICS.presence, b'{"presence": "online"}', retain=True)
        publish(TOPICS.state, b"no json")
        until(lambda: seen().seen.refused in {"cluster_forged", "cluster_unreadable"}, "the other note")
    assert seen().state.outputs == ()


def test_after_its_key_was_forgotten_another_machine_may_be_the_box(
    station, people, ward_link, box_link, box_station, seen, publish
):
    _, _, admin = people
    with ward_link():
        with box_link():
            until(heard(seen), "the box")
        until(lambda: seen().look is Look.CUT_OFF, "its last word")  # else that would make its key known once more
        station.services.get(ClusterService).forget_key(admin, BOX)
        told = {"cluster": BOX, "key": public_of("55" * 32), "at": CLOCK.now().isoformat(), "boot": "n", "count": 1}
        publish(TOPICS.state, seal_message(told, "55" * 32))
        until(lambda: seen().seen.public_key == public_of("55" * 32), "the new key")


def test_reports_come_once_however_often_they_are_told(station, ward_link, box_link, box_station, rows, seen):
    with ward_link(), box_link():
        until(heard(seen), "the box")
    journal = box_station.repos.journal
    for number in range(120):
        with box_station.repos.store.write() as db:
            entry = Entry(at=CLOCK.now(), kind="airing", day="2026-12-02", slot_id=f"s{number}", outcome="played")
            journal.append(db, replace(entry, played_ms=1000 + number, title="Tiêm chủng"))
    with ward_link(), box_link():
        until(lambda: len(station.services.get(ClusterService).airings(BOX, 500)) == 120, "all reports")
        until(lambda: rows.told("seen_seq", 0) >= 120, "the ward's word")
    rows.tell("seen_seq", 0)  # a box that was restored from an old copy tells all of it again
    with ward_link(), box_link():
        until(lambda: rows.told("seen_seq", 0) >= 120, "the ward's word again")
    found = station.services.get(ClusterService).airings(BOX, 500)
    assert len(found) == 120
    assert {row["played_ms"] for row in found} == set(range(1000, 1120))


def test_a_ward_that_was_restored_from_a_copy_gives_numbers_that_the_box_has_not_had(
    station, people, ward_link, box_link, rows, seen
):
    _, _, admin = people
    with ward_link(), box_link():
        until(heard(seen), "the box")
        station.services.get(ClusterService).set_volume(admin, BOX, 30)
        until(lambda: answers(station).get("volume") == "done", "the answer")
    rows.tell("volume", 30, 5_000)
    with station.repos.store.write() as db:
        db.conn.execute("DELETE FROM cluster_order")
        db.conn.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'cluster_order'")
    with ward_link(), box_link():
        until(lambda: station.repos.store.value("SELECT max(seq) FROM sqlite_sequence") >= 5_000, "the box's word")
        station.services.get(ClusterService).set_volume(admin, BOX, 70)
        until(lambda: rows.told("volume") == 70, "the new order")


def test_a_box_whose_clock_is_hours_off_airs_no_plan_and_the_ward_says_so(
    station, ward_link, box_station, box_path, seen
):
    ahead = Station.open(configuration.load(box_path), Ahead())
    with ward_link(), running(lambda: BoxLink(ahead)):
        until(lambda: seen().clock_off_minutes >= 179, "the ward to see it")
        until(lambda: ahead.services.get(BoxService).rows.told("clock_off") is True, "the box to see it")
        assert ahead.config.quiet_hours.windows == ("00:00-12:00", "12:00-00:00")
        minh = station.repos.people.machine(CLOCK.now())
        slot_id = break_in_with(station, minh, "Nước lên, bà con sơ tán.")
        until(lambda: ahead.services.get(BoxService).rows.has_slot(slot_id), "an emergency all the same")
    ahead.close()


def test_the_link_speaks_mqtt_and_loads_neither_nats_nor_the_page():
    code = "import sys, scheduler.extras.boxes.work.ward, scheduler.extras.boxes.work.box; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "paho.mqtt.client" in loaded
    assert {"nats", "flask", "apscheduler", "waitress"} & set(loaded) == set()


# -- vendors ----------------------------------------------------------------------------------------------------------

VENDOR = "860000000000099"


@pytest.fixture
def vendors(station, page):
    """The ward with a vendor's box beside its own, and its page's sounds."""
    more = ClusterConfig(id=VENDOR, name="Loa 4G", kind="vendor", zones=("tay",))
    opened = Station.open(station.written.having(*(*station.written.all(ClusterConfig), more)))
    with running(lambda: ClusterLink(opened)):
        yield opened
    opened.close()


@pytest.fixture
def vendor(broker):
    box = VendorBox(broker.port, VENDOR).start()
    yield box
    box.stop()


def test_a_vendors_box_is_shown_as_it_tells_itself_and_nonsense_is_absent(vendors, vendor):
    state = until(lambda: vendors.services.get(ClusterService).get(VENDOR).state, "its state")
    assert (state.volume, state.temperature_c, state.power_w, state.connection) == (80, 44.5, 30.0, "4G,-71dbm")
    vendor.state |= {"AmLuong": "rất to", "ThongTinThietBi": {"NhietDo": "9000"}, "TrangThaiHoatDong": 0}
    vendor.tell()
    until(lambda: vendors.services.get(ClusterService).get(VENDOR).look is Look.ON_AIR, "its new state")
    state = vendors.services.get(ClusterService).get(VENDOR).state
    assert (state.volume, state.temperature_c, state.power_w) == (None, None, None)
    vendor.tell_raw("trang-thai", b"{]")
    until(lambda: vendors.services.get(ClusterService).get(VENDOR).seen.refused == "cluster_unreadable", "the note")
    vendor.tell_raw("nhat-ky", b'{"BanTinID": []}')
    vendor.tell_raw("ket-noi", b"offline")
    until(lambda: vendors.services.get(ClusterService).get(VENDOR).look is Look.CUT_OFF, "its will")


def test_a_vendors_box_gets_volume_stop_and_silence_in_the_provinces_words(vendors, vendor, people):
    _, _, admin = people
    vendors.services.get(ClusterService).set_volume(admin, VENDOR, 35)
    until(lambda: vendor.state["AmLuong"] == "35", "the volume")
    vendors.services.get(ClusterService).set_muted(admin, VENDOR, muted=True)
    until(lambda: vendor.state["AmLuong"] == "0", "silence")
    vendors.services.get(ClusterService).set_muted(admin, VENDOR, muted=False)
    until(lambda: vendor.state["AmLuong"] == "35", "its voice again")
    vendors.services.get(ClusterService).stop(admin, VENDOR)
    stop = {"DungPhatNoiDung": {"ThamSo": "0"}}.items()
    until(lambda: any(stop <= one.items() for one in list(vendor.orders)), "the stop")


def test_a_vendors_box_plays_an_emergency_from_the_wards_page_and_its_log_stands_beside_the_slot(
    vendors, vendor, people
):
    _, minh, _ = people
    slot_id = break_in_with(vendors, minh, "Nước lên, bà con sơ tán.", title="Sơ tán")
    ((name, told),) = until(lambda: vendors.services.get(ClusterService).told_of(slot_id), "its log")
    (sound,) = vendor.fetched.values()
    facts = vendors.repos.slots.facts(slot_id)
    assert sound == vendors.repos.library.path(facts.slot.audio_sha256).read_bytes()
    assert (name, told["title"], told["outcome"]) == ("Loa 4G", "Sơ tán", "")
    assert told["played_ms"] == pytest.approx(facts.slot.length / timedelta(milliseconds=1), abs=1000)
    (order,) = [one["PhatKhanCap"] for one in vendor.orders if "PhatKhanCap" in one]
    assert order["MucDoUuTien"] == 1
    assert order["HetHan"] == int((facts.slot.start + timedelta(minutes=30)).timestamp())


def test_an_emergency_gives_a_silenced_vendors_box_its_voice_back(vendors, vendor, people):
    _, minh, admin = people
    vendors.services.get(ClusterService).set_volume(admin, VENDOR, 70)
    vendors.services.get(ClusterService).set_muted(admin, VENDOR, muted=True)
    until(lambda: vendor.state["AmLuong"] == "0", "silence")
    slot_id = break_in_with(vendors, minh, "Nước lên, bà con sơ tán.")
    until(lambda: vendors.services.get(ClusterService).told_of(slot_id), "its log")
    assert vendor.state["AmLuong"] == "70"
    assert not vendors.services.get(ClusterService).get(VENDOR).seen.muted


def test_a_vendors_box_is_given_todays_airings_as_times_in_epoch_seconds(vendors, vendor, people):
    cast, _, _ = people
    announcement_id = cast.approved(seconds=3.0)
    start = CLOCK.now() + timedelta(minutes=20)
    slot = replace(_slot_of(vendors, announcement_id), start=start)
    vendors.repos.slots.add(slot, None, CLOCK.now())
    (told,) = until(lambda: vendor.schedule, "the schedule")
    assert told["LichPhatID"] == slot.id
    assert told["BanTin"]["ThoiLuong"] == "00:00:03"
    (day,) = told["DanhSachNgayPhat"]
    begins, ends = int(start.timestamp()), int((start + timedelta(seconds=3)).timestamp())
    assert day["ThoiDiemPhat"] == [{"ThoiGianBatDau": begins, "ThoiGianKetThuc": ends}]


def _slot_of(station, announcement_id):
    seen = station.repos.programme.announcement(announcement_id)
    day = rules.local_day(CLOCK.now() + timedelta(minutes=20), station.config.station.time_zone)
    return Slot("m-1", day, "all", CLOCK.now(), timedelta(seconds=3), None, seen.id, seen.audio_sha256)


def test_an_expired_order_does_not_wait_for_a_vendors_box_at_the_mqtt_server(vendors, broker, people):
    _, _, admin = people
    box = VendorBox(broker.port, VENDOR).start()
    until(lambda: vendors.services.get(ClusterService).get(VENDOR).state, "its state")
    box.stop()
    link = vendors.services.get(ClusterService).link
    now = CLOCK.now()
    link.rows.add_order(
        VENDOR, ClusterKind.STOP, {"slot_id": None}, now, order_id="gone", expires=now + timedelta(seconds=2)
    )
    vendors.services.get(ClusterService).set_volume(admin, VENDOR, 15)
    sent = "SELECT sent_at FROM cluster_order WHERE id = 'gone'"
    until(lambda: vendors.repos.store.value(sent) or CLOCK.now() > now + timedelta(seconds=4), "it to be sent")
    until(lambda: CLOCK.now() > now + timedelta(seconds=4), "its expiry")
    box.orders.clear()
    box.start()
    until(lambda: box.state["AmLuong"] == "15", "the order that still counts")
    box.stop()
    assert not [one for one in box.orders if "DungPhatNoiDung" in one]


# -- faults at the box ------------------------------------------------------------------------------------------------


def test_a_full_disk_at_the_box_is_told_and_the_sound_comes_when_there_is_room(
    station, people, page, ward_link, box_link, box_station, rows, seen, monkeypatch
):
    cast, minh, _ = people
    announcement_id = cast.approved(seconds=2.0)
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with ward_link(), box_link():
        until(heard(seen), "the box")
        with monkeypatch.context() as patch:
            patch.setattr("audio_assets.library.os.fsync", full)
            slot_id = station.services.air.play_now(minh, announcement_id, chime=False)
            until(lambda: [row["reason"] for row in rows.missing()] == ["disk_full"], "the fault")
            station.services.get(ClusterService).set_volume(
                people[2], BOX, 90
            )  # a change, so that a state goes out at once
            until(lambda: seen().state.clips_fault == "disk_full", "the ward to see it")
            assert rows.has_slot(slot_id) is None
        until(lambda: rows.has_slot(slot_id), "the slot, once its sound is here")
    assert box_station.repos.library.has(sha256)


def test_a_sound_that_the_page_gives_wrongly_is_never_aired_and_is_asked_for_again(
    station, people, page, ward_link, box_link, box_station, rows, seen
):
    cast, minh, _ = people
    announcement_id = cast.approved(seconds=2.0)
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
    path = station.repos.library.path(sha256)
    good = path.read_bytes()
    path.write_bytes(good[:44] + bytes(len(good) - 44))
    with ward_link(), box_link():
        until(heard(seen), "the box")
        slot_id = station.services.air.play_now(minh, announcement_id, chime=False)
        until(lambda: [row["reason"] for row in rows.missing()] == ["cluster_sound_wrong"], "the fault")
        assert not box_station.repos.library.has(sha256)
        path.write_bytes(good)
        until(lambda: rows.has_slot(slot_id), "the slot, once its sound is right")


def test_an_order_that_the_box_cannot_obey_is_answered_with_its_reason(
    station, people, ward_link, box_link, rows, seen
):
    _, _, admin = people
    with ward_link(), box_link():
        until(heard(seen), "the box")
        station.services.get(ClusterService).test(admin, BOX)  # no playout runs at this box
        until(lambda: answers(station).get("test") == "refused", "the answer")
        now, link = CLOCK.now(), station.services.get(ClusterService).link
        body = {"slot": {"id": "x", "trigger": "emergency"}}
        link.rows.add_order(BOX, ClusterKind.EMERGENCY, body, now, order_id="bad", expires=now + timedelta(minutes=5))
        until(lambda: answers(station).get("emergency") == "refused", "the other answer")
    told = {row["kind"]: row["reason"] for row in station.services.get(ClusterService).orders(BOX)}
    assert told == {"test": "playout_off", "emergency": "cluster_plan_bad"}


def test_a_plan_that_nobody_can_read_leaves_the_plan_before(station, ward_link, box_link, rows, seen):
    with ward_link(), box_link():
        until(heard(seen), "the box")
        link = station.services.get(ClusterService).link
        link.rows.add_order(BOX, ClusterKind.PLAN, {"slots": "none"} | _no_plan(), CLOCK.now(), order_id="bad plan")
        until(lambda: rows.told("plan_fault") == "cluster_plan_bad" or rows.told_seq("plan_seq") > 1, "the refusal")
        until(lambda: rows.told("plan_fault", "") == "", "the ward's next plan")


def _no_plan():
    return {"holds": {}, "from_day": "2026-12-02", "to_day": "2026-12-02", "slots": []}
