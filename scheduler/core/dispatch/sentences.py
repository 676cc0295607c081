"""What a sentence of a dispatch is about, told by its words alone, before any of it is read.

Whether it speaks of airing, has a subject or a work of its own, takes something out of an order, or may change one; and
where the sentence itself begins behind what it refers to.
"""

import re
from collections.abc import Sequence
from datetime import date

from scheduler.core.dispatch.others import forbids_ours, is_of_another, without_others
from scheduler.core.dispatch.terms import terms_in
from scheduler.core.dispatch.text import fold, is_bullet
from scheduler.core.dispatch.vocabulary import (
    COMPOUNDS,
    COUNTS_SOMETHING,
    DANGER,
    MEANS_NOTHING,
    MILD,
    NEUTRAL,
    PHRASES,
)
from scheduler.core.dispatch.walking import COUNTS, HOURS, LENGTHS, REPEATED, SCOPES

__all__ = [
    "ANY_VALUE",
    "ASKS_THE_STATION",
    "BARE_AIRING",
    "CHANGES",
    "HEADS_HOURS",
    "OF_A_DOCUMENT",
    "OF_THE_AIRING",
    "STRONG",
    "TO_BE_SAID",
    "after_reference",
    "are_times_of_a_count",
    "binds_places",
    "has_days_alone",
    "has_hour",
    "has_rhythm",
    "is_bare_days",
    "is_bare_length",
    "is_bare_times",
    "is_between",
    "is_torn",
    "may_change",
    "resumed",
    "says_more_or_less",
    "takes_out",
]  # fmt: skip

