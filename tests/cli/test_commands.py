"""The command line as an officer's scripts use it: real processes, exit codes, one sentence, one JSON document."""

import json
import os
import re
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from tests import lives
from tests.services.dispatch.test_dispatch_drafts import COUNTED, EACH

SAMPLES = Path(__file__).parents[2] / "scheduler" / "samples"


@pytest.fixture
def loa(tmp_path):
    """Run `loa` on a station folder of its own with the offline voice."""
    (tmp_path / "config.toml").write_text(
        "[speech]\nengines = ['espeak']\n[[output]]\nkind = 'wavfile'\ncounts = true\n"
    )

    def run(*words: str, stdin: str | None = None, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = lives.loa("--config", tmp_path / "config.toml", *words, answer=stdin, cwd=tmp_path)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


def test_the_command_starts_from_nothing_and_warns_of_nothing(loa, tmp_path):
    """The one here that is not forked from a process that has the program already."""
    done = subprocess.run(
        [sys.executable, "-m", "scheduler.cli", "--config", str(tmp_path / "config.toml"), "now", "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        env=os.environ | {"PYTHONWARNINGS": "default"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["alive"] is False


def test_a_command_that_reads_no_text_brings_no_rules_of_reading():
    code = "import scheduler.cli, scheduler.station, sys; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    rules = {
        "audio_assets.speech.normalise",
        "audio_assets.speech.normalise_meanings",
        "scheduler.core.dispatch.reader",
    }
    assert rules & set(told) == set()


def test_nothing_looks_for_garbage_while_a_command_is_imported_nor_through_that_later():
    code = (
        "import gc; before = [one['collections'] for one in gc.get_stats()]; import scheduler.cli\n"
        "print(gc.get_stats()[2]['collections'] - before[2], gc.isenabled(), gc.get_freeze_count() > 10_000)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert told == ["0", "True", "True"]


def test_a_dispatch_reads_as_one_json_document(loa):
    told = json.loads(loa("dispatch", "read", str(SAMPLES / "cong-van-mau.txt"), "--json").stdout)
    assert told["doc_type"] == "công văn"
    assert told["phones"] == ["02373761666", "02373776559"]


@pytest.mark.parametrize(
    ("text", "words", "campaigns"), [(COUNTED, (), {1}), (EACH, (), {1, 2}), (COUNTED, ("--apart",), {1, 2})]
)
def test_drafts_of_a_dispatch_take_turns_unless_told_apart(loa, tmp_path, text, words, campaigns):
    (tmp_path / "12.txt").write_text(text, encoding="utf-8")
    loa("dispatch", "import", str(tmp_path / "12.txt"))
    made = json.loads(loa("dispatch", "draft", "1", *words, "--json").stdout)["drafts"]
    assert [one["announcement_id"] for one in made] == [1, 2]
    assert {one["campaign_id"] for one in made} == campaigns
    told = loa("dispatch", "draft", "1").stdout
    assert ("2 bản tin thay phiên nhau, số lượt tính chung" in told) is (campaigns == {1})


def test_a_file_that_is_no_dispatch_is_refused_in_one_sentence(loa, tmp_path):
    (tmp_path / "thu.txt").write_text("Chào chị, chiều nay em qua nhà chị chơi nhé.")
    done = loa("dispatch", "read", str(tmp_path / "thu.txt"), "--json", code=1)
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_missing_file_is_wrong_usage(loa):
    loa("dispatch", "read", "khong-co.txt", code=2)


def test_normalise_gives_one_line_out_for_one_line_in(loa):
    lines = ["Gọi 02373761666", "", "UBND phường", "ngày 13/3/2020"]
    said = loa("normalise", "-", stdin="\n".join(lines) + "\n").stdout.split("\n")
    assert len(said) == len(lines) + 1
    assert said[1] == ""
    assert not any(character.isdigit() for line in said for character in line)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "gọi một một ba theo công văn số năm, thông báo, ủy ban nhân dân lúc một trăm linh năm"),
        (("--dialect", "southern"), "gọi một một ba theo công văn số năm, thông báo, ủy ban nhân dân lúc một trăm lẻ năm"),
        (("--short-documents",), "gọi một một ba theo công văn số năm lúc một trăm linh năm"),
        (("--repeat-phones", "--short-documents"),
         "gọi một một ba, xin nhắc lại, một một ba theo công văn số năm lúc một trăm linh năm"),
    ],
    ids=["plain", "southern", "short", "repeated"],
)  # fmt: skip
def test_normalise_reads_in_the_style_that_was_asked_for(loa, options, said):
    assert loa("normalise", "gọi 113 theo công văn số 5/TB-UBND lúc 105", *options).stdout.strip() == said


