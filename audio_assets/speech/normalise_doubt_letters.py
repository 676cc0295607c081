"""When letters are only likely what they were read as: letters with digits in one word, and a consonant alone.

A letter behind a figure may be a unit, two letters an abbreviation; a word before them that letters name ("lớp",
"khối", "giống") makes them certain.
"""

import re
from typing import Final

from audio_assets.speech.normalise_code import NUMBERED
from audio_assets.speech.normalise_rule import Change, Page
from audio_assets.speech.normalise_syllable import LATIN, UPPER, spell
from audio_assets.speech.normalise_tables import UNITS

__all__ = ["LETTER_BEFORE", "doubts_code", "doubts_letter", "doubts_place", "doubts_place_initial"]

_LETTERED: Final = re.compile(
    r"(?<!\w)(?:lớp|nhà|tòa|toà|(?<!tần )(?<!chỉ )số|sn|mục|phòng|căn|xe|tuyến|đường|mẫu|khu"
    r"|lô|block|dãy|cửa|cổng|cột|trạm|tầng|loại|nhóm|hạng"
    r"|bàn|tổ|giống|gạo|nếp|phân"
    r"|lúa|ngô|thép|xăng|mác|xi măng|chủng|cúm|vi rút|virus|biến thể|mã|thẻ|máy|quốc lộ|tỉnh lộ|đê|kênh"
    r"|vitamin|khối|cấp|ký hiệu|chung cư|cao tốc|nút|chuyến|khổ|giấy|mạng|sóng|màn|phim|ca|hộ|kiot|ki ốt|gian|lô số"
    r"|quầy|sạp|bơm|mức|điểm|tủ|két|cống|cầu|mốc|bản|biểu|phụ lục|form|hẻm|ngõ|ghế|hàng|sân|bến|cụm|đội|kho|hồ|đập"
    r"|biệt thự|liền kề|điều|khoản|ql|tl|đt|giống(?: \w+){1,2}|giá giống[^.;]{0,30}:|bình"
    r"|tờ khai|mẫu số|mô hình|tiêu chí|thông điệp"
    r"|chương trình|phong trào)"
    r"(?: (?:số|dân phố|học|chung|điện))?[^\w,;]{0,2}(?:[0-9]{1,2}[A-ZĐ]?(?:,| và| -|-|/)\W?"
    r"|[A-ZĐa-zđ]{1,3}[0-9]{1,3}[A-ZĐa-zđ]?(?:,| và| -|-|/)\W?){0,6}$",
)
_UNIT_LETTERS: Final = frozenset("ATLMVWKGCFNJPHS")


_SERIAL: Final = re.compile(
    r"(?<![^\W\d])(?:số máy|số khung|số sườn|khung số|máy số|seri|sê ri|số hiệu|dầu|diesel|điêzen|do"
    r"|đi ê den)\W{0,3}$"
)


_SEATS_OR_FLOORS: Final = re.compile(r"[0-9]{1,2}[cT]")
_OF_SEATS_OR_FLOORS: Final = re.compile(r"(?<!\w)(?:ghế|chung cư|nhà|tòa|toà|cao)\W{0,2}$")
"""In "số ghế 29c", "chung cư 5T" a letter is as likely short for what is counted."""
_SPRAY: Final = re.compile(r"[0-9.,]+(?:EC|WG|WP|SC|SL|ND|BTN|OD|SG|WDG|DF|FS|CS|ME|EW|SP|GR)")
_SPRAYED: Final = re.compile(r"(?<!\w)(?:thuốc|phun|pha|liều|trừ|hoạt chất|chế phẩm|dùng)(?!\w).*[^\W\d] $")
"""Before how a spray is made up, behind its name: "phun Regent 800WG"."""
_KNOWN_CODE: Final = re.compile(r"RON9[0-9]|P[ACX][0-9]{2}|SE[0-9]{1,2}|U2[0-9]")
"""Grades of petrol, departments of the police, trains: they have one reading."""