STRONG = re.compile(
    r"phát thanh|phát sóng|chuyển tiếp (?:sóng|chương trình|bản tin)|\bloa\b|truyền thanh|tiếp âm|tiếp sóng"
    r"|\bđài (?:đọc|(?:giúp |giúp đỡ )?thông báo)|thời lượng|\bphát\b|\b(?:giờ|lịch) phát\b|\bđọc (?:(?:thông báo|bài"
    r"|tin)(?: này)? )?(?:giúp|giùm|dùm|hộ)\b"
)
ASKS_THE_STATION = re.compile(
    r"\b(?:nhờ|đề nghị|yêu cầu|giao|xin|mong)(?: (?!không|đừng|chưa|khoan)[^\W\d]+){0,4} (?:đài|loa"
    r"|đọc (?:thông báo|bản tin|danh sách|lời|thư))\b"
)
"""With a verb of airing behind it an order, also where no other word says so: "nhờ quý Đài đưa tin … 17h15"."""
BARE_AIRING = re.compile(
    r"\b(?:phat (?:thanh|song|loa|tin|ban tin|thong bao|bai|giup|\d+(?:h|g)?)|truyen thanh|tren loa|tiep am"
    r"|buoi phat|thoi luong|doc (?:thong bao|bai|tin|ban tin|\d))\b"
)
ANY_VALUE = re.compile(r"\d|\b(?:tru|nghi|khong|thu|chu nhat|hang ngay|moi ngay)\b")
HEADS_HOURS = re.compile(
    r"\b(?:lịch|giờ|khung giờ|thời gian) phát(?: thanh| sóng| tin| bài| bản tin| thông báo| chương trình)?"
    r"(?: (?:mới|mùa \w+|của [^.;:]*|trong [^.;:]*|như sau|(?:kể )?từ [^.;:]*|cụ thể|(?:hằng|hàng) ngày))*\s*:\s*$"
)
"""A heading of hours of airing; one of what is to be said, "phát thông báo như sau:", may lead to other hours."""
OF_THE_AIRING = re.compile(
    r"\W*(?:thời gian|lịch|tần suất|thời lượng|số lần) (?:phát|thông báo|tuyên truyền"
    r"|thực hiện)\b"
)
"""How a sentence about an airing opens that was asked for before: "Thời gian thông báo: …, mỗi ngày 02 lượt"."""
_REFERENCE = re.compile(
    r"^\W*(?:thuc hien|can cu|theo|tiep theo|tiep tuc thuc hien|xet|tren co so)\s+(?:[^\s,]+\s+){0,8}?"
    r"(?:(?:cong van|van ban|chi thi|ke hoach|thong bao|quyet dinh|nghi dinh|nghi quyet|luat|cong dien"
    r"|thong tu|huong dan|ket luan|to trinh|y kien"
    r"|chi dao|de nghi)\b[^;,]{0,90}?\b(?:so|ngay)\s*:?\s*\d"
    r"|(?:y kien|chi dao|de nghi|tinh than)\b[^;,]{0,20}?\bcua\b)"
)
_OWN_BEHIND = re.compile(
    r",(?!\s*(?:(?:va|cung|cac)\s+)*(?:cong van|van ban|chi thi|ke hoach|thong bao so|quyet dinh|nghi dinh|nghi quyet"
    r"|luat|cong dien|thong tu|huong dan so|ket luan|to trinh|so|cua|ve|ngay \d[^,]{0,60}\bcua)\b)"
    r"(?=[^;]{0,300}?(?:\b(?:phat|loa|dai|doc|nghi|tru|khong|dung|ngung|tat|thoi luong|tan suat|lich|buoi|lan|luot"
    r"|(?:hang|moi) (?:ngay|tuan|sang|chieu|toi)|chu nhat|thu (?:hai|ba|tu|nam|sau|bay)|tu (?:ngay|nay|thu)"
    r"|den (?:ngay|het)|trong (?:vong )?\d+ (?:ngay|tuan))\b|\d\s*(?:h|gio|phut)\b))"
)
"""A comma behind a reference, and what may be an order of its own, or its days and hours."""
_LONGEST = 2000
"""No office writes a sentence this long; a hostile text does."""
_ORDERS = re.compile(r"\b(?:yêu cầu|đề nghị|giao|(?<!ban )chỉ đạo|hướng dẫn|thông báo)\b")
_BARE_ORDERS = re.compile(fold(_ORDERS.pattern))
_EXCEPTS = re.compile(r"(?:riêng|trừ|ngoại trừ|không kể|tránh|nghỉ|không (?:phát|mở)|(?:nghiêm )?cấm)\b")
"""A sentence that begins so takes something out of an order, however far behind it stands."""
_TAKES_OUT = re.compile(
    r"\b(?:(?<!văn bản )(?<!thông báo )(?<!lịch )riêng|nghỉ|(?<!phòng )(?<!loại )trừ|(?:không|chỉ) (?:phát|mở"
    r"|áp dụng|thực hiện|tuyên truyền))\b"
)
"""So does one with one of these, unless it has a subject or a work of its own."""
TO_BE_SAID = re.compile(
    r"\b(?:thông báo|nội dung|tin|bài|lời kêu gọi|thông điệp) (?:này|trên|nêu trên|sau)\b|lên sóng"
    r"|\bthông báo (?:giúp|giùm|dùm|hộ)\b"
)
"""What the dispatch has said: done again and again, without a verb that is known, it may be an airing."""
OF_A_DOCUMENT = re.compile(r"hiệu lực|\b(?:thay thế|bãi bỏ|hủy bỏ|huỷ bỏ|thu hồi)\b[^;]{0,60}\bsố\s*:?\s*\d")
"""A sentence about the force of this document or of another: its days are not those of an order."""
CHANGES = re.compile(
    r"\b(?:tùy|tuỳ|điều chỉnh|thay đổi|hoãn|lùi|bắt đầu|kết thúc|tạm|nghỉ|linh (?:hoạt|động)|xen kẽ|luân phiên"
    r"|cách ngày)\b"
)
"""Words of a sentence without a number that may still change the order before it."""


_PLACE = r"(?:tổ(?: dân phố)?|khu(?: phố| vực| dân cư)?|cụm(?: loa)?|loa|xóm|thôn|ấp|làng|bản|ngõ|phố|đường|chợ|đội)"
_BINDS_PLACES = re.compile(
    r"\W*(?:(?:phạm vi|địa bàn|nơi|khu vực|điểm)(?: (?:phát|áp dụng|thực hiện|tuyên truyền|loa))*\W+(?:gồm |là "
    r"|tại |ở )*"
    rf"|{_PLACE}(?! trưởng| công tác| viên)(?: [^\W\d]+){{1,3}} (?:áp dụng|thực hiện) (?=từ|vào|trong)"
    r"|(?:chỉ )?(?:áp dụng|thực hiện|mở|bật|làm|dùng) (?:cho|tại|ở|đối với|trên)(?: các| những)? )"
    r"(?!(?:toàn|tất cả|mọi|cả)\b)(?:(?!\btoàn (?:xã|phường|thị trấn)).)*$",
    re.DOTALL,
)
_PLACES_ALONE = frozenset(
    [
        "tổ", "dân", "phố", "khu", "vực", "cư", "cụm", "loa", "xóm", "thôn", "ấp", "làng", "bản", "ngõ", "đường", "chợ",
        "đội", "tại", "ở", "gồm", "và", "các", "những", "phát", "số",
    ]
)  # fmt: skip
"""Words of a sentence that only names places by their numbers: "Loa: cụm 3, 8"."""
_A_PLACE = re.compile(rf"\b{_PLACE}(?: số)? \d")
_SHORT = 300
"""No sentence that only says where is longer."""
_CARRIED_OUT = re.compile(
    r"\b(?:thực hiện|triển khai|áp dụng|tiến hành|duy trì|mở|bật|đọc|làm|yêu cầu trên|(?:nội dung|văn bản|công văn"
    r"|việc) (?:này"
    r"|trên|nêu trên)|lịch|giờ|buổi|lượt|lần|thôn|xóm|ấp|khu phố|tổ dân phố|cụm)\b"
)

