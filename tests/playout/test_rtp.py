"""RTP on the loopback: what a receiver gets, packet by packet, and what ffmpeg makes of it."""

import contextlib
import itertools
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import BLOCK
from scheduler.playout.outputs import packets as pacing
from scheduler.playout.outputs.rtp import Multicast, Rtp, parse_address
from tests.needs import missing
from tests.playout.rtp_packet import Packet
from tests.playout.servers import nobody_knows
from tests.ports import free_port

LOOPBACK = Multicast("127.0.0.1")


def receiver(family: int = socket.AF_INET, host: str = "127.0.0.1") -> socket.socket:
    link = socket.socket(family, socket.SOCK_DGRAM)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    link.bind((host, 0))
    link.settimeout(60)
    return link


@pytest.fixture(autouse=True)
def long_farewell(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits at the end is sent: on a busy machine that may take longer than the fifth of a second of a station."""
    monkeypatch.setattr(pacing, "_FAREWELL", 120.0)


@pytest.fixture
def ear() -> Iterator[socket.socket]:
    with receiver() as link:
        yield link


def feed(output: Rtp, sound: np.ndarray) -> None:
    """Hand it over as the engine does, 20 ms at a time at the clock's pace."""
    clock = SystemClock()
    begin = clock.monotonic()
    for number, start in enumerate(range(0, len(sound), BLOCK)):
        clock.sleep_until(begin + number * BLOCK / HOUSE_RATE)
        output.write(sound[start : start + BLOCK])


def received(link: socket.socket) -> list[Packet]:
    link.settimeout(0.2)
    packets = []
    with contextlib.suppress(TimeoutError):
        while True:
            packets.append(Packet.of(link.recv(2048)))
    return packets


def steps(packets: list[Packet]) -> set[int]:
    """Ticks from each packet to the next; where the machine stood still and the stream says so, they count for nothing."""
    pairs = itertools.pairwise(packets)
    return {(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in pairs if not b.marker}


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(1).integers(-30_000, 30_000, round(seconds * HOUSE_RATE)).astype(np.int16)


def rtp(port: int, codec: str = "", host: str = "127.0.0.1", **more: object) -> Rtp:
    return Rtp("loa", ("all",), address=f"{host}:{port}", codec=codec, multicast=LOOPBACK, **more)


def test_l16_carries_every_sample_as_it_is(ear: socket.socket):
    output, sound = rtp(ear.getsockname()[1]), noise(0.5)
    output.open()
    feed(output, sound)
    output.close()
    packets = received(ear)
    heard = np.frombuffer(b"".join(packet.payload for packet in packets), ">i2")
    assert np.array_equal(heard, sound)
    assert {(packet.version, packet.payload_type, len(packet.payload)) for packet in packets} == {(2, 96, 960)}
    assert len({packet.ssrc for packet in packets}) == 1
    first = packets[0]
    assert [packet.sequence for packet in packets] == [(first.sequence + n) & 0xFFFF for n in range(50)]
    assert first.marker
    assert steps(packets) == {480}


def test_each_opening_is_a_stream_of_its_own(ear: socket.socket):
    output = rtp(ear.getsockname()[1])
    for _ in range(2):
        output.open()
        output.write(noise(0.02))
        output.close()
    first, _, second, _ = received(ear)
    assert first.ssrc != second.ssrc
    assert (first.marker, second.marker) == (True, True)


@pytest.mark.parametrize(
    ("codec", "payload_type", "ticks", "size"),
    [
        pytest.param("PCMU", 0, 160, 160, id="PCMU"),
        pytest.param("G722", 9, 160, 160, id="G722"),
        pytest.param("opus", 97, 960, None, id="opus"),
    ],
)
def test_a_coded_stream_has_its_own_type_and_clock(
    ear: socket.socket, codec: str, payload_type: int, ticks: int, size: int | None
):
    output = rtp(ear.getsockname()[1], codec)
    output.open()
    feed(output, noise(0.3))
    output.close()
    packets = received(ear)
    assert len(packets) >= 13
    assert {packet.payload_type for packet in packets} == {payload_type}
    assert steps(packets) == {ticks}
    if size:
        assert {len(packet.payload) for packet in packets} == {size}


@pytest.mark.needs_audio_server
@pytest.mark.parametrize("codec", ["L16", "PCMU", "G722", "opus"])
def test_ffmpeg_plays_it_from_the_description(codec: str, tmp_path: Path):
    if not shutil.which("ffmpeg"):
        missing("ffmpeg")
    port = free_port() & ~1  # ffmpeg takes the next one too, for RTCP
    output = rtp(port, codec)
    (tmp_path / "loa.sdp").write_text(output.sdp(), encoding="utf-8", newline="")
    command = ["ffmpeg", "-v", "error", "-protocol_whitelist", "file,udp,rtp", "-i", str(tmp_path / "loa.sdp")]
    command += ["-t", "0.8", "-f", "s16le", "-ar", "48000", "-ac", "1", "-"]
    stop = threading.Event()

    def sound() -> None:
        at = 0
        clock, begin = SystemClock(), SystemClock().monotonic()
        while not stop.is_set():
            output.write((np.sin(2 * np.pi * 1000 * np.arange(at, at + BLOCK) / HOUSE_RATE) * 12_000).astype(np.int16))
            at += BLOCK
            clock.sleep_until(begin + at / HOUSE_RATE)

    output.open()
    feeder = threading.Thread(target=sound)
    feeder.start()
    try:
        heard = np.frombuffer(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout, "<i2")
    finally:
        stop.set()
        feeder.join()
        output.close()
    middle = heard[len(heard) // 2 :].astype(float)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) * HOUSE_RATE / len(middle) == pytest.approx(1000, abs=10)
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(12_000 / np.sqrt(2), rel=0.1)


def test_multicast_reaches_whoever_joined():
    with receiver(host="") as link:
        link.setsockopt(
            socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.1.2.4") + socket.inet_aton("127.0.0.1")
        )
        output = rtp(link.getsockname()[1], host="239.1.2.4")
        output.open()
        output.write(noise(0.04))
        output.close()
        assert len(received(link)) == 4


def test_an_interface_may_be_named():
    with receiver(host="") as link:
        link.setsockopt(
            socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.1.2.5") + socket.inet_aton("127.0.0.1")
        )
        output = Rtp("loa", ("all",), address=f"239.1.2.5:{link.getsockname()[1]}", multicast=Multicast("lo", ttl=0))
        output.open()
        output.write(noise(0.02))
        output.close()
        assert len(received(link)) == 2


@pytest.fixture
def ipv6() -> None:
    try:
        receiver(socket.AF_INET6, "::1").close()
    except OSError:
        pytest.skip("this machine has no IPv6")


@pytest.mark.usefixtures("ipv6")
def test_ipv6_reaches_its_receiver():
    with receiver(socket.AF_INET6, "::1") as link:
        output = Rtp("loa", ("all",), address=f"[::1]:{link.getsockname()[1]}")
        output.open()
        output.write(noise(0.03))
        output.close()
        assert len(received(link)) == 3


@pytest.mark.usefixtures("ipv6")
@pytest.mark.parametrize(
    ("address", "interface"), [("[ff11::1:7]:5006", "lo"), ("[ff11::1:7%lo]:5006", "")], ids=["named", "in_the_address"]
)
def test_ipv6_multicast_leaves_by_the_interface_named(address: str, interface: str):
    """The loopback carries no IPv6 multicast, so the socket is asked."""
    output = Rtp("loa", ("all",), address=address, multicast=Multicast(interface, ttl=3))
    output.open()
    assert output._socket is not None
    asked = [
        output._socket.getsockopt(socket.IPPROTO_IPV6, option)
        for option in (socket.IPV6_MULTICAST_IF, socket.IPV6_MULTICAST_HOPS)
    ]
    assert asked == [socket.if_nametoindex("lo"), 3]
    output.close()


def test_nobody_listening_is_no_error():
    with receiver() as link:
        port = link.getsockname()[1]
    output = rtp(port)
    output.open()
    feed(output, noise(0.2))
    assert output.note == ""
    output.close()


@pytest.mark.parametrize(
    "text",
    ["", "239.1.2.4", "239.1.2.4:", ":5006", "239.1.2.4:0", "239.1.2.4:70000", "239.1.2.4:x", "239.1.2:5006", "300.1.2.4:5006",
     "ff15::1:5006", "[ff15::1]", "[ff15::1", "[ff15::1:5006", "ff15::1]:5006", "[ff15:::1]:5006", "[zz::1]:5006", "[239.1.2.4]:5006",
     "rtp://239.1.2.4:5006", "a b:5006", "loa/1:5006", "239.1.2.4:٥٠٠٦"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_for_good(text: str):
    output = Rtp("loa", ("all",), address=text)
    with pytest.raises(OutputError, match="is no address of RTP") as refused:
        output.open()
    assert refused.value.permanent


@pytest.mark.parametrize(
    ("text", "host", "port", "is_multicast"),
    [
        ("239.1.2.4:5006", "239.1.2.4", 5006, True),
        ("10.0.0.7:5004", "10.0.0.7", 5004, False),
        ("[ff15::1]:5006", "ff15::1", 5006, True),
        ("[fe80::1%eth0]:5006", "fe80::1", 5006, False),
        (" loa-1.phuong.example:5006 ", "loa-1.phuong.example", 5006, False),
    ],
)
def test_addresses_that_are_some(text: str, host: str, port: int, *, is_multicast: bool):
    address = parse_address(text)
    assert (address.host, address.port, address.is_multicast) == (host, port, is_multicast)


@pytest.mark.parametrize(
    ("host", "interface"),
    [("239.1.2.4", "no-such-card"), ("239.1.2.4", "203.0.113.9"), ("[ff15::1]", "no-such-card"), ("127.0.0.1", "203.0.113.9")],
    ids=["no_interface", "not_our_address", "no_interface_ipv6", "unicast_not_our_address"],
)  # fmt: skip
def test_an_interface_that_is_not_there_is_named_and_tried_again(host: str, interface: str):
    output = Rtp("loa", ("all",), address=f"{host}:5006", multicast=Multicast(interface))
    with pytest.raises(OutputError, match=rf"by {interface}: .*network cable") as refused:
        output.open()
    assert not refused.value.permanent


@pytest.mark.parametrize("name", ["loa.invalid", "loa..phuong", "x" * 64 + ".example"])
def test_a_name_that_nobody_knows_is_named_and_tried_again(name: str, monkeypatch: pytest.MonkeyPatch):
    nobody_knows(name, monkeypatch)
    output = Rtp("loa", ("all",), address=f"{name}:5006")
    with pytest.raises(OutputError, match=rf"{name}:5006") as refused:
        output.open()
    assert not refused.value.permanent


@pytest.mark.parametrize("act", [Rtp.open, Rtp.sdp])
def test_an_unknown_codec_is_refused_for_good(act: Callable[[Rtp], object]):
    with pytest.raises(OutputError, match="L16, PCMU, G722, opus, not mp3") as refused:
        act(rtp(5006, "mp3"))
    assert refused.value.permanent


def test_a_name_may_mean_a_group(monkeypatch: pytest.MonkeyPatch):
    """Then the reach of multicast holds for it as well."""
    answer = [(socket.AF_INET, socket.SOCK_DGRAM, 17, "", ("239.1.2.4", 5006))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    output = Rtp("loa", ("all",), address="loa.example:5006", multicast=Multicast("127.0.0.1", ttl=5))
    output.open()
    assert output._socket is not None
    assert output._socket.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL) == 5
    output.close()


def test_a_network_that_went_away_is_an_error_at_the_next_block(ear: socket.socket):
    output = rtp(ear.getsockname()[1])
    output.open()
    assert output._socket is not None
    output._socket.close()  # as the kernel does with a link that is gone: every further send fails
    with pytest.raises(OutputError, match=r"cannot be sent to 127\.0\.0\.1"):
        feed(output, noise(60))
    output.close()


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (
            "239.1.2.4:5006",
            ["c=IN IP4 239.1.2.4/1", "m=audio 5006 RTP/AVP 96", "a=rtpmap:96 L16/48000/1", "a=ptime:10"],
        ),
        ("10.0.0.7:5004", ["c=IN IP4 10.0.0.7", "m=audio 5004 RTP/AVP 96"]),
        ("[ff15::1]:5006", ["c=IN IP6 ff15::1", "o=- "]),
    ],
)
def test_the_description_names_group_port_and_format(address: str, lines: list[str]):
    text = Rtp("loa\r\na=evil", ("all",), address=address).sdp()
    assert [line for line in lines if line not in text] == []
    assert all("=" in line for line in text.splitlines())
    assert "\na=evil" not in text


def test_its_lead_is_the_receivers_buffer_and_its_own_cushion():
    assert rtp(5006, delay=0.1).lead == pytest.approx(0.11)


def test_what_was_given_up_is_noted(ear: socket.socket):
    output = rtp(ear.getsockname()[1])
    output.open()
    output.write(noise(3))
    assert "packets could not be sent in time" in output.note
    output.close()