_CHANNEL: Final = re.compile(r"VTV[0-9]{1,2}|VOV[0-9]{1,3}")
_WATCHED: Final = re.compile(r"(?<!\w)(?:trên|kênh|xem|sóng|đài|qua|và|v[to]v[0-9]+,)\W{0,2}$")


def _is_known(written: str, before: str) -> bool:
    if _CHANNEL.fullmatch(written):
        return _WATCHED.search(before) is not None
    return _KNOWN_CODE.fullmatch(written) is not None


def _is_spray(written: str, before: str) -> bool:
    return _SPRAY.fullmatch(written) is not None and _SPRAYED.search(f"{before} ") is not None


def _is_said_in_full(change: Change, page: Page) -> bool:
    """Whether the letters were said as what they stand for: "khu DN4" may be four letters' block or an enterprise."""
    letters = re.match(r"[A-ZĐ]{2,3}(?=[0-9])", page.source[change.start : change.end])
    if letters is None or _KNOWN_CODE.match(page.source, change.start, change.end):
        return False
    known = page.lexicon.spoken_form(letters[0])
    return known not in {None, spell(letters[0])} and change.said.startswith(f"{known} ")


def doubts_code(change: Change, page: Page) -> bool:
    """Letters and digits in one word: a letter behind a figure may be a unit, two letters an abbreviation."""
    written = page.source[change.start : change.end]
    before = page.before(change.start)
    if _LETTERED.search(before) or _SERIAL.search(before) or _is_spray(written, before):
        of_seats = _SEATS_OR_FLOORS.fullmatch(written) and _OF_SEATS_OR_FLOORS.search(before)
        return bool(of_seats) or _is_said_in_full(change, page)
    if re.fullmatch(r"[0-9.,]+[A-Za-zĐđ]", written):
        return written[-1].upper() in _UNIT_LETTERS and written not in {"2G", "3G", "4G", "5G", "6G"}
    if re.fullmatch(
        rf"[0-9]+[a-zđ]+[0-9]+[a-zđ]*|[A-Z][0-9]+,[0-9]|[a-zđ][0-9]+[a-zđ]*|[0-9.,]+[{LATIN}]{{2,4}}", written
    ):
        return written not in UNITS  # else an hour, a sum, a unit that no rule knew: "14k30", "20Nm", "k3"
    letters = re.findall(rf"[{LATIN}]+", written)
    if re.fullmatch(r"C[1-3]|Đ[0-9]+|[0-9]+T[0-9]+", written):
        return True  # a level of school, an article of a law, a street, tons and a part of one
    if not letters or len(letters[0]) == 1 or letters[0] in NUMBERED or _is_known(written, before):
        return False
    return change.said.startswith(f"{page.lexicon.spoken_form(letters[0]) or spell(letters[0])} ")


LETTER_BEFORE: Final = re.compile(
    r"(?<!\w)(?:lớp|nhà|tòa|toà|số|phòng|căn|xe|tuyến|đường|mẫu|khu|lô|block|dãy|cửa|cổng|cột|trạm|loại|nhóm"
    r"|phần|biểu|ô|cụm|đợt|kho|bến|gói|nhánh|tầng|vùng|nhóm máu|hạng"
    r"|bàn|tổ|vitamin|vi ta min|viêm gan|vi rút|cấp|điểm|khoản|mục|ông|bà|anh|chị|em|cháu|cụ|đối tượng|nhật bản"
    r"|khối|tiết"
    r"|thế hệ|gan|bảng|phương án|chủng|tuýp|type|đội|máu|hàng|ghế|sân|phụ lục|hội trường|phiếu|tuổi|thêm|độ|công ty"
    r"|hình|chữ|vần|tên|chữ cái|phím|cúm|giải|bằng lái|bằng)"
    r"(?: [0-9]{1,3})?\W{0,2}(?:[a-zđ](?:,| và| hoặc| đến|/|-)\s?){0,4}$"
)


