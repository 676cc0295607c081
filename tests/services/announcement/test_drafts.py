"""Drafts: what is typed is kept for its writer alone, no tab overwrites another unseen, nothing of it airs."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.core.delivery import PLAIN, Shape
from scheduler.core.model import Role
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.services.announcement import drafts
from scheduler.services.announcement.drafts import key_of, new_key
from tests.examples import examples

KEY = "k" * 16


@pytest.fixture
def keep(station, lan):
    def kept(revision=0, title="Họp", text="Họp tối nay.", key=KEY, **more):
        return station.services.drafts.keep(lan, key, revision, title, text, **more)

    return kept


def test_what_is_typed_is_there_again_for_its_writer_alone(station, lan, minh, keep):
    keep()
    found = station.services.drafts.get(lan, KEY)
    assert (found.title, found.text, found.revision) == ("Họp", "Họp tối nay.", 1)
    assert station.services.drafts.get(minh, KEY) is None
    assert station.repos.programme.announcements() == []


def test_a_second_tab_is_told_and_overwrites_nothing(keep):
    keep(0, text="Thẻ một.")
    kept = keep(0, text="Thẻ hai.")
    assert kept.other
    assert kept.draft.text == "Thẻ một."
    assert not keep(kept.draft.revision, text="Thẻ hai.").other
    assert keep(1, text="Thẻ một nữa.").draft.text == "Thẻ hai."


def test_the_same_words_from_two_tabs_are_no_conflict(keep):
    keep()
    assert not keep(0).other
    assert keep(0).draft.revision == 1


def test_a_kept_draft_that_was_dropped_is_begun_anew_and_its_revision_goes_on(station, lan, keep):
    keep()
    station.services.drafts.drop(lan, KEY)
    assert keep(5, text="Vẫn viết tiếp.").draft.revision == 6


@pytest.mark.parametrize(
    "key", ["", "ban-tin-0", "ban-tin-x", "../../etc/passwd", "a" * 15, "a" * 33, "' OR 1=1 --xxxx"]
)
def test_a_key_that_is_none_is_refused(keep, key):
    with pytest.raises(Refused) as refused:
        keep(key=key)
    assert refused.value.reason == "draft_key_unknown"


def test_every_key_that_is_made_is_taken(keep):
    keep(key=new_key())
    keep(key=key_of(17))


def test_a_shape_is_kept_as_it_was_chosen_also_a_plain_and_a_wrong_one(station, lan, keep):
    for revision, shape in enumerate((PLAIN, Shape(paced=True, times=2, closing="Xin cảm ơn."), Shape(times=0))):
        assert station.services.drafts.shape(keep(revision, shape=shape).draft) == shape
    assert station.services.drafts.shape(keep(3, text="Khác.").draft) is None


def test_more_than_can_ever_be_said_is_cut_far_behind_the_limit(station, keep):
    kept = keep(title="t" * 5000, text="x" * 1_000_000)
    assert len(kept.draft.text) == 2 * station.config.speech.max_chars
    assert len(kept.draft.title) == 1000


def test_a_person_has_so_many_and_no_more(station, lan, keep, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 2)
    keep(key="a" * 16)
    keep(key="b" * 16)
    with pytest.raises(Refused) as refused:
        keep(key="c" * 16)
    assert refused.value.reason == "drafts_too_many"
    assert not keep(1, text="Vẫn sửa được.", key="a" * 16).other


def test_drafts_of_new_announcements_are_listed_newest_first(station, clock, lan, keep):
    keep(key="a" * 16)
    clock.advance(10)
    keep(key="b" * 16)
    keep(key=key_of(1))
    assert [one.key for one in station.services.drafts.mine(lan)] == ["b" * 16, "a" * 16]


def test_who_may_not_write_keeps_nothing(station, keep):
    guest = station.repos.people.add("khach", "Khách", Role.GUEST, "mat-khau-cua-khach", station.clock.now())
    with pytest.raises(NotPermitted):
        station.services.drafts.keep(guest, KEY, 0, "x", "x")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(30))
@given(st.lists(st.tuples(st.integers(0, 1), st.text(max_size=6)), max_size=12))
def test_two_tabs_that_type_as_they_like_never_lose_what_the_other_does_not_see(station, lan, typing):
    """Each tab knows the revision it was told last; words go only over words that this tab has seen."""
    station.services.drafts.drop(lan, KEY)
    known, seen, current = [0, 0], ["", ""], ""
    for tab, text in typing:
        kept = station.services.drafts.keep(lan, KEY, known[tab], "Tên", text)
        if kept.other:
            assert kept.draft.text == current
        else:
            assert text == kept.draft.text
            assert seen[tab] == current or text == current
            current = text
        known[tab], seen[tab] = kept.draft.revision, kept.draft.text
