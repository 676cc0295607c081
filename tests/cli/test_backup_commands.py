"""`loa backup` and `loa restore` as words on a command line, and what `loa doctor` says of backups and the disk."""

import json

import pytest

from scheduler.config.loading import load
from scheduler.core.model import Role
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests import lives

CONFIG = '[speech]\nengines = ["espeak"]\n[[output]]\nname = "loa"\nkind = "null"\ncounts = true\n'
PASSPHRASE = "mot cau dai de nho"


@pytest.fixture
def loa(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)

    def run(*words, answer=None):
        return lives.loa("--config", tmp_path / "config.toml", *words, answer=answer)

    return run


def test_a_backup_is_made_looked_through_and_put_back(loa, tmp_path):
    made = loa("backup", "--to", tmp_path / "sicher", "--json")
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert told["bytes"] > 100_000
    checked = loa("restore", told["file"], "--check")
    assert checked.returncode == 0, checked.stderr
    assert "Bản sao lưu tốt" in checked.stdout
    replaced = loa("restore", told["file"], "--replace")
    assert replaced.returncode == 0, "in the place of this station, as docs/when.md tells"
    assert len(list(tmp_path.glob("data.before-*"))) == 1
    back = loa("restore", told["file"], "--data", tmp_path / "neu", "--json")
    assert back.returncode == 0, back.stderr
    assert json.loads(back.stdout)["station"] == "Đài truyền thanh phường"
    assert (tmp_path / "neu" / "loa.db").is_file()
    verified = loa("--data", tmp_path / "neu", "journal", "--verify")
    assert verified.returncode == 0, verified.stderr


def test_a_sealed_one_asks_for_its_passphrase(loa, tmp_path):
    (tmp_path / "mk").write_text(PASSPHRASE)
    (tmp_path / "mk").chmod(0o600)
    (tmp_path / "config.toml").write_text(CONFIG + '[backup]\npassphrase_file = "mk"\n')
    file = json.loads(loa("backup", "--to", tmp_path / "sicher", "--json").stdout)["file"]
    wrong = loa("restore", file, "--check", answer="sai\n")
    assert wrong.returncode == 1
    assert "Mật khẩu của bản sao lưu không đúng" in wrong.stderr
    assert loa("restore", file, "--check", answer=f"{PASSPHRASE}\n").returncode == 0
    assert loa("restore", file, "--check", "--passphrase-file", tmp_path / "mk").returncode == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [(("restore", "{file}"), 2), (("restore", "nowhere", "--check"), 2), (("restore", "{file}", "--data", "{old}"), 1)],
    ids=["no folder", "no file", "over a station"],
)
def test_what_cannot_be_done_is_one_sentence(loa, tmp_path, words, code):
    file = json.loads(loa("backup", "--to", tmp_path / "sicher", "--json").stdout)["file"]
    answer = loa(*(word.format(file=file, old=tmp_path / "data") for word in words))
    assert answer.returncode == code
    assert "Traceback" not in answer.stderr


def test_somebody_without_the_right_makes_none(loa, tmp_path):
    station = Station.open(load(tmp_path / "config.toml"), SystemClock())
    station.repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", SystemClock().now())
    station.close()
    answer = loa("--as", "lan", "backup", "--to", tmp_path / "sicher")
    assert answer.returncode == 1
    assert not (tmp_path / "sicher").exists()


def test_the_doctor_tells_of_backups_and_of_rules_without_a_document(loa, tmp_path):
    before = loa("doctor").stdout
    assert "[lưu ý] Sao lưu: Chưa có bản nào" in before
    assert "[lưu ý] Giờ yên tĩnh: Chưa ghi văn bản căn cứ" in before
    assert "[tốt ] Ổ đĩa: Đủ chỗ: còn" in before
    assert "[tốt ] Tệp cơ sở dữ liệu: Nguyên vẹn" in before
    loa("backup")
    assert "Sao lưu: Có bản tốt, gần nhất lúc" in loa("doctor").stdout
    (tmp_path / "file").write_text("no folder")
    loa("backup", "--to", tmp_path / "file" / "in-it")
    assert "[HỎNG] Sao lưu: Không ghi được vào thư mục sao lưu" in loa("doctor").stdout
