"""What may be asked over HTTP: which addresses are taken, and which machines they may lie on.

A source is a stream (http, https) or the line input (`line:`, `line:DEVICE`). Streams come from the public internet;
machines of the ward's own network, this machine, and everything that is no single public machine are refused unless
the station's config allows them. It resolves no name: whoever connects asks `address_ok` for every address it is about
to use, also behind a redirect, and connects to exactly that one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, urlsplit

from scheduler.kernel.errors import Refused

__all__ = [
    "LINE_SCHEME",
    "ParsedSource",
    "SourceKind",
    "address_ok",
    "allowed_hosts_faults",
    "check_url",
    "same_server",
    "shown_url",
]

LINE_SCHEME = "line"
MOST_URL = 2000
MOST_DEVICE = 128
_PORTS = {"http": 80, "https": 443}
# What the Fetch standard calls bad ports: a browser does not speak HTTP to them, so that no page can make it talk to a
# mail server or a database in words that happen to be commands.
# fmt: off
_BAD_PORTS = frozenset((
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
))
# fmt: on
# The special-purpose registries of IANA, written out: what Python calls private has changed between its releases.
_NEVER = tuple(
    map(
        ip_network,
        ("0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32", "::/128", "ff00::/8"),
    )
)
"""Not the address of one machine, so no list of allowed networks opens it."""
_LOCAL = tuple(
    map(
        ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7"),
    )
)
"""This machine and the networks behind one's own door: `allow_private` opens them."""
_SPECIAL = tuple(
    map(
        ip_network,
        (
            "169.254.0.0/16",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "168.63.129.16/32",
            "fe80::/10",
            "fec0::/10",
            "100::/64",
            "2001::/23",
            "2001:db8::/32",
            "3fff::/20",
            "5f00::/16",
            "64:ff9b:1::/48",
        ),
    )
)
"""Link-local (where clouds keep their secrets), benchmarks, examples: only a list that names them opens them."""
_GLOBAL_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?\Z"
)
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)\Z")
_DEVICE = re.compile(r"[\w.:+@,=/ -]*\Z", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network


class SourceKind(StrEnum):
    STREAM = "stream"
    CAPTURE = "capture"


@dataclass(frozen=True, slots=True)
class ParsedSource:
    """A source as checked. `target` is what is asked of the host: path and query."""

    kind: SourceKind
    url: str
    host: str = ""
    port: int = 0
    target: str = ""
    tls: bool = False
    device: str = ""
    """Of the line input; empty = the sound system's own choice."""

    @property
    def host_header(self) -> str:
        """The host as a request names it: with its port where that is not the scheme's own."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == _PORTS["https" if self.tls else "http"] else f"{shown}:{self.port}"


def check_url(url: str, *, allow_private: bool = False, allowed_hosts: Sequence[str] = ()) -> ParsedSource:
    """The parts of a source's address; Refused where it is none that a relay may listen to."""
    url = url.strip()
    scheme = _SCHEME.match(url)
    if not scheme or len(url) > MOST_URL or _CONTROL.search(url):
        raise Refused("relay_url_invalid", url=shown_url(url))
    name = scheme[1].lower()
    if name == LINE_SCHEME:
        return _line(url[scheme.end() :])
    if name not in _PORTS:
        raise Refused("relay_scheme", scheme=name)
    return _stream(url, name, allow_private=allow_private, allowed_hosts=allowed_hosts)


def same_server(source: ParsedSource, other: ParsedSource) -> bool:
    """Whether both lie on one server: host, port and TLS alike."""
    return (source.host, source.port, source.tls) == (other.host, other.port, other.tls)


def shown_url(url: str) -> str:
    """An address that may be anything, as it may be shown: short, and without a name or password before an @."""
    scheme, slashes, rest = url.strip().partition("//")
    return f"{scheme}{slashes}{rest.rpartition('@')[2]}"[:200] if slashes else scheme.rpartition("@")[2][:200]


def _line(device: str) -> ParsedSource:
    if len(device) > MOST_DEVICE or not _DEVICE.match(device) or device.startswith("-"):
        raise Refused("relay_url_invalid", url=f"line:{device}"[:200])
    return ParsedSource(SourceKind.CAPTURE, f"line:{device}", device=device)


def _stream(url: str, scheme: str, *, allow_private: bool, allowed_hosts: Sequence[str]) -> ParsedSource:
    # A backslash is a slash to browsers and not to us, a space ends the line of a request: neither is ever needed.
    if "\\" in url or " " in url:
        raise Refused("relay_url_invalid", url=shown_url(url))
    try:
        parts = urlsplit(url)
        port = parts.port
        has_credentials = "@" in parts.netloc
        host = _host(parts.hostname or "")
    except ValueError as error:
        raise Refused("relay_url_invalid", url=shown_url(url)) from error
    if has_credentials:
        raise Refused("relay_credentials")
    if not host or not url[len(scheme) + 1 :].startswith("//"):
        raise Refused("relay_url_invalid", url=shown_url(url))
    port = _PORTS[scheme] if port is None else port
    if port in _BAD_PORTS:
        raise Refused("relay_port", port=port)
    if not _name_ok(host, allow_private=allow_private, allowed_hosts=allowed_hosts):
        raise Refused("relay_private_address", host=host)
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?") if parts.query else ""
    )
    shown = f"[{host}]" if ":" in host else host
    whole = f"{scheme}://{shown}" + ("" if port == _PORTS[scheme] else f":{port}") + target
    return ParsedSource(SourceKind.STREAM, whole, host, port, target, tls=scheme == "https")


