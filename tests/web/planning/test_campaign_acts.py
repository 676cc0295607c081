"""Đợt phát in the page: phases, rotation, the impact, pause, resume, stop, replacement and the ward's order."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from scheduler.core.model import Boost, BoostKind, CampaignState, Phase
from scheduler.core.planning.rules import parse_window
from tests.conftest import DAY
from tests.rows import over
from tests.web.planning.test_campaigns import campaigns, form

__all__ = ["form"]

LONG = {
    "windows": (parse_window("06:00-10:00"), parse_window("14:00-18:00")),
    "base": 4,
    "end": DAY + timedelta(days=20),
}
CROWDED = {"windows": (parse_window("06:00-06:10"),), "base": 3, "min_gap": timedelta(minutes=2)}


def section(page: str, name: str) -> str:
    found = re.search(rf'<section[^>]* id="{name}">(.*?)</section>', page, re.DOTALL)
    assert found, name
    return found[1]


def starts(station, campaign_id):
    return [slot.start for slot in station.repos.slots.of_day(DAY) if slot.campaign_id == campaign_id]


class Fields(HTMLParser):
    """The form of a page as a browser without scripts would send it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._inside, self._select, self._chosen = False, "", ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("id") == "mau-dot"
        elif self._inside and tag == "input" and given.get("name") not in {None, "csrf", "act"}:
            if given.get("type") != "checkbox" or "checked" in given:
                self.sent.setdefault(given["name"], []).append(given.get("value") or "")
        elif self._inside and tag == "select":
            self._select, self._chosen = given["name"], ""
            self._first = True
        elif self._select and tag == "option" and (self._first or "selected" in given):
            self._chosen, self._first = given["value"], False

    def handle_endtag(self, tag):
        if tag == "select" and self._select:
            self.sent.setdefault(self._select, []).append(self._chosen)
            self._select = ""
        elif tag == "form":
            self._inside = False


def drawn(page: str) -> dict[str, list[str]]:
    reader = Fields()
    reader.feed(page)
    return reader.sent


def test_every_boost_is_offered_in_plain_words(lans, cast):
    cast.approved()
    page = lans.get("/dot/moi").text
    for words in ("×2, ×3", "Đủ … lượt mỗi ngày", "Đủ … phút mỗi ngày", "Chiếm … % buổi phát", "Cứ … phút một lượt"):
        assert words in page


def test_phases_and_further_announcements_are_kept(station, lans, send, form, cast):
    also = cast.approved(title="Bản tin hai", pitch=300.0)
    answer = send(
        lans,
        "/dot",
        **form(
            phase_start=["02/12/2026", "05/12/2026", ""],
            phase_end=["04/12/2026", "", ""],
            phase_base=["2", "", ""],
            phase_boost_kind=["factor", "share", "none"],
            phase_boost_value=["3", "30", ""],
            phase_windows=["06:00-07:00, 17h-18h", "", ""],
            rotation=[str(also), ""],
            boost_kind="minutes",
            boost_value="12,5",
            topic="Phòng dịch",
            field="4",
        ),
    )
    assert answer.status_code == 303, answer.text
    [kept] = campaigns(station)
    assert kept.phases == (
        Phase(DAY, DAY + timedelta(days=2), 2, Boost(BoostKind.FACTOR, 3), kept.phases[0].windows),
        Phase(DAY + timedelta(days=3), None, 0, Boost(BoostKind.SHARE, 0.3)),
    )
    assert [str(window) for window in kept.phases[0].windows] == ["06:00-07:00", "17:00-18:00"]
    assert (kept.rotation, kept.topic, kept.field, kept.boost) == (
        (also,), "Phòng dịch", 4, Boost(BoostKind.MINUTES, 12.5),
    )  # fmt: skip


def test_a_page_that_is_sent_back_as_it_was_drawn_changes_nothing(station, lans, send, form, cast):
    also = cast.approved(title="Bản tin hai", pitch=300.0)
    phases = {
        "phase_start": ["02/12/2026"],
        "phase_base": ["3"],
        "phase_boost_kind": ["share"],
        "phase_boost_value": ["12,5"],
    }
    path = send(lans, "/dot", **form(rotation=[str(also)], topic="Dịch", **phases)).location.partition("?")[0]
    before = campaigns(station)
    fields = drawn(lans.get(path).text)
    assert fields["phase_start"] == ["02/12/2026", ""], "a blank row waits for one more phase, also without scripts"
    assert send(lans, path, **fields).status_code == 303
    assert campaigns(station) == before


