"""Uploads in pieces: begun, broken off, gone on with, whole, given up, swept; and their limits."""

import random
import resource
import subprocess
import threading
import zlib
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.config.loading import AudioConfig
from scheduler.core.model import Role
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from scheduler.services.announcement.recordings import RecordingService
from scheduler.services.announcement.uploads import UploadService
from scheduler.store import Uploads
from tests.audio.make_audio import speech_like, wav
from tests.examples import examples

DATA = random.Random(642).randbytes(10_000)
MARK = "0a1b2c3d"


@pytest.fixture
def services(station):
    return station.services.uploads


@pytest.fixture
def begun(services, lan):
    """Begin an upload of `data` (its id)."""

    def begin(data=DATA, name="bản tin.wav", actor=lan, **more):
        return services.begin(actor, name, len(data), MARK, **more).upload.id

    return begin


@pytest.fixture
def desk_with(station):
    """The desk of a station with other limits."""

    def make(**limits):
        parts = replace(station.repos, written=replace(station.config, audio=AudioConfig(**limits)))
        return UploadService(parts, RecordingService(parts, station.services.campaigns))

    return make


def incoming(station):
    return sorted(path.name for path in station.services.recordings.incoming.iterdir())


def arrived(station, job_id):
    return (station.services.recordings.incoming / station.repos.jobs.get(job_id).args["path"]).read_bytes()


def refused(reason):
    return pytest.raises(Refused, match=f"^{reason}")


def test_pieces_become_the_file_and_its_job(station, services, lan, begun):
    upload = begun(title="  Lời Chủ tịch ", origin="recorded")
    assert services.push(lan, upload, 0, DATA[:4000]) == 4000
    assert services.state(lan, upload).received == 4000
    assert services.push(lan, upload, 4000, DATA[4000:]) == len(DATA)
    job_id = services.finish(lan, upload, zlib.crc32(DATA))
    assert arrived(station, job_id) == DATA
    args = station.repos.jobs.get(job_id).args
    assert (args["file_name"], args["title"], args["origin"]) == ("bản tin.wav", "Lời Chủ tịch", "recorded")
    assert len(incoming(station)) == 1
    assert services.arriving(lan) == []


def test_a_whole_upload_goes_through_the_worker_as_any_file(station, services, lan, begun):
    data = wav(speech_like(1.0))
    upload = begun(data)
    services.push(lan, upload, 0, data)
    job_id = services.finish(lan, upload, zlib.crc32(data))
    station.worker().work_once()
    assert station.repos.jobs.get(job_id).state == "ready"
    assert incoming(station) == []


def test_the_same_file_of_the_same_person_is_gone_on_with(services, lan, begun):
    upload = begun(title="cũ")
    services.push(lan, upload, 0, DATA[:3000])
    again = services.begin(lan, "bản tin.wav", len(DATA), MARK, title="mới")
    assert (again.upload.id, again.received) == (upload, 3000)
    assert services.state(lan, upload).upload.title == "mới"


@pytest.mark.parametrize(
    "change",
    [{"name": "khác.wav"}, {"size": len(DATA) + 1}, {"mark": "ff"}, {"origin": "recorded"}],
    ids=["name", "size", "first bytes", "origin"],
)
def test_another_file_is_another_upload(services, lan, begun, change):
    upload = begun()
    asked = {"name": "bản tin.wav", "size": len(DATA), "mark": MARK, "origin": "upload"} | change
    other = services.begin(lan, asked["name"], asked["size"], asked["mark"], origin=asked["origin"])
    assert other.upload.id != upload


def test_an_upload_is_its_owners_alone(services, lan, minh, begun):
    upload = begun()
    assert services.begin(minh, "bản tin.wav", len(DATA), MARK).upload.id != upload
    for act in (
        lambda: services.push(minh, upload, 0, b"x"),
        lambda: services.state(minh, upload),
        lambda: services.finish(minh, upload, 0),
        lambda: services.give_up(minh, upload),
    ):
        with pytest.raises(NotFound):
            act()
    assert [one.upload.id for one in services.arriving(lan)] == [upload]


