"""Xác nhận: the approval of a short message asks for the number of who has an authenticator application."""

from dataclasses import replace

import pytest

from scheduler.extras.sms.rules.texts import sms_sha256
from tests.extras.sms.work.conftest import SmsCast
from tests.web.proving import FIELD, goes_through_with_the_number_only


@pytest.fixture
def config(config):
    return replace(config, web=replace(config.web, totp_for=("approve", "break_in", "configure")))


@pytest.fixture
def waits(station, lan, minh):
    told = SmsCast(station, lan, minh)
    sms_id = told.services.write(lan, "Tiêm phòng", "Moi ba con tiem phong sang thu bay")
    told.services.submit(lan, sms_id)
    fields = {"sha256": sms_sha256(told.services.texts.get(sms_id).body)}
    return f"/tin-nhan/{sms_id}", f"/tin-nhan/{sms_id}/duyet", fields, "SELECT state FROM sms", "submitted"


def test_no_approval_goes_through_without_the_number_of_the_application(number, waits, minhs, send, station):
    goes_through_with_the_number_only(number, waits, minhs, send, station)


def test_who_has_no_application_is_asked_for_no_number(waits, minhs):
    assert FIELD not in minhs.get(waits[0]).text
