"""Rules of the link to the province: whose address is taken, how long to wait after a fault, and which session is next.

The server's own address stands in config.toml and is trusted for itself, also on a private network; every address that
comes over the wire (a bulletin's sound, a redirect) is judged like a relay's. A password never travels in clear over
the internet. It resolves no name, opens nothing and reads no clock.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from ipaddress import ip_address, ip_network
from zoneinfo import ZoneInfo

from scheduler.core.local_time import Span, local_day
from scheduler.core.model import Window
from scheduler.errors import Refused
from scheduler.net.address_policy import ParsedSource, SourceKind, address_ok, check_url

__all__ = ["base_source", "clusters_of", "pause_after", "session_choices"]

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
_MINUTE = timedelta(minutes=1)


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


def session_choices(
    stretches: Iterable[Span], not_before: datetime, expires: datetime | None, zone_name: str
) -> Iterator[tuple[date, Window]]:
    """What is left of each session from `not_before` on and before the bulletin expires, as a day and its window.

    Whole minutes, inside the stretch: a campaign's window is written in minutes.
    """
    zone = ZoneInfo(zone_name)
    for start, end in stretches:
        low = _next_minute(max(start, not_before))
        high = min(end, expires) if expires else end
        if high - low < _MINUTE:
            continue
        day = local_day(low, zone_name)
        first, last = low.astimezone(zone).time(), high.astimezone(zone).time()
        if local_day(high, zone_name) > day:
            last = time(0)  # the end of the day, as a window writes it
        yield day, Window(_minute(first), _minute(last))


def _minute(at: time) -> time:
    return at.replace(second=0, microsecond=0)


def _next_minute(at: datetime) -> datetime:
    floor = at.replace(second=0, microsecond=0)
    return floor if floor == at else floor + _MINUTE
