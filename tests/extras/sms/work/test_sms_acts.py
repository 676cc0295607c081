"""SMS: approval of exactly the words that go out, hand-over, drafts of dispatches, and who wants none."""

import pytest

from scheduler.core.model import Role
from scheduler.extras.sms.rules.approval import SmsState
from scheduler.extras.sms.rules.texts import sms_sha256
from scheduler.kernel.errors import NotPermitted, Refused
from tests.extras.sms.work.conftest import NUMBERS, TEXT
from tests.refusals import refused


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        pytest.param(" ", TEXT, "title_missing", id="no_title"),
        pytest.param("x" * 201, TEXT, "title_too_long", id="long_title"),
        pytest.param("Họp", " \u200b\n", "sms_text_missing", id="nothing_to_be_seen"),
        pytest.param("Họp", "ế" * (6 * 67 + 1), "sms_too_long", id="a_letter_beyond_six_parts"),
        pytest.param("Họp", "=1+1", "sms_formula_start", id="a_formula"),
        pytest.param("Họp", "a" * 1_000_000, "sms_too_long", id="a_megabyte"),
    ],
)
def test_words_that_cannot_go_out_are_refused_and_nothing_is_kept(sms, title, text, reason):
    assert refused(lambda: sms.services.write(sms.lan, title, text)) == reason
    assert sms.services.texts.listed() == []


def test_six_full_parts_are_not_too_long_and_plain_letters_count_for_themselves(sms):
    assert sms.services.write(sms.lan, "Họp", "ế" * (6 * 67))
    assert sms.services.write(sms.lan, "Họp", "ế" * (6 * 153), plain=True)


def test_what_goes_out_is_the_version_that_was_chosen(sms):
    assert sms.services.texts.get(sms.approved()).body == TEXT
    plain = "UBND phuong moi ba con tiem phong. Goi 02373761666"
    assert sms.services.texts.get(sms.approved(plain=True)).body == plain


def test_an_approval_names_the_words_of_the_approvers_page(sms):
    sms_id = sms.submitted()
    assert refused(lambda: sms.services.approve(sms.minh, sms_id, sms_sha256("Lời khác"))) == "sms_changed"
    seen = sms.services.texts.get(sms_id)
    assert (seen.state, seen.cleared) == (SmsState.SUBMITTED, False)


def test_who_wrote_it_cannot_approve_it_and_an_editor_cannot_approve(sms, station):
    own = sms.services.write(sms.minh, "Của lãnh đạo", TEXT)
    sms.services.submit(sms.minh, own)
    assert refused(lambda: sms.services.approve(sms.minh, own, sms_sha256(TEXT))) == "author_is_approver"
    mai = station.repos.people.add("mai", "Mai", Role.EDITOR, "mat-khau-cua-mai", station.clock.now())
    with pytest.raises(NotPermitted):
        sms.services.approve(mai, sms.submitted(), sms_sha256(TEXT))


def test_a_leader_cannot_slip_words_into_an_sms_and_approve_them(sms):
    number = sms.services.write(sms.lan, "Tin", "UBND phuong thong bao hop dan luc 19 gio.")
    sms.services.edit(sms.minh, number, sms.services.texts.get(number).version, "Tin", "Loi cua lanh dao.", plain=False)
    sms.services.submit(sms.lan, number)
    with pytest.raises(Refused, match="author_is_approver"):
        sms.services.approve(sms.minh, number, sms_sha256(sms.services.texts.get(number).body))


@pytest.mark.parametrize(
    ("title", "text", "plain"),
    [("Tiêm phòng", TEXT + ".", False), ("Tiêm phòng", TEXT, True), ("Tên khác", TEXT, False)],
    ids=["other words", "the other version", "another title"],
)
def test_an_edit_voids_the_approval(sms, title, text, plain):
    sms_id = sms.approved()
    sms.services.edit(sms.lan, sms_id, 1, title, text, plain=plain)
    seen = sms.services.texts.get(sms_id)
    assert (seen.state, seen.approver_id, seen.approved_sha256, seen.cleared) == (SmsState.DRAFT, None, None, False)
    assert refused(lambda: sms.services.hand_over(sms.lan, sms_id)) == "sms_unapproved"


def test_the_same_words_again_change_nothing(sms):
    sms_id = sms.approved()
    before = sms.services.texts.get(sms_id)
    sms.services.edit(sms.lan, sms_id, 1, " Tiêm phòng ", TEXT + "\r\n", plain=False)
    assert sms.services.texts.get(sms_id) == before


def test_of_two_who_edit_the_same_version_the_second_is_told(sms):
    sms_id = sms.services.write(sms.lan, "Họp", TEXT)
    sms.services.edit(sms.minh, sms_id, 1, "Họp", TEXT + "!", plain=False)
    assert refused(lambda: sms.services.edit(sms.lan, sms_id, 1, "Họp", "Khác", plain=False)) == "edited_meanwhile"


def test_a_row_that_was_changed_behind_the_desk_is_not_cleared(sms, station):
    sms_id = sms.approved()
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE sms SET text = 'Lời lạ' WHERE id = ?", (sms_id,))
    assert refused(lambda: sms.services.hand_over(sms.lan, sms_id)) == "sms_unapproved"
    assert refused(lambda: sms.checked(sms_id)) == "sms_unapproved"


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "withdrawn"])
def test_nothing_is_handed_over_or_sent_without_an_approval(sms, state):
    sms_id = sms.services.write(sms.lan, "Họp", TEXT) if state == "draft" else sms.submitted()
    if state == "returned":
        sms.services.give_back(sms.minh, sms_id, "Sai số")
    if state == "withdrawn":
        sms.services.withdraw(sms.minh, sms_id)
    assert sms.sms_state(sms_id) == state
    assert refused(lambda: sms.services.hand_over(sms.minh, sms_id)) == "sms_unapproved"
    assert refused(lambda: sms.checked(sms_id)) == "sms_unapproved"
    assert sms.services.texts.hand_overs(sms_id) == []


