"""Việc cần làm in words: what will fail unless somebody sees to it, when, and the page that mends it.

The rows are playout's, raised before anything is spoilt; here they only get their sentence and a link. A row whose slot
has gone meanwhile keeps its sentence.
"""

from typing import Any

from flask import url_for

from scheduler.core.wording import sentence
from scheduler.errors import NotFound
from scheduler.store import Todo
from scheduler.store.todo import AIR
from web.auth import desk

__all__ = ["todo_words"]

STATION = {"clock_untrusted", "playout_silent", "no_output_open", "disk_low"}
"""Causes that lie in the station and not in what is to be said."""
DEAF = AIR + "deaf"


def todo_words() -> list[dict[str, Any]]:
    """Every open row, soonest first."""
    return [_told(todo) for todo in desk().parts.todos.open()]


def _told(todo: Todo) -> dict[str, Any]:
    if todo.key.startswith(AIR) and todo.key != DEAF:
        word, address = "Xem nhật ký", url_for("journal.page")
    else:
        word, address = _mended_at(todo)
    airings = int(todo.details.get("airings", "0") or 0)
    return {
        "key": todo.key,
        "due": todo.due,
        "title": todo.details.get("title", ""),
        "why": sentence(todo.reason, todo.details),
        "airings": airings,
        "word": word,
        "address": address,
    }


def _mended_at(todo: Todo) -> tuple[str, str]:
    """Where it is mended: the link's words and address."""
    if todo.reason in STATION or todo.key == DEAF:
        return "Xem tình trạng trạm", url_for("settings.page")
    about = todo.key.rpartition(":")[2]
    announcement_id, campaign_id, is_relay = int(about) if about.isdecimal() else 0, None, False
    if todo.slot_id:
        try:
            facts = desk().parts.slots.facts(todo.slot_id)
        except NotFound:
            pass
        else:
            announcement_id, campaign_id = facts.slot.announcement_id, facts.slot.campaign_id
            is_relay = facts.row["kind"] == "relay"
    if is_relay:
        return "Mở tiếp âm", url_for("relays.listed", _anchor=f"ban-tin-{announcement_id}")
    if todo.reason == "campaign_stopped" and campaign_id:
        return "Xem đợt", url_for("campaigns.page", campaign_id=campaign_id)
    if todo.reason in {"unapproved", "upgrade_waits"}:
        return "Duyệt", url_for("approvals.listed")
    if announcement_id:
        return "Mở bản tin", url_for("announcements.page", announcement_id=announcement_id)
    return "Xem kho âm thanh", url_for("recordings.listed")
