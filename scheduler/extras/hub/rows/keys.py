"""The key that a town signs its envelopes with: a file of mode 0600 beside the database, made once.

Another file than the journal's key: who can sign the journal of a station cannot speak to wards with that, and a change
of one is none of the other. The wards pin its public half when they are paired.
"""

from pathlib import Path

from scheduler.store.air.keys import Keys

__all__ = ["FILE", "IssuerKeys"]

FILE = "issuer-key.json"


class IssuerKeys(Keys):
    """As `Keys`, in a file of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.path = folder / FILE
