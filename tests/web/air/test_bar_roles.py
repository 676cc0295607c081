"""The bar shows KHẨN CẤP to who has the page in their menu; who may neither write nor order is not led there."""

import pytest

EMERGENCY = 'class="btn emg"'


@pytest.mark.parametrize("who", ["lan", "minh", "hung", "tu"])
def test_who_writes_or_orders_has_the_red_button_on_every_page(request, client_of, who):
    client = client_of(request.getfixturevalue(who))
    for page in ("/truc-tiep", "/lich"):
        assert EMERGENCY in client.get(page).text, page


@pytest.mark.parametrize("who", ["guest", "ky"])
def test_a_guest_and_a_technician_have_it_nowhere_and_its_page_says_whom_to_call(request, client_of, who):
    client = client_of(request.getfixturevalue(who))
    for page in ("/truc-tiep", "/lich", "/bao-cao"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert EMERGENCY not in answer.text, page
    assert client.get("/khan-cap").status_code == 200
