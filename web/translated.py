"""Templates in English: their Vietnamese text is looked up while Jinja compiles them for the English environment.

Nothing is marked in a template. A text run is what stands between two tags or statements; `{{ … }}` inside it is a
numbered gap. Runs of elements and of the attributes that people read are looked up; what an expression gives is looked
up when it is drawn (`phrases`). Never touched: values that a form sends back, textareas, code, quotations, and whatever
stands in an element marked `lang="vi"` – other people's words. Vietnamese pages are compiled without any of this.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any, NamedTuple

from jinja2.ext import Extension
from markupsafe import Markup, escape

from scheduler.core.words.phrases import english
from scheduler.kernel.words import GAP

__all__ = ["InEnglish", "Run", "drawn", "in_english", "rewritten", "runs"]

_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_HELD = re.compile("\ue000(\\d+)\ue001")
_TAG = re.compile(
    r"""<!--.*?-->|<!doctype[^>]*>|</?[a-zA-Z][\w-]*(?:"[^"]*"|'[^']*'|[^"'<>])*>""", re.DOTALL | re.IGNORECASE
)
_NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
_ATTRIBUTE = re.compile(r"""([\w:-]+)=("[^"]*"|'[^']*')""", re.DOTALL)
_WORDED = frozenset(
    {
        "aria-label",
        "aria-description",
        "aria-roledescription",
        "aria-valuetext",
        "title",
        "placeholder",
        "alt",
        "label",
        "data-unit",
    }
)
_UNWORDED_DATA = re.compile(
    r"data-(key|keep|own|new|autosave|clears|pieces|count|limit|now|of-day|started|total|csrf|max|min)\b"
)
_SILENT = frozenset({"script", "style", "textarea", "code", "pre", "kbd", "samp", "q", "blockquote"})
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[À-ỹ]|^\W*[A-ZĐ][a-z]|[a-z] [a-z]", re.DOTALL)
"""What a data attribute must hold to be taken for words and not for a mark."""
_WORDS_OF_OURS = re.compile(r"\{\{(?![-+]?\s*(icons\.|icon\(|act_fields\())")
"""An expression that belongs to a sentence; a picture or a hidden field beside it does not."""
_LOOSE = re.compile(r"[\w:-]+=[\"']")
"""An attribute that a macro writes outside of any tag."""
_BETWEEN = re.compile(r">([^<>]+)<")
_MARKS = re.compile(r"^\{\{[-+]?|[-+]?\}\}$")
_THEIRS = re.compile(r"[\w.\[\]\"']+\.(title|login|text|body|note|content|said|written|file_name|source_text)")
"""Expressions that give other people's words."""


class Run(NamedTuple):
    """A text with numbered gaps, and the expressions that fill them."""

    text: str
    gaps: tuple[str, ...]


Draw = Callable[[Run], str]


def runs(source: str) -> list[Run]:
    """Every run of a template that has words of its own."""
    found: list[Run] = []

    def noted(run: Run) -> str:
        if _LETTER.search(GAP.sub("", run.text)):
            found.append(run)
        return ""

    rewritten(source, noted)
    return found


def in_english(source: str) -> str:
    """The template with its runs in English, and what its expressions give looked up when they are drawn."""
    return rewritten(source, _english_run)


def drawn(value: Any) -> Any:
    """What an expression gave, in English where it is one of our words. Numbers pass, and markup but for charts."""
    if isinstance(value, Markup):
        return _chart(value) if value.startswith("<svg") else value
    return english().translate(str(value)) if isinstance(value, str) else value


def _chart(drawing: Markup) -> Markup:
    """The words of a drawing stand between its tags."""

    def word(found: re.Match[str]) -> str:
        return f">{escape(english().translate(unescape(found[1])))}<"

    return Markup(_BETWEEN.sub(word, drawing))  # noqa: S704 - what stood between two tags is escaped again


def _english_run(run: Run) -> str:
    forms = english().words.get(run.text, (run.text,))
    gaps = {str(number): _looked_up(one) for number, one in enumerate(run.gaps)}
    if len(forms) == 1 or not gaps:
        return _with(forms[0], gaps)
    first = _MARKS.sub("", run.gaps[0]).strip()
    one, many = (_with(form, gaps) for form in forms[:2])
    return f"{{% if ({first}) | string == '1' %}}{one}{{% else %}}{many}{{% endif %}}"