def test_normalise_reads_a_line_of_an_old_office_font():
    from click.testing import CliRunner

    from scheduler.cli import loa as command

    lines = "c¾t n­íc".encode("latin-1") + b"\n\xc3\n" + "cắt nước".encode() + b"\xff\n"
    assert CliRunner().invoke(command, ["normalise", "-"], input=lines).stdout == "cắt nước\n\ncắt nước\n"


def test_normalise_of_an_argument_is_one_line(loa):
    assert loa("normalise", "Lúc 17h00,\nngày 13/3").stdout.count("\n") == 1


def test_speak_writes_a_house_format_file(loa, tmp_path):
    loa("speak", "Xin chào bà con.", "-o", str(tmp_path / "a.wav"), "--engine", "espeak")
    with wave.open(str(tmp_path / "a.wav")) as wav:
        assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (1, 2, 48_000)
        assert wav.getnframes() > 24_000


@pytest.mark.parametrize("text", ["", "...!?", "🙂🙂"])
def test_nothing_to_say_is_refused_and_leaves_no_file(loa, tmp_path, text):
    loa("speak", text, "-o", str(tmp_path / "a.wav"), code=1)
    assert not (tmp_path / "a.wav").exists()


def test_a_megabyte_of_text_is_refused(loa, tmp_path):
    (tmp_path / "dai.txt").write_text("bà con " * 150_000)
    done = loa("announcement", "new", "--title", "dài", "--file", str(tmp_path / "dai.txt"), code=1)
    assert "20000" in done.stderr
    assert json.loads(loa("announcement", "list", "--json").stdout) == []


def test_audio_check_tells_what_was_measured(loa, tmp_path):
    loa("speak", "Xin chào bà con nhân dân trong phường.", "-o", str(tmp_path / "a.wav"))
    told = json.loads(loa("audio", "check", str(tmp_path / "a.wav"), "--json").stdout)
    assert set(told) == {
        "verdict", "reason", "warnings", "seconds", "lufs", "true_peak_dbtp", "clipped_share", "silent_share",
        "channels", "sample_rate", "sha256", "dc_offset", "cut_start", "cut_end",
    }  # fmt: skip
    assert told["verdict"] == "ready"
    assert -17 < told["lufs"] < -15


def test_audio_check_of_no_audio_says_refused_and_why(loa, tmp_path):
    (tmp_path / "a.mp3").write_text("<html>không phải nhạc</html>")
    done = loa("audio", "check", str(tmp_path / "a.mp3"), "--json", code=1)
    assert json.loads(done.stdout)["verdict"] == "refused"


def test_the_officers_path_on_the_command_line_alone(loa):
    loa("user", "add", "minh", "--name", "Minh", "--role", "approver", stdin="mat-khau-cua-minh\n" * 2)
    made = json.loads(loa("dispatch", "import", str(SAMPLES / "cong-van-mau.txt"), "--draft", "--json").stdout)
    announcement, campaign = str(made["announcement_id"]), str(made["campaign_id"])
    loa("announcement", "speak", announcement)
    loa("announcement", "submit", announcement, code=1)
    previewed = json.loads(loa("campaign", "preview", campaign, "--date", "ngày mai", "--json").stdout)
    assert len(previewed["slots"]) >= 3
    loa("campaign", "start", campaign, code=1)  # the order says no number: an officer looks at it first
    loa("announcement", "submit", announcement, "--heard", code=1)
    loa("dispatch", "confirm", str(made["dispatch_id"]), "1")
    loa("announcement", "submit", announcement, "--heard")
    loa("--as", "minh", "announcement", "approve", announcement, "--heard")
    planned = json.loads(loa("plan", "--date", previewed["date"], "--json").stdout)
    assert [slot["start"] for slot in planned["slots"]] == [slot["start"] for slot in previewed["slots"]]
    told = json.loads(loa("journal", "--verify", "--json").stdout)
    whole = {
        "whole": True,
        "rows": 0,
        "broken": None,
        "checkpoints": 0,
        "signed_rows": 0,
        "anchored_rows": 0,
        "notes": [],
    }
    assert told["verify"] == whole | {"audit_rows": told["verify"]["audit_rows"]}


