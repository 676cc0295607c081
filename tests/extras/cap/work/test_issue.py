"""Alerts that this ward issues: valid by the schema's structure, stable names, references that lead back to the first."""

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from scheduler.extras.cap.intake.reading import read_cap
from scheduler.extras.cap.keys import CapAlertConfig
from scheduler.extras.cap.rules.alert import MsgType, Status
from scheduler.extras.cap.service.alerts import CapService
from scheduler.extras.cap.service.issue import Words
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.station import Station
from scheduler.station_words import break_in_with
from tests.extras.cap.work.alerts import INSIDE, sample

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "cap12.xsd"))
TEXT = "Hồ xả lũ lúc chín giờ & mười giờ. Bà con <ven sông> tránh xa bờ."


def valid(xml):
    SCHEMA.assertValid(etree.fromstring(xml.encode()))
    return read_cap(xml.encode()).alert


@pytest.fixture
def slot_id(station, minh):
    return break_in_with(station, minh, TEXT, title="Xả lũ")


def test_the_schema_takes_the_sample_and_no_broken_one():
    SCHEMA.assertValid(etree.fromstring(sample("flood-alert.xml")))
    broken = sample("flood-alert.xml").replace(b"<urgency>Immediate</urgency>", b"", 1)
    assert not SCHEMA.validate(etree.fromstring(broken))


def test_an_emergency_becomes_a_valid_alert(station, minh, slot_id):
    words = Words(event="Xả lũ", instruction="Tránh xa bờ sông.")
    one = station.services.get(CapService).issuing.issue(minh, slot_id, words)
    made = valid(one.xml)
    (info,) = made.infos
    assert (made.identifier, made.sender) == (f"phuong-mot@vidu.example-{slot_id}", "phuong-mot@vidu.example")
    assert (made.status, made.msg_type, info.language) == (Status.ACTUAL, MsgType.ALERT, "vi-VN")
    assert info.description == TEXT
    assert info.areas[0].circles[0].center == tuple(map(float, INSIDE.split(",")))
    assert info.areas[0].geocodes == (("DVHC", "00004"),)


def test_the_same_emergency_again_is_the_same_alert(station, minh, slot_id):
    first = station.services.get(CapService).issuing.issue(minh, slot_id, Words(event="Xả lũ"))
    assert station.services.get(CapService).issuing.issue(minh, slot_id, Words(event="Khác")) == first


def test_update_and_cancel_name_all_that_was_said_before(station, minh, slot_id, clock):
    issuing = station.services.get(CapService).issuing
    first = issuing.issue(minh, slot_id, Words(event="Xả lũ"))
    clock.advance(60)
    second = issuing.update(minh, first.id, Words(event="Xả lũ"), "Lượng xả giảm.")
    clock.advance(60)
    with pytest.raises(Refused, match="cap_not_current"):
        issuing.cancel(minh, first.id, "Hết")
    third = issuing.cancel(minh, second.id, "Hết xả lũ")
    told = [valid(one.xml) for one in (first, second, third)]
    assert [one.msg_type for one in told] == [MsgType.ALERT, MsgType.UPDATE, MsgType.CANCEL]
    keys = [(one.sender, one.identifier, one.sent) for one in told]
    assert [(one.sender, one.identifier, one.sent) for one in told[1].references] == keys[:1]
    assert [(one.sender, one.identifier, one.sent) for one in told[2].references] == keys[:2]
    assert len(set(keys)) == 3
    with pytest.raises(Refused, match="cap_not_current"):
        issuing.update(minh, third.id, Words(event="x"), "x")


def test_a_drill_is_an_exercise(station, cast, minh):
    words = station.speak_now(minh, "Diễn tập", "Đây là diễn tập.", limit=500)
    slot_id = station.services.emergency.drill(minh, cast.approved(), words)
    made = valid(station.services.get(CapService).issuing.issue(minh, slot_id, Words(event="Báo cháy")).xml)
    assert made.status is Status.EXERCISE
    assert "Diễn tập" in made.infos[0].description


def test_a_ward_that_is_told_by_its_border_issues_a_polygon(station, config, clock, minh, slot_id):
    border = "21.0,105.8 21.0,105.9 21.1,105.9 21.0,105.8"
    other = Station.open(config.having(replace(config.get(CapAlertConfig), place=border)), clock)
    try:
        made = valid(other.services.get(CapService).issuing.issue(minh, slot_id, Words(event="Xả lũ")).xml)
    finally:
        other.close()
    assert made.infos[0].areas[0].polygons[0].points[0] == (21.0, 105.8)


def test_only_a_leader_issues_and_only_what_was_ordered(station, lan, minh, slot_id):
    with pytest.raises(NotPermitted):
        station.services.get(CapService).issuing.issue(lan, slot_id, Words(event="Xả lũ"))
    with pytest.raises(Refused, match="cap_words"):
        station.services.get(CapService).issuing.issue(minh, slot_id, Words(event="Xả lũ", hours=0))

    def wrong():
        raise Refused("code_wrong")

    with pytest.raises(Refused, match="code_wrong"):
        station.services.get(CapService).issuing.issue(minh, slot_id, Words(event="Xả lũ"), prove=wrong)
    assert station.services.get(CapService).issuing.listed() == []


def test_without_a_name_of_its_own_the_ward_issues_nothing(config, clock, station, minh, slot_id):
    other = Station.open(config.having(replace(config.get(CapAlertConfig), sender="")), clock)
    try:
        with pytest.raises(Refused, match="cap_sender_missing"):
            other.services.get(CapService).issuing.issue(minh, slot_id, Words(event="Xả lũ"))
    finally:
        other.close()
