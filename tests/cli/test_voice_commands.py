"""`loa voice list|try` and the voices of `loa doctor`: what is told, and what it ends with."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from scheduler.commands.voices import voice as voice_group
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from tests import lives
from tests.audio import speech_server
from tests.audio.tiny_piper import write_voice
from tests.cli.here import Here
from tests.services.better_reading import better_reading


@pytest.fixture
def loa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run `loa` in an empty folder with this configuration."""
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str, config: str = "") -> subprocess.CompletedProcess[str]:
        (tmp_path / "config.toml").write_text(config, encoding="utf-8")
        return lives.loa(*words, cwd=tmp_path)

    return run


def test_the_voices_are_listed_with_what_they_lack(loa):
    done = loa("voice", "list")
    assert done.returncode == 0, done.stderr
    gtts, piper, espeak = done.stdout.splitlines()[2:5]
    assert gtts.split()[:2] == ["gtts", "vi"]
    assert "Chưa có tệp giọng Piper" in piper
    assert espeak.split() == ["espeak", "vi", "sẵn", "sàng"]


@pytest.mark.needs_piper
def test_the_list_is_one_json_document_with_every_voice_file(loa, tmp_path):
    (tmp_path / "data" / "voices").mkdir(parents=True)
    write_voice(tmp_path / "data" / "voices", name="vi_VN-a-low")
    told = json.loads(loa("voice", "list", "--json").stdout)
    assert [(one["engine"], one["ready"], one["reason"]) for one in told["voices"]] == [
        ("gtts", True, ""),
        ("piper", True, ""),
        ("espeak", True, ""),
    ]
    (file,) = told["piper_files"]
    assert (file["language"], file["quality"], file["rate"], file["fault"]) == ("vi", "low", 22_050, "")


def test_trying_says_what_each_voice_did(loa):
    done = loa("voice", "try", "Xin chào bà con lúc 7h30.")
    assert done.returncode == 0, done.stderr
    gtts, piper, espeak = done.stdout.splitlines()[2:5]
    assert "Không nối được tới máy chủ giọng đọc" in gtts
    assert "Chưa có tệp giọng Piper" in piper
    assert "giây tiếng" in espeak


def test_trying_ends_with_one_where_no_voice_can_speak(loa):
    done = loa("voice", "try", "--engine", "gtts")
    assert done.returncode == 1
    assert done.stderr.strip() == "không giọng nào đọc được"


def test_a_voice_server_is_tried_over_the_network(loa):
    with speech_server.serving() as server:
        config = (
            '[speech]\nengines = ["server", "espeak"]\n'
            f'[voice_server]\nurl = "{server.url}"\nmodel = "vn-1"\nallowed_hosts = ["127.0.0.1"]\n'
        )
        done = loa("voice", "try", config=config)
        assert "vn-1@127.0.0.1" in done.stdout
        assert len(server.texts) == 1
        spoken = loa("speak", "Xin chào bà con.", "-o", "a.wav", "--engine", "server", config=config)
        assert spoken.returncode == 0, spoken.stderr
        assert "giọng server/vn-1@127.0.0.1" in spoken.stdout


def test_the_doctor_says_of_each_voice_what_is_wrong_in_one_sentence(loa, tmp_path):
    (tmp_path / "data" / "voices").mkdir(parents=True)
    (tmp_path / "data" / "voices" / "hong.onnx").write_bytes(b"<html>")
    done = loa("doctor", config='[voice_server]\nurl = "https://giong.example/v1"\n')
    lines = done.stdout.splitlines()
    assert "[tốt ] Giọng espeak: sẵn sàng (vi)" in lines
    fault = "Tệp giọng hong.onnx thiếu tệp .onnx.json đi kèm; hãy chép nó vào cùng thư mục."
    assert f"[lưu ý] Tệp giọng hong.onnx: {fault}" in lines
    assert any("speech.engines chưa có server" in line for line in lines)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ('[voice_server]\nurl = "giong.tinh.vn"\n', "voice_server.url"),
        ('[voice_server]\nkind = "soap"\n', "voice_server.kind"),
        ('[voice_server]\nallowed_hosts = ["not a host"]\n', "voice_server.allowed_hosts"),
        ('[speech]\nengines = ["google"]\n', "speech.engines"),
        ("[speech]\nupgrade_minutes = 1\n", "speech.upgrade_minutes"),
    ],
    ids=["no_scheme", "kind", "hosts", "engine", "minutes"],
)
def test_a_wrong_key_is_told(loa, config, told):
    done = loa("config", "check", config=config)
    assert done.returncode == 1
    assert told in done.stderr


# Better readings


@pytest.fixture
def config(config):
    return replace(config, speech=replace(config.speech, engines=("gtts", "espeak"), upgrade_minutes=10.0))


@pytest.fixture
def offered(station, cast):
    """A better reading that waits for its leader."""
    return better_reading(station, cast, "Tiêm chủng", "Mời bà con đi tiêm phòng.")


@pytest.fixture
def here(station):
    def call(*words: str, login: str | None = "minh"):
        return CliRunner().invoke(voice_group, words, obj=Here(None, None, login, station))

    return call


def test_a_better_reading_is_listed_and_approved_by_who_has_heard_it(station, here, offered):
    assert "espeak → gtts" in here("waiting").output
    (told,) = json.loads(here("waiting", "--json").output)
    assert (told["id"], told["new"]["sha256"], told["approved"]) == (offered.id, offered.new.sha256, False)
    unheard = here("approve", str(offered.id))
    assert isinstance(unheard.exception, Refused)
    assert unheard.exception.reason == "not_heard"
    assert here("approve", str(offered.id), "--heard").exit_code == 0
    assert station.repos.programme.announcement(offered.announcement.id).approved_sha256 == offered.new.sha256


def test_a_better_reading_may_be_let_go(station, here, offered):
    assert here("keep", str(offered.id)).exit_code == 0
    assert json.loads(here("waiting", "--json").output) == []
    late = here("approve", str(offered.id), "--heard")
    assert isinstance(late.exception, NotFound)


def test_an_editor_at_the_command_line_decides_nothing(here, offered):
    for words in (("approve", str(offered.id), "--heard"), ("keep", str(offered.id))):
        assert isinstance(here(*words, login="lan").exception, NotPermitted)


# A natural voice


def test_the_voices_that_can_be_had_are_listed_with_size_licence_and_quality(loa):
    told = loa("voice", "get").stdout
    for words in ("vi_VN-vais1000-medium", "63 MB", "CC BY 4.0", "Mức medium của Piper", "không rõ"):
        assert words in told
    rows = json.loads(loa("voice", "get", "--json").stdout)
    assert next(row["name"] for row in rows) == "vi_VN-vais1000-medium"
    assert not any(row["here"] or row["speaks"] for row in rows)


@pytest.mark.needs_piper
def test_a_voice_is_taken_from_a_folder_and_speaks(loa, tmp_path):
    stick = tmp_path / "usb"
    stick.mkdir()
    write_voice(stick, name="giong-a")
    done = loa("voice", "get", "--from", str(stick))
    assert done.returncode == 0, done.stderr
    assert "Đã có giọng giong-a." in done.stdout
    assert "giong-a" in loa("voice", "list").stdout


@pytest.mark.needs_piper
def test_a_folder_without_a_voice_is_refused(loa, tmp_path):
    done = loa("voice", "get", "--from", str(tmp_path))
    assert done.returncode == 1
    assert "Cần đúng hai tệp của một giọng" in done.stderr
