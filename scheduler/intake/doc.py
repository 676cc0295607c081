"""A .doc of Word 6 to 2003 as text, read by whichever of catdoc and antiword this machine has.

No library of Python reads the format well, these two have for twenty years. The file is theirs as an open descriptor,
never as a path; time, memory and output are bounded by the process they are started in. Neither knows fonts; old
letters are recognised afterwards, by themselves. Without either tool the file is refused, with what to do instead.
"""

import os
import re
import shutil
import subprocess
from typing import BinaryIO

from scheduler.intake.letters import mended
from scheduler.intake.plain import is_binary
from scheduler.kernel.errors import DispatchError
from scheduler.kernel.sandbox import memory_file

__all__ = ["TOOL_SECONDS", "doc_text", "is_locked_doc"]

TOOL_SECONDS = 6.0
_CATDOC = ("catdoc", "-w", "-d", "utf-8", "-s", "cp1252")
_CATDOC_OLD = ("catdoc", "-w", "-d", "utf-8", "-s", "cp437")
_ANTIWORD = ("antiword", "-w", "0", "-m", "UTF-8.txt")
"""catdoc first: it gives a cell after the other, antiword the columns side by side."""
_FROM_437 = {ord(bytes([code]).decode("cp437")): code for code in range(0x80, 0x100)}
"""catdoc leaves out the soft hyphen, which is the ư of TCVN3; read as another set, every code comes back."""
_MAX_OUTPUT = 8_000_000
_FIB = re.compile(rb"[\xec\xdc]\xa5")
_SECTOR = 512
_FLAGS_AT, _ENCRYPTED = 10, 0x0100


def is_locked_doc(data: bytes) -> bool:
    """Whether Word's own header, which begins a sector, says that the text is encrypted."""
    for found in _FIB.finditer(data):
        at = found.start()
        if at % _SECTOR == 0:
            flags = int.from_bytes(data[at + _FLAGS_AT : at + _FLAGS_AT + 2], "little")
            return bool(flags & _ENCRYPTED)
    return False


def doc_text(data: bytes) -> str:
    """The text of a .doc. Raises DispatchError."""
    if is_locked_doc(data):
        raise DispatchError("dispatch_encrypted")
    if not any(shutil.which(tool) for tool, *_ in (_CATDOC, _ANTIWORD)):
        raise DispatchError("dispatch_doc_unsupported")
    with memory_file("dispatch") as source:
        source.write(data)
        source.flush()
        text = _output_of(_CATDOC, source) or _output_of(_ANTIWORD, source)
        if mended(text) != text:
            text = _output_of(_ANTIWORD, source) or _output_of(_CATDOC_OLD, source).translate(_FROM_437) or text
    if not text:
        raise DispatchError("dispatch_damaged")
    return text


def _output_of(command: tuple[str, ...], source: BinaryIO) -> str:
    """What a tool prints; "" when it is not there, fails, crashes, does not come to an end or prints no text."""
    tool = shutil.which(command[0])
    if tool is None:
        return ""
    with memory_file("text") as printed:
        source.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 - one of two known tools with fixed options
                [tool, *command[1:], "/dev/stdin"], stdin=source, stdout=printed, stderr=subprocess.DEVNULL,
                timeout=TOOL_SECONDS, check=False,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": "/"},
            )  # fmt: skip
        except (subprocess.TimeoutExpired, OSError):
            return ""
        printed.seek(0)
        text = printed.read(_MAX_OUTPUT).decode("utf-8", "replace") if done.returncode == 0 else ""
    return _uncolumned(text) if any(c.isalnum() for c in text) and not is_binary(text) else ""


def _uncolumned(text: str) -> str:
    """Tables as antiword draws them, |left|right|, made the left cells and then the right ones."""
    made: list[str] = []
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.strip().startswith("|") else []
        if rows and len(cells) != len(rows[0]):
            made.extend(cell for column in zip(*rows, strict=True) for cell in column if cell)
            rows = []
        if cells:
            rows.append(cells)
        else:
            made.append(line)
    return "\n".join(made[:-1])
