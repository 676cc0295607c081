"""What the tests of việc cần làm share."""

from tests.services.station.test_tasks import beat, services  # noqa: F401 - fixtures
