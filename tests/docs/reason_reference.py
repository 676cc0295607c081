"""Writes docs/reasons.md from the sentences: `python tests/docs/reason_reference.py > docs/reasons.md`."""

import re
import sys
from pathlib import Path

from scheduler.core.words import wording

HEAD = """# Reason codes and their sentences

This page is written by `python tests/docs/reason_reference.py > docs/reasons.md` from `scheduler/core/words/wording.py`; a
test compares the two, and another one holds every code that the source raises against it.

A reason code is what logs, `--json` and the journal carry; the sentence is what people read. `{name}` is filled with a
detail of the case; a part in [square brackets] is said only when its details are known. Where a decision of the
locality is behind a refusal (`legal_basis` in [config.md](config.md)), it is added: "(Căn cứ: …)".
"""
OUTCOMES = """## Outcomes of a slot

Every slot ends in exactly one of these.

| Outcome | Word |
|---|---|
"""
_MARK = re.compile(r"REASONS: (?:dict|Mapping)\[str, str\] = \{")
_OWN = Path(wording.__file__)
_SUBJECTS = [*_OWN.parent.glob("wording_*.py"), *_OWN.parents[2].glob("extras/*/rules/wording_*.py")]
TABLES = [
    _OWN,
    *(one for one in sorted(_SUBJECTS, key=lambda one: one.name) if _MARK.search(one.read_text(encoding="utf-8"))),
]
"""The table, and the tables of subjects that are part of it."""
_GROUP = re.compile(r"    # (.+)")
_CODE = re.compile(r'    "(\w+)":')


def _table(path: Path) -> list[str]:
    """The lines of the table of a module."""
    source = path.read_text(encoding="utf-8")
    return _MARK.split(source, maxsplit=1)[1].split("\n}\n", 1)[0].splitlines()


def groups() -> dict[str, list[str]]:
    """Codes under the comments that head them in the source."""
    found: dict[str, list[str]] = {}
    for line in [line for path in TABLES for line in _table(path)]:
        if head := _GROUP.fullmatch(line):
            found[head[1]] = []
        elif code := _CODE.match(line):
            found[next(reversed(found))].append(code[1])
    return found


def page() -> str:
    lines = [HEAD]
    for head, codes in groups().items():
        lines += [f"## {head}", "", "| Code | Sentence |", "|---|---|"]
        lines += [f"| `{code}` | {wording.REASONS[code]} |" for code in codes]
        lines.append("")
    lines.append(OUTCOMES + "\n".join(f"| `{one.value}` | {word} |" for one, word in wording.OUTCOMES.items()))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