def test_an_emptied_row_takes_its_phase_away(station, lans, send, form):
    path = send(lans, "/dot", **form(phase_start=["02/12/2026"], phase_base=["3"])).location.partition("?")[0]
    assert campaigns(station)[0].phases
    send(lans, path, **form(phase_start=[""], phase_base=[""]))
    assert campaigns(station)[0].phases == ()


@over(
    "field, changed, words",
    [
        ("phase-1", {"phase_start": ["32/12/2026"], "phase_base": ["1"]}, "không có thật"),
        ("phase-1", {"phase_start": ["02/12/2026"], "phase_base": ["hai"]}, "không phải là số"),
        ("phase-1", {"phase_start": ["02/12/2026"], "phase_windows": ["sáng"]}, "sáng"),
        ("phase-1", {"phase_start": ["01/01/2027"], "phase_base": ["1"]}, "ngoài thời gian của đợt"),
        ("phase-1", {"phase_start": ["05/12/2026"], "phase_end": ["04/12/2026"]}, "trước ngày bắt đầu"),
        ("phase-1", {"phase_start": ["05/12/2026"], "phase_windows": ["22:00-23:00"]}, "giờ yên tĩnh"),
        (
            "phase-2",
            {
                "phase_start": ["02/12/2026", "05/12/2026"],
                "phase_boost_kind": ["none", "share"],
                "phase_boost_value": ["", "130"],
                "phase_base": ["1", ""],
            },
            "không hợp lệ",
        ),
        ("phases", {"phase_start": ["02/12/2026", "02/12/2026"], "phase_base": ["1", "2"]}, "trùng ngày"),
        ("zone", {"zone": "to-99"}, "to-99"),
        ("field", {"field": "9"}, "từ 1 đến 6"),
        ("field", {"field": ""}, "không phải là số"),
        ("rotation", {"rotation": ["99"]}, "Không tìm thấy"),
        ("topic", {"topic": "x" * 81}, "80"),
    ],
)
def test_each_fault_of_the_new_fields_stands_beside_its_field(station, lans, send, form, field, changed, words):
    answer = send(lans, "/dot", **form(**changed))
    assert answer.status_code == 422
    told = re.search(rf'id="{field}-faults">(.*?)</ul>', answer.text, re.DOTALL)
    assert told, answer.text
    assert words in told[1]
    assert campaigns(station) == []


def test_the_impact_stands_on_the_page_before_anything_is_kept(station, lans, send, form, cast):
    cast.running(cast.approved(60, pitch=300.0), title="Rác thải", windows=(parse_window("06:00-07:00"),), base=6)
    page = send(lans, "/dot/xem", **form(priority="2", base="10", boost_kind="none")).text
    told = section(page, "tac-dong")
    assert "Ngày 02/12: trước 0 lượt, 0 phút, sau 10 lượt" in told
    assert '<td data-l="Số lượt">0 → 10</td>' in told
    assert 2 * told.count("<svg") == told.count('<td data-l="Ngày"><b>')
    assert re.search(r'data-l="Số lượt">10 lượt</td><td data-l="Giờ" class="wrap">06:\d\d · 06:\d\d', told)
    assert "Rác thải" in told
    assert "dời giờ" in told
    assert len(campaigns(station)) == 1


def test_an_order_that_cannot_be_met_says_so_with_the_most_and_the_reason(lans, send, form):
    told = section(
        send(lans, "/dot/xem", **form(window=["06:00-06:20"], base="20", boost_kind="none")).text, "tac-dong"
    )
    assert "không đạt yêu cầu" in told
    assert re.search(r"Nhiều nhất \d lượt", told)
    assert "Không còn chỗ" in told


def test_what_can_be_met_says_so(lans, send, form):
    assert "Đủ số lượt trong mọi ngày đã xem" in section(send(lans, "/dot/xem", **form()).text, "tac-dong")


def test_a_campaign_that_pauses_now_is_nowhere_said_to_run(station, lans, cast):
    said = cast.approved()
    campaign_id = cast.running(said, end=DAY + timedelta(days=9))
    pages = ("/dot", f"/dot/{campaign_id}", f"/ban-tin/{said}")
    assert all("Đang chạy</span>" in lans.get(path).text for path in pages)
    station.services.campaigns.pause(cast.lan, campaign_id)
    for path in pages:
        page = lans.get(path).text
        assert "Đang tạm dừng</span>" in page, path
        assert "Đang chạy</span>" not in page, path
    assert "0 đợt đang chạy" in lans.get("/dot").text
    station.services.campaigns.resume(cast.lan, campaign_id)
    assert all("Đang chạy</span>" in lans.get(path).text for path in pages)


