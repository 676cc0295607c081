"""RTP to one receiver or to a multicast group: for IP loudspeakers and decoders on the ward's network.

L16 by default (every sample as it is), G.711, G.722 or Opus where asked. The stream is continuous, silence included:
receivers drop a stream that pauses. Nobody answers RTP, so that somebody listens is never known and never claimed.
"""

import errno
import ipaddress
import socket
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime

from scheduler.config.loading import Config, OutputConfig
from scheduler.core.air.volume import FULL_VOLUME, Volume
from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import Block
from scheduler.playout.outputs.call_timeout import CallTimeout
from scheduler.playout.outputs.losses import Losses
from scheduler.playout.outputs.packets import CUSHION, Header, Pacer
from scheduler.playout.outputs.settings import delay_of, volume_in

__all__ = ["RTP_DELAY", "Address", "Multicast", "Rtp", "from_config", "parse_address"]

RTP_DELAY = 0.06
"""Seconds from a hand-over until it is heard, where config.toml does not say: receivers' usual buffers."""

_L16_FRAMES = HOUSE_RATE // 100
_RESOLVING = 3.0
_EXPEDITED = 0xB8
"""DSCP EF: switches that know it let sound pass first."""
_FULL = {errno.EAGAIN, errno.ENOBUFS}


@dataclass(frozen=True, slots=True)
class _Format:
    payload_type: int
    clock: int
    map: str
    milliseconds: int
    more: str = ""


_FORMATS = {
    "L16": _Format(96, 48_000, "L16/48000/1", 10),
    "PCMU": _Format(0, 8_000, "PCMU/8000", 20),
    # RFC 3551, 4.5.2: the clock of G.722 is 8000 although it samples 16000 times a second.
    "G722": _Format(9, 8_000, "G722/8000", 20),
    "opus": _Format(97, 48_000, "opus/48000/2", 20, "a=fmtp:97 sprop-stereo=0\r\n"),
}


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    """Without brackets and without a zone."""
    port: int
    zone: str = ""
    """The interface of an IPv6 address (fe80::1%eth0)."""
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address | None = None
    """None for a name."""

    @property
    def is_multicast(self) -> bool:
        return self.ip is not None and self.ip.is_multicast


def parse_address(text: str) -> Address:
    """host:port with a name, an IPv4 or a bracketed IPv6 address; a permanent OutputError for anything else."""
    host, colon, port = text.strip().rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or not 0 < int(port) <= 65535:  # noqa: PLR2004 - ports
        raise _unreadable(text)
    if host.startswith("[") or host.endswith("]") or ":" in host:
        return _parse_ipv6(text, host, int(port))
    try:
        return Address(host, int(port), ip=ipaddress.IPv4Address(host))
    except ValueError:
        if not host or host.replace(".", "").isdigit() or any(not (c.isalnum() or c in "-._") for c in host):
            raise _unreadable(text) from None
        return Address(host, int(port))


def _parse_ipv6(text: str, host: str, port: int) -> Address:
    if not (host.startswith("[") and host.endswith("]")):
        raise _unreadable(text)
    plain, _, zone = host[1:-1].partition("%")
    try:
        return Address(plain, port, zone, ipaddress.IPv6Address(plain))
    except ValueError:
        raise _unreadable(text) from None


def _unreadable(text: str) -> OutputError:
    what = f'"{text}" is no address of RTP: write 239.1.2.4:5006, [ff15::1]:5006 or receiver.example:5006'
    return OutputError(what, permanent=True)


@dataclass(frozen=True, slots=True)
class Multicast:
    """How a stream to a group leaves: by the interface of this name or local address, and through how many routers."""

    interface: str = ""
    ttl: int = 1


ANYWHERE = Multicast()


