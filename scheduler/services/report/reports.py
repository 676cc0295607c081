"""Reports: the logbook of a day, airtime of a period, the certificate of a dispatch, the sheet of fees.

It asks the journal for sums, the ledger for what was ordered, the configuration for the head of the letter, and hands
`core` all of it; no figure is made here. Nothing is written: a report can be drawn again and says the same, as long as
the journal does.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from scheduler.core.air.output_share import shares_of
from scheduler.core.dispatch.stored import StoredDispatch
from scheduler.core.local_time import Span, day_span, local_instant, quiet_window_span
from scheduler.core.model import AiringOutcome, Person, Trigger, Window
from scheduler.core.planning.ledger import Account, total
from scheduler.core.planning.rules import parse_date
from scheduler.core.report.airtime import AirtimeFacts, AirtimeSums, airtime_report
from scheduler.core.report.certificate import Chain, DispatchFacts, certificate
from scheduler.core.report.events import DispatchLine, NightLine, OutputLine, UrgentLine
from scheduler.core.report.fees import FeeLine, fees_report
from scheduler.core.report.journal_filter import Filter
from scheduler.core.report.logbook import LogRow, log_report
from scheduler.core.report.period import Period
from scheduler.core.report.proof import Verification
from scheduler.core.report.report import Head, Report
from scheduler.core.report.sums import Figures, Origins, Sums, add_up, field_of, relay_amounts, sums_of
from scheduler.features import wanted as of_extras
from scheduler.kernel.errors import Refused
from scheduler.services.planning.ledger import LedgerService
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Row, instant_of
from scheduler.store.report.report_rows import DayParts, ReportRows

__all__ = ["ReportService"]

NOON, AFTERNOON = time(10, 30), time(13, 30)
"""Where a day's sessions part: the notes of every report say so."""
LONGEST = timedelta(hours=12)
"""How far into the next day an airing may reach; none is planned or talked that long."""
_DAY = timedelta(days=1)


