"""A vendor's box as the provincial JSON knows it (DOMAIN §3.2): keeps a schedule, plays what it fetched, tells logs.

It speaks over real MQTT with a persistent session. Run as a script it stands alone, for a demonstration:
`python tests/extras/boxes/work/vendor.py PORT ID`.
"""

import json
import sys
import urllib.request

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion


class VendorBox:
    """`state` is what it tells every time it is asked; any of its keys may be changed by a test."""

    def __init__(self, port, box_id):
        self.id, self.port = box_id, port
        self.orders, self.fetched, self.schedule = [], {}, []
        self.state = {
            "CumLoaID": box_id,
            "TenThietBi": "Loa 4G",
            "AmLuong": "80",
            "TrangThaiHoatDong": 2,
            "TrangThaiKetNoi": "4G,-71dbm",
            "ThongTinThietBi": {"CongSuat": "30", "NhietDo": "44.5", "DungLuongSuDung": "12%"},
            "PhienBanUngDung": "2.1",
        }
        self.client = None

    def start(self):
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"hang-{self.id}", clean_session=False)
        client.will_set(f"ttn/{self.id}/ket-noi", b"offline", qos=1, retain=True)
        client.on_connect = self._connected
        client.on_message = lambda _c, _u, message: self.take(json.loads(message.payload))
        self.client = client
        client.connect("127.0.0.1", self.port, 5)
        client.loop_start()
        return self

    def _connected(self, client, *_):
        client.subscribe(f"ttn/{self.id}/lenh", 1)
        client.publish(f"ttn/{self.id}/ket-noi", b"online", 1, retain=True)
        self.tell()

    def stop(self):
        self.client.disconnect()
        self.client.loop_stop()

    def tell(self):
        self.client.publish(f"ttn/{self.id}/trang-thai", json.dumps(self.state, ensure_ascii=False), 1, retain=True)

    def tell_raw(self, topic, payload):
        self.client.publish(f"ttn/{self.id}/{topic}", payload, 1)

    def take(self, told):
        self.orders.append(told)
        if control := told.get("DieuKhienThietBi"):
            if control["MaLenh"] == "0":
                self.state["AmLuong"] = control["ThamSo"]
        elif "DungPhatNoiDung" in told:
            self.state["TrangThaiHoatDong"] = 2
        elif bulletin := told.get("PhatKhanCap"):
            self.play(bulletin, bulletin.get("HetHan", 0) - 60)
        elif "DanhSachLichPhat" in told:
            self.schedule = told["DanhSachLichPhat"]
        self.tell()

    def play(self, bulletin, at):
        url = bulletin["NoiDung"]
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - the ward's own page
            self.fetched[url] = answer.read()
        self.state["TrangThaiHoatDong"], self.state["NoiDungPhat"] = 0, bulletin["TieuDe"]
        log = {key: bulletin[key] for key in ("BanTinID", "TieuDe", "LoaiBanTin", "MucDoUuTien", "ThoiLuong")}
        log |= {"CumLoaID": self.id, "ThoiDiemBatDau": at, "AmLuong": self.state["AmLuong"], "TiepAm": 0}
        self.client.publish(f"ttn/{self.id}/nhat-ky", json.dumps(log, ensure_ascii=False), 1)


if __name__ == "__main__":
    VendorBox(int(sys.argv[1]), sys.argv[2]).start().client.loop_forever()
