"""Long papers: a report as a file, and the walk over the whole journal, done by the worker with a word on
how far it is.

What is asked for is kept as an order in a job row, so that it can be made after a restart and is not made twice while
it waits. A file lies beside the database for a day and is then thrown away: it can be made again and says the same.
Figures are `services.report.reports`' and `services.report.proof`'s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from audio_assets.library import settle
from audio_assets.part_file import disk_faults, part_file, sweep_unlocked
from scheduler.core.model import AiringOutcome, Person
from scheduler.core.report.journal_filter import Filter
from scheduler.core.report.period import PeriodKind, period_with
from scheduler.core.report.proof import Verification
from scheduler.core.report.report import Form, Report
from scheduler.core.station.kept import Job
from scheduler.kernel.disk_room import need_room
from scheduler.kernel.errors import NotFound, Refused
from scheduler.kernel.long_work import LongWork
from scheduler.paper import FORMATS, draw
from scheduler.services.report.proof import ProofService
from scheduler.services.report.reports import ReportService
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Break

__all__ = ["KINDS", "ExportService", "Order", "Walk"]

KINDS = ("report", "verify")
"""Jobs of the worker that are done here."""
AT_ONCE = 2000
"""Airings of a paper that the page draws itself; with more it is the worker's work."""
PDF_AT_ONCE = 150
"""The same of airings that are printed one by one: each costs nine milliseconds."""
WALK_AT_ONCE = 20_000
"""Rows of a journal that is walked over while a person waits."""
MOST = {"pdf": 5000, "html": 20_000}
"""Airings one file of a kind can print; others hold any number."""
MOST_OF_ONE, MOST_WAITING = 3, 20
"""Files that wait to be made, of one person and in all."""
KEPT = timedelta(days=1)
TURN = 0.3
"""Seconds between two looks at how far the work has come."""


