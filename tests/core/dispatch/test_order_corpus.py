"""Orders about airing, clause by clause: what is read is right, what is not understood is asked about, nothing is silent.

Mutants of every clause that is read right, unknown verbs before the verb of airing, and sentences that follow an order: the
reading changes, or somebody is asked. Silent wrong readings allowed: none.
"""

import re
from itertools import chain

from scheduler.core.dispatch import read_dispatch
from tests.core.dispatch.order_corpus import (
    ASKED_OF_A_CAMPAIGN,
    HEAD,
    TAIL,
    clauses,
    read_body,
    verdict,
)
from tests.examples import some_of
from tests.rows import over

FILES = (
    "clauses.txt",
    "set-aside.txt",
    "fresh.txt",
    "fresh-2.txt",
    "fresh-3.txt",
    "fresh-4.txt",
    "fresh-5.txt",
    "fresh-6.txt",
    "fresh-7.txt",
    "fresh-8.txt",
    "fresh-9.txt",
    "fresh-10.txt",
)
MOST_NEEDLESS = 0.15
FEW = 12
EVENTS = """
    hội nghị, đại hội, lễ hội, hội thi, họp dân, họp tổ dân phố, tiêm phòng, tiêm vắc xin, cắt điện, cắt nước,
    mất nước, cấp căn cước, làm căn cước, thu thuế, nộp thuế, khám bệnh, khám sức khỏe, hiến máu, diễn tập, bắn
    đạn thật, phun thuốc, thu gom rác, ra quân, dọn vệ sinh, khai giảng, bế giảng, mít tinh, chiếu phim, văn
    nghệ, thi đấu, giao lưu, tọa đàm, tiếp dân, tiếp công dân, đối thoại, cưỡng chế, giải phóng mặt bằng, tháo
    dỡ, đấu giá, bốc thăm, chi trả lương hưu, trao quà, cấp phát thuốc, xả lũ, sơ tán, cấm đường, phân luồng,
    cấm biển, thả cá, trồng cây, tết trồng cây, chạy việt dã, đi bộ, gặp mặt, sinh hoạt chi bộ, sinh hoạt đoàn,
    học nghị quyết, tập huấn, bồi dưỡng, gọi nhập ngũ, giao quân, đón quân, viếng nghĩa trang, lễ viếng, an
    táng, truy điệu, rước kiệu, dâng hương, chợ phiên, hội chợ, bán hàng bình ổn, đổi rác lấy quà, xét nghiệm,
    khử khuẩn, kiểm tra nồng độ cồn, ra mắt câu lạc bộ, sinh hoạt câu lạc bộ, đại hội phụ nữ, họp phụ nữ, hội
    nghị nhân dân, hội nghị cử tri, kiểm tra thực phẩm, tư vấn pháp luật, hòa giải, xử án, xét xử, trả lại tài
    sản, nhận trẻ, đón trẻ, tựu trường, thi tốt nghiệp, tuyển sinh, tuyển dụng, nhập học, tuyên truyền lưu động,
    phát động thi đua, ký cam kết, lấy ý kiến, công khai quy hoạch, niêm yết, tiêu hủy lợn, thu hồi pháo, giao
    nộp vũ khí, đổi giấy phép, làm thẻ bảo hiểm, đăng ký tạm trú, bảo trì đường dây
"""
"""What has days and hours of its own, parted by commas."""

