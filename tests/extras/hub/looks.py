"""Commands of this extra that ask a station without changing it."""

LOOKS = ("hub status", "hub wards", "hub issues")
