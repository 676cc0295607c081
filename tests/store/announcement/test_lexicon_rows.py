"""Rows of the word list: a change and its record are one, and nothing is changed that is not as it was seen."""

import pytest

from scheduler.core.announcement.word_list import Difference, OwnForm
from scheduler.kernel.errors import NotFound, Refused
from scheduler.store import LexiconRows
from scheduler.store.schema.migrations import migrations

NVH = OwnForm("NVH", "nhà văn hóa")


@pytest.fixture
def rows(station):
    return LexiconRows(station.repos.store)


@pytest.fixture
def apply(rows, lan, clock):
    def act(difference, act="add", **more):
        return rows.apply(difference, act, "NVH", lan.id, clock.now(), **more)

    return act


def test_an_untouched_list_is_in_its_first_state(rows):
    assert (rows.revision(), rows.forms(), rows.lists(), rows.changes()) == (0, [], [], [])


def test_a_form_is_kept_changed_and_taken_away_and_each_step_is_recorded(rows, apply, lan):
    first = apply(Difference(after=(NVH,)))
    kept = rows.of("NVH")
    assert (kept.form, kept.version, kept.changed_by) == (NVH, 1, lan.id)
    other = OwnForm("NVH", "nhà văn hóa phường", "exact")
    apply(Difference((NVH,), (other,)), "edit")
    assert (rows.get(kept.id).form, rows.get(kept.id).version) == (other, 2)
    last = apply(Difference((other,)), "remove")
    assert rows.forms() == []
    assert rows.revision() == last == first + 2
    assert [(change.act, change.difference.before, change.difference.after) for change in rows.changes()] == [
        ("remove", (other,), ()),
        ("edit", (NVH,), (other,)),
        ("add", (), (NVH,)),
    ]
    with pytest.raises(NotFound):
        rows.get(kept.id)


@pytest.mark.parametrize(
    "difference",
    [
        Difference((OwnForm("NVH", "khác"),), (OwnForm("NVH", "mới"),)),
        Difference((), (OwnForm("NVH", "mới"),)),
        Difference((OwnForm("X", "x"),), ()),
        Difference((NVH,), (NVH, OwnForm("X", "x")), lists_before=(7,)),
        Difference((NVH,), (), lists_after=(7,)),
    ],
    ids=["says something else by now", "is there by now", "is gone by now", "list is gone", "list was never there"],
)
def test_a_difference_from_another_state_changes_and_records_nothing(rows, apply, difference):
    apply(Difference(after=(NVH,)))
    with pytest.raises(Refused) as refusal:
        apply(difference, "edit")
    assert refusal.value.reason == "lexicon_changed_meanwhile"
    assert ([kept.form for kept in rows.forms()], rows.revision()) == ([NVH], 1)


def test_the_same_letters_may_be_a_word_and_a_pattern(rows, apply):
    pattern = OwnForm("NVH", "nhà", pattern=True)
    apply(Difference(after=(NVH, pattern)))
    assert rows.of("NVH").form == NVH
    assert rows.of("NVH", pattern=True).form == pattern


def test_a_list_counts_from_when_it_is_used_and_one_name_stands_once(rows, apply, lan, clock):
    first = rows.keep_list("Thị xã", "1", "", 0, lan.id, clock.now())
    assert rows.lists() == []
    apply(Difference(lists_after=(first,)), "take_list")
    second = rows.keep_list("Thị xã", "2", "", 0, lan.id, clock.now())
    with pytest.raises(Refused):
        apply(Difference(lists_after=(second,)), "take_list")
    swap = apply(Difference(lists_before=(first,), lists_after=(second,)), "take_list")
    assert [one.version for one in rows.lists()] == ["2"]
    apply(rows.change(swap).difference.turned(), "undo", undoes=swap)
    assert [one.version for one in rows.lists()] == ["1"]
    assert rows.change(swap).undone


def test_a_change_is_taken_back_once(rows, apply):
    made = apply(Difference(after=(NVH,)))
    apply(Difference((NVH,)), "undo", undoes=made)
    apply(Difference(after=(NVH,)))
    with pytest.raises(Refused):
        apply(Difference((NVH,)), "undo", undoes=made)
    assert rows.of("NVH")


def test_only_announcements_that_may_air_and_have_words_are_living(station, rows, cast):
    services = station.services.announcements
    recorded = cast.submitted()
    written = services.write(cast.lan, "Họp", "Mời họp ở NVH.")
    gone = services.write(cast.lan, "Bỏ", "Nội dung bỏ.")
    services.withdraw(cast.lan, gone)
    assert [one.id for one in rows.living_texts(10)] == [written]
    assert recorded not in {one.id for one in rows.living_texts(10)}
    assert rows.living_texts(0) == []


def test_a_station_of_the_release_before_gets_an_empty_list(tmp_path):
    from scheduler.store import Store

    store = Store(tmp_path / "loa.db")
    migrations.apply(store.db, stop_before="m010_lexicon")
    store.migrate()
    assert LexiconRows(store).revision() == 0
    store.close()
