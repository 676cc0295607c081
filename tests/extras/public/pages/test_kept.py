"""A station whose public page was opened once keeps the pages to open it again, whoever closes it."""

from web.pages import ServedPages


def test_a_page_that_is_closed_can_be_opened_again(station, minh):
    pages, settings = ServedPages(station), station.services.settings
    assert "public_switch" not in pages.app.blueprints
    for is_open in (True, False):
        settings.put(minh, {"public.on": is_open})
        pages.look()
        assert "public_switch" in pages.app.blueprints
