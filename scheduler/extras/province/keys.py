"""The keys of `[province]`: the link to the provincial system, and what its bulletins may do unasked.

What the keys must keep together is asked when all of them are read; nothing is changed.
"""

from dataclasses import dataclass

from scheduler.config.checks import Names, between, each, key, not_empty, one_of, window
from scheduler.config.loading import Config
from scheduler.core.planning.sessions import USUAL_WINDOWS
from scheduler.core.words.wording import sentence_of
from scheduler.extras.province.rules.link import base_source, clusters_of
from scheduler.kernel.errors import Refused

__all__ = ["ProvinceConfig", "faults"]


@dataclass(frozen=True, slots=True)
class ProvinceConfig:
    url: str = key("", "Address of the provincial system (hệ thống thông tin nguồn); empty = no link.")
    username: str = key("", "Login that the province has given this ward.")
    password_file: str = key(
        "", "File that holds the password and nothing else, readable by its owner only (0600).", names=Names.SECRET
    )
    login_path: str = key("/api/login", "Path of the login, after the address.", not_empty)
    bulletins_path: str = key("/api/bantin", "Path of the bulletins for this ward.", not_empty)
    log_path: str = key("/api/nhatky", "Path that takes the log of an airing.", not_empty)
    status_path: str = key("/api/trangthai", "Path that takes the status of a cluster.", not_empty)
    emergency: str = key(
        "ask", "air = an emergency of a trusted issuer airs at once; ask = a person decides.", one_of("air", "ask")
    )
    priority: str = key(
        "ask",
        "next_session = a priority bulletin of a trusted issuer enters the next session; ask = a person decides.",
        one_of("next_session", "ask"),
    )
    trusted_issuers: tuple[str, ...] = key(
        (), "NguonID of those whose bulletins may air by these rules.", names=Names.ENTRIES
    )
    emergency_minutes: float = key(60.0, "An emergency older than this waits for a person.", between(1, 1440))
    session_windows: tuple[str, ...] = key(
        USUAL_WINDOWS, "Sessions of a day on which no campaign has any.", each(window)
    )
    source_id: str = key("", "NguonID: this ward's own number in the provincial system.")
    source_name: str = key("", "TenNguon: this ward's name there.")
    target_id: str = key("", "DichID: whom logs and statuses are for.")
    target_name: str = key("", "TenDich: that one's name.")
    vendor_id: str = key("", "MaNhaCungCap, as the province has given it.")
    vendor_name: str = key("", "TenNhaCungCap, as the province has given it.")
    clusters: tuple[str, ...] = key((), 'CumLoaID of each output: ["loa=860000000000001"]; default: its name.')
    poll_seconds: float = key(10.0, "How often bulletins are asked for.", between(2, 600))
    status_seconds: float = key(60.0, "How often the status of the outputs is told.", between(10, 3600))
    logs_a_minute: int = key(60, "Most logs sent a minute, also of those queued while offline.", between(1, 600))
    timeout_seconds: float = key(20.0, "How long one answer of the server may take as a whole.", between(1, 120))
    max_audio_mb: int = key(50, "Largest sound of a bulletin that is fetched, in MB.", between(1, 500))
    allowed_hosts: tuple[str, ...] = key(
        (),
        "Hosts or networks (CIDR) of the ward's own network that sounds may come from, and that http:// may lead to.",
    )


def faults(config: Config) -> list[str]:
    """Sentences about keys of the link that do not fit together."""
    told = config.get(ProvinceConfig)
    found = []
    if told.url and not (told.username and told.password_file):
        found.append('"province.url" cần có "province.username" và "province.password_file"')
    if not told.trusted_issuers and (told.emergency == "air" or told.priority == "next_session"):
        found.append('"province.trusted_issuers" không được để trống khi bản tin nguồn được phát không cần hỏi')
    try:
        if told.url:
            base_source(told.url, told.allowed_hosts)
        clusters_of(told.clusters)
    except Refused as refused:
        found.append(f'"province": {sentence_of(refused)}')
    return found
