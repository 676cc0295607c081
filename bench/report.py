"""How long the half-year report takes over a full journal, and each of its formats; then the other forms.

Journal, slots, campaigns and dispatches are rows as playout leaves them. `airings` in all (default 200,000).

.venv/bin/python bench/report.py [airings]
"""

import random
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from table import Figure, show

from scheduler.config.loading import Config, QuietHoursConfig, StationConfig
from scheduler.core.model import Campaign, CampaignState
from scheduler.core.planning.rules import parse_window
from scheduler.core.report.period import Period, PeriodKind
from scheduler.kernel.clock import SteppedClock
from scheduler.paper import FORMATS, draw
from scheduler.station import Station
from scheduler.store import instant_text
from scheduler.store.chain import COLUMNS, GENESIS, row_hash
from scheduler.store.report.report_rows import ReportRows

FIRST, LAST = date(2026, 7, 1), date(2026, 12, 31)
DAYS = (LAST - FIRST).days + 1
CAMPAIGNS, DISPATCHES = 20, 10
PROMISE = 3.0


def station_in(folder: Path) -> Station:
    config = Config(folder=folder, station=StationConfig(data="data"), quiet_hours=QuietHoursConfig(("21:00-05:00",)))
    station = Station.open(config, SteppedClock(datetime(2027, 1, 2, 3, tzinfo=UTC)))
    station.prepare()
    return station


def fill(station: Station, airings: int) -> None:
    """Campaigns that answer dispatches, each with a slot and a journal row for every airing; some end otherwise."""
    person = station.repos.people.machine(datetime(2026, 6, 1, tzinfo=UTC))
    db = station.repos.store.db.conn
    at = "2026-06-01T00:00:00.000000+00:00"
    db.execute("BEGIN")
    for number in range(1, DISPATCHES + 1):
        fields = f'{{"number_symbol": "{number}/UBND-VHXH", "date": "2026-06-2{number % 10}", "subject": "Trích yếu {number}"}}'
        db.execute(
            "INSERT INTO dispatch (id, file_name, original_sha256, text, fields_json, excerpts_json, created_at, created_by)"
            " VALUES (?, ?, ?, '', ?, '{}', ?, ?)",
            (number, f"{number}.txt", str(number), fields, at, person.id),
        )
    for number in range(1, CAMPAIGNS + 1):
        db.execute(
            "INSERT INTO announcement (id, title, text, author_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
            (number, f"Bản tin {number}", "Kính mời bà con", person.id, at, at),
        )
    db.execute("COMMIT")
    for number in range(1, CAMPAIGNS + 1):
        campaign = Campaign(
            id=0,
            title=f"Đợt {number}",
            announcement_id=number,
            windows=(parse_window("05:00-20:00"),),
            base=airings // DAYS // CAMPAIGNS,
            start=FIRST,
            end=LAST,
            dispatch_id=(number - 1) % DISPATCHES + 1,
            state=CampaignState.ACTIVE,
        )
        campaign = replace(campaign, **({"field": number % 6 + 1} if hasattr(campaign, "field") else {}))
        station.repos.programme.add_campaign(campaign, person.id, datetime(2026, 6, 1, tzinfo=UTC))
    rows(station, airings)


