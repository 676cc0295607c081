"""What the air monitor has heard, as reports tell it: the mark of an airing, and a period's airings and spells counted.

Only what was listened to is told: an airing nobody listened to has no mark to show, and a period without any finding is
not measured, which is no zero. Findings come in; what they mean is `air_watch`'s, and no sum of airtime is touched.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from scheduler.core.air_watch import Heard, SpellKind
from scheduler.core.report import Cell, Column, Fact, Unit, told
from scheduler.core.wording_air import HEARD_WORDS

__all__ = ["MARK_COLUMNS", "AirFigures", "Mark", "Spells", "air_facts", "mark_cells", "returned_facts"]

MARK_COLUMNS = (
    Column("NgheLai", "Nghe lại", share=1.9),
    Column("MucNgheLai", "Mức nghe lại (dBFS)", Unit.LEVEL, on_paper=False),
)


class Mark(NamedTuple):
    """What became of one airing at the far end of the line."""

    verdict: Heard
    level_dbfs: float | None
    """Mean, 300 Hz to 4 kHz."""


class Spells(NamedTuple):
    """Spells of one kind that are over."""

    times: int = 0
    length_ms: int = 0


@dataclass(frozen=True, slots=True)
class AirFigures:
    """A period's findings."""

    verdicts: Mapping[Heard, int] = field(default_factory=dict)
    """Airings by their mark."""
    spells: Mapping[SpellKind, Spells] = field(default_factory=dict)
    watches_stray: bool = True
    """False where the station is set not to look for stray sound."""

    @property
    def listened(self) -> int:
        """Airings of which anything can be said."""
        return sum(count for verdict, count in self.verdicts.items() if verdict is not Heard.UNKNOWN)

    @property
    def measured(self) -> bool:
        """Whether the monitor has heard anything at all in the period."""
        return bool(self.listened or self.spells)

    def spells_of(self, kind: SpellKind) -> Spells | None:
        """None where nobody looked for them: no airing was listened to, or it is set so."""
        watched = self.listened and (kind is SpellKind.SILENCE or self.watches_stray)
        return self.spells.get(kind, Spells() if watched else None)


def mark_cells(mark: Mark | None) -> tuple[Cell, ...]:
    """The cells under `MARK_COLUMNS`; nothing where nobody listened."""
    if mark is None or mark.verdict is Heard.UNKNOWN:
        return "", ""
    level = "" if mark.level_dbfs is None else mark.level_dbfs
    words = HEARD_WORDS[mark.verdict]
    return words if level == "" else f"{words}, {told(level, Unit.LEVEL)} dBFS", level


def returned_facts(listened: int | None, heard: int | None) -> tuple[Fact, Fact]:
    """How many airings were listened to, and how many of them came back whole."""
    return (
        Fact("LuotNgheKiemTra", "Số lượt có nghe kiểm tra", listened, Unit.COUNT),
        Fact("LuotNgheDuoc", "Số lượt nghe được ở đường về", heard, Unit.COUNT),
    )


def air_facts(air: AirFigures) -> tuple[Fact, ...]:
    """A period's findings; the airings heard, in part, with nothing to compare and not heard are those listened to."""

    def count(*verdicts: Heard) -> int | None:
        return sum(air.verdicts.get(one, 0) for one in verdicts) if air.measured else None

    return (
        *returned_facts(air.listened if air.measured else None, count(Heard.HEARD)),
        Fact("LuotNgheMotPhan", "Số lượt nghe được một phần", count(Heard.PARTLY), Unit.COUNT),
        Fact("LuotCoTieng", "Số lượt có tiếng, không có bản ghi để so", count(Heard.SOUND), Unit.COUNT),
        Fact(
            "LuotKhongNghe", "Số lượt không nghe thấy hoặc là tiếng khác", count(Heard.SILENT, Heard.OTHER), Unit.COUNT
        ),
        *_spell_facts("MatTieng", "mất tiếng khi đang phát", air.spells_of(SpellKind.SILENCE)),
        *_spell_facts("TiengLa", "có tiếng lạ khi trạm không phát", air.spells_of(SpellKind.STRAY)),
    )


def _spell_facts(key: str, words: str, spells: Spells | None) -> tuple[Fact, Fact]:
    times, length_ms = spells or (None, None)
    return (
        Fact(f"SoLan{key}", f"Số lần {words}", times, Unit.COUNT),
        Fact(f"ThoiGian{key}", f"Thời gian {words} (giờ:phút:giây)", length_ms, Unit.LENGTH),
    )