class Rtp:
    """Sends to `address`; `delay` is how long a receiver keeps a packet before it sounds, in seconds."""

    kind = "rtp"
    counts = True
    paces = False
    continuous = True
    silent = False
    late = 0.0

    def __init__(
        self,
        name: str,
        zones: tuple[str, ...],
        *,
        address: str,
        codec: str = "L16",
        bitrate_kbps: int = 64,
        multicast: Multicast = ANYWHERE,
        delay: float = 0.06,
        volume: Volume = FULL_VOLUME,
    ) -> None:
        self.name = name
        self.unheard = False
        self.zones = zones
        self.volume = volume
        self.device = f"{address or 'no address'} ({codec or 'L16'})"
        self.lead = delay + CUSHION
        self._address = address
        self._codec = codec or "L16"
        self._bitrate = bitrate_kbps
        self._interface = multicast.interface
        self._ttl = multicast.ttl
        self._patience = CallTimeout("looking up the RTP receiver's name", _RESOLVING)
        self._encoder: _L16 | _Encoded | None = None
        self._pacer: Pacer | None = None
        self._socket: socket.socket | None = None
        self._losses = Losses()

    @property
    def note(self) -> str:
        if not self._losses.is_told:
            return ""
        return f"{self._losses.total} packets could not be sent in time; is the network overloaded?"

    def open(self) -> None:
        self.close()
        address = parse_address(self._address)
        form = self._form()
        self._encoder = _L16() if self._codec == "L16" else _Encoded(self._codec, self._bitrate)
        try:
            target, link = self._connected(address)
        except (OSError, UnicodeError) as error:  # UnicodeError: a name that no name server could ever know
            raise self._trouble(error) from error
        self._socket, self._losses = link, Losses()

        def send(packet: bytes) -> None:
            try:
                link.sendto(packet, target)
            except OSError as error:
                if error.errno not in _FULL:
                    raise
                self._losses.add(1)

        header = Header.of_new_stream(form.payload_type, form.clock)
        self._pacer = Pacer(SystemClock(), header, send, name=f"rtp {self.name}")

    def begin(self, slot_id: str, at: datetime) -> None:
        """The stream runs anyway."""

    def write(self, block: Block) -> None:
        pacer, encoder = self._pacer, self._encoder
        if pacer is None or encoder is None:
            raise OutputError(f"output {self.name} is not open")
        if pacer.error is not None:
            raise self._trouble(pacer.error) from pacer.error
        lost = self._losses.total
        self._losses.go_by(len(block))
        pacer.hand_over(len(block))
        for payload in encoder.encode(block):
            self._losses.add(not pacer.add(payload, encoder.frames))
        self.unheard = self._losses.total > lost

    def end(self, slot_id: str) -> None:
        """The stream runs on."""

    def delay(self) -> float:
        return 0.0

    def close(self) -> None:
        pacer, self._pacer = self._pacer, None
        link, self._socket = self._socket, None
        if pacer is not None:
            pacer.close()
        if link is not None:
            link.close()

    def sdp(self) -> str:
        """The description that a receiver (VLC, ffmpeg, a decoder) opens the stream with."""
        address, form = parse_address(self._address), self._form()
        is_ipv6 = isinstance(address.ip, ipaddress.IPv6Address)
        family = "IP6" if is_ipv6 else "IP4"
        reach = f"/{self._ttl}" if address.is_multicast and not is_ipv6 else ""
        session = zlib.crc32(f"{self.name} {self.device}".encode())
        return (
            "v=0\r\n"
            f"o=- {session} 1 IN {family} {'::1' if is_ipv6 else '127.0.0.1'}\r\n"
            f"s={' '.join(self.name.split()) or '-'}\r\n"
            f"c=IN {family} {address.host}{reach}\r\n"
            "t=0 0\r\n"
            f"m=audio {address.port} RTP/AVP {form.payload_type}\r\n"
            f"a=rtpmap:{form.payload_type} {form.map}\r\n"
            f"{form.more}"
            f"a=ptime:{form.milliseconds}\r\n"
            "a=recvonly\r\n"
        )

    def _form(self) -> _Format:
        if (form := _FORMATS.get(self._codec)) is None:
            raise OutputError(f"RTP knows {', '.join(_FORMATS)}, not {self._codec}", permanent=True)
        return form

    def _connected(self, address: Address) -> tuple[tuple[object, ...], socket.socket]:
        """Where to send, and a socket that never waits."""
        if address.ip is None:
            found = self._patience.call(
                lambda: socket.getaddrinfo(address.host, address.port, type=socket.SOCK_DGRAM), lambda _: None
            )
        else:
            where = f"{address.host}%{address.zone}" if address.zone else address.host
            found = socket.getaddrinfo(
                where, address.port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
            )
        family, _, _, _, target = found[0]
        link = socket.socket(family, socket.SOCK_DGRAM)
        try:
            link.setblocking(False)
            self._mark(link, is_ipv6=family == socket.AF_INET6)
            ip = ipaddress.ip_address(str(target[0]).partition("%")[0])
            if ip.is_multicast:
                self._aim(link, ip, address.zone)
            elif self._interface:
                link.bind((self._interface, 0))
        except BaseException:
            link.close()
            raise
        return target, link

    @staticmethod
    def _mark(link: socket.socket, *, is_ipv6: bool) -> None:
        if is_ipv6:
            link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, _EXPEDITED)
        else:
            link.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, _EXPEDITED)

    def _aim(self, link: socket.socket, ip: ipaddress.IPv4Address | ipaddress.IPv6Address, zone: str) -> None:
        """Without an interface multicast leaves by the default route, which on a ward PC may be the internet."""
        if isinstance(ip, ipaddress.IPv6Address):
            link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, self._ttl)
            link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 1)
            if interface := self._interface or zone:
                index = socket.if_nametoindex(interface)
                link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
            return
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, self._ttl)
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
        if self._interface:
            link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, _ipv4_interface(self._interface))

    def _trouble(self, error: Exception) -> OutputError:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        by = f" by {self._interface}" if self._interface else ""
        return OutputError(f"RTP cannot be sent to {self._address}{by}: {why}; check the address and the network cable")


def _ipv4_interface(interface: str) -> bytes:
    """`interface` as IP_MULTICAST_IF takes it: a local address or an interface's name."""
    try:
        return ipaddress.IPv4Address(interface).packed
    except ValueError:
        return struct.pack("4s4si", bytes(4), bytes(4), socket.if_nametoindex(interface))


class _L16:
    """Samples as they are, in network order, 10 ms a packet."""

    frames = _L16_FRAMES

    def __init__(self) -> None:
        self._rest = b""

    def encode(self, block: Block) -> list[bytes]:
        data = self._rest + block.astype(">i2").tobytes()
        size = 2 * _L16_FRAMES
        whole = len(data) // size * size
        self._rest = data[whole:]
        return [data[start : start + size] for start in range(0, whole, size)]


class _Encoded:
    """Packets of a codec; PyAV is loaded where it is wanted and nowhere else."""

    def __init__(self, codec: str, bitrate_kbps: int) -> None:
        from scheduler.playout.outputs.encoding import Packets

        self._packets = Packets(codec, bitrate_kbps)
        self.frames = self._packets.frames

    def encode(self, block: Block) -> list[bytes]:
        return self._packets.encode(block)


def from_config(setting: OutputConfig, config: Config) -> Rtp:
    """As its section of config.toml asks."""
    return Rtp(
        setting.name,
        setting.zones,
        address=setting.device,
        codec=setting.codec,
        bitrate_kbps=setting.bitrate_kbps,
        multicast=Multicast(setting.interface, setting.ttl),
        delay=delay_of(setting, RTP_DELAY),
        volume=volume_in(config, setting),
    )
