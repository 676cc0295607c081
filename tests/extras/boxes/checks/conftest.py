"""A station with other keys in its configuration."""

from tests.desk.test_checkup_links import opened  # noqa: F401 - a fixture
