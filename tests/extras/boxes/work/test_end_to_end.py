"""A real box (`loa cluster`) at its ward, a real MQTT server between them, and the sound that came out of it."""

import wave
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from scheduler.core.model import Slot
from scheduler.core.planning import rules
from scheduler.extras.boxes.rules.state import Look
from scheduler.extras.boxes.service.box import BoxService
from scheduler.extras.boxes.service.boxes import ClusterService
from scheduler.station_words import break_in_with
from scheduler.store import instant_of
from tests.extras.boxes.work.house import BOX
from tests.station.conftest import children_of
from tests.waiting import CLOCK, until


def sounds(box_station):
    """Everything the box's WAV output has recorded, newest last."""
    return sorted(box_station.config.data.glob("wav/**/*.wav"), key=lambda path: path.stat().st_mtime)


def pcm(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


@pytest.fixture
def box(loa, box_path, box_rows):
    """The box's processes, its playout ready."""
    begun = loa(box_path, "cluster")
    until(lambda: box_rows.repos.jobs.heartbeat("playout"), "the box's playout")
    return begun


@pytest.fixture
def up(box, page, ward_link, seen):
    """Ward and box are up and have met."""
    with ward_link():
        until(lambda: seen().look is Look.QUIET, "the box to be heard")
        yield box


def test_loa_run_has_a_process_for_its_boxes_and_gives_them_their_sounds(
    loa, ward_path, box, station, people, box_rows, seen
):
    cast, minh, _ = people
    loa(ward_path, "run")
    until(lambda: seen().look is Look.QUIET, "the box to be heard")
    words = [Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:3] for pid in children_of(box.process.pid)]
    forked = [said for said in words if said[:2] == [b"loa", b"process"]]
    assert sorted(said[2] for said in forked) == [b"box", b"playout"], "its processes begin at once"
    slot_id = station.services.air.play_now(minh, cast.approved(seconds=2.0), chime=False)
    ((_, told),) = until(lambda: station.services.get(ClusterService).told_of(slot_id), "the box's report")
    assert (told["outcome"], told["played_ms"]) == ("played", 2000)
    own = "SELECT outcome FROM journal WHERE slot_id = ?"
    until(lambda: station.repos.store.value(own, (slot_id,)) == "played", "the ward's own airing")


def test_a_box_plays_what_its_ward_airs_and_tells_what_it_measured(up, station, people, box_rows, seen):
    cast, minh, _ = people
    slot_id = station.services.air.play_now(minh, cast.approved(seconds=3.0, pitch=440.0), chime=False)
    ((name, told),) = until(lambda: station.services.get(ClusterService).told_of(slot_id), "the box's report")
    assert (name, told["outcome"], told["played_ms"]) == ("Cụm Đông", "played", 3000)
    assert told["level_dbfs"] == pytest.approx(20 * np.log10(8000 / 32768 / np.sqrt(2)), abs=1.0)
    (heard,) = sounds(box_rows)
    spectrum = np.abs(np.fft.rfft(pcm(heard)[:48_000]))
    assert abs(np.argmax(spectrum) - 440) <= 1
    view = until(lambda: (one := seen()).look is Look.QUIET and one, "silence again")
    assert view.state.disk_free_mb > 0
    assert box_rows.repos.journal.verify().whole


STARTED = "SELECT started_at FROM airing WHERE slot_id = ? AND started_at IS NOT NULL"


def ended(box_station, slot_id):
    return until(
        lambda: box_station.repos.store.row("SELECT * FROM journal WHERE slot_id = ?", (slot_id,)), "the end at the box"
    )


def test_an_emergency_sounds_at_the_box_by_an_order_of_its_own_and_a_stop_ends_it(up, station, people, box_rows, seen):
    """By an order of its own: it waits for no plan, and for no turn of one."""
    cast, minh, _ = people
    announcement_id = cast.approved(seconds=40.0, title="Sơ tán")
    ordered = CLOCK.monotonic()
    slot_id = station.services.emergency.break_in(minh, announcement_id)
    until(lambda: box_rows.repos.store.row(STARTED, (slot_id,)), "the box to sound")
    sounding = CLOCK.monotonic() - ordered
    given = station.services.get(ClusterService).orders(BOX, 50)
    assert [(one["kind"], one["slot_id"]) for one in given] == [("emergency", slot_id)]
    until(lambda: seen().look is Look.ON_AIR, "the ward to see it sound")
    station.services.air.stop(minh, slot_id)
    stopped = CLOCK.monotonic()
    row = ended(box_rows, slot_id)
    print(f"emergency at the box after {sounding:.2f} s, stopped after {CLOCK.monotonic() - stopped:.2f} s")
    assert (row["outcome"], row["trigger"], row["operator"]) == ("partial", "emergency", "Phường (lệnh cho cụm loa)")
    clip = station.repos.programme.announcement(announcement_id).audio_sha256
    assert row["audio_sha256"] == clip  # the very sound that was approved, fetched from the page


