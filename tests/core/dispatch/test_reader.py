import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.core.dispatch import campaign_hint, dispatch_json, read_dispatch, said_draft, tidy
from scheduler.core.dispatch.model import Channel, Confidence, Dispatch, MessageKind
from scheduler.core.words.wording import REASONS
from scheduler.kernel.errors import DispatchError
from tests.core.dispatch.letter import HEAD, dispatch_with
from tests.examples import examples
from tests.rows import over

CORPUS = Path(__file__).parents[1] / "dispatches"
DISPATCHES = sorted(CORPUS.glob("*.txt"))
SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
KEYS = [
    "doc_type",
    "number",
    "symbol",
    "number_symbol",
    "date",
    "issuer",
    "subject",
    "urgency",
    "addressees",
    "messages",
    "message_kinds",
    "phones",
    "urls",
    "effective",
    "frequency",
    "warnings",
    "acts",
    "duties",
    "doubts",
    "found",
    "contents",
]
FREQUENCY_KEYS = {
    "increase", "factor", "per_day", "per_week", "at", "weekdays", "every_minutes", "windows", "session_minutes",
    "minutes_a_day", "share", "days", "start", "end", "dates", "except_days", "except_windows", "not_before", "not_after",
    "max_minutes", "at_most", "parts", "each_text", "quote",
}  # fmt: skip


def corpus_text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def read_json(text: str) -> dict[str, object]:
    return dispatch_json(read_dispatch(text))


# --- whole dispatches ------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real dispatch lies beside the repository and is not there")
def test_the_real_dispatch_642_is_read_exactly():
    expected = json.loads((SAMPLES / "dispatch-642.json").read_text(encoding="utf-8"))
    found = read_json((SAMPLES / "dispatch-642.txt").read_text(encoding="utf-8"))
    assert {key: found[key] for key in expected} == expected
    assert list(found)[: len(expected)] == list(expected)
    assert found["frequency"] == [expected["frequency"][0]]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real dispatch lies beside the repository and is not there")
def test_the_duties_of_642_are_the_loudspeakers_the_sms_the_portal_and_the_post():
    duties = read_dispatch((SAMPLES / "dispatch-642.txt").read_text(encoding="utf-8")).duties
    told = {duty.channel: duty for duty in duties}
    assert [duty.channel.value for duty in duties] == ["other", "portal", "loudspeaker", "other", "sms", "post"]
    assert told[Channel.LOUDSPEAKER].text.startswith("Tăng thời lượng phát sóng trên hệ thống truyền thanh Thị xã")
    assert told[Channel.SMS].to == "Các doanh nghiệp Viễn thông trên địa bàn Thị xã"
    assert told[Channel.POST].to == "Bưu điện Bỉm Sơn"
    assert "cổng dịch vụ công trực tuyến" in told[Channel.PORTAL].text
    assert not any("nghiêm túc thực hiện" in duty.text for duty in duties)


@over("path", DISPATCHES)
def test_a_dispatch_of_the_corpus_is_read_as_written_beside_it(path):
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert read_json(corpus_text(path)) == expected


def test_the_corpus_covers_at_least_thirty_dispatches_of_six_types():
    types = {json.loads(p.with_suffix(".json").read_text(encoding="utf-8"))["doc_type"] for p in DISPATCHES}
    assert len(DISPATCHES) >= 30
    assert {"công văn", "thông báo", "công điện", "kế hoạch", "chỉ thị", "quyết định"} <= types


@over("path", DISPATCHES)
def test_the_json_has_the_keys_of_the_contract_in_order(path):
    found = read_json(corpus_text(path))
    assert list(found) == KEYS
    for order in found["frequency"]:
        assert set(order) <= FREQUENCY_KEYS
        assert order["quote"]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda text: unicodedata.normalize("NFD", text), id="decomposed letters"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(lambda text: text.replace("\n", "\r"), id="CR"),
        pytest.param(lambda text: "\ufeff" + text, id="byte order mark"),
        pytest.param(lambda text: text.replace(" ", "\u00a0"), id="no-break spaces"),
        pytest.param(lambda text: text.replace("ngày", "ng\u200bày"), id="zero-width spaces"),
        pytest.param(lambda text: "\n".join(f"{line}   " for line in text.split("\n")), id="trailing spaces"),
    ],
)
@pytest.mark.parametrize("path", DISPATCHES, ids=lambda path: path.stem)
def test_how_the_same_text_is_encoded_makes_no_difference(path, written):
    text = corpus_text(path)
    assert read_json(written(text)) == read_json(text)


