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


def test_each_thing_to_be_said_is_a_draft_and_they_take_turns_in_one_campaign(station, lan, drafts, letter):
    made = drafts.make(lan, letter)
    announcements = [station.services.announcements.get(one.announcement_id) for one in made]
    campaigns = station.services.campaigns.listed()
    assert len(made) == 2
    assert {one.campaign_id for one in made} == {one.id for one in campaigns}
    assert all(one.text.startswith("Ủy ban nhân dân phường An Bình ") for one in announcements)
    assert "lăng quăng" in announcements[0].text
    assert "02373761666" in announcements[1].text
    assert [one.announcement_ids for one in campaigns] == [tuple(one.id for one in announcements)]
    assert "sốt xuất huyết" in campaigns[0].title
    assert {one.except_days for one in campaigns} == {(date(2026, 12, 5),)}
    assert {one.dispatch_id for one in (*announcements, *campaigns)} == {letter}


def test_what_was_made_is_not_made_again(station, lan, drafts, letter):
    first, second = aired(drafts, letter)
    (one,) = drafts.make(lan, letter, [first])
    assert drafts.make(lan, letter, [first]) == [one]
    assert drafts.make(lan, letter, [first, second])[0] == one
    assert set(drafts.made(letter)) == {first, second}
    assert len(station.services.announcements.listed()) == 2


COUNTED = LETTER.replace("Tăng thời lượng phát thanh", "Phát thanh 04 lượt/ngày").replace(
    " vào sáng thứ Bảy hằng tuần", ""
)
EACH = COUNTED.replace("04 lượt/ngày", "04 lượt/ngày đối với mỗi bản tin")


def take(station, lan, text):
    return station.services.dispatches.import_dispatch(lan, text.encode(), "12.txt")[0]


def approve(station, lan, minh, made):
    """The sound of a draft is made, heard, handed in and approved; its campaign begins."""
    services = station.services
    job = station.finish(services.announcements.make_speech(lan, made.announcement_id))
    services.announcements.heard(lan, made.announcement_id, job.result)
    services.announcements.submit(lan, made.announcement_id)
    services.submissions.approve(minh, made.announcement_id, job.result, heard=True)


def ordered(station, dispatch_id, day):
    return station.services.ledger.of_dispatch(dispatch_id).days[day].ordered


def said_on(station, day):
    return [one.announcement_id for one in station.repos.slots.of_day(day)]


def test_four_airings_a_day_are_four_for_all_that_the_dispatch_has_said(station, lan, minh, drafts):
    dispatch_id, day = take(station, lan, COUNTED), date(2026, 12, 2)
    first, second = drafts.make(lan, dispatch_id)
    approve(station, lan, minh, first)
    assert said_on(station, day) == [first.announcement_id] * 4  # the other one is not approved
    approve(station, lan, minh, second)
    assert sorted(said_on(station, day)) == [first.announcement_id] * 2 + [second.announcement_id] * 2
    assert said_on(station, day)[0] != said_on(station, day)[1]
    assert ordered(station, dispatch_id, day) == 4
    assert said_on(station, date(2026, 12, 5)) == []  # left out by the dispatch


@pytest.mark.parametrize(("text", "apart"), [(EACH, None), (COUNTED, True)], ids=["ordered", "chosen"])
def test_each_text_is_aired_as_often_where_the_text_or_an_officer_says_so(station, lan, minh, drafts, text, apart):
    dispatch_id, day = take(station, lan, text), date(2026, 12, 2)
    made = drafts.make(lan, dispatch_id, apart=apart)
    assert drafts.are_apart(dispatch_id) is (apart is None)
    for one in made:
        approve(station, lan, minh, one)
    first, second = (one.announcement_id for one in made)
    assert sorted(said_on(station, day)) == [first] * 4 + [second] * 4
    assert ordered(station, dispatch_id, day) == 8
    assert {one.except_days for one in station.services.campaigns.listed()} == {(date(2026, 12, 5),)}


def test_an_officer_may_let_texts_that_are_counted_each_take_turns(station, lan, drafts):
    dispatch_id = take(station, lan, EACH)
    assert len({one.campaign_id for one in drafts.make(lan, dispatch_id, apart=False)}) == 1


def test_a_draft_that_is_made_later_takes_turns_with_those_before(station, lan, minh, drafts):
    dispatch_id, day = take(station, lan, COUNTED), date(2026, 12, 2)
    one_key, other_key = aired(drafts, dispatch_id)
    (first,) = drafts.make(lan, dispatch_id, [one_key])
    approve(station, lan, minh, first)
    (second,) = drafts.make(lan, dispatch_id, [other_key])
    assert second.campaign_id == first.campaign_id
    assert said_on(station, day) == [first.announcement_id] * 4
    approve(station, lan, minh, second)
    assert sorted(said_on(station, day)) == [first.announcement_id] * 2 + [second.announcement_id] * 2


def test_a_draft_behind_a_campaign_that_was_stopped_has_one_of_its_own(station, lan, minh, drafts):
    dispatch_id = take(station, lan, COUNTED)
    one_key, other_key = aired(drafts, dispatch_id)
    (first,) = drafts.make(lan, dispatch_id, [one_key])
    approve(station, lan, minh, first)
    station.services.campaigns.stop(lan, first.campaign_id)
    (second,) = drafts.make(lan, dispatch_id, [other_key])
    assert second.campaign_id != first.campaign_id


@pytest.mark.parametrize(
    ("per_day", "boost"), [(None, Boost(BoostKind.FACTOR, 1.5)), (3, Boost(BoostKind.TARGET, 3)), (2, Boost())]
)
def test_an_increase_without_a_number_is_as_the_officer_says(station, lan, drafts, letter, per_day, boost):
    made = drafts.make(lan, letter, per_day=per_day)
    assert {station.services.campaigns.get(one.campaign_id).boost for one in made} == {boost}


def test_the_next_draft_is_the_one_that_nobody_has_handed_in(station, lan, drafts, letter):
    first, second = (one.announcement_id for one in drafts.make(lan, letter))
    assert (drafts.next(first), drafts.next(second)) == (second, first)
    with station.repos.store.write() as db:
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
    with station.repos.store.write() as db:
        db.execute("DELETE FROM dispatch_draft")
    assert drafts.made(letter)[OWN].announcement_id == made.announcement_id
    assert [one.announcement_id for one in drafts.make(lan, letter)] == [made.announcement_id]


def test_nothing_is_made_of_what_is_not_there(lan, drafts, letter):
    with pytest.raises(Refused, match="dispatch_nothing_to_say"):
        drafts.make(lan, letter, ["0-0"])
    assert drafts.made(letter) == {}
    assert drafts.proposed(letter).except_days == (date(2026, 12, 5),)
