"""The parts of a .docx: which there are, how they refer to each other, and each as a tree of XML.

Everything is measured while it is unpacked, since the sizes that a zip states may lie; a part is opened only when it
is asked for, so that pictures, macros and archives inside the archive cost nothing. No entity and no DTD is followed.
"""

import posixpath
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

from scheduler.kernel.errors import DispatchError

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["Package", "Relations", "W"]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
)  # fmt: skip
"""Word's "Strict Open XML" differs in its names only."""
_MAX_ENTRIES = 2000
_MAX_UNPACKED = 64_000_000
"""Of a whole .docx; pictures are already packed and hardly grow."""
_MAX_XML = 8_000_000
"""Of one part: a hundred pages of Word are about 2 MB; a parsed tree takes ten times its text."""
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""What Office writes. Python unpacks the others without a bound."""

Relations = dict[str, tuple[str, str]]
"""Relation id → (kind, name of the part)."""


class Package:
    """An opened .docx. Raises DispatchError when it is encrypted, too big, or no Word document."""

    def __init__(self, data: bytes) -> None:
        self._zip = zipfile.ZipFile(BytesIO(data))
        self._entries = {entry.filename: entry for entry in self._zip.infolist()}
        entries = self._entries.values()
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise DispatchError("dispatch_encrypted")
        self.main = self._main_part()
        xml = (entry.file_size for entry in entries if entry.filename.lower().endswith((".xml", ".rels")))
        unpacked = sum(entry.file_size for entry in entries)
        if len(entries) > _MAX_ENTRIES or unpacked > _MAX_UNPACKED or max(xml, default=0) > _MAX_XML:
            raise DispatchError("dispatch_too_big", limit=_MAX_UNPACKED)

    def _main_part(self) -> str:
        """Word calls it word/document.xml, the pages of Office on the web word/document2.xml."""
        if "word/document.xml" in self._entries:
            return "word/document.xml"
        named = [name for kind, name in self.relations_of("").values() if kind == "officeDocument"]
        if not named or not named[0].startswith("word/"):
            raise DispatchError("dispatch_unreadable")
        return named[0]

    def tree(self, name: str) -> "Element | None":
        """The root of a part, None when there is no such part. Raises when its XML is broken."""
        from lxml import etree

        data = self._bytes(name)
        if data is None:
            return None
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        return etree.fromstring(data, parser)

    def relations_of(self, part: str) -> Relations:
        """What a part ("" for the package) refers to inside the package; addresses outside it are left out."""
        folder, name = posixpath.split(part)
        root = self.tree(posixpath.join(folder, "_rels", f"{name}.rels"))
        return {} if root is None else {
            str(item.get("Id")): (
                str(item.get("Type") or "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, str(item.get("Target") or "")))[1:],
            )
            for item in root
            if item.get("TargetMode") != "External"
        }  # fmt: skip

    def _bytes(self, name: str) -> bytes | None:
        entry = self._entries.get(name)
        if entry is None:
            return None
        if entry.compress_type not in _PACKINGS:
            raise DispatchError("dispatch_damaged")
        with self._zip.open(entry) as packed:
            data = packed.read(_MAX_XML + 1)
        if len(data) > _MAX_XML:
            raise DispatchError("dispatch_too_big", limit=_MAX_XML)
        return data
