"""Tin nhắn: both versions with their cost, approval of the words on the page, files, lists, sendings and their progress."""

import csv
import io
import re
from dataclasses import replace

import pytest

from scheduler.extras.sms.keys import SmsConfig
from scheduler.extras.sms.rules.approval import RecipientState
from scheduler.extras.sms.rules.texts import sms_sha256
from scheduler.extras.sms.service.sendings import SmsSendings
from scheduler.extras.sms.service.texts import SmsService
from tests.extras.sms.work.conftest import NUMBERS, SmsCast
from web.sections import owner

TEXT = "Mời bà con tiêm phòng lúc 7h30"
EVIL = '"><script>alert(1)</script>'
URL = "https://gateway.example/cgi-bin/sendsms"


@pytest.fixture
def config(config):
    return config.having(SmsConfig(url=URL))


@pytest.fixture
def sms(station, lan, minh):
    return SmsCast(station, lan, minh)


@pytest.fixture
def written(lans, send, station):
    def write(client=None, **changes):
        answer = send(client or lans, "/tin-nhan", **({"title": "Tiêm phòng", "text": TEXT, "plain": "no"} | changes))
        assert answer.status_code == 303, answer.text
        return station.services.get(SmsService).texts.listed()[0].id

    return write


def opened(answer):
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def test_no_sms_yet_is_said(lans):
    assert "Chưa có tin nhắn nào." in lans.get("/tin-nhan").text


def test_an_sms_is_kept_as_typed_and_shown_in_both_versions_with_their_parts(written, lans):
    sms_id = written(text=TEXT + "\r\nGọi 115")
    page = lans.get(f"/tin-nhan/{sms_id}").text
    assert TEXT + "\nGọi 115" in page
    assert "Moi ba con tiem phong luc 7h30\nGoi 115" in page
    assert re.search(r"Như đã viết: <span[^>]*>1 phần", page)
    assert "38 ký tự, bảng chữ có dấu (UCS-2)" in page
    assert "38 ký tự, bảng chữ không dấu (GSM-7)" in page
    assert "ờ ê ú ọ" in page
    assert "Tiêm phòng" in lans.get("/tin-nhan").text


def test_the_count_follows_what_is_typed_and_keeps_nothing(lans, station):
    piece = lans.post("/tin-nhan/dem", data={"text": "ế" * 71}).text
    assert "2 phần" in piece
    assert "1 phần" in piece
    assert "<html" not in piece
    assert "chưa có chữ nào" in lans.post("/tin-nhan/dem", data={"text": ""}).text
    assert station.services.get(SmsService).texts.listed() == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"title": " "}, "Hãy đặt tên"),
        ({"text": " "}, "Hãy viết nội dung tin nhắn."),
        ({"text": "😀" * 500}, "dài 16 phần, tối đa 6"),
        ({"text": "=1+1"}, "không được bắt đầu bằng “=”"),
    ],
)
def test_a_form_with_a_fault_comes_back_with_what_was_typed(lans, send, station, fields, told):
    answer = send(lans, "/tin-nhan", **({"title": "Tên riêng", "text": "Lời riêng", "plain": "yes"} | fields))
    assert answer.status_code == 422
    assert told in answer.text
    assert re.search(r'value="yes" checked', answer.text)
    assert "Lời riêng" in answer.text or "text" in fields
    assert station.services.get(SmsService).texts.listed() == []


def test_what_somebody_else_saved_meanwhile_is_shown_and_nothing_is_lost(written, lans, minhs, send, station):
    sms_id = written()
    fields = {"title": "Tiêm phòng", "plain": "no", "version": "1"}
    send(minhs, f"/tin-nhan/{sms_id}/sua", text="Lời của Minh", **fields)
    answer = send(lans, f"/tin-nhan/{sms_id}/sua", text="Lời của Lan", **fields)
    assert answer.status_code == 422
    assert "Lời của Minh" in answer.text
    assert "Lời của Lan" in answer.text
    assert station.services.get(SmsService).texts.get(sms_id).text == "Lời của Minh"


def test_a_leader_approves_exactly_the_words_on_their_page(written, lans, minhs, send, station):
    sms_id = written(plain="yes")
    assert send(lans, f"/tin-nhan/{sms_id}/trinh-duyet").location.endswith("?xong=trinh")
    assert "Duyệt đúng lời này" not in lans.get(f"/tin-nhan/{sms_id}").text
    page = minhs.get(f"/tin-nhan/{sms_id}").text
    assert "1 tin nhắn chờ duyệt." in minhs.get("/duyet").text
    sha256 = re.search(r'name="sha256" value="([0-9a-f]{64})"', page)[1]
    assert sha256 == sms_sha256("Moi ba con tiem phong luc 7h30")
    refused = send(minhs, f"/tin-nhan/{sms_id}/duyet", sha256="0" * 64)
    assert refused.status_code == 422
    assert "hãy đọc lại lời mới rồi duyệt" in refused.text
    send(minhs, f"/tin-nhan/{sms_id}/duyet", sha256=sha256)
    assert station.services.get(SmsService).texts.get(sms_id).cleared
    assert re.search(r"<b>Minh</b> đã duyệt lúc <span[^>]*>05:30 ngày 02/12/2026", lans.get(f"/tin-nhan/{sms_id}").text)