def test_who_may_not_record_may_not_upload(station, services, lan, begun):
    upload = begun()
    gone = replace(lan, active=False)
    for act in (
        lambda: services.begin(gone, "a.wav", 1, MARK),
        lambda: services.push(gone, upload, 0, b"x"),
        lambda: services.finish(gone, upload, 0),
        lambda: services.give_up(gone, upload),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_a_piece_that_leaves_a_hole_is_not_taken_and_one_that_came_before_is_not_taken_twice(services, lan, begun):
    upload = begun()
    assert services.push(lan, upload, 500, DATA[500:600]) == 0
    assert services.push(lan, upload, 0, DATA[:600]) == 600
    assert services.push(lan, upload, 0, DATA[:600]) == 600
    assert services.push(lan, upload, 300, b"\0" * 200) == 600
    assert services.push(lan, upload, 400, DATA[400:900]) == 900
    services.push(lan, upload, 900, DATA[900:])
    services.finish(lan, upload, zlib.crc32(DATA))


def test_more_than_was_said_is_refused_and_nothing_of_it_taken(services, lan, begun):
    upload = begun()
    services.push(lan, upload, 0, DATA[:9000])
    with refused("upload_longer"):
        services.push(lan, upload, 9000, bytes(1001))
    assert services.state(lan, upload).received == 9000


def test_an_unfinished_upload_is_no_file(station, services, lan, begun):
    upload = begun()
    services.push(lan, upload, 0, DATA[:-1])
    with refused("upload_incomplete"):
        services.finish(lan, upload, zlib.crc32(DATA))
    assert services.state(lan, upload).received == len(DATA) - 1
    assert station.repos.jobs.newest("ingest") == []


def test_what_is_not_what_was_sent_is_thrown_away(station, services, lan, begun):
    """Two files that begin alike, spliced by going on with the wrong one."""
    upload = begun()
    services.push(lan, upload, 0, DATA[:5000])
    services.push(lan, upload, 5000, bytes(5000))
    with refused("upload_differs"):
        services.finish(lan, upload, zlib.crc32(DATA))
    assert incoming(station) == []
    assert services.arriving(lan) == []
    assert station.repos.jobs.newest("ingest") == []


def test_finishing_twice_is_one_job_and_a_late_piece_changes_nothing(station, services, lan, begun):
    upload = begun()
    services.push(lan, upload, 0, DATA)
    first = services.finish(lan, upload, zlib.crc32(DATA))
    assert services.finish(lan, upload, 0) == first
    with refused("upload_ended"):
        services.push(lan, upload, 0, DATA)
    with refused("upload_ended"):
        services.give_up(lan, upload)
    assert len(station.repos.jobs.newest("ingest")) == 1
    assert len(incoming(station)) == 1


def test_given_up_is_gone(station, services, lan, begun):
    upload = begun()
    services.push(lan, upload, 0, DATA[:100])
    services.give_up(lan, upload)
    assert incoming(station) == []
    with pytest.raises(NotFound):
        services.push(lan, upload, 100, DATA[100:])
    assert incoming(station) == []


def test_two_tabs_that_send_the_same_file_make_it_once(station, services, lan, begun):
    upload = begun()
    faults, gate = [], threading.Barrier(2)

    def tab(step):
        gate.wait(120)
        at = 0
        try:
            while at < len(DATA):
                at = services.push(lan, upload, at, DATA[at : at + step])
        except Refused as fault:
            faults.append(fault)
        finally:
            station.close()

    tabs = [threading.Thread(target=tab, args=(step,)) for step in (37, 53)]
    for one in tabs:
        one.start()
    for one in tabs:
        one.join(120)
    assert faults == []
    assert arrived(station, services.finish(lan, upload, zlib.crc32(DATA))) == DATA


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 120)), max_size=30))
def test_whatever_order_the_pieces_come_in_only_the_file_itself_is_made(station, lan, services, pieces):
    data = DATA[:300]
    upload = services.begin(lan, "a.wav", len(data), MARK).upload.id
    there = 0
    for at, length in pieces:
        wanted = services.push(lan, upload, at, data[at : at + length])
        assert wanted == max(there, min(at + length, 300) if at <= there else there)
        there = wanted
    assert services.push(lan, upload, there, data[there:]) == 300
    assert arrived(station, services.finish(lan, upload, zlib.crc32(data))) == data


