"""What a real ward writes into its journal, and what its town keeps of it."""

from collections import Counter

from scheduler.store.air.journal import Entry

WARD = "26734"


def aired(station, count, first=0, name="x"):
    """Airings in the journal of a ward, each with a length of its own."""
    now, day = station.clock.now(), station.clock.now().date().isoformat()
    at = now.isoformat(timespec="microseconds")
    for place in range(first, first + count):
        entry = Entry(
            now, "airing", day, slot_id=f"{name}{place}", title="Tiêm chủng", dispatch_number="642/UBND", zone="all",
            priority=3, trigger="schedule", planned_start=at, actual_start=at, planned_ms=30_000,
            played_ms=29_000 + place, outcome="played", outputs={"wav": "played"}, zones=("all",),
        )  # fmt: skip
        with station.repos.store.write() as db:
            station.repos.journal.append(db, entry)


def rows_at(town):
    """What the town keeps of the ward's airings: hash of the row -> how often."""
    rows = town.station.repos.store.rows("SELECT hash FROM hub_journal WHERE kind = 'airing'")
    return Counter(row["hash"] for row in rows)


def lines_at(town):
    """The lines of numbers that the town has heard of, the oldest first, and up to where each is whole."""
    sql = "SELECT line, whole_to, top_row FROM hub_line WHERE ward_id = ? AND line IS NOT NULL ORDER BY epoch"
    return [(row["line"], row["whole_to"] == row["top_row"]) for row in town.station.repos.store.rows(sql, (WARD,))]
