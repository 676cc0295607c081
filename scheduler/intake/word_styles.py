"""How Word draws a run: under which font, hidden or not, in capitals or not; and which list a paragraph belongs to.

What a run does not say itself, its styles say, and those that they are based on; old files name the .VnTime font in
the style "Normal" alone. Only what changes the letters is resolved: no size, no colour, no table style.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.intake.word_package import W

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["Listed", "Look", "Styles"]

_DEEPEST = 20
"""Styles based on styles; a ring of them ends here."""


@dataclass(frozen=True, slots=True)
class Look:
    """What some properties say of the letters; None where they say nothing."""

    font: str | None = None
    hidden: bool | None = None
    capitals: bool | None = None

    def over(self, below: "Look") -> "Look":
        return Look(
            below.font if self.font is None else self.font,
            below.hidden if self.hidden is None else self.hidden,
            below.capitals if self.capitals is None else self.capitals,
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """The list of a paragraph: its number, its level where told, and the style that told it."""

    list_id: str
    level: int | None
    style: str | None = None


class Styles:
    def __init__(self, root: "Element | None") -> None:
        styles = [] if root is None else root.findall(f"{W}style")
        self._styles = {style.get(f"{W}styleId"): style for style in styles}
        ordinary = [
            style for style in styles if style.get(f"{W}type") == "paragraph" and _is_on(style.get(f"{W}default"))
        ]
        self._ordinary = ordinary[0].get(f"{W}styleId") if ordinary else None
        self._lowest = Look() if root is None else _look(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        self._looks: dict[str | None, Look] = {}

    def of_paragraph(self, paragraph: "Element") -> tuple[Look, Listed | None]:
        """What its runs look like unless they say more, and its list."""
        properties = paragraph.find(f"{W}pPr")
        style = self._ordinary if properties is None else _value(properties, "pStyle") or self._ordinary
        own = None if properties is None else properties.find(f"{W}numPr")
        return self._named(style).over(self._lowest), self._listed(own, style)

    def of_run(self, run: "Element", around: Look) -> Look:
        properties = run.find(f"{W}rPr")
        if properties is None:
            return around
        style = _value(properties, "rStyle")
        return _look(properties).over(self._named(style) if style else Look()).over(around)

    def list_of_style(self, style: str) -> str | None:
        """The number of the list that a numbering style stands for."""
        found = self._listed(None, style)
        return found.list_id if found else None

    def _named(self, style: str | None) -> Look:
        if style not in self._looks:
            look = Look()
            for element in self._chain(style):
                look = look.over(_look(element.find(f"{W}rPr")))
            self._looks[style] = look
        return self._looks[style]

    def _listed(self, own: "Element | None", style: str | None) -> Listed | None:
        level: int | None = None
        if own is not None:
            level = _number(_value(own, "ilvl"))
            if told := _value(own, "numId"):
                return None if told == "0" else Listed(told, level or 0)
        for element in self._chain(style):
            found = element.find(f"{W}pPr/{W}numPr")
            if found is not None and (told := _value(found, "numId")):
                asked = level if level is not None else _number(_value(found, "ilvl"))
                return None if told == "0" else Listed(told, asked, element.get(f"{W}styleId"))
        return None

    def _chain(self, style: str | None) -> "list[Element]":
        chain: list[Element] = []
        while style in self._styles and len(chain) < _DEEPEST:
            chain.append(self._styles[style])
            style = _value(chain[-1], "basedOn")
        return chain


def _look(properties: "Element | None") -> Look:
    if properties is None:
        return Look()
    return Look(_font(properties.find(f"{W}rFonts")), _switch(properties, "vanish"), _switch(properties, "caps"))


def _font(fonts: "Element | None") -> str | None:
    """The font of the letters above ASCII: those are what an old character set gives another meaning."""
    if fonts is None:
        return None
    for slot in ("hAnsi", "ascii"):
        if fonts.get(f"{W}{slot}Theme"):
            return ""
        if (name := fonts.get(f"{W}{slot}")) is not None:
            return str(name)
    return None


def _switch(properties: "Element", name: str) -> bool | None:
    found = properties.find(f"{W}{name}")
    return None if found is None else _is_on(found.get(f"{W}val", "1"))


def _is_on(value: str | None) -> bool:
    return value is not None and value not in {"0", "false", "off"}


def _value(element: "Element", name: str) -> str | None:
    found = element.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val")


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
