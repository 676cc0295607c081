"""What a dispatch asks for, and how an officer answers: doubts, duties, and orders about earlier dispatches."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from scheduler.core.dispatch.duty_list import DutyState
from scheduler.core.dispatch.model import Channel
from scheduler.core.model import CampaignState
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import NotFound, NotPermitted
from scheduler.services.dispatch.duties import MAX_NOTE
from tests.conftest import DAY, MORNING
from tests.refusals import refused

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared" / "samples" / "dispatch-642.txt"
SAMPLE = ROOT / "scheduler" / "samples" / "cong-van-mau.txt"
HEAD = """ỦY BAN NHÂN DÂN
PHƯỜNG AN BÌNH
Số: {number}/UBND-VHXH
An Bình, ngày {day} tháng 11 năm 2026
V/v {subject}

Kính gửi: Trạm truyền thanh phường

{body}
./.
"""
FIRST = HEAD.format(
    number=12,
    day="02",
    subject="tuyên truyền tiêm chủng",
    body="Yêu cầu Trạm truyền thanh phát 04 lượt/ngày bản tin tiêm chủng trên hệ thống loa của phường.",
)
STOP = HEAD.format(
    number=31,
    day="30",
    subject="dừng tuyên truyền tiêm chủng",
    body="Yêu cầu Trạm truyền thanh dừng phát các bản tin theo Công văn số 12/UBND-VHXH ngày 02/11/2026 của UBND phường.",
)
REPLACE = HEAD.format(
    number=32,
    day="30",
    subject="tuyên truyền tiêm chủng đợt hai",
    body=(
        "Yêu cầu Trạm truyền thanh phát 06 lượt/ngày bản tin tiêm chủng đợt hai trên hệ thống loa của phường. "
        "Công văn này thay thế Công văn số 12/UBND-VHXH ngày 02/11/2026 của UBND phường."
    ),
)
DOUBTFUL = FIRST.replace("Số: 12", "Số: l2")


@pytest.fixture
def dispatches(station):
    return station.services.dispatches


def took_in(station, lan, text):
    return station.services.dispatches.import_dispatch(lan, text.encode(), "công văn.txt")[0]


def confirm_all(station, lan, dispatch_id):
    services = station.services.dispatches
    services.confirm(lan, dispatch_id, [one.ordinal for one in services.doubts(dispatch_id)])


# The checklist


@pytest.mark.parametrize(
    ("paper", "channels"),
    [
        pytest.param(REAL, {Channel.LOUDSPEAKER, Channel.SMS, Channel.PORTAL, Channel.POST}, id="the_real_dispatch"),
        pytest.param(SAMPLE, {Channel.LOUDSPEAKER, Channel.SMS}, id="the_bundled_sample"),
    ],
)
def test_dispatch_642_gives_its_checklist(station, lan, paper, channels):
    if not paper.exists():
        pytest.skip("the real text is not beside this checkout")
    dispatch_id, _ = station.services.dispatches.import_dispatch(lan, paper.read_bytes(), paper.name)
    duties = station.services.duties.of(dispatch_id)
    assert channels <= {duty.channel for duty in duties}
    assert all(duty.state is DutyState.OPEN for duty in duties)
    text = station.repos.programme.dispatch(dispatch_id).text
    assert all(0 <= duty.start < duty.end <= len(text) for duty in duties)
    assert [duty.ordinal for duty in duties] == list(range(1, len(duties) + 1))


def test_phases_of_an_order_become_phases_of_the_draft(station, lan, dispatches):
    text = FIRST.replace(
        "phát 04 lượt/ngày",
        "phát 04 lượt/ngày từ ngày 05/12/2026 đến hết ngày 10/12/2026, sau đó 02 lượt/ngày đến hết ngày 20/12/2026",
    )
    campaign_id = station.services.dispatch_drafts.make(lan, took_in(station, lan, text))[0].campaign_id
    campaign = station.repos.programme.campaign(campaign_id)
    assert [(one.start.day, one.end.day, one.boost.value) for one in campaign.phases] == [(5, 10, 4), (11, 20, 2)]
    assert (campaign.start, campaign.end) == (date(2026, 12, 5), date(2026, 12, 20))


def test_a_duty_is_answered_by_whom_and_when(station, lan, minh, clock):
    dispatch_id = took_in(station, lan, FIRST)
    duties = station.services.duties
    assert duties.of(dispatch_id)[0].changed_at is None
    duties.mark(lan, dispatch_id, 1, DutyState.DOING, " đã lập đợt ")
    clock.advance(60)
    duties.mark(minh, dispatch_id, 1, DutyState.DONE, "đã lập đợt")
    duty = duties.of(dispatch_id)[0]
    assert (duty.state, duty.note, duty.changed_by) == (DutyState.DONE, "đã lập đợt", "Minh")
    assert duty.changed_at == MORNING + timedelta(seconds=60)


def test_the_same_answer_again_changes_nothing(station, lan, minh):
    dispatch_id = took_in(station, lan, FIRST)
    station.services.duties.mark(lan, dispatch_id, 1, DutyState.DONE)
    station.services.duties.mark(minh, dispatch_id, 1, DutyState.DONE)
    assert station.services.duties.of(dispatch_id)[0].changed_by == "Lan"


@pytest.mark.parametrize(
    ("state", "note", "reason"),
    [
        pytest.param(DutyState.NOT_OURS, "  ", "duty_note_missing", id="another_office_without_a_word"),
        pytest.param(DutyState.DONE, "x" * (MAX_NOTE + 1), "note_too_long", id="a_note_too_long"),
    ],
)
def test_an_answer_that_says_too_little_or_too_much_is_refused(station, lan, state, note, reason):
    dispatch_id = took_in(station, lan, FIRST)
    assert refused(lambda: station.services.duties.mark(lan, dispatch_id, 1, state, note)) == reason
    assert station.services.duties.of(dispatch_id)[0].state is DutyState.OPEN


def test_a_duty_that_is_not_there_and_a_stranger_are_turned_away(station, lan):
    dispatch_id = took_in(station, lan, FIRST)
    with pytest.raises(NotFound):
        station.services.duties.mark(lan, dispatch_id, 99, DutyState.DONE)
    with pytest.raises(NotPermitted):
        station.services.duties.mark(replace(lan, active=False), dispatch_id, 1, DutyState.DONE)


def test_a_dispatch_kept_before_duties_were_gets_them_when_it_comes_again(station, lan):
    dispatch_id = took_in(station, lan, FIRST)
    with station.repos.store.write() as db:
        for statement in ("DELETE FROM duty", "DELETE FROM doubt", "DELETE FROM dispatch_act"):
            db.execute(statement)
    assert took_in(station, lan, FIRST) == dispatch_id
    before = station.services.duties.of(dispatch_id)
    assert before
    station.services.duties.mark(lan, dispatch_id, 1, DutyState.DONE)
    assert took_in(station, lan, FIRST) == dispatch_id
    assert station.services.duties.of(dispatch_id)[0].state is DutyState.DONE


# Doubts


def running_campaign(station, cast, dispatch_id, **changes):
    """A campaign of a dispatch, saved as a draft."""
    return station.services.campaigns.save(cast.lan, cast.campaign(cast.approved(), dispatch_id=dispatch_id, **changes))


def test_nothing_airs_by_a_doubtful_dispatch_before_somebody_has_looked(station, cast, lan, dispatches):
    dispatch_id = took_in(station, lan, DOUBTFUL)
    doubts = dispatches.doubts(dispatch_id)
    assert "number" in {doubt.field for doubt in doubts}
    campaign_id = running_campaign(station, cast, dispatch_id)
    assert refused(lambda: station.services.campaigns.start(lan, campaign_id)) == "dispatch_doubtful"
    assert station.repos.programme.campaign(campaign_id).state is CampaignState.DRAFT
    dispatches.confirm(lan, dispatch_id, [doubt.ordinal for doubt in doubts])
    station.services.campaigns.start(lan, campaign_id)
    answered = dispatches.doubts(dispatch_id)[0]
    assert (answered.answer, answered.answered_by, answered.answered_at) == ("confirmed", "Lan", MORNING)


def test_an_exception_that_a_campaign_cannot_hold_is_not_answered_by_saving_one(station, cast, lan, dispatches):
    order = "phát 04 lượt/ngày từ ngày 05/12/2026 đến ngày 10/12/2026, trừ 11h30 - 13h30; sau đó phát 02 lượt/ngày"
    text = FIRST.replace("phát 04 lượt/ngày", f"{order} đến ngày 20/12/2026")
    dispatch_id = took_in(station, lan, text)
    campaign_id = running_campaign(station, cast, dispatch_id)
    assert [doubt.reason for doubt in dispatches.doubts(dispatch_id) if doubt.is_open] == ["frequency_unkept"]
    assert refused(lambda: station.services.campaigns.start(lan, campaign_id)) == "dispatch_doubtful"
    confirm_all(station, lan, dispatch_id)
    station.services.campaigns.start(lan, campaign_id)


def test_a_corrected_value_needs_no_confirming_and_an_untouched_one_does(station, lan, dispatches):
    dispatch_id = took_in(station, lan, DOUBTFUL)
    waiting = {doubt.field for doubt in dispatches.doubts(dispatch_id)}
    fields = station.repos.programme.dispatch(dispatch_id).fields
    dispatches.correct(lan, dispatch_id, {"number": fields["number"]})
    assert all(doubt.is_open for doubt in dispatches.doubts(dispatch_id))
    dispatches.correct(lan, dispatch_id, {"number": "120"})
    left = {doubt.field for doubt in dispatches.doubts(dispatch_id) if doubt.is_open}
    assert left == waiting - {"number"}
    assert {doubt.answer for doubt in dispatches.doubts(dispatch_id) if doubt.field == "number"} == {"corrected"}


def test_an_answer_is_given_once(station, lan, minh, dispatches):
    dispatch_id = took_in(station, lan, DOUBTFUL)
    confirm_all(station, lan, dispatch_id)
    confirm_all(station, minh, dispatch_id)
    assert {doubt.answered_by for doubt in dispatches.doubts(dispatch_id)} == {"Lan"}


def test_saving_the_campaign_states_how_often(station, lan, dispatches):
    text = FIRST.replace("phát 04 lượt/ngày bản tin", "tăng thời lượng phát sóng bản tin")
    dispatch_id = took_in(station, lan, text)
    assert [doubt.field for doubt in dispatches.doubts(dispatch_id)] == ["frequency"]
    campaign_id = station.services.dispatch_drafts.make(lan, dispatch_id)[0].campaign_id
    assert refused(lambda: station.services.campaigns.start(lan, campaign_id)) == "dispatch_doubtful"
    station.services.campaigns.save(lan, station.repos.programme.campaign(campaign_id))
    station.services.campaigns.start(lan, campaign_id)
    assert dispatches.doubts(dispatch_id)[0].answer == "corrected"


def test_a_campaign_by_nobodys_order_is_not_asked(station, cast):
    assert cast.running(cast.approved())


# Stop and replace


def test_a_stop_order_shows_the_campaign_it_hits_and_ends_it_at_a_press(station, cast, lan, dispatches):
    first = took_in(station, lan, FIRST)
    confirm_all(station, lan, first)
    campaign_id = cast.running(cast.approved(), dispatch_id=first)
    stop = took_in(station, lan, STOP)
    [hit] = dispatches.acts(stop)
    assert hit.dispatch_ids == (first,)
    assert [one.id for one in hit.campaigns] == [campaign_id]
    assert station.repos.slots.of_day(DAY)
    assert dispatches.obey(lan, stop, hit.act.ordinal) == (campaign_id,)
    assert station.repos.slots.of_day(DAY) == []
    [done] = dispatches.acts(stop)
    assert (done.act.done_by, done.act.done_at, done.act.campaign_ids) == ("Lan", MORNING, (campaign_id,))


def test_a_second_press_ends_nothing_twice(station, cast, lan, minh, dispatches, clock):
    first = took_in(station, lan, FIRST)
    confirm_all(station, lan, first)
    campaign_id = cast.running(cast.approved(), dispatch_id=first)
    stop = took_in(station, lan, STOP)
    ordinal = dispatches.acts(stop)[0].act.ordinal
    dispatches.obey(lan, stop, ordinal)
    station.services.campaigns.start(lan, campaign_id)  # the ward lets it run again, by its own decision
    clock.advance(60)
    assert dispatches.obey(minh, stop, ordinal) == (campaign_id,)
    assert station.repos.programme.campaign(campaign_id).state is CampaignState.ACTIVE
    assert dispatches.acts(stop)[0].act.done_by == "Lan"


def test_a_replacement_puts_the_new_campaign_in_the_old_ones_place(station, cast, lan, dispatches):
    first = took_in(station, lan, FIRST)
    confirm_all(station, lan, first)
    old = cast.running(cast.approved(), dispatch_id=first, end=DAY + timedelta(days=5))
    later = took_in(station, lan, REPLACE)
    [hit] = dispatches.acts(later)
    assert refused(lambda: dispatches.obey(lan, later, hit.act.ordinal)) == "act_no_draft"
    new = running_campaign(station, cast, later, end=DAY + timedelta(days=5), windows=(parse_window("16:30-17:30"),))
    confirm_all(station, lan, later)
    dispatches.obey(lan, later, hit.act.ordinal)
    programme = station.repos.programme
    assert programme.campaign(old).stopped_at is not None
    assert programme.campaign(new).state is CampaignState.ACTIVE
    assert programme.campaign(new).replaces == old
    assert {slot.campaign_id for slot in station.repos.slots.of_day(DAY)} == {new}


def test_an_order_that_hits_nothing_is_answered_by_choosing_or_by_saying_so(station, cast, lan, dispatches):
    stop = took_in(station, lan, STOP)
    [hit] = dispatches.acts(stop)
    assert (hit.dispatch_ids, hit.campaigns) == ((), ())
    assert refused(lambda: dispatches.obey(lan, stop, hit.act.ordinal)) == "act_no_campaign"
    campaign_id = cast.running(cast.approved())
    assert dispatches.obey(lan, stop, hit.act.ordinal, [campaign_id]) == (campaign_id,)
    other = took_in(station, lan, STOP.replace("Số: 31", "Số: 33"))
    assert dispatches.obey(lan, other, 1, []) == ()
    assert dispatches.acts(other)[0].act.done_at == MORNING


def test_the_same_number_of_another_year_is_another_dispatch(station, cast, lan, dispatches):
    first = took_in(station, lan, FIRST.replace("năm 2026", "năm 2025"))
    confirm_all(station, lan, first)
    cast.running(cast.approved(), dispatch_id=first)
    stop = took_in(station, lan, STOP)
    assert dispatches.acts(stop)[0].dispatch_ids == ()


def test_an_act_that_is_not_there_and_a_stranger_are_turned_away(station, lan, dispatches):
    stop = took_in(station, lan, STOP)
    with pytest.raises(NotFound):
        dispatches.obey(lan, stop, 9)
    with pytest.raises(NotPermitted):
        dispatches.obey(replace(lan, active=False), stop, 1)
    with pytest.raises(NotPermitted):
        dispatches.confirm(replace(lan, active=False), stop, [1])


def test_a_stop_from_a_day_on_lets_it_air_until_then(station, cast, lan, dispatches):
    first = took_in(station, lan, FIRST)
    confirm_all(station, lan, first)
    campaign_id = cast.running(cast.approved(), dispatch_id=first, end=DAY + timedelta(days=5))
    stop = took_in(station, lan, STOP)
    day = date(2026, 12, 3)
    with station.repos.store.write() as db:
        db.execute("UPDATE dispatch_act SET since = ?", (day.isoformat(),))
    dispatches.obey(lan, stop, 1)
    assert station.repos.slots.of_day(DAY)
    assert station.repos.slots.of_day(day) == []
    assert station.repos.programme.campaign(campaign_id).stopped_at.isoformat() == "2026-12-02T17:00:00+00:00"


def test_a_stop_for_a_while_is_a_pause(station, cast, lan, dispatches):
    first = took_in(station, lan, FIRST)
    confirm_all(station, lan, first)
    campaign_id = cast.running(cast.approved(), dispatch_id=first, end=DAY + timedelta(days=5))
    stop = took_in(station, lan, STOP)
    with station.repos.store.write() as db:
        db.execute("UPDATE dispatch_act SET until = ?", (DAY.isoformat(),))
    dispatches.obey(lan, stop, 1)
    [pause] = station.repos.programme.campaign(campaign_id).pauses
    assert pause.until.isoformat() == "2026-12-02T17:00:00+00:00"
    assert station.repos.slots.of_day(DAY) == []
    assert station.repos.slots.of_day(DAY + timedelta(days=1))


@pytest.mark.parametrize(("said", "most"), [("tối đa 02 lượt/ngày", 2), ("02 lượt/ngày", None)])
def test_what_a_dispatch_allows_at_most_is_known_where_its_airings_are_made_up(station, lan, cast, said, most):
    dispatch_id = took_in(station, lan, FIRST.replace("04 lượt/ngày", said))
    assert station.repos.programme.most_a_day(dispatch_id) == most
    confirm_all(station, lan, dispatch_id)
    cast.running(cast.approved(), base=2, dispatch_id=dispatch_id)
    assert [one.most for one in station.services.campaigns.days.running()] == [most]
