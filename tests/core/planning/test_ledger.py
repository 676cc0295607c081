"""The ledger of one campaign and day: each ordered airing in one place, whatever became of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.model import (
    AiringOutcome,
    AirtimeLimit,
    Boost,
    BoostKind,
    Campaign,
    CampaignState,
    QuietHours,
    Seconds,
    Sha256,
    Slot,
    StationRules,
    Trigger,
)
from scheduler.core.planning.day_plan import PlannedCampaign, Refusal
from scheduler.core.planning.ledger import (
    Account,
    Baseline,
    BaselineSource,
    DayRows,
    Heard,
    Stated,
    baseline_of,
    by_day,
    day_is_over,
    increase,
    line_of,
    total,
)
from scheduler.core.planning.make_good import debts, is_owed, ordinal_of, slot_id, written_off
from scheduler.core.planning.planner import plan_day
from scheduler.core.planning.rules import Ordered, day_span, ordered_on, parse_window
from scheduler.core.planning.topics import related
from tests.examples import examples

DAY = date(2020, 3, 13)
ZONE = "Asia/Ho_Chi_Minh"
SIX = datetime(2020, 3, 12, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def slot(number=1, outcome=None, reason="", **changes):
    plain = Slot(
        id=slot_id(DAY, 7, number),
        day=DAY,
        zone="all",
        start=SIX + number * 10 * MINUTE,
        length=2 * MINUTE,
        campaign_id=7,
        announcement_id=1,
        audio_sha256=Sha256("a" * 64),
        outcome=outcome,
        reason=reason,
    )
    return replace(plain, **changes)


def paying(debt, outcome=None, reason="", number=1):
    return slot(
        outcome=outcome, reason=reason, id=f"{debt.id}-b{number}", makes_good=debt.id, trigger=Trigger.MAKE_GOOD
    )


def account(*slots, ordered=1, refusals=(), over=False, seconds=0.0, **more) -> Account:
    measured = [
        seconds * sum(bool(one.makes_good) is good and bool(one.outcome) for one in slots) for good in (False, True)
    ]
    heard = Heard(seconds=Seconds(measured[0]), made_good_seconds=Seconds(measured[1]))
    order = ordered if isinstance(ordered, Ordered) else Ordered(ordered)
    return line_of(7, DAY, order, DayRows(slots, refusals, heard), airing=2 * MINUTE, over=over, **more).account


def counts(found: Account):
    assert found.ordered == found.aired + found.made_good + found.owed + found.lost
    return found.aired, found.made_good, found.owed, dict(found.written_off)


PLAYED, PARTIAL, MISSED = AiringOutcome.PLAYED, AiringOutcome.PARTIAL, AiringOutcome.MISSED
FAILED, REFUSED, CUT = AiringOutcome.FAILED, AiringOutcome.REFUSED, AiringOutcome.PRE_EMPTED
CANCELLED = AiringOutcome.CANCELLED


@pytest.mark.parametrize("over", [False, True], ids=["during_the_day", "after_it"])
@pytest.mark.parametrize(
    ("outcome", "reason", "found"),
    [
        pytest.param(PLAYED, "", (1, 0, 0, {}), id="played"),
        pytest.param(PARTIAL, "power_cut", (1, 0, 0, {}), id="heard_in_part"),
        pytest.param(CUT, "pre_empted", (0, 0, 0, {"pre_empted": 1}), id="cut_by_an_emergency"),
        pytest.param(CANCELLED, "stopped_by", (0, 0, 0, {"stopped_by": 1}), id="stopped_by_a_person"),
        pytest.param(REFUSED, "quiet_hours", (0, 0, 0, {"quiet_hours": 1}), id="refused_by_the_gate"),
        pytest.param(CANCELLED, "", (0, 0, 0, {"cancelled": 1}), id="without_a_word"),
    ],
)
def test_what_nobody_can_make_good_is_settled_at_once(outcome, reason, found, over):
    assert counts(account(slot(outcome=outcome, reason=reason), over=over)) == found


def test_a_missed_airing_is_owed_while_the_day_goes_on():
    assert counts(account(slot(outcome=MISSED, reason="station_off"))) == (0, 0, 1, {})


def test_a_missed_airing_of_a_day_that_is_over_is_written_off_also_before_anybody_said_so():
    assert counts(account(slot(outcome=MISSED, reason="station_off"), over=True)) == (0, 0, 0, {"make_good_late": 1})


def test_a_missed_airing_is_written_off_with_the_word_the_planner_gave():
    refusal = Refusal(7, 1, "no_room_make_good")
    found = account(slot(outcome=MISSED, reason="station_off"), refusals=[refusal])
    assert counts(found) == (0, 0, 0, {"no_room_make_good": 1})


def test_a_ward_that_makes_nothing_good_loses_what_it_missed():
    found = account(slot(outcome=MISSED, reason="station_off"), grace=False)
    assert counts(found) == (0, 0, 0, {"station_off": 1})


def test_a_debt_that_was_paid_is_made_good():
    missed = slot(outcome=MISSED, reason="too_late")
    assert counts(account(missed, paying(missed, PLAYED))) == (0, 1, 0, {})


def test_a_debt_paid_at_the_second_try_counts_once():
    missed = slot(outcome=MISSED, reason="too_late")
    tries = [paying(missed, FAILED, "output_failed"), paying(missed, PARTIAL, number=2)]
    found = account(missed, *tries, over=True)
    assert counts(found) == (0, 1, 0, {})
    assert found.partial == 1


def test_a_debt_that_is_being_paid_is_owed():
    missed = slot(outcome=MISSED, reason="too_late")
    assert counts(account(missed, paying(missed))) == (0, 0, 1, {})


GAVE_WAY = Refusal(7, 1, "made_up_later")


def gave_way(outcome=None, reason="", *, ahead=False, over=True):
    """The line of a day whose one airing gave way, and is made up the day after."""
    lost = slot()
    paid = replace(paying(lost, outcome, reason), day=DAY + timedelta(days=1), start=lost.start + timedelta(days=1))
    rows = DayRows((paid,), (GAVE_WAY,), ahead=frozenset({paid.id}) if ahead else frozenset())
    return line_of(7, DAY, Ordered(1), rows, airing=2 * MINUTE, over=over)


@pytest.mark.parametrize(
    ("outcome", "reason", "ahead", "found"),
    [
        pytest.param(None, "", True, (0, 0, 1, {}), id="still to come"),
        pytest.param(PLAYED, "", False, (0, 1, 0, {}), id="heard"),
        pytest.param(PARTIAL, "power_cut", False, (0, 1, 0, {}), id="heard in part"),
        pytest.param(MISSED, "station_off", False, (0, 0, 0, {"station_off": 1}), id="missed"),
        pytest.param(CANCELLED, "stopped_by", False, (0, 0, 0, {"stopped_by": 1}), id="stopped"),
        pytest.param(None, "", False, (0, 0, 0, {"not_closed": 1}), id="never ended"),
    ],
)
def test_an_airing_that_gave_way_is_made_up_or_lost_on_its_own_day(outcome, reason, ahead, found):
    line = gave_way(outcome, reason, ahead=ahead)
    assert counts(line.account) == found
    assert line.over is not ahead


def test_an_airing_that_gave_way_and_has_no_place_any_more_is_lost():
    assert counts(account(ordered=1, refusals=(GAVE_WAY,), over=True)) == (0, 0, 0, {"made_up_later": 1})


def test_a_try_that_somebody_stopped_ends_the_debt():
    missed = slot(outcome=MISSED, reason="too_late")
    assert counts(account(missed, paying(missed, CANCELLED, "stopped_by"))) == (0, 0, 0, {"stopped_by": 1})


def test_what_the_planner_refused_is_written_off_with_its_reason():
    refusals = [Refusal(7, 2, "quiet_hours"), Refusal(7, 3, "quiet_hours"), Refusal(8, 1, "no_room")]
    found = account(slot(outcome=PLAYED), ordered=3, refusals=refusals)
    assert counts(found) == (1, 0, 0, {"quiet_hours": 2})


def test_a_planned_airing_is_owed_until_it_ends():
    assert counts(account(slot(), slot(2), ordered=2)) == (0, 0, 2, {})


def test_days_ahead_that_nobody_has_planned_are_owed_whole():
    assert counts(account(ordered=4)) == (0, 0, 4, {})


def test_a_day_without_a_single_row_was_never_planned():
    assert counts(account(ordered=4, over=True)) == (0, 0, 0, {"not_planned": 4})


def test_a_slot_that_nobody_ended_is_told_as_such_when_the_day_is_over():
    assert counts(account(slot(), over=True)) == (0, 0, 0, {"not_closed": 1})


def test_an_order_that_grew_later_does_not_change_a_day_that_is_over():
    assert account(slot(outcome=PLAYED), slot(2, PLAYED), ordered=9, over=True).ordered == 2


def test_an_order_that_shrank_takes_nothing_back():
    found = account(slot(outcome=PLAYED), slot(2, PLAYED), ordered=1)
    assert counts(found) == (2, 0, 0, {})


def test_an_airing_by_hand_answers_an_open_order_and_what_is_more_stands_beside_it():
    by_hand = [slot(outcome=PLAYED, id=f"20200313-n1-{name}", trigger=Trigger.MANUAL) for name in "abc"]
    found = account(slot(outcome=PLAYED), *by_hand, ordered=3, over=True)
    assert counts(found) == (3, 0, 0, {})
    assert found.beyond == 1


def test_an_airing_by_hand_that_was_not_heard_answers_nothing():
    by_hand = slot(outcome=MISSED, id="20200313-n1-a", trigger=Trigger.MANUAL)
    assert counts(account(by_hand, ordered=1)) == (0, 0, 1, {})


def test_airings_told_as_a_sum_count_as_one_by_one():
    missed = slot(3, MISSED, "too_late")
    told = Heard(2, 1, 4 * MINUTE, Seconds(200.0))
    summed = line_of(7, DAY, Ordered(3), DayRows([missed], (), told), airing=2 * MINUTE, over=False).account
    one_by_one = account(slot(outcome=PLAYED), slot(2, PARTIAL), missed, ordered=3)
    assert replace(summed, aired_minutes=0.0) == replace(one_by_one, aired_minutes=0.0)
    assert summed.aired_minutes == pytest.approx(200 / 60)


def test_slots_of_another_campaign_are_passed_over():
    assert counts(account(slot(outcome=PLAYED, campaign_id=8), ordered=1)) == (0, 0, 1, {})


def test_minutes_aired_are_measured_and_all_others_are_lengths():
    missed = slot(2, MISSED, "too_late")
    found = account(slot(outcome=PLAYED), missed, paying(missed, PLAYED), slot(3), ordered=4, seconds=90.0)
    assert found.aired_minutes == pytest.approx(3.0)  # 90 s of the first; the missed one's row says 90 s too
    assert found.made_good_minutes == pytest.approx(1.5)
    assert (found.ordered_minutes, found.planned_minutes) == (8.0, 6.0)
    assert (found.owed_minutes, found.lost_minutes) == (4.0, 0.0)


def test_an_order_in_minutes_is_told_in_its_own_minutes():
    assert account(slot(), ordered=Ordered(1, 1.5)).ordered_minutes == 1.5
    assert account(slot(), slot(2), ordered=Ordered(1, 1.5)).ordered_minutes == 4.0  # it was another order then


@pytest.mark.parametrize(
    ("now", "over"),
    [
        pytest.param(timedelta(seconds=-1), False, id="before_midnight"),
        pytest.param(timedelta(0), True, id="at_midnight"),
        pytest.param(timedelta(seconds=1), True, id="after_it"),
    ],
)
def test_a_day_is_over_at_its_midnight(now, over):
    _, ends = day_span(DAY, ZONE)
    assert day_is_over(ends, [slot(outcome=PLAYED)], ends + now, 2 * MINUTE) is over


@pytest.mark.parametrize(
    ("after", "over"),
    [
        pytest.param(timedelta(minutes=3, seconds=59), False, id="just_before_its_grace_ends"),
        pytest.param(timedelta(minutes=4), True, id="when_it_ends"),
    ],
)
def test_a_slot_that_may_still_sound_keeps_its_day_open(after, over):
    _, ends = day_span(DAY, ZONE)
    late = slot(start=ends)
    assert day_is_over(ends, [late], ends + after, 2 * MINUTE) is over


RULES = StationRules(
    zone_name=ZONE,
    quiet_hours=QuietHours((parse_window("11:30-13:30"), parse_window("21:00-05:00"))),
    cap=AirtimeLimit(minutes_a_session=20.0),
    min_gap=MINUTE,
    late_tolerance=2 * MINUTE,
    make_good=timedelta(hours=12),
)
WINDOWS = st.lists(
    st.sampled_from(["05:30-06:00", "06:00-07:00", "11:00-12:00", "16:30-18:00", "20:30-22:00"]).map(parse_window),
    min_size=1,
    max_size=3,
    unique=True,
).map(tuple)
BOOSTS = st.one_of(
    st.just(Boost()),
    st.builds(Boost, st.just(BoostKind.FACTOR), st.sampled_from([1.5, 3.0])),
    st.builds(Boost, st.just(BoostKind.TARGET), st.integers(1, 9)),
    st.builds(Boost, st.just(BoostKind.EVERY), st.sampled_from([15.0, 40.0])),
    st.builds(Boost, st.just(BoostKind.MINUTES), st.sampled_from([3.0, 12.5])),
)
CAMPAIGNS = st.builds(
    Campaign,
    id=st.just(0),
    title=st.just("Đợt"),
    announcement_id=st.just(1),
    windows=WINDOWS,
    base=st.integers(1, 5),
    start=st.just(date(2020, 3, 1)),
    end=st.just(date(2020, 3, 31)),
    boost=BOOSTS,
    min_gap=st.sampled_from([timedelta(0), 5 * MINUTE]),
    state=st.just(CampaignState.ACTIVE),
)
ENDINGS = st.sampled_from(
    [
        (PLAYED, ""),
        (PLAYED, ""),
        (PARTIAL, "output_failed"),
        (MISSED, "station_off"),
        (FAILED, "output_failed"),
        (FAILED, "power_cut"),
        (REFUSED, "clock_untrusted"),
        (REFUSED, "audio_changed"),
        (CUT, "pre_empted"),
        (CANCELLED, "stopped_by"),
    ]
)


class Lived:
    """A day that goes by under the real planner: slots end as drawn, and the rest is planned again."""

    def __init__(self, campaigns, rules):
        self.campaigns, self.rules = campaigns, rules
        self.begins, self.ends = day_span(DAY, rules.zone_name)
        self.now = self.begins
        self.slots, self.refusals = {}, ()

    def known(self):
        return [
            PlannedCampaign(
                one, timedelta(seconds=75 + one.id), Sha256("a" * 64), "unapproved" if one.base == 5 else ""
            )
            for one in self.campaigns
        ]

    def plan(self):
        fixed = [one for one in self.slots.values() if one.outcome or one.start < self.now]
        plan = plan_day(DAY, self.known(), self.rules, fixed=fixed, not_before=self.now)
        self.slots = {one.id: one for one in (*fixed, *plan.slots)}
        self.refusals = plan.refusals

    def live(self, until, ending):
        """Slots that start by `until` end, in turn, as drawn; what is owed is planned again after each."""
        while due := [one for one in self.slots.values() if not one.outcome and one.start <= until]:
            first = min(due, key=lambda one: (one.start, one.id))
            self.now = max(self.now, first.end)
            outcome, reason = ending()
            # In part is half or more here: less of it is owed, which the ledger counts as aired in part all the same.
            self.slots[first.id] = replace(first, outcome=outcome, reason=reason, heard=first.length / 2)
            self.plan()
        self.now = max(self.now, until)

    def lines(self):
        over = day_is_over(self.ends, self.slots.values(), self.now, self.rules.late_tolerance)
        return [
            line_of(
                one.campaign.id,
                DAY,
                ordered_on(one.campaign, DAY, one.airing, self.rules),
                self.rows(one.campaign.id),
                airing=one.airing,
                over=over,
                grace=bool(self.rules.make_good),
            )
            for one in self.known()
        ]

    def rows(self, campaign_id):
        """A day's rows as the store gives them: what was heard of the plan as one sum."""
        own = [one for one in self.slots.values() if one.campaign_id == campaign_id]
        heard = [one for one in own if one.outcome in {PLAYED, PARTIAL} and one.trigger is Trigger.SCHEDULE]
        sounded = [one for one in own if one.outcome in {PLAYED, PARTIAL, CUT}]
        good = sum(60.0 for one in sounded if one.makes_good)
        told = Heard(
            len(heard),
            sum(one.outcome is PARTIAL for one in heard),
            sum((one.length for one in heard), timedelta(0)),
            Seconds(60.0 * len(sounded) - good),
            Seconds(good),
        )
        settled = {(one.campaign_id, ordinal_of(one)) for one in heard}
        refusals = [one for one in self.refusals if (one.campaign_id, one.ordinal) not in settled]
        return DayRows([one for one in self.slots.values() if one not in heard], refusals, told)

    def hold(self, *, edited):
        """What must be true of every line, held against the rows and not against the ledger's own sums."""
        for line, known in zip(self.lines(), self.known(), strict=True):
            found, own = line.account, [one for one in self.slots.values() if one.campaign_id == line.campaign_id]
            heard = [one for one in own if one.outcome in {PLAYED, PARTIAL}]
            assert found.ordered == found.aired + found.made_good + found.owed + found.lost
            assert found.aired == sum(not one.makes_good for one in heard)
            # What was heard in part and then made good is one airing: it counts as aired.
            unheard = {one.id for one in own if one not in heard}
            assert found.made_good == len({one.makes_good for one in heard if one.makes_good} & unheard)
            assert found.planned == sum(not one.makes_good for one in own)
            measured = sum(60.0 for one in own if one.outcome in {PLAYED, PARTIAL, CUT})
            assert found.heard_minutes == pytest.approx(measured / 60)
            assert line.over == (self.now >= self.ends)
            if line.over:
                assert found.owed == 0
            waits = [one for one in own if not one.outcome]
            assert found.owed >= len(waits) or line.over
            if not edited:
                assert found.ordered == ordered_on(known.campaign, DAY, known.airing, self.rules).airings


