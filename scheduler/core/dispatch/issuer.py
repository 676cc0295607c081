"""Who issued a dispatch: the lines of capitals at its head, as one name in the case an office writes it.

The body often writes the same name in ordinary case; that spelling wins. Otherwise the usual rules of naming offices
and places decide. The body above (its superior) is not the issuer and is left out.
"""

import re
from collections.abc import Sequence

from scheduler.core.dispatch.text import Line, fold, squeeze

__all__ = ["issuer_lines", "name_of", "sentence_case"]

_OFFICE = re.compile(
    r"^(?:uy ban|ubnd|ubmttq|hoi dong nhan dan|hdnd|so|bo|cuc|tong cuc|chi cuc|phong|trung tam|ban"
    r"|van phong|cong an|tram|"
    r"dai|truong|benh vien|cong ty|tong cong ty|dien luc|buu dien|dang uy|thi uy|huyen uy|tinh uy|thanh uy|dang bo|"
    r"hoi|lien doan|vien|mat tran|doan|thanh tra|bao hiem xa hoi|toa an|kho bac|thue|chi nhanh|hat kiem lam|"
    r"don bien phong|chinh phu|thu tuong|chu tich|bchqs|bch|bcd|nha van hoa|to|doi)\b"
)
# "PHÒNG, CHỐNG DỊCH" goes on with the line above it, it is no office.
_NO_OFFICE = re.compile(
    r"^(?:phong\s*,?\s*chong|phong thu|hoi nhap|bo doi|so hoa|to chuc|doi ngoai|thanh tra vien|truong hoc)\b"
)
_OPEN_END = re.compile(r"(?:^uy ban|^chu tich|\bvan phong|\bva|,|-|&|\bcua|\bban chi dao|\bban chi huy|\bphong)$")


_LONGEST_LINE = 200
"""No letterhead is wider; a text that lost its line breaks is."""


def issuer_lines(candidates: Sequence[Line]) -> list[Line]:
    """The lines of the last office named: superior first, issuer last."""
    group: list[Line] = []
    for line in candidates:
        if len(line.text) > _LONGEST_LINE:
            continue
        starts = bool(_OFFICE.match(line.folded)) and not _NO_OFFICE.match(line.folded)
        joined = bool(group) and bool(_OPEN_END.search(group[-1].folded))
        if starts and not joined:
            group = [line]
        elif group:
            group.append(line)
    return group


def name_of(lines: Sequence[Line], body: str, place: str = "") -> str:
    """The lines as one name; capitals give way to the case that `body` writes, or to the rules and the `place`."""
    written = re.sub(r"^Uỷ(?= ban)|^UỶ(?= BAN)", lambda m: "Ủy" if m[0][1].islower() else "ỦY", _joined(lines))
    letters = [c for c in written if c.isalpha()]
    if sum(c.isupper() for c in letters) * 10 < len(letters) * 8:
        return written
    for found in re.finditer(re.escape(written), body, re.IGNORECASE):
        if not found[0].isupper():
            return found[0][0].upper() + found[0][1:]
    cased = sentence_case(written)
    if _LEVEL_LINE.match(fold(place)):
        return cased
    return re.sub(rf"\b{re.escape(place)}\b", place, cased, flags=re.IGNORECASE) if place else cased


_COUNCIL = re.compile(r"^(?:uy ban nhan dan|ubnd)\b")
_LEVEL_LINE = re.compile(r"^(?:phuong|xa|thi tran|dac khu|huyen|quan|thi xa|thanh pho)\b(?! hoi\b)")
_HAS_LEVEL = re.compile(r"\b(?:tinh|thanh pho|tp\.?|huyen|quan|thi xa)\s+\S")


def _joined(lines: Sequence[Line]) -> str:
    """One line. "UBND THÀNH PHỐ HỒNG LĨNH / PHƯỜNG BẮC SƠN" is the ward's committee, the town is its superior's."""
    last = lines[-1]
    above = " ".join(line.folded for line in lines[:-1])
    council = _COUNCIL.match(above)
    if council and _LEVEL_LINE.match(last.folded) and _HAS_LEVEL.search(above):
        return squeeze(f"{lines[0].text[: council.end()]} {last.text}").strip(" .,;:-")
    return squeeze(" ".join(line.text for line in lines)).strip(" .,;:-")