_MORE = re.compile(
    r"(?:(?:năm (?:20\d\d|nay)|nay|từ nay|tháng \d{1,2}|tới đây|sắp tới|thời gian tới),? )?(?:cần |phải |sẽ |nên )?"
    r"(?:tăng|nâng|giảm)(?: (?:lên|thêm|xuống|bớt|dần|cao hơn|đi|gấp|đôi|hai|ba|một nửa|lần))*\W*$"
)
_RESUMES = re.compile(
    r"(?:\b(?:phát|hoạt động)(?: thanh| sóng)?|^)\W*trở lại(?: phát)?(?: như)?(?: bình thường| cũ)?\W*$"
)
_BETWEEN = re.compile(
    r"(?:(?:những|các) ngày |(?:trong )?(?:khoảng )?thời gian |khoảng )?giữa (?P<n>hai|2|02|các) (?:đợt|giai đoạn)"
    r"(?: này| trên| phát)*,? (?:thì )?(?:không phát|nghỉ phát|tạm nghỉ|nghỉ)(?: thanh)?\W*$"
)


def says_more_or_less(low: str) -> bool:
    """Whether it says that something rises or falls, and no more: "Năm 2026 tăng lên"."""
    return bool(_MORE.match(low))


def may_change(low: str) -> bool:
    """Whether a sentence without any value may still turn the order before it: "Chưa triển khai ngay", "Hộ xa không".

    Where others are told what not to do, "nghiêm cấm người vào khu vực bắn", it does not.
    """
    low = without_others(MEANS_NOTHING.sub(" ", COMPOUNDS.sub(" ", PHRASES.sub(" ", low))))
    words = re.findall(r"[^\W\d_]+", low) or [""]
    danger = DANGER.intersection(words)
    alone = bool(danger) and (bool(danger & {words[0], words[-1]}) or _CARRIED_OUT.search(low) is not None)
    return bool(CHANGES.search(low) or danger - MILD or alone or forbids_ours(low))


def binds_places(low: str) -> bool:
    """Whether it only says where: "Phạm vi: tổ 5, tổ 6", "Áp dụng cho cụm loa số 3", "Loa: cụm 3, 8"."""
    if len(low) > _SHORT:
        return False
    alone = _A_PLACE.search(low) and set(re.findall(r"[^\W\d_]+", low)) <= _PLACES_ALONE
    return bool(alone or (re.search(rf"\b{_PLACE}\b", low) and _BINDS_PLACES.match(low)))


def resumed(sentence: str, issued: date | None) -> str | None:
    """The day from which "ngày 15/3/2026 phát trở lại bình thường" goes on; "" where it names none; None otherwise."""
    found = _RESUMES.search(sentence.lower())
    terms = terms_in(sentence[: found.start()], issued) if found else []
    if not found or any(one.kind not in SCOPES | {"mark", "phase"} and one.text not in NEUTRAL for one in terms):
        return None
    days = [day for one in terms for day in (*one.value.dates, one.value.first, one.value.last) if day]
    return days[0] if len(days) == 1 else ""


def is_between(low: str) -> int | None:
    """Of how many phases it says that nothing is aired between them; 0 = of all; None: it says something else."""
    found = _BETWEEN.match(low)
    return found and (0 if found["n"] == "các" else 2)


def takes_out(low: str) -> bool:
    """Whether a sentence behind other work takes something out of an order: it begins so, or has no other subject."""
    low = without_others(low)
    return bool(_EXCEPTS.match(low) or (_TAKES_OUT.search(low) and not is_of_another(low)))


