"""A station that has used SMS keeps its pages, whoever turned them on."""

from web.pages import ServedPages


def test_a_number_that_wants_nothing_keeps_the_pages(station, minh):
    pages = ServedPages(station)
    assert "sms" not in pages.app.blueprints
    row = ("+84900000000", station.clock.now().isoformat(), minh.id)
    with station.repos.store.write() as db:
        db.conn.execute("INSERT INTO sms_opt_out (number, at, by_id) VALUES (?, ?, ?)", row)
    pages.look()
    assert "sms" in pages.app.blueprints
