"""A .rtf as text: what striprtf does not know of old Vietnamese files is put right before it reads.

striprtf decodes the character sets and drops what is no text. Here, ahead of it, runs under .Vn and VNI fonts become
Unicode, hidden and deleted text goes, cells and text boxes become lines, footnotes go to the end, and pictures are cut
out, which also keeps a large file quick. Text that stands in no group is no RTF.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from scheduler.intake.letters import in_unicode, scheme_of

__all__ = ["rtf_text"]

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\"
)
_OPENED = frozenset({"shpinst", "dptxbxtext"})
"""Starred groups that hold text; a reader may leave out every other one."""
_CUT = frozenset({
    "pict", "object", "objdata", "stylesheet", "info", "colortbl", "header", "headerl", "headerr", "headerf",
    "footer", "footerl", "footerr", "footerf", "shprslt", "sp", "themedata", "listtable", "revtbl",
})  # fmt: skip
_BREAKS = {
    "cell": "\\line ",
    "nestcell": "\\line ",
    "row": "",
    "nestrow": "",
    "page": "\\uc0\\u12 ",
    "shptxt": "\\par ",
}
_UNWRAPPED = frozenset({"shp", "shpinst", "dptxbxtext", "do", "shptxt", "pntext"})
"""What holds a text box or the number of a list: without the word, its text is part of what is around it."""
_BEGUN = re.compile(r"\s*(\\\*)?\s*\\([a-zA-Z]{1,32})")
_DEEPEST = 2000


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits from the one around it and forgets at its end."""

    scheme: str = ""
    fallback: int = 1
    hidden: bool = False
    deleted: bool = False
    fonts: bool = False
    note: bool = False


@dataclass(slots=True)
class _Made:
    """What is handed to striprtf: the text, then the notes; `run` are letters of an old font not yet written."""

    body: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    run: list[str] = field(default_factory=list)


