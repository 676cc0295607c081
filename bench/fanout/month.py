"""Thirty days of journal of many wards into the hub's store, through the hub's own intake, and the reports over it."""

# ruff: noqa: S101 - a bench stops where something is not so

import statistics
from datetime import date, timedelta

from gauges import CLOCK, load, say
from town import Town

from scheduler.core.report.period import PeriodKind, period_with
from scheduler.extras.hub.service.intake import Up
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.rules.envelope import Told, UpKind, up_body
from tests.extras.hub.work.voice import journal

A_DAY, A_BATCH = 20, 500
FIRST = date(2026, 11, 1)


def month(folder, wards, days):
    town = Town(folder)
    with town.station.repos.store.write():
        for number in range(1, wards + 1):
            town.services.add_ward(town.admin, NewWard(str(number), f"Phường {number}", (), homes=1000))
    rows, previous = [], None
    for day in range(days):
        more = {"previous": previous} if previous else {}
        rows += journal(A_DAY, first=len(rows) + 1, day=(FIRST + timedelta(days=day)).isoformat(), **more)
        previous = rows[-1]["hash"]
    say(f"\n## Journal: {wards} wards, {days} days of {A_DAY} airings ({load()})\n")
    spent, before = taken(town, wards, rows), size_of(town)
    count = wards * len(rows)
    assert town.station.repos.store.value("SELECT count(*) FROM hub_journal") == count
    say(f"{count:,} rows kept and verified: {spent:.1f} s, {count / spent:,.0f} rows a second; {before / 1e6:.0f} MB")
    reports(town)
    assert town.services.airtime(town.admin, "642/QĐ").totals.proved == count
    town.station.close()


def taken(town, wards, rows):
    """Seconds that the intake needed. The wards' own work is done before each measured part."""
    now, spent = town.station.clock.now(), 0.0
    for ward in range(1, wards + 1):
        ups = [
            Up(f"up.{ward}.asrun", up_body(Told(str(ward), place, UpKind.ASRUN, now, {"id": "", "journal": row})))
            for place, row in enumerate(rows, 1)
        ]
        began = CLOCK.monotonic()
        for at in range(0, len(ups), A_BATCH):
            town.services.intake.take(ups[at : at + A_BATCH])
        spent += CLOCK.monotonic() - began
    return spent


def reports(town):
    for name, ask in (
        ("airtime of a dispatch by ward", lambda: town.services.airtime(town.admin, "642/QĐ")),
        ("report of a month", lambda: town.services.export(town.admin, period_with(PeriodKind.MONTH, FIRST))),
        ("report of a month, one dispatch",
         lambda: town.services.export(town.admin, period_with(PeriodKind.MONTH, FIRST), "642/QĐ")),
        ("evidence of one ward", lambda: town.services.evidence(town.admin, "642/QĐ", "7")),
        ("list of the wards", town.services.wards),
    ):  # fmt: skip
        lasted = []
        for _ in range(3):
            began = CLOCK.monotonic()
            ask()
            lasted.append(CLOCK.monotonic() - began)
        say(f"{name}: {statistics.median(lasted) * 1000:.0f} ms")


def size_of(town):
    return sum(one.stat().st_size for one in town.station.config.data.rglob("*.db*"))