@over("path", DISPATCHES)
def test_every_value_stands_at_its_place_in_the_tidied_text(path):
    text = corpus_text(path)
    tidied, dispatch = tidy(text), read_dispatch(text)
    shown = dispatch_json(dispatch)
    for name in ("messages", "addressees", "phones", "urls"):
        assert [e.value for e in dispatch.excerpts.get(name, ())] == shown[name]
    for excerpts in dispatch.excerpts.values():
        assert all(0 <= e.start < e.end <= len(tidied) for e in excerpts)
    for phone in dispatch.excerpts.get("phones", ()):
        assert re.sub(r"\D", "", tidied[phone.start : phone.end]).endswith(phone.value.lstrip("0"))
    for message in dispatch.excerpts.get("messages", ()):
        assert " ".join(tidied[message.start : message.end].split()) == message.value


@over("path", DISPATCHES)
def test_every_value_doubt_duty_and_act_names_its_line(path):
    text = corpus_text(path)
    lines, dispatch = tidy(text).split("\n"), read_dispatch(text)
    excerpts = [one for found in dispatch.excerpts.values() for one in found]
    excerpts += [duty.excerpt for duty in dispatch.duties] + [act.excerpt for act in dispatch.acts]
    excerpts += [doubt.excerpt for doubt in dispatch.doubts if doubt.excerpt]
    assert excerpts
    for excerpt in excerpts:
        assert excerpt.text.startswith(" ".join(lines[excerpt.line - 1].split()))


@over("path", DISPATCHES)
def test_what_is_doubtful_is_marked_so_and_warned_of(path):
    dispatch = read_dispatch(corpus_text(path))
    doubtful = {
        name for name, found in dispatch.excerpts.items() if any(e.confidence is not Confidence.HIGH for e in found)
    }
    assert doubtful <= {doubt.field for doubt in dispatch.doubts}
    for doubt in dispatch.doubts:
        assert dispatch.confidence(doubt.field) is Confidence.DOUBTFUL
        assert REASONS[doubt.reason].format(**doubt.details)
    assert len(dispatch.warnings) >= len({(d.reason, *d.details.values()) for d in dispatch.doubts})


@over("path", DISPATCHES)
def test_a_tidied_text_reads_the_same_again(path):
    text = corpus_text(path)
    assert read_json(tidy(text)) == read_json(text)


# --- never anything but a dispatch or a refusal -----------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ỦY BAN NHÂN DÂN", "PHƯỜNG", "Số: 12/UBND", "Số:", "/", "V/v", "Kính gửi:",
        "Nơi nhận:", "./.", "THÔNG BÁO", "CÔNG ĐIỆN", "điện:", "- ", ";", "“", "”", '"', "nội dung như sau:", "tin nhắn",
        "loa", "phát", "tăng thời lượng", "3 lần/ngày", "gấp", "x3", "%", "từ ngày", "29/2", "đến hết ngày", "31/12/9999",
        "ngày 31 tháng 2 năm 2020", "ngày 0 tháng 0 năm 0000", "trong 999 ngày từ ngày 30/12/9999", "25h99", "5h30", "từ",
        "thứ 2", "trừ Chủ nhật", "0912345678", "1022", "gọi", "https://", "www.", "\n", "\n\n", "\t", "   ", "|", "**", "\f",
        "mỗi buổi", "phút", "cứ", "giờ", "sau đó", "Thực hiện Công văn số 3", "trong tháng 13 năm 2020", "²", "İ", "١٢",
    ]
)  # fmt: skip