BEHIND = (
    ", trừ thôn Bắc", ", cách ngày", ", khi có yêu cầu", ", luân phiên", ", trừ ngày mưa", ", tùy tình hình", ", xen kẽ",
    ", nếu cần", " tại thôn Đông", ", mỗi tuần đổi giờ", ", riêng thôn 2 nghỉ", ", tối đa 10 phút", ", thứ Tư nghỉ",
    ", nghỉ ngày 10/3/2026", ", không phát buổi trưa", ", hoặc ít hơn", ", có thể thay đổi", ", chỉ khi trời tạnh",
    " vào ngày chẵn", ", ngày nghỉ thôi phát", ", linh động", ", giảm dần", ", từ tuần sau", ", trừ khi mất điện",
    ", không áp dụng Chủ nhật", ", đến khi có lệnh mới", ", mỗi thôn một ngày", ", trước mắt thử một hôm",
)  # fmt: skip
BEFORE = (
    "Khi có mưa, ", "Nếu cần, ", "Không bắt buộc ", "Có thể ", "Chưa ", "Không nhất thiết ", "Tạm thời ", "Dự kiến ",
    "Trừ thôn Bắc, ",
)  # fmt: skip
NEXT = ("\nRiêng thôn Bắc nghỉ.", "\nKhông mở loa sau 19 giờ.", "\nNgày 09/3/2026 không phát.")
VERBS = (
    "khoan", "hoãn", "lùi", "ngại", "gượm", "tránh", "khước", "bớt", "tạm", "cấm", "quên", "ngắt", "miễn", "né", "nhịn",
    "chừa",
)  # fmt: skip
_VERB = re.compile(r"(?i)(?<!giờ )(?<!gian )(?<!lần )(?<!suất )(?<!lịch )(?<!buổi )(?<!lượng )(?<!sóng )\bphát\b")
_LAST_IS_OTHER_WORK = re.compile(r"(?:Phun|[Bb]áo cáo|Trạm Y tế|gửi nhật ký)[^.]*\.$")
_PAST = re.compile(r"(?:Tháng trước|Năm 2025)[^;]*; ")
"""What was done before: words put into it change no order."""


@over("name", FILES)
def test_no_clause_is_read_wrongly_in_silence_and_few_are_asked_about_needlessly(name):
    judged = [(clause, verdict(clause, *read_body(clause.text))) for clause in clauses(name)]
    assert [clause.text for clause, said in judged if said == "silent"] == []
    plain = sum(clause.doubt == "no" for clause, _ in judged)
    needless = [clause.text for clause, said in judged if said == "needless"]
    assert len(needless) < MOST_NEEDLESS * plain, needless


def _read_right() -> list[tuple[str, list[dict[str, object]], list[str]]]:
    """The clauses with an order that needs nobody, and how they are read."""
    found = []
    for clause in chain.from_iterable(map(clauses, FILES)):
        if clause.doubt != "no" or not clause.orders:
            continue
        orders, asked = read_body(clause.text)
        if orders == list(clause.orders) and not [one for one in asked if one.split(":")[0] not in ASKED_OF_A_CAMPAIGN]:
            found.append((clause.text, orders, asked))
    return found


def _mutants(text: str) -> list[str]:
    bare = text.rstrip(".")
    made = [text + after for after in NEXT]
    if not _PAST.match(text):
        made += [f"{before}{bare[0].lower()}{bare[1:]}." for before in BEFORE]
    if not _LAST_IS_OTHER_WORK.search(text):
        made += [f"{bare}{behind}." for behind in BEHIND]
    return made


def test_no_change_of_a_clause_passes_in_silence():
    silent = []
    for text, orders, asked in some_of(_read_right(), FEW):
        silent += [
            mutant
            for mutant in _mutants(text)
            if read_body(mutant) == (orders, asked) and not _says_the_same(text, mutant, orders)
        ]
    assert silent == []


def _says_the_same(text: str, mutant: str, orders: list[dict[str, object]]) -> bool:
    """A change that changes nothing: "thứ Tư nghỉ" of an order for Mondays, a day or a limit that was there before."""
    added = mutant.removeprefix(text.rstrip("."))
    if "thứ Tư nghỉ" in mutant:
        left_out = all(order.get("weekdays") and 2 not in order["weekdays"] for order in orders)  # type: ignore[operator]
        return left_out or re.search(r"(?i)thứ (?:hai|ba|năm|sáu|bảy|[2-7])|chủ nhật|cuối tuần", text) is not None
    if "Ngày 09/3/2026 không phát" in added:
        return all("2026-03-09" in order.get("except_days", []) for order in orders)
    if "nghỉ ngày 10/3/2026" in added:
        return all("2026-03-10" in order.get("except_days", []) for order in orders)
    return "tối đa 10 phút" in added and all(order.get("max_minutes") == 10 for order in orders)


