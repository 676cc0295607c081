"""Uploads in pieces at the desk: begun, broken off, gone on with, whole, given up, swept; and their limits."""

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
from scheduler.services.announcement.recordings import RecordingDesk
from scheduler.services.announcement.uploads import UploadDesk
from scheduler.store import Uploads
from tests.audio.make_audio import speech_like, wav
from tests.examples import examples

DATA = random.Random(642).randbytes(10_000)
MARK = "0a1b2c3d"


@pytest.fixture
def desk(station):
    return station.desk.uploads


@pytest.fixture
def begun(desk, lan):
    """Begin an upload of `data` (its id)."""

    def begin(data=DATA, name="bản tin.wav", actor=lan, **more):
        return desk.begin(actor, name, len(data), MARK, **more).upload.id

    return begin


@pytest.fixture
def desk_with(station):
    """The desk of a station with other limits."""

    def make(**limits):
        parts = replace(station.parts, written=replace(station.config, audio=AudioConfig(**limits)))
        return UploadDesk(parts, RecordingDesk(parts, station.desk.campaigns))

    return make


def incoming(station):
    return sorted(path.name for path in station.desk.recordings.incoming.iterdir())


def arrived(station, job_id):
    return (station.desk.recordings.incoming / station.parts.jobs.get(job_id).args["path"]).read_bytes()


def refused(reason):
    return pytest.raises(Refused, match=f"^{reason}")


def test_pieces_become_the_file_and_its_job(station, desk, lan, begun):
    upload = begun(title="  Lời Chủ tịch ", origin="recorded")
    assert desk.push(lan, upload, 0, DATA[:4000]) == 4000
    assert desk.state(lan, upload).received == 4000
    assert desk.push(lan, upload, 4000, DATA[4000:]) == len(DATA)
    job_id = desk.finish(lan, upload, zlib.crc32(DATA))
    assert arrived(station, job_id) == DATA
    args = station.parts.jobs.get(job_id).args
    assert (args["file_name"], args["title"], args["origin"]) == ("bản tin.wav", "Lời Chủ tịch", "recorded")
    assert len(incoming(station)) == 1
    assert desk.arriving(lan) == []


def test_a_whole_upload_goes_through_the_studio_as_any_file(station, desk, lan, begun):
    data = wav(speech_like(1.0))
    upload = begun(data)
    desk.push(lan, upload, 0, data)
    job_id = desk.finish(lan, upload, zlib.crc32(data))
    station.studio().work_once()
    assert station.parts.jobs.get(job_id).state == "ready"
    assert incoming(station) == []


def test_the_same_file_of_the_same_person_is_gone_on_with(desk, lan, begun):
    upload = begun(title="cũ")
    desk.push(lan, upload, 0, DATA[:3000])
    again = desk.begin(lan, "bản tin.wav", len(DATA), MARK, title="mới")
    assert (again.upload.id, again.received) == (upload, 3000)
    assert desk.state(lan, upload).upload.title == "mới"


@pytest.mark.parametrize(
    "change",
    [{"name": "khác.wav"}, {"size": len(DATA) + 1}, {"mark": "ff"}, {"origin": "recorded"}],
    ids=["name", "size", "first bytes", "origin"],
)
def test_another_file_is_another_upload(desk, lan, begun, change):
    upload = begun()
    asked = {"name": "bản tin.wav", "size": len(DATA), "mark": MARK, "origin": "upload"} | change
    other = desk.begin(lan, asked["name"], asked["size"], asked["mark"], origin=asked["origin"])
    assert other.upload.id != upload


def test_an_upload_is_its_owners_alone(desk, lan, minh, begun):
    upload = begun()
    assert desk.begin(minh, "bản tin.wav", len(DATA), MARK).upload.id != upload
    for act in (
        lambda: desk.push(minh, upload, 0, b"x"),
        lambda: desk.state(minh, upload),
        lambda: desk.finish(minh, upload, 0),
        lambda: desk.give_up(minh, upload),
    ):
        with pytest.raises(NotFound):
            act()
    assert [one.upload.id for one in desk.arriving(lan)] == [upload]


