"""The log of acts keeps no number of a citizen whole."""

from scheduler.extras.sms.service.texts import SmsService


def test_a_telephone_number_keeps_its_last_digits_only(station, lan, rows):
    station.services.get(SmsService).opt_out(lan, "0912345678")
    assert "0912345678" not in str(rows())
    assert "2345678" not in str(rows())
    assert any("678" in str(row.after) for row in rows(subject="sms_opt_out"))
