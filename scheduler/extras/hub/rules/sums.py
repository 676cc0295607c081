"""Airtime of a dispatch over the wards: measured minutes by ward and outcome, and what was not told.

Pure. A ward that has told nothing has no sum: it is "not reported", never zero. An airing that was not measured counts
as an airing and adds no minutes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.core.air.standing import Tally

__all__ = ["Totals", "WardAirtime", "by_ward", "totals"]


@dataclass(frozen=True, slots=True)
class WardAirtime:
    """What one ward has told of a dispatch or a period."""

    ward_id: str
    name: str
    reported_at: datetime | None
    """When a row of its journal last came; None = never: nothing is known of it."""
    airings: int = 0
    measured: int = 0
    """Of them, how many were measured."""
    played_ms: int | None = None
    """Measured; None where nothing was."""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    """Its airings by how they stand; a word of a newer ward that is not known here is judged by what was measured."""
    proved: int = 0
    """Of the airings, how many hash to the hash they came with."""
    last_day: str = ""
    missing_rows: int = 0
    chain_faults: int = 0

    @property
    def has_reported(self) -> bool:
        return self.reported_at is not None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the wards that have reported; `silent`: how many have not."""

    wards: int
    silent: int
    airings: int
    played_ms: int
    proved: int
    tally: Tally


def by_ward(
    wards: Iterable[tuple[str, str, datetime | None, int]],
    sums: Iterable[tuple[str, str, int, int, int, int, str, int]],
    faults: Mapping[str, int],
) -> list[WardAirtime]:
    """One line a ward.

    Args:
        wards: (id, name, when a row of its journal last came, rows known to be missing).
        sums: (ward, outcome, airings, of them measured, milliseconds, of them proved, last day, of them with sound).
        faults: ward -> places where its chain does not hold.

    """
    told: dict[str, list[tuple[str, int, int, int, int, str, int]]] = {}
    for ward_id, *rest in sums:
        told.setdefault(ward_id, []).append(tuple(rest))  # type: ignore[arg-type]  # the rest of that very tuple
    made = []
    for ward_id, name, reported_at, missing in wards:
        rows = told.get(ward_id, [])
        measured = sum(row[2] for row in rows)
        tally = Tally.total(Tally.of(row[0], row[1], row[6], row[3]) for row in rows)
        made.append(
            WardAirtime(
                ward_id=ward_id,
                name=name,
                reported_at=reported_at,
                airings=sum(row[1] for row in rows),
                measured=measured,
                played_ms=tally.played_ms if measured else None,
                outcomes={row[0]: row[1] for row in rows},
                tally=tally,
                proved=sum(row[4] for row in rows),
                last_day=max((row[5] for row in rows), default=""),
                missing_rows=missing,
                chain_faults=faults.get(ward_id, 0),
            )
        )
    return made


def totals(lines: Sequence[WardAirtime]) -> Totals:
    """Sums over those lines."""
    return Totals(
        wards=len(lines),
        silent=sum(not line.has_reported for line in lines),
        airings=sum(line.airings for line in lines),
        played_ms=sum(line.played_ms or 0 for line in lines),
        proved=sum(line.proved for line in lines),
        tally=Tally.total(line.tally for line in lines),
    )
