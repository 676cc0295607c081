"""The keys of `[pair]`: two machines of one ward, of which one has the air.

Without `url` and `peer_url` the station stands alone.
"""

from dataclasses import dataclass

from scheduler.config.checks import Names, between, key

__all__ = ["PairConfig"]


@dataclass(frozen=True, slots=True)
class PairConfig:
    url: str = key(
        "",
        "Address of the broker that both machines meet, such as nats://192.168.1.2:4222; best on neither of the two.",
    )
    machine: str = key("", "This machine's name in the pair, such as may-1; empty = no second machine.")
    peer: str = key("", "The other machine's name in the pair.")
    peer_url: str = key(
        "", "Address at which the other machine answers on the ward's own network, such as http://192.168.1.12:8730."
    )
    host: str = key("0.0.0.0", "Address of this machine at which the other one asks.", names=Names.OWN_ADDRESS)  # noqa: S104 - what is said there is sealed
    port: int = key(8730, "Port of this machine at which the other one asks.", between(1, 65535))
    page: str = key("", "Address of this machine's page as people type it; empty = made from web.host and web.port.")
    bucket: str = key("loa_pair", "Bucket of the broker in which the air is kept; one for each ward.")
    replicas: int = key(1, "On how many servers of the broker the bucket is kept.", between(1, 5))
    ca_file: str = key(
        "", "Certificate (PEM) that vouches for the broker; empty = those of the system.", names=Names.AUTHORITY
    )
    nkey: bool = key(False, "Prove this machine to the broker by a key; `loa pair status` shows its public half.")
