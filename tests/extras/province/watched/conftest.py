"""A station with other keys in its configuration."""

from tests.services.station.test_checkup_links import opened  # noqa: F401 - a fixture
