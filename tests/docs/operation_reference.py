"""Writes docs/api-operations.md: `python tests/docs/operation_reference.py > docs/api-operations.md`."""

import json
import sys

from scheduler.features import FEATURES
from scheduler.operations.subjects import subjects_of
from scheduler.operations.table import Operation

HEAD = """# Operations of the API

This page is written by `python tests/docs/operation_reference.py > docs/api-operations.md` from the table in
`scheduler/operations/`; a test compares the two. How to ask, what a refusal looks like and a day's work stand in
[api.md](api.md); every field with its bounds stands in `/api/v1/openapi.json`. An example has what a request must have;
{places} of an address and `?parameters` are named as in the document, those in [brackets] may be left out.
"""


def page() -> str:
    lines = [HEAD]
    for subject in subjects_of(FEATURES):
        lines += [f"## {subject.name}", "", subject.says, "", "| Operation | Right | What | Example | Command |"]
        lines += ["|---|---|---|---|---|", *(_row(one) for one in subject.operations), ""]
    return "\n".join(lines)


def _row(one: Operation) -> str:
    asked = " ".join(f"{field.name}" if field.required else f"[{field.name}]" for field in one.parameters)
    address = f"`{one.method} {one.path}`" + (f" `?{asked}`" if asked else "")
    example = "the bytes" if one.takes_bytes else f"`{_json(one)}`" if one.example else ""
    command = f"`loa {one.command.words}`" if one.command else ""
    return f"| {address} | `{one.may}` | {one.says} | {example} | {command} |"


def _json(one: Operation) -> str:
    return json.dumps(one.example, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(page())
