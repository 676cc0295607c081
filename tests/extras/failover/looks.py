"""Commands of this extra that ask a station without changing it."""

LOOKS = ("pair status",)
