"""Tasks about what is to air: what waits for a leader or came back from one, and when what was approved airs.

Looked up in rows; nothing here writes. A plan that is owed says nothing yet.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from scheduler.core.model import AnnouncementState, Priority
from scheduler.core.planning.outlook_words import when_words
from scheduler.core.planning.submission import Submission
from scheduler.core.station.tasks import Gravity, Mend, Task
from scheduler.services.repositories import Repositories
from scheduler.services.station.task_causes import waiting
from scheduler.store import instant_of, instant_text
from scheduler.store.planning.submissions import Submissions

__all__ = ["approvals", "changed_times", "returned", "unplanned"]

TOLD_FOR = timedelta(days=30)
"""How long after its approval something without a time is a task."""
JUST_APPROVED = timedelta(minutes=2)
"""Somebody, or an order from above, may be about to plan it."""
_UNPLANNED = """SELECT id, title FROM announcement a
    WHERE kind = 'text' AND state = 'approved' AND priority <> 1 AND approved_at BETWEEN :first AND :last
    AND NOT EXISTS (SELECT 1 FROM slot s WHERE s.announcement_id = a.id AND (s.outcome IS NULL
        OR (s.start >= a.approved_at AND s.outcome IN ('played', 'partial', 'recorded'))))
    AND NOT EXISTS (SELECT 1 FROM campaign c WHERE c.state = 'active' AND c.end > :planned
        AND (c.announcement_id = a.id OR EXISTS (SELECT 1 FROM json_each(c.rotation_json) WHERE value = a.id)))
    ORDER BY id"""


def approvals(repos: Repositories, now: datetime) -> Iterator[Task]:
    """Whatever waits for a leader, with the time that was asked for with it."""
    asked = {one.announcement_id: one for one in Submissions(repos.store).open()}
    submitted = [one for one in repos.programme.announcements(AnnouncementState.SUBMITTED) if one.audio_sha256]
    templates = [one for one in submitted if one.priority is Priority.EMERGENCY]
    if len(templates) > 1:  # one task, and one press to the list of them
        told = {"count": str(len(templates))}
        yield Task("templates_wait:station", "templates_wait", Gravity.WAITS, Mend.UPGRADE, details=told)
    for seen in submitted:
        if len(templates) < 2 or seen not in templates:  # noqa: PLR2004 - two are a list
            # The readiness check names the same cause so: one task, with the time at which it is needed.
            key, wish = f"unapproved:{seen.id}", asked.get(seen.id)
            details = {"title": seen.title} | _asked(repos, wish, now)
            if wish:
                sent = wish.created_at.replace(second=0, microsecond=0)
                details["sent"] = when_words(sent, now, repos.config.station.time_zone)
            due = wish.at if wish and wish.at and wish.at > now else None
            yield Task(key, "approval_waits", Gravity.WAITS, Mend.APPROVE, str(seen.id), due, details)
    for row in repos.store.rows("SELECT id, title FROM announcement WHERE kind = 'relay' AND state = 'submitted'"):
        yield waiting(f"unapproved:{row['id']}", "relay_waits", Mend.APPROVE_RELAY, row["id"], row["title"])


def returned(repos: Repositories, now: datetime) -> Iterator[Task]:
    """What a leader has given back: its author's task, until it is sent again or taken off."""
    sql = """SELECT a.id, a.title, a.author_id, a.return_reason FROM announcement a WHERE a.state = 'returned'
        AND EXISTS (SELECT 1 FROM decision d WHERE d.announcement_id = a.id AND d.at >= ?) ORDER BY a.id"""
    wishes = Submissions(repos.store)
    for row in repos.store.rows(sql, (instant_text(now - TOLD_FOR),)):
        wish = wishes.newest_of(row["id"])
        details = {"title": row["title"], "note": row["return_reason"]} | _asked(repos, wish, now)
        due = wish.at if wish and wish.at and wish.at > now else None
        key, author = f"returned:{row['id']}", row["author_id"]
        yield Task(
            key, "returned_waits", Gravity.HEED, Mend.ANNOUNCEMENT, str(row["id"]), due, details, only_for=author
        )


def _asked(repos: Repositories, wish: Submission | None, now: datetime) -> dict[str, str]:
    """The start that was asked for, as `at`, or as `gone` once it is over."""
    if wish is None or wish.at is None:
        return {}
    return {"at" if wish.at > now else "gone": when_words(wish.at, now, repos.config.station.time_zone)}


def unplanned(repos: Repositories, now: datetime) -> Iterator[Task]:
    """Đã duyệt nhưng chưa có giờ phát; what an order plays once, or what a template waits for, is none."""
    today = repos.config.station.day_of(now)
    values = {
        "first": instant_text(now - TOLD_FOR),
        "last": instant_text(now - JUST_APPROVED),
        "planned": (today + timedelta(days=repos.config.planning.days_ahead)).isoformat(),
    }
    for row in repos.store.rows(_UNPLANNED, values):
        key, details = f"unplanned:{row['id']}", {"title": row["title"]}
        yield Task(key, "approved_unplanned", Gravity.FAILS, Mend.ANNOUNCEMENT, str(row["id"]), details=details)


def changed_times(repos: Repositories, now: datetime) -> Iterator[Task]:
    """What airs at another time than people were told: the first airing of an approval, and what gave way to one."""
    told = set[tuple[int, datetime]]()
    for one in Submissions(repos.store).approved(now - timedelta(days=1)):
        start = _first_start(repos, one)
        if start is None or one.told is None or start == one.told or max(start, one.told) <= now:
            continue
        told.add((one.announcement_id, start))
        yield _moved_task(repos, f"airing_moved:{one.announcement_id}", one.announcement_id, one.told, start, now)
    for slot_id, was in Submissions(repos.store).all_gave_way(now):
        slot = repos.slots.slot(slot_id)
        if slot.start != was and (slot.announcement_id, slot.start) not in told:
            yield _moved_task(repos, f"airing_moved:{slot_id}", slot.announcement_id, was, slot.start, now)


def _moved_task(
    repos: Repositories, key: str, announcement_id: int, was: datetime, start: datetime, now: datetime
) -> Task:
    zone_name, seen = repos.config.station.time_zone, repos.programme.announcement(announcement_id)
    then, stands = (when_words(at, now, zone_name) for at in (was, start))
    details = {"title": seen.title, "was": then, "now": stands}
    about = str(announcement_id)
    return Task(key, "airing_moved", Gravity.WAITS, Mend.ANNOUNCEMENT, about, start, details)


def _first_start(repos: Repositories, one: Submission) -> datetime | None:
    """Where the first airing that its approval brought stands now; None = it is gone, or has begun by its rhythm."""
    slots = [place.slot_id for place in one.places if place.slot_id]
    campaigns = [place.campaign_id for place in one.places if place.campaign_id]
    marks = ", ".join("?" * len(slots or campaigns))
    column = "id" if slots else "campaign_id"
    sql = f"SELECT min(start) FROM slot WHERE {column} IN ({marks}) AND day >= ?"  # noqa: S608 - marks only
    day = min(one.told or one.created_at, one.created_at).date() - timedelta(days=1)
    found = repos.store.value(sql, (*(slots or campaigns), day.isoformat()))
    return instant_of(found) if found else None
