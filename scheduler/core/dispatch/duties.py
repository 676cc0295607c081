"""The checklist of a dispatch: each order of its body, for whom it is, through what it is done, and until when.

Background, advice to people and the closing formula are no duties. One paragraph may hold several, where a sentence
goes on to another channel. Whether a duty is the ward's own is for an officer to say; nothing is left out for that.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from scheduler.core.dispatch.model import Channel, Duty, Excerpt
from scheduler.core.dispatch.sentences import after_reference
from scheduler.core.dispatch.text import fold, is_bullet, sentences_of, squeeze, strip_bullet
from scheduler.core.dispatch.when import deadline_in

__all__ = ["duties_in"]

_CHANNELS = (
    (Channel.SMS, re.compile(r"tin nhan|nh[aa]n tin|\bsms\b|thue bao")),
    (
        Channel.LOUDSPEAKER,
        re.compile(
            r"\bloa\b|truyen thanh|phat thanh|phat song|tiep am|tiep song|\bphat (?:ban tin|tin bao|tin"
            r"|thong diep|bai)\b"
            r"|\bthoi luong\b|tan suat phat|\bphat \d+ (?:lan|buoi|luot)|\bban tin\b"
        ),
    ),
    (
        Channel.PORTAL,
        re.compile(
            r"cong (?:dich vu cong|thong tin)|trang (?:thong tin|web|fanpage|facebook|zalo)|website|fanpage|facebook"
            r"|zalo|mang xa hoi|dich vu cong truc tuyen|truc tuyen"
        ),
    ),
    (Channel.POST, re.compile(r"buu dien|buu chinh|chuyen phat|chuyen phat")),
)
_REPORTS = re.compile(r"\b(?:bao cao|gui ket qua|tong hop ket qua)\b")
_REPORT_REACH = 120
# Where something else is done first, the report is only how it ends.
_AIRS = re.compile(r"\b(?:phat|nhan tin|dang|tuyen truyen|niem yet|tiep am|theo)\b")
_ASKS = re.compile(
    r"\b(?:yêu cầu|đề nghị|(?<!bàn )giao(?! (?:thông|ban|lưu|dịch|tiếp|điểm|thừa|mùa))|phân công|kính mong)\b"
)
_BARE_ASKS = re.compile(fold(_ASKS.pattern))
_PURPOSE = re.compile(r"^(?:de|nham|can cu|thuc hien|theo|truoc|qua|tren co so|trong|ngay|nhan dip)\b")
_VERB = re.compile(
    r"\b(?:có trách nhiệm|chịu trách nhiệm|phải|cần|sẽ|tiếp tục|chủ động|chủ trì|thực hiện|tổ chức|phát|tăng cường|tăng"
    r"|đẩy mạnh|chỉ đạo|phối hợp|thông báo|tuyên truyền|hướng dẫn|báo cáo|gửi|niêm yết|nhắn tin|rà soát|kiểm tra"
    r"|bố trí|(?:tạm )?(?:dừng|ngừng|ngưng)|vận động|đăng tải|đăng|xây dựng|tham mưu|theo dõi|đôn đốc"
    r"|đảm bảo|bảo đảm|xử lý"
    r"|cung cấp|chuẩn bị|huy động|phun|dọn dẹp|nâng|duy trì|khẩn trương|nghiêm túc|tập trung|triển khai|tổng hợp"
    r"|phân công|cử|tiếp âm|tiếp sóng|đọc|khắc phục|sửa chữa|lập|tích cực|phát huy|quan tâm|trực|làm|hỗ trợ"
    r"|cập nhật|giám sát|chuyển|sản xuất|biên tập|viết|quán triệt|mở|ban hành|đưa|khuyến cáo|nhắc nhở"
    r"|công khai|phổ biến"
    r"|ghi|dành|dán|dùng|sử dụng|tuần tra|bổ sung|yêu cầu|đề nghị|giao)\b"
)
_BARE_VERB = re.compile(fold(_VERB.pattern))
_OFFICE = re.compile(
    r"^(?:(?:cac|moi|toan the|thu truong|lanh dao|giam doc|chu tich|truong|tung)\s+)*"
    r"(?:uy ban|ubnd|hdnd|hoi dong nhan dan|so|bo|cuc|chi cuc|phong|trung tam|ban|bch|bcd|van phong|cong an|tram|dai"
    r"|truong|benh vien|cong ty|dien luc|buu dien|dang uy|hoi|lien doan|mat tran|doan|thanh tra|bao hiem|to dan pho"
    r"|to truong|to thong tin|thon|ap|khu pho|khoi pho|khoi|hop tac xa|doanh nghiep|vien thong|vnpt|viettel|mobifone"
    r"|vinaphone|nha mang|bo phan|can bo|cong chuc|don vi|co quan|dia phuong|xa|phuong|chi bo|hat kiem lam"
    r"|thu truong|chu tich|truong (?:thon|phong|ban|dai)|nganh|don bien phong)\b"
)
_NO_OFFICE = re.compile(
    r"^(?:phong\s*,?\s*chong|to chuc|truong hop|ban hanh|bo sung|bo tri|hoi nhap|hoi hop|so luong|so lieu|doan ket"
    r"|phong ngua|phong benh|phong dich|phong khi|xa hoi|dai dich|cac truong hop|cac bien phap)\b"
)
_BACKGROUND = re.compile(
    r"^(?:hien nay|hien\b|thoi gian qua|trong thoi gian|vua qua|trong \d|theo (?:du bao|bao cao|thong ke"
    r"|tin)|can cu|nhan dip"
    r"|tinh den|den nay|qua (?:theo doi|kiem tra)|bao so|do\b|thoi gian\b|dia diem\b|ngay \d|tu \d"
    r"|vao luc|uy ban nhan dan \S+ nhan duoc)"
)
_HAPPENED = re.compile(
    r"\b(?:da|dang) (?:xay ra|phat sinh|ghi nhan|dien bien|co|bi|lam|tieu huy|nhan duoc|xuat hien)\b"
)
_PEOPLE = re.compile(
    r"^(?:toan the |moi |cac |tat ca )?(?:nguoi dan|nhan dan|ba con|ho gia dinh|ho dan|cong dan|khach hang|chu ho)\b"
)
_CLOSING = re.compile(
    r"^(?:tran trong|rat mong|kinh mong|xin (?:chan thanh )?cam on|(?:yeu cau|de nghi|kinh de nghi|nhan duoc)\b.{0,400}"
    r"\b(?:trien khai thuc hien|to chuc thuc hien|thuc hien|phoi hop|quan tam|giup do)"
    r"(?: (?:nghiem tuc|cong van|van ban|noi dung|thong bao|ke hoach|day du|tot|theo dung|dung|va|nay"
    r"|tren|cac|thuc hien|quy dinh))*\W*$)",
    re.DOTALL,
)
_ABOUT = re.compile(r"^đối với\s+", re.IGNORECASE)
_NOT = re.compile(r"\s+(?:không|chưa|không được)\s*$")
_LEADS = re.compile(r"\b(?:yeu cau|de nghi|giao|nhu sau|nhiem vu|sau day|thuc hien|chi dao|phan cong|noi dung)\b")
_SHORTEST = 10
_NAME_REACH = 220
_MORE = re.compile(
    r"(?:,?\s\b(?:va|dong thoi)\s|,\s)"
    r"(?=(?:gui|dang|dang tai|nhan tin|niem yet|phat|bao cao|thong bao)\b)"
)
_COUNTED = re.compile(r"\d\s*(?:\([^()]{1,12}\)\s*)?(?:lan|buoi|luot)\b")
_TITLE_LENGTH = 80
_AIM = re.compile(r"\bmuc dich\b")


@dataclass(frozen=True, slots=True)
class _Clause:
    start: int
    end: int
    text: str
    folded: str
    channel: Channel
    to: str | None
    ordered: bool
    asked: bool


def duties_in(
    orders: str, paragraphs: Sequence[tuple[int, int]], issued: date | None, issuer: str | None = None
) -> tuple[Duty, ...]:
    """The duties in `orders`: a body in which the messages have been blanked out. What the `issuer` does is none."""
    duties: list[Duty] = []
    lead = _Lead()
    aims = False
    for start, end in paragraphs:
        whole = orders[start:end].strip()
        bare = strip_bullet(whole)
        if bare.isupper() and len(bare) < _TITLE_LENGTH:
            aims, lead = bool(_AIM.search(fold(bare))), _Lead()
        if not bare or aims or bare.isupper():
            continue
        bullet = is_bullet(whole)
        if not bullet or (bare.endswith(":") and not lead.names_nobody):
            duties += lead.waiting
            lead = _Lead()
        clauses = [
            replace(one, channel=lead.channel if one.channel is Channel.OTHER else one.channel)
            for one in _clauses(orders, start, end, lead.to, within=lead.orders and bullet)
            if one.asked or not _is_of(one.to, issuer)
        ]
        found = _gathered(orders, clauses, issued)
        if bare.endswith(":"):
            lead = _lead(bare, found, lead, issuer)
        else:
            lead = replace(lead, waiting=())
            duties += found
    return (*duties, *lead.waiting)


@dataclass(frozen=True, slots=True)
class _Lead:
    """A paragraph that ends with ":" and so speaks for the list below it."""

    to: str | None = None
    channel: Channel = Channel.OTHER
    orders: bool = False
    waiting: tuple[Duty, ...] = ()
    """What it orders itself, if no list follows."""

    @property
    def names_nobody(self) -> bool:
        return self.to is None


def _lead(bare: str, found: Sequence[Duty], above: _Lead, issuer: str | None) -> _Lead:
    """What a heading says of the list below it. One that only names an office, or asks it, is no duty by itself."""
    folded = fold(bare)
    asks = _asks(bare).search(bare.lower())
    at = asks.end() if asks else 0
    named = _name_at(bare, at)
    to = above.to if named is None or _is_of(named, issuer) else named
    does = any(_is_verb(bare, verb) for verb in _verbs(bare).finditer(bare, at))
    channel = _channel(folded[at:]) if does else Channel.OTHER
    named_first = fold(_ABOUT.sub("", bare, count=1))
    office = bool(_OFFICE.match(named_first)) and not _NO_OFFICE.match(named_first)
    waiting = tuple(found) if does and channel is not Channel.OTHER else ()
    return _Lead(to, channel, office or bool(_LEADS.search(folded)), waiting)


def _is_of(to: str | None, issuer: str | None) -> bool:
    """Whether the office that a sentence begins with is the one that writes."""
    return bool(to and issuer and fold(issuer).startswith(fold(to)))


def _clauses(text: str, start: int, end: int, under: str | None, *, within: bool) -> Iterator[_Clause]:
    to = under
    for a, b in sentences_of(text, start, end):
        for c, d in _parted(text, after_reference(text, a, b), b):
            clause = _clause(text, c, d, to, within=within)
            if clause is None:
                continue
            to = clause.to
            yield clause


def _parted(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, cut where it goes on to another channel: "phát trên loa và gửi vào nhóm Zalo"."""
    folded = fold(text[start:end])
    cuts = [0]
    for more in _MORE.finditer(folded):
        before, after = _channel(folded[cuts[-1] : more.start()]), _channel(folded[more.end() :])
        if (
            after is not before
            and after is not Channel.OTHER
            and (before is not Channel.OTHER or after is Channel.REPORT)
        ):
            cuts.append(more.end())
    yield from ((start + a, start + b) for a, b in pairwise((*cuts, end - start)) if a < b)


