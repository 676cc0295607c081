"""The keys of `[hub]`: this station is also the desk of a town or a province.

Without `url` the station is a ward like others.
"""

from dataclasses import dataclass

from scheduler.config.checks import Names, between, key, one_of_numbers

__all__ = ["HubConfig"]


@dataclass(frozen=True, slots=True)
class HubConfig:
    url: str = key("", "Address of the broker that the wards meet, as this machine reaches it; empty = this is no hub.")
    name: str = key("", "Name of the town or province, as its wards show it; empty = the station's name.")
    code: str = key("", "Its administrative code.")
    ward_url: str = key("", "Address of the broker as the wards reach it; empty = the same as url.")
    page_url: str = key("", "Address of this page as the wards reach it, for pairing and sounds.")
    ca_file: str = key(
        "", "Certificate (PEM) of the authority that the broker's certificate comes from.", names=Names.AUTHORITY
    )
    wards_conf: str = key(
        "wards.conf",
        "File of accounts that the broker includes, relative to the data folder; written by the hub.",
        names=Names.WRITTEN,
    )
    broker_pid: str = key(
        "", "File with the broker's process number, told to read its accounts again; empty = asked over the network."
    )
    replicas: int = key(1, "Copies of each stream: 1 on one server, 3 on a cluster.", one_of_numbers(1, 3))
    silent_seconds: float = key(30.0, "After so long without a sign a ward is shown as cut off.", between(10, 3600))
    pairing_minutes: int = key(60, "How long a pairing code opens.", between(1, 7 * 24 * 60))
