"""How quickly the link to the province works, against a real server on the loopback.

An emergency from the server's list to its slot; a poll that brings a thousand bulletins, and one that brings them
again; a queue of `logs` (default 1,500: thirty days of fifty airings) emptied without its pace.

.venv/bin/python bench/province.py [logs]
"""

# ruff: noqa: SLF001, S101, S106 - parts of the loop are measured alone; the password is of a server made here
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from scheduler.extras.province.service.bulletins import ProvinceService

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from table import Figure, show

from scheduler.config.loading import Config, SpeechConfig, StationConfig
from scheduler.extras.province.keys import ProvinceConfig
from scheduler.extras.province.work.link import ProvinceLink
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests.extras.province.work.server import PASSWORD, USERNAME, Province, running


def told(number, clock, **changes):
    plain = {
        "BanTinID": str(number),
        "MucDoUuTien": "3",
        "TieuDe": f"Bản tin {number}",
        "NoiDung": f"Nội dung của bản tin số {number}, kính mời bà con lắng nghe.",
        "NguonID": "H24",
        "TenNguon": "Tỉnh",
        "ThoiGianSanXuat": int(clock.now().timestamp()),
    }
    return plain | changes


def seconds(work):
    began = perf_counter()
    work()
    return perf_counter() - began


def main(logs):
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as name, running(Province()) as province:
        folder = Path(name)
        (folder / "secret").write_text(PASSWORD, encoding="utf-8")
        (folder / "secret").chmod(0o600)
        linked = ProvinceConfig(
            url=province.url, username=USERNAME, password_file="secret", emergency="air", trusted_issuers=("H24",)
        )
        config = Config(folder=folder, station=StationConfig(data="data"), speech=SpeechConfig(engines=("espeak",)))
        station = Station.open(config.having(linked), clock)
        station.prepare()
        link = ProvinceLink(station)
        link._poll()
        figures = []
        province.bulletins = [told("khẩn", clock, MucDoUuTien="1")]
        link._polling.due = float("-inf")
        figures.append(Figure("emergency: list to slot, spoken", seconds(link.step), "s", 5.0))
        province.bulletins = [told(number, clock) for number in range(1000)]
        figures.append(Figure("1,000 new bulletins", seconds(lambda: [None for _ in iter(link._poll, False)]), "s"))
        figures.append(Figure("the same poll again", seconds(link._poll), "s", 1.0))
        link._tend()
        figures.append(Figure("one look after 1,000 waiting", seconds(link._tend), "s", 1.0))
        body = {"CumLoaID": "1", "BanTinID": "1", "MucDoUuTien": "3", "TieuDe": "t", "ThoiLuong": "00:01:00"}
        rows = station.services.get(ProvinceService).link.rows
        rows.begin()
        queued = [(n, f"k{n}", body | {"NhatKyID": f"k{n}", "ThoiDiemBatDau": 1, "TiepAm": 0}) for n in range(logs)]
        rows.queue_logs(queued, 0, clock.now())
        took = seconds(lambda: [link._send() for _ in range(logs)])
        figures.append(Figure(f"logs a second, {logs} queued", logs / took, "logs", 10.0, more_is_better=True))
        assert [log["NhatKyID"] for log in province.logs] == [f"k{n}" for n in range(logs)]
        station.close()
    show("The link to the province", figures)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1500)