def test_who_may_not_record_may_not_upload(station, desk, lan, begun):
    upload = begun()
    gone = replace(lan, active=False)
    for act in (
        lambda: desk.begin(gone, "a.wav", 1, MARK),
        lambda: desk.push(gone, upload, 0, b"x"),
        lambda: desk.finish(gone, upload, 0),
        lambda: desk.give_up(gone, upload),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_a_piece_that_leaves_a_hole_is_not_taken_and_one_that_came_before_is_not_taken_twice(desk, lan, begun):
    upload = begun()
    assert desk.push(lan, upload, 500, DATA[500:600]) == 0
    assert desk.push(lan, upload, 0, DATA[:600]) == 600
    assert desk.push(lan, upload, 0, DATA[:600]) == 600
    assert desk.push(lan, upload, 300, b"\0" * 200) == 600
    assert desk.push(lan, upload, 400, DATA[400:900]) == 900
    desk.push(lan, upload, 900, DATA[900:])
    desk.finish(lan, upload, zlib.crc32(DATA))


def test_more_than_was_said_is_refused_and_nothing_of_it_taken(desk, lan, begun):
    upload = begun()
    desk.push(lan, upload, 0, DATA[:9000])
    with refused("upload_longer"):
        desk.push(lan, upload, 9000, bytes(1001))
    assert desk.state(lan, upload).received == 9000


def test_an_unfinished_upload_is_no_file(station, desk, lan, begun):
    upload = begun()
    desk.push(lan, upload, 0, DATA[:-1])
    with refused("upload_incomplete"):
        desk.finish(lan, upload, zlib.crc32(DATA))
    assert desk.state(lan, upload).received == len(DATA) - 1
    assert station.parts.jobs.newest("ingest") == []


def test_what_is_not_what_was_sent_is_thrown_away(station, desk, lan, begun):
    """Two files that begin alike, spliced by going on with the wrong one."""
    upload = begun()
    desk.push(lan, upload, 0, DATA[:5000])
    desk.push(lan, upload, 5000, bytes(5000))
    with refused("upload_differs"):
        desk.finish(lan, upload, zlib.crc32(DATA))
    assert incoming(station) == []
    assert desk.arriving(lan) == []
    assert station.parts.jobs.newest("ingest") == []


def test_finishing_twice_is_one_job_and_a_late_piece_changes_nothing(station, desk, lan, begun):
    upload = begun()
    desk.push(lan, upload, 0, DATA)
    first = desk.finish(lan, upload, zlib.crc32(DATA))
    assert desk.finish(lan, upload, 0) == first
    with refused("upload_ended"):
        desk.push(lan, upload, 0, DATA)
    with refused("upload_ended"):
        desk.give_up(lan, upload)
    assert len(station.parts.jobs.newest("ingest")) == 1
    assert len(incoming(station)) == 1


def test_given_up_is_gone(station, desk, lan, begun):
    upload = begun()
    desk.push(lan, upload, 0, DATA[:100])
    desk.give_up(lan, upload)
    assert incoming(station) == []
    with pytest.raises(NotFound):
        desk.push(lan, upload, 100, DATA[100:])
    assert incoming(station) == []


def test_two_tabs_that_send_the_same_file_make_it_once(station, desk, lan, begun):
    upload = begun()
    faults, gate = [], threading.Barrier(2)

    def tab(step):
        gate.wait(120)
        at = 0
        try:
            while at < len(DATA):
                at = desk.push(lan, upload, at, DATA[at : at + step])
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
    assert arrived(station, desk.finish(lan, upload, zlib.crc32(DATA))) == DATA


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 120)), max_size=30))
def test_whatever_order_the_pieces_come_in_only_the_file_itself_is_made(station, lan, desk, pieces):
    data = DATA[:300]
    upload = desk.begin(lan, "a.wav", len(data), MARK).upload.id
    there = 0
    for at, length in pieces:
        wanted = desk.push(lan, upload, at, data[at : at + length])
        assert wanted == max(there, min(at + length, 300) if at <= there else there)
        there = wanted
    assert desk.push(lan, upload, there, data[there:]) == 300
    assert arrived(station, desk.finish(lan, upload, zlib.crc32(data))) == data


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
def test_what_cannot_be_an_upload_is_refused_at_its_beginning(station, desk, lan, size, mark, reason):
    with refused(reason):
        desk.begin(lan, "a.wav", size, mark)
    assert desk.arriving(lan) == []


