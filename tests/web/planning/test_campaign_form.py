"""The form of a campaign: every slip of the keyboard is told beside its field, all at once, and nothing typed is lost."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from scheduler.core.model import Boost, BoostKind, Campaign, CampaignState, Priority, Window
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import Refused
from web.planning.campaign_form import CampaignForm, typed_number

TODAY = date(2026, 3, 13)
GOOD = {
    "title": "Khai báo y tế",
    "announcement_id": "7",
    "window": ["05:00-06:30", "16h30-18h"],
    "base": "2",
    "boost_kind": "factor",
    "boost_value": "1,5",
    "weekday": ["0", "2", "6"],
    "start": "14/03/2026",
    "end": "31/03/2026",
    "min_gap": "12,5",
    "chime": "yes",
    "repeat": "2",
    "priority": "2",
}


def typed(**changed):
    return CampaignForm.typed(MultiDict(GOOD | changed))


def test_a_whole_form_becomes_a_campaign():
    form = typed()
    campaign = form.read(0, None, TODAY)
    assert form.faults == {}
    assert campaign == Campaign(
        id=0,
        title="Khai báo y tế",
        announcement_id=7,
        windows=(parse_window("05:00-06:30"), parse_window("16:30-18:00")),
        base=2,
        boost=Boost(BoostKind.FACTOR, 1.5),
        weekdays=frozenset({0, 2, 6}),
        start=date(2026, 3, 14),
        end=date(2026, 3, 31),
        min_gap=timedelta(minutes=12.5),
        chime=True,
        repeat=2,
        priority=Priority.PRIORITY,
    )


@pytest.mark.parametrize(
    ("changed", "boost"),
    [
        ({"boost_kind": "none", "boost_value": "", "per_day": "3"}, Boost(BoostKind.TARGET, 3)),
        ({"boost_kind": "none", "boost_value": "", "per_day": "2"}, Boost()),
        ({"boost_kind": "target", "boost_value": "5", "per_day": "4"}, Boost(BoostKind.TARGET, 4)),
        ({"boost_kind": "target", "boost_value": "5"}, Boost(BoostKind.TARGET, 5)),
        ({"boost_kind": "factor", "boost_value": "3", "per_day": "4"}, Boost(BoostKind.FACTOR, 3)),
    ],
)
def test_so_many_a_day_by_the_dispatch_stand_beside_those_before_it(changed, boost):
    form = typed(**changed)
    campaign = form.read(3, None, TODAY)
    assert (campaign.base, campaign.boost, form.faults) == (2, boost, {})
    assert CampaignForm.of(campaign).read(3, campaign, TODAY).boost == boost


def test_a_count_that_is_none_is_told_beside_it():
    form = typed(boost_kind="none", boost_value="", per_day="nhiều")
    form.read(0, None, TODAY)
    assert list(form.faults) == ["per_day"]


def test_sessions_are_ticked_and_others_typed_with_commas():
    form = typed(window=["06:00-07:00", "20:00-20:30, 04:30-05:00", "06:00-07:00"])
    assert form.read(0, None, TODAY).windows == tuple(map(parse_window, ("06:00-07:00", "20:00-20:30", "04:30-05:00")))
    shown = [(one.window, one.words, one.is_chosen) for one in form.sessions]
    assert shown == [
        ("04:30-05:00", "Sáng 04:30–05:00", True),
        ("06:00-07:00", "Sáng 06:00–07:00", True),
        ("17:00-18:00", "Chiều 17:00–18:00", False),
        ("20:00-20:30", "Tối 20:00–20:30", True),
    ]
    assert [one.words for one in typed(window=["sáng sớm"]).sessions] == [
        "Sáng 06:00–07:00",
        "Chiều 17:00–18:00",
        "sáng sớm",
    ]
    assert [one.window for one in typed(window=["05:00-06:30"]).sessions] == ["05:00-06:30", "17:00-18:00"]


def test_what_is_left_out_is_typed_in_lists_and_comes_back():
    form = typed(
        except_days="16/03/2026, 20/3/2026", except_windows="11h30-13h; 20:00-24:00", dates="", max_minutes="15"
    )
    campaign = form.read(3, None, TODAY)
    assert form.faults == {}
    assert campaign.except_days == (date(2026, 3, 16), date(2026, 3, 20))
    assert campaign.except_windows == (parse_window("11:30-13:00"), parse_window("20:00-00:00"))
    assert (campaign.dates, campaign.max_minutes) == ((), 15)
    assert CampaignForm.of(campaign).read(3, campaign, TODAY) == campaign


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"except_days": "31/02/2026"}, "except_days"),
        ({"except_windows": "trưa"}, "except_windows"),
        ({"dates": "mai"}, "dates"),
        ({"max_minutes": "lâu"}, "max_minutes"),
    ],
)
def test_what_is_left_out_and_cannot_be_read_is_told_beside_its_field(changed, field):
    form = typed(**changed)
    form.read(0, None, TODAY)
    assert list(form.faults) == [field]


def test_what_is_kept_comes_back_as_the_same_campaign():
    kept = typed().read(3, None, TODAY)
    again = CampaignForm.of(kept)
    assert again.read(3, kept, TODAY) == kept
    assert again.faults == {}


def test_state_and_dispatch_of_a_kept_campaign_stay():
    first = typed().read(3, None, TODAY)
    kept = Campaign(3, "t", 7, (), 1, TODAY, TODAY, dispatch_id=5, state=CampaignState.ACTIVE)
    again = typed().read(3, kept, TODAY)
    assert (again.dispatch_id, again.state) == (5, CampaignState.ACTIVE)
    assert first.state is CampaignState.DRAFT


@pytest.mark.parametrize(
    ("field", "changed", "words"),
    [
        ("start", {"start": "29/02/2027"}, "29/02/2027"),
        ("end", {"end": "31/04/2026"}, "31/04/2026"),
        ("start", {"start": ""}, "không có thật"),
        ("windows", {"window": ["05:00-25:00"]}, "25:00"),
        ("windows", {"window": ["sáng"]}, "sáng"),
        ("windows", {"window": ["05:00-05:00"]}, "bằng không"),
        ("base", {"base": "hai"}, "hai"),
        ("base", {"base": "2,5"}, "2,5"),
        ("base", {"base": "99999999999999999999"}, "không phải là số"),
        ("base", {"base": "²"}, "không phải là số"),
        ("boost_value", {"boost_value": ""}, "không phải là số"),
        ("boost_value", {"boost_value": "-3"}, "-3"),
        ("boost_value", {"boost_value": "nan"}, "nan"),
        ("boost_kind", {"boost_kind": "gấp"}, "không hợp lệ"),
        ("min_gap", {"min_gap": "1e9"}, "1e9"),
        ("repeat", {"repeat": "x"}, "x"),
        ("priority", {"priority": "1"}, "1"),
        ("announcement_id", {"announcement_id": ""}, "không phải là số"),
        ("title", {"title": "x" * 201}, "200"),
    ],
)
def test_each_slip_is_told_beside_its_field(field, changed, words):
    form = typed(**changed)
    form.read(0, None, TODAY)
    assert list(form.faults) == [field]
    assert words in form.faults[field][0]


def test_all_slips_are_told_at_once():
    form = typed(start="29/02/2027", base="hai", window=["abc", "05:00-06:00"], boost_value="?")
    form.read(0, None, TODAY)
    assert set(form.faults) == {"start", "base", "windows", "boost_value"}


def test_what_was_typed_stays_as_it_was_typed():
    form = typed(start="29/02/2027", base=" hai ")
    form.read(0, None, TODAY)
    assert (form.start, form.base) == ("29/02/2027", " hai ")


def test_the_desks_faults_stand_beside_their_fields_and_unread_fields_are_told_once():
    form = typed(base="hai")
    form.read(0, None, TODAY)
    form.add([Refusal(0, 0, "base_invalid"), Refusal(0, 0, "no_weekdays"), Refusal(0, 0, "cap_weekday")])
    assert len(form.faults["base"]) == 1
    assert set(form.faults) == {"base", "weekdays", "form"}


def test_no_window_at_all_is_left_to_the_rules():
    form = typed(window=["", "  "])
    assert form.read(0, None, TODAY).windows == ()
    assert form.faults == {}


def test_no_boost_needs_no_number():
    form = typed(boost_kind="none", boost_value="gì cũng được")
    assert form.read(0, None, TODAY).boost == Boost()
    assert form.faults == {}


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), st.lists(st.text(max_size=12), max_size=3)))
def test_any_form_is_read_or_told_and_never_breaks(fields):
    form = CampaignForm.typed(MultiDict(fields))
    campaign = form.read(0, None, TODAY)
    assert campaign.id == 0
    assert all(isinstance(window, Window) for window in campaign.windows)


@pytest.mark.parametrize(("text", "number"), [("3", 3.0), (" 2,5 ", 2.5), ("0.5", 0.5), ("10", 10.0)])
def test_numbers_are_read_as_officers_write_them(text, number):
    assert typed_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1,2,3", "inf", "1e3", "٣", "3 lượt", "1_000"])
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(Refused):
        typed_number(text)
