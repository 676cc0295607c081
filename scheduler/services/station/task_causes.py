"""Where the tasks of việc cần làm come from: each cause of trouble or waiting, looked up in rows and heartbeats.

Each function names one kind of cause and gives its tasks. The order and what is hidden are `tasks`'s; what a
readiness check or the monitor has found stands in rows already. Nothing here writes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from scheduler.config.loading import Config
from scheduler.core.model import DEFAULT_ZONE, AiringOutcome, AnnouncementState, Slot, Trigger
from scheduler.core.planning import rules
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.planning.make_good import is_owed
from scheduler.core.planning.outlook import OF_THE_FILE
from scheduler.core.station.tasks import Gravity, Mend, Task
from scheduler.kernel.causes import MACHINE_FAULTS
from scheduler.kernel.errors import NotFound, as_texts
from scheduler.services.air.air import OnAir
from scheduler.services.air.output_states import silence, silent_zones
from scheduler.services.planning.idle_windows import OF_THE_PLAN
from scheduler.services.repositories import Repositories
from scheduler.services.station.backups import BackupService
from scheduler.store.jobs import BESIDE
from scheduler.store.station.tasks import AIR, Todo, duties_owed

__all__ = [
    "all_of",
    "backups",
    "certificate",
    "duties",
    "found_ahead",
    "not_aired",
    "not_planned",
    "of_the_air",
    "processes",
    "waiting",
]

STATION = {"clock_untrusted", "playout_silent", "no_output_open", "disk_low"}
"""Causes that lie in the station and not in what is to be said."""
SILENT_AFTER = timedelta(minutes=2)
"""How long a process other than playout may be quiet: a long job beats between its pieces only."""
BUSY_FOR = timedelta(minutes=15)
"""How long the worker may be quiet while it has a job in hand."""
DUTIES_AHEAD = timedelta(days=3)
"""Deadlines of dispatches are told this long before."""
CERTIFICATE_AHEAD = timedelta(days=21)
FAULT_TOLD_FOR = timedelta(minutes=10)
"""How long a fault of playout that has passed is still told."""
_NOT_HEARD = {AiringOutcome.MISSED, AiringOutcome.FAILED, AiringOutcome.REFUSED}
_HEARD = {None, AiringOutcome.PLAYED, AiringOutcome.PARTIAL}
_NO_DEBT = {Trigger.DRILL, Trigger.LIVE, Trigger.TEST}
_BLOCKED = {"unapproved", "no_audio", "audio_retired"}
"""Refusals that lie in an announcement: the readiness check tells the same cause with its time."""


def found_ahead(repos: Repositories, *, plan_follows: bool) -> Iterator[Task]:
    """What the readiness check and the monitor have found; what it says of the plan, where the plan follows."""
    for todo in repos.todos.open():
        if todo.reason in OF_THE_PLAN and not plan_follows:
            continue
        by_ear = todo.key.startswith(AIR)
        gravity = Gravity.FAILS
        if by_ear:
            gravity = Gravity.NOW if todo.key in {AIR + "silent", AIR + "stray"} else Gravity.HEED
        elif todo.reason == "upgrade_waits":
            gravity = Gravity.WAITS
        mend, about = _mend_of(repos, todo, by_ear=by_ear)
        yield Task(todo.key, todo.reason, gravity, mend, about, due=todo.due, details=todo.details)


def _mend_of(repos: Repositories, todo: Todo, *, by_ear: bool) -> tuple[Mend, str]:
    """Where a found cause is mended, and what that is about."""
    if by_ear:
        return (Mend.STATION, "") if todo.key == AIR + "deaf" else (Mend.JOURNAL, "")
    if todo.reason in STATION:
        return Mend.CLOCK if todo.reason == "clock_untrusted" else Mend.STATION, ""
    told = todo.key.rpartition(":")[2]
    if todo.reason in OF_THE_PLAN:
        return Mend.CAMPAIGN, told
    if not todo.slot_id:
        about = told if told.isdecimal() else ""
        return _mend_of_words(repos, todo.reason, about)
    try:
        facts = repos.slots.facts(todo.slot_id)
    except NotFound:  # planned away meanwhile
        return Mend.RECORDINGS, ""
    about = str(facts.slot.announcement_id)
    spoken = facts.row["text"] and facts.row["engine"]
    mend, about = _mend_of_words(repos, todo.reason, about)
    if facts.row["kind"] == "relay":
        mend = Mend.APPROVE_RELAY if todo.reason == "unapproved" and facts.row["a_state"] == "submitted" else Mend.RELAY
    elif todo.reason == "campaign_stopped" and facts.slot.campaign_id:
        mend, about = Mend.CAMPAIGN, str(facts.slot.campaign_id)
    elif todo.reason in OF_THE_FILE and spoken and told == _sound_of(repos, about):
        mend = Mend.READ_AGAIN
    return mend, about


def _mend_of_words(repos: Repositories, reason: str, about: str) -> tuple[Mend, str]:
    """Of a cause that lies in an announcement."""
    if not about:
        return Mend.RECORDINGS, ""
    if reason == "upgrade_waits":
        return Mend.UPGRADE, about
    if reason == "unapproved" and _waits(repos, about):
        return Mend.APPROVE, about
    return Mend.ANNOUNCEMENT, about


def _sound_of(repos: Repositories, about: str) -> str:
    return repos.programme.announcement(int(about)).audio_sha256 or ""


def _waits(repos: Repositories, about: str) -> bool:
    seen = repos.programme.announcement(int(about))
    return seen.state is AnnouncementState.SUBMITTED and seen.audio_sha256 is not None


def _clock(on_air: OnAir, config: Config) -> Task:
    """The clock is not trusted: because it ran ahead once, or because it has lost its time."""
    if not on_air.clock_ahead:
        return Task("clock_untrusted:station", "clock_untrusted", Gravity.NOW, Mend.CLOCK)
    until = config.station.local(datetime.fromisoformat(on_air.clock_ahead["until"]))
    details = {"rows": str(on_air.clock_ahead["rows"]), "until": f"{until:%H:%M %d/%m/%Y}"}
    return Task("clock_untrusted:station", "clock_ran_ahead", Gravity.NOW, Mend.CLOCK, details=details)


def _fault(fault: dict[str, Any]) -> Task:
    """What failed last in playout itself, which went on all the same."""
    if fault["part"] == "plan":
        details = {"fault": str(fault["cause"])}
        return Task("plan_failed:station", "plan_failed", Gravity.FAILS, Mend.STATION, details=details)
    details = {"why": str(fault["reason"]), "count": str(fault["count"])}
    return Task("playout_fault:station", "playout_fault", Gravity.NOW, Mend.STATION, details=details)


def of_the_air(on_air: OnAir, config: Config) -> Iterator[Task]:
    """What is not well at this moment: playout, the clock, outputs."""
    zones = {output.name: output.zones for output in config.outputs}
    if not on_air.alive:
        yield Task("playout_silent:station", "playout_silent", Gravity.NOW, Mend.STATION)
        return
    if not on_air.clock_trusted:
        yield _clock(on_air, config)
    if fault := _fault_lately(on_air):
        yield _fault(fault)
    for output in on_air.outputs:
        if output["state"] != "open":
            reason = "output_down" if output["state"] == "down" else "output_trouble"
            name = str(output["name"])
            covers = frozenset(f"no_output_open:{zone}" for zone in (*zones.get(name, ()), DEFAULT_ZONE))
            details = {"output": name, "message": str(output.get("message") or "")}
            yield Task(f"output:{name}", reason, Gravity.NOW, Mend.REOPEN, about=name, details=details, covers=covers)
        elif output.get("unheard") and output.get("counts", True):
            details = {"output": str(output["name"]), "message": str(output.get("message") or "")}
            yield Task(f"output:{output['name']}", "output_unheard", Gravity.NOW, Mend.STATION, details=details)
    if not on_air.outputs:
        return
    if where := silence(config, on_air.outputs):
        yield Task("unheard", "unheard", Gravity.HEED, Mend.STATION, details={"where": where})
    for zone in silent_zones(config, on_air.outputs):
        yield Task(f"unheard:{zone}", "unheard_zone", Gravity.HEED, Mend.STATION, details={"zone": zone})


def _fault_lately(on_air: OnAir) -> dict[str, Any] | None:
    """What failed in playout itself within the last minutes, by its own clock."""
    fault = on_air.fault
    if not fault.get("count") or on_air.at is None:
        return None
    return fault if on_air.at - datetime.fromisoformat(fault["at"]) <= FAULT_TOLD_FOR else None


def waiting(key: str, reason: str, mend: str, about: int, title: str, gravity: Gravity = Gravity.WAITS) -> Task:
    """What waits for a leader's word."""
    return Task(key, reason, gravity, mend, str(about), details={"title": title})


