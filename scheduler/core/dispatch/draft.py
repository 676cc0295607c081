"""A first draft out of a dispatch: what the loudspeakers may say. An officer edits it.

The words are the dispatch's own, put in an order that can be followed by ear: the subject first, then what to know
and do, then the numbers to ring once more. Texts that the dispatch words for the loudspeaker are never cut; an SMS
without diacritics is never among them.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from scheduler.core.dispatch.issuer import sentence_case
from scheduler.core.dispatch.model import Dispatch, MessageKind
from scheduler.core.dispatch.text import fold, lacks_diacritics, sentences_of

__all__ = ["Draft", "said_draft", "seconds_of"]

LONGEST_SECONDS = 90.0
_SYLLABLES_A_SECOND = 3.4
"""A voice made for loudspeakers: slow, with pauses."""
_URL_SYLLABLES = 14
_TITLE_LENGTH = 120

_TO_PEOPLE = re.compile(
    r"^(?:(?:tiep tuc|tich cuc|chu dong|tang cuong|day manh)\s+)?"
    r"(?:thong bao|tuyen truyen|van dong|huong dan|khuyen cao|nhac nho|de nghi|yeu cau|keu goi)(?:\s*(?:,"
    r"|va)\s*(?:van dong|huong dan|khuyen cao|nhac nho))*"
    r"(?:\s+rong rai)?\s+(?:cho|den|toi|de)?\s*(?=(?:toan the |moi |cac |tat ca |tung )?(?:nguoi dan"
    r"|nhan dan|ba con|ho gia dinh|ho dan|cong dan|hoi vien|chu phuong tien))"
)
_PEOPLE_FIRST = re.compile(
    r"^(?:toan the |moi |cac |tat ca )?(?:nguoi dan|nhan dan|ba con|ho gia dinh|ho dan|cong dan)\b.{20,}"
)
_OFFICE_WORK = re.compile(
    r"\b(?:phat song|thoi luong|he thong truyen thanh|bao cao|tong hop|niem yet|nhan tin|dich vu cong truc tuyen)\b"
)


_ORDER_TO_AIR = re.compile(r"\b(?:dai truyen thanh|phat thanh|tren loa|he thong loa|nhan tin)\b")


class Draft(NamedTuple):
    """A draft announcement; `seconds` is about how long a loudspeaker voice needs for it."""

    title: str
    text: str
    seconds: float


def said_draft(d: Dispatch) -> Draft:
    """Title and text of a loudspeaker announcement, about 90 s at most unless the dispatch words a longer one."""
    opening = _opening(d)
    closing = _closing(d)
    ordered = [text for text, kind in zip(d.messages, d.message_kinds, strict=True) if kind is MessageKind.LOUDSPEAKER]
    if ordered:
        parts = [opening, *ordered, closing]
    else:
        spoken = [text for text, kind in zip(d.messages, d.message_kinds, strict=True) if _speakable(text, kind)]
        fixed = [opening, *spoken, closing]
        advice = list(_advice(d)) or ([] if spoken else _noticed(d))
        parts = [opening, *_fitting(advice, seconds_of(fixed)), *spoken, closing]
    text = "\n".join(_sentence(part) for part in parts if part)
    return Draft(_title(d), text, seconds_of([text]))


def _title(d: Dispatch) -> str:
    title = (sentence_case(d.subject) if d.subject and d.subject.isupper() else d.subject) or (
        f"Công văn {d.number_symbol}" if d.number_symbol else "Thông báo"
    )
    if len(title) > _TITLE_LENGTH:
        title = title[:_TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"
    return title[:1].upper() + title[1:]


def _opening(d: Dispatch) -> str:
    if not d.subject:
        return f"Thông báo của {d.issuer}." if d.issuer else "Thông báo."
    subject = sentence_case(d.subject) if d.subject.isupper() else d.subject
    about = f"Thông báo về việc {subject[:1].lower() + subject[1:] if _is_word(subject) else subject}"
    return f"{about}, theo văn bản của {d.issuer}." if d.issuer else f"{about}."


def _is_word(subject: str) -> bool:
    """Whether a subject may lose its capital inside a sentence: "Tiếp tục …" may, "COVID-19 …" may not."""
    return subject[1:2].islower()


def _closing(d: Dispatch) -> str:
    return f"Xin nhắc lại, số điện thoại cần gọi: {'; '.join(d.phones)}." if d.phones else ""


def _speakable(text: str, kind: MessageKind) -> bool:
    """An SMS typed in bare letters would be read as other words."""
    return kind is not MessageKind.SMS or not lacks_diacritics(text)


def _advice(d: Dispatch) -> Iterable[str]:
    """The sentences of the duties that ask something of people, turned to speak to them."""
    duties = [excerpt.value for excerpt in d.excerpts.get("duties", ())]
    for duty in duties:
        for a, b in _whole_sentences(duty):
            sentence = duty[a:b].strip()
            folded = fold(sentence)
            if _OFFICE_WORK.search(folded):
                continue
            if addressed := _TO_PEOPLE.match(folded):
                yield f"Đề nghị {sentence[addressed.end() :]}"
            elif _PEOPLE_FIRST.match(folded):
                yield sentence


def _noticed(d: Dispatch) -> list[str]:
    """A thông báo speaks to everybody: what it says, without its orders to the loudspeakers."""
    if d.doc_type != "thông báo":
        return []
    return [e.value for e in d.excerpts.get("duties", ()) if not _ORDER_TO_AIR.search(fold(e.value))]


def _whole_sentences(duty: str) -> list[tuple[int, int]]:
    """Sentences with their ";" clauses kept together: "khai báo …; khi có … thông báo ngay" is one advice."""
    spans: list[tuple[int, int]] = []
    for a, b in sentences_of(duty, 0, len(duty)):
        if spans and duty[spans[-1][1] : spans[-1][1] + 1] == ";":
            spans[-1] = (spans[-1][0], b)
        else:
            spans.append((a, b))
    return spans


def _fitting(advice: Iterable[str], used: float) -> list[str]:
    kept: list[str] = []
    for sentence in advice:
        if used + seconds_of([*kept, sentence]) <= LONGEST_SECONDS:
            kept.append(sentence)
    return kept


def seconds_of(parts: Iterable[str]) -> float:
    """About how long a loudspeaker voice needs. Digits are read one by one, addresses are spelled."""
    syllables = 0
    for word in " ".join(parts).split():
        if "://" in word or "www." in word:
            syllables += _URL_SYLLABLES
        else:
            syllables += max(1, sum(c.isdigit() for c in word))
    return syllables / _SYLLABLES_A_SECOND


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text.rstrip(';,:')}."
