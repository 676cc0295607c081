"""Việc cần làm, the page: an alert that waits."""

from scheduler.extras.cap.service.alerts import CapService
from tests.extras.cap.work.alerts import alert
from tests.web.air.test_tasks import told_by


def test_an_alert_that_waits_has_its_row_with_a_way_to_it(lans, beat, station, lan):
    beat()
    row, _ = station.services.get(CapService).receive(lan, alert())
    page = lans.get("/truc-tiep")
    assert "Cảnh báo nghiêm trọng đang chờ phường quyết định" in told_by(page)
    assert f'href="/canh-bao#cb-{row.id}"' in page.text
    assert "Mở cảnh báo" in page.text
    assert f'id="cb-{row.id}"' in lans.get("/canh-bao").text
