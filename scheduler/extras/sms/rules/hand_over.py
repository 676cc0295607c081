"""The hand-over file: what a telecom is given so that it sends an approved SMS to its subscribers (bàn giao).

A CSV table that a spreadsheet opens as it is (UTF-8 with BOM) and in which no cell can be a formula. It holds the very
words that were approved and nothing else; whether they may be handed over is not decided here.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scheduler.core.spreadsheet import safe_cell
from scheduler.extras.sms.rules.numbers import CARRIERS, carrier_of
from scheduler.extras.sms.rules.texts import Alphabet, cost, sms_sha256
from scheduler.kernel.errors import Refused

__all__ = ["HEADS", "HandOver", "check_body", "hand_over_csv", "results_csv"]

HEADS = (
    "Nhà mạng",
    "Dải số",
    "Nội dung",
    "Bảng mã",
    "Số ký tự",
    "Số phần",
    "Người duyệt",
    "Duyệt lúc",
    "Đơn vị",
    "Số công văn",
    "SHA-256 của nội dung",
)
ALPHABETS = {Alphabet.GSM7: "GSM-7", Alphabet.UCS2: "UCS-2"}


@dataclass(frozen=True, slots=True)
class HandOver:
    """What every row of the file tells; `approved_at` is local time as people write it."""

    body: str
    approver: str
    approved_at: str
    station: str
    dispatch_number: str = ""


def check_body(body: str) -> None:
    """Raise Refused sms_formula_start for words that a spreadsheet would take for a formula.

    A file that put a mark before them would no longer say exactly what was approved.
    """
    if safe_cell(body) != body:
        raise Refused("sms_formula_start", value=body.lstrip()[:1])


def hand_over_csv(told: HandOver, numbers: Sequence[str] = ()) -> str:
    """The file's text: a row for each carrier with its prefixes, or for each of `numbers` (written 84…)."""
    if numbers:
        places = [(carrier_of(number), number.removeprefix("+")) for number in numbers]
    else:
        places = [(carrier, " ".join(prefixes)) for carrier, prefixes in CARRIERS.items()]
    paid = cost(told.body)
    rest = (
        told.body,
        ALPHABETS[paid.alphabet],
        str(paid.places),
        str(paid.parts),
        told.approver,
        told.approved_at,
        told.station,
        told.dispatch_number,
        sms_sha256(told.body),
    )
    return _table(HEADS, [(*place, *rest) for place in places])


def results_csv(rows: Iterable[Sequence[str]]) -> str:
    """What became of every number of a sending: number (+84…), state, why, what the gateway said."""
    told = ((number.removeprefix("+"), *rest) for number, *rest in rows)
    return _table(("Số", "Kết quả", "Lý do", "Cổng trả lời"), told)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\r\n")
    table.writerow(heads)
    table.writerows([safe_cell(cell) for cell in row] for row in rows)
    return "\ufeff" + file.getvalue()
