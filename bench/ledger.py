"""How long the ledger of a half-year takes over 200,000 airings: of every campaign, and of one dispatch.

Rows are generated, not aired; it prints processor time, which a busy machine changes less.
"""

import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from scheduler.config.loading import Config, SpeechConfig, StationConfig
from scheduler.core.model import Campaign, CampaignState, Role
from scheduler.core.planning.make_good import slot_id
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.clock import SteppedClock
from scheduler.services.planning.ledger import LedgerService
from scheduler.station import Station
from scheduler.store import instant_text

CAMPAIGNS, DAYS, AIRINGS = 40, 184, 27
FIRST = date(2026, 6, 1)


def fill(station: Station) -> int:
    """A station after half a year: each campaign AIRINGS times a day, one in nine missed and made good."""
    repos, now = station.repos, station.clock.now()
    person = repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
    with repos.store.write() as db:
        db.execute(
            "INSERT INTO dispatch (file_name, original_sha256, text, fields_json, excerpts_json, created_at, created_by)"
            " VALUES ('a', 'a', '', '{\"number_symbol\": \"1/UBND\", \"date\": \"2026-06-01\"}', '{}', ?, ?)",
            (instant_text(now), person.id),
        )
        said = repos.programme.add_announcement({"title": "t", "text": "x", "author_id": person.id}, now)
        plain = Campaign(
            0, "Đợt", said, (parse_window("06:00-18:00"),), AIRINGS, FIRST, FIRST + timedelta(days=DAYS - 1)
        )
        for _ in range(CAMPAIGNS):
            repos.programme.add_campaign(replace(plain, state=CampaignState.ACTIVE, dispatch_id=1), person.id, now)
        db.execute("UPDATE campaign SET created_at = '2026-05-01T00:00:00.000000+00:00'")
        seq, slots, rows = 0, [], []
        for at in range(DAYS):
            day = FIRST + timedelta(days=at)
            for campaign_id in range(1, CAMPAIGNS + 1):
                for number in range(1, AIRINGS + 1):
                    name = slot_id(day, campaign_id, number)
                    start = instant_text(
                        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=20 * number)
                    )
                    missed = number % 9 == 0
                    ends = [(name, "schedule", "missed" if missed else "played", "too_late" if missed else "", "")]
                    if missed:
                        ends.append((f"{name}-b1", "make_good", "played", "", name))
                    for key, trigger, outcome, reason, makes_good in ends:
                        seq += 1
                        slots.append(
                            (
                                key,
                                str(day),
                                "all",
                                start,
                                60_000,
                                campaign_id,
                                said,
                                "a",
                                3,
                                trigger,
                                outcome,
                                reason,
                                makes_good,
                                start,
                            )
                        )
                        heard = 0 if outcome == "missed" else 60_000
                        rows.append(
                            (
                                seq,
                                start,
                                "airing",
                                str(day),
                                key,
                                campaign_id,
                                heard,
                                outcome,
                                reason,
                                str(seq),
                                str(seq),
                            )
                        )
        db.conn.executemany(
            "INSERT INTO slot (id, day, zone, start, length_ms, campaign_id, announcement_id, audio_sha256, priority,"
            ' "trigger", outcome, reason, makes_good, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
            slots,
        )
        db.conn.executemany(
            "INSERT INTO journal (seq, at, kind, day, slot_id, campaign_id, played_ms, outcome, reason, prev_hash, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
    return seq


def timed(name: str, act) -> None:
    began = time.process_time()
    act()
    print(f"{name}: {time.process_time() - began:.2f} s of processor")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = Config(
            folder=Path(folder), station=StationConfig(data="data"), speech=SpeechConfig(engines=("espeak",))
        )
        station = Station.open(config, SteppedClock(datetime(2026, 12, 2, tzinfo=UTC)))
        station.prepare()
        print(f"{fill(station)} rows", file=sys.stderr)
        ledger: LedgerService = station.services.ledger
        campaigns = station.repos.programme.campaigns()
        timed("half-year, every campaign", lambda: ledger.lines(campaigns, FIRST, FIRST + timedelta(days=DAYS - 1)))
        timed("half-year, one campaign", lambda: ledger.lines(campaigns[:1], FIRST, FIRST + timedelta(days=DAYS - 1)))
        timed("one day, every campaign", lambda: ledger.lines(campaigns, FIRST, FIRST))
        station.close()


if __name__ == "__main__":
    main()
