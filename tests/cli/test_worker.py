"""The worker with real parts: speech, uploads, crashes and full disks; every job has an end and nothing is half-made."""

import random
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest

from audio_assets.speech import engines
from audio_assets.speech.espeak_engine import EspeakEngine
from audio_assets.speech.voice import Voice
from scheduler.kernel.errors import Refused, SpeechError
from scheduler.worker import Worker
from tests.audio.fake_engine import FakeEngine
from tests.audio.make_audio import encoded, speech_like, tone, wav

TEXT = "Mời bà con đi tiêm phòng. Điểm tiêm ở trạm y tế phường."
OTHER = "Mời bà con đi họp tổ dân phố."


@pytest.fixture(autouse=True)
def in_the_table(monkeypatch):
    """The voice of these tests is an engine that config.toml may name."""
    monkeypatch.setitem(engines._ENGINES, "fake", lambda _config: FakeEngine())


@pytest.fixture
def worker_of(station):
    """A worker whose chain is of the given engines; config names them in the same order."""

    def make(*engines, names=None):
        speech = replace(station.config.speech, engines=names or tuple(engine.name for engine in engines))
        parts = replace(station.repos, written=replace(station.config, speech=speech))
        return Worker(replace(station.services, repos=parts), lambda: Voice(engines, pause_ms=300, speed=1.0))

    return make


@pytest.fixture
def written(station, lan):
    return lambda text=TEXT: station.services.announcements.write(lan, "Tiêm chủng", text)


@pytest.fixture
def ask(station, lan):
    """Ask for the speech of an announcement; the job's number."""
    return lambda announcement_id: station.services.announcements.make_speech(lan, announcement_id)


@pytest.fixture
def upload(station, lan, tmp_path):
    """Hand in a file; the job's number."""

    def take(data, name="ghi-am.wav"):
        path = tmp_path / "handed-in"
        path.write_bytes(data)
        return station.services.recordings.take_in(lan, path, name)

    return take


def told(station, job_id):
    job = station.repos.jobs.get(job_id)
    return job.state, job.reason


def arrived(station):
    return [path.name for path in station.services.recordings.incoming.iterdir()]


def stored(station):
    """Every file of the library except the chimes of the station itself."""
    chimes = {row["sha256"] for row in station.repos.store.rows("SELECT sha256 FROM clip WHERE origin = 'bundled'")}
    files = [path for path in station.repos.library.root.rglob("*") if path.is_file()]
    return [path for path in files if path.stem not in chimes]


# Speech


def test_a_speech_job_gives_its_announcement_a_levelled_sound_with_its_origin(station, worker_of, written, ask):
    announcement_id = written()
    job_id = ask(announcement_id)
    worker = worker_of(EspeakEngine())
    assert worker.work_once()
    assert told(station, job_id) == ("ready", "")
    clip = station.repos.programme.clip(station.repos.jobs.get(job_id).result)
    assert station.repos.programme.announcement(announcement_id).audio_sha256 == clip.sha256
    assert (clip.origin, clip.engine, clip.voice) == ("speech", "espeak", "vi")
    assert -17 < clip.lufs < -15
    assert len(station.repos.library.load(clip.sha256)) == clip.frames
    assert not worker.work_once()


def test_the_same_text_twice_is_spoken_once(station, worker_of, written, ask):
    engine = FakeEngine()
    worker = worker_of(engine)
    jobs = [ask(written()), ask(written())]
    worker.work_once()
    spoken = list(engine.asked)
    worker.work_once()
    assert spoken
    assert engine.asked == spoken
    first, second = (station.repos.jobs.get(job_id) for job_id in jobs)
    assert (first.state, second.state, first.result) == ("ready", "ready", second.result)


def test_another_text_or_another_voice_is_spoken_anew(station, worker_of, written, ask):
    engine, other = FakeEngine(), FakeEngine(voice="whistle", pitch_hz=500.0)
    for text, worker in ((TEXT, worker_of(engine)), (OTHER, worker_of(engine)), (TEXT, worker_of(other))):
        ask(written(text))
        worker.work_once()
    sql = "SELECT count(*) FROM clip WHERE origin = 'speech'"
    assert station.repos.store.value(sql) == 3
    assert other.asked