@given(st.data(), st.lists(CAMPAIGNS, min_size=1, max_size=3), st.booleans())
@settings(max_examples=examples(120), deadline=None)
def test_ordered_is_aired_made_good_owed_or_written_off_all_day_long(data, drawn, grace):
    campaigns = [replace(one, id=number) for number, one in enumerate(drawn, start=1)]
    rules = RULES if grace else replace(RULES, make_good=timedelta(0))
    lived = Lived(campaigns, rules)
    lived.plan()
    lived.hold(edited=False)
    edited = False
    for hour in (6, 9, 12, 17, 24):
        lived.live(lived.begins + timedelta(hours=hour), lambda: data.draw(ENDINGS))
        if data.draw(st.booleans()) and hour < 24:
            edited = True
            base = data.draw(st.integers(1, 4))
            lived.campaigns = [replace(one, base=base, boost=Boost()) for one in lived.campaigns]
        lived.plan()
        lived.hold(edited=edited)
    missing = written_off(lived.slots.values(), lived.refusals, rules)
    lived.refusals = (*lived.refusals, *missing)
    lived.hold(edited=edited)
    assert all(line.over for line in lived.lines())
    open_debts = [debt for debt in debts(lived.slots.values()) if rules.make_good]
    reasons = {reason for line in lived.lines() for reason in line.account.written_off}
    assert "not_planned" not in reasons
    assert not open_debts or reasons
    assert all(is_owed(debt.slot) for debt in open_debts)


