"""What the next hours will sound, from a station's own rows, without touching it."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.config.loading import AmplifierConfig
from scheduler.core.planning.rules import parse_window
from scheduler.extras.simulate.work.rehearsal import rehearsed
from scheduler.extras.simulate.work.telling import human, lines_of
from scheduler.kernel.errors import LoaError, Refused


def ahead(config, clock, tmp_path, **length):
    outcome = rehearsed(config, timedelta(**length), tmp_path / "rehearsal", clock)
    try:
        return list(lines_of(outcome))
    finally:
        outcome.close()


def airings(lines):
    return [(line["start"][5:16], line["title"], line["outcome"]) for line in lines if line["event"] == "airing"]


def prints(folder):
    """Every file of a folder that says something of the station, by its content."""
    kept = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(("-shm", "-wal"))]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


def test_the_next_two_days_are_played_ahead(station, cast, config, clock, tmp_path):
    cast.running(cast.approved(), end=cast.campaign(0).end + timedelta(days=3))
    lines = ahead(config, clock, tmp_path, hours=48)
    assert airings(lines) == [
        ("12-02T06:15", "Tiêm chủng", "played"),
        ("12-02T06:45", "Tiêm chủng", "played"),
        ("12-03T06:15", "Tiêm chủng", "played"),
        ("12-03T06:45", "Tiêm chủng", "played"),
    ]
    assert lines[-1]["kept"]


def test_days_that_have_no_rows_yet_are_planned_for_the_rehearsal(station, cast, config, clock, tmp_path):
    cast.running(cast.approved(), base=1, end=cast.campaign(0).end + timedelta(days=9))
    assert len(airings(ahead(config, clock, tmp_path, days=6))) == 6


def test_the_station_itself_is_not_touched(station, cast, config, clock, tmp_path):
    cast.running(cast.approved())
    station.repos.store.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    rows = station.repos.store.rows("SELECT * FROM slot ORDER BY id")
    before = prints(config.data)
    ahead(config, clock, tmp_path, hours=24)
    assert prints(config.data) == before
    assert station.repos.store.rows("SELECT * FROM slot ORDER BY id") == rows
    assert station.repos.journal.newest() is None


def test_rows_that_are_still_in_the_log_of_a_running_station_are_rehearsed_too(station, cast, config, clock, tmp_path):
    station.repos.store.db.conn.execute("PRAGMA wal_autocheckpoint=0")
    cast.running(cast.approved(), base=1)
    assert len(airings(ahead(config, clock, tmp_path, hours=24))) == 1


def test_what_has_sounded_before_now_is_not_told_again(station, cast, config, clock, tmp_path):
    cast.running(cast.approved())
    playout = station.playout()
    playout.start()
    playout.run_stepped(clock, clock.now() + timedelta(minutes=60))
    playout.stop()
    lines = ahead(config, clock, tmp_path, hours=12)
    assert airings(lines) == [("12-02T06:45", "Tiêm chủng", "played")]
    assert lines[-1]["slots"] == 1
    assert lines[-1]["kept"]


def test_a_sound_that_has_gone_is_told_before_its_hour(station, cast, config, clock, tmp_path):
    announcement_id = cast.approved()
    cast.running(announcement_id, base=1)
    station.repos.library.path(station.repos.programme.announcement(announcement_id).audio_sha256).unlink()
    lines = [line for line in ahead(config, clock, tmp_path, hours=12) if line["event"] == "airing"]
    assert {(line["outcome"], line["reason"], line["start"]) for line in lines} == {("failed", "audio_missing", None)}


def test_what_cannot_be_planned_is_told_with_its_sentence(station, cast, config, clock, tmp_path):
    cast.running(cast.submitted(), base=1)
    text = "\n".join(human(ahead(config, clock, tmp_path, hours=12)))
    assert "Không xếp được lượt 1 của “Đợt tiêm chủng” ngày 02/12: Bản tin chưa được duyệt nên không được phát." in text


def test_the_table_names_day_time_title_seconds_and_zone(station, cast, config, clock, tmp_path):
    cast.running(cast.approved(), base=1, windows=(parse_window("06:00-06:01"),))
    text = list(human(ahead(config, clock, tmp_path, hours=12)))
    assert text[0] == "Ngày 02/12/2026"
    for part in ("06:00:00", "3.0 giây", "all", "Tiêm chủng", "Đã phát"):
        assert part in text[1]
    assert text[-1] == "Mọi cam kết đều được giữ."


def test_no_amplifier_is_switched_for_a_rehearsal(station, cast, config, clock, tmp_path):
    cast.running(cast.approved(), base=1)
    touched = tmp_path / "switched"
    wired = replace(config, amplifier=AmplifierConfig(on=("touch", str(touched)), off=("touch", str(touched))))
    ahead(wired, clock, tmp_path, hours=12)
    assert not touched.exists()


def test_a_folder_without_a_station_is_refused(config, clock, tmp_path):
    with pytest.raises(Refused) as refusal:
        rehearsed(replace(config, folder=tmp_path / "nowhere"), timedelta(hours=1), tmp_path / "r", clock)
    assert refusal.value.reason == "not_found"


def test_a_damaged_database_is_said_to_be_one(config, clock, tmp_path):
    config.data.mkdir(parents=True)
    (config.data / "loa.db").write_bytes(b"nothing of a database" * 400)
    with pytest.raises(LoaError, match="không chép được"):
        rehearsed(config, timedelta(hours=1), tmp_path / "r", clock)