def rtf_text(data: bytes) -> str:
    """The text of an RTF file. Raises whatever a broken file makes striprtf raise."""
    from striprtf.striprtf import rtf_to_text

    prepared = _Preparation(data.decode("latin-1")).made()
    text = rtf_to_text(prepared, encoding="cp1252", errors="replace")  # type: ignore[no-untyped-call]  # it has no types
    # Letters beyond the basic plane come as two halves.
    return str(text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class _Preparation:
    """One pass over the tokens of a file."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._states: list[_State] = []
        self._now = _State()
        self._schemes: dict[str, str] = {}
        self._charsets: dict[str, int] = {}
        self._font = ""
        self._ordinary = ""
        self._skip = 0
        self._made = _Made()

    def made(self) -> str:
        for token in self._tokens():
            word, argument, code, sign, brace, text = token.groups()
            if brace:
                self._brace(brace)
            elif word:
                self._word(word, argument, token[0])
            elif code:
                self._letters(chr(int(code, 16)), token[0])
            elif sign:
                self._sign(sign, token[0])
            elif text:
                self._letters(text, text)
        self._write_run()
        notes = "".join(self._made.notes)
        return "".join(self._made.body) + (f"{{\\uc0\\u10 \\u12 \\u10 {notes}}}" if notes else "") + "}"

    def _tokens(self) -> Iterator[re.Match[str]]:
        while (token := _TOKEN.match(self._source, self._at)) is not None:
            self._at = token.end()
            yield token

    def _brace(self, brace: str) -> None:
        self._write_run()
        self._skip = 0
        if brace == "{":
            if self._is_cut():
                self._leap()
                return
            self._states.append(self._now)
            if len(self._states) > _DEEPEST:
                message = "nested too deep"
                raise ValueError(message)
            self._out("{")
            return
        if self._now.note and self._states and not self._states[-1].note:
            self._out("\\par ")
        elif len(self._states) == 1:
            self._at = len(self._source)  # what follows the outer group is no part of the document
            return
        fonts, self._now = self._now.fonts, self._states.pop() if self._states else _State()
        if fonts and not self._now.fonts:
            self._out(
                "\\fonttbl"
                + "".join(f"{{\\f{font}\\fcharset{charset} x;}}" for font, charset in self._charsets.items())
            )
        self._out("}")

    def _is_cut(self) -> bool:
        """Whether the group that begins here holds nothing to read."""
        begun = _BEGUN.match(self._source, self._at)
        if begun is None:
            return False
        return begun[2] in _CUT or (begun[1] is not None and begun[2] not in _OPENED)

    def _leap(self) -> None:
        """Go past the group just begun; binary data in it may hold any brace."""
        depth = 1
        for token in self._tokens():
            if token[5]:
                depth += 1 if token[5] == "{" else -1
                if not depth:
                    return
            elif token[1] == "bin" and token[2]:
                self._at += max(0, int(token[2]))

    def _word(self, word: str, argument: str | None, token: str) -> None:
        if word == "u" and argument is not None:
            self._unicode(int(argument), token)
            return
        self._skip = 0
        self._write_run()
        if word == "bin":
            self._at += max(0, int(argument or 0))
        elif word == "footnote":
            self._now = replace(self._now, note=True)
        elif word in _UNWRAPPED or word in _BREAKS:
            self._out(_BREAKS.get(word, ""))
        else:
            self._look(word, argument)
            self._out(token if token.endswith(" ") else f"{token} ")

    def _look(self, word: str, argument: str | None) -> None:
        """Follow what says how letters are to be read."""
        if word == "fonttbl":
            self._now = replace(self._now, fonts=True)
        elif word == "f":
            self._font = argument or ""
            if self._now.fonts:
                self._charsets.setdefault(self._font, 0)
            self._now = replace(self._now, scheme=self._schemes.get(self._font, ""))
        elif word == "v":
            self._now = replace(self._now, hidden=argument != "0")
        elif word == "deleted":
            self._now = replace(self._now, deleted=argument != "0")
        elif word == "fcharset" and self._now.fonts:
            self._charsets[self._font] = int(argument or 0)
        elif word == "deff":
            self._ordinary = argument or ""
        elif word == "plain":
            self._now = replace(self._now, scheme=self._schemes.get(self._ordinary, ""), hidden=False, deleted=False)
        elif word == "uc":
            self._now = replace(self._now, fallback=min(int(argument or 1), 8))

    def _sign(self, sign: str, token: str) -> None:
        if sign == "*":
            return  # a starred group that is read counts as any other
        if sign == "-" and self._now.scheme:
            self._letters("\u00ad", token)
        else:
            self._skip = 0
            self._write_run()
            self._out(token)

    def _unicode(self, code: int, token: str) -> None:
        self._skip = 0
        if self._now.hidden or self._now.deleted:
            return
        if not self._now.scheme:
            self._out(token)  # striprtf leaves out the letters that stand in for it
            return
        self._letters(chr(code % 0x10000), token)
        self._skip = self._now.fallback

    def _letters(self, letters: str, token: str) -> None:
        if self._now.fonts:
            self._name(letters)
        if self._now.scheme and self._skip:
            left = letters[self._skip :]
            self._skip -= len(letters) - len(left)
            letters = left
        if self._now.hidden or self._now.deleted:
            return
        if self._now.scheme:
            self._made.run.append(letters)
        else:
            self._out(token if token.isascii() else "".join(c if c.isascii() else f"\\'{ord(c):02x}" for c in token))

    def _name(self, letters: str) -> None:
        name = letters.split(";", maxsplit=1)[0].strip()
        if name and self._font not in self._schemes:
            self._schemes[self._font] = scheme_of(name)

    def _write_run(self) -> None:
        if self._made.run:
            text = in_unicode("".join(self._made.run), self._now.scheme)
            self._made.run.clear()
            self._out("{\\uc0" + "".join(f"\\u{ord(c)} " for c in text) + "}")

    def _out(self, piece: str) -> None:
        if self._now.fonts:
            return  # written anew when all are known: striprtf takes a font without its set for the next one
        (self._made.notes if self._now.note else self._made.body).append(piece)