def not_aired(repos: Repositories, today: date) -> Iterator[Task]:
    """What was to sound today, did not, and was neither made good nor aired by hand since; one task an announcement."""
    sql = "SELECT 1 FROM slot WHERE day = ? AND outcome IN ('missed', 'failed', 'refused', 'partial') LIMIT 1"
    if repos.store.value(sql, (today.isoformat(),)) is None:
        return
    slots = repos.slots.of_day(today)
    lost: defaultdict[int, list[Slot]] = defaultdict(list)
    for slot in slots:
        owed = slot.trigger not in _NO_DEBT or slot.reason in MACHINE_FAULTS
        if (slot.outcome in _NOT_HEARD or is_owed(slot)) and owed and not _made_up(slot, slots):
            lost[slot.announcement_id].append(slot)
    for announcement_id, missed in lost.items():
        seen = repos.programme.announcement(announcement_id)
        last = missed[-1]
        silent = sum(slot.outcome in _NOT_HEARD for slot in missed)
        details = {"title": seen.title, "airings": str(silent or len(missed)), "why": last.reason}
        if silent and silent < len(missed):
            details["partly"] = str(len(missed) - silent)
        mend, about = Mend.ANNOUNCEMENT, str(announcement_id)
        if last.trigger is Trigger.RELAY:
            mend = Mend.RELAY
        elif seen.state is AnnouncementState.APPROVED and last.trigger is not Trigger.EMERGENCY:
            mend, about = Mend.PLAY_AGAIN, last.id
        key = f"not_aired:{announcement_id}"
        reason = "not_aired_today" if silent else "heard_partly_today"
        yield Task(key, reason, Gravity.WAITS, mend, about, due=missed[0].start, details=details)


