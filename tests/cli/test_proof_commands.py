"""`loa proof` and `loa journal --verify` on a real station."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from scheduler.commands.proof import proof
from scheduler.commands.reports import journal
from scheduler.kernel.errors import Refused
from tests.cli.here import Here
from tests.services.closed_days import DAY, three_days, with_a_tool


@pytest.fixture
def told(cast, clock, station):
    """What a command prints for a station that has aired on three days, two of them over."""
    three_days(cast, clock)
    station.services.proof.close_days()

    def run(command, *words: str, code: int = 0) -> str:
        done = CliRunner().invoke(command, list(words), obj=Here(None, None, None, station), catch_exceptions=False)
        assert done.exit_code == code, done.output
        return done.stdout

    return run


def test_the_key_is_one_line_that_can_be_handed_over(told, station):
    key = station.services.proof.key().public
    assert told(proof, "key") == f"{key}\n"
    assert json.loads(told(proof, "key", "--json")) == {"key": key, "before": []}


def test_a_new_key_is_told_with_what_to_do(told, station):
    old = station.services.proof.key().public
    text = told(proof, "key", "--new")
    assert text.splitlines()[0] == station.services.proof.key().public != old
    assert "hãy báo khóa cho cấp trên" in text
    assert json.loads(told(proof, "key", "--json"))["before"] == [old]


def test_the_checkpoints_are_listed(told):
    lines = told(proof, "list").splitlines()
    assert lines[2].split()[:6] == ["1", "02/12/2026", "2", "2", "4.5", "có"]
    first, second = json.loads(told(proof, "list", "--json"))["checkpoints"]
    assert (first["day"], second["day"]) == ("2026-12-02", "2026-12-03")
    assert first["sums"]["2026-12-02"]["played"] == {"airings": 1, "ms": 3000}


def test_days_may_be_closed_by_hand_as_often_as_one_likes(told, clock):
    clock.advance(40 * 86_400)
    assert told(proof, "checkpoint") == "Đã ký 40 điểm chốt.\n"
    assert told(proof, "checkpoint") == "Mọi ngày đã qua đều có điểm chốt.\n"
    assert json.loads(told(proof, "checkpoint", "--json")) == {"made": 0}


def test_a_file_is_written_and_what_is_in_it_told(told, tmp_path):
    path = tmp_path / "nop.jsonl"
    text = told(proof, "export", "2026-12-02", "03/12/2026", "--to", str(path))
    assert text == f"Đã ghi {path}: 4 dòng nhật ký, 2 điểm chốt.\n"
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["last_day"] == "2026-12-03"
    told_json = json.loads(told(proof, "export", "2026-12-03", "--to", str(path), "--json"))
    assert told_json == {"rows": 2, "checkpoints": 2, "unsigned": 0, "file": str(path)}


@pytest.mark.parametrize(
    ("days", "reason"),
    [(("2026-12-03", "2026-12-02"), "dates_backwards"), (("2020-01-01",), "proof_nothing")],
)
def test_days_that_have_no_proof_are_refused(told, tmp_path, days, reason):
    with pytest.raises(Refused) as refused:
        told(proof, "export", *days, "--to", str(tmp_path / "x"))
    assert refused.value.reason == reason
    assert not (tmp_path / "x").exists()


def test_a_place_that_cannot_be_written_is_refused_and_leaves_nothing(told, tmp_path):
    with pytest.raises(Refused) as refused:
        told(proof, "export", "2026-12-02", "--to", str(tmp_path / "none" / "x"))
    assert refused.value.reason == "file_unwritable"


def test_verifying_says_how_much_is_signed(told):
    text = told(journal, "--date", "2026-12-02", "--verify")
    assert "Chuỗi nhật ký nguyên vẹn: 6 dòng; 2 điểm chốt có chữ ký đúng, đã ký đến dòng 4." in text
    found = json.loads(told(journal, "--verify", "--json", "--since", str(DAY + timedelta(days=1))))["verify"]
    whole = {"whole": True, "rows": 6, "broken": None, "checkpoints": 2, "signed_rows": 4}
    assert found == whole | {"anchored_rows": 6, "audit_rows": None, "notes": []}


def test_what_does_not_hold_is_told_in_one_sentence(told, station):
    with_a_tool(
        station,
        "DELETE FROM slot WHERE id IN (SELECT slot_id FROM journal WHERE seq > 3)",
        "DELETE FROM journal WHERE seq > 3",
    )
    text = told(journal, "--verify", code=1)
    assert "mất các dòng sau dòng 3: điểm chốt ngày 03/12/2026 đã ký đến dòng 4" in text
    broken = json.loads(told(journal, "--verify", "--json", code=1))["verify"]["broken"]
    assert (broken["seq"], broken["reason"]) == (4, "journal_tail_removed")
    assert "row 4" in broken["fault"]


def test_since_alone_is_wrong_usage(told):
    told(journal, "--since", "2026-12-02", code=2)
