"""A .docx as lines: what a reader sees on its pages, in the order of reading.

Cells of a table are lines of their own, left before right; a text box follows the paragraph it hangs on, once.
Tracked changes count as accepted; hidden text, comments, instructions of fields and empty place-holders are dropped.
Footers are page numbers and are never read; the header of page 1 is, where it carries letters that the body lacks
(some offices print their letterhead there). Footnotes come last, each with its number. What a line means is not asked.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from scheduler.intake.letters import joined, scheme_of
from scheduler.intake.word_numbering import Numbering
from scheduler.intake.word_package import Package, Relations, W
from scheduler.intake.word_styles import Look, Styles

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["docx_text"]

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ALTERNATE, _CHOICE, _FALLBACK = f"{_MC}AlternateContent", f"{_MC}Choice", f"{_MC}Fallback"
_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_BOX = f"{W}txbxContent"
_CHANGED = ("del", "moveFrom", "delText", "delInstrText")
_TOLD_ELSEWHERE = ("instrText", "pPr", "rPr", "sdtPr", "sectPr", "tcPr", "trPr")
_DROPPED = frozenset(f"{W}{name}" for name in (*_CHANGED, *_TOLD_ELSEWHERE))
_CLOSED = frozenset(f"{W}{name}" for name in ("body", "tc", "txbxContent", "hdr", "footnote", "endnote"))
"""No paragraph goes on beyond the end of these."""
_SIGNS = {f"{W}cr": "\n", f"{W}tab": "\t", f"{W}noBreakHyphen": "-", f"{W}softHyphen": "\u00ad"}
_BREAKS = {"page": "\f"}
_NOTES = {f"{W}footnoteReference": "footnotes", f"{W}endnoteReference": "endnotes"}
_FEWEST_HEAD_LETTERS = 8
"""A line of a header with fewer letters is a page number or a mark."""


def docx_text(data: bytes) -> str:
    """The lines of a .docx, a form feed where a page was broken by hand. Raises DispatchError, or whatever its
    broken parts make the libraries raise.
    """
    package = Package(data)
    document = package.tree(package.main)
    body = None if document is None else document.find(f"{W}body")
    if body is None:
        message = "no body"
        raise ValueError(message)
    relations = package.relations_of(package.main)
    styles = Styles(_part(package, relations, "styles"))
    reading = _Reading(styles, Numbering(_part(package, relations, "numbering"), styles))
    lines = list(reading.lines(body))
    head = _first_header(package, relations, body, styles)
    notes = list(_notes(package, relations, reading))
    text = "\n".join([*_missing(head, lines), *lines])
    return f"{text}\n\f\n" + "\n".join(notes) if notes else text


def _part(package: Package, relations: Relations, kind: str) -> "Element | None":
    names = [name for found, name in relations.values() if found == kind]
    return package.tree(names[0]) if names else None


class _Reading:
    """Reads blocks in order; remembers what goes over from one paragraph to the next."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._begun: tuple[str, str] | None = None
        self.notes: list[tuple[str, str]] = []

    def lines(self, block: "Element") -> Iterator[str]:
        for child in block:
            if child.tag in _DROPPED or _is_gone(child):
                continue
            if child.tag == f"{W}p":
                yield from self._paragraph(child)
            elif child.tag == _ALTERNATE:
                yield from self.lines(_chosen(child))
            else:
                yield from self.lines(child)
        if block.tag in _CLOSED and self._begun is not None:
            label, text = self._begun
            self._begun = None
            yield _labelled(label, text)

    def _paragraph(self, paragraph: "Element") -> Iterator[str]:
        look, listed = self._styles.of_paragraph(paragraph)
        boxes: list[Element] = []
        text = joined(self._pieces(paragraph, look, boxes)).replace("\u00ad", "")
        if self._begun is not None:  # the end of the paragraph before was deleted: the two are one
            label, before = self._begun
            text = before + text
        elif _loses_its_end(paragraph) and not text:
            return
        else:
            label = self._numbering.label(listed) if listed else ""
        self._begun = (label, text) if _loses_its_end(paragraph) and not boxes else None
        if self._begun is None:
            yield _labelled(label, text)
        for box in boxes:
            yield from self.lines(box)

    def _pieces(self, element: "Element", look: Look, boxes: "list[Element]") -> Iterator[tuple[str, str]]:
        """(text, scheme of its font) of every run; text boxes are set aside."""
        for child in element:
            if child.tag in _DROPPED:
                continue
            if child.tag == _BOX:
                boxes.append(child)
            elif child.tag == _ALTERNATE:
                yield from self._pieces(_chosen(child), look, boxes)
            elif child.tag == f"{W}r":
                yield from self._pieces(child, self._styles.of_run(child, look), boxes)
            elif child.tag in _NOTES and not look.hidden:
                self.notes.append((_NOTES[child.tag], str(child.get(f"{W}id"))))
            elif sign := _sign(child):
                if not look.hidden:
                    yield (sign.upper() if look.capitals else sign), scheme_of(look.font or "")
            elif not _is_placeholder(child):
                yield from self._pieces(child, look, boxes)


