"""`loa campaign …` as a script uses it: the same acts as the page, exit codes, one JSON document."""

import json

import pytest

from tests.cli.test_commands import loa

__all__ = ["loa"]

WORDS = ("--window", "05:00-20:00", "--base", "4", "--from", "01/12/2030", "--to", "31/12/2030")


@pytest.fixture
def two(loa):
    """Two announcements without a sound: enough to plan with."""
    for title in ("Bản tin một", "Bản tin hai"):
        loa("announcement", "new", "--title", title, "--text", "Kính mời bà con.")


def test_phases_boosts_and_rotation_are_said_on_the_command_line(loa, two):
    phase = "16/12/2030..20/12/2030 base=2 factor=3 windows=06:00-07:00,17:00-18:00"
    made = loa("campaign", "new", "1", "--also", "2", "--share", "1.5", "--phase", phase, *WORDS, "--start").stdout
    told = json.loads(loa("campaign", "impact", made.strip(), "--json").stdout)
    ordered = {day["day"]: day["ordered"] for day in told["days"]}
    assert ordered["2030-12-01"]["minutes"] == pytest.approx(0.015 * 15 * 60)
    assert ordered["2030-12-16"] == {"airings": 6, "minutes": None}
    assert told["displaced"] == []
    table = loa("campaign", "impact", made.strip()).stdout
    assert "16/12/2030" in table
    assert "6 lượt" in table


def test_what_is_left_out_is_said_on_the_command_line(loa, two):
    left_out = ("--except-day", "02/12/2030", "--except-window", "11:00-13:00", "--max-minutes", "30")
    made = loa("campaign", "new", "1", *WORDS, *left_out, "--start").stdout.strip()
    days = {day["day"]: day for day in json.loads(loa("campaign", "impact", made, "--json").stdout)["days"]}
    assert {day: told["ordered"]["airings"] for day, told in days.items()}["2030-12-02"] == 0
    only = loa("campaign", "new", "2", *WORDS, "--only-day", "03/12/2030", "--start").stdout.strip()
    days = json.loads(loa("campaign", "impact", only, "--json").stdout)["days"]
    assert {day["day"] for day in days if day["ordered"]["airings"]} == {"2030-12-03"}


@pytest.mark.parametrize(
    "phase", ["16/12/2030 lần=3", "16/12/2030 base=hai", "16/12/2030 factor=hai", "16/12/2030 factor=2 target=3"]
)
def test_a_phase_that_is_no_phase_is_wrong_usage(loa, two, phase):
    loa("campaign", "new", "1", *WORDS, "--phase", phase, code=2)


def test_a_campaign_is_paused_resumed_replaced_stopped_and_put_in_order(loa, two):
    old = loa("campaign", "new", "1", *WORDS, "--start").stdout.strip()
    new = loa("campaign", "new", "2", *WORDS).stdout.strip()
    assert "tạm dừng" in loa("campaign", "pause", old, "--at", "02/12/2030", "--until", "12:00 03/12/2030").stdout
    assert len(loa("campaign", "pause", old, "--at", "01/12/2000", code=1).stderr.splitlines()) == 1
    assert "phát tiếp" in loa("campaign", "resume", old).stdout
    loa("campaign", "resume", old, code=1)
    loa("campaign", "replace", old, new, "--at", "12:00 05/12/2030")
    ordered = {}
    for campaign_id in (old, new):
        days = json.loads(loa("campaign", "impact", campaign_id, "--json").stdout)["days"]
        ordered[campaign_id] = {day["day"]: day["ordered"]["airings"] for day in days}
    assert ordered[old]["2030-12-05"] + ordered[new]["2030-12-05"] == 4
    assert ordered[new]["2030-12-06"] == 4
    assert loa("campaign", "order").stdout == "Không có đợt nào trùng giờ.\n"
    assert json.loads(loa("campaign", "order", new, old, "--json").stdout) == []
    loa("campaign", "order", new, code=1)
    loa("campaign", "stop", new, "--at", "mai", code=1)
    assert "Đã dừng" in loa("campaign", "stop", new).stdout
