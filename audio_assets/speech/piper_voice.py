"""A Piper voice file as it lies on the disk: found, described, and what is wrong with it said.

It judges a file by looking: its settings, its language, whether the model is whole, and whether this machine has the
memory for it. It loads no model and downloads nothing; `piper_engine` speaks, `natural_voice` brings new ones.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from audio_assets.speech.contract import Lack
from scheduler.kernel.durable import write_whole

__all__ = [
    "VOICE_FOLDER",
    "PiperVoiceFile",
    "choose",
    "chosen",
    "chosen_at",
    "described",
    "found_in",
    "free_memory",
    "is_licence",
    "licence_beside",
    "memory_needed",
]

VOICE_FOLDER = "voices"
"""Below the station's data folder: where a voice file is found without being named."""
CHOSEN = "chosen"
"""Beside the voice files: the name of the one that a person has asked for."""
_BASE_BYTES, _SHARE = 150_000_000, 3
"""Memory a voice takes: the runtime, and the model several times. Measured: 343 MB with a model of 60 MB."""
_SETTINGS_BYTES = 4_000_000
_LICENCE = re.compile(r"(?i)(.*[._-])?(licen[cs]e|model_card|copying)([._-].*)?")
_GRAPH = 7
"""Field of an ONNX model that holds its graph."""
_VARINT_BYTES = 10


@dataclass(frozen=True, slots=True)
class PiperVoiceFile:
    """What a voice file is. `lack`: why it cannot be used here, None = it can."""

    path: Path
    language: str = ""
    quality: str = ""
    rate: int = 0
    """Samples a second."""
    size: int = 0
    """Bytes of the model."""
    licence: str = ""
    """Name of the licence file beside it."""
    lack: Lack | None = None

    @property
    def name(self) -> str:
        return self.path.stem


def found_in(folder: Path, free: Callable[[], int | None] | None = None) -> list[PiperVoiceFile]:
    """Every voice file of a folder, described, by name; none when there is no such folder."""
    return [described(path, free) for path in sorted(folder.glob("*.onnx"))]


def chosen(model: Path | None, folder: Path | None) -> Path | None:
    """The voice file to speak with: the one named, else of `folder` the one that was asked for, else the first usable
    one, else its first.
    """
    if model is not None or folder is None:
        return model
    found, asked_for = found_in(folder), _asked_for(folder)
    usable = sorted((one for one in found if one.lack is None), key=lambda one: one.name != asked_for)
    return next((one.path for one in (*usable, *found)), None)


def choose(folder: Path, name: str) -> None:
    """Have the voice file of this name spoken with, before others of the folder. Raises OSError."""
    write_whole(folder / CHOSEN, f"{name}\n".encode())


def chosen_at(folder: Path | None) -> int:
    """Another number once another voice file of the folder was chosen; 0 = none ever was."""
    try:
        return (folder / CHOSEN).stat().st_mtime_ns if folder else 0
    except OSError:
        return 0


def _asked_for(folder: Path) -> str:
    try:
        return (folder / CHOSEN).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def described(path: Path, free: Callable[[], int | None] | None = None) -> PiperVoiceFile:
    """The voice file at `path`; `free` tells the memory that is left, in bytes, None = nobody knows."""
    details: dict[str, object] = {"file": path.name}
    if not path.is_file():
        told = f"the Piper voice {path} does not exist"
        return PiperVoiceFile(path, lack=Lack(told, reason="piper_absent", details=details))
    size = path.stat().st_size
    try:
        settings = _settings(Path(f"{path}.json"))
    except FileNotFoundError:
        told = f"the settings of the Piper voice, {path}.json, do not exist: copy them beside the .onnx file"
        return PiperVoiceFile(path, size=size, lack=Lack(told, reason="piper_no_settings", details=details))
    except (OSError, ValueError, RecursionError) as error:
        told = f"the settings of the Piper voice, {path}.json, cannot be read: {error}"
        return PiperVoiceFile(path, size=size, lack=Lack(told, reason="piper_settings_broken", details=details))
    audio = _table(settings.get("audio"))
    language = _language(settings)
    return PiperVoiceFile(
        path,
        language=language,
        quality=str(audio.get("quality") or _quality(path)),
        rate=audio["sample_rate"] if isinstance(audio.get("sample_rate"), int) else 0,
        size=size,
        licence=licence_beside(path),
        lack=_lack(path, size, language, free or free_memory),
    )