def test_with_the_wards_page_away_the_box_speaks_an_emergency_itself(box, box_rows, ward_link, station, people, seen):
    _, minh, _ = people
    with ward_link():
        until(lambda: seen().look is Look.QUIET, "the box")
        ordered = CLOCK.monotonic()
        slot_id = break_in_with(station, minh, "Nước lên nhanh, bà con sơ tán ngay.", title="Sơ tán")
        until(lambda: box_rows.repos.store.row(STARTED, (slot_id,)), "the box to sound")
        print(f"spoken by the box after {CLOCK.monotonic() - ordered:.2f} s, the ward's own voice included")
        assert ended(box_rows, slot_id)["voice"].startswith("espeak")


def test_a_box_plays_its_plan_with_the_ward_away_and_tells_of_it_afterwards(
    box, page, ward_link, station, people, box_rows, seen
):
    cast, _, _ = people
    announcement_id = cast.approved(seconds=2.0, pitch=880.0)
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
    with ward_link():
        until(lambda: seen().look is Look.QUIET, "the box")  # only what is left to do counts against the twelve seconds
        start = CLOCK.now() + timedelta(seconds=12)
        day = rules.local_day(start, station.config.station.time_zone)
        slot = Slot("20261202-m-1", day, "all", start, timedelta(seconds=2), None, announcement_id, sha256)
        station.repos.slots.add(slot, None, CLOCK.now())
        until(lambda: box_rows.services.get(BoxService).rows.has_slot(slot.id), "the plan and its sound")
    row = ended(box_rows, slot.id)
    assert (row["outcome"], row["played_ms"]) == ("played", 2000)
    assert instant_of(row["planned_start"]) == start  # its rules refuse what would begin much later
    assert instant_of(row["actual_start"]) > start - timedelta(seconds=1)
    (heard,) = sounds(box_rows)
    assert len(pcm(heard)) == 2 * 48_000
    assert station.services.get(ClusterService).told_of(slot.id) == []
    with ward_link():
        ((_, told),) = until(lambda: station.services.get(ClusterService).told_of(slot.id), "its report")
    assert (told["outcome"], told["played_ms"], told["hash"]) == ("played", 2000, row["hash"])


def test_a_box_that_is_killed_turns_red_at_once_and_plays_nothing_twice_when_it_is_back(
    up, station, people, box_rows, box_path, loa, seen
):
    cast, minh, _ = people
    slot_id = station.services.air.play_now(minh, cast.approved(seconds=40.0), chime=False)
    until(lambda: (one := box_rows.services.air.on_air().airing) and one["played_ms"] > 1500, "the airing")
    up.kill()
    killed = CLOCK.monotonic()
    until(lambda: seen().look is Look.CUT_OFF, "its last will")
    print(f"red after {CLOCK.monotonic() - killed:.2f} s")
    loa(box_path, "cluster")
    ((_, told),) = until(lambda: station.services.get(ClusterService).told_of(slot_id), "its report")
    assert told["outcome"] == "partial"
    assert 1000 < told["played_ms"] < 40_000
    until(lambda: seen().look is Look.QUIET, "it to be back")
    assert len(sounds(box_rows)) == 1
    assert len(station.services.get(ClusterService).told_of(slot_id)) == 1
    assert box_rows.repos.journal.verify().whole


def test_the_mqtt_server_is_killed_in_the_middle_and_the_airing_goes_on(up, station, people, broker, box_rows, seen):
    cast, minh, _ = people
    slot_id = station.services.air.play_now(minh, cast.approved(seconds=6.0), chime=False)
    until(lambda: box_rows.repos.store.row(STARTED, (slot_id,)), "the box to sound")
    broker.kill()
    assert ended(box_rows, slot_id)["outcome"] == "played"
    broker.start()
    ((_, told),) = until(lambda: station.services.get(ClusterService).told_of(slot_id), "its report")
    assert told["played_ms"] == 6000