def _with(text: str, gaps: Mapping[str, str]) -> str:
    return GAP.sub(lambda found: gaps.get(found[1], found[0]), text)


def _looked_up(expression: str) -> str:
    """`{{ x }}` → `{{ (x) | drawn }}`."""
    inner = _MARKS.sub("", expression)
    if _THEIRS.fullmatch(inner.strip()):
        return expression
    opens, closes = expression[: expression.index(inner)], expression[expression.index(inner) + len(inner) :]
    return f"{opens}({inner.strip()}) | drawn {closes}"


def rewritten(source: str, draw: Draw) -> str:
    """The source with every run replaced by what `draw` makes of it."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[0])
        return f"\ue000{len(held) - 1}\ue001"

    text = _JINJA.sub(hold, source)
    made = "".join(_pieces(text, held, draw))
    return _HELD.sub(lambda found: held[int(found[1])], made)


def _pieces(text: str, held: list[str], draw: Draw) -> Iterator[str]:
    at, closed_by = 0, _Silence()
    for tag in _TAG.finditer(text):
        yield closed_by.text(text[at : tag.start()], held, draw)
        yield _tag(tag[0], held, draw, silent=closed_by.foreign)
        closed_by.pass_tag(tag[0])
        at = tag.end()
    yield closed_by.text(text[at:], held, draw)


class _Silence:
    """Whether we stand inside an element whose text is not ours to translate."""

    def __init__(self) -> None:
        self._stack: list[str] = []
        self.foreign = False

    def pass_tag(self, tag: str) -> None:
        named = _NAME.match(tag)
        if named is None:
            return
        name = named[1].lower()
        if name in _VOID or tag.endswith("/>"):
            return
        if not self._stack:
            self.foreign = ' lang="vi"' in tag and name != "html"
            if name in _SILENT or self.foreign:
                self._stack.append(name)
        elif name == self._stack[0]:
            if tag.startswith("</"):
                self._stack.pop()
                self.foreign = self.foreign and bool(self._stack)
            else:
                self._stack.append(name)

    def text(self, text: str, held: list[str], draw: Draw) -> str:
        return text if self._stack else _runs_of(text, held, draw)


def _tag(tag: str, held: list[str], draw: Draw, *, silent: bool) -> str:
    """A tag with the attributes that people read looked up."""
    if silent or tag.startswith(("</", "<!")):
        return tag

    def attribute(found: re.Match[str]) -> str:
        name, quoted = found[1].lower(), found[2]
        value = quoted[1:-1]
        worded = name in _WORDED or (
            name.startswith("data-") and not _UNWORDED_DATA.match(name) and _WORD.search(_bare(value, held))
        )
        if not worded:
            return found[0]
        return f"{found[1]}={quoted[0]}{_runs_of(value, held, draw)}{quoted[0]}"

    return _ATTRIBUTE.sub(attribute, tag)


def _bare(value: str, held: list[str]) -> str:
    """The words of an attribute, literals inside its expressions included."""
    literals = [re.sub(r"""[^"']*(["'])(.*?)\1|.+""", r"\2", held[int(found[1])]) for found in _HELD.finditer(value)]
    return _HELD.sub("", value) + "".join(literals)


def _runs_of(text: str, held: list[str], draw: Draw) -> str:
    """Text between two tags: cut at statements and comments, each stretch drawn with its own edge of blanks."""
    made, stretch = [], ""
    for piece in re.split("(\ue000\\d+\ue001)", text):
        found = _HELD.fullmatch(piece)
        if found and not _WORDS_OF_OURS.match(held[int(found[1])]):
            made += [_stretch(stretch, held, draw), piece]
            stretch = ""
        else:
            stretch += piece
    return "".join([*made, _stretch(stretch, held, draw)])


def _stretch(text: str, held: list[str], draw: Draw) -> str:
    bare = text.strip()
    if not bare or _LOOSE.match(bare):
        return text
    gaps: list[str] = []

    def gap(found: re.Match[str]) -> str:
        gaps.append(held[int(found[1])])
        return f"{{{len(gaps) - 1}}}"

    key = " ".join(_HELD.sub(gap, bare).split())
    start = text.index(bare)
    return text[:start] + draw(Run(key, tuple(gaps))) + text[start + len(bare) :]


class InEnglish(Extension):
    """Compiles templates in English."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja's signature
        return in_english(source)