ACCOUNTS = st.builds(
    Account,
    ordered=st.integers(0, 9),
    aired=st.integers(0, 9),
    owed=st.integers(0, 9),
    aired_minutes=st.floats(0, 1e3),
    written_off=st.dictionaries(st.sampled_from(["no_room", "past"]), st.integers(1, 5)),
)


@given(st.lists(ACCOUNTS, max_size=6), st.randoms())
def test_the_order_in_which_accounts_are_added_changes_nothing(accounts, shuffle):
    again = list(accounts)
    shuffle.shuffle(again)
    assert total(accounts) == total(again)
    assert total([total(accounts), Account()]).ordered == sum(one.ordered for one in accounts)


def test_days_are_added_up_over_campaigns():
    first = line_of(1, DAY, Ordered(2), DayRows(), airing=MINUTE, over=False)
    second = line_of(2, DAY, Ordered(3), DayRows(), airing=MINUTE, over=True)
    later = line_of(1, DAY + timedelta(days=1), Ordered(1), DayRows(), airing=MINUTE, over=False)
    days = by_day([later, first, second])
    assert list(days) == [DAY, DAY + timedelta(days=1)]
    assert (days[DAY].ordered, days[DAY].owed, days[DAY].written_off) == (5, 2, {"not_planned": 3})