def test_pause_resume_and_stop_from_an_instant(station, lans, send, cast):
    campaign_id = cast.running(cast.approved(), **LONG)
    path = f"/dot/{campaign_id}"
    assert send(lans, f"{path}/tam-dung", at="14:00", until="").status_code == 303
    assert len(starts(station, campaign_id)) == 2
    assert "đang tạm dừng" not in lans.get("/dot").text, "not yet"
    assert "Tạm dừng từ 14:00 02/12/2026 cho đến khi phát tiếp." in section(lans.get(path).text, "dieu-khien")
    assert send(lans, f"{path}/phat-tiep", at="").status_code == 303
    assert len(starts(station, campaign_id)) == 4
    assert send(lans, f"{path}/dung", at="12:00 02/12/2026").location.endswith("xong=hen-dung-dot")
    assert len(starts(station, campaign_id)) == 2
    assert "Dừng từ 12:00 02/12/2026." in lans.get(path).text
    assert campaigns(station)[0].state is CampaignState.ACTIVE


@pytest.mark.parametrize(
    ("act", "fields", "words"),
    [
        ("tam-dung", {"at": "mai"}, "Không đọc được thời điểm"),
        ("tam-dung", {"at": "04:00"}, "đã qua"),
        ("tam-dung", {"at": "14:00", "until": "13:00"}, "phải sau"),
        ("phat-tiep", {"at": ""}, "không tạm dừng"),
        ("dung", {"at": "31/02/2026"}, "31/02/2026"),
        ("thay", {"old": "", "at": ""}, "không phải là số"),
    ],
)
def test_an_act_that_is_refused_is_told_on_the_page_and_changes_nothing(station, lans, send, cast, act, fields, words):
    campaign_id = cast.running(cast.approved(), **LONG)
    before = campaigns(station)
    answer = send(lans, f"/dot/{campaign_id}/{act}", **fields)
    assert answer.status_code == 422
    assert words in re.search(r'<div class="note err" role="alert">(.*?)</div>', answer.text)[1]
    assert campaigns(station) == before


def test_a_campaign_takes_the_place_of_another(station, lans, send, cast):
    old = cast.running(cast.approved(), **LONG)
    new = station.services.campaigns.save(
        cast.lan, cast.campaign(cast.approved(title="Mới", pitch=300.0), title="Đợt mới", **LONG)
    )
    assert send(lans, f"/dot/{new}/thay", old=str(old), at="12:00").status_code == 303
    assert (len(starts(station, old)), len(starts(station, new))) == (2, 2)
    assert f'href="/dot/{old}"' in section(lans.get(f"/dot/{new}").text, "dieu-khien")


def test_a_collision_is_shown_and_the_order_typed_is_the_order_kept(station, lans, send, cast):
    first, second = (
        cast.running(cast.approved(60, title=name, pitch=pitch), title=f"Đợt {name}", **CROWDED)
        for name, pitch in (("a", 300.0), ("b", 400.0))
    )
    for page in (lans.get("/dot").text, lans.get(f"/dot/{first}").text):
        told = section(page, "trung-gio-1")
        assert "Đợt a" in told
        assert "Đợt b" in told
    answer = send(lans, "/dot/thu-tu", back=str(first), **{f"place-{first}": "2", f"place-{second}": "1"})
    assert answer.location == f"/dot/{first}?xong=thu-tu-dot"
    assert len(starts(station, second)) == 3
    assert "Phường đã xếp thứ tự" in lans.get("/dot").text


def test_an_order_without_numbers_is_refused_on_a_page(station, lans, send, cast):
    campaign_id = cast.running(cast.approved(), **LONG)
    answer = send(lans, "/dot/thu-tu", back=str(campaign_id), **{f"place-{campaign_id}": "1"})
    assert answer.status_code == 422
    assert "ít nhất hai đợt" in answer.text
    assert send(lans, "/dot/thu-tu").status_code == 404


def test_the_zone_can_be_chosen_where_there_are_zones(lans, cast, station):
    cast.approved()
    assert 'type="hidden" name="zone" value="all"' in lans.get("/dot/moi").text


def test_a_campaign_of_several_clips_names_them_all(lans, send, form, cast):
    also = cast.submitted(title="Chưa duyệt", pitch=300.0)
    kept = send(lans, "/dot", **form(rotation=[str(also)], then="start"))
    page = lans.get(kept.location).text
    assert f'thay phiên với <a href="/ban-tin/{also}">Chưa duyệt</a>' in page
    assert "Mới duyệt một phần các bản tin thay phiên (1 trên 2)" in page
    assert "chưa được duyệt" not in lans.get("/dot").text, "one clip that may air is enough"
