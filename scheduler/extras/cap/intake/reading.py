"""A file that claims to be a CAP 1.2 alert: its elements, and its signature as far as it can be verified here.

Hardened: no document type and so no entity, no network, a bound on bytes, depth and elements, UTF-8 alone. The same
tree is read and verified, so that nothing can be signed in one place and said in another. Whose word an alert is, and
what becomes of it, is `core.cap_rules`'.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scheduler.extras.cap.intake.signature import SIGNATURE, signers
from scheduler.extras.cap.rules.alert import NAMESPACE, Alert, read_alert
from scheduler.extras.cap.rules.rules import Proof
from scheduler.kernel.errors import Refused

if TYPE_CHECKING:
    from lxml.etree import _Element as Element
    from lxml.etree import _ElementTree as Tree

__all__ = ["MOST_BYTES", "CapFile", "read_cap"]

MOST_BYTES = 1_000_000
"""Real alerts have some ten thousand; a sound inside one (derefUri) is never taken."""
MOST_DEPTH, MOST_ELEMENTS = 12, 20_000
_FAMILY = "urn:oasis:names:tc:emergency:cap:"
_NOT_READ = frozenset({"derefUri"})


@dataclass(frozen=True, slots=True)
class CapFile:
    """What a file says."""

    alert: Alert
    text: str
    """The file itself."""
    _tree: "Tree"
    is_signed: bool

    def proof(self, certificates: str, now: datetime) -> Proof:
        """What its signature is worth now against these certificates (PEM), which are pinned for its sender."""
        if not self.is_signed:
            return Proof.NONE
        found = signers(self._tree, certificates)
        if not found:
            return Proof.UNPROVED
        if any(one.valid(now) for one in found):
            return Proof.SIGNED
        return Proof.EXPIRED if any(one.ends < now for one in found) else Proof.EARLY


def read_cap(data: bytes) -> CapFile:
    """Read one alert.

    Raises Refused: cap_too_big, cap_unreadable (no XML, no UTF-8, a document type, too deep), cap_not_cap, cap_version,
    and what `core.cap.read_alert` refuses.
    """
    tree, text = _parsed(data)
    root = tree.getroot()
    space, _, name = str(root.tag).rpartition("}")
    if space[1:] != NAMESPACE or name != "alert":
        if space[1:].startswith(_FAMILY):
            raise Refused("cap_version", version=space[1:].removeprefix(_FAMILY)[:20])
        raise Refused("cap_not_cap")
    signatures = root.findall(SIGNATURE)
    return CapFile(read_alert(_elements(root)), text, tree, is_signed=bool(signatures))


def _parsed(data: bytes) -> "tuple[Tree, str]":
    from lxml import etree

    if len(data) > MOST_BYTES:
        raise Refused("cap_too_big", limit=MOST_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("cap_unreadable") from None
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Refused("cap_unreadable")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Refused("cap_unreadable") from None
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None or tree.docinfo.doctype:
        raise Refused("cap_unreadable")
    _bounded(root)
    return tree, text


def _bounded(root: "Element") -> None:
    depth = count = 0
    from lxml import etree

    for event, element in etree.iterwalk(root, events=("start", "end", "pi")):
        if event == "pi" or not isinstance(element.tag, str):  # a text around it would be read in halves
            raise Refused("cap_unreadable")
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MOST_DEPTH or count > MOST_ELEMENTS:
            raise Refused("cap_too_big", limit=MOST_ELEMENTS)


def _elements(element: "Element") -> dict[str, list[Any]]:
    """The elements of CAP inside an element, by name; of another namespace (a signature, an extension) nothing."""
    found: dict[str, list[Any]] = {}
    for child in element:
        space, _, name = str(child.tag).rpartition("}")
        if space[1:] == NAMESPACE and name not in _NOT_READ:
            found.setdefault(name, []).append(_elements(child) if len(child) else child.text or "")
    return found