def _labelled(label: str, text: str) -> str:
    return f"{label} {text}" if label and text.strip() else text


def _sign(element: "Element") -> str:
    """The text that an element of a run stands for."""
    if element.tag == f"{W}t":
        return (element.text or "").replace("\n", " ")
    if element.tag == f"{W}br":
        return _BREAKS.get(element.get(f"{W}type"), "\n")
    return _SIGNS.get(element.tag, "")


def _chosen(alternate: "Element") -> "Element":
    """Of the two ways to show one thing: the first with text in it, else the first."""
    ways = [way for way in alternate if way.tag in {_CHOICE, _FALLBACK}]
    return next((way for way in ways if way.find(f".//{W}t") is not None), ways[0] if ways else alternate)


def _is_gone(element: "Element") -> bool:
    """Whether a row or a cell was deleted with the changes tracked, or is a form's empty place-holder."""
    return (
        element.find(f"{W}trPr/{W}del") is not None
        or element.find(f"{W}tcPr/{W}cellDel") is not None
        or _is_placeholder(element)
    )


def _is_placeholder(element: "Element") -> bool:
    return element.tag == f"{W}sdt" and element.find(f"{W}sdtPr/{W}showingPlcHdr") is not None


def _loses_its_end(paragraph: "Element") -> bool:
    return any(paragraph.find(f"{W}pPr/{W}rPr/{W}{change}") is not None for change in ("del", "moveFrom"))


def _first_header(package: Package, relations: Relations, body: "Element", styles: Styles) -> list[str]:
    """The lines of the header that page 1 shows."""
    section = next(body.iter(f"{W}sectPr"), None)
    if section is None:
        return []
    wanted = "default" if section.find(f"{W}titlePg") is None else "first"
    for reference in section.iterfind(f"{W}headerReference"):
        kind, name = relations.get(str(reference.get(_R_ID)), ("", ""))
        if reference.get(f"{W}type", "default") == wanted and kind == "header":
            root = package.tree(name)
            return [] if root is None else list(_Reading(styles, Numbering(None, styles)).lines(root))
    return []


def _missing(head: Iterable[str], lines: list[str]) -> list[str]:
    said = {" ".join(line.split()).casefold() for line in lines}
    words = [line for line in head if sum(c.isalpha() for c in line) >= _FEWEST_HEAD_LETTERS]
    return [line for line in words if " ".join(line.split()).casefold() not in said]


def _notes(package: Package, relations: Relations, reading: _Reading) -> Iterator[str]:
    """The notes that the text refers to, in its order. What a note refers to is not followed."""
    referred = dict.fromkeys(reading.notes)
    parts = {kind: _part(package, relations, kind) for kind, _ in referred}
    found = {(kind, str(note.get(f"{W}id"))): note for kind, part in parts.items() if part is not None for note in part}
    for number, reference in enumerate(referred, 1):
        if reference in found:
            told = " ".join(line.strip() for line in reading.lines(found[reference]) if line.strip())
            yield f"[{number}] {told}"