def test_an_sms_goes_back_with_a_reason_and_its_author_takes_it_back(written, lans, minhs, send, station):
    sms_id = written()
    send(lans, f"/tin-nhan/{sms_id}/trinh-duyet")
    assert "Hãy ghi lý do" in send(minhs, f"/tin-nhan/{sms_id}/tra-lai", reason="").text
    send(minhs, f"/tin-nhan/{sms_id}/tra-lai", reason="Thiếu địa điểm")
    assert "Thiếu địa điểm" in lans.get(f"/tin-nhan/{sms_id}").text
    send(lans, f"/tin-nhan/{sms_id}/rut")
    assert station.services.get(SmsService).texts.get(sms_id).state.value == "withdrawn"


def test_before_the_approval_there_is_neither_file_nor_list(written, lans, send, station):
    sms_id = written()
    page = lans.get(f"/tin-nhan/{sms_id}").text
    assert "Bàn giao cho nhà mạng" not in page
    assert "Gửi theo danh sách" not in page
    assert send(lans, f"/tin-nhan/{sms_id}/ban-giao").status_code == 422
    assert send(lans, f"/tin-nhan/{sms_id}/danh-sach", numbers=NUMBERS[0]).status_code == 422
    assert station.services.get(SmsService).texts.hand_overs(sms_id) == []


def test_the_hand_over_file_is_downloaded_as_it_is_kept(sms, lans, send):
    sms_id = sms.approved(TEXT)
    assert send(lans, f"/tin-nhan/{sms_id}/ban-giao").location == f"/tin-nhan/{sms_id}?xong=ban-giao#ban-giao"
    link = re.search(r'href="(/tin-nhan/ban-giao/\d+\.csv)"', lans.get(f"/tin-nhan/{sms_id}").text)[1]
    heads, *rows = opened(lans.get(link))
    assert heads[0] == "Nhà mạng"
    assert {row[2] for row in rows} == {TEXT}
    assert {row[6] for row in rows} == {"Minh"}


def test_a_list_is_read_shown_with_its_faults_and_sent_only_when_ordered(sms, lans, send, station):
    sms_id = sms.approved(TEXT)
    listed = "\n".join(["Số điện thoại", *NUMBERS, NUMBERS[0], "02373761666", "0166 888 9999"])
    answer = lans.post(
        f"/tin-nhan/{sms_id}/danh-sach",
        data={
            "csrf": re.search(r'data-csrf="([^"]+)"', lans.get("/tin-nhan").text)[1],
            "act": "k1",
            "file": (io.BytesIO(listed.encode("utf-8-sig")), "dân <tổ 5>.csv"),
        },
        content_type="multipart/form-data",
    )
    assert answer.location == f"/tin-nhan/{sms_id}?xong=danh-sach#gui"
    page = lans.get(answer.location).text
    assert "dân &lt;tổ 5&gt;.csv" in page
    assert "Gửi cho 5 số" in page
    assert "5 số để gửi × 1 phần = <b>5 tin</b>" in page
    assert "trùng 1" in page
    assert "“02373761666” là số cố định" in page
    assert "nay là 0368889999" in page
    (batch,) = station.services.get(SmsSendings).batches.of_sms(sms_id)
    assert batch.state.value == "checked"
    send(lans, f"/tin-nhan/lan-gui/{batch.id}/gui")
    assert station.services.get(SmsSendings).batches.get(batch.id).state.value == "sending"


def test_typed_numbers_are_a_list_too_and_an_empty_one_is_refused(sms, lans, send, station):
    sms_id = sms.approved(TEXT)
    send(lans, f"/tin-nhan/{sms_id}/danh-sach", numbers="0912 345 600\r\n0912 345 601")
    assert "Gửi cho 2 số" in lans.get(f"/tin-nhan/{sms_id}").text
    assert "không có số điện thoại nào" in send(lans, f"/tin-nhan/{sms_id}/danh-sach", numbers="").text


def test_progress_is_polled_while_it_goes_and_rests_when_it_is_over(sms, lans, send, station):
    sms_id = sms.approved(TEXT)
    batch_id = sms.ordered(sms_id)
    one = sms.sendings.take_next(sms.sendings.batches.get(batch_id))
    sms.sendings.batches.settle(one, RecipientState.UNKNOWN, station.clock.now(), reason="sms_cut_off")
    piece = lans.get(f"/tin-nhan/{sms_id}/lan-gui").text
    assert 'hx-trigger="every 2s"' in piece
    assert 'max="5" value="1"' in piece
    assert "Không rõ: <b>1</b>" in piece
    assert "Cổng ngắt giữa chừng" in piece
    send(lans, f"/tin-nhan/lan-gui/{batch_id}/dung")
    piece = lans.get(f"/tin-nhan/{sms_id}/lan-gui").text
    assert "every 2s" not in piece
    assert "người dừng: Lan" in piece
    assert opened(lans.get(f"/tin-nhan/lan-gui/{batch_id}.csv"))[1] == [
        NUMBERS[0].removeprefix("+"), "Không rõ", piece_reason("sms_cut_off"), "",
    ]  # fmt: skip


