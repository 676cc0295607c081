"""Renders ahead of time: what is planned and freshly approved gets them, changed profiles get others, nobody's are swept."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.config.loading import AudioConfig, HornConfig, OutputConfig, ZoneConfig
from scheduler.core.air.chimes import CHIMES
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.clock import SteppedClock
from scheduler.services.air.renders import AGAIN_AFTER, AHEAD, FRESH, SWEEP_EVERY, RenderService
from scheduler.station import Station
from tests.lives import lived

NARROW = HornConfig(name="hep", high_hz=3500.0)


@pytest.fixture
def config(config):
    """Loudspeakers of two kinds in the north, plain ones in the south."""
    outputs = (
        OutputConfig(name="bac", kind="wavfile", counts=True, zones=("bac",), horn="loa-nen"),
        OutputConfig(name="bac-2", kind="wavfile", counts=True, zones=("bac",), horn="hep"),
        OutputConfig(name="nam", kind="wavfile", counts=True, zones=("nam",)),
    )
    return replace(config, outputs=outputs, horns=(NARROW,))


@pytest.fixture
def services(station):
    return station.services.renders


def made(services, most=50):
    """Make all that is wanted; how many."""
    count = 0
    while services.work():
        count += 1
        assert count < most
    return count


def wanted(services, station):
    """Titles of clips with their profiles, chimes not counted."""
    return {
        (one.clip.title, one.profile.name)
        for one in services.wanted(station.clock.now())
        if one.clip.title not in CHIMES
    }


def files(station):
    return sorted(path for path in (station.repos.library.root / "renders").rglob("*.wav"))


def again(station, config):
    """The station started again with another configuration."""
    opened = Station.open(config, station.clock)
    opened.prepare()
    return opened


def test_chimes_have_renders_before_anything_is_planned(services, station):
    names = {one.clip.title for one in services.wanted(station.clock.now())}
    assert names == {"three-notes", "two-notes", "two-tone", "wood"}
    assert made(services) == 2 * len(names)
    assert made(services) == 0


def test_what_is_planned_within_two_days_is_made_for_the_outputs_that_will_sound_it(services, station, cast):
    for number, (title, zone) in enumerate((("Phía bắc", "bac"), ("Phía nam", "nam"), ("Cả phường", "all"))):
        cast.running(cast.approved(title=title, pitch=440.0 + 60 * number), zone=zone)
    with station.repos.store.write() as db:  # approved long ago: only the plan speaks for them
        db.conn.execute("UPDATE announcement SET approved_at = '2026-01-01T00:00:00.000000+00:00'")
    both = {"loa-nen", "hep"}
    assert wanted(services, station) == {(title, name) for title in ("Phía bắc", "Cả phường") for name in both}


def test_what_is_planned_later_than_that_waits_for_its_time(services, station, cast):
    announcement_id = cast.approved(title="Xa")
    far = station.clock.now() + timedelta(days=30)
    cast.running(announcement_id, start=far.date(), end=far.date())
    station.clock.advance(FRESH.total_seconds() + 60)
    station.services.campaigns.replan()
    assert wanted(services, station) == set()
    station.clock.advance((far - station.clock.now() - AHEAD + timedelta(hours=20)).total_seconds())
    station.services.campaigns.replan()
    assert {title for title, _ in wanted(services, station)} == {"Xa"}


def test_a_fresh_approval_is_made_ready_although_nothing_is_planned(services, station, cast):
    cast.submitted(title="Chưa duyệt")
    cast.approved(title="Vừa duyệt", pitch=500.0)
    assert {title for title, _ in wanted(services, station)} == {"Vừa duyệt"}
    station.clock.advance(FRESH.total_seconds() + 1)
    assert wanted(services, station) == set()


def test_every_emergency_that_is_ready_stays_ready(services, station, cast):
    announcement_id = cast.approved(title="Vỡ đê")
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE announcement SET priority = 1 WHERE id = ?", (announcement_id,))
    station.clock.advance(timedelta(days=60).total_seconds())
    assert wanted(services, station) == {("Vỡ đê", "loa-nen"), ("Vỡ đê", "hep")}


def test_the_soonest_is_made_first(services, station, cast):
    late, soon = parse_window("17:00-18:00"), parse_window("06:00-07:00")
    cast.running(cast.approved(title="Chiều"), windows=(late,), base=1, zone="bac")
    cast.running(cast.approved(title="Sáng", pitch=500.0), windows=(soon,), base=1, zone="bac")
    titles = [one.clip.title for one in services.wanted(station.clock.now()) if one.clip.title not in CHIMES]
    assert titles == ["Sáng", "Sáng", "Chiều", "Chiều"]


def test_a_render_is_as_long_as_its_master_and_has_the_stations_loudness(services, station, cast):
    announcement_id = cast.approved(seconds=5.0)
    made(services)
    sha256 = station.repos.programme.announcement(announcement_id).approved_sha256
    master = station.repos.library.load(sha256)
    for profile in services.profiles_in("bac").values():
        pcm = services.load(sha256, len(master), profile)
        assert len(pcm) == len(master)
        assert services.load(sha256, len(master) - 1, profile) is None


def test_a_changed_profile_is_made_anew_and_the_old_render_goes(services, station, cast, config):
    cast.approved()
    count = made(services)
    before = files(station)
    assert len(before) == count
    opened = again(station, replace(config, horns=(replace(NARROW, high_hz=4000.0),)))
    assert made(opened.services.renders) == count // 2
    opened.services.renders.work()
    after = files(station)
    assert len(after) == count
    assert len(set(before) & set(after)) == count // 2
    assert opened.repos.store.value("SELECT count(*) FROM render") == count
    opened.close()


def test_a_renamed_profile_is_the_same_and_nothing_is_made(services, station, cast, config):
    cast.approved()
    made(services)
    outputs = tuple(replace(one, horn="hẹp") if one.horn == "hep" else one for one in config.outputs)
    opened = again(station, replace(config, outputs=outputs, horns=(replace(NARROW, name="hẹp"),)))
    assert made(opened.services.renders) == 0
    opened.close()


def test_another_loudness_of_the_station_is_another_profile_and_other_chimes(services, station, config):
    made(services)
    opened = again(station, replace(config, audio=AudioConfig(target_lufs=-20.0)))
    rows = opened.repos.store.rows("SELECT title, lufs FROM clip WHERE origin = 'bundled' AND lufs < -18")
    assert {row["title"] for row in rows} == {"three-notes", "two-notes", "two-tone", "wood"}
    assert made(opened.services.renders) == 8
    opened.close()


def test_without_horns_nothing_is_made_and_what_was_made_goes(services, station, cast, config):
    cast.approved()
    made(services)
    opened = again(station, replace(config, outputs=(OutputConfig(name="loa", kind="wavfile", counts=True),)))
    assert opened.services.renders.wanted(station.clock.now()) == []
    assert not opened.services.renders.work()
    assert files(station) == []
    assert opened.repos.store.value("SELECT count(*) FROM render") == 0
    opened.close()


def test_what_nobody_needs_any_more_is_swept_once_an_hour(services, station, cast):
    cast.approved()
    made(services)
    kept = len(files(station))
    station.clock.advance(SWEEP_EVERY.total_seconds() + 1)
    services.work()
    assert len(files(station)) == kept
    station.clock.advance(FRESH.total_seconds())
    services.work()
    assert len(files(station)) == kept - 2


def test_a_file_without_a_row_is_made_again_or_swept(services, station, cast):
    """Killed between the two."""
    cast.approved()
    made(services)
    with station.repos.store.write() as db:
        db.conn.execute("DELETE FROM render WHERE master_sha256 = (SELECT sha256 FROM clip WHERE origin = 'upload')")
    assert made(services) == 2
    stray = station.repos.library.root / "renders" / "0123456789abcdef" / "00" / f"{'0' * 64}.wav"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"x")
    station.clock.advance(SWEEP_EVERY.total_seconds() + 1)
    services.work()
    assert not stray.exists()


def test_a_row_whose_file_is_gone_is_no_render_and_is_made_again(services, station, cast):
    announcement_id = cast.approved()
    made(services)
    sha256 = station.repos.programme.announcement(announcement_id).approved_sha256
    (path,) = [
        path
        for path in files(station)
        if path.stem == sha256 and path.parent.parent.name == services.profiles_in("bac")["bac"].key
    ]
    path.unlink()
    assert services.load(sha256, 144_000, services.profiles_in("bac")["bac"]) is None
    assert made(services) == 1
    assert services.load(sha256, 144_000, services.profiles_in("bac")["bac"]) is not None


def test_a_render_with_a_changed_byte_is_no_render_and_is_made_again(services, station, cast):
    announcement_id = cast.approved()
    made(services)
    sha256 = station.repos.programme.announcement(announcement_id).approved_sha256
    profile = services.profiles_in("bac")["bac"]
    path = services.path(sha256, profile.key)
    data = bytearray(path.read_bytes())
    data[5000] ^= 255
    path.write_bytes(data)
    assert services.load(sha256, 144_000, profile) is None
    assert made(services) == 1
    assert services.load(sha256, 144_000, profile) is not None


def test_a_master_that_cannot_be_rendered_is_left_for_an_hour_and_stops_nothing_else(services, station, cast):
    broken = cast.approved(title="Hỏng")
    station.clock.advance(1)
    cast.approved(title="Lành", pitch=600.0)
    sha256 = station.repos.programme.announcement(broken).approved_sha256
    path = station.repos.library.path(sha256)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    made(services)
    assert station.repos.store.value("SELECT count(*) FROM render WHERE master_sha256 = ?", (sha256,)) == 0
    assert station.repos.store.value("SELECT count(*) FROM render") == 2 * 5
    path.write_bytes(data)
    assert made(services) == 0
    station.clock.advance(AGAIN_AFTER.total_seconds() + 1)
    assert made(services) == 2


def test_on_a_full_disk_nothing_is_made_and_nothing_is_said_twice(station, cast, caplog):
    cast.approved()
    services = RenderService(station.repos, free_bytes=lambda _: 399_000_000)
    assert not services.work()
    assert not services.work()
    assert files(station) == []
    assert [record.message for record in caplog.records if "too full" in record.message] == [
        "the disk is too full for renders; masters are played"
    ]


def killed_while_making(config, now):
    services = Station.open(config, SteppedClock(now)).services.renders
    while services.work(lambda: os._exit(9)):
        pass


def test_one_that_is_killed_in_the_middle_is_made_by_the_next(services, station, cast):
    cast.approved(seconds=25.0)
    made(services)
    for path in files(station):
        path.unlink()
    assert lived(killed_while_making, station.config, station.clock.now()) == 9
    station.repos.library.sweep()
    assert not list((station.repos.library.root / "renders").glob(".part-*"))
    made(services)
    assert len(files(station)) == 2 * 5


def test_a_zones_profile_is_its_outputs_profile(station, config):
    outputs = (OutputConfig(name="loa", kind="wavfile", counts=True, zones=("bac",)),)
    opened = again(station, replace(config, outputs=outputs, zones=(ZoneConfig(name="bac", horn="hep"),)))
    assert {name: profile.name for name, profile in opened.services.renders.profiles_in("all").items()} == {
        "loa": "hep"
    }
    opened.close()