def after_reference(text: str, start: int, end: int) -> int:
    """In "Thực hiện Công văn số …, UBND phường yêu cầu …" what is referred to is another's order."""
    folded = fold(text[start:end])
    reference = _REFERENCE.match(folded)
    if not reference:
        return start
    pattern = _BARE_ORDERS if text[start:end].isascii() else _ORDERS
    orders = pattern.search(text[start:end].lower(), reference.end())
    reach = min(orders.start() if orders else len(folded), reference.end() + _LONGEST)
    own = _OWN_BEHIND.search(folded, reference.end(), reach)
    if own:
        return start + own.end()
    return start + orders.start() if orders else end


_TIMES_NAMED = frozenset({"khung giờ", "giờ phát", "lịch phát", "tần suất phát"})
_TIMES = SCOPES | HOURS | COUNTS | {"mark", "number_alone"} | REPEATED


def is_bare_times(sentence: str, issued: date | None) -> bool:
    """Whether it holds days and hours and nothing else, "Thứ Hai: 6h00; thứ Tư: 17h00": no verb, but a timetable."""
    terms = terms_in(sentence, issued)
    kinds = {one.kind for one in terms}
    bare = all(one.kind in _TIMES or one.text in NEUTRAL or one.text in _TIMES_NAMED for one in terms)
    parts = [one for one in terms if one.kind == "part"]
    return bare and bool(
        kinds & {"hour", "window", "count", "number_alone"}
        or ({"daily", "times"} <= kinds <= _TIMES)
        or (parts and (len(parts) > 1 or kinds & REPEATED))
    )


def has_rhythm(sentence: str, issued: date | None) -> bool:
    """Whether it says that something is done again: each day, so many times, or at several hours."""
    kinds = [one.kind for one in terms_in(sentence, issued)]
    return bool(set(kinds) & (COUNTS | REPEATED)) or sum(kind in HOURS for kind in kinds) > 1


def is_bare_days(sentence: str, issued: date | None) -> bool:
    """Whether it holds days and nothing else: "Thời gian: 05/3/2026 - 10/3/2026"."""
    terms = terms_in(sentence, issued)
    known = all(one.kind in SCOPES | {"mark"} or one.text in NEUTRAL or one.text == "thời gian" for one in terms)
    return known and any(one.kind in SCOPES for one in terms)


def is_bare_length(sentence: str, issued: date | None) -> bool:
    """Whether it says how long, or in which part of the day, and nothing else: "Mỗi lượt 10 phút.", "Buổi tối."."""
    terms = terms_in(sentence, issued)
    known = all(
        one.kind in _TIMES | LENGTHS | {"each", "most", "least", "length"} or one.text in NEUTRAL for one in terms
    )
    return known and any(one.kind in LENGTHS | {"part"} for one in terms)


def has_days_alone(sentence: str, issued: date | None) -> bool:
    """Whether it names days, and neither an hour nor how often."""
    kinds = {one.kind for one in terms_in(sentence, issued)}
    return bool(kinds & SCOPES) and not kinds & (HOURS | COUNTS | REPEATED | {"days_a_week"})


def has_hour(sentence: str, issued: date | None) -> bool:
    """Whether it names an hour or a part of the day, or of a day near: "chiều nay"."""
    return any(one.kind in HOURS | {"near_day"} for one in terms_in(sentence, issued))


def is_torn(paragraph: str, issued: date | None) -> bool:
    """Whether a paragraph has no end, as before a page break, and holds what may be of the order behind it."""
    words = paragraph.rstrip()
    if is_bullet(words) or words[-1] in '.;:!?…)”"' or is_bare_times(words, issued):
        return False
    weighty = HOURS | SCOPES | COUNTS | REPEATED | {"silent", "except", "usual"}
    return any(one.kind in weighty or one.text in DANGER for one in terms_in(words, issued))


def are_times_of_a_count(text: str, spans: Sequence[tuple[int, int]], issued: date | None) -> bool:
    """Whether nothing but hours or days stands before nothing but a count: "Khung giờ: 6h00, 17h00; 02 lần/ngày"."""
    written = [text[a:b] for a, b in spans]
    counted = len(written) > 1 and COUNTS_SOMETHING.search(written[1].lower())
    return bool(counted) and all(is_bare_times(one, issued) for one in written)
