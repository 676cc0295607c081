"""Doubts about a reading, and how they are told in English for logs and `--json`.

Every place where the reader repaired, chose or missed something makes a `Doubt` with a reason code. Officers read the
sentence of that code (`core.words.wording`); here is the line of a log. It decides nothing.
"""

from scheduler.core.dispatch.model import Doubt, Excerpt

__all__ = ["TOLD", "doubt", "in_english", "written_day"]

TOLD: dict[str, str] = {
    "symbol_missing": "symbol: none stands after the number; add it",
    "number_missing": "number: none was found at the head; add it",
    "number_blank": "number: the place for it is empty; add it",
    "number_misread": "number: {raw} was read as {number}; check it",
    "number_letter": "number: {raw} may end in a digit that was read as a letter; check it",
    "date_missing": "date: none was found at the head; add it",
    "date_blank": "date: the place for the day is empty; add it",
    "date_no_day": "date: {raw} is no day of the calendar; correct it",
    "date_misread": "date: {raw} was read as {day}; check it",
    "date_at_the_end": "date: it was found at the end, not at the head; check it",
    "issuer_missing": "issuer: no office was found at the head; add it",
    "issuer_misread": "issuer: {raw} has digits among its letters; check it",
    "subject_missing": "subject: none was found; add it",
    "text_without_diacritics": "subject: the whole text has no diacritics; write them before it is spoken",
    "addressees_missing": 'addressees: no "Kính gửi" was found; add them if the dispatch names any',
    "message_unclosed": 'messages: "{start}…" has no closing quotation mark; check where it ends',
    "message_unquoted": 'messages: "{start}…" has no quotation marks; check where it ends',
    "message_kind_unsaid": 'messages: nothing says what "{start}…" is for; it was taken for a notice',
    "message_without_diacritics": "messages: the text to be said has no diacritics; write them before it is spoken",
    "sms_without_diacritics": "messages: the sms text has no diacritics; write them before it is spoken",
    "phone_misread": "phones: {raw} was read as {number}; check it",
    "phone_incomplete": "phones: {raw} has too few or too many digits; add the number",
    "frequency_without_number": "frequency: an increase is ordered without a number; the officer must state it",
    "frequency_more": "frequency: {number} more a {period} than usual is ordered; the officer must state the total",
    "frequency_range": "frequency: {lower} to {upper} a {period} is ordered; the lower was taken",
    "frequency_minutes_more": "frequency: {minutes} minutes more a day are ordered; the officer must state the total",
    "frequency_lower_taken": "frequency: {raw} is a range; the lower was taken",
    "frequency_times": "frequency: {raw} may mean times as much or so many airings; times {number} was taken",
    "frequency_two_counts": "frequency: {first} and {second} are ordered in one sentence; the first was taken",
    "frequency_unread": "frequency: {raw} is ordered in a way that was not understood; read the sentence",
    "frequency_words_differ": "frequency: {raw} says two numbers; check which is meant",
    "frequency_hours_differ": "frequency: {number} airings a day are ordered but {hours} hours named; check it",
    "frequency_unlikely": "frequency: {raw} is more than a day of a station holds; check it",
    "frequency_side_by_side": "frequency: several counts hold at the same time; the first was taken for the campaign",
    "frequency_left": "frequency: not all words of an order were understood: {raw}; read the sentence",
    "frequency_scope": "frequency: {raw} may belong to the order or to something else; check what it means",
    "frequency_part": "frequency: airing is ordered for {raw}, without an hour; state the hours",
    "frequency_at_most": "frequency: {raw} is the most that may be aired, not what has to be; state how often",
    "frequency_elsewhere": "frequency: the times stand elsewhere ({raw}); read them there",
    "frequency_table": "frequency: a table of times begins with {raw}; it is not understood, state the hours",
    "frequency_without_diacritics": "frequency: {raw} has no diacritics and is not read; state how often",
    "frequency_unkept": "frequency: a campaign cannot hold this by itself: {raw}; see to it in the campaign",
    "period_reversed": "{field}: {first} comes after {last}; correct it",
    "period_past": "{field}: {last} was over before the dispatch was written; check it",
}
"""Reason code -> what a log says."""


def doubt(field: str, *, reason: str, excerpt: Excerpt | None = None, **details: str) -> Doubt:
    """A doubt about `field`; `details` fill its sentence."""
    return Doubt(field, reason, details, excerpt)


def in_english(found: Doubt) -> str:
    """The doubt in English."""
    details = {name: _ENGLISH.get(value, value) for name, value in found.details.items()}
    return TOLD[found.reason].format(field=found.field, **details)


_ENGLISH = {"ngày": "day", "tuần": "week"}
"""Details are in the words of the people who read them."""


def written_day(iso: str) -> str:
    """2020-03-13 as an office writes it: 13/03/2020."""
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"
