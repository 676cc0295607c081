"""Forms and addresses without characters that steer: what is read of a request is text and nothing else.

Bodies that are no form, and names of files, are the business of whoever reads them.
"""

from functools import cached_property

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from scheduler.core.characters import without_controls

__all__ = ["CleanRequest"]


class CleanRequest(Request):
    @cached_property
    def args(self) -> MultiDict[str, str]:
        """What stands behind the question mark."""
        return _cleaned(super().args)

    def _load_form_data(self) -> None:
        """Werkzeug's one place where a form is read."""
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        self.__dict__["form"] = _cleaned(self.__dict__["form"])


def _cleaned(values: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict((name, without_controls(value)) for name, value in values.items(multi=True))