def rows(station: Station, airings: int) -> None:
    dice, previous, seq = random.Random(7), GENESIS, 0
    db = station.repos.store.db.conn
    plain = dict.fromkeys(COLUMNS, "") | {"outputs_json": '{"Loa":"ok","FM":"ok"}', "note": "", "approved_at": None}
    per_day = airings // DAYS
    columns = ", ".join(f'"{name}"' for name in (*COLUMNS, "hash"))
    marks = ", ".join("?" * (len(COLUMNS) + 1))
    db.execute("BEGIN")
    for turn in range(DAYS):
        day = FIRST + timedelta(days=turn)
        for number in range(per_day):
            seq += 1
            start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
                seconds=number * 54_000 // per_day - 7_200
            )
            campaign, ordinal = number % CAMPAIGNS + 1, number // CAMPAIGNS + 1
            outcome, reason, played = dice.choices(
                [("played", "", 61_234), ("partial", "power_cut", 30_000), ("missed", "station_off", 0)], [97, 1, 2]
            )[0]
            slot_id = f"{day:%Y%m%d}-c{campaign}-{ordinal}"
            values = plain | {
                "seq": seq,
                "at": instant_text(start + timedelta(seconds=62)),
                "kind": "airing",
                "day": day.isoformat(),
                "slot_id": slot_id,
                "campaign_id": campaign,
                "announcement_id": campaign,
                "title": f"Bản tin {campaign}",
                "dispatch_number": f"{(campaign - 1) % DISPATCHES + 1}/UBND-VHXH",
                "zone": "all",
                "priority": 3,
                "trigger": "schedule",
                "planned_start": instant_text(start),
                "actual_start": instant_text(start) if played else None,
                "actual_end": instant_text(start + timedelta(milliseconds=played)) if played else None,
                "planned_ms": 61_234,
                "played_ms": played,
                "outcome": outcome,
                "reason": reason,
                "text_sha256": "a" * 64,
                "audio_sha256": "b" * 64,
                "voice": "espeak/vi",
                "author": f"Người viết {campaign % 5}",
                "approver": "Người duyệt",
                "prev_hash": previous,
            }
            previous = row_hash(values)
            db.execute(
                f"INSERT INTO journal ({columns}) VALUES ({marks})",  # noqa: S608 - our own names
                [*(values[name] for name in COLUMNS), previous],
            )
            db.execute(
                "INSERT INTO slot (id, day, zone, start, length_ms, campaign_id, announcement_id, audio_sha256, priority,"
                ' "trigger", outcome, reason, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 3, ?, ?, ?, ?)',
                (slot_id, day.isoformat(), "all", instant_text(start), 61_234, campaign, campaign, "b" * 64, "schedule",
                 outcome, reason, instant_text(start)),
            )  # fmt: skip
    db.execute("COMMIT")
    db.execute("ANALYZE")


def timed(act):
    begun = perf_counter()
    made = act()
    return made, perf_counter() - begun


def main() -> None:
    airings = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        station = station_in(Path(folder))
        fill(station, airings)
        actor = station.repos.people.machine(station.clock.now())
        half, day = Period(PeriodKind.HALF, FIRST, LAST), LAST - timedelta(days=1)
        reports = station.services.reports
        campaigns = station.repos.programme.campaigns()
        _, ledger = timed(lambda: station.services.ledger.lines(campaigns, FIRST, LAST))
        noons = [datetime(day.year, day.month, day.day, 3, 30, tzinfo=UTC) for day in half.days]
        parts = [(day, noon, noon + timedelta(hours=3)) for day, noon in zip(half.days, noons, strict=True)]
        _, sums = timed(lambda: ReportRows(station.repos.store).groups(parts))
        worked = process_time()
        made, took = timed(lambda: reports.airtime(actor, half))
        worked = process_time() - worked
        if made.blocks[0].facts[0].cell != airings // DAYS * DAYS:
            sys.exit("the report has lost rows")
        figures = [
            Figure("of it, the ledger's orders", ledger, "s"),
            Figure("of it, sums over the journal", sums, "s"),
            Figure("half-year report, all figures", took, "s", PROMISE),
            Figure("  processor time of it", worked, "s", PROMISE),
        ]
        figures += [Figure(f"  drawn as {name}", timed(lambda name=name: draw(made, name))[1], "s") for name in FORMATS]
        log, took = timed(lambda: reports.log(actor, day))
        figures.append(Figure(f"logbook of a day, {airings // DAYS} rows", took, "s"))
        figures += [Figure(f"  drawn as {name}", timed(lambda name=name: draw(log, name))[1], "s") for name in FORMATS]
        figures.append(Figure("sheet of fees, half a year", timed(lambda: reports.fees(actor, half))[1], "s"))
        paper, took = timed(lambda: reports.certificate(actor, 1, verify=False))
        figures.append(Figure(f"certificate, {airings // DISPATCHES} airings", took, "s"))
        figures += [
            Figure(f"  drawn as {name}", timed(lambda name=name: draw(paper, name))[1], "s") for name in FORMATS
        ]
        figures.append(Figure("  the whole chain walked", timed(station.services.proof.verify)[1], "s"))
        show(f"Reports over {airings} airings in {DAYS} days", figures)
        station.close()


if __name__ == "__main__":
    main()
