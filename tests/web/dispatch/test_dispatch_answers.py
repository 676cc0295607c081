"""The page of a dispatch answers for it: doubts, duties, earlier dispatches, and what became of its order."""

import re
from datetime import timedelta

import pytest

from scheduler.core.dispatch.duty_list import DutyState
from scheduler.core.model import AiringOutcome, CampaignState
from scheduler.core.planning.rules import parse_window
from scheduler.store import Ending
from tests.conftest import DAY
from tests.services.dispatch.test_dispatch_answers import DOUBTFUL, FIRST, STOP


@pytest.fixture
def taken(station, lan):
    """Dispatches taken in, by text; gives id and address."""

    def take(text):
        dispatch_id, _ = station.services.dispatches.import_dispatch(lan, text.encode(), "công văn.txt")
        return dispatch_id, f"/cong-van/{dispatch_id}"

    return take


def section(page, name):
    found = re.search(rf'(?s)<section[^>]* id="{name}">.*?</section>', page)
    return found[0] if found else ""


def test_a_doubt_is_a_question_beside_its_place_and_is_answered_with_a_press(station, lans, send, taken):
    dispatch_id, path = taken(DOUBTFUL)
    page = lans.get(path).text
    [doubt] = [one for one in station.services.dispatches.doubts(dispatch_id) if one.field == "number"]
    assert re.search(rf'data-key="[^"]*ngo-{doubt.ordinal}"', page)
    assert f'id="cho-ngo-{doubt.ordinal}"' in page
    assert f'<a class="ref" href="#cho-ngo-{doubt.ordinal}">Xem chỗ này</a>' in page
    assert '<b class="ref">[chưa rõ mục: Số]</b>' in page
    assert "[?" not in page
    assert "Công văn không ghi rõ:" in page
    assert "Chưa trả lời" in section(lans.get(f"{path}/so").text, "cho-ngo")
    said = {f"answer-{one.ordinal}": "yes" for one in station.services.dispatches.doubts(dispatch_id)}
    assert send(lans, f"{path}/soan", **said).status_code == 303
    told = section(lans.get(f"{path}/so").text, "cho-ngo")
    assert "Đã xác nhận: Lan" in told
    assert "Chưa trả lời" not in told
    assert "Công văn không ghi rõ:" not in lans.get(path).text


def test_a_wrong_value_of_the_head_leads_to_where_it_is_mended(station, lans, send, taken):
    dispatch_id, path = taken(DOUBTFUL)
    said = {f"answer-{one.ordinal}": "no" for one in station.services.dispatches.doubts(dispatch_id)}
    assert send(lans, f"{path}/soan", **said).location == f"{path}/sua"
    assert [one for one in station.services.dispatches.doubts(dispatch_id) if one.is_open]


def test_an_order_with_a_leftover_is_confirmed_value_by_value_or_not_at_all(station, lans, send, taken):
    text = FIRST.replace("phát 04 lượt/ngày", "phát 04 lượt/ngày, cách nhật, trừ ngày 12/12/2026,")
    dispatch_id, path = taken(text)
    page = lans.get(path).text
    [doubt] = [one for one in station.services.dispatches.doubts(dispatch_id) if one.is_open]
    [item] = [one.key for one in station.services.dispatch_drafts.items(dispatch_id) if one.is_aired]
    assert re.findall(rf'name="value-{doubt.ordinal}" value="(\d)"', page) == ["0", "1"]
    assert re.search(rf'<q>[^<]*<mark data-key="ngo-{doubt.ordinal}" title="Chưa hiểu">cách nhật</mark>[^<]*</q>', page)
    for said in ({}, {f"answer-{doubt.ordinal}": "yes"}, {f"value-{doubt.ordinal}": ["0"]}):
        assert send(lans, f"{path}/soan", item=item, **said).status_code == 422
    assert send(lans, f"{path}/soan", item=item, **{f"value-{doubt.ordinal}": ["0", "1"]}).status_code == 303
    assert [one for one in station.services.dispatches.doubts(dispatch_id) if one.is_open] == []


def test_what_is_not_confirmed_leaves_the_campaign_waiting_for_the_officers_own_hours(station, lans, send, taken):
    text = FIRST.replace("phát 04 lượt/ngày", "phát 04 lượt/ngày, cách nhật,")
    dispatch_id, path = taken(text)
    [doubt] = [one for one in station.services.dispatches.doubts(dispatch_id) if one.is_open]
    [item] = [one.key for one in station.services.dispatch_drafts.items(dispatch_id) if one.is_aired]
    assert send(lans, f"{path}/soan", item=item, **{f"answer-{doubt.ordinal}": "no"}).status_code == 303
    assert [one.ordinal for one in station.services.dispatches.doubts(dispatch_id) if one.is_open] == [doubt.ordinal]