def test_the_largest_file_may_be_begun(desk, lan):
    assert desk.begin(lan, "a.wav", 200_000_000, MARK).received == 0


def test_an_unknown_origin_is_refused(desk, lan):
    with refused("origin_unknown"):
        desk.begin(lan, "a.wav", 10, MARK, origin="bundled")


def test_a_person_has_so_many_at_a_time_and_others_theirs(desk_with, lan, minh):
    desk = desk_with(max_uploads=2)
    ids = [desk.begin(lan, f"{number}.wav", 100, MARK).upload.id for number in range(2)]
    with refused("uploads_too_many"):
        desk.begin(lan, "3.wav", 100, MARK)
    assert desk.begin(lan, "1.wav", 100, MARK).upload.id == ids[1]
    desk.begin(minh, "3.wav", 100, MARK)
    desk.give_up(lan, ids[0])
    desk.begin(lan, "3.wav", 100, MARK)


def test_all_together_have_so_much_room_what_waits_for_the_studio_included(desk_with, station, lan, minh):
    desk = desk_with(max_uploads_mb=3, max_upload_mb=2)
    data = bytes(1_500_000)
    first = desk.begin(lan, "a.wav", len(data), MARK).upload.id
    with refused("uploads_full"):
        desk.begin(minh, "b.wav", 1_500_001, MARK)
    desk.push(lan, first, 0, data)
    desk.finish(lan, first, zlib.crc32(data))
    with refused("uploads_full"):
        desk.begin(minh, "b.wav", 1_500_001, MARK)
    desk.begin(minh, "b.wav", 1_500_000, MARK)
    station.studio().work_once()
    desk.begin(lan, "c.wav", 1_500_000, MARK)


def test_the_disk_keeps_room_for_the_day(station, desk, lan, tmp_path):
    disk = station.config.data / "incoming"
    disk.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("to mount a small disk takes more rights than this user has")
    try:
        with refused("disk_floor"):
            desk.begin(lan, "a.wav", 1000, MARK)
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_piece_that_the_disk_does_not_take_is_not_half_there_and_can_be_sent_again(station, desk, lan, begun):
    data = bytes(3_000_000)
    upload = begun(data)
    desk.push(lan, upload, 0, data[:1_500_000])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))  # no file may grow past 2 MB, as on a full disk
    try:
        with refused("disk_full"):
            desk.push(lan, upload, 1_500_000, data[1_500_000:])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert desk.state(lan, upload).received == 1_500_000
    assert desk.push(lan, upload, 1_500_000, data[1_500_000:]) == 3_000_000


