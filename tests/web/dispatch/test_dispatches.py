"""Công văn in the page: taken in, shown beside its text, corrected, made into drafts; refused with nothing lost."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from scheduler.core.model import Boost, BoostKind
from tests.services.dispatch.test_dispatch_answers import FIRST
from tests.services.dispatch.test_dispatch_drafts import COUNTED, EACH, LETTER

TEXT = (Path(__file__).parents[2] / "core" / "dispatches" / "14-thong-bao-dang-uy-x3.txt").read_text(encoding="utf-8")
NO_NUMBER = re.sub(r"nâng tần suất[\s\S]*loa các thôn", "tăng thời lượng phát sóng trên hệ thống loa", TEXT)


@pytest.fixture
def taken(lans, send):
    answer = send(lans, "/cong-van/dan", text=TEXT)
    assert answer.status_code == 303
    return answer.location


def test_a_pasted_dispatch_shows_its_text_its_work_and_its_head(lans, taken):
    page = lans.get(taken).text
    assert "28/12/2020" in page
    assert "Đảng ủy xã An Thịnh" in page
    assert '<mark data-key="dau-number" title="Số">41</mark>' in page
    assert "gấp 3 lần" in page
    assert "Đài truyền thanh xã nâng tần suất phát x3" in page
    head = lans.get(f"{taken}/sua").text
    assert 'name="number" value="41"' in head
    assert 'name="date" value="28/12/2020"' in head


def test_an_uploaded_file_is_read_the_same(lans, send):
    answer = send(lans, "/cong-van/tep", file=(io.BytesIO(TEXT.encode()), "công văn.txt"))
    assert "công văn.txt" in lans.get(f"{answer.location}/so").text


def test_the_same_dispatch_again_leads_to_the_first_one(lans, send, taken):
    again = send(lans, "/cong-van/dan", text=TEXT)
    assert again.location == f"{taken}?xong=da-nhan"
    assert "đã nhận trước đây" in lans.get(again.location).text
    assert lans.get("/cong-van").text.count("41/TB/ĐU") == 1


def everything(station, path, answer="yes"):
    """What is ticked when every draft is wanted, and every question answered so."""
    dispatch_id = int(path.partition("?")[0].rpartition("/")[2])
    items = [one.key for one in station.services.dispatch_drafts.items(dispatch_id) if one.is_aired]
    doubts = [one for one in station.services.dispatches.doubts(dispatch_id) if one.is_open]
    return {"item": items} | {f"answer-{one.ordinal}": answer for one in doubts}


def test_an_increase_without_a_number_is_asked_for_and_nothing_is_pressed_before(station, lans, send):
    path = send(lans, "/cong-van/dan", text=NO_NUMBER).location
    page = lans.get(path).text
    assert "Công văn không ghi tăng bao nhiêu. Mỗi ngày phát:" in page
    assert "[chưa ghi tăng bao nhiêu]" in page
    assert re.findall(r'class="chip"[^>]*>([^<]+)<', page) == ["vẫn 2 lượt", "2 → 3 lượt", "2 → 4 lượt"]
    assert not re.search(r'type="radio"[^>]* checked', page)
    left = send(lans, f"{path}/soan", item=everything(station, path)["item"])
    assert left.status_code == 422
    assert "chưa chọn câu trả lời" in left.text
    assert station.repos.programme.campaigns() == []
    send(lans, f"{path}/soan", **everything(station, path, "count-3"))
    [campaign] = station.repos.programme.campaigns()
    assert (campaign.base, campaign.boost) == (2, Boost(BoostKind.TARGET, 3))
    assert [one for one in station.services.dispatches.doubts(1) if one.is_open] == []


def test_texts_that_share_a_count_take_turns_unless_the_officer_says_otherwise(station, lans, send):
    path = send(lans, "/cong-van/dan", text=COUNTED).location
    page = lans.get(path).text
    assert "Công văn không ghi số lượt riêng cho từng bản tin. Các bản tin sẽ:" in page
    assert re.search(r'id="chung"[^>]* checked', page)
    assert not re.search(r'id="rieng"[^>]* checked', page)
    send(lans, f"{path}/soan", **everything(station, path), apart="0")
    [campaign] = station.repos.programme.campaigns()
    assert (campaign.boost, len(campaign.announcement_ids)) == (Boost(BoostKind.TARGET, 4), 2)
    assert "2 bản tin thay phiên nhau; số lượt tính chung cho cả công văn." in lans.get(path).text


def test_texts_that_are_counted_each_have_a_campaign_each(station, lans, send):
    path = send(lans, "/cong-van/dan", text=EACH).location
    page = lans.get(path).text
    assert "Công văn ghi số lượt cho từng bản tin. Các bản tin sẽ:" in page
    assert re.search(r'id="rieng"[^>]* checked', page)
    assert "mỗi bản tin mỗi ngày 4 lượt" in page
    send(lans, f"{path}/soan", **everything(station, path), apart="1")
    assert [one.announcement_ids for one in station.repos.programme.campaigns()] == [(2,), (1,)]
    assert "2 bản tin, mỗi bản tin một đợt và đủ số lượt ấy." in lans.get(path).text


def test_an_answer_that_is_none_of_the_choices_is_no_answer(station, lans, send):
    path = send(lans, "/cong-van/dan", text=NO_NUMBER).location
    for said in ("count-99", "yes", "", "count-", "<b>"):
        assert send(lans, f"{path}/soan", **everything(station, path, said)).status_code == 422
    assert send(lans, f"{path}/soan", **everything(station, path, "count-3") | {"item": []}).status_code == 303
    assert station.repos.programme.campaigns() == []  # answered, and nothing chosen
    nothing = send(lans, f"{path}/soan")
    assert nothing.status_code == 422
    assert "Chưa chọn việc nào" in nothing.text


def test_a_message_that_orders_nothing_is_written_about_by_hand(station, lans, send):
    body = "Đề nghị các đơn vị báo cáo kết quả trước ngày 20 hằng tháng về Ủy ban nhân dân phường.\n./.\n"
    path = send(lans, "/cong-van/dan", text=FIRST.split("Yêu cầu")[0] + body).location
    assert "Không thấy việc nào phải phát" in lans.get(path).text
    made = send(lans, f"{path}/tu-viet")
    assert send(lans, f"{path}/tu-viet").location == made.location
    [announcement] = station.repos.programme.announcements()
    assert announcement.dispatch_id == 1
    assert "Đã tạo:" in lans.get(path).text


def encrypted_word():
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")


def damaged_word():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("word/document.xml", "<broken")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "trống"),
        (b"   \n\t", "trống"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "Bản quét không có chữ"),
        (encrypted_word(), "mật khẩu"),
        (damaged_word(), "hỏng"),
        (b"\x00\x01\x02\x03" * 50, "Không đọc được"),
        ("Chào buổi sáng, mời cả nhà ăn cơm.".encode(), "không giống một công văn"),
    ],
    ids=["empty", "blank", "scan", "encrypted", "damaged", "binary", "no dispatch"],
)
def test_what_is_no_dispatch_is_refused_with_a_sentence_and_kept_nowhere(station, lans, send, data, words):
    answer = send(lans, "/cong-van/tep", file=(io.BytesIO(data), "tệp.docx"))
    assert answer.status_code == 422
    assert words in answer.text
    assert station.repos.programme.dispatches() == []


def test_no_file_at_all_is_refused_with_a_sentence(lans, send):
    assert "trống" in send(lans, "/cong-van/tep").text


def test_a_file_over_the_limit_is_refused(lans, send, station):
    limit = station.config.audio.max_dispatch_mb
    answer = send(lans, "/cong-van/tep", file=(io.BytesIO(b"a" * (limit * 1_000_000 + 1)), "to.txt"))
    assert answer.status_code == 422
    assert "quá lớn" in answer.text
    answer.request.environ["wsgi.input"].close()  # the test client leaves its own temporary file open


def test_a_refused_text_stays_in_the_form(lans, send):
    answer = send(lans, "/cong-van/dan", text="Mời cả nhà <b>ăn cơm</b>.")
    assert answer.status_code == 422
    assert "Mời cả nhà &lt;b&gt;ăn cơm&lt;/b&gt;.</textarea>" in answer.text


def corrected(**changed):
    fields = {
        "number": "42", "symbol": "TB/ĐU", "date": "29/12/2020", "issuer": "Đảng ủy", "subject": "lịch mới",
        "addressees": "Thôn 1\n\n Thôn 2 ", "message": ["Mời bà con họp.", " "], "phones": "0912345678", "urls": "",
    }  # fmt: skip
    return fields | changed


def test_corrections_are_kept_and_change_the_drafts(station, lans, send, taken):
    answer = send(lans, f"{taken}/sua", **corrected())
    assert answer.status_code == 303
    fields = station.repos.programme.dispatches()[0].fields
    assert fields["number_symbol"] == "42/TB/ĐU"
    assert fields["date"] == "2020-12-29"
    assert fields["addressees"] == ["Thôn 1", "Thôn 2"]
    assert fields["messages"] == ["Mời bà con họp."]
    send(lans, f"{taken}/soan", **everything(station, taken))
    [announcement] = station.repos.programme.announcements()
    assert announcement.title == "Lịch mới"
    assert "Mời bà con họp." in announcement.text


@pytest.mark.parametrize("day", ["29/02/2021", "hôm qua", "32/01/2020"])
def test_a_day_that_is_none_is_refused_and_the_form_kept(station, lans, send, taken, day):
    answer = send(lans, f"{taken}/sua", **corrected(date=day))
    assert answer.status_code == 422
    assert "không có thật" in answer.text
    assert 'value="42"' in answer.text
    assert f'value="{day}"' in answer.text
    assert station.repos.programme.dispatches()[0].fields["number"] == "41"


def test_drafts_are_made_once_however_often_asked(station, lans, send, taken):
    chosen = everything(station, taken)
    first = send(lans, f"{taken}/soan", **chosen)
    second = send(lans, f"{taken}/soan", **chosen)
    assert first.location == second.location
    assert len(station.repos.programme.announcements()) == len(station.repos.programme.campaigns()) == 1
    page = lans.get(taken).text
    assert "Soạn tiếp bản tin" in page
    assert "Soạn bản tin này" not in page


def test_a_hostile_dispatch_is_shown_as_text_everywhere(station, lans, send):
    hostile = TEXT.replace("lịch tiếp âm", '<script>alert("x")</script> lịch tiếp âm')
    answer = send(lans, "/cong-van/tep", file=(io.BytesIO(hostile.encode()), "<img src=x onerror=alert(1)>.txt"))
    drafts = send(lans, f"{answer.location}/soan", **everything(station, answer.location))
    book, head = f"{answer.location}/so", f"{answer.location}/sua"
    for path in (answer.location, book, head, "/cong-van", drafts.location, "/ban-tin", "/dot", "/dot/1"):
        page = lans.get(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path


def test_pages_carry_no_inline_script_or_style(lans, taken):
    for path in (taken, f"{taken}/so", f"{taken}/sua", "/cong-van", "/ban-tin/moi", "/kho", "/duyet", "/dot/moi"):
        page = lans.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page), path


def test_a_dispatch_that_is_not_there_is_not_found(lans):
    for path in ("/cong-van/99", "/cong-van/99/so", "/cong-van/99/sua"):
        assert lans.get(path).status_code == 404


def test_behind_the_first_draft_that_is_handed_in_the_next_one_opens(station, lan, lans, send):
    text = LETTER.encode()
    dispatch_id, _ = station.services.dispatches.import_dispatch(lan, text, "12.txt")
    first, second = (one.announcement_id for one in station.services.dispatch_drafts.make(lan, dispatch_id))
    for number in (first, second):
        job = station.finish(station.services.announcements.make_speech(lan, number))
        station.services.announcements.heard(lan, number, job.result)
    answer = send(lans, f"/ban-tin/{first}/gui", kieu="once", ngay="soon")
    assert answer.location == f"/ban-tin/{second}?xong=ban-tin-ke"
    shown = lans.get(answer.location, follow_redirects=True).text
    assert "Đây là bản tin kế tiếp của công văn" in shown
    last = send(lans, f"/ban-tin/{second}/gui", kieu="once", ngay="soon")
    assert last.location == f"/truc-tiep?gui={second}"
