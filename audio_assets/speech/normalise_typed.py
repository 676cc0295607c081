"""What is to be typed into a telephone, letter by letter: "soạn TTTB gửi 1414", "cú pháp: DK V120N".

The word that begins such a message is a key, whatever the same letters stand for elsewhere; what stands behind it is
one only where no list knows it ("MST" there is one's own number).
"""

import re
from typing import Final

from audio_assets.speech.normalise_meanings import ABBREVIATIONS
from audio_assets.speech.normalise_numbers import say_digits
from audio_assets.speech.normalise_rule import Page, Rule, rule
from audio_assets.speech.normalise_syllable import is_syllable, letter_name

__all__ = ["TYPED"]

_OPENED: Final = r"(?<!\w)(?:soạn|cú pháp)(?: (?:tin nhắn|tin|theo cú pháp|sms|nội dung))?\W{0,4}"
_FIRST: Final = re.compile(rf"{_OPENED}$")
_LATER: Final = re.compile(rf"{_OPENED}[a-z0-9][^.;\n]{{0,40}}$")
_SENT: Final = re.compile(
    r"[^.;\n]{0,60}(?<!\w)gửi(?: (?:tin|đến|tới|về|số|tổng đài|đầu số)){0,3}\W{0,2}[0-9]{3,5}(?![\w/])"
)
_FEWEST_LETTERS_OF_A_WORD: Final = 3


def _typed(match: re.Match[str], page: Page) -> str | None:
    """The key by its letters, digits one by one; "HUY" is a word that everybody hears rightly."""
    written, before = match.group(), page.before(match.start(), 80)
    if not _SENT.match(page.after(match.end(), 100)):
        return None
    if not _FIRST.search(before):
        known = written in ABBREVIATIONS or page.lexicon.spoken_form(written)
        if known or not _LATER.search(before):
            return None
    if len(written) >= _FEWEST_LETTERS_OF_A_WORD and written.isalpha() and is_syllable(written, toneless=True):
        return written.lower()
    return " ".join(say_digits(sign) or letter_name(sign) or sign for sign in written)


TYPED: Final[tuple[Rule, ...]] = (
    rule("typed", r"(?<![\w./-])(?=[0-9]{0,4}[A-Z])[A-Z0-9]{1,12}(?![\w/]|[.-]\w)", _typed, needs="[Ss]oạn|[Cc]ú pháp"),
)
"""Before the word list."""
