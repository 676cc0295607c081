"""Hostile words where people may write in Tin nhắn."""

from scheduler.extras.sms.service.texts import SmsService


def write(station, lan, evil, mark, zone="all"):
    station.services.get(SmsService).write(lan, evil[:100], "UBND phuong thong bao. " + mark)
