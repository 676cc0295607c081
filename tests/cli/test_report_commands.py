"""`loa report`: the forms printed, written to files, and told as JSON."""

import json

import pytest

from tests.cli.test_commands import loa  # noqa: F401 - a fixture


def test_a_report_is_printed_for_the_eye(loa):  # noqa: F811
    text = loa("report", "airtime", "--period", "2026-Q4").stdout
    assert text.startswith("BÁO CÁO THỜI LƯỢNG PHÁT SÓNG: quý IV năm 2026")
    assert "không đo" in text


@pytest.mark.parametrize("words", [["log", "--date", "02/12/2026"], ["airtime"], ["fees", "--period", "2026-H2"]])
def test_json_is_one_document(loa, words):  # noqa: F811
    told = json.loads(loa("report", *words, "--json").stdout)
    assert told["SoLieu"]


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "html", "csv", "json"])
def test_the_ending_of_the_file_is_its_format(loa, tmp_path, kind):  # noqa: F811
    target = tmp_path / f"a.{kind}"
    assert str(target) in loa("report", "log", "--to", str(target)).stdout
    starts = {"pdf": b"%PDF", "xlsx": b"PK", "html": b"<!doctype", "csv": b"\xef\xbb\xbf", "json": b"{"}
    assert target.read_bytes().startswith(starts[kind])


def test_a_format_stands_over_the_ending(loa, tmp_path):  # noqa: F811
    told = json.loads(loa("report", "fees", "--to", str(tmp_path / "a.dat"), "--format", "csv", "--json").stdout)
    assert told["format"] == "csv"
    assert told["bytes"] == (tmp_path / "a.dat").stat().st_size


def test_a_file_that_cannot_be_written_is_one_sentence(loa, tmp_path):  # noqa: F811
    done = loa("report", "log", "--to", str(tmp_path / "missing" / "a.pdf"), code=1)
    assert "Không ghi được tệp" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_usage_is_told_as_such(loa, tmp_path):  # noqa: F811
    loa("report", "log", "--to", str(tmp_path / "a.docx"), code=2)
    loa("report", "log", "--format", "pdf", code=2)


def test_a_period_or_a_dispatch_that_is_none_is_refused(loa):  # noqa: F811
    assert "Kỳ báo cáo" in loa("report", "airtime", "--period", "2026-13", code=1).stderr
    loa("report", "certificate", "7", code=1)