def _clause(text: str, start: int, end: int, to: str | None, *, within: bool) -> _Clause | None:
    raw = text[start:end]
    bare = strip_bullet(raw.lstrip())
    start = end - len(bare)
    folded = fold(bare)
    if not bare.strip() or _CLOSING.match(folded):
        return None
    asks = _find_request(bare, folded)
    at = asks.end() if asks else 0
    named = _name_at(bare, at)
    channel = _channel(folded)
    counted = channel is Channel.LOUDSPEAKER and _COUNTED.search(folded)
    verb = _verbs(bare).match(bare.lower())
    ordered = bool(asks) or (not _is_told(folded) and bool(within or named or verb or counted))
    return _Clause(start, end, bare, folded, channel, named or to, ordered, bool(asks))


def _verbs(text: str) -> re.Pattern[str]:
    """The verbs; for a text typed without diacritics, without them. "viễn thông bảo đảm" holds no "thông báo"."""
    return _BARE_VERB if text.isascii() else _VERB


def _asks(text: str) -> re.Pattern[str]:
    """The words of asking. "Tuyên giáo" holds no "giao"."""
    return _BARE_ASKS if text.isascii() else _ASKS


def _find_request(bare: str, folded: str) -> re.Match[str] | None:
    """Where the office that writes asks for something: before any verb of the duty, or after what it is for."""
    asks = _asks(bare).search(bare.lower(), 0, _NAME_REACH)
    if asks is None or _PURPOSE.match(folded):
        return asks
    does = any(_is_verb(bare, verb) for verb in _verbs(bare).finditer(bare, 0, asks.start()))
    return None if does else asks


