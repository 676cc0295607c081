"""Duyệt: which step an announcement may take next, and which act each role may do.

A state machine as a table and a permission table; nothing else decides either. Approval is of the sound: editing the
text or re-making the audio leads back to draft from anywhere. It never stores, and never asks who is logged in.
"""

from collections.abc import Collection

from scheduler.core.model import DEFAULT_ZONE, Announcement, AnnouncementState, Person, Role
from scheduler.features import FEATURES
from scheduler.kernel.errors import NotPermitted, Refused

__all__ = ["ACTS", "STEPS", "ZONE_BOUND", "is_own", "may", "may_in", "step"]


def _of_extras(role: Role) -> frozenset[str]:
    """The acts of extras for which this is a lowest role."""
    return frozenset(act for feature in FEATURES for act, roles in feature.rights.items() if role in roles)


_GUEST = frozenset({"see"})
_CONTRIBUTOR = _GUEST | {"write", "record", "make_speech", "submit", "plan", "play_now", "stop", "go_live"}
_EDITOR = _CONTRIBUTOR | _of_extras(Role.EDITOR) | {"import_dispatch", "edit_lexicon", "retire", "drill"}
_APPROVER = (
    _EDITOR
    | _of_extras(Role.APPROVER)
    | {
        "approve",
        "return",
        "withdraw",
        "break_in",
        "test_output",
        "read_audit",
        "confirm_clock",
        "own_key",
    }
)
_TECHNICIAN = _GUEST | _of_extras(Role.TECHNICIAN) | {"stop", "configure", "test_output", "backup", "confirm_clock"}
_ADMIN = _APPROVER | _TECHNICIAN | _of_extras(Role.ADMIN) | {"change_key", "manage_people", "manage_tokens"}

_PERMITTED = {
    Role.EDITOR: _EDITOR,
    Role.APPROVER: _APPROVER,
    Role.TECHNICIAN: _TECHNICIAN,
    Role.ADMIN: _ADMIN,
    Role.CONTRIBUTOR: _CONTRIBUTOR,
    Role.GUEST: _GUEST,
}

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
"""Where an author who may still submit takes back what nobody has approved yet."""

ZONE_BOUND = frozenset({Role.CONTRIBUTOR})
"""Roles that act only inside zones of their own."""


def may(role: Role, act: str) -> bool:
    """Whether the role may do this act of the desk; no for an act nobody knows."""
    return act in _PERMITTED[role]


def may_in(role: Role, act: str, zones: Collection[str], zone: str) -> bool:
    """Whether the role may do this act on the loudspeakers of `zone`.

    A zone-bound role does so only in its own `zones`; the whole ward is nobody's zone, whatever the row says.
    """
    bound = role in ZONE_BOUND
    return may(role, act) and (not bound or (zone != DEFAULT_ZONE and zone in zones))


def is_own(seen: Announcement, person: Person, *, one_officer: bool) -> bool:
    """Whether `person` wrote it or changed it last, and so may not approve it; a station of one officer asks nobody."""
    return person.id in {seen.author_id, seen.writer_id} and not one_officer


def step(  # noqa: PLR0913 - each is a fact of its own, and all are named at the call
    state: AnnouncementState,
    act: str,
    *,
    actor_role: Role,
    actor_id: int,
    author_id: int,
    one_officer: bool,
    heard: bool,
    has_audio: bool,
    writer_id: int | None = None,
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
        writer_id: who changed its words or its recording last; approves it no more than the author does.

    Raises NotPermitted, or Refused with wrong_state, author_is_approver, no_audio or not_heard.

    """
    permitted = may(actor_role, "write" if act == "edit" else act)
    own = actor_id == author_id and may(actor_role, "submit")
    takes_back = act == "withdraw" and own and state in _OWN_WITHDRAWAL
    if not (permitted or takes_back):
        raise NotPermitted(act, actor_role.value)
    after = STEPS.get((state, act))
    if after is None:
        raise Refused("wrong_state", state=state.value, act=act)
    if act == "approve" and actor_id in {author_id, writer_id} and not one_officer:
        raise Refused("author_is_approver")
    if act in {"submit", "approve"}:
        if not has_audio:
            raise Refused("no_audio")
        if not heard:
            raise Refused("not_heard", act=act)
    return after
