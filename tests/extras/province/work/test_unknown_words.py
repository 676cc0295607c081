"""A bulletin of the province with a word nobody can read: its issuer is not asked, a leader is, and no rule lets it pass."""

import pytest

from scheduler.core.model import AnnouncementState
from scheduler.extras.inbox.work import air_by_order
from scheduler.extras.province.service.bulletins import ProvinceService
from tests.extras.province.work.test_inbox import row_of, speak_all

STRANGE = "Sáng thứ bảy, trạm y tế phường tiêm Abrysvo cho người già."


@pytest.fixture
def priority(bulletin):
    return bulletin(MucDoUuTien="2", NoiDung=STRANGE)


def test_a_leader_who_has_heard_it_airs_it_now_and_confirms_its_words_by_that(
    station, link, province, priority, turn, minh
):
    province.bulletins = [priority]
    turn(link)
    speak_all(station)
    turn(link)
    row = row_of(station)
    sound = station.services.get(ProvinceService).inbox.sound(row)
    assert air_by_order(station, station.services.get(ProvinceService).inbox, minh, row.id, sound.sha256, heard=True)
    seen = station.repos.programme.announcement(row_of(station).announcement_id)
    assert seen.state is AnnouncementState.APPROVED
    (kept,) = station.services.scripts.unknown(seen).confirmed
    assert (kept.word, kept.person_id) == ("Abrysvo", minh.id)