def test_a_returned_sms_says_why_and_may_be_submitted_again(sms):
    sms_id = sms.submitted()
    assert refused(lambda: sms.services.give_back(sms.minh, sms_id, " ")) == "reason_missing"
    sms.services.give_back(sms.minh, sms_id, "Thiếu giờ tiêm")
    assert sms.services.texts.get(sms_id).return_reason == "Thiếu giờ tiêm"
    sms.services.submit(sms.lan, sms_id)
    assert sms.services.texts.get(sms_id).return_reason == ""


def test_a_file_that_was_handed_over_is_kept_as_it_was(sms):
    sms_id = sms.approved()
    kept = sms.services.texts.hand_over(sms.services.hand_over(sms.lan, sms_id))
    assert sms.sms_state(sms_id) == "handed_over"
    assert TEXT in kept.file_text
    assert "Minh" in kept.file_text
    assert "05:30 02/12/2026" in kept.file_text
    sms.services.edit(sms.lan, sms_id, 1, "Tiêm phòng", "Lời mới", plain=False)
    assert sms.services.texts.hand_over(kept.id) == kept


def test_a_hand_over_by_list_has_a_row_for_each_number_but_not_for_who_wants_none(sms):
    sms_id = sms.approved()
    batch_id = sms.checked(sms_id)
    sms.services.opt_out(sms.lan, NUMBERS[0])
    kept = sms.services.texts.hand_over(sms.services.hand_over(sms.lan, sms_id, batch_id))
    assert kept.rows == len(NUMBERS) - 1
    assert NUMBERS[0].removeprefix("+") not in kept.file_text
    assert refused(lambda: sms.services.hand_over(sms.lan, sms.approved("Lời khác"), batch_id)) == "not_found"


DISPATCH = """ỦY BAN NHÂN DÂN
THỊ XÃ BỈM SƠN
Số: 642/UBND-VHTT
Bỉm Sơn, ngày 13 tháng 3 năm 2020
V/v tuyên truyền phòng, chống dịch
Kính gửi: UBND các xã, phường.
Đề nghị các doanh nghiệp viễn thông nhắn tin với nội dung sau: “De phong benh, hay khai bao tai https://tokhaiyte.vn”./.
"""


@pytest.fixture
def dispatch_id(sms, station):
    made, _ = station.services.dispatches.import_dispatch(sms.lan, DISPATCH.encode(), "642.txt")
    fields = station.repos.programme.dispatch(made).fields
    fields |= {"messages": ["Nghe đài", "De phong benh", "Nhắn\r\ntin"], "message_kinds": ["loudspeaker", "sms", "sms"]}
    station.repos.programme.set_dispatch_fields(made, fields)
    return made


def test_a_dispatch_gives_a_draft_of_every_sms_it_quotes_once(sms, dispatch_id):
    made = sms.services.drafts_of_dispatch(sms.lan, dispatch_id)
    assert sms.services.drafts_of_dispatch(sms.lan, dispatch_id) == made
    kept = sms.services.texts.of_dispatch(dispatch_id)
    assert [(one.text, one.message_no, one.state.value) for one in kept] == [
        ("De phong benh", 2, "draft"), ("Nhắn\ntin", 3, "draft"),
    ]  # fmt: skip


def test_a_dispatch_that_quotes_no_sms_is_said_to(sms, station, dispatch_id):
    fields = station.repos.programme.dispatch(dispatch_id).fields | {"message_kinds": ["loudspeaker"] * 3}
    station.repos.programme.set_dispatch_fields(dispatch_id, fields)
    assert refused(lambda: sms.services.drafts_of_dispatch(sms.lan, dispatch_id)) == "sms_none_quoted"


def test_a_campaign_without_a_quoted_sms_gives_a_draft_of_its_announcement_once(sms, cast, station):
    announcement_id = station.services.announcements.write(sms.lan, "Tiêm", "Mời bà con đi tiêm.")
    campaign_id = station.services.campaigns.save(sms.lan, cast.campaign(announcement_id))
    made = sms.services.drafts_of_campaign(sms.lan, campaign_id)
    assert sms.services.drafts_of_campaign(sms.lan, campaign_id) == made
    (sms_id,) = made
    assert sms.services.texts.get(sms_id).text == "Mời bà con đi tiêm."


def test_a_campaign_of_a_dispatch_gives_what_the_dispatch_quotes(sms, cast, station, dispatch_id):
    announcement_id = station.services.announcements.write(sms.lan, "Tiêm", "Mời bà con đi tiêm.")
    campaign_id = station.services.campaigns.save(sms.lan, cast.campaign(announcement_id, dispatch_id=dispatch_id))
    assert len(sms.services.drafts_of_campaign(sms.lan, campaign_id)) == 2


def test_who_wants_none_is_kept_once_and_may_change_their_mind(sms):
    sms.services.opt_out(sms.lan, "0912 345 600", "gọi tới")
    sms.services.opt_out(sms.minh, "+84912345600")
    ((number, note),) = [(one.number, one.note) for one in sms.services.texts.opt_outs()]
    assert (number, note) == ("+84912345600", "gọi tới")
    assert refused(lambda: sms.services.opt_out(sms.lan, "02373761666")) == "phone_landline"
    sms.services.opt_in(sms.lan, "912345600")
    assert sms.services.texts.opt_outs() == []
    assert refused(lambda: sms.services.opt_in(sms.lan, "912345600")) == "not_found"
