"""Which language a page is drawn in. Pages are written in Vietnamese; English is a switch of this browser.

The words themselves are `web.translated`'s; nothing is translated here.
"""

from flask import has_request_context, request

__all__ = ["COOKIE", "LANGUAGES", "language"]

COOKIE = "loa-ngon-ngu"
LANGUAGES = ("vi", "en")


def language() -> str:
    """One of LANGUAGES: Vietnamese outside of a request and for a browser that never chose."""
    wanted = request.cookies.get(COOKIE, "") if has_request_context() else ""
    return wanted if wanted in LANGUAGES else LANGUAGES[0]
