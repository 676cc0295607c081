"""The corpus of readings: how sentences and whole announcements of a ward are read aloud, written down by hand.

One table a kind of announcement in `readings/` (id, category, source, written, said), `asked.tsv` for what no neighbour
decides (the word that an officer must be shown) and whole announcements in `announcements/` (a text and what is said).
A tenth is held back: the sha256 of the id chose it, before anybody saw a result; no rule is tuned by it. The sets
`fresh_*` were written without the rules, scored once untouched (`docs/readings.md`), and are open since. What the rules
do not read right today is listed in `not_yet.tsv`. Heard is what counts: words are compared in their order, case and
pauses are not (tables and tests of their own watch over these).
"""

import csv
import hashlib
import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import Path

from audio_assets.speech.normalise import normalise
from audio_assets.speech.normalise_syllable import LATIN

READINGS = Path(__file__).parent / "readings"
ANNOUNCEMENTS = Path(__file__).parent / "announcements"
OF_THE_RULES = frozenset({"northern", "southern"})
"""The tables that the rules are written by; `test_normalise` compares them to the letter."""
HELD_BACK = "held_back"
FRESH = "fresh"
"""How ids begin of sets that are kept whole: none of them is held back."""
ASKED = "asked"
NOT_YET = "not_yet"

Row = dict[str, str]


def table(path: Path) -> list[Row]:
    """The rows of one table; a line break in `written` stands there as \\n, a tab as \\t."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        row | {"written": row["written"].replace("\\n", "\n").replace("\\t", "\t")} if "written" in row else row
        for row in rows
    ]


def names() -> list[str]:
    """The tables of sentences that are open to whoever writes rules."""
    apart = OF_THE_RULES | {ASKED, NOT_YET}
    return sorted(
        path.stem for path in READINGS.glob("*.tsv") if not path.stem.startswith(HELD_BACK) and path.stem not in apart
    )


def sentences() -> list[Row]:
    """Every open sentence with a reading."""
    return [row for name in names() for row in table(READINGS / f"{name}.tsv")]


def announcements(*, held_back: bool) -> list[Row]:
    """Whole announcements: id, written, said."""
    texts = sorted(path for path in ANNOUNCEMENTS.glob("*.txt") if not path.name.endswith(".said.txt"))
    return [
        {
            "id": path.stem.removeprefix(f"{HELD_BACK}-"),
            "written": path.read_text(encoding="utf-8"),
            "said": path.with_suffix(".said.txt").read_text(encoding="utf-8"),
        }
        for path in texts
        if path.stem.startswith(HELD_BACK) is held_back
    ]


def heard(text: str) -> list[str]:
    """The words of `text` as an ear gets them."""
    return [word.lower() for word in re.findall(f"[{LATIN}]+", text)]


def wrong(rows: list[Row]) -> dict[str, tuple[str, str]]:
    """Id -> (said, wanted) of the rows that are not said in the words written down."""
    said = {row["id"]: normalise(row["written"]).text for row in rows}
    return {row["id"]: (said[row["id"]], row["said"]) for row in rows if heard(said[row["id"]]) != heard(row["said"])}


def not_asked(rows: list[Row]) -> dict[str, tuple[str, ...]]:
    """Id -> what is asked about, of the rows where the word that has several meanings is not among it."""
    unknown = {row["id"]: normalise(row["written"]).unknown for row in rows}
    return {
        key: words
        for (key, words), row in zip(unknown.items(), rows, strict=True)
        if row["asked"] not in " ".join(words)
    }


def _hash(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16)


def is_held_back(name: str) -> bool:
    """Whether the id of a sentence falls into the tenth that no rule is tuned by."""
    return _hash(name) % 10 == 0


def lowest(ids: Iterable[str], count: int) -> list[str]:
    """The `count` ids whose hashes are the lowest: the announcements held back."""
    return sorted(ids, key=_hash)[:count]


def score(rows: list[Row], faults: int) -> float:
    """Per cent of the rows without a fault."""
    return 100 * (1 - faults / len(rows))


def words_said(rows: list[Row]) -> float:
    """Per cent of the words to be heard that are heard, in their order."""
    wanted = matched = 0
    for row in rows:
        words, said = heard(row["said"]), heard(normalise(row["written"]).text)
        wanted += len(words)
        matched += sum(block.size for block in SequenceMatcher(None, said, words, autojunk=False).get_matching_blocks())
    return 100 * matched / wanted
