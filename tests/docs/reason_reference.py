"""Writes docs/reasons.md from the sentences: `python tests/docs/reason_reference.py > docs/reasons.md`."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from scheduler import core
from scheduler.core.words import wording
from scheduler.kernel.words import file_of, folders_in

HEAD = """# Reason codes and their sentences

This page is written by `python tests/docs/reason_reference.py > docs/reasons.md` from the table `reasons` of
`words.vi.toml` of each subject and extra; a test compares the two, and another one holds every code that the source
raises against it.

A reason code is what logs, `--json` and the journal carry; the sentence is what people read. `{name}` is filled with a
detail of the case; a part in [square brackets] is said only when its details are known. Where a decision of the
locality is behind a refusal (`legal_basis` in [config.md](config.md)), it is added: "(Căn cứ: …)".
"""
OUTCOMES = """## Outcomes of a slot

Every slot ends in exactly one of these.

| Outcome | Word |
|---|---|
"""
_GROUP = re.compile(r"# (.+)")
_CODE = re.compile(r"(\w+) =")


def _lines() -> Iterator[str]:
    """The lines of every table of reasons."""
    for folder in [*folders_in(Path(core.__file__).parent), *wording.folders_of_extras()]:
        _, _, table = file_of(folder).read_text(encoding="utf-8").partition("\n[reasons]\n")
        yield from table.split("\n\n[", 1)[0].splitlines()


def groups() -> dict[str, list[str]]:
    """Codes under the comments that head them in the files."""
    found: dict[str, list[str]] = {}
    for line in _lines():
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