def _lack(path: Path, size: int, language: str, free: Callable[[], int | None]) -> Lack | None:
    details: dict[str, object] = {"file": path.name}
    if language.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0] != "vi":
        told = f"the Piper voice of {path}.json speaks {language or 'an unknown language'}, not Vietnamese"
        return Lack(told, reason="piper_language", details=details | {"language": language or "?"})
    if not _is_whole(path, size):
        return Lack(f"the Piper voice {path} is no whole ONNX model", reason="piper_damaged", details=details)
    left, need = free(), memory_needed(size)
    if left is not None and left < need:
        room: dict[str, object] = {"need_mb": need // 10**6, "free_mb": left // 10**6}
        told = f"the Piper voice {path} needs {need} bytes of memory, {left} are free"
        return Lack(told, reason="piper_too_big", details=details | room)
    return None


def _settings(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        data = file.read(_SETTINGS_BYTES + 1)
    if len(data) > _SETTINGS_BYTES:
        raise ValueError("far too large to be settings")
    return _table(json.loads(data.decode("utf-8-sig")))


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _language(settings: dict[str, Any]) -> str:
    """The language the voice is phonemised in; '' where the settings tell none."""
    spoken = _table(settings.get("espeak")).get("voice") or _table(settings.get("language")).get("code")
    return spoken if isinstance(spoken, str) else ""


def _quality(path: Path) -> str:
    """The last part of a name such as vi_VN-vais1000-medium."""
    last = path.stem.rpartition("-")[2]
    return last if last in {"x_low", "low", "medium", "high"} else ""


def licence_beside(path: Path) -> str:
    """A licence that belongs to this voice, or one that lies in its folder for all of it."""
    names = sorted(one.name for one in path.parent.iterdir() if one.is_file() and is_licence(one.name))
    own = [name for name in names if name.startswith(path.stem)]
    return (own or [name for name in names if not name.startswith(("vi_", "vi-"))] or [""])[0]


def is_licence(file_name: str) -> bool:
    """Whether a file of this name says under which licence something lies."""
    return _LICENCE.fullmatch(file_name) is not None


def _is_whole(path: Path, size: int) -> bool:
    """Walk the outermost fields of the model: a cut file ends in the middle of one, another file has none of them."""
    try:
        with path.open("rb") as file:
            return _walk(file, size)
    except OSError:
        return False


def _walk(file: BinaryIO, size: int) -> bool:
    has_graph = False
    while file.tell() < size:
        tag = _varint(file)
        number, wire = (tag or 0) >> 3, (tag or 0) & 7
        if tag is None or not number:
            return False
        step = {0: 0, 1: 8, 5: 4}.get(wire)
        if wire in {0, 2}:
            value = _varint(file)
            if value is None:
                return False
            step = value if wire == 2 else 0  # noqa: PLR2004 - a field that tells its length
        if step is None or file.tell() + step > size:
            return False
        file.seek(step, 1)
        has_graph = has_graph or number == _GRAPH
    return has_graph


def _varint(file: BinaryIO) -> int | None:
    value = 0
    for place in range(_VARINT_BYTES):
        byte = file.read(1)
        if not byte:
            return None
        value |= (byte[0] & 0x7F) << (7 * place)
        if byte[0] < 0x80:  # noqa: PLR2004 - the last byte has no high bit
            return value
    return None


def memory_needed(size: int) -> int:
    """Bytes of memory that a model of so many bytes takes."""
    return _BASE_BYTES + _SHARE * size


def free_memory() -> int | None:
    """Bytes a process may still take here: what the machine has, or less where its control group allows less."""
    left = [value for value in (_available(), _allowed()) if value is not None]
    return min(left, default=None)


def _available() -> int | None:
    try:
        found = re.search(r"(?m)^MemAvailable:\s+(\d+) kB$", Path("/proc/meminfo").read_text(encoding="ascii"))
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None


def _allowed() -> int | None:
    """What the control group leaves; None without one, or without a limit."""
    group = Path("/sys/fs/cgroup")
    try:
        most = (group / "memory.max").read_text(encoding="ascii").strip()
        now = (group / "memory.current").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return max(int(most) - int(now), 0) if most.isdecimal() and now.isdecimal() else None
