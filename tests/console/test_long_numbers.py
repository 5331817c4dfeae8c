"""Numbers that are longer than any: Python itself refuses to read the longest."""

import pytest

from tests.support.client import ADMINISTRATOR, InProcess
from tests.support.consoles import surf
from tradepost.demo.data import OUTSIDER

LONG = "9" * 5000


@pytest.mark.parametrize("path", [f"/sandbox/journal/{LONG}", f"/review/x/{LONG}"])
def test_a_path_with_one_is_no_page(shared: InProcess, path: str) -> None:
    answer = surf(shared, ADMINISTRATOR).get(path)
    assert answer.status_code == 404
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("number", ["9" * 19, LONG, "²"])
def test_a_form_with_one_is_shown_again(shared: InProcess, number: str) -> None:
    surfer = surf(shared, ADMINISTRATOR)
    token = {"token-name": "x", "days": number}
    assert surfer.post(f"/people/{OUTSIDER.id}/api-tokens", token).status_code == 400
    review = {"stars": number, "email": OUTSIDER.email, "hosting": "cloud"}
    answer = surfer.post("/apps/com.example.app.addon/reviews/new", review)
    assert answer.status_code == 400
