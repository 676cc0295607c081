"""The words of Các phường: how a ward stands, what was issued and what became of it; and the town's desk of a request.

Tables and their use; nothing is decided here. A station that is no hub has none of these pages.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import abort

from scheduler.core.model import AiringOutcome
from scheduler.core.planning.ledger import RECORDED_ONLY
from scheduler.core.words.wording import OUTCOMES, sentence, sentence_of
from scheduler.extras.hub.rules.areas import old_districts
from scheduler.extras.hub.rules.wards import Area, Standing
from scheduler.extras.hub.rules.wording_hub import ACK_STATES, ISSUE_KINDS, STANDINGS
from scheduler.extras.hub.service.issues import Issued, IssuedWard
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.hub.service.wards import WardState
from scheduler.extras.town.rules.envelope import AckState, Act, Kind, Status
from scheduler.kernel.words import Words
from web.auth import services
from web.words.page_words import in_order

__all__ = [
    "GRAVITY",
    "NOTICES",
    "PRIORITIES",
    "STANDING_LOOKS",
    "ack_word",
    "answer_words",
    "counted",
    "districts_of",
    "issue_words",
    "outcome_word",
    "summary",
    "target_words",
    "town",
    "ward_words",
]

STANDING_LOOKS = {
    Standing.CUT_OFF: ("err", "cross"),
    Standing.LATE: ("warn", "warn"),
    Standing.NEVER: ("off", "clock"),
    Standing.ON_AIR: ("air", "play"),
    Standing.QUIET: ("done", "check"),
    Standing.REVOKED: ("off", "lock"),
}
"""Standing -> look and picture, the one that wants a person first."""
GRAVITY = {state: place for place, state in enumerate(STANDING_LOOKS)}
PRIORITIES = {1: ("Khẩn cấp", "emg", "warn"), 2: ("Ưu tiên", "warn", "clock"), 3: ("Thông thường", "off", "paper")}
"""Priority -> word, look, picture."""
_ACK_LOOKS = {
    AckState.REFUSED: ("err", "cross"),
    AckState.PARTIAL: ("warn", "warn"),
    AckState.WAITING: ("wait", "clock"),
    AckState.PREPARING: ("wait", "clock"),
    AckState.APPROVED: ("wait", "check"),
    AckState.PLANNED: ("wait", "calendar"),
    AckState.PLAYING: ("air", "play"),
    AckState.PLAYED: ("done", "check"),
    AckState.RECEIVED: ("done", "check"),
    AckState.STORED: ("done", "check"),
}
NOTICES = Words(Path(__file__).parents[1], "notices", str)
_STATUS_WORDS = Words(Path(__file__).parents[1], "status_words", Status)
_ACT_WORDS = Words(Path(__file__).parents[1], "act_words", Act)
SILENT = {Standing.CUT_OFF, Standing.NEVER}


def town() -> HubService:
    """The town's desk of this station; a station that is none answers "not found"."""
    found = services().get(HubService)
    if not found.is_hub:
        abort(404)
    return found


def ward_words(one: WardState, districts: Sequence[str] = ()) -> dict[str, Any]:
    """A ward with everything its line says."""
    mark, icon = STANDING_LOOKS[one.state]
    return {
        "ward": one,
        "word": STANDINGS[one.state],
        "mark": mark,
        "icon": icon,
        "districts": ", ".join(districts),
        "trouble": sentence(one.trouble, dict(one.trouble_details)) if one.trouble else "",
        "notes": list(_notes(one)),
    }


def _notes(one: WardState) -> list[str]:
    """What else a person should know of it."""
    found = []
    if one.health.get("playout") is False and one.is_fresh and one.state is not Standing.REVOKED:
        found.append("Bộ phát của phường không trả lời.")
    if minutes := one.clock_off_minutes:
        found.append(sentence("ward_clock_ahead" if minutes > 0 else "ward_clock_behind", {"minutes": abs(minutes)}))
    if one.groups_untold and one.revoked_at is None:
        found.append("Phường chưa nhận nhóm mới; tới khi nhận, tin cho nhóm được gửi riêng cho từng phường.")
    return found


