"""A station linked to a provincial system of its own on the loopback, on a clock that is stepped by hand."""

import io
import wave
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from scheduler.extras.province.keys import ProvinceConfig
from scheduler.extras.province.work.link import ProvinceLink
from scheduler.station import Station
from tests.extras.province.work.server import PASSWORD, USERNAME, Province, running

ISSUER = "H24"


def linked(station):
    """The link of a station; sounds are fetched in the turn itself, so that a test need not wait for a thread."""
    return ProvinceLink(station, aside=lambda work: work())


@pytest.fixture
def province(clock):
    with running(Province(now=clock.now())) as made:
        yield made


@pytest.fixture
def password_file(tmp_path):
    path = tmp_path / "mat-khau-tinh"
    path.write_text(PASSWORD + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def config(config, province, password_file):
    """No trust: every bulletin waits for a person."""
    told = ProvinceConfig(
        url=province.url,
        username=USERNAME,
        password_file=password_file.name,
        source_id="W1",
        source_name="Phường Một",
        clusters=("wav=860000000000001",),
        timeout_seconds=60.0,
        logs_a_minute=600,
    )
    return config.having(told)


@pytest.fixture
def trusting(config, clock):
    """Another station of the same house that lets a trusted issuer air."""
    opened = []

    def make(**changes):
        told = {"emergency": "air", "priority": "next_session", "trusted_issuers": (ISSUER,)} | changes
        opened.append(Station.open(config.having(replace(config.get(ProvinceConfig), **told)), clock))
        opened[-1].prepare()
        return opened[-1]

    yield make
    for station in opened:
        station.close()


@pytest.fixture
def link(station):
    return linked(station)


@pytest.fixture
def bulletin(clock):
    """A bulletin as the province writes it; any key changed, None = left out."""

    def make(**changes):
        plain = {
            "BanTinID": "BT-1",
            "LoaiBanTin": 1,
            "MucDoUuTien": "3",
            "TieuDe": "Tiêm chủng mở rộng",
            "LoaiLinhVuc": "5",
            "NoiDungTomTat": "Tiêm chủng tại trạm y tế.",
            "NoiDung": "Sáng thứ bảy, trạm y tế phường tiêm chủng mở rộng cho trẻ em.",
            "ThoiLuong": "00:01:00",
            "ThoiGianSanXuat": int((clock.now() - timedelta(minutes=2)).timestamp()),
            "TacGia": {"TenDayDu": "Trần Văn Bình"},
            "NguonTin": "Sở Y tế",
            "NguonID": ISSUER,
            "TenNguon": "Tỉnh",
        } | changes
        return {key: value for key, value in plain.items() if value is not None}

    return make


@pytest.fixture
def turn(clock):
    """Let a link take some turns, a second apart."""

    def step(link, times=3, seconds=1.0):
        for _ in range(times):
            link.step()
            clock.advance(seconds)

    return step


def wav(seconds=2.0, pitch=440.0):
    """A tone as a WAV file."""
    times = np.arange(round(seconds * 16_000)) / 16_000
    pcm = (np.sin(2 * np.pi * pitch * times) * 9000).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
        out.writeframes(pcm.tobytes())
    return file.getvalue()