FIRST, LAST = date(2020, 2, 28), date(2020, 3, 12)
SAID = Stated(20.0, "Lan", SIX, "sổ tháng 2")


@pytest.mark.parametrize(
    ("seconds", "measured_from", "stated", "source", "minutes", "days"),
    [
        pytest.param({FIRST: 840.0}, date(2020, 1, 1), None, BaselineSource.MEASURED, 1.0, 14, id="measured"),
        pytest.param({FIRST: 840.0}, date(2020, 1, 1), SAID, BaselineSource.MEASURED, 1.0, 14, id="measured_wins"),
        pytest.param({LAST: 120.0}, LAST, None, BaselineSource.MEASURED, 2.0, 1, id="of_one_measured_day"),
        pytest.param({}, date(2020, 1, 1), None, BaselineSource.MEASURED, 0.0, 14, id="a_measured_nothing"),
        pytest.param({}, date(2020, 1, 1), SAID, BaselineSource.STATED, 20.0, 14, id="stated_over_a_measured_nothing"),
        pytest.param({}, LAST + timedelta(days=1), SAID, BaselineSource.STATED, 20.0, 0, id="stated"),
        pytest.param({}, None, None, BaselineSource.NONE, None, 0, id="nobody_knows"),
        pytest.param(
            {date(2020, 3, 13): 600.0}, LAST, None, BaselineSource.MEASURED, 0.0, 1, id="the_day_itself_is_after"
        ),
    ],
)
def test_what_was_aired_before(seconds, measured_from, stated, source, minutes, days):
    found = baseline_of(seconds, FIRST, LAST, measured_from, stated)
    assert (found.source, found.minutes_a_day, found.days) == (source, minutes, days)


@pytest.mark.parametrize(("before", "times"), [(10.0, 3.0), (0.0, None), (None, None)])
def test_an_increase_needs_a_before(before, times):
    assert increase(Baseline(BaselineSource.MEASURED, before, FIRST, LAST, 14), 30.0) == times


def campaign(number, **changes):
    return replace(Campaign(number, "Đợt", 1, (), 1, DAY, DAY), **changes)


def test_a_topic_joins_campaigns_whoever_ordered_them():
    every = [campaign(1, topic="Phòng dịch"), campaign(2, topic="phòng  dịch "), campaign(3, topic="Tiêm chủng")]
    assert related([every[1]], every) == {1, 2}


def test_without_a_topic_the_line_of_replacements_is_followed_and_a_ring_ends():
    every = [campaign(1, replaces=3), campaign(2, replaces=1), campaign(3, replaces=2), campaign(4)]
    assert related([every[2]], every) == {1, 2, 3}
    assert related([every[3]], every, before=[1]) == {1, 2, 3, 4}
    assert related([every[3]], every) == {4}
