"""What of SMS reads words that somebody else has written, for `tests/abuse/test_redos.py`."""

from scheduler.extras.sms.rules import texts
from scheduler.extras.sms.rules.numbers import read_numbers

READERS = {
    "a short message": lambda text: (texts.tidied(text), texts.without_diacritics(text), texts.cost(text)),
    "a list of telephones": lambda text: read_numbers(text, limit=100),
}