def test_correcting_a_doubtful_value_answers_it(station, lans, send, taken):
    dispatch_id, path = taken(DOUBTFUL)
    fields = station.repos.programme.dispatch(dispatch_id).fields
    send(
        lans, f"{path}/sua", number="112", symbol=fields["symbol"], date="02/11/2026", issuer=fields["issuer"],
        subject=fields["subject"], addressees="\n".join(fields["addressees"]), phones="", urls="",
    )  # fmt: skip
    assert "Đã sửa: Lan" in section(lans.get(f"{path}/so").text, "cho-ngo")


def test_a_campaign_of_a_doubtful_dispatch_is_not_started_from_the_page(station, cast, lans, send, taken):
    dispatch_id, _ = taken(DOUBTFUL)
    campaign_id = station.services.campaigns.save(cast.lan, cast.campaign(cast.approved(), dispatch_id=dispatch_id))
    answer = send(lans, f"/dot/{campaign_id}/chay")
    assert answer.status_code == 422
    assert "đọc chưa chắc" in answer.text
    assert station.repos.programme.campaign(campaign_id).state is CampaignState.DRAFT


def test_the_checklist_is_marked_and_says_by_whom(station, lans, send, taken):
    dispatch_id, path = taken(FIRST)
    assert "Chưa làm: <b>" in section(lans.get(f"{path}/so").text, "danh-muc")
    answer = send(lans, f"{path}/viec/1", state="done", note="đã phát từ 02/12")
    assert answer.status_code == 303
    assert answer.location.endswith("#danh-muc")
    told = section(lans.get(f"{path}/so").text, "danh-muc")
    assert "Đã làm: <b>1</b>" in told
    assert "đã phát từ 02/12" in told
    assert "Lan, " in told
    assert station.services.duties.of(dispatch_id)[0].state is DutyState.DONE


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"state": "not_ours", "note": ""}, 422, "không thuộc phường"),
        ({"state": "done", "note": "x" * 501}, 422, "quá dài"),
        ({"state": "lost"}, 422, "trạng thái"),
    ],
    ids=["another_office_without_a_word", "a_long_note", "no_state"],
)
def test_a_bad_answer_to_a_duty_is_refused_with_a_sentence(station, lans, send, taken, fields, status, words):
    dispatch_id, path = taken(FIRST)
    answer = send(lans, f"{path}/viec/1", **fields)
    assert answer.status_code == status
    assert words in answer.text
    assert station.services.duties.of(dispatch_id)[0].state is DutyState.OPEN


def test_a_duty_or_an_act_that_is_not_there_is_not_found(lans, send, taken):
    _, path = taken(FIRST)
    assert send(lans, f"{path}/viec/99", state="done").status_code == 404
    assert send(lans, f"{path}/thuc-hien/99").status_code == 404
    assert send(lans, "/cong-van/999/viec/1", state="done").status_code == 404


def test_a_duty_of_the_loudspeakers_leads_to_its_campaign(station, lans, lan, taken):
    dispatch_id, path = taken(FIRST)
    assert f'href="{path}"' in section(lans.get(f"{path}/so").text, "danh-muc")
    campaign_id = station.services.dispatch_drafts.make(lan, dispatch_id)[0].campaign_id
    assert f'href="/dot/{campaign_id}"' in section(lans.get(f"{path}/so").text, "danh-muc")


def test_the_list_says_how_many_duties_are_left_and_which_are_late(station, lans, send, taken, clock):
    dispatch_id, _ = taken(FIRST)
    duties = len(station.services.duties.of(dispatch_id))
    assert f'data-l="Việc còn lại">{duties}</td>' in lans.get("/cong-van").text
    with station.repos.store.write() as db:
        db.execute("UPDATE duty SET deadline = ?", (DAY.isoformat(),))
    assert "Quá hạn" not in lans.get("/cong-van").text
    clock.advance(11 * 3600)  # a session of the page lasts 12 hours
    assert "Quá hạn" not in lans.get("/cong-van").text
    with station.repos.store.write() as db:
        db.execute("UPDATE duty SET deadline = '2026-12-01'")
    assert "Quá hạn" in lans.get("/cong-van").text


def test_a_stop_order_names_the_campaign_and_ends_it(station, cast, lans, send, taken):
    first, _ = taken(FIRST)
    campaign_id = cast.running(cast.approved(title="Tiêm <b>chủng</b>"), title="Đợt <i>tiêm</i>", dispatch_id=first)
    stop, path = taken(STOP)
    told = section(lans.get(f"{path}/so").text, "van-ban-cu")
    assert "12/UBND-VHXH" in told
    assert "Đợt &lt;i&gt;tiêm&lt;/i&gt;" in told
    answer = send(lans, f"{path}/thuc-hien/1")
    assert answer.status_code == 303
    assert station.repos.slots.of_day(DAY) == []
    told = section(lans.get(f"{path}/so").text, "van-ban-cu")
    assert "Đã thực hiện: Lan" in told
    assert f'href="/dot/{campaign_id}"' in told
    assert "Dừng các đợt này" not in told
    assert station.services.dispatches.acts(stop)[0].act.done_at


