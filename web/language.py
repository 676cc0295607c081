"""Which language a page is drawn in. Pages are written in Vietnamese; English is a switch of this browser.

How a template becomes English is `web.translated`'s; nothing is translated here.
"""

from flask import Flask, has_request_context, request
from jinja2 import Environment

from scheduler.core.words.phrases import english
from scheduler.kernel.words import LANGUAGES
from web.translated import InEnglish, drawn

__all__ = ["COOKIE", "TwoLanguages", "in_language", "language"]

COOKIE = "loa-ngon-ngu"


def language() -> str:
    """One of LANGUAGES: Vietnamese outside of a request and for a browser that never chose."""
    wanted = request.cookies.get(COOKIE, "") if has_request_context() else ""
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def in_language(text: str) -> str:
    """A word that Python puts into markup or an answer of its own, in the language of the request."""
    return english().translate(text) if language() == "en" else text


class TwoLanguages(Flask):
    """A Flask application whose templates are drawn in the language of the request."""

    _english: Environment | None = None

    @property
    def jinja_env(self) -> Environment:  # type: ignore[override]
        if "_plain" not in self.__dict__:
            self.__dict__["_plain"] = self.create_jinja_environment()
            self.__dict__["_plain"].filters["drawn"] = drawn
        plain: Environment = self.__dict__["_plain"]
        if language() != "en":
            return plain
        if self._english is None:
            self._english = plain.overlay(extensions=[InEnglish])
        return self._english
