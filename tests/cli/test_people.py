"""`loa person …` and `loa audit`: people and what they did, from the machine itself."""

import json

import pytest
from click.testing import CliRunner

from scheduler.cli import loa
from scheduler.core.model import Role
from scheduler.kernel.errors import NotFound, NotPermitted, Refused


@pytest.fixture
def run(tmp_path):
    def command(*words, given=None):
        answer = CliRunner(mix_stderr=False).invoke(loa, ["--data", str(tmp_path / "data"), *words], input=given)
        if answer.exception and not isinstance(answer.exception, SystemExit):
            raise answer.exception
        return answer

    return command


@pytest.fixture
def lan(run):
    run("person", "add", "lan", "--name", "Lan", given="mat-khau-cua-lan\n" * 2)
    return "lan"


def listed(run):
    return {one["login"]: one for one in json.loads(run("person", "list", "--json").stdout)}


def test_a_person_is_added_listed_and_changed(run, lan):
    assert "Lan" in run("person", "list").stdout
    assert listed(run)["lan"] == {
        "login": "lan", "name": "Lan", "role": "editor", "zones": [], "active": True, "totp": False, "code": False
    }  # fmt: skip
    run("person", "set", "lan", "--role", "approver", "--name", "Lan Anh")
    assert (listed(run)["lan"]["role"], listed(run)["lan"]["name"]) == (Role.APPROVER.value, "Lan Anh")


def test_a_contributor_needs_a_zone_of_the_ward(run):
    with pytest.raises(Refused) as refused:
        run("person", "add", "tu", "--role", "contributor", "--zone", "khu-pho-9", given="mat-khau-cua-tu\n" * 2)
    assert refused.value.reason == "zone_unknown"


def test_a_lost_password_becomes_a_temporary_one_or_one_that_is_typed(run, lan):
    assert "Mật khẩu tạm của Lan: " in run("person", "password", "lan").stdout
    typed = "cau-moi-cua-lan\ncau-moi-cua-lan\n"
    assert "Đã đổi mật khẩu" in run("person", "password", "lan", "--ask", given=typed).stdout


def test_a_person_is_switched_off_and_on(run, lan):
    run("person", "off", "lan")
    assert not listed(run)["lan"]["active"]
    run("person", "on", "lan")
    assert listed(run)["lan"]["active"]


def test_a_lost_telephone_is_mended(run, lan):
    with pytest.raises(Refused) as refused:
        run("person", "totp-off", "lan")
    assert refused.value.reason == "totp_off"


def test_sessions_are_listed_and_ended(run, lan):
    assert "Thiết bị" in run("person", "sessions", "lan").stdout
    assert "Đã kết thúc 0 phiên" in run("person", "sessions", "lan", "--end").stdout


def test_what_was_done_is_read_back(run, lan):
    rows = json.loads(run("audit", "--json", "--about", "person").stdout)
    first = rows[0]
    assert (first["kind"], first["title"], first["via"], first["act"]) == ("insert", "Lan", "cli", "manage_people")
    assert (first["name"], first["route"]) == ("Máy trạm", "person add")
    assert "Máy trạm" in run("audit", "--act", "manage_people", "--limit", "1").stdout
    assert json.loads(run("audit", "--json", "--by", "lan").stdout) == []


def test_who_has_no_right_is_refused_and_told(run, lan):
    with pytest.raises(NotPermitted):
        run("--as", "lan", "audit")
    (row,) = json.loads(run("audit", "--json", "--act", "read_audit", "--by", "lan").stdout)
    assert (row["kind"], row["note"]) == ("refused", "not_permitted")


def test_the_chain_is_verified_and_a_broken_one_is_exit_code_1(run, lan, tmp_path):
    import sqlite3

    whole = json.loads(run("audit", "--verify", "--json").stdout)
    assert whole["whole"]
    assert whole["head"] in run("audit", "--verify").stdout
    conn = sqlite3.connect(tmp_path / "data" / "loa.db")
    conn.execute("DROP TRIGGER audit_no_update")
    conn.execute("UPDATE audit SET name = 'X' WHERE seq = 1")
    conn.commit()
    conn.close()
    broken = run("audit", "--verify")
    assert broken.exit_code == 1
    assert "Dòng 1" in broken.stderr


def test_an_unknown_login_is_said_to_be_one(run):
    with pytest.raises(Refused) as refused:
        run("person", "off", "ai-do")
    assert refused.value.reason == "not_found"


def test_a_login_that_nobody_has_is_refused_whatever_is_asked(run, lan):
    with pytest.raises(NotFound):
        run("--as", "nobody", "plan")
    assert run("--as", "lan", "plan").exit_code == 0


def test_a_password_is_no_argument(run):
    told = run("person", "add", "lan", "--password", "mat-khau-cua-lan")
    assert told.exit_code == 2