def test_an_order_that_hits_nothing_offers_the_running_campaigns_or_none(station, cast, lans, send, taken):
    campaign_id = cast.running(cast.approved(), title="Đợt khác")
    stop, path = taken(STOP)
    told = section(lans.get(f"{path}/so").text, "van-ban-cu")
    assert "Đợt khác" in told
    refused = send(lans, f"{path}/thuc-hien/1")
    assert refused.status_code == 422
    assert "hãy chọn đợt cần dừng" in refused.text
    assert send(lans, f"{path}/thuc-hien/1", none="1").status_code == 303
    assert "không có đợt nào liên quan" in section(lans.get(f"{path}/so").text, "van-ban-cu")
    assert station.repos.programme.campaign(campaign_id).state is CampaignState.ACTIVE
    assert station.services.dispatches.acts(stop)[0].act.campaign_ids == ()


def test_the_ledger_shows_each_day_with_reasons_and_a_drawing(station, cast, lans, taken, clock):
    dispatch_id, path = taken(FIRST)
    assert section(lans.get(f"{path}/so").text, "so-no") == ""
    cast.running(
        cast.approved(seconds=60), base=3, dispatch_id=dispatch_id, end=DAY + timedelta(days=20),
        windows=(parse_window("06:00-07:00"),),
    )  # fmt: skip
    first, second, third = station.repos.slots.of_day(DAY)
    for slot, outcome, reason, seconds in (
        (first, AiringOutcome.PLAYED, "", 60),
        (second, AiringOutcome.CANCELLED, "stopped_by", 15),
    ):
        ending = Ending(outcome, reason, slot.start, slot.end, seconds * 1000)
        station.repos.slots.close(slot.id, ending, slot.end)
    clock.advance((third.start - clock.now()).total_seconds())
    told = section(lans.get(f"{path}/so").text, "so-no")
    assert "1/3</b> lượt phát trọn đến hôm nay" in told
    assert "1 lượt: Cán bộ đã bấm dừng." in told
    assert 'data-l="Phút nghe được">1,2' in told or 'data-l="Phút nghe được">1,3' in told
    assert "<svg" in told
    assert "style=" not in told
    assert "Khai thời lượng trước công văn" in told
    assert "chưa biết" in told
    assert "ngày nữa theo công văn" in told


def test_what_was_before_is_stated_with_its_source(station, cast, lans, send, taken):
    dispatch_id, path = taken(FIRST)
    cast.running(cast.approved(), dispatch_id=dispatch_id)
    assert send(lans, f"{path}/muc-truoc", minutes="7,5", note="sổ <b>tháng 11</b>").status_code == 303
    told = section(lans.get(f"{path}/so").text, "so-no")
    assert "7,5 phút/ngày, do Lan khai" in told
    assert "sổ &lt;b&gt;tháng 11&lt;/b&gt;" in told
    for minutes, words in (("bảy", "không phải là số"), ("-1", "từ 0 đến"), ("nan", "từ 0 đến"), ("1e9", "từ 0 đến")):
        answer = send(lans, f"{path}/muc-truoc", minutes=minutes)
        assert answer.status_code == 422
        assert words in answer.text


def test_who_may_not_answer_reads_what_is_unclear_and_has_nothing_to_press(lans, client_of, guest, taken):
    _, path = taken(DOUBTFUL)
    assert 'name="answer-' in lans.get(path).text
    page = client_of(guest).get(path).text
    assert "Công văn không ghi rõ:" in page
    assert 'name="answer-' not in page
    assert "soạn bản tin" not in client_of(guest).get(f"{path}/so").text


def test_a_contributor_meets_no_button_that_writes_for_the_whole_ward(lans, client_of, tu, taken):
    """What a dispatch orders goes to all loudspeakers; a contributor has zones."""
    _, path = taken(DOUBTFUL)
    for address in (path, f"{path}/so"):
        page = client_of(tu).get(address).text.split("<main")[1].split("</main>")[0]
        assert re.findall(r'type="submit"|name="(?:item|answer-\d+|state)"', page) == [], address
    assert 'type="submit"' in lans.get(path).text


def test_one_of_a_kind_is_one_in_english_too(lans, taken):
    _, path = taken(DOUBTFUL)
    lans.set_cookie("loa-ngon-ngu", "en")
    page = lans.get(path).text
    count = int(re.search(r"The dispatch asks for (\d+) thing", page)[1])
    assert ("things." in page) == (count > 1)
    assert not re.search(r"\b1 (things|airings|faults|minutes|days|announcements)\b", page + lans.get("/lich").text)
