"""`loa pair …`: what a terminal says of two machines."""

import json

import pytest
from click.testing import CliRunner

from scheduler.cli import loa as command
from scheduler.core.words.wording import sentence
from scheduler.extras.town.broker.keys import load_or_make, public_of
from scheduler.kernel.air_fence import folder_of
from scheduler.kernel.errors import Refused
from tests.extras.failover.work.two import CONFIG


@pytest.fixture
def loa(tmp_path):
    """Run a command of one of the two machines: (exit code, what it said)."""
    for name, peer in (("may-1", "may-2"), ("may-2", "may-1")):
        (tmp_path / name).mkdir()
        told = {"me": name, "peer": peer, "web": 8600, "port": 8730, "zone": "Asia/Ho_Chi_Minh"}
        text = CONFIG.format(**told, url="nats://127.0.0.1:1", peer_url="http://127.0.0.1:1")
        (tmp_path / name / "config.toml").write_text(text, encoding="utf-8")

    def run(name, *words, typed=None):
        path = str(tmp_path / name / "config.toml")
        answer = CliRunner().invoke(command, ["--config", path, *words], input=typed)
        if isinstance(answer.exception, Refused):
            return 1, sentence(answer.exception.reason, answer.exception.details)
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return answer.exit_code, answer.output

    return run


def alone(tmp_path, name):
    """A machine's data as of a station that was set up before it had a second one."""
    from scheduler.config import loading as configuration
    from scheduler.station import Station

    path = tmp_path / name / "config.toml"
    pair = path.read_text(encoding="utf-8")
    path.write_text(pair.replace(f'machine = "{name}"', 'machine = ""'), encoding="utf-8")
    station = Station.open(configuration.load(path))
    station.prepare()
    station.close()
    path.write_text(pair, encoding="utf-8")
    return configuration.load(path)


def test_two_machines_are_paired_by_a_key_that_is_typed_and_kept_from_others(loa, tmp_path):
    config = alone(tmp_path, "may-1")
    code, said = loa("may-1", "pair", "new")
    assert code == 0, said
    key = said.strip().splitlines()[-1]
    assert (folder_of(config.data) / "pair.key").stat().st_mode & 0o777 == 0o600
    code, said = loa("may-2", "pair", "join", typed=key + "\n")
    assert code == 0, said
    assert key not in said
    code, said = loa("may-2", "pair", "join", typed=key + "\n")
    assert code == 1
    assert "đã có khóa chung" in said
    assert loa("may-1", "pair", "new")[0] == 1


def test_a_key_that_is_none_is_refused(loa):
    code, said = loa("may-2", "pair", "join", typed="abc\n")
    assert code == 1
    assert "Khóa không đúng dạng" in said


def test_a_machine_with_a_schedule_of_its_own_is_not_written_over_by_mistake(loa, tmp_path):
    config = alone(tmp_path, "may-2")
    from scheduler.kernel.clock import SystemClock
    from scheduler.station import Station

    station = Station.open(config, SystemClock())
    with station.repos.store.write(own=True) as db:
        db.conn.execute("PRAGMA defer_foreign_keys = ON")
        db.conn.execute(
            "INSERT INTO announcement (title, text, author_id, created_at, updated_at) VALUES ('a', 'a', 1, 't', 't')"
        )
        db.conn.execute(
            'INSERT INTO slot (id, day, zone, start, length_ms, announcement_id, audio_sha256, priority, "trigger",'
            " created_at) VALUES ('s', '2026-12-02', 'all', 't', 1, 1, 'x', 3, 'manual', 't')"
        )
    station.close()
    assert loa("may-2", "pair", "join", typed="ab" * 32 + "\n")[0] == 1
    assert loa("may-2", "pair", "join", "--over", typed="ab" * 32 + "\n")[0] == 0


def test_status_tells_what_is_missing(loa, tmp_path):
    alone(tmp_path, "may-1")
    code, said = loa("may-1", "pair", "status")
    assert code == 0
    assert "Không máy nào giữ sóng" in said
    assert "chưa có khóa chung" in said
    code, said = loa("may-1", "pair", "status", "--json")
    told = json.loads(said)
    assert (told["here"], told["alive"], told["reasons"]) == (False, False, ["pair_key_missing"])


def test_status_tells_the_public_half_of_the_key_or_which_file_is_at_fault(loa, tmp_path):
    config = alone(tmp_path, "may-1")
    path, file = tmp_path / "may-1" / "config.toml", folder_of(config.data) / "nkey"
    assert json.loads(loa("may-1", "pair", "status", "--json")[1])["public_key"] == "", "it proves itself by none"
    path.write_text(path.read_text(encoding="utf-8").replace("[pair]", "[pair]\nnkey = true"), encoding="utf-8")
    assert "chưa có khóa để khai" in loa("may-1", "pair", "status")[1]
    assert not file.exists()
    public = public_of(load_or_make(file))
    assert public in loa("may-1", "pair", "status")[1]
    assert json.loads(loa("may-1", "pair", "status", "--json")[1])["public_key"] == public
    file.write_text("nothing", encoding="ascii")
    assert f"Không đọc được tệp khóa {file}" in loa("may-1", "pair", "status")[1]
    assert "pair_nkey_unreadable" in json.loads(loa("may-1", "pair", "status", "--json")[1])["reasons"]
    file.chmod(0o644)
    assert f"chmod 600 {file}" in loa("may-1", "pair", "status")[1]


def test_nobody_takes_or_airs_alone_without_a_pair_process(loa, tmp_path):
    alone(tmp_path, "may-1")
    loa("may-1", "pair", "new")
    for words in (("take",), ("alone", "--yes")):
        code, said = loa("may-1", "pair", *words)
        assert code == 1
        assert "không trả lời" in said


def test_what_changes_the_ward_is_refused_on_a_machine_without_the_air(loa, tmp_path):
    alone(tmp_path, "may-1")
    code, said = loa("may-1", "stop")
    assert code == 1
    assert "Máy này chỉ để xem" in said
