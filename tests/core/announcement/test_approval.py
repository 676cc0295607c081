import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.announcement.approval import ACTS, STEPS, may, may_in, step
from scheduler.core.model import AnnouncementState as S
from scheduler.core.model import Role
from scheduler.kernel.errors import NotPermitted, Refused
from tests.of_extras import rows_of_extras
from tests.roles import ADMINS, DESK, LEADERS, MACHINES, WRITERS

LAN, MINH = 1, 2  # Lan writes, Minh approves
STEP_ACTS = ("submit", "approve", "return", "withdraw", "edit")


def take(state, act, *, role=Role.ADMIN, actor=MINH, author=LAN, one_officer=False, heard=True, has_audio=True):
    return step(
        state,
        act,
        actor_role=role,
        actor_id=actor,
        author_id=author,
        one_officer=one_officer,
        heard=heard,
        has_audio=has_audio,
    )


@pytest.mark.parametrize(
    ("state", "act", "after"),
    [
        pytest.param(S.DRAFT, "submit", S.SUBMITTED, id="a_draft_is_submitted"),
        pytest.param(S.RETURNED, "submit", S.SUBMITTED, id="a_returned_one_is_submitted_again"),
        pytest.param(S.SUBMITTED, "approve", S.APPROVED, id="approved"),
        pytest.param(S.SUBMITTED, "return", S.RETURNED, id="returned"),
        pytest.param(S.APPROVED, "withdraw", S.WITHDRAWN, id="withdrawn"),
        pytest.param(S.APPROVED, "edit", S.DRAFT, id="editing_voids_approval"),
        pytest.param(S.SUBMITTED, "edit", S.DRAFT, id="editing_takes_back_a_submission"),
        pytest.param(S.EXPIRED, "edit", S.DRAFT, id="an_expired_one_is_written_anew"),
    ],
)
def test_each_step_leads_where_the_office_expects(state, act, after):
    assert take(state, act) is after


@pytest.mark.parametrize("act", STEP_ACTS)
@pytest.mark.parametrize("state", list(S))
def test_what_is_not_in_the_table_cannot_be(state, act):
    if (state, act) in STEPS:
        assert take(state, act) is STEPS[state, act]
        return
    with pytest.raises(Refused) as refusal:
        take(state, act)
    assert refusal.value.reason == "wrong_state"


def test_only_the_approval_of_something_submitted_makes_it_approved():
    assert [pair for pair, after in STEPS.items() if after is S.APPROVED] == [(S.SUBMITTED, "approve")]


def test_the_author_does_not_approve_her_own_whatever_her_role():
    for role in (Role.APPROVER, Role.ADMIN):
        with pytest.raises(Refused) as refusal:
            take(S.SUBMITTED, "approve", role=role, actor=LAN)
        assert refusal.value.reason == "author_is_approver"


def test_in_a_station_of_one_officer_the_author_approves():
    assert take(S.SUBMITTED, "approve", actor=LAN, one_officer=True) is S.APPROVED


def test_one_officer_gives_an_editor_no_right_to_approve():
    with pytest.raises(NotPermitted):
        take(S.SUBMITTED, "approve", role=Role.EDITOR, actor=LAN, one_officer=True)


@pytest.mark.parametrize(("state", "act"), [(S.DRAFT, "submit"), (S.SUBMITTED, "approve")])
def test_nothing_unheard_or_without_sound_goes_on(state, act):
    with pytest.raises(Refused) as unheard:
        take(state, act, heard=False)
    assert unheard.value.reason == "not_heard"
    with pytest.raises(Refused) as soundless:
        take(state, act, has_audio=False, heard=False)
    assert soundless.value.reason == "no_audio"


def test_returning_or_withdrawing_asks_for_no_listening():
    assert take(S.SUBMITTED, "return", heard=False) is S.RETURNED
    assert take(S.APPROVED, "withdraw", heard=False, has_audio=False) is S.WITHDRAWN


@pytest.mark.parametrize("state", [S.DRAFT, S.SUBMITTED, S.RETURNED])
def test_an_editor_takes_back_her_own_but_not_anothers(state):
    assert take(state, "withdraw", role=Role.EDITOR, actor=LAN) is S.WITHDRAWN
    with pytest.raises(NotPermitted):
        take(state, "withdraw", role=Role.EDITOR, actor=MINH)


def test_an_editor_does_not_withdraw_what_a_leader_approved():
    with pytest.raises(NotPermitted) as refusal:
        take(S.APPROVED, "withdraw", role=Role.EDITOR, actor=LAN)
    assert refusal.value.reason == "not_permitted"


def test_permission_is_asked_before_the_state():
    with pytest.raises(NotPermitted):
        take(S.DRAFT, "approve", role=Role.EDITOR)


RIGHTS = rows_of_extras("pages.routes", "REACHES") | {
    "see": set(Role),
    **dict.fromkeys(("write", "record", "make_speech", "submit", "plan", "play_now", "go_live"), WRITERS),
    **dict.fromkeys(("import_dispatch", "edit_lexicon", "retire", "drill"), DESK),
    **dict.fromkeys(("approve", "return", "withdraw", "break_in", "read_audit", "own_key"), LEADERS),
    **dict.fromkeys(("configure", "backup"), MACHINES),
    **dict.fromkeys(("manage_people", "manage_tokens", "change_key"), ADMINS),
    "stop": WRITERS | MACHINES,
    "test_output": LEADERS | MACHINES,
    "confirm_clock": LEADERS | MACHINES,
}
"""Right -> the roles that have it, written down a second time."""


def test_the_table_of_rights_is_the_one_written_here():
    assert set(ACTS) == set(RIGHTS)
    assert {act: {role for role in Role if may(role, act)} for act in ACTS} == RIGHTS


@pytest.mark.parametrize("act", ["launch_rocket", "", "APPROVE", "manage_people "])
def test_an_act_that_nobody_knows_is_nobodys(act):
    assert not any(may(role, act) for role in Role)


ZONES = st.sampled_from(["all", "khu-pho-1", "khu-pho-2", "khu-pho-3", ""])


@given(st.sampled_from(Role), st.sampled_from(sorted(RIGHTS)), st.frozensets(ZONES), ZONES)
def test_a_contributor_acts_in_zones_of_their_own_and_others_wherever_their_role_lets_them(role, act, own, zone):
    expected = role in RIGHTS[act] and (role is not Role.CONTRIBUTOR or (zone in own and zone != "all"))
    assert may_in(role, act, own, zone) == expected


def test_a_guest_takes_back_nothing_not_even_what_was_once_their_own():
    with pytest.raises(NotPermitted):
        take(S.DRAFT, "withdraw", role=Role.GUEST, actor=LAN)


def test_an_admin_may_do_every_act_there_is():
    assert all(may(Role.ADMIN, act) for act in ACTS)


@pytest.mark.parametrize("act", ["", "publish", "manage_people"])
def test_an_act_that_is_no_step_is_refused(act):
    with pytest.raises(Refused):
        take(S.DRAFT, act)
