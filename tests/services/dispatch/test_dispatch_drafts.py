"""Drafts of a dispatch: one of each thing that it orders to be said, each once, with what the dispatch leaves out."""

from datetime import date

import pytest

from scheduler.core.dispatch import OWN
from scheduler.core.model import Boost, BoostKind
from scheduler.kernel.errors import Refused

LETTER = """ỦY BAN NHÂN DÂN
PHƯỜNG AN BÌNH
Số: 12/UBND-VHXH
An Bình, ngày 30 tháng 11 năm 2026
V/v phòng, chống sốt xuất huyết

Kính gửi: Trạm truyền thanh phường

1. Tăng thời lượng phát thanh về phòng, chống sốt xuất huyết, trừ ngày 05/12/2026.

2. Thông báo cho nhân dân diệt lăng quăng tại nhà vào sáng thứ Bảy hằng tuần.

3. Hướng dẫn nhân dân khi bị sốt đến ngay trạm y tế, gọi 02373761666 để được giúp.

4. Trạm y tế báo cáo số ca mắc về Ủy ban nhân dân phường.
./.
"""


@pytest.fixture
def drafts(station):
    return station.services.dispatch_drafts


@pytest.fixture
def letter(station, lan):
    return station.services.dispatches.import_dispatch(lan, LETTER.encode(), "12.txt")[0]


def aired(drafts, letter):
    return [one.key for one in drafts.items(letter) if one.is_aired]


def test_each_thing_to_be_said_is_a_draft_of_its_own_with_a_campaign(station, lan, drafts, letter):
    made = drafts.make(lan, letter)
    announcements = [station.services.announcements.get(one.announcement_id) for one in made]
    campaigns = [station.services.campaigns.get(one.campaign_id) for one in made]
    assert len(made) == 2
    assert all(one.text.startswith("Ủy ban nhân dân phường An Bình ") for one in announcements)
    assert "lăng quăng" in announcements[0].text
    assert "02373761666" in announcements[1].text
    assert [one.announcement_id for one in campaigns] == [one.id for one in announcements]
    assert {one.except_days for one in campaigns} == {(date(2026, 12, 5),)}
    assert {one.dispatch_id for one in (*announcements, *campaigns)} == {letter}


def test_what_was_made_is_not_made_again(station, lan, drafts, letter):
    first, second = aired(drafts, letter)
    (one,) = drafts.make(lan, letter, [first])
    assert drafts.make(lan, letter, [first]) == [one]
    assert drafts.make(lan, letter, [first, second])[0] == one
    assert set(drafts.made(letter)) == {first, second}
    assert len(station.services.announcements.listed()) == 2


@pytest.mark.parametrize(
    ("per_day", "boost"), [(None, Boost(BoostKind.FACTOR, 1.5)), (3, Boost(BoostKind.TARGET, 3)), (2, Boost())]
)
def test_an_increase_without_a_number_is_as_the_officer_says(station, lan, drafts, letter, per_day, boost):
    made = drafts.make(lan, letter, per_day=per_day)
    assert {station.services.campaigns.get(one.campaign_id).boost for one in made} == {boost}


def test_the_next_draft_is_the_one_that_nobody_has_handed_in(station, lan, drafts, letter):
    first, second = (one.announcement_id for one in drafts.make(lan, letter))
    assert (drafts.next(first), drafts.next(second)) == (second, first)
    with station.parts.store.write() as db:
        db.execute("UPDATE announcement SET state = 'submitted' WHERE id = ?", (second,))
    assert drafts.next(first) is None
    assert drafts.next(99) is None


def test_an_officer_writes_about_a_dispatch_in_words_of_their_own(station, lan, drafts, letter):
    announcement_id = drafts.write_own(lan, letter)
    assert drafts.write_own(lan, letter) == announcement_id
    assert drafts.made(letter)[OWN].campaign_id is None
    assert station.services.announcements.get(announcement_id).dispatch_id == letter
    assert station.services.campaigns.listed() == []


def test_a_draft_of_an_earlier_release_is_the_one_of_the_whole(station, lan, drafts, letter):
    (made, *_) = drafts.make(lan, letter)
    with station.parts.store.write() as db:
        db.execute("DELETE FROM dispatch_draft")
    assert drafts.made(letter)[OWN].announcement_id == made.announcement_id
    assert [one.announcement_id for one in drafts.make(lan, letter)] == [made.announcement_id]


def test_nothing_is_made_of_what_is_not_there(lan, drafts, letter):
    with pytest.raises(Refused, match="dispatch_nothing_to_say"):
        drafts.make(lan, letter, ["0-0"])
    assert drafts.made(letter) == {}
    assert drafts.proposed(letter).except_days == (date(2026, 12, 5),)