class ReportService:
    def __init__(self, repos: Repositories, ledger: LedgerService, verify: Callable[[], Verification]) -> None:
        self._repos = repos
        self._ledger = ledger
        self._verify = verify
        self._rows = ReportRows(repos.store)

    # The four forms

    def log(self, actor: Person, day: date) -> Report:
        """Sổ nhật ký phát sóng of a day."""
        permit(actor, "see")
        rows = self._log_rows(self._rows.of_day(day))
        config = self._repos.config
        return log_report(
            day,
            rows,
            self._head(),
            self._now(),
            one_officer=config.station.one_officer,
            monitored=self._repos.heard_back.listens,
        )

    def airings(self, actor: Person, wanted: Filter, chosen: str = "") -> Report:
        """The logbook of some days, of the airings that fit a filter alone; `chosen`: that filter in words."""
        permit(actor, "see")
        rows = self._log_rows(list(self._repos.airings.every(wanted)))
        config = self._repos.config
        return log_report(
            wanted.first,
            rows,
            self._head(),
            self._now(),
            one_officer=config.station.one_officer,
            monitored=self._repos.heard_back.listens,
            last=wanted.last,
            chosen=chosen,
        )

    def airtime(self, actor: Person, period: Period) -> Report:
        """Báo cáo thời lượng of a period; of one that is not over, up to today."""
        permit(actor, "see")
        return airtime_report(self._airtime_facts(period), self._head(), self._now())

    def airtime_sums(self, actor: Person, period: Period) -> AirtimeSums:
        """The first of that report, for a page that shows no more."""
        permit(actor, "see")
        until = self._until(period)
        sums = sums_of(self._rows.groups(self._day_parts(period.first, until)))
        return AirtimeSums(period, until, sums, self._dispatch_lines(period.first, until, sums))

    def _until(self, period: Period) -> date:
        return min(period.last, max(self._repos.today, period.first))

    def _airtime_facts(self, period: Period) -> AirtimeFacts:
        until = self._until(period)
        figures = self._figures(period.first, until)
        return AirtimeFacts(
            period=period,
            until=until,
            figures=figures,
            dispatches=self._dispatch_lines(period.first, until, figures),
            urgent=[self._urgent(row) for row in self._rows.urgent(period.first, until)],
            outputs=self._outputs(period.first, until),
            refusals=self._rows.refusals(period.first, until),
            night=self._night(period.first, until),
            air=self._repos.heard_back.figures(period.first, until),
            one_officer=self._repos.config.station.one_officer,
        )

    def certificate(self, actor: Person, dispatch_id: int, *, verify: bool = True) -> Report:
        """Giấy xác nhận đã phát of a dispatch. The whole chain is walked unless `verify` is False.

        Raises Refused dispatch_unnumbered: the journal names a dispatch by its number.
        """
        permit(actor, "see")
        stored = self._repos.programme.dispatch(dispatch_id)
        if not stored.number_symbol:
            raise Refused("dispatch_unnumbered")
        today = self._repos.today
        own = self._rows.of_dispatch(stored.number_symbol)
        facts = DispatchFacts(
            number=stored.number_symbol,
            issued=_issued(stored),
            issuer=stored.fields.get("issuer") or "",
            subject=stored.fields.get("subject") or "",
            accounts={
                day: account for day, account in self._ledger.of_dispatch(dispatch_id).days.items() if day <= today
            },
            returned=self._repos.heard_back.tally([row["slot_id"] for row in own]),
        )
        rows = self._log_rows(own)
        to = (facts.issuer,) if facts.issuer else ()
        return certificate(
            facts,
            rows,
            self._chain() if verify else Chain(None, 0),
            self._head(to),
            self._now(),
            one_officer=self._repos.config.station.one_officer,
        )

    def fees(self, actor: Person, period: Period) -> Report:
        """Bảng kê nhuận bút of a period."""
        permit(actor, "see")
        lines = [
            FeeLine(
                author=row["author"],
                account=row["account"],
                announcement_id=row["announcement_id"],
                title=row["title"],
                first_day=date.fromisoformat(row["first_day"]),
                voice=row["voice"],
                airings=row["airings"],
                played_ms=row["played_ms"],
            )
            for row in self._rows.items(period.first, period.last)
        ]
        return fees_report(period, lines, self._head(), self._now())

    # Figures

    def _figures(self, first: date, last: date) -> Figures:
        words = self._repos.config.report
        airings, changes = self._rows.relays(first, last)
        return add_up(
            self._rows.groups(self._day_parts(first, last)),
            relay_amounts(airings, changes, Origins(words.vov, words.province)),
            fields=self._rows.fields(),
            from_province=self._from_province(),
        )

    def _from_province(self) -> frozenset[int]:
        """Announcements that came in from the provincial system."""
        repos = self._repos
        asked = of_extras(lambda one: one.from_province, repos.config, repos.store.has_row)
        return frozenset(number for numbers in asked for number in numbers(repos))

    def _day_parts(self, first: date, last: date) -> list[DayParts]:
        zone_name = self._repos.config.station.time_zone
        return [(day, _at(day, NOON, zone_name), _at(day, AFTERNOON, zone_name)) for day in _days(first, last)]

    def _dispatch_lines(self, first: date, last: date, figures: Sums) -> list[DispatchLine]:
        """Every dispatch that was ordered or aired in the days, oldest first."""
        known = {dispatch_id: number for dispatch_id, number, _ in self._repos.programme.dispatch_numbers()}
        ids = {number: dispatch_id for dispatch_id, number in known.items() if number}
        accounts: dict[str, list[Account]] = {}
        for dispatch_id, account in self._accounts(first, last):
            accounts.setdefault(known[dispatch_id], []).append(account)
            ids.setdefault(known[dispatch_id], dispatch_id)
        lines = [
            _dispatch_line(
                self._repos.programme.dispatch(ids[number]) if number in ids else None,
                number,
                total(accounts[number]) if number in accounts else None,
                figures,
            )
            for number in accounts.keys() | figures.by_dispatch.keys()
        ]
        return sorted(lines, key=lambda line: (line.issued or first, line.number))

    def _accounts(self, first: date, last: date) -> Iterator[tuple[int, Account]]:
        """The ledger's accounts of the days, with the dispatch that each answers."""
        campaigns = [one for one in self._repos.programme.campaigns() if one.dispatch_id is not None]
        dispatch_of = {one.id: one.dispatch_id for one in campaigns}
        for line in self._ledger.lines(campaigns, first, last):
            if (dispatch_id := dispatch_of[line.campaign_id]) is not None:
                yield dispatch_id, line.account

    def _urgent(self, row: Row) -> UrgentLine:
        return UrgentLine(
            title=row["title"],
            trigger=Trigger(row["trigger"]),
            zone=row["zone"],
            ordered=self._local(row["planned_start"]),
            sounded=self._local(row["actual_start"]) if row["actual_start"] else None,
            played_ms=row["played_ms"],
            outcome=AiringOutcome(row["outcome"]),
            reason=row["reason"],
            operator=row["operator"],
        )

    def _outputs(self, first: date, last: date) -> list[OutputLine]:
        good: Counter[str] = Counter()
        faults: dict[str, Counter[str]] = {}
        for told in self._rows.outputs(first, last):
            for name, state in told.outputs.items():
                if state == "ok":
                    good[name] += told.rows
                else:
                    faults.setdefault(name, Counter())[state] += told.rows
        return [
            OutputLine(name, good[name], sum(of.values()), of.most_common(1)[0][0] if of else "")
            for name in sorted(good.keys() | faults.keys())
            for of in [faults.get(name, Counter())]
        ]

    def _night(self, first: date, last: date) -> list[NightLine]:
        """Sound in the station's quiet hours, as they are set now."""
        spans = [(day, *span) for day in _days(first, last) for span in self._quiet_of(day)]
        return [
            NightLine(
                title=row["title"],
                trigger=Trigger(row["trigger"]),
                zone=row["zone"],
                start=self._local(row["actual_start"]),
                end=self._local(row["actual_end"]),
                played_ms=row["played_ms"],
                by=row["operator"] or row["approver"],
            )
            for row in self._rows.sounded_in(spans)
        ]

    def _quiet_of(self, day: date) -> tuple[Span, ...]:
        """Quiet stretches that an airing of the day could sound in, which may go on into the night after it."""
        rules = self._repos.config.rules
        return _quiet_spans(day, tuple(rules.quiet_hours.windows), rules.zone_name)

    # Rows

    def _log_rows(self, rows: Sequence[Row]) -> list[LogRow]:
        fields = self._rows.fields()
        sources = self._rows.relay_sources([row["slot_id"] for row in rows if row["trigger"] == Trigger.RELAY])
        marks = self._repos.heard_back.marks([row["slot_id"] for row in rows])
        return [self._log_row(row, fields, sources)._replace(mark=marks.get(row["slot_id"])) for row in rows]

    def _log_row(self, row: Row, fields: Mapping[int, int], sources: Mapping[str, str]) -> LogRow:
        return LogRow(
            seq=row["seq"],
            day=date.fromisoformat(row["day"]),
            announcement_id=row["announcement_id"],
            title=row["title"],
            dispatch=row["dispatch_number"],
            zone=row["zone"],
            priority=row["priority"],
            trigger=Trigger(row["trigger"]),
            planned=self._local(row["planned_start"]),
            start=self._local(row["actual_start"]) if row["actual_start"] else None,
            end=self._local(row["actual_end"]) if row["actual_end"] else None,
            played_ms=row["played_ms"] or 0,
            outcome=AiringOutcome(row["outcome"]),
            reason=row["reason"],
            text_sha256=row["text_sha256"],
            audio_sha256=row["audio_sha256"],
            voice=row["voice"],
            author=row["author"],
            approver=row["approver"],
            operator=row["operator"],
            outputs=json.loads(row["outputs_json"]),
            field=field_of(row["campaign_id"], Trigger(row["trigger"]), fields),
            relay_source=sources.get(row["slot_id"], ""),
            hash=row["hash"],
            planned_ms=row["planned_ms"] or 0,
            shares=shares_of(row),
        )

    def _chain(self) -> Chain:
        found = self._verify()
        if found.broken is None:
            return Chain(whole=True, rows=found.rows)
        return Chain(False, found.rows, f"dòng {found.broken.seq}" if found.broken.seq else "các lượt phát")

    # Head

    def _head(self, addressees: Sequence[str] | None = None) -> Head:
        config = self._repos.config
        return Head(
            authority=config.report.authority,
            agency=config.station.name,
            symbol=config.report.symbol,
            place=config.report.place,
            day=self._repos.today,
            addressees=tuple(config.report.addressees if addressees is None else addressees),
            signers=config.report.signers,
        )

    def _now(self) -> datetime:
        return self._repos.config.station.local(self._repos.clock.now())

    def _local(self, text: str) -> datetime:
        return self._repos.config.station.local(instant_of(text))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]