def test_a_job_that_cannot_be_written_leaves_the_upload_as_it_was(station, desk, lan, begun):
    upload = begun()
    desk.push(lan, upload, 0, DATA)
    with station.parts.store.write() as db:
        db.conn.execute("CREATE TRIGGER no BEFORE INSERT ON job BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        desk.finish(lan, upload, zlib.crc32(DATA))
    with station.parts.store.write() as db:
        db.conn.execute("DROP TRIGGER no")
    assert desk.state(lan, upload).received == len(DATA)
    assert arrived(station, desk.finish(lan, upload, zlib.crc32(DATA))) == DATA


# Leftovers


def test_the_sweep_keeps_what_arrives_and_what_waits_and_removes_the_rest(station, desk, lan, begun):
    upload = begun()
    desk.push(lan, upload, 0, DATA[:100])
    other = begun(name="khác.wav")
    desk.push(lan, other, 0, DATA)
    desk.finish(lan, other, zlib.crc32(DATA))
    folder = station.desk.recordings.incoming
    kept = set(incoming(station))
    (folder / "left-by-a-crash").write_bytes(b"x")
    (folder / ".part-left-by-a-crash").write_bytes(b"x")
    assert station.desk.recordings.sweep() == 2
    assert set(incoming(station)) == kept
    assert len(kept) == 2


def test_the_sweep_leaves_a_file_that_is_being_written(station):
    with station.desk.recordings.arriving() as (file, place):
        file.write(b"x")
        assert station.desk.recordings.sweep() == 0
        assert place.exists()
    assert incoming(station) == []


def test_an_upload_nobody_goes_on_with_is_forgotten_after_its_hours(station, clock, desk, lan, begun):
    upload = begun()
    desk.push(lan, upload, 0, DATA[:100])
    clock.advance(24 * 3600 - 60)
    assert desk.sweep() == 0
    desk.push(lan, upload, 100, DATA[100:200])
    clock.advance(24 * 3600 - 60)
    assert desk.sweep() == 0
    clock.advance(120)
    assert desk.sweep() == 1
    assert incoming(station) == []
    with pytest.raises(NotFound):
        desk.state(lan, upload)


def test_the_studio_sweeps(station, clock, desk, lan, begun):
    upload = begun()
    desk.push(lan, upload, 0, DATA[:100])
    clock.advance(25 * 3600)
    station.studio().sweep()
    assert incoming(station) == []
    assert Uploads(station.parts.store).arriving() == []


def test_a_file_removed_by_hand_is_begun_anew(station, desk, lan, begun):
    upload = begun()
    desk.push(lan, upload, 0, DATA[:100])
    (station.desk.recordings.incoming / f"phan-{upload}").unlink()
    assert desk.state(lan, upload).received == 0
    assert desk.push(lan, upload, 100, DATA[100:]) == 0
    desk.push(lan, upload, 0, DATA)
    desk.finish(lan, upload, zlib.crc32(DATA))


MAY_UPLOAD = {Role.EDITOR, Role.APPROVER, Role.ADMIN, Role.CONTRIBUTOR}
MAY_NOT_UPLOAD = {Role.TECHNICIAN, Role.GUEST}


def test_every_role_either_uploads_or_is_refused():
    assert set(Role) == MAY_UPLOAD | MAY_NOT_UPLOAD
    assert not MAY_UPLOAD & MAY_NOT_UPLOAD


@pytest.mark.parametrize("role", sorted(MAY_UPLOAD))
def test_a_role_that_may_record_may_upload(station, desk, role):
    person = station.parts.people.add("ai", "Ai", role, "mat-khau-dai", station.clock.now())
    assert desk.begin(person, "a.wav", 10, MARK).received == 0


@pytest.mark.parametrize("role", sorted(MAY_NOT_UPLOAD))
def test_a_role_that_may_not_record_is_refused_an_upload_and_nothing_of_it_is_kept(station, desk, lan, role):
    person = station.parts.people.add("ai", "Ai", role, "mat-khau-dai", station.clock.now())
    others = desk.begin(lan, "a.wav", 10, MARK).upload.id
    for act in (
        lambda: desk.begin(person, "a.wav", 10, MARK),
        lambda: desk.push(person, others, 0, b"x"),
        lambda: desk.finish(person, others, 0),
        lambda: desk.give_up(person, others),
    ):
        with pytest.raises((NotPermitted, NotFound)):
            act()
    with pytest.raises(NotPermitted):
        desk.begin(person, "a.wav", 10, MARK)
    assert desk.state(lan, others).received == 0
    assert station.parts.store.value("SELECT count(*) FROM upload") == 1
