"""`loa announcement judge`, `submit`, `offer` and `approve`: what gives way to a fixed time is decided in the terminal,
too, and what was approved is said from its rows.
"""

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


def test_approve_says_which_announcement_and_which_sound_from_their_rows(station, told, number):
    told("submit", number, "--at", "17:00")
    said = told("approve", number, "--heard", by="minh").splitlines()
    kept = station.services.announcements.get(int(number))
    (slot,) = [one for one in station.repos.slots.of_day(DAY) if one.announcement_id == kept.id]
    assert "17:00" in said[0]
    assert said[1] == f"Bản tin {number}: “Cắt nước”; âm thanh 1:00, {kept.approved_sha256[:10]}."
    assert slot.audio_sha256 == kept.approved_sha256


def test_approve_by_a_mark_takes_no_wish_that_has_changed_since_the_offer(station, cast, told, number):
    told("submit", number, "--at", "17:00")
    said, _, mark = told("offer", number, by="minh").strip().rpartition("\n--mark ")
    assert "17:00" in said
    told("return", number, "--reason", "đổi giờ", by="minh")
    sound = station.services.announcements.get(int(number)).audio_sha256
    station.services.announcements.heard(cast.lan, int(number), sound)
    told("submit", number, "--at", "18:30")
    with pytest.raises(Refused, match="wish_changed"):
        told("approve", number, "--heard", "--mark", mark, by="minh")
    assert [one for one in station.repos.slots.of_day(DAY) if one.announcement_id == int(number)] == []
    said, _, mark = told("offer", number, by="minh").strip().rpartition("\n--mark ")
    assert "18:30" in said
    assert "18:30" in told("approve", number, "--heard", "--mark", mark, by="minh")


@pytest.mark.parametrize("wish", [(), ("--soon",)])
def test_the_offer_of_no_time_says_so_or_when_it_would_be(station, told, number, wish):
    told("submit", number, *(wish or ("--only-stored",)))
    assert ("phát được." if wish else "Không có đề nghị phát nào đi kèm.") in told("offer", number, by="minh")


def test_what_loses_airings_of_two_announcements_is_not_named_after_one(told, number, cast, station):
    assert "Dời “Rác thải” thì hôm ấy mất 1 lượt" in told("judge", number, "--at", "16:34")
    clip = cast.clip(240.0, "Dài", 700.0)
    longer = station.services.announcements.record(cast.lan, "Dài", clip.sha256)
    said = told("judge", str(longer), "--at", "16:32")
    assert said.startswith("Dời thì hôm ấy mất 3 lượt")
    assert "--gives-way" not in said
