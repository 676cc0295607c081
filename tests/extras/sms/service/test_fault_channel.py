"""A fault of the station told by a short message."""

from dataclasses import replace

from scheduler.config.loading import FaultsConfig
from scheduler.extras.sms.keys import SmsConfig
from tests.services.station.test_fault_watch import told


def test_an_sms_goes_out_by_the_stations_gateway(station, clock, server):
    port, got = server
    sms = SmsConfig(url=f"http://127.0.0.1:{port}/cgi-bin/sendsms", allowed_hosts=("127.0.0.1",))
    config = replace(station.written, faults=FaultsConfig(sms=("0912345678",))).having(sms)
    told(station, clock, config)
    assert {one["to"] for one in got} == {"+84912345678"}
    assert "có lỗi từ" in got[-2]["text"]
    assert "hết lỗi lúc" in got[-1]["text"]
