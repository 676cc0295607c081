"""The documents of docs/ as the station shows them: which there are, drawn as HTML, and searched with or without marks.

Markdown is read by markdown-it, without raw HTML. A link to a document leads to its page here; one to anything else
(a decision, a file of the tree) stays words. The wheel carries the documents inside this package (`web/docs`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scheduler.core.dispatch.text import fold

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["Document", "Found", "documents", "html_of", "search"]

FOLDER = Path(__file__).parents[1] / "docs"
LEFT_OUT = "decisions"
MOST = 30
"""So many passages a search gives at most."""
_AROUND = 70
"""Letters of a passage before and behind what was looked for."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands under one heading: its words as plain text, and the anchor of the heading."""

    heading: str
    anchor: str
    words: str
    folded: tuple[str, str]
    """Heading and words without marks, letter for letter, as a search looks for them."""


@dataclass(frozen=True, slots=True)
class Document:
    """One page. `name` is its path below docs/ without the ending ("vi/khan-cap"); `language` is "vi" or "en"."""

    name: str
    title: str
    language: str
    text: str
    """Its Markdown."""
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that holds every word looked for, with the words around the first of them."""

    document: Document
    passage: Passage
    excerpt: str


@cache
def documents() -> dict[str, Document]:
    """Every page by its name, read once in a process."""
    paths = [*sorted(FOLDER.glob("*.md")), *sorted(FOLDER.glob("*/*.md"))]
    names = {path.relative_to(FOLDER).with_suffix("").as_posix(): path for path in paths}
    return {name: _read(name, path) for name, path in names.items() if not name.startswith(LEFT_OUT)}


def _read(name: str, path: Path) -> Document:
    text = path.read_text(encoding="utf-8")
    passages = tuple(_passages(text))
    return Document(name, passages[0].heading, "vi" if name.startswith("vi/") else "en", text, passages)


@cache
def html_of(name: str) -> str:
    """A page of `documents` as HTML; nothing in it is HTML of the document's own."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(documents()[name].text)
    _with_anchors(tokens)
    _with_addresses(tokens, PurePosixPath(name).parent)
    html: str = reader.renderer.render(tokens, reader.options, {})
    # Tables that are wider than a phone scroll by themselves, also by keyboard.
    return html.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace("</table>", "</table></div>")


def search(words: str, first: str = "vi") -> list[Found]:
    """The passages with words that begin with each one looked for: those in the language `first` before others."""
    wanted = [re.compile(rf"\b{re.escape(word)}") for word in fold(words).split()]
    if not wanted:
        return []
    found: list[tuple[tuple[bool, int], Found]] = []
    for page in documents().values():
        for passage in page.passages:
            if all(any(map(word.search, passage.folded)) for word in wanted):
                place = (page.language != first, -_weight(wanted, passage))
                found.append((place, Found(page, passage, _excerpt(passage, wanted))))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])][:MOST]


def _weight(wanted: list[re.Pattern[str]], passage: Passage) -> int:
    heading, words = passage.folded
    return sum(10 * bool(word.search(heading)) + min(len(word.findall(words)), 5) for word in wanted)


def _excerpt(passage: Passage, wanted: list[re.Pattern[str]]) -> str:
    """One line round the first word that was found, or the beginning."""
    words, folded = passage.words, passage.folded[1]
    places = [found.start() for word in wanted if (found := word.search(folded))]
    begin = max(0, min(places, default=0) - _AROUND)
    end = min(len(words), begin + 2 * _AROUND)
    return f"{'… ' if begin else ''}{words[begin:end].strip()}{' …' if end < len(words) else ''}"


def _passages(text: str) -> Iterator[Passage]:
    heading, fenced = "", False
    words: list[str] = []
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        if (found := re.fullmatch(r"#+ (.+)", line)) and not fenced:
            if heading:
                yield _passage(heading, words)
            heading, words = found[1], []
        else:
            words.append(line)
    yield _passage(heading, words)


def _passage(heading: str, lines: list[str]) -> Passage:
    """Its words without the marks of Markdown."""
    words = re.sub(r"(?m)\]\([^)]*\)|[`*|\[\]]|-{3,}|^\s*-\s", " ", "\n".join(lines))
    told = " ".join(words.split())
    return Passage(heading, _anchor(heading), told, (fold(heading), fold(told)))


def _plain(token: "Token") -> str:
    return "".join(one.content if one.type in {"text", "code_inline"} else " " for one in token.children or []).strip()


def _anchor(heading: str) -> str:
    """The name a heading is linked by, as on the pages that host the source."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _with_anchors(tokens: "list[Token]") -> None:
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _anchor(_plain(tokens[place + 1])))


def _with_addresses(tokens: "list[Token]", folder: PurePosixPath) -> None:
    """Links to documents get their address here; those to other files become words."""
    for token in tokens:
        kept = []
        open_links: list[bool] = []
        for one in token.children or []:
            if one.type == "link_open":
                address = _address(str(one.attrGet("href") or ""), folder)
                open_links.append(bool(address))
                one.attrSet("href", address)
            whole = open_links.pop() if one.type == "link_close" else (one.type != "link_open" or open_links[-1])
            if whole and one.type != "image":
                kept.append(one)
        token.children = kept if token.children is not None else None


def _address(target: str, folder: PurePosixPath) -> str:
    if target.startswith(("https://", "#")):
        return target
    place, _, anchor = target.partition("#")
    parts: list[str] = []
    for part in (folder / place).parts:
        parts = parts[:-1] if part == ".." and parts else [*parts, part]
    name = "/".join(parts)
    if not name.endswith(".md") or name[:-3] not in documents():
        return ""
    return f"/huong-dan/{name[:-3]}" + (f"#{anchor}" if anchor else "")
