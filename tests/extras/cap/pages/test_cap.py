"""Cảnh báo and Quy tắc cảnh báo: what comes in and why it waits, who may decide, what is public."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from scheduler.extras.cap.keys import CapAlertConfig
from scheduler.extras.cap.service.alerts import CapService
from scheduler.extras.cap.work import take_in
from scheduler.extras.inbox.rules import Way
from scheduler.extras.public.keys import PublicConfig
from scheduler.station_words import break_in_with
from tests.extras.cap.work.alerts import SENDER, alert, certificate_of, info, key_of, sample
from tests.extras.cap.work.test_trust import RULE
from tests.web.conftest import PASSWORDS
from web import create_app


@pytest.fixture
def config(config):
    told = CapAlertConfig(sender="phuong-mot@vidu.example", place="21.03,105.85", geocodes=("00004",))
    return config.having(told)


@pytest.fixture
def held(station, lan, minh):
    """One sender believed without a signature, one approved rule."""
    trust = station.services.get(CapService).trust
    trust.trust(minh, SENDER, "Đài mẫu", unsigned=True)
    trust.approve_rule(minh, trust.add_rule(lan, replace(RULE, events=())).rule.id)
    return station


def opened(station):
    """The same with its public page open."""
    written = station.written.having(PublicConfig(on=True))
    told = replace(station, written=written, repos=replace(station.repos, written=written))
    return replace(told, services=type(station.services).of(told.repos))


def emergencies(station):
    return station.repos.store.rows("SELECT * FROM slot WHERE trigger = 'emergency'")


def test_a_pasted_alert_that_the_rule_takes_is_aired(lans, send, held):
    answer = send(lans, "/canh-bao/doc", text=sample("flood-alert.xml").decode())
    assert answer.status_code == 303
    page = lans.get("/canh-bao?xong=nhan-canh-bao").text
    assert "Lũ quét đang lên nhanh" in page
    assert "Đã giao phát" in page
    assert len(emergencies(held)) == 1


def test_an_uploaded_file_is_read_and_a_bad_one_is_told_why(lans, send, held):
    good = (io.BytesIO(alert(sender="la@vidu.example")), "a.xml")
    assert send(lans, "/canh-bao/doc", file=good).status_code == 303
    assert "Phường chưa tin nguồn" in lans.get("/canh-bao").text
    bad = send(lans, "/canh-bao/doc", text="<alert/>")
    assert bad.status_code == 422
    assert "không phải cảnh báo CAP 1.2" in bad.text
    assert emergencies(held) == []


def test_hostile_words_of_an_alert_are_shown_as_words(lans, held):
    row, _ = take_in(
        held,
        held.repos.people.by_login("lan"),
        alert(info(headline="&lt;script&gt;x&lt;/script&gt;"), sender="la@vidu.example", note="&lt;img src=x&gt;"),
    )
    page = lans.get("/canh-bao").text
    assert "&lt;script&gt;x" in page
    assert "<script>x" not in page
    assert "<img src=x" not in page
    file = lans.get(f"/canh-bao/{row.id}.xml")
    assert file.mimetype == "text/plain"
    assert "attachment" in file.headers["Content-Disposition"]


def test_a_leader_airs_what_waits_with_a_code_and_an_editor_does_not(lans, minhs, send, held, lan):
    row, _ = take_in(held, lan, alert(sender="la@vidu.example"))
    assert send(lans, f"/canh-bao/{row.id}/phat-ngay").status_code == 403
    wrong = send(minhs, f"/canh-bao/{row.id}/phat-ngay", code="sai")
    assert wrong.status_code == 422
    assert emergencies(held) == []
    assert send(minhs, f"/canh-bao/{row.id}/phat-ngay", code=PASSWORDS["minh"]).status_code == 303
    assert len(emergencies(held)) == 1


def test_a_rule_is_written_by_one_and_approved_by_another_with_a_code(lans, minhs, send, station):
    told = {"title": "Bão lũ", "way": "air", "events": "bão, lũ", "severity": "Severe", "urgency": "Expected"}
    assert send(lans, "/canh-bao/quy-tac/them", certainty="Likely", **told).status_code == 303
    (rule,) = station.services.get(CapService).trust.rules()
    assert (rule.rule.way, rule.rule.events, rule.rule.approved) == (Way.AIR, ("bão", "lũ"), False)
    assert send(lans, f"/canh-bao/quy-tac/{rule.rule.id}/duyet", code="x").status_code == 403
    refused = send(minhs, f"/canh-bao/quy-tac/{rule.rule.id}/duyet", code="sai")
    assert refused.status_code == 422
    assert not station.services.get(CapService).trust.rules()[0].rule.approved
    assert send(minhs, f"/canh-bao/quy-tac/{rule.rule.id}/duyet", code=PASSWORDS["minh"]).status_code == 303
    page = lans.get("/canh-bao/quy-tac").text
    assert "Đang có hiệu lực" in page
    assert "duyệt: Minh" in page
    assert send(lans, f"/canh-bao/quy-tac/{rule.rule.id}/bo").status_code == 403
    assert send(minhs, f"/canh-bao/quy-tac/{rule.rule.id}/bo").status_code == 303
    assert station.services.get(CapService).trust.rules() == []


def test_a_sender_is_believed_with_a_code_and_shown_with_its_certificate(minhs, send, station):
    told = {"sender": SENDER, "name": "Đài mẫu", "certificates": certificate_of(key_of())}
    assert send(minhs, "/canh-bao/quy-tac/nguon", **told).status_code == 422
    assert station.services.get(CapService).trust.senders() == []
    assert send(minhs, "/canh-bao/quy-tac/nguon", code=PASSWORDS["minh"], **told).status_code == 303
    page = minhs.get("/canh-bao/quy-tac").text
    assert re.search(r"Chứng thư đã ghim: <code class=\"num\">[0-9a-f]{64}", page)
    assert "Chỉ tin khi có chữ ký đúng" in page
    assert send(minhs, "/canh-bao/quy-tac/nguon/bo", sender=SENDER).status_code == 303
    assert "Chưa tin nguồn nào" in minhs.get("/canh-bao/quy-tac").text


def test_a_rule_with_odd_levels_is_refused_not_broken(lans, send, station):
    told = {"title": "x", "way": "boom", "severity": "Severe", "urgency": "Expected", "certainty": "Likely"}
    assert send(lans, "/canh-bao/quy-tac/them", **told).status_code == 422
    assert station.services.get(CapService).trust.rules() == []


def test_an_issued_alert_is_public_only_while_the_public_page_is_open(app, minhs, send, station, minh):
    slot_id = break_in_with(station, minh, "Xả lũ lúc chín giờ. Bà con tránh xa bờ sông.", title="Xả lũ")
    told = {"slot_id": slot_id, "event": "Xả lũ", "severity": "Severe", "urgency": "Immediate", "certainty": "Likely"}
    assert "Xả lũ" in minhs.get("/canh-bao").text
    assert send(minhs, "/canh-bao/phat-hanh", code="sai", **told).status_code == 422
    assert send(minhs, "/canh-bao/phat-hanh", code=PASSWORDS["minh"], **told).status_code == 303
    (one,) = station.services.get(CapService).issuing.listed()
    stranger = app.test_client()
    public = create_app(opened(station)).test_client()
    assert stranger.get(f"/cap/{one.id}.xml").status_code == 404
    assert stranger.get("/cap/danh-sach.txt").status_code == 404
    assert minhs.get(f"/canh-bao/phat-hanh/{one.id}.xml").status_code == 200
    file = public.get(f"/cap/{one.id}.xml")
    assert file.mimetype == "application/cap+xml"
    assert etree.fromstring(file.data).findtext("{*}sender") == "phuong-mot@vidu.example"
    assert f"/cap/{one.id}.xml" in public.get("/cap/danh-sach.txt").text
    assert public.get("/cap/999.xml").status_code == 404
    page = f"/canh-bao/phat-hanh/{one.id}"
    assert send(minhs, f"{page}/thay", code=PASSWORDS["minh"], text="Đã ngừng xả.", **told).status_code == 303
    last = station.services.get(CapService).issuing.listed()[0]
    assert send(minhs, f"{page}/huy", code=PASSWORDS["minh"], reason="Hết").status_code == 422
    assert send(minhs, f"/canh-bao/phat-hanh/{last.id}/huy", code=PASSWORDS["minh"], reason="Hết").status_code == 303


def test_the_tab_is_there_with_what_waits(lans, held, lan):
    take_in(held, lan, alert(sender="la@vidu.example"))
    menu = re.sub(r"<[^>]+>|\s+", " ", lans.get("/lich").text)
    assert re.search(r"Cảnh báo +1 ", menu)


def test_a_guest_reads_and_decides_nothing(client_of, guest, held, lan):
    take_in(held, lan, alert(sender="la@vidu.example"))
    page = client_of(guest).get("/canh-bao").text
    assert "Lũ quét đang lên nhanh" in page
    for button in ("Phát khẩn ngay", "Đưa vào buổi tới", "Bỏ qua cảnh báo này", "Đọc cảnh báo"):
        assert button not in page


def test_the_dates_of_a_pinned_certificate_are_shown_and_one_that_is_over_says_so(
    lans, lan, client_of, station, minh, clock
):
    pem = certificate_of(key_of("ed25519"), ends=clock.now() + timedelta(days=1))
    station.services.get(CapService).trust.trust(minh, SENDER, "Đài mẫu", certificates=pem)
    page = lans.get("/canh-bao/quy-tac").text
    assert "03/12/2026" in page
    assert "Nay không có giá trị" not in page
    clock.advance(2 * 86_400)
    assert "Nay không có giá trị" in client_of(lan).get("/canh-bao/quy-tac").text