def piece_reason(code):
    from scheduler.core.words.wording import sentence

    return sentence(code)


def test_a_halted_sending_says_why_and_goes_on_by_hand(sms, lans, send, station):
    sms_id = sms.approved(TEXT)
    batch_id = sms.ordered(sms_id)
    batch = sms.sendings.batches.get(batch_id)
    sms.sendings.halt(batch, "sms_auth", {})
    page = lans.get(f"/tin-nhan/{sms_id}").text
    assert "Cổng không nhận tên hoặc mật khẩu" in page
    assert "Gửi tiếp" in page
    send(lans, f"/tin-nhan/lan-gui/{batch_id}/gui-tiep")
    assert sms.state(batch_id) == ("sending", "")


def test_the_same_order_sent_twice_is_one_order(sms, lans, send):
    batch_id = sms.checked(sms.approved(TEXT))
    first = send(lans, f"/tin-nhan/lan-gui/{batch_id}/gui", act="one-form")
    second = send(lans, f"/tin-nhan/lan-gui/{batch_id}/gui", act="one-form")
    assert (first.status_code, second.status_code, first.location) == (303, 303, second.location)


def test_without_a_gateway_a_list_is_only_for_the_file(station, client_of, lan, minh, sms, send):
    from web import create_app

    off = replace(station, written=station.config.having(SmsConfig()))
    parts = replace(station.repos, written=off.written)
    from scheduler.services import Services

    sms_id = sms.approved(TEXT)
    sms.checked(sms_id)
    app = create_app(replace(off, repos=parts, services=Services.of(parts)))
    client = app.test_client()
    client.set_cookie("loa", client_of(lan).get_cookie("loa").value)
    page = client.get(f"/tin-nhan/{sms_id}").text
    assert "chưa khai báo cổng nhắn tin" in page
    assert "Gửi cho 5 số" not in page
    assert "Lập tệp bàn giao theo danh sách này" in page


def test_who_wants_none_is_written_down_on_the_page_and_let_back(lans, send, station):
    assert send(lans, "/tin-nhan/khong-nhan", number="0912 345 600", note=EVIL).status_code == 303
    page = lans.get("/tin-nhan/khong-nhan").text
    assert "+84912345600" in page
    assert "<script>alert" not in page
    answer = send(lans, "/tin-nhan/khong-nhan", number="1022")
    assert answer.status_code == 422
    assert "“1022” không phải số di động" in answer.text
    send(lans, "/tin-nhan/nhan-lai", number="+84912345600")
    assert station.services.get(SmsService).texts.opt_outs() == []


def test_a_dispatch_that_quotes_an_sms_is_offered_until_its_draft_is_made(lans, send, station, lan):
    made, _ = station.services.dispatches.import_dispatch(
        lan,
        "Số: 642/UBND-VHTT\nBỉm Sơn, ngày 13 tháng 3 năm 2020\nV/v nhắn tin\nKính gửi: các phường".encode(),
        "642.txt",
    )
    fields = station.repos.programme.dispatch(made).fields
    station.repos.programme.set_dispatch_fields(made, fields | {"messages": [TEXT], "message_kinds": ["sms"]})
    assert "Công văn có lời tin nhắn" in lans.get("/tin-nhan").text
    answer = send(lans, f"/tin-nhan/cong-van/{made}")
    assert answer.location.endswith("?xong=nhap")
    assert TEXT in lans.get(answer.location).text
    assert "Công văn có lời tin nhắn" not in lans.get("/tin-nhan").text


def test_words_of_an_enemy_stay_words(written, lans):
    sms_id = written(title=EVIL, text="Lời " + EVIL)
    for path in ("/tin-nhan", f"/tin-nhan/{sms_id}"):
        assert "<script>alert" not in lans.get(path).text


def test_the_number_beside_approval_counts_messages_too(station, lan, cast):
    cast.submitted()
    sms = station.services.get(SmsService)
    text = sms.write(lan, "Mất điện", "Ngay mai mat dien tu 8 gio.")
    sms.submit(lan, text)
    assert station.services.waiting.counts().total == 2
    assert sum(station.services.waiting.counts().of_extras.values()) == 1


def test_every_page_of_sms_stands_under_its_tab():
    section, tab = owner("sms.opt_outs")
    assert (section.word, tab.word) == ("Soạn bản tin", "Tin nhắn")
