"""Ghép nối: a one-time code and this ward's public key go to the town, its welcome comes back. Nothing secret travels.

It keeps nothing: whoever pairs compares the fingerprint with the town by telephone first, and the desk then pins the
issuer and writes down what was told.
"""

from pathlib import Path

from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.web import TownWeb
from scheduler.extras.town.rules.enrolment import Welcome, read_welcome
from scheduler.kernel.errors import Refused

__all__ = ["CA_FILE", "KEY_FILE", "PATH", "ask_to_join"]

KEY_FILE = "keys/town.nkey"
"""Below the data folder: the ward's seed. A second machine of the ward has the same, so that it can take over."""
CA_FILE = "keys/town-ca.pem"
"""Below the data folder: the town's own authority as it was told at pairing."""
PATH = "/ghep-noi"
SECONDS = 20.0
_GOOD = frozenset({200, 201})
_WRONG_CODE = frozenset({400, 403, 404, 409, 410})
_TOO_OFTEN = 429


def ask_to_join(hub_url: str, code: str, data: Path, *, ca_file: Path | None = None) -> Welcome:
    """Give the town the code and this ward's public key; the key is made if there is none yet.

    Raises Refused: link_code_wrong, link_code_slow, link_web_* (the town's page), link_welcome_*, link_key_*.
    """
    seed = keys.load_or_make(data / KEY_FILE)
    body = {"v": 1, "code": "".join(code.split()), "key": keys.public_of(seed)}
    status, told = TownWeb(hub_url, ca_file=ca_file).post(PATH, body, SECONDS)
    if status == _TOO_OFTEN:
        raise Refused("link_code_slow")
    if status in _WRONG_CODE:
        raise Refused("link_code_wrong")
    if status not in _GOOD:
        raise Refused("link_web_refused", status=status)
    return read_welcome(told)
