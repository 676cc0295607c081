"""What the tests of the API share."""

from tests.web.api.conftest import *  # noqa: F403
