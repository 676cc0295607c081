"""How long `loa journal --verify` takes over a journal of years, and closing its days: 1,000,000 rows, 550 a day.

.venv/bin/python bench/verify_journal.py [rows]
"""

import hashlib
import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from table import Figure, show

from scheduler.config.loading import Config, OutputConfig, StationConfig
from scheduler.kernel.clock import SteppedClock
from scheduler.station import Station
from scheduler.store.chain import COLUMNS, GENESIS, row_hash

START = datetime(2022, 1, 1, 22, 0, tzinfo=UTC)
A_DAY = 550
PROMISE = 20.0


def rows(count):
    """Airings as a ward writes them, and the slot of each."""
    previous = GENESIS
    for seq in range(1, count + 1):
        day, ordinal = divmod(seq - 1, A_DAY)
        at = START + timedelta(days=day, seconds=90 * ordinal)
        instant = at.isoformat(timespec="microseconds")
        local_day = (at + timedelta(hours=7)).date().isoformat()
        slot_id = f"{local_day.replace('-', '')}-c{ordinal % 7 + 1}-{ordinal}"
        row = dict.fromkeys(COLUMNS, "") | {
            "seq": seq,
            "at": instant,
            "kind": "airing",
            "day": local_day,
            "slot_id": slot_id,
            "campaign_id": ordinal % 7 + 1,
            "announcement_id": 1,
            "title": "Tuyên truyền phòng, chống dịch bệnh trên địa bàn phường",
            "dispatch_number": "642/UBND-VX",
            "zone": "all",
            "priority": 3,
            "trigger": "schedule",
            "planned_start": instant,
            "actual_start": instant,
            "actual_end": instant,
            "planned_ms": 60_000,
            "played_ms": 59_960 + ordinal % 40,
            "outcome": "played",
            "text_sha256": hashlib.sha256(slot_id.encode()).hexdigest(),
            "audio_sha256": "a" * 64,
            "voice": "piper/vi_VN-vais1000-medium",
            "author": "Nguyễn Thị Lan",
            "approver": "Trần Văn Minh",
            "approved_at": instant,
            "outputs_json": json.dumps({"loa": "ok", "icecast": "ok"}),
            "prev_hash": previous,
            "zones_json": '["all"]',
        }
        previous = row_hash(row)
        yield row | {"hash": previous}


def fill(station, count):
    """Straight into the tables: the station itself would need years."""
    conn = station.repos.store.db.conn
    conn.execute("PRAGMA foreign_keys=OFF")
    conn.execute("PRAGMA synchronous=OFF")
    names = (*COLUMNS, "zones_json", "hash")
    quoted, marks = ", ".join(f'"{name}"' for name in names), ", ".join(f":{name}" for name in names)
    slot = (
        'INSERT INTO slot (id, day, zone, start, length_ms, campaign_id, announcement_id, audio_sha256, priority, "trigger",'
        " outcome, created_at) VALUES (:slot_id, :day, :zone, :planned_start, :planned_ms, NULL, 1, :audio_sha256,"
        " :priority, :trigger, :outcome, :at)"
    )
    batch = []
    conn.execute("BEGIN")
    for row in rows(count):
        batch.append(row)
        if len(batch) == 10_000 or row["seq"] == count:
            conn.executemany(slot, batch)
            conn.executemany(f"INSERT INTO journal ({quoted}) VALUES ({marks})", batch)  # noqa: S608 - our names
            batch = []
    conn.execute("COMMIT")


def timed(act):
    begun = perf_counter()
    answer = act()
    return perf_counter() - begun, answer


def worked(act):
    """Seconds of a processor, whatever else the machine was doing meanwhile."""
    begun = process_time()
    act()
    return process_time() - begun


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        config = Config(
            folder=Path(folder),
            station=StationConfig(data="data"),
            outputs=(OutputConfig(name="loa", kind="null"),),
        )
        clock = SteppedClock(START + timedelta(days=count // A_DAY + 2))
        station = Station.open(config, clock)
        station.prepare()
        filling, _ = timed(lambda: fill(station, count))
        closing, days = timed(lambda: station.services.proof.close_days(most=100_000))
        verifying, found = timed(station.services.proof.verify)
        work = worked(station.services.proof.verify)
        last = station.services.proof.checkpoints()[-30].day
        recent, _ = timed(lambda: station.services.proof.verify(last))
        station.close()
    promise = PROMISE * count / 1_000_000
    told = "whole" if found.whole else f"BROKEN: {found.broken}"
    show(
        f"A journal of {found.rows} rows, {found.checkpoints} checkpoints: {told}",
        [
            Figure("verify all", verifying, "s", promise),
            Figure("verify all again, processor time", work, "s", promise),
            Figure("verify the last 30 days", recent, "s"),
            Figure(f"close {days} days", closing, "s"),
            Figure("one day closed", closing / max(days, 1) * 1000, "ms"),
            Figure("(rows written by the bench", filling, "s)"),
        ],
    )


if __name__ == "__main__":
    main()
