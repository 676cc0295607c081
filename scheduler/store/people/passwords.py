"""How passwords, codes and tokens are kept: argon2id for what a person thinks of, sha256 for what is random and long.

It knows no table. A check of nothing takes as long as a check of something.
"""

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from scheduler.core.people.person_names import passwords

__all__ = ["digest", "hashed", "matches"]

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's small profile: 37 ms on an office PC


def digest(token: str) -> str:
    """Of a random token, as it stands in a row."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def hashed(secret: str) -> str:
    """The argon2id hash of what a person has chosen, whatever keyboard has put the marks on its letters."""
    return _HASHER.hash(passwords(secret)[0])


@cache
def _decoy() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))


def matches(kept: str, secret: str) -> bool:
    """The same work for a wrong password as for an unknown login.

    A password with marks is tried in each way in which it may have been typed when it was kept, and all of them always.
    """
    found = [_is(kept or _decoy(), one) and bool(kept) for one in passwords(secret)]
    return any(found)


def _is(kept: str, secret: str) -> bool:
    try:
        return _HASHER.verify(kept, secret)
    except (VerificationError, InvalidHashError, UnicodeError):
        return False