def _made_up(lost: Slot, slots: Iterable[Slot]) -> bool:
    """Whether it was, or is to be, made good; or a person has aired the same since."""
    return any(
        other.outcome in _HEARD
        and (
            other.makes_good == lost.id
            or (
                other.announcement_id == lost.announcement_id
                and other.trigger in {Trigger.MANUAL, Trigger.EMERGENCY}
                and other.start > lost.start
            )
        )
        for other in slots
    )


_NO_TASK = frozenset({"left_out", "made_up_later", "make_good_rhythm", "make_good_pulse"})
"""Somebody's own wish; and what keeps the rhythm, because the airing that was lost is a task until it is heard."""


def not_planned(repos: Repositories, today: date) -> Iterator[Task]:
    """Airings of today that the plan has no place for; those of one campaign with one reason are one task."""
    grouped: defaultdict[tuple[int, str], list[Refusal]] = defaultdict(list)
    for refusal in repos.slots.refusals(today):
        if refusal.reason in _NO_TASK:
            continue
        grouped[refusal.campaign_id, refusal.reason].append(refusal)
    for (campaign_id, reason), refused in grouped.items():
        campaign = repos.programme.campaign(campaign_id)
        ordinals = ", ".join(str(one.ordinal) for one in refused)
        told = as_texts(refused[0].details)
        details = told | {"title": campaign.title, "ordinals": ordinals, "why": reason}
        key, mend, about = f"not_planned:{campaign_id}:{reason}", Mend.CAMPAIGN, str(campaign_id)
        if reason in _BLOCKED:
            key = f"{reason}:{campaign.announcement_id}"
            mend, about = _mend_of_words(repos, reason, str(campaign.announcement_id))
        yield Task(key, "not_planned_today", Gravity.FAILS, mend, about, details=details)


