"""The page of a dispatch that asks for short messages leads to their text."""

import re

from scheduler.extras.sms.service.texts import SmsService
from tests.services.dispatch.test_dispatch_answers import SAMPLE, STOP
from tests.web.dispatch.test_dispatch_answers import section


def test_a_duty_of_sms_leads_to_its_text(lans, send, taken):
    _, path = taken(SAMPLE.read_text(encoding="utf-8"))
    told = section(lans.get(f"{path}/so").text, "danh-muc")
    assert "Soạn tin nhắn" in told
    made = send(lans, re.search(r'action="(/tin-nhan/cong-van/\d+)"', told)[1])
    assert made.status_code == 303
    told = section(lans.get(f"{path}/so").text, "danh-muc")
    assert "Soạn tin nhắn" not in told
    assert 'href="/tin-nhan/' in told


def test_a_dispatch_that_asks_for_no_sms_asks_nothing_of_sms(station, lans, taken):
    _, path = taken(STOP)
    assert "Soạn tin nhắn" not in section(lans.get(f"{path}/so").text, "danh-muc")
    assert SmsService not in station.services._extras.made