_OF_PEOPLE: Final = re.compile(
    r"(?<!\w)(?:ông|bà|anh|chị|em|cháu|cụ|bạn|công ty|chữ|hình|đối tượng|thế hệ|vitamin|tia|mạng)\W{0,2}$"
)
_NAME_BEFORE: Final = re.compile(rf"[{UPPER}][{LATIN}]* $")
"""Before the letter of "Nguyễn Văn H", "Công ty X"."""


def doubts_letter(change: Change, page: Page) -> bool:
    """A consonant alone, with nothing before it that letters name."""
    written = page.source[change.start : change.end]
    if written.isupper() and _NAME_BEFORE.search(page.source[max(0, change.start - 12) : change.start]):
        return False
    after, before = page.source[change.end : change.end + 4], page.source[max(0, change.start - 4) : change.start]
    if written.isupper() and (re.match(r"(?:,| và) [A-ZĐ](?!\w)", after) or re.search(r"(?<!\w)[A-ZĐ], $", before)):
        return False  # "các đ/c: A, B"
    if re.match(r"\.[A-ZĐ](?!\w)", after) or re.search(r"(?<!\w)[A-ZĐ]\.$", before):
        return False  # "bà N.T.H"
    if after.startswith((")", "=", " =")) or before.endswith("°"):
        return False  # a point of a list: "b) bầu tổ phó"
    if written in {"V", "X"} and not _OF_PEOPLE.search(page.before(change.start)):
        return True  # a five or a ten as well
    return not (
        LETTER_BEFORE.search(page.before(change.start)) or page.source[change.start - 1 : change.start].isdigit()
    )


_PLACE_CUES: Final = {
    "K": re.compile(
        r"(?<!\w)(?:khóa|khoá|lớp|học viên|nhiệm kỳ|đê|đoạn|kênh)\W{0,2}$|(?<!\w)(?:lớp|khóa|khoá) (?:[^\W\d]+ ){1,4}$"
    ),
    "Q": re.compile(
        r"(?<!\w)(?:ubnd|công an|ca|p\.?[0-9]{1,2},|phường [\w ]{1,20},|đường [\w ]{1,20},|tại|ở"
        r"|về)\W{0,2}$"
    ),
    "BĐ": re.compile(
        r"(?<!\w)(?:lũ|hơn|trên|dưới|mức|xấp xỉ|vượt|đạt|nước|sông|ở|báo động)(?:[ :;]+[\w,]+){0,6}\W{0,2}$|[<>]\s?$"
    ),
}


def doubts_place(change: Change, page: Page) -> bool:
    """Of letters that also stand for something else beside a figure: K, Q, BĐ."""
    letters = re.match(f"[{LATIN}]+", page.source[change.start : change.end])
    cue = _PLACE_CUES.get(letters.group()) if letters else None
    return cue is not None and cue.search(page.before(change.start)) is None


_TWO_SYLLABLES: Final = re.compile(rf"[{UPPER}][{LATIN}]+ [{UPPER}][{LATIN}]")
_OF_OFFICE: Final = re.compile(
    r"(?:,|-|–|\(|(?<!\w)(?:ubnd|hđnd|công an|ca|đảng bộ|xã|phường|thị trấn|tt|thuộc|tại|ở|về|trên|đường|ngõ|số nhà"
    r"|số|trung tâm|bệnh viện|ttyt|viện|tòa án|chợ|các|hạt|chi cục)(?: [0-9/]+)?)\s?$"
)


def doubts_place_initial(change: Change, page: Page) -> bool:
    """H. Hà Trung is a place behind an office or another place; "H. Anh" may be a person."""
    if change.said.strip() in {"điều", "Điều"}:
        return False
    before = page.before(change.start)
    if (not before or change.said.strip() == "đường") and _TWO_SYLLABLES.match(page.source, change.end):
        return False
    return _OF_OFFICE.search(before) is None