def test_no_unknown_verb_before_the_verb_of_airing_passes_in_silence():
    silent = []
    for text, orders, asked in some_of(_read_right(), FEW):
        for verb in VERBS:
            past = _PAST.match(text)
            begins = past.end() if past else 0
            mutant = text[:begins] + _VERB.sub(f"{verb} phát", text[begins:], count=1)
            if mutant != text and read_body(mutant) == (orders, asked):
                silent.append(mutant)
    assert silent == []


@over(
    "body, asked",
    [
        ("Phát thanh theo lịch sau:\nThứ Hai\n6h00\nThứ Ba\n17h00\nThứ Tư\n18h30", "frequency_table"),
        ("Thời gian phát thanh thực hiện theo kế hoạch kèm theo.", "frequency_elsewhere"),
        ("Đài phát thanh theo phụ lục đính kèm công văn này.", "frequency_elsewhere"),
        ("Phát 02 lần/ngày.\n- Riêng thứ Bảy theo thông báo sau.", "frequency_left"),
        ("Phát 02 lần/ngày.\nTrạm Y tế trực 24/24 giờ.\nRiêng thôn Bắc nghỉ.", "frequency_left"),
        ("Dai truyen thanh phat thanh 2 lan/ngay, tru Chu nhat.", "frequency_without_diacritics"),
        ("Không phát vào Chủ nhật.", "frequency_left"),
        ("Thứ Hai phát 02 lần/ngày; thứ Ba phát 01 lần/ngày; nghỉ ngày 10/3/2026.", "frequency_scope"),
        ("Phát 02 lần/ngày, trừ Chủ nhật ngày 15/3/2026.", "frequency_left"),
        ("Phát 02 lần/ngày, trừ ngày 15/3/2026 Chủ nhật.", "frequency_left"),
        (
            "Từ 05/3 đến 09/3 phát 02 lần/ngày, trừ 11h30 - 13h30; từ 10/3 đến 20/3 phát 03 lần/ngày.",
            "frequency_unkept",
        ),
    ],
)
def test_what_cannot_be_read_or_kept_is_asked_about(body, asked):
    _, reasons = read_body(body)
    assert asked in {one.partition(":")[0] for one in reasons}


def test_a_no_that_is_an_exception_ends_no_airing_and_one_that_ends_it_is_no_exception():
    excepted = read_dispatch(f"{HEAD}Phát 02 lần/ngày; tạm dừng phát từ ngày 10/3/2026 đến ngày 12/3/2026.{TAIL}")
    assert (excepted.acts, excepted.frequency[0].except_days) == ((), ("2026-03-10", "2026-03-11", "2026-03-12"))
    ended = read_dispatch(f"{HEAD}Ngừng phát bài tuyên truyền cũ kể từ ngày 06/3/2026.{TAIL}")
    assert ([act.since for act in ended.acts], ended.frequency) == (["2026-03-06"], ())


def test_a_period_that_is_one_for_all_stands_in_each_order_and_in_effective():
    body = "Phát 02 lần/ngày.\n\nThời gian thực hiện: từ ngày 05/3/2026 đến hết ngày 20/3/2026."
    read = read_dispatch(HEAD + body + TAIL)
    assert (read.frequency[0].start, read.frequency[0].end) == read.effective == ("2026-03-05", "2026-03-20")
    one = read_dispatch(f"{HEAD}Phát 02 lần/ngày từ ngày 05/3/2026 đến ngày 20/3/2026.{TAIL}")
    assert (one.frequency[0].start, one.frequency[0].end) == one.effective


def test_an_hour_behind_what_has_hours_of_its_own_is_never_taken_in_silence():
    told = [f"Phát thông báo {' '.join(event.split())} lúc 7h00 ngày 05/3/2026." for event in EVENTS.split(",")]
    assert [body for body in told if not read_body(body)[1]] == []
