"""Which addresses a relay may listen to: tables of what people and attackers write, and properties over all addresses."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.kernel.errors import Refused
from scheduler.kernel.net.address_policy import SourceKind, address_ok, allowed_hosts_faults, check_url


def reason(url: str, **policy: object) -> str:
    with pytest.raises(Refused) as refusal:
        check_url(url, **policy)  # type: ignore[arg-type]  # a table of policies
    return refusal.value.reason


@pytest.mark.parametrize(
    ("url", "whole", "host", "port", "target"),
    [
        ("http://radio.example/live", "http://radio.example/live", "radio.example", 80, "/live"),
        ("https://radio.example", "https://radio.example/", "radio.example", 443, "/"),
        (
            "HTTP://Radio.Example:8000/Live.mp3",
            "http://radio.example:8000/Live.mp3",
            "radio.example",
            8000,
            "/Live.mp3",
        ),
        ("http://radio.example:80/a", "http://radio.example/a", "radio.example", 80, "/a"),
        (
            "http://radio.example/a?b=c&d=%20e",
            "http://radio.example/a?b=c&d=%20e",
            "radio.example",
            80,
            "/a?b=c&d=%20e",
        ),
        ("http://radio.example/a#part", "http://radio.example/a", "radio.example", 80, "/a"),
        ("  http://radio.example./a\n", "http://radio.example/a", "radio.example", 80, "/a"),
        ("http://đài.vn/tiếng", "http://xn--i-tia7o.vn/ti%E1%BA%BFng", None, 80, "/ti%E1%BA%BFng"),
        ("http://8.8.8.8:8000/;stream", "http://8.8.8.8:8000/;stream", "8.8.8.8", 8000, "/;stream"),
        ("http://[2001:4860:4860::8888]/x", "http://[2001:4860:4860::8888]/x", "2001:4860:4860::8888", 80, "/x"),
    ],
)
def test_a_stream_on_the_internet_is_taken(url, whole, host, port, target):
    source = check_url(url)
    assert source.kind is SourceKind.STREAM
    assert (source.port, source.target) == (port, target)
    assert source.tls is url.strip().lower().startswith("https")
    if host is not None:
        assert (source.host, source.url) == (host, whole)
    assert source.url.isascii()
    assert check_url(source.url) == source


@pytest.mark.parametrize(
    ("url", "device"),
    [
        ("line:", ""),
        ("LINE:", ""),
        ("line:alsa_input.usb-0d8c.mono", "alsa_input.usb-0d8c.mono"),
        ("line:hw:1,0", "hw:1,0"),
    ],
)
def test_the_line_input_is_taken(url, device):
    source = check_url(url)
    assert (source.kind, source.device) == (SourceKind.CAPTURE, device)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "relay_url_invalid"),
        ("radio.example/live", "relay_url_invalid"),
        ("//radio.example/live", "relay_url_invalid"),
        ("http:radio.example", "relay_url_invalid"),
        ("http://", "relay_url_invalid"),
        ("http:///live", "relay_url_invalid"),
        ("http://radio.example:port/", "relay_url_invalid"),
        ("http://radio.example:99999/", "relay_url_invalid"),
        ("http://radio.example/a b", "relay_url_invalid"),
        ("http://radio.example/a\r\nHost: x", "relay_url_invalid"),
        ("http://radio.example\\@10.0.0.1/", "relay_url_invalid"),
        ("http://[::1/", "relay_url_invalid"),
        ("http://[fe80::1%25eth0]/", "relay_url_invalid"),
        ("http://ra_dio..example/", "relay_url_invalid"),
        ("http://-radio.example/", "relay_url_invalid"),
        ("http://127.1/", "relay_url_invalid"),
        ("http://2130706433/", "relay_url_invalid"),
        ("http://0x7f000001/", "relay_url_invalid"),
        ("http://0177.0.0.1/", "relay_url_invalid"),
        ("http://radio.0x7f/", "relay_url_invalid"),
        ("http://radio.example/" + "a" * 3000, "relay_url_invalid"),
        ("line:" + "x" * 200, "relay_url_invalid"),
        ("line:a;b", "relay_url_invalid"),
        ("line:--help", "relay_url_invalid"),
        ("file:///etc/passwd", "relay_scheme"),
        ("ftp://radio.example/", "relay_scheme"),
        ("rtsp://camera.example/", "relay_scheme"),
        ("gopher://radio.example/", "relay_scheme"),
        ("concat:http://radio.example/", "relay_scheme"),
        ("data:audio/mpeg;base64,AAAA", "relay_scheme"),
        ("http://an:mat-khau@radio.example/", "relay_credentials"),
        ("http://@radio.example/", "relay_credentials"),
        ("http://radio.example:22/", "relay_port"),
        ("http://radio.example:0/", "relay_port"),
        ("https://radio.example:25/", "relay_port"),
        ("http://radio.example:6667/", "relay_port"),
        ("http://localhost/", "relay_private_address"),
        ("http://radio.localhost./", "relay_private_address"),
        ("http://127.0.0.1:8000/", "relay_private_address"),
        ("http://192.168.1.20:8000/", "relay_private_address"),
        ("http://169.254.169.254/latest/meta-data/", "relay_private_address"),
        ("http://[::1]:8000/", "relay_private_address"),
        ("http://[::ffff:10.0.0.1]/", "relay_private_address"),
        ("http://[fd00::1]/", "relay_private_address"),
    ],
)
def test_what_no_relay_listens_to_is_refused_with_its_reason(url, why):
    assert reason(url) == why


def test_a_password_is_not_repeated_in_the_refusal():
    for url in (
        "http://an:mat-khau@radio.example/",
        "http://an:mat-khau@[::1/",
        "http:an:mat-khau@radio",
        "a b:mat-khau@c",
    ):
        with pytest.raises(Refused) as refusal:
            check_url(url)
        assert "mat-khau" not in str(refusal.value)


@pytest.mark.parametrize(
    ("address", "open_to", "by_flag"),
    [
        ("127.0.0.1", ("127.0.0.1",), True),
        ("10.1.2.3", ("10.0.0.0/8",), True),
        ("172.31.0.9", ("172.16.0.0/12",), True),
        ("192.168.1.20", ("192.168.1.20",), True),
        ("100.64.0.1", ("100.64.0.0/10",), True),
        ("::1", ("::1",), True),
        ("fd12:3456::9", ("fd12:3456::/32",), True),
        ("169.254.169.254", ("169.254.0.0/16",), False),
        ("168.63.129.16", ("168.63.129.16",), False),
        ("fe80::1", ("fe80::/10",), False),
        ("192.0.2.7", ("192.0.2.0/24",), False),
        ("198.18.0.1", ("198.18.0.0/15",), False),
        ("64:ff9b:1::a00:1", ("64:ff9b:1::/48",), False),
        ("2001:db8::1", ("2001:db8::/32",), False),
    ],
)
def test_a_machine_behind_ones_own_door_must_be_allowed(address, open_to, by_flag):
    assert not address_ok(address)
    assert address_ok(address, allow_private=True) is by_flag
    assert address_ok(address, allowed_hosts=open_to)
    assert address_ok(address, allowed_hosts=("Loa.Example.",), host="loa.example")
    assert not address_ok(address, allowed_hosts=("loa.example",), host="other.example")
    assert not address_ok(address, allowed_hosts=("203.0.113.0/24", "nonsense/99", ""))


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.2.4", "240.0.0.1", "255.255.255.255", "::", "ff02::1"],  # noqa: S104 - refused
)
def test_what_is_no_machine_is_opened_by_nothing(address):
    everything = {"allow_private": True, "allowed_hosts": ("0.0.0.0/0", "::/0", "any.example"), "host": "any.example"}
    assert not address_ok(address, **everything)


@pytest.mark.parametrize(
    "address", ["", "radio.example", "1.2.3", "fe80::1%eth0", "2001:4860::8888%1", "::ffff:1.2.3.4.5"]
)
def test_what_is_no_address_is_not_ok(address):
    assert not address_ok(address, allow_private=True, allowed_hosts=("0.0.0.0/0", "::/0"))


def embedded(inner: IPv4Address) -> list[IPv6Address]:
    """Every way to write an IPv4 address as an IPv6 one that some gateway or kernel will follow."""
    number = int(inner)
    return [
        IPv6Address((0xFFFF << 32) | number),
        IPv6Address(number) if number > 1 else IPv6Address((0xFFFF << 32) | number),
        IPv6Address((0x2002 << 112) | (number << 80) | 1),
        IPv6Address((0x0064FF9B << 96) | number),
        IPv6Address((0x20010000 << 96) | (number << 64) | 0x1234),
        IPv6Address((0x20010000 << 96) | (0x08080808 << 64) | (~number & 0xFFFFFFFF)),
        IPv6Address((0x20014860 << 96) | (0x5EFE << 32) | number),
    ]


INSIDE = [
    ip_network(text)
    for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10")
]
inside = st.sampled_from(INSIDE).flatmap(
    lambda network: st.integers(int(network.network_address), int(network.broadcast_address)).map(IPv4Address)
)


@given(inside)
def test_no_disguise_lets_an_inner_address_in(address):
    assert not address_ok(str(address))
    assert not any(address_ok(str(disguise)) for disguise in embedded(address))


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_what_python_knows_as_not_global_is_refused(address):
    if (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
    ):
        # Python counts a few single addresses of 192.0.0.0/24 as global; refusing the whole block loses no radio
        assert not address_ok(str(address))
        assert not any(address_ok(str(disguise)) for disguise in embedded(address))


@given(
    st.one_of(st.integers(0, 2**128 - 1), st.integers(0, 2**64), st.integers(0xFC << 120, 2**128 - 1)).map(IPv6Address)
)
def test_the_same_for_ipv6(address):
    if not address.is_global or address.is_multicast:
        mapped = address.ipv4_mapped
        assert (
            not address_ok(str(address))
            or (mapped is not None and address_ok(str(mapped)))
            or address in ip_network("64:ff9b::/96")
        )


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_most_of_the_internet_may_be_listened_to(address):
    taken = any(address in network for network in INSIDE)
    first = int(address) >> 24
    if not taken and 1 <= first < 224 and first not in {192, 198, 203, 168}:
        assert address_ok(str(address))


@given(st.text(max_size=60))
def test_any_text_is_taken_or_refused_and_nothing_else_happens(text):
    try:
        source = check_url(text)
    except Refused as refusal:
        reached = refusal.reason
    else:
        reached = "relay_taken"
        assert check_url(source.url) == source
    assert reached.startswith("relay_")


@given(
    st.sampled_from(("http://", "https://", "http:\\\\", "HTTP://", "//")),
    st.text("abc.:@/\\[]0127%?# \t\r\n", max_size=30),
)
def test_a_taken_stream_has_one_clear_host(scheme, rest):
    try:
        source = check_url(scheme + rest)
    except Refused:
        return
    assert source.host
    assert not set(source.host) & set("@/\\?# \r\n")
    assert not set(source.target) & set(" \r\n\t#")
    assert "@" not in source.url.split("/")[2]


def test_the_allow_list_opens_names_and_addresses_in_a_url():
    allowed = ("127.0.0.1", "may-chu.local", "localhost")
    assert check_url("http://127.0.0.1:8000/a", allowed_hosts=allowed).host == "127.0.0.1"
    assert check_url("http://localhost:8000/a", allowed_hosts=allowed).host == "localhost"
    assert reason("http://127.0.0.2/", allowed_hosts=allowed) == "relay_private_address"
    assert check_url("http://10.0.0.1:8000/", allow_private=True).host == "10.0.0.1"
    assert reason("http://169.254.169.254/", allow_private=True) == "relay_private_address"


def test_faults_of_the_allow_list_are_named():
    assert allowed_hosts_faults(("10.0.0.0/8", "::1", "loa.example", "10.0.0.5/24")) == []
    assert allowed_hosts_faults(("http://loa", "10.0.0.0/99", "", "a b")) == ["http://loa", "10.0.0.0/99", "", "a b"]
