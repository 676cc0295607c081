"""What the tests of what no loudspeaker sounded share."""

from tests.services.air.test_recorded import ended  # noqa: F401 - a fixture