def counted(wards: Sequence[WardState]) -> list[dict[str, Any]]:
    """How many wards stand how; states of which there is none are left out."""
    counts = Counter(one.state for one in wards)
    return [
        {"state": state.value, "word": STANDINGS[state], "mark": mark, "icon": icon, "count": counts[state]}
        for state, (mark, icon) in STANDING_LOOKS.items()
        if counts[state]
    ]


def districts_of(wards: Sequence[WardState], areas: dict[str, Area]) -> dict[str, tuple[str, ...]]:
    """Ward -> the districts of before 1 July 2025 that it lay in."""
    return {one.id: old_districts(one.area or one.id, areas) for one in wards}


def target_words(targets: Sequence[str], names: dict[str, str]) -> str:
    """Whom something is for, in words."""
    found = []
    for target in targets:
        level, _, name = target.partition(".")
        if level == "all":
            return "Tất cả các phường"
        found.append(f"Nhóm {name}" if level == "group" else names.get(name, name))
    return ", ".join(found)


def issue_words(one: Issued, names: dict[str, str]) -> dict[str, Any]:
    """An issue with everything its line says."""
    issue = one.issue
    word, mark, icon = PRIORITIES[issue.priority]
    return {
        "issued": one,
        "issue": issue,
        "kind": ISSUE_KINDS[Kind(issue.kind)],
        "priority_word": word,
        "mark": mark,
        "icon": icon,
        "status": _STATUS_WORDS[Status(issue.status)],
        "act": _ACT_WORDS[Act(issue.act)],
        "targets": target_words(issue.targets, names),
        "zones": ", ".join(issue.zones),
        "issuer": services().people.get(issue.issued_by).name,
        "refused": one.states.get(AckState.REFUSED.value, 0),
        "states": [
            {"word": ACK_STATES[state], "count": one.states[state.value]}
            | dict(zip(("mark", "icon"), look(state), strict=True))
            for state in AckState
            if one.states.get(state.value)
        ],
    }


def look(state: AckState) -> tuple[str, str]:
    """Look and picture of a state."""
    return _ACK_LOOKS.get(state, ("off", "stop"))


def answer_words(row: IssuedWard) -> dict[str, Any]:
    """A ward and its last word on an issue."""
    told = ward_words(row.ward)
    if row.answer is None:
        return told | {
            "answer": None,
            "answer_word": "Chưa trả lời",
            "answer_mark": "off",
            "answer_icon": "clock",
            "why": "",
        }
    state = AckState(row.answer.state)
    mark, icon = look(state)
    why = sentence_of(row.answer)
    return told | {
        "answer": row.answer,
        "answer_word": ack_word(state.value, row.answer.reason),
        "answer_mark": mark,
        "answer_icon": icon,
        "why": why,
    }


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What a glance has to tell: how many have it, who refused and why, who cannot be reached since when."""
    has = [one for one in rows if one["answer"] is not None]
    said_no = [one for one in has if one["answer"].state == AckState.REFUSED.value]
    refused = [one for one in said_no if one["answer"].reason != RECORDED_ONLY]
    played = [one for one in has if one["answer"].state == AckState.PLAYED.value]
    silent = [one for one in rows if one["answer"] is None and one["ward"].state in SILENT]
    return {
        "wards": len(rows),
        "received": len(has) - len(refused),
        "played": len(played),
        "refused": refused,
        "recorded": len(said_no) - len(refused),
        "silent": in_order(silent, lambda one: one["ward"].name),
        "open": len(rows) - len(has) - len(silent),
    }


def ack_word(state: str, reason: str) -> str:
    """An answer in a word: a ward that refused because no loudspeaker was there has only recorded."""
    if reason == RECORDED_ONLY:
        return OUTCOMES[AiringOutcome.RECORDED]
    return next((word for one, word in ACK_STATES.items() if one.value == state), state)


def outcome_word(outcome: str) -> str:
    """An outcome as a ward told it, in words; one that is not known here as it came."""
    return next((word for key, word in OUTCOMES.items() if key.value == outcome), outcome)