_KEPT = frozenset(
    [
        "UBND",
        "HĐND",
        "MTTQ",
        "UBMTTQ",
        "UBMTTQVN",
        "VNPT",
        "EVN",
        "BCĐ",
        "BCH",
        "BCHQS",
        "PCTT",
        "TKCN",
        "PCLB",
        "TT&DL",
        "KHCN",
        "GDĐT",
        "TP",
        "TX",
        "TTYT",
        "COVID",
        "CN",
        "VN",
        "VTV",
        "VOV",
        "QK",
        "HTX",
        "BQL",
        "KCN",
        "TNHH",
        "MTV",
        "LHPN",
        "TNCS",
        "CCB",
    ]
)
_LEVELS = (
    "thành phố", "thị xã", "thị trấn", "khu phố", "tổ dân phố", "đặc khu", "tỉnh", "huyện", "quận", "phường", "xã",
    "thôn", "ấp", "bản", "buôn", "khóm",
)  # fmt: skip
_SMALL_AFTER_LEVEL = frozenset({"hội"})
_HEADS = (
    ("ủy ban mặt trận tổ quốc việt nam", "Ủy ban Mặt trận Tổ quốc Việt Nam"),
    ("mặt trận tổ quốc việt nam", "Mặt trận Tổ quốc Việt Nam"),
    ("ủy ban quốc gia", "Ủy ban Quốc gia"),
    ("ủy ban nhân dân", "Ủy ban nhân dân"),
    ("hội đồng nhân dân", "Hội đồng nhân dân"),
    ("đoàn thanh niên cộng sản hồ chí minh", "Đoàn Thanh niên Cộng sản Hồ Chí Minh"),
    ("hội liên hiệp phụ nữ", "Hội Liên hiệp Phụ nữ"),
    ("hội nông dân", "Hội Nông dân"),
    ("hội cựu chiến binh", "Hội Cựu chiến binh"),
    ("bảo hiểm xã hội", "Bảo hiểm xã hội"),
    ("thủ tướng chính phủ", "Thủ tướng Chính phủ"),
    ("chính phủ", "Chính phủ"),
    ("việt nam", "Việt Nam"),
    ("văn phòng", "Văn phòng"),
    ("đảng ủy", "Đảng ủy"),
    ("ban chỉ đạo", "Ban Chỉ đạo"),
    ("ban chỉ huy quân sự", "Ban Chỉ huy quân sự"),
    ("ban chỉ huy", "Ban Chỉ huy"),
    ("ban thường vụ", "Ban Thường vụ"),
    ("ban thường trực", "Ban Thường trực"),
    ("ban biên tập", "Ban Biên tập"),
    ("ban quản lý", "Ban Quản lý"),
    ("hội lhpn", "Hội LHPN"),
    ("chủ tịch", "Chủ tịch"),
    ("công an", "Công an"),
    ("đài truyền thanh", "Đài Truyền thanh"),
    ("điện lực", "Điện lực"),
    ("bưu điện", "Bưu điện"),
)
_FIELD_HEADS = (
    "tổng công ty", "công ty cổ phần", "công ty tnhh", "công ty", "tổng cục", "chi cục", "trung tâm", "bệnh viện",
    "cục", "sở", "bộ", "phòng", "viện", "trạm", "ban",
)  # fmt: skip
"""After these the name of a field of work follows, each of its parts with a capital."""


class _Caser:
    """One pass over the words of a name; `pos` is the next word."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.small = [word.lower() for word in words]
        self.pos = 0
        self.done: list[str] = []
        self.mode = "plain"

    def run(self) -> str:
        while self.pos < len(self.words):
            if not (self._known() or self._level() or self._field()):
                self._word()
        name = " ".join(self.done)
        return name[:1].upper() + name[1:]

    def _at(self, phrase: str) -> int:
        """How many words `phrase` takes here, 0 when it does not stand here. A comma may close its last word."""
        parts = phrase.split()
        here = self.small[self.pos : self.pos + len(parts)]
        if not here or len(here) < len(parts):
            return 0
        return len(parts) if [*here[:-1], here[-1].rstrip(",")] == parts else 0

    def _take(self, count: int, written: str, mode: str) -> bool:
        tail = "," if self.words[self.pos + count - 1].endswith(",") else ""
        self.done.append(written + tail)
        self.pos += count
        self.mode = mode
        return True

    def _known(self) -> bool:
        for phrase, written in _HEADS:
            if count := self._at(phrase):
                return self._take(count, written, "plain")
        return False

    def _level(self) -> bool:
        for level in _LEVELS:
            count = self._at(level)
            after = self.small[self.pos + count : self.pos + count + 1]
            society = after and after[0].rstrip(",") in _SMALL_AFTER_LEVEL and self.done[-1:] != ["Ủy ban nhân dân"]
            if count and after and not society and self.done:
                return self._take(count, level, "place")
            if count and not after and self.done:
                return self._take(count, level, "plain")
        return False

    def _field(self) -> bool:
        if self.done and self.done != ["Văn phòng"]:
            return False
        for head in _FIELD_HEADS:
            # "và phòng, chống" is a duty, not an office.
            if (count := self._at(head)) and not self.words[self.pos + count - 1].endswith(","):
                return self._take(count, head.capitalize().replace("tnhh", "TNHH"), "field")
        return False

    def _word(self) -> None:
        word, small = self.words[self.pos], self.small[self.pos]
        self.pos += 1
        if word.strip(".,()").split("-", maxsplit=1)[0] in _KEPT:
            self.done.append(word)
        elif self.mode == "place":
            self.done.append(word.capitalize() if small not in {"và", "-"} else small)
        elif self.mode == "field" and self._opens_a_field(small):
            self.done.append(word.capitalize())
        else:
            self.done.append(small)

    def _opens_a_field(self, small: str) -> bool:
        if small in {"và", "-", "&"}:
            return False
        before = self.done[-1]
        return before.endswith((",", "-", "&")) or before == "và" or fold(before) in _FOLDED_FIELD_HEADS


_FOLDED_FIELD_HEADS = frozenset(fold(head) for head in _FIELD_HEADS)


def sentence_case(capitals: str) -> str:
    """Make "ỦY BAN NHÂN DÂN THỊ XÃ BỈM SƠN" "Ủy ban nhân dân thị xã Bỉm Sơn"."""
    return _Caser(squeeze(capitals).split()).run()
