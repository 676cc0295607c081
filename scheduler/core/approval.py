"""Duyệt: which step an announcement may take next, and which act each role may do.

A state machine as a table and a permission table; nothing else decides either. Approval is of the sound: editing the
text or re-making the audio leads back to draft from anywhere. It never stores, and never asks who is logged in.
"""

from scheduler.core.model import AnnouncementState, Role
from scheduler.errors import NotPermitted, Refused

__all__ = ["ACTS", "STEPS", "may", "step"]

_EDITOR = frozenset(
    {
        "see",
        "import_dispatch",
        "write",
        "record",
        "make_speech",
        "edit_lexicon",
        "submit",
        "plan",
        "play_now",
        "stop",
        "retire",
        "go_live",
        "drill",
        "send_sms",
    }
)
_APPROVER = _EDITOR | {"approve", "return", "withdraw", "break_in"}
_ADMIN = _APPROVER | {"change_key", "manage_people"}

_PERMITTED = {Role.EDITOR: _EDITOR, Role.APPROVER: _APPROVER, Role.ADMIN: _ADMIN}

ACTS = _ADMIN
"""Every act the desk knows."""

_DRAFT = AnnouncementState.DRAFT
_SUBMITTED = AnnouncementState.SUBMITTED
_APPROVED = AnnouncementState.APPROVED
_RETURNED = AnnouncementState.RETURNED
_WITHDRAWN = AnnouncementState.WITHDRAWN

STEPS = {
    (_DRAFT, "submit"): _SUBMITTED,
    (_RETURNED, "submit"): _SUBMITTED,
    (_SUBMITTED, "approve"): _APPROVED,
    (_SUBMITTED, "return"): _RETURNED,
    (_DRAFT, "withdraw"): _WITHDRAWN,
    (_SUBMITTED, "withdraw"): _WITHDRAWN,
    (_RETURNED, "withdraw"): _WITHDRAWN,
    (_APPROVED, "withdraw"): _WITHDRAWN,
    **{(state, "edit"): _DRAFT for state in AnnouncementState},
}
"""(state, act) → state; a pair that is not here cannot be."""

_OWN_WITHDRAWAL = {_DRAFT, _SUBMITTED, _RETURNED}
"""Where an author may take back what nobody has approved yet."""


def may(role: Role, act: str) -> bool:
    """Whether the role may do this act of the desk; no for an act nobody knows."""
    return act in _PERMITTED[role]


def step(
    state: AnnouncementState,
    act: str,
    *,
    actor_role: Role,
    actor_id: int,
    author_id: int,
    one_officer: bool,
    heard: bool,
    has_audio: bool,
) -> AnnouncementState:
    """The state after `act`, or a refusal that leaves everything as it was.

    Args:
        state: where the announcement stands.
        act: submit, approve, return, withdraw or edit (writing it anew or re-making its audio).
        actor_role: the role of who acts.
        actor_id: who acts.
        author_id: who wrote it; approves it only where `one_officer` is set.
        one_officer: config says the station has a single officer.
        heard: this very sound has been listened to.
        has_audio: there is a sound to speak of.

    Raises NotPermitted, or Refused with wrong_state, author_is_approver, no_audio or not_heard.

    """
    permitted = may(actor_role, "write" if act == "edit" else act)
    takes_back = act == "withdraw" and actor_id == author_id and state in _OWN_WITHDRAWAL
    if not (permitted or takes_back):
        raise NotPermitted(act, actor_role.value)
    after = STEPS.get((state, act))
    if after is None:
        raise Refused("wrong_state", state=state.value, act=act)
    if act == "approve" and actor_id == author_id and not one_officer:
        raise Refused("author_is_approver")
    if act in {"submit", "approve"}:
        if not has_audio:
            raise Refused("no_audio")
        if not heard:
            raise Refused("not_heard", act=act)
    return after
