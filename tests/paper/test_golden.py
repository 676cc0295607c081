"""Every form in every format as it was last looked at; see `sheets` for how the files are written anew."""

import pytest

from tests.paper.sheets import GOLDEN, REPORTS, golden


@pytest.mark.parametrize("form", REPORTS)
def test_a_form_is_as_it_was_last_looked_at(form):
    for name, text in golden(form).items():
        kept = (GOLDEN / name).read_bytes().decode()
        assert text == kept, name


def test_every_golden_file_belongs_to_a_form():
    assert {path.name for path in GOLDEN.iterdir()} == {name for form in REPORTS for name in golden(form)}