# Limits


@pytest.mark.parametrize(
    ("size", "mark", "reason"),
    [
        (0, MARK, "audio_empty"),
        (-5, MARK, "audio_empty"),
        (200_000_001, MARK, "audio_too_big"),
        (10, "", "upload_mark"),
        (10, "../../x", "upload_mark"),
        (10, "a" * 65, "upload_mark"),
    ],
)
def test_what_cannot_be_an_upload_is_refused_at_its_beginning(station, services, lan, size, mark, reason):
    with refused(reason):
        services.begin(lan, "a.wav", size, mark)
    assert services.arriving(lan) == []


def test_the_largest_file_may_be_begun(services, lan):
    assert services.begin(lan, "a.wav", 200_000_000, MARK).received == 0


def test_an_unknown_origin_is_refused(services, lan):
    with refused("origin_unknown"):
        services.begin(lan, "a.wav", 10, MARK, origin="bundled")


def test_a_person_has_so_many_at_a_time_and_others_theirs(desk_with, lan, minh):
    services = desk_with(max_uploads=2)
    ids = [services.begin(lan, f"{number}.wav", 100, MARK).upload.id for number in range(2)]
    with refused("uploads_too_many"):
        services.begin(lan, "3.wav", 100, MARK)
    assert services.begin(lan, "1.wav", 100, MARK).upload.id == ids[1]
    services.begin(minh, "3.wav", 100, MARK)
    services.give_up(lan, ids[0])
    services.begin(lan, "3.wav", 100, MARK)


def test_all_together_have_so_much_room_what_waits_for_the_worker_included(desk_with, station, lan, minh):
    services = desk_with(max_uploads_mb=3, max_upload_mb=2)
    data = bytes(1_500_000)
    first = services.begin(lan, "a.wav", len(data), MARK).upload.id
    with refused("uploads_full"):
        services.begin(minh, "b.wav", 1_500_001, MARK)
    services.push(lan, first, 0, data)
    services.finish(lan, first, zlib.crc32(data))
    with refused("uploads_full"):
        services.begin(minh, "b.wav", 1_500_001, MARK)
    services.begin(minh, "b.wav", 1_500_000, MARK)
    station.worker().work_once()
    services.begin(lan, "c.wav", 1_500_000, MARK)


def test_the_disk_keeps_room_for_the_day(station, services, lan, tmp_path):
    disk = station.config.data / "incoming"
    disk.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("to mount a small disk takes more rights than this user has")
    try:
        with refused("disk_floor"):
            services.begin(lan, "a.wav", 1000, MARK)
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_piece_that_the_disk_does_not_take_is_not_half_there_and_can_be_sent_again(station, services, lan, begun):
    data = bytes(3_000_000)
    upload = begun(data)
    services.push(lan, upload, 0, data[:1_500_000])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))  # no file may grow past 2 MB, as on a full disk
    try:
        with refused("disk_full"):
            services.push(lan, upload, 1_500_000, data[1_500_000:])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert services.state(lan, upload).received == 1_500_000
    assert services.push(lan, upload, 1_500_000, data[1_500_000:]) == 3_000_000