class Editing(FakeEngine):
    """A voice during whose work an officer edits the text."""

    act = staticmethod(lambda: None)

    def speak(self, text, speed):
        self.act()
        return super().speak(text, speed)


def test_a_text_edited_while_it_was_spoken_does_not_get_the_old_sound(station, worker_of, written, ask, lan):
    announcement_id = written()
    job_id = ask(announcement_id)
    engine = Editing()
    edited = []

    def edit():
        if not edited:
            edited.append(station.services.announcements.edit(lan, announcement_id, 1, "Tiêm chủng", OTHER))

    engine.act = edit
    worker_of(engine).work_once()
    assert station.repos.jobs.get(job_id).ended
    assert station.repos.programme.announcement(announcement_id).audio_sha256 is None
    again = ask(announcement_id)
    assert again != job_id
    worker_of(engine).work_once()
    assert station.repos.programme.announcement(announcement_id).audio_sha256 == station.repos.jobs.get(again).result


def test_a_text_edited_before_its_job_began_is_spoken_as_it_is_now_or_not_attached(
    station, worker_of, written, ask, lan
):
    announcement_id = written()
    ask(announcement_id)
    station.services.announcements.edit(lan, announcement_id, 1, "Tiêm chủng", OTHER)
    worker_of(FakeEngine()).work_once()
    attached = station.repos.programme.announcement(announcement_id).audio_sha256
    assert attached is None or "họp" in station.repos.programme.clip(attached).said


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(FakeEngine("gtts", absent="no network library"), id="missing"),
        pytest.param(FakeEngine("gtts", failures={1: SpeechError("503", permanent=False)}), id="failing"),
        pytest.param(FakeEngine("gtts", silent_on="bà con"), id="silent"),
    ],
)
def test_a_second_voice_that_had_to_speak_is_a_warning_with_its_name(station, worker_of, written, ask, first):
    job_id = ask(written())
    worker_of(first, FakeEngine("espeak")).work_once()
    assert told(station, job_id) == ("warning", "fell_back")
    assert station.repos.jobs.get(job_id).details == {"engine": "espeak"}
    assert station.repos.programme.clip(station.repos.jobs.get(job_id).result).engine == "espeak"


def test_no_voice_at_all_refuses_the_job_and_keeps_nothing(station, worker_of, written, ask):
    announcement_id = written()
    job_id = ask(announcement_id)
    broken = FakeEngine(failures={number: SpeechError("broken", permanent=True) for number in range(1, 50)})
    worker_of(broken).work_once()
    assert told(station, job_id) == ("refused", "no_voice")
    assert station.repos.programme.announcement(announcement_id).audio_sha256 is None
    assert stored(station) == []


def test_a_fault_nobody_foresaw_ends_its_job_and_not_the_jobs_behind_it(station, worker_of, written, ask):
    class Broken(FakeEngine):
        def speak(self, text, speed):
            if "họp" in text:
                raise ZeroDivisionError
            return super().speak(text, speed)

    jobs = [ask(written(OTHER)), ask(written(TEXT))]
    worker = worker_of(Broken())
    while worker.work_once():
        pass
    assert [told(station, job_id) for job_id in jobs] == [("refused", "job_failed"), ("ready", "")]


def test_progress_is_told_and_never_falls_back(station, worker_of, written, ask):
    seen = []

    class Watched(FakeEngine):
        def speak(self, text, speed):
            seen.append(station.repos.jobs.get(job_id).progress)
            return super().speak(text, speed)

    job_id = ask(written(" ".join(f"{TEXT} Tổ {number}." for number in ("một", "hai", "ba", "bốn", "năm", "sáu"))))
    worker_of(Watched()).work_once()
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1] > 0.5
    assert station.repos.jobs.get(job_id).progress == 1.0


# Uploads


def test_the_same_sound_sent_again_is_called_as_it_was_sent_last(station, worker_of, upload):
    data = encoded("mp3", "libmp3lame", speech_like(3.0))
    worker = worker_of(FakeEngine())
    upload(data)
    worker.work_once()
    job_id = upload(data, "Tên mới.mp3")
    worker.work_once()
    assert station.repos.programme.clip(station.repos.jobs.get(job_id).result).title == "Tên mới"


