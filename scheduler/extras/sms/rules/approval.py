"""Duyệt tin nhắn: which step an SMS may take next, and who may take it; the states of a sending and of a recipient.

The same rule as for announcements, of words instead of sound: a leader who did not write them approves exactly them,
and writing them anew leads back to draft from anywhere, out of the middle of a sending too. It never stores or sends.
"""

from enum import StrEnum

from scheduler.core.announcement.approval import may
from scheduler.core.model import Role
from scheduler.kernel.errors import NotPermitted, Refused

__all__ = ["CLEARED", "STEPS", "BatchState", "RecipientState", "SmsState", "sms_step"]


class SmsState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed_over"
    """A hand-over file for the telecoms was made of it."""
    SENDING = "sending"
    SENT = "sent"
    """A sending of it is over, and a gateway took it at least once."""


class BatchState(StrEnum):
    """Of one sending to one list."""

    CHECKED = "checked"
    """The list was read and nobody has ordered the sending yet."""
    SENDING = "sending"
    HALTED = "halted"
    """It cannot go on by itself; a person may let it."""
    ENDED = "ended"
    STOPPED = "stopped"


class RecipientState(StrEnum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    """Written before the request leaves: what is still claimed after a crash may have been sent."""
    SENT = "sent"
    """The gateway said that it took it; not that a telephone has it."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Nobody can say whether the gateway took it; only a person may have it sent again."""
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


CLEARED = frozenset({SmsState.APPROVED, SmsState.HANDED_OVER, SmsState.SENDING, SmsState.SENT})
"""States in which a leader's approval stands."""
_READY = CLEARED - {SmsState.SENDING}

STEPS: dict[tuple[SmsState, str], SmsState] = {
    (SmsState.DRAFT, "submit"): SmsState.SUBMITTED,
    (SmsState.RETURNED, "submit"): SmsState.SUBMITTED,
    (SmsState.SUBMITTED, "approve"): SmsState.APPROVED,
    (SmsState.SUBMITTED, "return"): SmsState.RETURNED,
    (SmsState.APPROVED, "hand_over"): SmsState.HANDED_OVER,
    (SmsState.HANDED_OVER, "hand_over"): SmsState.HANDED_OVER,
    (SmsState.SENDING, "hand_over"): SmsState.SENDING,
    (SmsState.SENT, "hand_over"): SmsState.SENT,
    **{(state, "send"): SmsState.SENDING for state in _READY},
    **{(state, "withdraw"): SmsState.WITHDRAWN for state in SmsState if state is not SmsState.WITHDRAWN},
    **{(state, "edit"): SmsState.DRAFT for state in SmsState},
}
"""(state, act) → state; a pair that is not here cannot be."""
_RIGHTS = {"edit": "write", "hand_over": "send_sms", "send": "send_sms"}
_OWN_WITHDRAWAL = frozenset({SmsState.DRAFT, SmsState.SUBMITTED, SmsState.RETURNED})
"""Where an author may take back what nobody has approved yet."""


def sms_step(
    state: SmsState,
    act: str,
    *,
    actor_role: Role,
    actor_id: int,
    author_id: int,
    one_officer: bool,
    writer_id: int | None = None,
) -> SmsState:
    """The state after `act` (submit, approve, return, withdraw, edit, hand_over, send).

    `writer_id`: who changed the words last; approves them no more than the author does.

    Raises NotPermitted; Refused with wrong_state, sms_unapproved or author_is_approver.
    """
    own = actor_id == author_id and may(actor_role, "submit")
    takes_back = act == "withdraw" and own and state in _OWN_WITHDRAWAL
    if not (takes_back or may(actor_role, _RIGHTS.get(act, act))):
        raise NotPermitted(act, actor_role.value)
    after = STEPS.get((state, act))
    if after is None:
        if act in {"send", "hand_over"} and state not in CLEARED:
            raise Refused("sms_unapproved")
        raise Refused("wrong_state", state=state.value, act=act)
    if act == "approve" and actor_id in {author_id, writer_id} and not one_officer:
        raise Refused("author_is_approver")
    return after
