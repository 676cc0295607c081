"""`loa sms …`: from a draft to the file, as an officer at the machine would type it."""

import csv
import json

import pytest
from click.testing import CliRunner

from scheduler.cli import loa
from scheduler.config.loading import parse
from scheduler.kernel.errors import ConfigError, Refused

TEXT = "Mời bà con tiêm phòng"


@pytest.fixture
def run(tmp_path, station, lan, minh, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*words, login="lan", ok=True, stdin=""):
        done = CliRunner().invoke(loa, ["--as", login, "sms", *words], input=stdin)
        if not ok:
            assert isinstance(done.exception, Refused)
            return done.exception.reason
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    return call


def test_a_text_is_counted_both_ways(run):
    told = json.loads(run("count", "--json", "Tổ 5 “họp”"))
    assert (told["written"]["alphabet"], told["written"]["culprits"]) == ("ucs2", ["ổ", "“", "ọ", "”"])
    assert (told["plain"]["alphabet"], told["plain"]["text"]) == ("gsm7", 'To 5 "hop"')
    assert "1 phần · 4 ký tự" in run("count", stdin="Tổ 5\n")


def test_from_a_draft_to_the_file_for_the_telecoms(run, tmp_path):
    sms_id = run("new", "--title", "Tiêm", "--text", TEXT, "--plain").strip()
    assert run("hand-over", sms_id, "-o", "nha-mang.csv", ok=False) == "sms_unapproved"
    assert not (tmp_path / "nha-mang.csv").exists()
    run("submit", sms_id)
    assert "Moi ba con tiem phong" in run("approve", sms_id, login="minh")
    run("hand-over", sms_id, "-o", "nha-mang.csv")
    with (tmp_path / "nha-mang.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["Nội dung"] for row in rows} == {"Moi ba con tiem phong"}
    assert {row["Người duyệt"] for row in rows} == {"Minh"}
    assert json.loads(run("list", "--json"))[0]["state"] == "handed_over"


def test_a_list_is_checked_and_its_faults_are_told(run, tmp_path):
    sms_id = run("new", "--title", "Tiêm", "--text", TEXT).strip()
    run("submit", sms_id)
    run("approve", sms_id, login="minh")
    (tmp_path / "ds.txt").write_text("0912345678\n0912 345 678\n02373761666\n", encoding="utf-8")
    told = run("send", sms_id, "--numbers", "ds.txt", "--check")
    assert "1 số" in told
    assert "Trùng: 1" in told
    assert "Dòng 3: “02373761666” là số cố định" in told
    assert run("send", sms_id, "--numbers", "ds.txt", ok=False) == "sms_off"
    told = run("hand-over", sms_id, "-o", "tung-so.csv", "--numbers", "ds.txt")
    assert "Trùng: 1" in told
    assert "Dòng 3: “02373761666” là số cố định" in told
    assert "84912345678" in (tmp_path / "tung-so.csv").read_text(encoding="utf-8-sig")
    assert json.loads(run("show", sms_id, "--json"))["cleared"]


def test_a_returned_or_withdrawn_sms_and_a_stop_of_nothing(run):
    sms_id = run("new", "--title", "Tiêm", "--text", TEXT).strip()
    run("submit", sms_id)
    run("return", sms_id, "--reason", "Thiếu giờ", login="minh")
    run("withdraw", sms_id)
    assert "Đã rút" in run("show", sms_id)
    assert run("stop", "9", ok=False) == "not_found"
    assert run("go-on", "9", ok=False) == "sms_off"


def test_who_wants_none_and_the_gateway_that_is_not_there(run):
    run("opt-out", "0912345678", "--note", "gọi tới")
    assert "+84912345678" in run("opt-out")
    run("opt-out", "0912345678", "--remove")
    assert "+84912345678" not in run("opt-out")
    assert run("gateway", ok=False) == "sms_off"


def faults_of(text, tmp_path):
    try:
        parse(text, tmp_path)
    except ConfigError as error:
        return len(error.faults)
    return 0


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ('url = ""', 0),
        ('url = "http://127.0.0.1:13013/cgi-bin/sendsms"', 0),
        ('url = "https://gateway.example:8443/send"', 0),
        ('url = "http://ten:mat-khau@gateway.example/"', 1),
        ('url = "http://gateway.example/send?user=a"', 1),
        ('url = "ftp://gateway.example/"', 1),
        ('url = "line:"', 1),
        ('sender = "UBND BacSon"', 0),
        ('sender = "+84912345678"', 0),
        ('sender = "Phường Bắc Sơn"', 1),
        ('sender = "TwelveLetter"', 1),
        ("rate_per_second = 0.0", 1),
        ("timeout_seconds = 0.5", 1),
        ('allowed_hosts = ["10.0.0.0/8", "sms.example"]', 0),
        ('allowed_hosts = ["không phải máy"]', 1),
    ],
)
def test_keys_of_the_gateway_are_checked_when_the_file_is_read(line, faults, tmp_path):
    assert faults_of(f"[sms]\n{line}\n", tmp_path) == faults
