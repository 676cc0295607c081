"""What the tests of pages share."""

from tests.web.conftest import *  # noqa: F403
from tests.web.dispatch.test_dispatch_answers import taken  # noqa: F401 - a fixture
