"""What a dispatch orders to be said: each announcement, guide and message as a draft of its own, in its own words.

"Thông báo cho toàn thể nhân dân …", "hướng dẫn nhân dân …" become an address to the people ("Ủy ban nhân dân … thông
báo: …") with the hotlines and addresses that belong to them; a text to be sent or said is kept exactly. What is for the
staff of an office, and orders how often to air, are none. A draft: an officer edits and a leader approves it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.core.dispatch.model import Channel, Dispatch, Excerpt, MessageKind
from scheduler.core.dispatch.text import fold, sentences_of

__all__ = ["Content", "contents_of"]


@dataclass(frozen=True, slots=True)
class Content:
    """A draft of one thing to be said: its words, the channel it is for, and who may be rung or visited about it."""

    title: str
    text: str
    channel: Channel
    phones: tuple[str, ...]
    urls: tuple[str, ...]
    excerpt: Excerpt


_LEAD = r"(?:(?:tiep tuc|tich cuc|chu dong|tang cuong|day manh|thuong xuyen|kip thoi|to chuc)\s*,?\s+)*"
_VERBS = r"(?P<verb>thong bao|huong dan|khuyen cao|nhac nho|van dong|keu goi|tuyen truyen|pho bien)"
_MORE = r"(?:\s*(?:,|va)\s*(?P<verb2>thong bao|huong dan|khuyen cao|nhac nho|van dong|keu goi|pho bien))?"
_PEOPLE = (
    r"(?=(?:toan the |moi |cac |tat ca |tung )?(?:to chuc, doanh nghiep va |co quan, |doanh nghiep va |can bo va )?"
    r"(?:nguoi dan|nhan dan|ba con|ho gia dinh|ho dan|cac ho|cong dan|chu phuong tien)\b)"
)
_TO_PEOPLE = re.compile(rf"^{_LEAD}{_VERBS}{_MORE}(?:\s+rong rai)?\s+(?:cho\s+|den\s+|toi\s+|de\s+)?{_PEOPLE}")
_SAID_AS = {
    "thong bao": "thông báo", "huong dan": "hướng dẫn", "khuyen cao": "khuyến cáo", "nhac nho": "nhắc nhở",
    "van dong": "vận động", "keu goi": "kêu gọi", "tuyen truyen": "thông báo", "pho bien": "thông báo",
}  # fmt: skip
_BY_MESSAGE = re.compile(r"\b(?:nhan tin|tin nhan|thue bao)\b")
_CHANNELS = {
    MessageKind.SMS: Channel.SMS,
    MessageKind.LOUDSPEAKER: Channel.LOUDSPEAKER,
    MessageKind.NOTICE: Channel.PORTAL,
}
_LABEL = re.compile(r"(?i)((?:số )?(?:điện thoại|đường dây nóng|tổng đài|hotline)(?:\s+[^\W\d]+){0,3})\s*(?:là|:)?\s*$")
_TITLE = 90
_BULLET = re.compile(r"^\W+|\W+$")


def contents_of(d: Dispatch) -> tuple[Content, ...]:
    """Every draft, in the order of the text; the texts that the dispatch words itself last."""
    return (*_addresses(d), *_messages(d))


def _messages(d: Dispatch) -> Iterator[Content]:
    for excerpt, text, kind in zip(d.excerpts.get("messages", ()), d.messages, d.message_kinds, strict=False):
        yield Content(_title(text), text, _CHANNELS[kind], _phones_in(d, text), _urls_in(d, text), excerpt)


def _addresses(d: Dispatch) -> Iterator[Content]:
    for duty in d.excerpts.get("duties", ()):
        for sentence in _sentences(duty.value):
            found = _TO_PEOPLE.match(fold(sentence))
            if found is None or _BY_MESSAGE.search(fold(sentence)):
                continue
            rest = sentence[found.end() :].strip(" .;,:")
            phones, urls = _contacts(d, sentence)
            verb = _SAID_AS[found["verb2"] or found["verb"]]
            issuer = d.issuer or "Cơ quan ban hành"
            parts = (f"{issuer} {verb}: {rest}.", _closing(d, phones, urls, sentence))
            text = "\n".join(part for part in parts if part)
            yield Content(_title(rest), text, Channel.LOUDSPEAKER, phones, urls, duty)


def _sentences(duty: str) -> Iterator[str]:
    """Whole sentences, their ";" clauses kept together: "khai báo …; khi có … thông báo ngay" is one address."""
    start = end = None
    for a, b in sentences_of(duty, 0, len(duty)):
        if start is not None and end is not None and duty[end : end + 1] == ";":
            end = b
            continue
        if start is not None:
            yield duty[start:end].strip()
        start, end = a, b
    if start is not None:
        yield duty[start:end].strip()


def _contacts(d: Dispatch, sentence: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The numbers and addresses of the sentence itself, and the numbers of a text that gives the same address."""
    urls = _urls_in(d, sentence)
    phones = list(_phones_in(d, sentence))
    for message in d.messages:
        if any(url in message for url in urls):
            phones += [phone for phone in _phones_in(d, message) if phone not in phones]
    return tuple(phones), urls


def _phones_in(d: Dispatch, text: str) -> tuple[str, ...]:
    digits = re.sub(r"(?<=\d)[\s.\-()]+(?=\d)", "", text)
    return tuple(phone for phone in d.phones if re.search(rf"(?<!\d){phone}(?!\d)", digits))


def _urls_in(d: Dispatch, text: str) -> tuple[str, ...]:
    return tuple(url for url in d.urls if url in text)


def _closing(d: Dispatch, phones: tuple[str, ...], urls: tuple[str, ...], sentence: str) -> str:
    """Addresses and numbers that the sentence does not say itself, with the words that the dispatch calls them by."""
    told = [f"địa chỉ {url}" for url in urls if url not in sentence]
    whole = "\n".join((sentence, *d.messages))
    said = _phones_in(d, sentence)
    for phone in phones:
        if phone in said:
            continue
        label = _LABEL.search(whole[: whole.find(phone)]) if phone in whole else None
        told.append(f"{label[1].strip() if label else 'điện thoại'} {phone}")
    return f"Liên hệ: {'; '.join(told)}." if told else ""


def _title(text: str) -> str:
    title = _BULLET.sub("", text)
    if len(title) > _TITLE:
        title = title[:_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"
    return title[:1].upper() + title[1:]