@dataclass(frozen=True, slots=True)
class Order:
    """What paper is wanted. `wanted` alone is asked for a list of airings; `chosen` is that filter in words."""

    form: Form
    kind: str
    day: date
    period: PeriodKind = PeriodKind.DAY
    dispatch_id: int | None = None
    wanted: Filter | None = None
    chosen: str = ""

    def told(self) -> dict[str, Any]:
        """As it stands in a job's row."""
        found: dict[str, Any] = {"form": self.form, "kind": self.kind, "day": str(self.day), "period": self.period}
        found |= {"dispatch_id": self.dispatch_id, "chosen": self.chosen}
        if self.wanted:
            found["wanted"] = filter_to_dict(self.wanted)
        return found

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Order":
        return cls(
            Form(told["form"]),
            told["kind"],
            date.fromisoformat(told["day"]),
            PeriodKind(told["period"]),
            told["dispatch_id"],
            filter_of(told["wanted"]) if "wanted" in told else None,
            told["chosen"],
        )


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk over the whole journal: under way (`found` None), or what it found."""

    job: Job
    found: Verification | None


class ExportService:
    def __init__(self, repos: Repositories, reports: ReportService, proof: ProofService) -> None:
        self._repos = repos
        self._reports = reports
        self._proof = proof
        self._folder = repos.written.data / "exports"

    # Asking

    def report(self, actor: Person, order: Order) -> Report:
        """The paper itself, whatever its length."""
        if order.wanted is not None:
            return self._reports.airings(actor, order.wanted, order.chosen)
        if order.form is Form.CERTIFICATE:
            if order.dispatch_id is None:
                raise Refused("dispatch_unchosen")
            return self._reports.certificate(actor, order.dispatch_id, verify=True)
        if order.form is Form.LOG:
            return self._reports.log(actor, order.day)
        period = period_with(order.period, order.day)
        make = self._reports.fees if order.form is Form.FEES else self._reports.airtime
        return make(actor, period)

    def size(self, order: Order) -> int:
        """How many airings are written down one by one in a paper; 0 = it holds sums alone."""
        search = self._repos.airings
        if order.wanted is not None:
            return search.tally(order.wanted).planned
        if order.form is Form.LOG:
            return search.tally(Filter(order.day, order.day)).planned
        if order.form is Form.CERTIFICATE and order.dispatch_id is not None:
            number = self._repos.programme.dispatch(order.dispatch_id).number_symbol
            return search.tally(Filter(date.min, date.max, dispatch=number)).planned if number else 0
        return 0

    def is_long(self, order: Order, size: int | None = None) -> bool:
        """Whether a paper is the worker's work and not the page's. `size`: of the paper, where it is known."""
        if order.form is Form.CERTIFICATE and self.walk_is_long:
            return True
        at_once = PDF_AT_ONCE if order.kind == "pdf" and order.form is Form.LOG else AT_ONCE
        return (self.size(order) if size is None else size) > at_once

    @property
    def walk_is_long(self) -> bool:
        """Whether the whole journal is too long to be walked over while a person waits."""
        return int(self._repos.store.value("SELECT coalesce(max(seq), 0) FROM journal")) > WALK_AT_ONCE

    def ask(self, actor: Person, order: Order) -> int:
        """Have the worker make a file (its job); the same order that waits already is that one.

        Raises NotFound for a format there is not; Refused export_too_long, exports_waiting.
        """
        permit(actor, "see")
        if order.kind not in FORMATS:
            raise NotFound("format", order.kind)
        size = self.size(order) if order.form is Form.LOG else 0
        if size > (most := MOST.get(order.kind, size)):
            raise Refused("export_too_long", airings=size, limit=most)
        return self._ask(actor, "report", order.told())

    def ask_walk(self, actor: Person) -> int:
        """Have the worker walk over the whole journal (its job)."""
        permit(actor, "see")
        return self._ask(actor, "verify", {})

    def _ask(self, actor: Person, kind: str, told: dict[str, Any]) -> int:
        with self._repos.store.write():
            for job in self._repos.jobs.newest(kind, 20):
                if not job.ended and job.args == told:
                    return job.id
            waiting = [job for job in self._repos.jobs.newest(kind, MOST_WAITING) if not job.ended]
            if len(waiting) >= MOST_WAITING or sum(job.created_by == actor.id for job in waiting) >= MOST_OF_ONE:
                raise Refused("exports_waiting", limit=MOST_WAITING if len(waiting) >= MOST_WAITING else MOST_OF_ONE)
            return self._repos.jobs.add(kind, told, actor.id, self._repos.clock.now())

    def job(self, actor: Person, job_id: int) -> Job:
        """A job of ours. Raises NotFound."""
        permit(actor, "see")
        job = self._repos.jobs.get(job_id)
        if job.kind not in KINDS:
            raise NotFound("job", job_id)
        return job

    def file(self, actor: Person, job_id: int) -> tuple[Path, str, str]:
        """Where a file lies, what it is called and its kind. Raises NotFound, also when its day is over."""
        job = self.job(actor, job_id)
        path = self._folder / f"{job.id}-{job.result}"
        if job.state != "ready" or not job.result or not path.is_file():
            raise NotFound("file", job_id)
        return path, job.result, str(job.args["kind"])

    def last_walk(self) -> Walk | None:
        """The newest walk over the journal, under way or remembered; None = nobody has ever asked."""
        found = self._repos.jobs.newest("verify", 1)
        if not found:
            return None
        job = found[0]
        return Walk(job, _walked(job) if job.state == "ready" else None)

    # The worker's side

    def work(self, job: Job, turn: Callable[[float], None]) -> tuple[str, dict[str, object]]:
        """Do a job and give its result and what is remembered of it. `turn` is called while it is under way, with the
        share that is done; what it raises leaves nothing behind.

        The work is in a thread of its own: speech that waits is not held up by a long paper.
        """
        done = LongWork("paper", lambda tell: self._verify(tell) if job.kind == "verify" else self._make(job, tell))
        while not done.over(TURN):
            turn(done.share)
        return done.result()

    def sweep(self) -> None:
        """Remove files whose day is over, and what a crash left half-way."""
        now = self._repos.clock.now().timestamp()
        for path in self._folder.glob("*"):
            if path.is_file() and now - path.stat().st_mtime > KEPT.total_seconds():
                path.unlink(missing_ok=True)
        sweep_unlocked(self._folder.glob(".part-*"))

    def _make(self, job: Job, tell: Callable[[float], None]) -> tuple[str, dict[str, object]]:
        order = Order.of(job.args)
        actor = self._repos.people.get(job.created_by)
        tell(0.1)
        report = self.report(actor, order)
        tell(0.4)
        data = draw(report, order.kind)
        name = f"{report.file_name}.{order.kind}"
        need_room(self._folder, len(data), self._repos.written.limits.keep_free_mb)
        with disk_faults(), part_file(self._folder) as (file, part):
            file.write(data)
            settle(file, part, self._folder / f"{job.id}-{name}")
        return name, {"bytes": len(data)}

    def _verify(self, tell: Callable[[float], None]) -> tuple[str, dict[str, object]]:
        found = self._proof.verify(tell=tell)
        told: dict[str, object] = {"rows": found.rows, "checkpoints": found.checkpoints, "signed": found.signed}
        if found.broken:
            details = {f"of_{name}": value for name, value in found.broken.details.items()}
            told |= {"broken": found.broken.reason, "seq": found.broken.seq or "", "fault": found.broken.fault}
            told |= details
        return "", told


def filter_to_dict(wanted: Filter) -> dict[str, Any]:
    """A filter as JSON holds it."""
    return {
        "first": str(wanted.first),
        "last": str(wanted.last),
        "campaign_id": wanted.campaign_id,
        "dispatch": wanted.dispatch,
        "zone": wanted.zone,
        "outcomes": [one.value for one in wanted.outcomes],
        "words": wanted.words,
    }


def filter_of(told: dict[str, Any]) -> Filter:
    return Filter(
        first=date.fromisoformat(told["first"]),
        last=date.fromisoformat(told["last"]),
        campaign_id=told["campaign_id"],
        dispatch=told["dispatch"],
        zone=told["zone"],
        outcomes=tuple(AiringOutcome(one) for one in told["outcomes"]),
        words=told["words"],
    )


def _walked(job: Job) -> Verification:
    told = job.details
    broken = None
    if told.get("broken"):
        details = {name[3:]: value for name, value in told.items() if name.startswith("of_")}
        broken = Break(int(told["seq"]) if told["seq"] else None, told["fault"], told["broken"], details)
    return Verification(int(told["rows"]), broken, int(told["checkpoints"]), int(told["signed"]))