@lru_cache(maxsize=4096)
def _quiet_spans(day: date, windows: tuple[Window, ...], zone_name: str) -> tuple[Span, ...]:
    first, last = day_span(day, zone_name)
    spans = [quiet_window_span(window, day + shift * _DAY, zone_name) for window in windows for shift in (-1, 0, 1)]
    return tuple(span for span in spans if first < span[1] and span[0] < last + LONGEST)


@lru_cache(maxsize=4096)
def _at(day: date, at: time, zone_name: str) -> datetime:
    """The instant of a wall time; in a gap of the clock the day's own beginning plus it."""
    found = local_instant(day, at, zone_name)
    return found or day_span(day, zone_name)[0] + timedelta(hours=at.hour, minutes=at.minute)


def _issued(stored: StoredDispatch) -> date | None:
    day = stored.fields.get("date")
    return parse_date(day) if day else None


def _dispatch_line(stored: StoredDispatch | None, number: str, account: Account | None, figures: Sums) -> DispatchLine:
    """A dispatch without a number is known to the ledger alone, whose minutes are the journal's too."""
    aired = figures.by_dispatch.get(number)
    whole, partly, played_ms = (aired.whole, aired.partly, aired.played_ms) if aired else (0, 0, 0)
    if account and not number:
        whole, partly = account.heard - account.partial, account.partial
        played_ms = round(account.heard_minutes * 60_000)
    return DispatchLine(
        number=number or (stored.file_name if stored else ""),
        issued=_issued(stored) if stored else None,
        subject=(stored.fields.get("subject") or "") if stored else "",
        ordered=account.ordered if account else None,
        ordered_ms=round(account.ordered_minutes * 60_000) if account else None,
        made_good=account.made_good if account else None,
        owed=account.owed if account else None,
        written_off=account.written_off if account else {},
        whole=whole,
        partly=partly,
        played_ms=played_ms,
    )