def test_the_writer_cannot_approve_even_on_the_command_line(loa):
    number = loa("announcement", "new", "--title", "Họp tổ", "--text", "Mời bà con đi họp.").stdout.strip()
    loa("announcement", "speak", number)
    timeless = loa("announcement", "submit", number, "--heard", code=1)
    assert "Chưa chọn giờ phát nên chưa gửi được (thiếu at)" in timeless.stderr
    loa("announcement", "submit", number, "--heard", "--only-stored")
    loa("announcement", "approve", number, "--heard", code=1)


def test_a_recording_is_taken_in_listed_and_retired(loa, tmp_path):
    loa("speak", "Xin chào bà con nhân dân.", "-o", str(tmp_path / "a.wav"))
    taken = json.loads(loa("audio", "add", str(tmp_path / "a.wav"), "--title", "Lời chào", "--json").stdout)
    assert [clip["sha256"] for clip in json.loads(loa("audio", "list", "--json").stdout)] == [taken["sha256"]]
    loa("audio", "retire", taken["sha256"][:10])
    assert json.loads(loa("audio", "list", "--json").stdout) == []


def test_config_faults_are_all_said(loa, tmp_path):
    (tmp_path / "config.toml").write_text("[web]\nprot = 1\nport = 0\n[quiet_hours]\nwindows = ['25-26']\n")
    done = loa("config", "check", code=1)
    assert "web.prot" in done.stderr
    assert 'không biết khóa "web.prot"; có phải muốn viết "web.port"?' in done.stderr
    assert '"web.port" phải' in done.stderr
    english = loa("--lang", "en", "config", "check", code=1).stderr
    assert 'unknown key "web.prot"; did you mean "web.port"?' in english
    assert not re.search("[À-ỹ]", english)


@pytest.mark.parametrize("day", ["29/02/2027", "31/4/2026", "hôm kia"])
def test_a_day_that_does_not_exist_is_refused(loa, day):
    loa("plan", "--date", day, code=1)


def test_a_broken_journal_fails_verification(loa, tmp_path):
    import sqlite3

    loa("journal")
    with sqlite3.connect(tmp_path / "data" / "loa.db") as db:
        db.execute(
            "INSERT INTO journal (seq, at, kind, day, prev_hash, hash) VALUES (1, 'x', 'station', '2026-12-02', '0', 'f')"
        )
    db.close()
    done = loa("journal", "--verify", "--json", code=1)
    assert json.loads(done.stdout)["verify"]["broken"]["seq"] == 1


def test_doctor_names_what_it_looked_at(loa):
    done = loa("doctor")
    for what in ("Ổ đĩa", "Giọng espeak", "Đầu ra", "Nhật ký", "Đồng hồ"):
        assert what in done.stdout


def test_a_data_folder_that_cannot_be_made_is_refused(loa, tmp_path):
    (tmp_path / "file").write_text("")
    loa("--data", str(tmp_path / "file" / "data"), "journal", code=1)


def test_now_on_a_station_that_does_not_run_says_so(loa):
    assert json.loads(loa("now", "--json").stdout)["alive"] is False


def test_the_demo_airs_and_proves_in_one_go(loa, tmp_path):
    done = loa("demo", "--folder", str(tmp_path / "demo"))
    assert "KHÔNG CÓ LOA NÀO KÊU: 1 lượt chỉ được ghi ra tệp" in done.stdout
    assert "Đã phát" not in done.stdout
    assert "nguyên vẹn: 1 dòng" in done.stdout
    (aired,) = (tmp_path / "demo" / "wav").rglob("*.wav")
    assert str(aired) in done.stdout
