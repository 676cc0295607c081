"""The way of an SMS: who may take which step, and that nothing goes out without a leader's approval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import Role
from scheduler.extras.sms.rules.approval import CLEARED, STEPS, SmsState, sms_step
from scheduler.extras.sms.rules.sms_words import BATCH_STATES, RECIPIENT_STATES, SMS_STATES
from scheduler.kernel.errors import NotPermitted, Refused
from tests.rows import over

ACTS = sorted({act for _, act in STEPS})


def step(state, act, role=Role.APPROVER, actor=2, author=1, *, one_officer=False):
    return sms_step(state, act, actor_role=role, actor_id=actor, author_id=author, one_officer=one_officer)


@over(
    "state, act, after",
    [
        (SmsState.DRAFT, "submit", SmsState.SUBMITTED),
        (SmsState.SUBMITTED, "approve", SmsState.APPROVED),
        (SmsState.SUBMITTED, "return", SmsState.RETURNED),
        (SmsState.RETURNED, "submit", SmsState.SUBMITTED),
        (SmsState.APPROVED, "hand_over", SmsState.HANDED_OVER),
        (SmsState.APPROVED, "send", SmsState.SENDING),
        (SmsState.HANDED_OVER, "send", SmsState.SENDING),
        (SmsState.SENT, "send", SmsState.SENDING),
        (SmsState.SENT, "hand_over", SmsState.SENT),
        (SmsState.SENDING, "withdraw", SmsState.WITHDRAWN),
        (SmsState.SENDING, "edit", SmsState.DRAFT),
    ],
)
def test_the_way_of_an_sms(state, act, after):
    assert step(state, act) is after


@pytest.mark.parametrize("state", sorted(set(SmsState) - CLEARED))
@pytest.mark.parametrize("act", ["send", "hand_over"])
def test_nothing_goes_out_without_an_approval(state, act):
    with pytest.raises(Refused, match="sms_unapproved"):
        step(state, act)


def test_a_sending_under_way_is_not_ordered_again():
    with pytest.raises(Refused, match="wrong_state"):
        step(SmsState.SENDING, "send")


@pytest.mark.parametrize("act", ["approve", "return"])
def test_an_editor_does_not_approve(act):
    with pytest.raises(NotPermitted):
        step(SmsState.SUBMITTED, act, role=Role.EDITOR)


def test_nobody_approves_their_own_words_unless_there_is_one_officer():
    with pytest.raises(Refused, match="author_is_approver"):
        step(SmsState.SUBMITTED, "approve", actor=1)
    assert step(SmsState.SUBMITTED, "approve", actor=1, one_officer=True) is SmsState.APPROVED


@over("state", SmsState)
def test_an_author_takes_back_only_what_nobody_has_approved(state):
    own = {SmsState.DRAFT, SmsState.SUBMITTED, SmsState.RETURNED}
    if state in own:
        assert step(state, "withdraw", role=Role.EDITOR, actor=1) is SmsState.WITHDRAWN
    else:
        with pytest.raises(NotPermitted):
            step(state, "withdraw", role=Role.EDITOR, actor=1)


@given(st.lists(st.sampled_from(ACTS), max_size=12), st.sampled_from(Role))
def test_whatever_is_done_words_go_out_only_after_an_approval_that_no_edit_followed(acts, role):
    state, approved = SmsState.DRAFT, False
    for act in acts:
        try:
            state = step(state, act, role=role)
        except Refused:
            continue
        approved = act == "approve" or (approved and act not in {"edit", "withdraw"})
        assert (state in CLEARED) == approved


def test_every_state_has_its_word():
    assert set(SMS_STATES) == set(SmsState)
    assert all(BATCH_STATES.values())
    assert all(RECIPIENT_STATES.values())
