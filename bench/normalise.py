"""How long a reading takes, a sentence and (with a file) a whole text: python bench/normalise.py [TEXT_FILE]."""

import csv
import statistics
import sys
import time
from pathlib import Path

from table import Figure, show

from audio_assets.speech.normalise import normalise

HERE = Path(__file__).parents[1]
ROUNDS = 20


def milliseconds(text: str) -> float:
    start = time.perf_counter()
    normalise(text)
    return (time.perf_counter() - start) * 1_000


def main() -> None:
    with (HERE / "tests/audio/readings/northern.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    sentences = [row["written"] for row in rows if row["category"] == "sentence"]
    best = [min(milliseconds(sentence) for _ in range(ROUNDS)) for sentence in sentences]
    figures = [
        Figure("median of ward sentences", statistics.median(best), "ms"),
        Figure("worst of them", max(best), "ms"),
    ]
    if len(sys.argv) > 1:
        text = Path(sys.argv[1]).read_text(encoding="utf-8")
        took = min(milliseconds(text) for _ in range(ROUNDS))
        figures.append(Figure(f"{sys.argv[1]} ({len(text)} characters)", took, "ms"))
    letters = statistics.mean(map(len, sentences))
    show(f"Reading {len(sentences)} ward sentences of {letters:.0f} characters", figures)


if __name__ == "__main__":
    main()
