"""What came back from the loudspeakers, as reports tell it: the mark of an airing, a period's figures.

Only what was listened to is told: an airing nobody listened to has no mark to show, and a period without any finding is
not measured, which is no zero. Findings come in; no sum of airtime is touched.
"""

from scheduler.core.air.heard_back import HEARD_WORDS, AirFigures, Heard, Mark, SpellKind, Spells
from scheduler.core.report.report import Cell, Column, Fact, Unit, cell_text

__all__ = ["MARK_COLUMNS", "air_facts", "mark_cells", "returned_facts"]

MARK_COLUMNS = (
    Column("NgheLai", "Nghe lại", share=1.9),
    Column("MucNgheLai", "Mức nghe lại (dBFS)", Unit.LEVEL, on_paper=False),
)


def mark_cells(mark: Mark | None) -> tuple[Cell, ...]:
    """The cells under `MARK_COLUMNS`; nothing where nobody listened."""
    if mark is None or mark.verdict is Heard.UNKNOWN:
        return "", ""
    level = "" if mark.level_dbfs is None else mark.level_dbfs
    words = HEARD_WORDS[mark.verdict]
    return words if level == "" else f"{words}, {cell_text(level, Unit.LEVEL)} dBFS", level


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
