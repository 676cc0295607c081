"""How long a dispatch file takes from its bytes to what it says, the child process included: 10 pages of every format.

Run: python bench/read_dispatch.py [FILE …]   (default: files made here; the promise is a .docx and a .pdf in < 2 s)
"""

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from table import Figure, show

from scheduler.core.dispatch import read_dispatch
from scheduler.intake import text_of
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import DispatchError
from tests.intake.made import TEXT, doc_of, docx_of, pdf_of, stream, vietnamese_pdf

PAGES, LINES = 10, 42
RUNS = 5
PROMISE = 2.0
MAX_BYTES = 200_000_000


def files():
    """Ten pages: the dispatch, then its duties over and over, as an annex is."""
    if sys.argv[1:]:
        return {Path(name).name: Path(name).read_bytes() for name in sys.argv[1:]}
    head = [line for line in TEXT.split("\n") if line.strip()]
    annex = [
        f"{n}. Tổ dân phố số {n} phát thanh từ 5 giờ 30 đến 6 giờ 15 và từ 16 giờ 45 mỗi ngày;" for n in range(1, 500)
    ]
    told = (head + annex)[: PAGES * LINES]
    pages = [
        [(50, 800 - 18 * n, line) for n, line in enumerate(told[at : at + LINES])] for at in range(0, len(told), LINES)
    ]
    rtf = "".join(c if c.isascii() else rf"\u{ord(c)}?" for c in "\n".join(told)).replace("\n", "\\par\n")
    page = "".join(f"<p class=MsoNormal><span style='font-size:14pt'>{line}</span></p>\n" for line in told)
    return {
        "docx": docx_of("\n".join(told)),
        "pdf": vietnamese_pdf(pages),
        "rtf": (r"{\rtf1\ansi " + rtf + "}").encode("ascii"),
        "doc": doc_of("\n".join(told)),
        "html": f"<html><meta charset=utf-8><body>{page}</body></html>".encode(),
        "txt": "\n".join(told).encode(),
        "pdf without end": pdf_of(
            [stream(b"BT /F1 12 Tf " + b"(ha ha) Tj 1 0 Td " * 16_000 + b"ET", packed=True)] * 200
        ),
    }


def main():
    clock, figures = SystemClock(), []
    for name, data in files().items():
        taken, end = [], ""
        for _ in range(1 if name == "pdf without end" else RUNS):
            began = clock.monotonic()
            try:
                read_dispatch(text_of(data, name, max_bytes=MAX_BYTES))
            except DispatchError as refused:
                end = f", {refused.reason}"
            taken.append(clock.monotonic() - began)
        promise = 10.0 if end else PROMISE
        figures.append(Figure(f"{name}{end}, median", statistics.median(taken), "s", promise))
        figures.append(Figure(f"{name}{end}, slowest", max(taken), "s", promise))
    show(f"From the bytes of a file to its reading: {PAGES} pages", figures)


if __name__ == "__main__":
    main()