def _host(written: str) -> str:
    """The host in the one form that is resolved and compared; ValueError where it is none."""
    if "%" in written:  # a zone ("%eth0"): an address of one's own network card, never of the internet
        raise ValueError(written)
    if ":" in written:
        return str(IPv6Address(written))
    if not written.isascii():
        written = written.encode("idna").decode("ascii")
    host = written.lower()
    if not _HOST.match(host):
        raise ValueError(host)
    host = host.rstrip(".")
    if _NUMBER.match(host.rpartition(".")[2]):
        # 127.1, 0x7f000001 and 2130706433 are this machine to a resolver: only four plain numbers are an address
        return str(IPv4Address(host))
    return host


def _literal(host: str) -> _Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _name_ok(host: str, *, allow_private: bool, allowed_hosts: Sequence[str]) -> bool:
    """What can be said before a name is resolved."""
    if _literal(host) is not None:
        return address_ok(host, allow_private=allow_private, allowed_hosts=allowed_hosts, host=host)
    if host == "localhost" or host.endswith(".localhost"):
        return allow_private or _names(allowed_hosts, host)
    return True


def address_ok(address: str, *, allow_private: bool = False, allowed_hosts: Sequence[str] = (), host: str = "") -> bool:
    """May a relay connect to this address, which `host` was resolved to?

    `allow_private` opens this machine and private networks. `allowed_hosts` (names, addresses, CIDRs) also opens
    link-local and other special ones. What is no machine's address is never opened.
    """
    found = _literal(address)
    if found is None or getattr(found, "scope_id", None):
        return False
    behind = (found, *_embedded(found))
    if any(_in(one, _NEVER) for one in behind):
        return False
    if _names(allowed_hosts, host) or any(found in network for network in _networks(allowed_hosts, found)):
        return True
    return all(_machine_ok(one, allow_private=allow_private) for one in behind)


def _machine_ok(address: _Address, *, allow_private: bool) -> bool:
    if _in(address, _LOCAL):
        return allow_private
    if _in(address, _SPECIAL):
        return False
    if isinstance(address, IPv6Address):
        # what carries an IPv4 address is judged by that one, beside this
        return address in _GLOBAL_V6 or address in _NAT64 or address.ipv4_mapped is not None
    return True


def _embedded(address: _Address) -> tuple[_Address, ...]:
    """IPv4 addresses that packets to this IPv6 address would reach, by whatever gateway."""
    if isinstance(address, IPv4Address):
        return ()
    low = IPv4Address(int(address) & 0xFFFF_FFFF)
    found: list[_Address | None] = [address.ipv4_mapped, address.sixtofour]
    if address.teredo:
        found.extend(address.teredo)
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        found.append(low)
    if int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
        found.append(low)
    return tuple(one for one in found if one is not None)


def _in(address: _Address, networks: Sequence[_Network]) -> bool:
    return any(address in network for network in networks)


def _names(allowed_hosts: Sequence[str], host: str) -> bool:
    wanted = host.lower().rstrip(".")
    return bool(wanted) and any(entry.strip().lower().rstrip(".") == wanted for entry in allowed_hosts)


def _networks(allowed_hosts: Sequence[str], address: _Address) -> list[_Network]:
    """The networks of the list, of the address's own family."""
    found = []
    for entry in allowed_hosts:
        try:
            network = ip_network(entry.strip(), strict=False)
        except ValueError:
            continue
        if network.version == address.version:
            found.append(network)
    return found


def allowed_hosts_faults(entries: Sequence[str]) -> list[str]:
    """Entries of the list that name neither a host nor an address or network."""
    faults = []
    for entry in entries:
        try:
            ip_network(entry.strip(), strict=False)
        except ValueError:
            try:
                _host(entry.strip())
            except ValueError:
                faults.append(entry)
    return faults
