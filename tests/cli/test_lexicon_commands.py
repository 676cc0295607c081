"""`loa lexicon …`: the word list as an officer at the machine would change it."""

import json

import pytest
from click.testing import CliRunner

from scheduler.cli import loa
from scheduler.kernel.errors import Refused


@pytest.fixture
def run(tmp_path, station, lan, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*words, ok=True):
        done = CliRunner().invoke(loa, ["--as", "lan", "lexicon", *words])
        if not ok:
            assert isinstance(done.exception, Refused)
            return done.exception.reason
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    return call


def test_a_form_is_added_shown_changed_and_taken_away(run, station):
    station.services.announcements.write(station.repos.people.by_login("lan"), "Họp", "Ban VHHT họp.")
    told = run("add", "VHHT", "văn hóa thông tin")
    assert "- 1 Họp" in told
    assert "sau đó: Ban văn hóa thông tin họp." in told
    assert "VHHT" in run("list")
    assert run("add", "VHHT", "văn hóa", ok=False) == "lexicon_exists"
    run("add", "VHHT", "văn hóa", "--replace")
    (row,) = json.loads(run("list", "--json"))
    assert (row["said"], row["list"], row["state"]) == ("văn hóa", "Phường", "dùng")
    assert "Đã bỏ" in run("remove", "VHHT")
    assert json.loads(run("list", "--json")) == []


def test_a_shipped_form_is_found_without_diacritics_and_switched_off_and_on(run):
    found = {
        row["written"]: row["said"] for row in json.loads(run("list", "--all", "--search", "hop tac xa", "--json"))
    }
    assert "HTX" in found
    assert all("hợp tác xã" in said for said in found.values())
    assert "Đã tắt" in run("remove", "HTX")
    assert "Chưa biết đọc: HTX" in run("preview", "HTX 12")
    assert "Đã bật lại" in run("remove", "HTX")
    assert run("remove", "KHONGCO", ok=False) == "lexicon_not_listed"


def test_the_newest_change_is_taken_back(run):
    run("add", "VHHT", "văn hóa")
    assert "Đã hoàn tác thay đổi 1" in run("undo")
    assert run("undo", ok=False) == "not_found"
    run("undo", "2")
    assert len(json.loads(run("list", "--json"))) == 1


def test_a_form_is_tried_without_being_kept(run):
    told = run("preview", "Ban VHHT", "--written", "VHHT", "--said", "văn hóa")
    assert "sau đó: Ban văn hóa" in told
    told = json.loads(run("preview", "Ban VHHT", "--written", "VHHT", "--said", "văn hóa", "--json"))
    assert (told["said"], told["unknown"]) == ("Ban văn hóa", [])
    assert json.loads(run("list", "--json")) == []


def test_a_pattern_needs_a_sentence_it_stands_in(run):
    assert run("add", r"KP(\d)", r"khu phố \1", "--pattern", ok=False) == "lexicon_sample_needed"
    assert "sau đó: khu phố năm" in run("add", r"KP(\d)", r"khu phố \1", "--pattern", "--sample", "KP5")


def test_a_list_given_out_with_a_name_is_taken_in_elsewhere_as_a_list(run, tmp_path, station):
    run("add", "VHHT", "văn hóa thông tin")
    run("export", "thi-xa.toml", "--name", "Thị xã", "--version", "2")
    run("remove", "VHHT")
    assert "Mới 1, đổi 0" in run("import", "thi-xa.toml", "--dry-run")
    assert station.services.lexicon.rows.lists() == []
    assert "Đã nhập" in run("import", "thi-xa.toml")
    (kept,) = station.services.lexicon.rows.lists()
    assert (kept.name, kept.version) == ("Thị xã", "2")
    assert run("import", "thi-xa.toml", ok=False) == "lexicon_same_list"
    assert "VHHT" in run("export", "--list", "Thị xã", "--csv")
    assert run("export", "--list", "Khác", ok=False) == "not_found"


def test_a_table_goes_among_the_own_words(run, tmp_path):
    run("add", "VHHT", "văn hóa")
    (tmp_path / "a.csv").write_text("viết,đọc\nVHHT,văn hóa huyện\nNTMX,nông thôn mới xã\n", encoding="utf-8")
    told = run("import", "a.csv")
    assert "VHHT: văn hóa → văn hóa huyện" in told
    assert {row["said"] for row in json.loads(run("list", "--json"))} == {"văn hóa", "nông thôn mới xã"}
    run("import", "a.csv", "--theirs")
    assert {row["said"] for row in json.loads(run("list", "--json"))} == {"văn hóa huyện", "nông thôn mới xã"}
    assert "Không có gì mới" in run("import", "a.csv")


def test_a_faulty_list_is_told_and_not_taken(run, tmp_path):
    (tmp_path / "a.csv").write_text("viết,đọc\nVHHT,UBND xã\n", encoding="utf-8")
    assert run("import", "a.csv", ok=False) == "lexicon_unstable"
    assert json.loads(run("list", "--json")) == []
