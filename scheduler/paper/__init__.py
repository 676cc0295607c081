"""From a report to a file: one table of formats, each drawn from the same `report.Report` and from nothing else.

It adds no figure and looks nothing up. The libraries behind a format are imported when it is first drawn, so that a
page or a command that draws none stays small.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from scheduler.core.report.report import Report
from scheduler.kernel.errors import NotFound

__all__ = ["FORMATS", "Format", "draw"]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a report down."""

    name: str
    media_type: str
    words: str
    """What the page calls it."""
    module: str
    """Has `draw(report) -> bytes`."""


FORMATS = {
    one.name: one
    for one in (
        Format("pdf", "application/pdf", "PDF", "as_pdf"),
        Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel", "as_xlsx"),
        Format("html", "text/html; charset=utf-8", "HTML", "as_html"),
        Format("csv", "text/csv; charset=utf-8", "CSV", "as_csv"),
        Format("json", "application/json", "JSON", "as_json"),
    )
}
"""By name, which is also the ending of the file."""


def draw(report: Report, name: str) -> bytes:
    """The report as a file of that format. Raises NotFound for a format there is not."""
    if name not in FORMATS:
        raise NotFound("format", name)
    make: Callable[[Report], bytes] = import_module(f"scheduler.paper.{FORMATS[name].module}").draw
    return make(report)
