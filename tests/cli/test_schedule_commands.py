"""`loa schedule …` on a real station: the same acts as the page, the same refusals."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from scheduler.commands.base import Context
from scheduler.commands.schedule import schedule
from scheduler.core.planning.rules import local_day, parse_window
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import Refused


@pytest.fixture
def clock():
    return SystemClock()


@pytest.fixture
def tomorrow(station):
    zone = station.config.station.time_zone
    return local_day(station.clock.now(), zone) + timedelta(days=1)


@pytest.fixture
def told(tmp_path):
    """What `loa schedule` prints for the station of the test."""
    (tmp_path / "config.toml").write_text("[station]\ndata = 'data'\n")

    def run(*words: str) -> str:
        context = Context(tmp_path / "config.toml", None, "lan")
        done = CliRunner().invoke(schedule, list(words), obj=context, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_an_airing_is_moved_left_out_added_and_each_is_taken_back(station, cast, told, tomorrow):
    said = cast.approved()
    cast.running(said, start=tomorrow, end=tomorrow, windows=(parse_window("06:00-07:00"),))
    before = station.repos.slots.of_day(tomorrow)
    change = told("move", before[0].id, "06:02").strip()
    assert station.repos.slots.slot(before[0].id).start != before[0].start
    told("undo", change)
    told("undo", told("leave-out", before[1].id, "--why", "họp").strip())
    told("undo", told("add", str(said), "17:00", "--date", tomorrow.isoformat()).strip())
    assert station.repos.slots.of_day(tomorrow) == before


def test_a_refusal_is_the_desks_own(station, cast, told, tomorrow):
    said = cast.approved()
    with pytest.raises(Refused, match="quiet_hours"):
        told("add", str(said), "23:30", "--date", tomorrow.isoformat())
    with pytest.raises(Refused, match="slot_gone"):
        told("move", "khong-co", "06:00")


def test_what_comes_next_and_what_a_copy_would_do_are_told_as_json(station, cast, told, tomorrow):
    said = cast.approved(title="Cúp nước")
    told("add", str(said), "17:00", "--date", tomorrow.isoformat())
    (item,) = json.loads(told("next", "--json", "--hours", "72"))
    assert (item["title"], item["hindrance"]) == ("Cúp nước", "")
    later = (tomorrow + timedelta(days=1)).isoformat()
    copied = json.loads(told("copy", tomorrow.isoformat(), later, "--json"))
    assert (copied["change"], [one["refused"] for one in copied["airings"]]) == (None, [""])
    taken = json.loads(told("copy", tomorrow.isoformat(), later, "--json", "--take"))
    assert taken["change"]