@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=30).map("".join)))
def test_any_text_is_read_or_refused_and_nothing_else_is_raised(text):
    for whole in (text, HEAD + text):
        dispatch = read_or_refused(whole)
        if dispatch is not None:
            json.dumps(dispatch_json(dispatch), ensure_ascii=False).encode("utf-8")
            assert len(dispatch.messages) == len(dispatch.message_kinds)
            assert said_draft(dispatch).title
            campaign_hint(dispatch)


def read_or_refused(text: str) -> Dispatch | None:
    try:
        return read_dispatch(text)
    except DispatchError as refused:
        if refused.reason not in {"dispatch_empty", "dispatch_not_one", "dispatch_too_long"}:
            raise
        return None


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(PIECES, max_size=30).map(" ".join))
def test_composed_and_decomposed_letters_give_one_result(text):
    whole = HEAD + text
    assert read_json(unicodedata.normalize("NFD", whole)) == read_json(unicodedata.normalize("NFC", whole))


@settings(max_examples=examples(150), deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_tidying_leaves_no_stray_spaces_or_controls(text):
    tidied = tidy(text)
    assert not re.search(r"[\r\t\v\f\0]|  | \n|\n\n\n", tidied)
    assert tidied == unicodedata.normalize("NFC", tidied)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "dispatch_empty", id="nothing"),
        pytest.param(" \n\t\u200b\ufeff", "dispatch_empty", id="only spaces"),
        pytest.param("---\n***\n", "dispatch_empty", id="only rules"),
        pytest.param("a " * 200_000, "dispatch_too_long", id="a book"),
        pytest.param("Chào anh, ngày 13 tháng 3 năm 2020 tôi có gửi thư.", "dispatch_not_one", id="a letter"),
        pytest.param(
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nĐƠN KIẾN NGHỊ\n(V/v loa phát sớm)\nKính gửi: UBND phường.\nTôi đề nghị.",
            "dispatch_not_one",
            id="a petition of a citizen",
        ),
        pytest.param("Hôm nay họp lúc 8h00. Số: nhiều lắm. Nơi nhận: ai cũng được.", "dispatch_not_one", id="chat"),
        pytest.param(
            "CÔNG TY TNHH HOA SEN\nSố: 12/HĐ-2024\nHóa đơn bán hàng\nKhách hàng: ông Ba\nCộng tiền hàng: 1.200.000",
            "dispatch_not_one",
            id="a bill with a number",
        ),
        pytest.param(
            "Dear Mr. Nam,\n\nThank you for your letter No: 12/AB dated 13 March 2020.\nBest regards,\nJohn",
            "dispatch_not_one",
            id="English mail",
        ),
        pytest.param(
            "Quê em có con sông xanh\nTrưa hè tắm mát, chiều nhanh về nhà\nThương sao tiếng loa phường ta\nSáng nào cũng gọi cả nhà dậy mau",
            "dispatch_not_one",
            id="a poem",
        ),
        pytest.param("1. Gạo\n2. Muối\n3. Nước mắm\n4. Số: 5/A chai dầu", "dispatch_not_one", id="a list"),
        pytest.param(
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\nKính gửi: UBND phường\nV/v: xin sửa loa\n"
            "Tôi tên là Ba, ở tổ 5.\nNơi nhận: như trên",
            "dispatch_not_one",
            id="a citizen's letter without a title",
        ),
        pytest.param(
            "Em chào chị,\nSố 304/STTTT-BCXB ngày 09/3/2020 là văn bản của Sở, chị xem giúp em.",
            "dispatch_not_one",
            id="a letter about a dispatch",
        ),
        pytest.param(
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nHỢP ĐỒNG MUA BÁN\nSố: 12/HĐMB\nHôm nay, ngày 5",
            "dispatch_not_one",
            id="a contract",
        ),
        pytest.param("def f(x):\n    return x / 2\n", "dispatch_not_one", id="a program"),
    ],
)
def test_what_is_no_dispatch_is_refused_with_its_reason(text, reason):
    with pytest.raises(DispatchError) as refused:
        read_dispatch(text)
    assert refused.value.reason == reason


