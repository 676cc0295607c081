"""What the configuration names and the station will need, tried at once: files, folders, addresses, lists, zones.

One list for `loa config check`, `loa doctor` and the page; every fault is found before one is told, each with its key
in config.toml. Nothing is asked over a network, nothing is kept, and no output is touched: those are `playout.trials`'.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scheduler.config.checks import Names
from scheduler.config.lines import place_of
from scheduler.config.loading import Config
from scheduler.config.named import named
from scheduler.core.model import DEFAULT_ZONE
from scheduler.kernel.net.address_policy import allowed_hosts_faults
from scheduler.services.station.findings import Finding

__all__ = ["file_fault", "folder_fault", "is_own_address", "trials"]

_MOST = 1_000_000
_GPIO = os.R_OK | os.W_OK


def trials(config: Config) -> list[Finding]:
    """What will not work, fault by fault; where all of it will, one finding that says so."""
    found = [*_secrets(config), *_certificates(config), *_folders(config), *_commands(config)]
    found += [*_addresses(config), *_lists(config), *_zones(config)]
    return found or [Finding(True, "Thử cấu hình", "try_good")]


def _bad(config: Config, key: str, reason: str, **details: object) -> Finding:
    return Finding(False, place_of(config.file, key), reason, details)


def _secrets(config: Config) -> Iterator[Finding]:
    """Every file that must be there, those with a secret first."""
    for one in (*named(config, Names.SECRET), *named(config, Names.FILE)):
        path = config.folder / one.value
        if one.value and one.used and (fault := file_fault(path)):
            yield _bad(config, one.key, fault, file=path)


def _certificates(config: Config) -> Iterator[Finding]:
    """Every certificate that vouches for a server."""
    for one in named(config, Names.AUTHORITY):
        path = config.folder / one.value
        if one.value and (fault := file_fault(path) or _certificate_fault(path)):
            yield _bad(config, one.key, fault, file=path)


def file_fault(path: Path) -> str:
    """Why a file that is to hold a few words cannot be used; '' = it can."""
    try:
        with path.open("rb") as file:
            text = file.read(_MOST).decode()
    except FileNotFoundError:
        return "try_file_missing"
    except UnicodeDecodeError:
        return "try_file_not_text"
    except OSError:
        return "try_file_unreadable"
    return "" if text.strip() else "try_file_empty"


def _certificate_fault(path: Path) -> str:
    from cryptography import x509

    try:
        return "" if x509.load_pem_x509_certificates(path.read_bytes()) else "check_certificate_unreadable"
    except (OSError, ValueError):
        return "check_certificate_unreadable"


def _folders(config: Config) -> Iterator[Finding]:
    """Every folder that is written into."""
    folders = [("station.data", config.data)]
    folders += [("station.data", config.data / name) for name in ("audio", "log", "wav", "backups")]
    folders += [("backup.folder", config.folder / config.backup.folder)] if config.backup.folder else []
    folders += [(one.key, (config.data / one.value).parent) for one in named(config, Names.WRITTEN) if one.used]
    for key, folder in dict.fromkeys(folders):
        if fault := folder_fault(folder):
            yield _bad(config, key, "try_folder", folder=folder, why=fault)


def folder_fault(folder: Path) -> str:
    """Why nothing can be written into a folder, or into the one it will be made in; '' = something can."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    try:
        with tempfile.NamedTemporaryFile(dir=there, prefix=".loa-") as file:
            file.write(b"\0")
            file.flush()
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


def _commands(config: Config) -> Iterator[Finding]:
    """What switches the amplifier."""
    amplifier = config.amplifier
    for key, words in (("amplifier.on", amplifier.on), ("amplifier.off", amplifier.off)):
        if words and shutil.which(words[0]) is None:
            yield _bad(config, key, "try_command", command=words[0])
    if amplifier.gpio_chip and not os.access(amplifier.gpio_chip, _GPIO):
        yield _bad(config, "amplifier.gpio_chip", "try_device", device=amplifier.gpio_chip)


def _addresses(config: Config) -> Iterator[Finding]:
    """Addresses that must be this machine's own, and networks that nobody could be in."""
    for one in named(config, Names.OWN_ADDRESS):
        if one.value and one.used and not is_own_address(one.value):
            yield _bad(config, one.key, "try_address", address=one.value)
    for key, hosts in (("relay.allowed_hosts", config.relay.allowed_hosts),):
        for entry in allowed_hosts_faults(hosts):
            yield _bad(config, key, "try_network", entry=entry)


def is_own_address(address: str) -> bool:
    """Whether this machine can listen at an address or a name."""
    try:
        found = socket.getaddrinfo(address, None, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
        for family, kind, _, _, place in found:
            with socket.socket(family, kind) as probe:
                probe.bind(place)
    except (OSError, UnicodeError):
        return False
    return True


def _lists(config: Config) -> Iterator[Finding]:
    """Lists without anything in them where something is needed, and entries without a letter."""
    if not config.speech.engines:
        yield _bad(config, "speech.engines", "try_no_voice")
    if not config.cap.weekdays:
        yield _bad(config, "cap.weekdays", "try_no_weekday")
    for one in (*named(config, Names.ENTRIES), *named(config, Names.ZONES)):
        if any(not entry.strip() for entry in one.value):
            yield _bad(config, one.key, "try_blank_entry")


def _zones(config: Config) -> Iterator[Finding]:
    """Zones that are described or listened to, and no output sounds in."""
    heard = {zone for output in config.outputs for zone in output.zones}
    if DEFAULT_ZONE in heard and not config.zones:
        return
    for number, zone in enumerate(config.zones, 1):
        if zone.name not in heard:
            yield _bad(config, f"zone {number}.name", "try_zone_silent", zone=zone.name)
    for one in named(config, Names.ZONES):
        for name in one.value if one.used else ():
            if name not in {*heard, DEFAULT_ZONE}:
                yield _bad(config, one.key, "try_zone_silent", zone=name)
