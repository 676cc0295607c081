"""The keys of how reports look: who stands at their head, who signs, what is told as VOV's or the province's.

One part of the table in `config.keys`; a check looks at one value alone. What stands in a report is `report`'s.
"""

from dataclasses import dataclass

from scheduler.config.checks import key, signers

__all__ = ["ReportConfig"]


@dataclass(frozen=True, slots=True)
class ReportConfig:
    authority: str = key(
        "", "Who stands above the station at the head of a report, such as UBND phường …; may be empty."
    )
    symbol: str = key("BC-ĐTT", "Behind the number of a report: Số: …/BC-ĐTT.")
    place: str = key("", "Where reports are written (địa danh), before the day.")
    addressees: tuple[str, ...] = key(
        ("Ủy ban nhân dân phường",), "Whom a report of airtime is for (Kính gửi); of a town's, the province if not set."
    )
    signers: tuple[str, ...] = key(
        ("NGƯỜI LẬP BIỂU", "NGƯỜI KIỂM TRA", "THỦ TRƯỞNG ĐƠN VỊ"), "Who signs, from left to right.", signers
    )
    vov: tuple[str, ...] = key(("vov",), "Words in a relay's address or title that tell VOV.")
    province: tuple[str, ...] = key(("tỉnh", "thành phố", "ptth", "pt-th"), "Words that tell the province's station.")
