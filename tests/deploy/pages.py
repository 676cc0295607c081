"""The operations pages as tests run them: their fenced blocks in order, each taken by a test or marked on the page.

A block that is not run says why where it stands, behind its language: ```sh not run: wants three machines.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Block:
    """A fenced block: its heading, its language, its text, and why it is not run (else nothing)."""

    def __init__(self, heading: str, info: str, text: str) -> None:
        self.heading = heading
        self.language, _, rest = info.partition(" ")
        self.not_run = rest.removeprefix("not run: ")
        self._text = text
        self.taken = False

    def text(self, changed: dict[str, str] | None = None) -> str:
        """What stands in it; `changed` has what the page leaves to the reader, such as a code or a name."""
        self.taken = True
        text = self._text
        for old, new in (changed or {}).items():
            assert old in text, f"the page has no {old!r} in:\n{text}"
            text = text.replace(old, new)
        return text


class Page:
    """A document below the root of the source, named as from there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.words = (ROOT / name).read_text(encoding="utf-8")
        self.blocks = _blocks(self)

    def under(self, heading: str) -> list[Block]:
        """What is to be run under a heading, in its order."""
        found = [block for block in self.blocks if block.heading == heading and not block.not_run]
        assert found, f"{self.name}: nothing to run under {heading!r}"
        return found

    def inline(self, command: str) -> str:
        """A command that stands in a sentence or a table of the page, as it stands there."""
        assert f"`{command}`" in self.words, f"{self.name} does not tell `{command}`"
        return command

    def left(self, *languages: str) -> list[str]:
        """The blocks (of these languages, else all) that nobody has run and that give no reason, and those run in spite."""
        asked = [one for one in self.blocks if not languages or one.language in languages]
        return [f"{one.heading}: {one.text()}" for one in asked if one.taken == bool(one.not_run)]


def _blocks(page: Page) -> list[Block]:
    """Every block, without the indentation of a list that it stands in."""
    found: list[Block] = []
    heading, info, indent = "", "", ""
    held: list[str] | None = None
    for line in page.words.splitlines():
        if held is None:
            heading = line.lstrip("#").strip() if line.startswith("#") else heading
            if fence := re.fullmatch(r"( *)```(.*)", line):
                held, indent, info = [], fence[1], fence[2]
        elif line.strip() == "```":
            found.append(Block(heading, info, "\n".join(held) + "\n"))
            held = None
        else:
            held.append(line.removeprefix(indent))
    assert held is None, f"{page.name}: a block that nobody closes"
    return found
