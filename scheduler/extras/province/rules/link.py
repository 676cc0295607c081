"""Rules of the link to the province: whose address is taken, and how long to wait after a fault.

The server's own address stands in config.toml and is trusted for itself, also on a private network; every address that
comes over the wire (a bulletin's sound, a redirect) is judged like a relay's. A password never travels in clear over
the internet. It resolves no name, opens nothing and reads no clock.
"""

from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network

from scheduler.kernel.errors import Refused
from scheduler.kernel.net.address_policy import ParsedSource, SourceKind, address_ok, check_url

__all__ = ["base_source", "clusters_of", "pause_after"]

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0


def base_source(url: str, allowed_hosts: Sequence[str] = ()) -> ParsedSource:
    """The server that config.toml names. Raises Refused: province_url, and province_plain for http:// to the internet.

    `allowed_hosts`: hosts and networks that the ward knows to be behind its own door (a VPN), where http:// will do.
    """
    try:
        source = check_url(url, allow_private=True, allowed_hosts=allowed_hosts)
    except Refused as refused:
        raise Refused("province_url", why=refused.reason) from refused
    if source.kind is not SourceKind.STREAM or "?" in source.target:
        raise Refused("province_url", why="relay_url_invalid")
    if not source.tls and not _is_inner(source.host, allowed_hosts):
        raise Refused("province_plain", host=source.host)
    return source


def _is_inner(host: str, allowed_hosts: Sequence[str]) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ip_address(host)
    except ValueError:
        return any(entry.strip().lower().rstrip(".") == host for entry in allowed_hosts)
    listed = [entry for entry in allowed_hosts if _covers(entry, host)]
    return bool(listed) or not address_ok(host)


def _covers(entry: str, address: str) -> bool:
    """Whether an entry of the list is this address or a network that it lies in."""
    try:
        return ip_address(address) in ip_network(entry.strip(), strict=False)
    except ValueError:
        return False


def pause_after(failures: int, longest: float = LONGEST_PAUSE) -> float:
    """Seconds to wait after so many faults in a row: 5, 10, 20 … up to `longest`."""
    return min(FIRST_PAUSE * 2.0 ** min(max(failures - 1, 0), 16), longest)


def clusters_of(entries: Iterable[str]) -> dict[str, str]:
    """Output -> CumLoaID from "output=id"; Refused province_cluster for an entry that is no such pair."""
    found = {}
    for entry in entries:
        output, sign, cluster = (part.strip() for part in entry.partition("="))
        if not output or not sign or not cluster:
            raise Refused("province_cluster", entry=entry[:80])
        found[output] = cluster
    return found