def _is_told(folded: str) -> bool:
    """Background, or advice to people."""
    return bool(_BACKGROUND.match(folded) or _PEOPLE.match(folded) or _HAPPENED.search(folded[:_NAME_REACH]))


def _name_at(text: str, at: int) -> str | None:
    """The office that a sentence names before its verb, in its own words."""
    rest = text[at : at + _NAME_REACH].lstrip(" :,")
    rest = _ABOUT.sub("", rest, count=1)
    folded = fold(rest)
    if not _OFFICE.match(folded) or _NO_OFFICE.match(folded):
        return None
    colon = rest.find(":")
    for verb in _verbs(rest).finditer(rest, 1):
        if 0 <= colon < verb.start():
            break
        if _is_verb(rest, verb):
            return _NOT.sub("", squeeze(rest[: verb.start()])).strip(" ,:;-") or None
    return squeeze(rest[:colon]).strip(" ,;-.") if colon > 0 else None


def _is_verb(text: str, verb: re.Match[str]) -> bool:
    """In "Ban Tuyên truyền" and "các tổ chức" the word is part of a name."""
    before = fold(text[max(0, verb.start() - 8) : verb.start()])
    return not before.endswith((" cac ", " va ", " ban ", " noi ", " su ", " nguoi ", " can bo "))


