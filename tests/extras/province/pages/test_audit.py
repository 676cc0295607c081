"""The log of acts shows how a bulletin of the province stands as it is kept."""

from tests.web.people.test_audit import said


def test_a_state_without_a_word_is_shown_as_it_is_kept():
    assert said("province_inbox", "state", "aired") == "aired"
