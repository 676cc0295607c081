"""What the wards have aired, as far as they told it: by dispatch, by ward, with the evidence; the province's paper.

Every figure is a sum over rows of the wards' own journals. A ward that has told nothing has no figure. The evidence of
a figure is the hash of each row, and whether those rows still form a chain.
"""

from dataclasses import dataclass
from datetime import date

from scheduler.config.loading import ReportConfig
from scheduler.core.model import Person
from scheduler.core.report.period import Period
from scheduler.core.report.report import Head, Report
from scheduler.extras.hub.rows.audit import AuditFault, audit_faults
from scheduler.extras.hub.rows.reported import AirtimeRow, ChainFault, HubRows
from scheduler.extras.hub.rules.report import WardsFacts, wards_report
from scheduler.extras.hub.rules.sums import Totals, WardAirtime, by_ward, totals
from scheduler.extras.hub.service.contents import HubContents
from scheduler.extras.hub.service.groups import HubGroupService
from scheduler.extras.hub.service.issues import meant_wards
from scheduler.extras.hub.service.wards import WardState
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import permit
from scheduler.store import Row

__all__ = ["DispatchAirtime", "HubSumService"]

ABOVE = ("Ủy ban nhân dân tỉnh",)
"""Whom the paper is for where nobody has said it: a ward's own reports go to the ward."""
_EVER = ("0000-01-01", "9999-12-31")


@dataclass(frozen=True, slots=True)
class DispatchAirtime:
    """A dispatch over the wards it was issued to, and any other that aired it."""

    number: str
    lines: tuple[WardAirtime, ...]
    totals: Totals


class HubSumService(HubGroupService):
    def __init__(self, contents: HubContents) -> None:
        super().__init__(contents)
        self._rows = HubRows(self._repos.store)

    def dispatch_numbers(self) -> list[str]:
        """Of what was issued, the newest first."""
        return self._issues.dispatch_numbers()

    def airtime(self, actor: Person, number: str, period: Period | None = None) -> DispatchAirtime:
        """Airtime of a dispatch by ward. Raises Refused dispatch_unchosen."""
        permit(actor, "see")
        if not number.strip():
            raise Refused("dispatch_unchosen")
        first, last = (period.first.isoformat(), period.last.isoformat()) if period else _EVER
        sums = self._rows.airtime(first, last, number)
        wards = self.wards()
        meant = {ward for issue in self._issues.of_dispatch(number) for ward in meant_wards(issue, wards)}
        meant |= {row.ward_id for row in sums}
        lines = self._lines([one for one in wards if one.id in meant], sums)
        return DispatchAirtime(number, tuple(lines), totals(lines))

    def evidence(self, actor: Person, number: str, ward_id: str) -> list[Row]:
        """The rows of a ward's journal that a figure is the sum of, each with its hash."""
        permit(actor, "see")
        return self._rows.evidence(number, ward_id)

    def chain_faults(self, actor: Person, ward_id: str | None = None) -> list[ChainFault]:
        """Places where what a ward told does not hold together: a changed row, a broken link."""
        permit(actor, "see")
        return self._rows.chain_faults(None if ward_id is None else [ward_id])

    def audit_faults(self, actor: Person, ward_id: str | None = None) -> list[AuditFault]:
        """Every time that a ward's log of acts was cut, or another than it had told."""
        permit(actor, "see")
        return audit_faults(self._repos.store, ward_id)

    def export(self, actor: Person, period: Period, number: str = "") -> Report:
        """The paper for the province: every ward over a period (of one dispatch), and the areas with their past."""
        permit(actor, "see")
        sums = self._rows.airtime(period.first.isoformat(), period.last.isoformat(), number or None)
        wards = [one for one in self.wards() if one.paired_at is not None or one.revoked_at is None]
        config = self._repos.config
        now = config.station.local(self._repos.clock.now())
        facts = WardsFacts(
            first=period.first,
            last=period.last,
            about=f"{period.words}, công văn {number}" if number else period.words,
            code=f"{period.code}-{number}" if number else period.code,
            lines=self._lines(wards, sums),
            areas=self.areas(),
            area_of={one.id: one.area for one in wards},
            zone_name=config.station.time_zone,
        )
        return wards_report(facts, self._head(config.station.day_of(now)), now)

    def _head(self, today: date) -> Head:
        report = self._repos.config.report
        where = (report.authority, self.town_name, report.symbol, report.place)
        unsaid = report.addressees == ReportConfig().addressees
        return Head(*where, today, ABOVE if unsaid else report.addressees, report.signers)

    def _lines(self, wards: list[WardState], sums: list[AirtimeRow]) -> list[WardAirtime]:
        faults = self._rows.fault_counts()
        facts = [(one.id, one.name, one.journal_at, one.missing_rows + one.lost_rows) for one in wards]
        return by_ward(facts, sums, faults)