def test_a_good_recording_becomes_a_clip_with_its_original_beside_it(station, worker_of, upload):
    data = encoded("mp3", "libmp3lame", speech_like(3.0))
    job_id = upload(data, "Bản tin ngày 2-12.mp3")
    worker_of(FakeEngine()).work_once()
    assert told(station, job_id) == ("ready", "")
    clip = station.repos.programme.clip(station.repos.jobs.get(job_id).result)
    assert (clip.title, clip.file_name, clip.origin) == ("Bản tin ngày 2-12", "Bản tin ngày 2-12.mp3", "upload")
    assert station.repos.library.original(clip.original_sha256).read_bytes() == data
    assert arrived(station) == []


def test_a_doubtful_recording_is_kept_with_its_warning(station, worker_of, upload):
    job_id = upload(wav(speech_like(3.0, rate=8_000), rate=8_000))
    worker_of(FakeEngine()).work_once()
    assert told(station, job_id) == ("warning", "low_sample_rate")
    clip = station.repos.programme.clip(station.repos.jobs.get(job_id).result)
    assert clip.warnings == ("low_sample_rate",)
    assert arrived(station) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"<html>khong phai nhac</html>" * 50, "audio_not_sound", id="web page"),
        pytest.param(random.Random(5).randbytes(20_000), "audio_not_sound", id="noise of bytes"),
        pytest.param(wav(np.zeros(96_000)), "audio_silent", id="silence"),
        pytest.param(wav(tone(0.1)), "audio_too_short", id="a blink"),
        pytest.param(encoded("flac", "flac", speech_like(4.0))[:9_000], "audio_damaged", id="broken"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason_and_leaves_nothing(station, worker_of, upload, data, reason):
    job_id = upload(data)
    worker_of(FakeEngine()).work_once()
    assert told(station, job_id) == ("refused", reason)
    assert arrived(station) == []
    assert stored(station) == []


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "a\nb.wav", "x" * 5000, "", "\u202evaw.exe", "a;rm -rf $HOME.wav"]
)
def test_a_hostile_name_is_only_ever_shown(station, worker_of, upload, name):
    job_id = upload(wav(speech_like(1.0)), name)
    worker_of(FakeEngine()).work_once()
    assert station.repos.jobs.get(job_id).state == "ready"
    clip = station.repos.programme.clip(station.repos.jobs.get(job_id).result)
    assert len(clip.file_name) <= 120
    assert "/" not in clip.file_name
    assert clip.title.isprintable()
    assert {path.parent.name for path in stored(station)} <= {path.name[:2] for path in stored(station)}


def test_a_job_whose_path_points_elsewhere_touches_only_the_folder_of_arrivals(station, worker_of, lan, tmp_path):
    outside = tmp_path / "precious"
    outside.write_bytes(wav(speech_like(1.0)))
    args = {"path": f"../../{outside.name}", "file_name": "a.wav", "title": "a", "origin": "upload"}
    job_id = station.repos.jobs.add("ingest", args, lan.id, station.clock.now())
    worker_of(FakeEngine()).work_once()
    assert station.repos.jobs.get(job_id).state == "refused"
    assert outside.exists()


def test_it_keeps_room_back_for_what_may_not_wait(station, worker_of):
    worker_of(FakeEngine()).look_ahead()
    assert station.repos.reserve.path.stat().st_blocks


def test_the_sweep_removes_what_a_killed_worker_left_of_a_clip(station, worker_of):
    folder = station.config.data / "library" / "clips"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".part-0011223344556677").write_bytes(b"half")
    worker_of(FakeEngine()).sweep()
    assert not list(folder.glob(".part-*"))


def test_the_sweep_keeps_what_open_jobs_wait_for_and_removes_the_rest(station, worker_of, upload):
    job_id = upload(wav(speech_like(1.0)))
    running = upload(wav(speech_like(1.5)))
    station.repos.store.db.conn.execute("UPDATE job SET state = 'running' WHERE id = ?", (running,))
    station.repos.store.db.conn.commit()
    wanted = {station.repos.jobs.get(number).args["path"] for number in (job_id, running)}
    (station.services.recordings.incoming / "left-by-a-broken-upload").write_bytes(b"x")
    worker_of(FakeEngine()).sweep()
    assert set(arrived(station)) == wanted


