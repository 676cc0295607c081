"""Commands of this extra that ask a station without changing it."""

LOOKS = ("cap list", "cap rules")
