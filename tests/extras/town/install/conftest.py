"""A package that is not installed."""

from tests.install.test_package_extras import without  # noqa: F401 - a fixture