def _channel(folded: str) -> Channel:
    """A report by its verb, else whichever channel is named first."""
    report = _REPORTS.search(folded)
    if report and not _AIRS.search(folded[: report.start()]) and report.start() <= _REPORT_REACH:
        return Channel.REPORT
    places = [(found.start(), channel) for channel, pattern in _CHANNELS if (found := pattern.search(folded))]
    return min(places)[1] if places else Channel.OTHER


def _gathered(text: str, clauses: Sequence[_Clause], issued: date | None) -> list[Duty]:
    """Clauses of one paragraph as duties: one that names no other channel belongs to the duty before it."""
    duties: list[Duty] = []
    for clause in clauses:
        goes_on = bool(duties) and (
            clause.channel in (Channel.OTHER, duties[-1].channel) and (clause.to == duties[-1].to or not clause.ordered)
        )
        if goes_on:
            before = duties[-1]
            where = _where(text, before.excerpt.start, clause.end)
            deadline = before.deadline or _deadline(clause, issued)
            duties[-1] = replace(before, text=where.value, excerpt=where, deadline=deadline)
        elif clause.ordered and len(squeeze(clause.text)) >= _SHORTEST:
            where = _where(text, clause.start, clause.end)
            duties.append(Duty(where.value, clause.channel, where, clause.to, _deadline(clause, issued)))
    return duties


_ENDS = " \n.;,:"
_JOINTS = (" và", " đồng thời")
_BLANKED = re.compile(r"([“\"«])\s+([”\"»])")
"""Where a message was."""


def _where(text: str, start: int, end: int) -> Excerpt:
    raw = text[start:end].rstrip(_ENDS)
    for joint in _JOINTS:
        raw = raw.removesuffix(joint).rstrip(_ENDS)
    return Excerpt(_BLANKED.sub(r"\1…\2", squeeze(raw)).strip(" .;,:"), start, start + max(len(raw), 1))


def _deadline(clause: _Clause, issued: date | None) -> str | None:
    day = deadline_in(clause.text, issued)
    return day.isoformat() if day else None