def test_a_job_that_cannot_be_written_leaves_the_upload_as_it_was(station, services, lan, begun):
    upload = begun()
    services.push(lan, upload, 0, DATA)
    with station.repos.store.write() as db:
        db.conn.execute("CREATE TRIGGER no BEFORE INSERT ON job BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        services.finish(lan, upload, zlib.crc32(DATA))
    with station.repos.store.write() as db:
        db.conn.execute("DROP TRIGGER no")
    assert services.state(lan, upload).received == len(DATA)
    assert arrived(station, services.finish(lan, upload, zlib.crc32(DATA))) == DATA


# Leftovers


def test_the_sweep_keeps_what_arrives_and_what_waits_and_removes_the_rest(station, services, lan, begun):
    upload = begun()
    services.push(lan, upload, 0, DATA[:100])
    other = begun(name="khác.wav")
    services.push(lan, other, 0, DATA)
    services.finish(lan, other, zlib.crc32(DATA))
    folder = station.services.recordings.incoming
    kept = set(incoming(station))
    (folder / "left-by-a-crash").write_bytes(b"x")
    (folder / ".part-left-by-a-crash").write_bytes(b"x")
    assert station.services.recordings.sweep() == 2
    assert set(incoming(station)) == kept
    assert len(kept) == 2


def test_the_sweep_leaves_a_file_that_is_being_written(station):
    with station.services.recordings.arriving() as (file, place):
        file.write(b"x")
        assert station.services.recordings.sweep() == 0
        assert place.exists()
    assert incoming(station) == []


def test_an_upload_nobody_goes_on_with_is_forgotten_after_its_hours(station, clock, services, lan, begun):
    upload = begun()
    services.push(lan, upload, 0, DATA[:100])
    clock.advance(24 * 3600 - 60)
    assert services.sweep() == 0
    services.push(lan, upload, 100, DATA[100:200])
    clock.advance(24 * 3600 - 60)
    assert services.sweep() == 0
    clock.advance(120)
    assert services.sweep() == 1
    assert incoming(station) == []
    with pytest.raises(NotFound):
        services.state(lan, upload)


def test_the_worker_sweeps(station, clock, services, lan, begun):
    upload = begun()
    services.push(lan, upload, 0, DATA[:100])
    clock.advance(25 * 3600)
    station.worker().sweep()
    assert incoming(station) == []
    assert Uploads(station.repos.store).arriving() == []


def test_a_file_removed_by_hand_is_begun_anew(station, services, lan, begun):
    upload = begun()
    services.push(lan, upload, 0, DATA[:100])
    (station.services.recordings.incoming / f"phan-{upload}").unlink()
    assert services.state(lan, upload).received == 0
    assert services.push(lan, upload, 100, DATA[100:]) == 0
    services.push(lan, upload, 0, DATA)
    services.finish(lan, upload, zlib.crc32(DATA))


MAY_UPLOAD = {Role.EDITOR, Role.APPROVER, Role.ADMIN, Role.CONTRIBUTOR}
MAY_NOT_UPLOAD = {Role.TECHNICIAN, Role.GUEST}


def test_every_role_either_uploads_or_is_refused():
    assert set(Role) == MAY_UPLOAD | MAY_NOT_UPLOAD
    assert not MAY_UPLOAD & MAY_NOT_UPLOAD


@pytest.mark.parametrize("role", sorted(MAY_UPLOAD))
def test_a_role_that_may_record_may_upload(station, services, role):
    person = station.repos.people.add("ai", "Ai", role, "mat-khau-dai", station.clock.now())
    assert services.begin(person, "a.wav", 10, MARK).received == 0


@pytest.mark.parametrize("role", sorted(MAY_NOT_UPLOAD))
def test_a_role_that_may_not_record_is_refused_an_upload_and_nothing_of_it_is_kept(station, services, lan, role):
    person = station.repos.people.add("ai", "Ai", role, "mat-khau-dai", station.clock.now())
    others = services.begin(lan, "a.wav", 10, MARK).upload.id
    for act in (
        lambda: services.begin(person, "a.wav", 10, MARK),
        lambda: services.push(person, others, 0, b"x"),
        lambda: services.finish(person, others, 0),
        lambda: services.give_up(person, others),
    ):
        with pytest.raises((NotPermitted, NotFound)):
            act()
    with pytest.raises(NotPermitted):
        services.begin(person, "a.wav", 10, MARK)
    assert services.state(lan, others).received == 0
    assert station.repos.store.value("SELECT count(*) FROM upload") == 1
