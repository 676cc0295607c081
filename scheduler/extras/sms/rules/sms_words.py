"""How the states of an SMS, of a sending and of a recipient are called, and what a text costs, in words of the page.

Words only: which state follows which is `core.sms_approval`'s, what a text costs is `core.sms`'s to say.
"""

from pathlib import Path

from scheduler.extras.sms.rules.approval import BatchState, RecipientState, SmsState
from scheduler.extras.sms.rules.texts import Alphabet, SmsCost, named
from scheduler.kernel.words import Words

__all__ = ["BATCH_STATES", "RECIPIENT_STATES", "SMS_STATES", "cost_words", "culprit_words"]

SMS_STATES = Words(Path(__file__).parents[1], "sms_states", SmsState)
BATCH_STATES = Words(Path(__file__).parents[1], "batch_states", BatchState)
RECIPIENT_STATES = Words(Path(__file__).parents[1], "recipient_states", RecipientState)
_ALPHABETS = Words(Path(__file__).parents[1], "alphabets", Alphabet)
_SHOWN = 24


def cost_words(paid: SmsCost) -> str:
    """What a text costs, in one line: parts, places, alphabet, room."""
    if not paid.parts:
        return "chưa có chữ nào"
    return f"{paid.parts} phần · {paid.places} ký tự, bảng chữ {_ALPHABETS[paid.alphabet]} · phần cuối còn {paid.room}"


def culprit_words(paid: SmsCost) -> str:
    """The letters that make it dear, the first of them; empty where there is none."""
    told = " ".join(named(letter) for letter in paid.culprits[:_SHOWN])
    more = len(paid.culprits) - _SHOWN
    return f"{told} và {more} chữ khác" if more > 0 else told
