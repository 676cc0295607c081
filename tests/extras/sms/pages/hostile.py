"""Hostile words where people may write in Tin nhắn."""


def write(station, lan, evil, mark, zone="all"):
    station.services.sms.write(lan, evil[:100], "UBND phuong thong bao. " + mark)
