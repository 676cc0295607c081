"""A web page saved as .doc or .htm, or packed as .mht, made text: systems that hand out dispatches do that often.

What a browser shows is kept, a block a line, cells left before right; scripts, styles and what Word hides are dropped.
No address in it is followed. The font of a run decides its letters as in Word.
"""

import email
import email.policy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.intake.letters import joined, scheme_of
from scheduler.intake.plain import decoded
from scheduler.intake.word_numbering import letters_number, roman_number

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["html_text", "mht_text"]

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]{3,20})""", re.IGNORECASE)
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_FAMILY = re.compile(r"font(?:-family)?\s*:[^;]*?([.\w][^;,\"'&]*)", re.IGNORECASE)
_CLASS_FONT = re.compile(r"\.([\w-]{1,60})[^{}]{0,400}\{([^{}]{0,2000})\}")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_NEW_PAGE = re.compile(r"page-break-before\s*:\s*always", re.IGNORECASE)
_DROPPED = frozenset({"script", "style", "head", "title", "del", "noscript", "template", "object", "select"})
_BLOCKS = frozenset({
    "address", "article", "blockquote", "body", "center", "dd", "div", "dl", "dt", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "html", "li", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "ul",
})  # fmt: skip


def mht_text(data: bytes) -> str:
    """The first page of a packed web archive."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            packed = part.get_payload(decode=True)
            return html_text(packed if isinstance(packed, bytes) else b"")
    missing = "no page"
    raise ValueError(missing)


def html_text(data: bytes) -> str:
    """The text of a page."""
    from lxml import etree

    page = _DECLARED.sub("", _decoded(data).replace("\x00", ""))
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(page.encode("utf-8", "replace"), parser)
    if root is None:
        message = "no element"
        raise ValueError(message)
    told = _Told(_class_fonts(root))
    for event, element in etree.iterwalk(root, events=("start", "end")):
        (told.begin if event == "start" else told.end)(element)
    return told.text()


def _decoded(data: bytes) -> str:
    """By the mark of its byte order, its meta element, or what the bytes look like."""
    told = None if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) else _CHARSET.search(data[:4096])
    if told:
        try:
            return data.decode(told[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    return decoded(data) or data.decode("utf-8", "replace")


def _class_fonts(root: "Element") -> dict[str, str]:
    """What the style sheets of the page say: class → scheme of its font."""
    sheets = "\n".join(style.text or "" for style in root.iter("style"))
    fonts = {name: _FAMILY.search(rules) for name, rules in _CLASS_FONT.findall(sheets)}
    return {name: scheme_of(font[1]) for name, font in fonts.items() if font}


@dataclass(frozen=True, slots=True)
class _State:
    """What an element hands down to those inside it."""

    scheme: str = ""
    hidden: bool = False
    as_typed: bool = False


class _Told:
    """The lines of a page, element after element."""

    def __init__(self, class_fonts: dict[str, str]) -> None:
        self._class_fonts = class_fonts
        self._states = [_State()]
        self._counts: list[int] = []
        self._line: list[tuple[str, str]] = []
        self._lines: list[str] = []

    def text(self) -> str:
        self._break()
        return "\n".join(self._lines)

    def begin(self, element: "Element") -> None:
        self._states.append(self._inside(element))
        if element.tag == "br":
            self._break(always=True)
            if _NEW_PAGE.search(element.get("style", "")):
                self._lines.append("\f")
        elif element.tag in _BLOCKS:
            self._break()
        if element.tag in {"ol", "ul"}:
            start = element.get("start", "1")
            self._counts.append(int(start) if start.isdecimal() and len(start) < len("10000") else 1)
        elif element.tag == "li" and not self._states[-1].hidden:
            self._line.append((self._label(element.getparent()), ""))
        self._say(element.text)

    def end(self, element: "Element") -> None:
        if element.tag in _BLOCKS:
            self._break()
        if element.tag in {"ol", "ul"}:
            self._counts.pop()
        self._states.pop()
        self._say(element.tail)

    def _inside(self, element: "Element") -> _State:
        around, style = self._states[-1], element.get("style", "")
        family = _FAMILY.search(style)
        face = family[1] if family else element.get("face")
        scheme = around.scheme if face is None else scheme_of(face)
        if face is None:
            named = [self._class_fonts[name] for name in element.get("class", "").split() if name in self._class_fonts]
            scheme = named[0] if named else scheme
        hidden = around.hidden or element.tag in _DROPPED or bool(_HIDDEN.search(style))
        return _State(scheme, hidden, around.as_typed or element.tag == "pre")

    def _label(self, parent: "Element") -> str:
        if parent is None or parent.tag != "ol" or not self._counts:
            return "- "
        number = self._counts[-1]
        self._counts[-1] += 1
        written = {"a": letters_number, "i": roman_number}.get(parent.get("type", "1").lower(), str)(number)
        return f"{written.upper() if parent.get('type', '').isupper() else written}. "

    def _say(self, text: str | None) -> None:
        state = self._states[-1]
        if not text or state.hidden:
            return
        first, *others = text.split("\n") if state.as_typed else [re.sub(r"[ \t\r\n]+", " ", text)]
        self._line.append((first, state.scheme))
        for typed in others:
            self._break(always=True)
            self._line.append((typed, state.scheme))

    def _break(self, *, always: bool = False) -> None:
        text = joined(self._line).strip(" \t\r")
        if text or always:
            self._lines.append(text)
        self._line.clear()
