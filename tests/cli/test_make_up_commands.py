"""`loa announcement judge`, `submit` and `approve`: what gives way to a fixed time is decided in the terminal, too."""

import re
from datetime import timedelta

import pytest
from click.testing import CliRunner

from scheduler.commands.announcements import announcement
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import Refused
from tests.cli.here import Here
from tests.conftest import DAY

BEHIND = DAY + timedelta(days=1)


@pytest.fixture
def told(station, tmp_path):
    def run(*words, by="lan"):
        here = Here(tmp_path / "config.toml", None, by, opened=station)
        done = CliRunner().invoke(announcement, list(words), obj=here, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


@pytest.fixture
def number(station, cast):
    """A recording for a time that costs an airing today; tomorrow has room for it."""
    plain = {"windows": (parse_window("16:30-16:40"),), "min_gap": timedelta(minutes=1)}
    cast.planned(cast.approved(60.0, "Rác thải", 300.0), title="Đợt rác", base=2, rank=2, end=BEHIND, **plain)
    cast.planned(cast.approved(60.0, "Tiêm chủng", 200.0), base=3, rank=1, **plain)
    clip = cast.clip(60.0)
    made = station.services.announcements.record(cast.lan, "Cắt nước", clip.sha256)
    station.services.announcements.heard(cast.lan, made, clip.sha256)
    return str(made)


def test_what_judge_prints_is_taken_by_submit_and_written_by_approve(station, told, number):
    said = told("judge", number, "--at", "16:34")
    gives_way, made_up_at = re.search(r'--gives-way (\S+) --made-up-at "([^"]+)"', said).groups()
    decided = ("--at", "16:34", "--gives-way", gives_way, "--made-up-at", made_up_at)
    assert "phát được." in told("judge", number, *decided)
    with pytest.raises(Refused, match="wish_displaces"):
        told("submit", number, "--at", "16:34")
    with pytest.raises(Refused, match="make_up_gone"):
        told("submit", number, *decided[:4])
    told("submit", number, *decided)
    sentence = told("approve", number, "--heard", by="minh")
    assert "“Rác thải” lúc" in sentence
    assert "phát bù lúc" in sentence
    assert [slot.makes_good for slot in station.repos.slots.of_day(BEHIND) if slot.makes_good] == [gives_way]