# --- drafts -----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real dispatch lies beside the repository and is not there")
def test_the_draft_of_642_says_the_advice_the_service_and_the_hotlines_within_ninety_seconds():
    dispatch = read_dispatch((SAMPLES / "dispatch-642.txt").read_text(encoding="utf-8"))
    draft = said_draft(dispatch)
    assert draft.title.startswith("Tiếp tục đẩy mạnh công tác tuyên truyền")
    lines = draft.text.split("\n")
    assert "phòng, chống dịch bệnh COVID-19" in lines[0]
    assert lines[1].startswith("Đề nghị toàn thể nhân dân trên địa bàn Thị xã tự giác khai báo")
    assert lines[1].endswith("thông báo ngay cho cơ quan y tế.")
    assert lines[2].startswith("Tăng cường sử dụng các dịch vụ công trực tuyến")
    assert "02373761666" in lines[3]
    assert "02373776559" in lines[3]
    assert draft.seconds <= 90


def test_the_draft_of_a_dispatch_with_a_loudspeaker_text_says_that_text_whole():
    text = "Kính thưa bà con! " + "Giữ gìn vệ sinh nơi ở. " * 120
    dispatch = dispatch_with(f"Đề nghị phát trên loa truyền thanh nội dung sau:\n\n“{text.strip()}”\n\nTrân trọng./.")
    assert dispatch.message_kinds == (MessageKind.LOUDSPEAKER,)
    assert text.strip() in said_draft(dispatch).text


def test_an_sms_without_diacritics_is_never_put_into_the_draft():
    dispatch = dispatch_with('Nội dung tin nhắn như sau: "Canh bao chay rung, khong dot nuong ray."')
    assert dispatch.message_kinds == (MessageKind.SMS,)
    assert "Canh bao" not in said_draft(dispatch).text
    assert any("no diacritics" in warning for warning in dispatch.warnings)


def test_a_draft_never_needs_much_more_than_ninety_seconds_when_the_dispatch_words_none():
    advice = "\n".join(
        f"- Vận động nhân dân thực hiện việc thứ {n} theo đúng hướng dẫn của cơ quan y tế." for n in range(60)
    )
    draft = said_draft(dispatch_with(advice))
    assert "Đề nghị nhân dân thực hiện việc thứ 0" in draft.text
    assert draft.seconds <= 90


def test_the_draft_of_a_notice_says_what_it_tells_and_leaves_out_its_order_to_the_loudspeakers():
    text = HEAD.replace("V/v tuyên truyền", "").split("Kính gửi")[0] + (
        "THÔNG BÁO\nLỊCH TIÊM PHÒNG DẠI CHO CHÓ, MÈO\n\n"
        "- Tổ dân phố 1: 7 giờ 30 ngày 15 tháng 7 tại nhà văn hóa.\n\n"
        "Đài truyền thanh phường thông báo trên loa 03 lần/ngày.\n"
    )
    draft = said_draft(read_dispatch(text))
    assert draft.title == "Lịch tiêm phòng dại cho chó, mèo"
    assert "Tổ dân phố 1: 7 giờ 30 ngày 15 tháng 7 tại nhà văn hóa." in draft.text
    assert "03 lần" not in draft.text


def test_a_draft_without_any_text_to_say_still_names_the_subject():
    assert said_draft(dispatch_with("Đề nghị phối hợp.")).text.startswith("Thông báo về việc tuyên truyền")


def test_the_bundled_sample_orders_an_increase_and_words_a_bulletin_and_an_sms():
    sample = Path(__file__).parents[3] / "scheduler" / "samples" / "cong-van-mau.txt"
    dispatch = read_dispatch(sample.read_text(encoding="utf-8"))
    assert dispatch.number_symbol == "315/UBND-VHTT"
    assert dispatch.message_kinds == (MessageKind.LOUDSPEAKER, MessageKind.SMS)
    assert [order.increase for order in dispatch.frequency] == [True]
    assert dispatch.phones == ("02373761666", "02373776559")
    draft = said_draft(dispatch)
    assert dispatch.messages[0] in draft.text
    assert dispatch.messages[1] not in draft.text
    assert draft.seconds <= 90