def duties(repos: Repositories, today: date) -> Iterator[Task]:
    """What dispatches want done within some days, or wanted done before today; one task a dispatch."""
    for owed in duties_owed(repos.store, today + DUTIES_AHEAD):
        late, only_reports = owed.deadline < today, owed.reports == owed.count
        reason = "duties_late" if late else "duties_due"
        if only_reports:
            reason = "report_late" if late else "report_due"
        _, due = rules.day_span(owed.deadline, repos.config.station.time_zone)
        details = {
            "number": owed.number_symbol,
            "count": str(owed.count),
            "day": f"{owed.deadline:%d/%m/%Y}",
        }
        key = f"duties:{owed.dispatch_id}"
        yield Task(key, reason, Gravity.WAITS, Mend.DISPATCH, str(owed.dispatch_id), due=due, details=details)


def processes(repos: Repositories, now: datetime) -> Iterator[Task]:
    """The station's other processes, where one of them has fallen silent while playout goes on.

    On a machine whose pair has the air they rest on purpose.
    """
    if repos.store.is_fenced:
        return
    if _worker_silent(repos, now):
        yield Task("worker_silent", "worker_silent", Gravity.HEED, Mend.STATION)
    for one in repos.config.extra_processes:
        if one.silent and _silent(repos, one.name, now, SILENT_AFTER):
            yield Task(one.silent, one.silent, Gravity.HEED, Mend.STATION)


def backups(services: BackupService) -> Iterator[Task]:
    """A backup that failed or is too old, while none is being made."""
    newest = services.newest()
    if newest is not None and newest.state in {"waiting", "running"}:
        return
    if trouble := services.trouble():
        reason, told = trouble
        details = as_texts(told)
        yield Task("backup", reason, Gravity.HEED, Mend.BACKUP, details=details)


def certificate(repos: Repositories, now: datetime) -> Iterator[Task]:
    """The certificate that the page serves, as the page itself reports it, within its last days."""
    beat = repos.jobs.heartbeat("web")
    told = beat.state.get("certificate_ends") if beat else None
    if not told:
        return
    ends = datetime.fromisoformat(told)
    if ends - now <= CERTIFICATE_AHEAD:
        reason = "certificate_ended" if ends <= now else "certificate_ends"
        details = {"day": f"{repos.config.station.day_of(ends):%d/%m/%Y}"}
        yield Task("certificate", reason, Gravity.WAITS, Mend.STATION, due=ends, details=details)


def _silent(repos: Repositories, process: str, now: datetime, longest: timedelta) -> bool:
    beat = repos.jobs.heartbeat(process)
    return beat is None or abs(now - beat.at) > longest


def _worker_silent(repos: Repositories, now: datetime) -> bool:
    """A worker with a job in hand may be quiet for long; one that was never heard of is missed when a job waits."""
    store = repos.store
    if repos.jobs.heartbeat("worker") is None:
        oldest = store.value("SELECT min(created_at) FROM job WHERE state = 'waiting'")
        return oldest is not None and now - datetime.fromisoformat(oldest) > SILENT_AFTER
    busy = store.value("SELECT 1 FROM job WHERE state = 'running' AND kind != ? LIMIT 1", (BESIDE,)) is not None
    return _silent(repos, "worker", now, BUSY_FOR if busy else SILENT_AFTER)


def all_of(*kinds: Iterable[Task]) -> list[Task]:
    """Several kinds of causes as one list."""
    return list(chain(*kinds))