# Crashes and full disks, in processes of their own

CHILD = """
import os, resource, signal, sys
from scheduler.config.loading import Config, SpeechConfig, StationConfig
from scheduler.station import Station
from scheduler.worker import Worker
from pathlib import Path

station = Station.open(Config(folder=Path({folder!r}), station=StationConfig(data="data"),
                              speech=SpeechConfig(engines=("espeak",))))
{body}
"""


def child(station, body):
    script = CHILD.format(folder=str(station.config.folder), body=body)
    station.repos.store.db.conn.execute(
        "PRAGMA wal_checkpoint(TRUNCATE)"
    )  # what a disk holds: the rows of now, not their log
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )


DIES = """
class Deadly(Worker):
    def _do(self, job):
        if job.args["announcement_id"] == {deadly}:
            os.kill(os.getpid(), signal.SIGKILL)
        super()._do(job)

import threading
stop = threading.Event()
class Until(Deadly):
    def work_once(self):
        worked = super().work_once()
        if not worked:
            stop.set()
        return worked
Until(station.services, station.voice).run(stop)
"""


def test_a_job_that_kills_the_worker_three_times_is_refused_and_the_next_one_is_done(station, written, ask):
    deadly = written(OTHER)
    jobs = [ask(deadly), ask(written(TEXT))]
    codes = [child(station, DIES.format(deadly=deadly)).returncode for _ in range(4)]
    assert codes == [-9, -9, -9, 0]
    assert [told(station, job_id) for job_id in jobs] == [("refused", "job_crashed"), ("ready", "")]


FULL = """
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
Worker(station.services, station.voice).work_once()
"""


def whole(station):
    return station.repos.store.value("PRAGMA integrity_check") == "ok" and station.repos.journal.verify().whole


def test_a_disk_that_fills_up_while_speech_is_made_refuses_the_job_and_keeps_nothing(station, written, ask):
    announcement_id = written(" ".join([TEXT] * 6))
    job_id = ask(announcement_id)
    done = child(station, FULL.format(limit=1_000_000))
    assert done.returncode == 0, done.stderr
    assert told(station, job_id) == ("refused", "disk_full")
    assert station.repos.programme.announcement(announcement_id).audio_sha256 is None
    assert stored(station) == []
    assert whole(station)
    again = ask(announcement_id)
    assert station.finish(again).state == "ready"


def test_a_disk_that_fills_up_while_a_recording_is_taken_in_keeps_nothing_of_it(station, upload):
    job_id = upload(encoded("mp3", "libmp3lame", speech_like(20.0)))
    done = child(station, FULL.format(limit=1_000_000))
    assert done.returncode == 0, done.stderr
    assert told(station, job_id) == ("refused", "disk_full")
    assert stored(station) == []
    assert arrived(station) == []
    assert whole(station)


def test_a_database_that_takes_no_row_for_a_while_costs_no_job_and_no_upload(station, worker_of, upload):
    """The rows are refused when the job has been done and its end is written: it waits and is done again."""
    job_id = upload(wav(speech_like(2.0)))
    conn = station.repos.store.db.conn
    stop, ends = threading.Event(), []

    class Refusing(Worker):
        def work_once(self):
            conn.execute("PRAGMA query_only = 0")
            worked = super().work_once()
            if not worked:
                stop.set()
            return worked

        def _do(self, job):
            if not ends:
                conn.execute("PRAGMA query_only = 1")
            ends.append(job.id)
            super()._do(job)

    worker = worker_of(FakeEngine())
    refusing = Refusing(worker._services, lambda: None)
    with pytest.raises(Refused):
        refusing.work_once()
    assert arrived(station) != []
    conn.execute("PRAGMA query_only = 0")
    refusing.run(stop)
    assert ends == [job_id, job_id]
    assert station.repos.jobs.get(job_id).state == "ready"
    assert arrived(station) == []
