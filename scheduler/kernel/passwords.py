"""How passwords, codes and tokens are kept: argon2id for what a person thinks of, sha256 for what is random and long.

It knows no table. A check of nothing takes as long as a check of something.
"""

import hashlib
import secrets
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["digest", "hashed", "matches"]


@cache
def _hasher() -> "PasswordHasher":
    """Imported when the first secret is looked at: no idle process needs it."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's small profile: 37 ms, an office PC


def digest(token: str) -> str:
    """Of a random token, as it stands in a row."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def hashed(secret: str) -> str:
    """The argon2id hash of what a person has chosen."""
    return _hasher().hash(secret)


@cache
def _decoy() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def matches(kept: str, spellings: Sequence[str]) -> bool:
    """Whether a secret is the one that is kept. The same work for a wrong one as for an unknown login.

    `spellings`: the ways in which it may have been typed when it was kept; all of them are tried, always.
    """
    found = [_is(kept or _decoy(), one) and bool(kept) for one in spellings]
    return any(found)


def _is(kept: str, secret: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(kept, secret)
    except (VerificationError, InvalidHashError, UnicodeError):
        return False
