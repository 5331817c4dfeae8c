"""Fifty clients review one app at once, and answer."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2

from tests.support.bodies import SPACE, codes
from tests.support.client import ADMINISTRATOR, Auth
from tests.support.clients import AsyncRequests, at_once, fetch, request
from tests.support.process import ServerProcess
from tests.support.reviews import administered_path, response_path, review_body, reviews_path

CLIENTS = 50
Send = Callable[[AsyncRequests], Awaitable[httpx2.Response]]


def sending(method: str, path: str, body: Any, auth: Auth = ADMINISTRATOR) -> Send:
    async def send(client: AsyncRequests) -> httpx2.Response:
        return await client.request(method, path, auth=auth, json=body)

    return send


def made(served: ServerProcess, path: str, body: Any) -> Any:
    """What an administrator creates, which must succeed."""
    answer = request("POST", f"{served.url}{path}", auth=ADMINISTRATOR, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def new_app(served: ServerProcess) -> str:
    key = f"com.example.{uuid.uuid4()}"
    app = made(served, "/admin/v1/apps", {"appKey": key, "developerSpaceId": SPACE})
    product_id = str(app["productId"])
    made(served, f"/admin/v1/apps/{product_id}/app-software", {"hosting": "cloud"})
    return product_id


def new_people(served: ServerProcess, count: int) -> list[str]:
    bodies = [{"email": f"{uuid.uuid4()}@example.com"} for _ in range(count)]
    answers = at_once(served.url, [sending("POST", "/admin/v1/people", body) for body in bodies])
    return [str(answer.json()["id"]) for answer in answers]


def test_of_fifty_reviews_of_one_person_one_is_taken(served: ServerProcess) -> None:
    product_id, [person_id] = new_app(served), new_people(served, 1)
    path = administered_path(product_id)
    bodies = [review_body(person_id, stars=1 + n % 5, content=str(n)) for n in range(CLIENTS)]
    answers = at_once(served.url, [sending("POST", path, body) for body in bodies])
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * (CLIENTS - 1)
    winner = next(answer for answer in answers if answer.status_code == 201).json()
    for answer in answers:
        assert answer.status_code == 201 or codes(answer.json()) == ["VALIDATION_ERROR"]
    page = fetch(served.url, reviews_path(product_id)).json()
    assert [review["id"] for review in page["reviews"]] == [winner["id"]]
    assert (page["count"], page["averageStars"]) == (1, winner["stars"])


def test_reviews_of_fifty_people_are_all_counted(served: ServerProcess) -> None:
    product_id, people = new_app(served), new_people(served, CLIENTS)
    path = administered_path(product_id)
    bodies = [review_body(person_id, stars=1 + n % 5) for n, person_id in enumerate(people)]
    answers = at_once(served.url, [sending("POST", path, body) for body in bodies])
    assert [answer.status_code for answer in answers] == [201] * CLIENTS
    page = fetch(served.url, f"{reviews_path(product_id)}?limit=50").json()
    assert (page["count"], len(page["reviews"]), page["averageStars"]) == (CLIENTS, CLIENTS, 3.0)
    ids = [answer.json()["id"] for answer in answers]
    removed = [sending("DELETE", administered_path(product_id, one), None) for one in ids[:25]]
    edits = [sending("PATCH", administered_path(product_id, one), {"stars": 5}) for one in ids[25:]]
    assert all(answer.is_success for answer in at_once(served.url, [*removed, *edits]))
    page = fetch(served.url, reviews_path(product_id)).json()
    assert (page["count"], page["averageStars"]) == (25, 5.0)


def test_of_fifty_answers_to_one_review_one_stands(served: ServerProcess) -> None:
    product_id, [person_id] = new_app(served), new_people(served, 1)
    review = made(served, administered_path(product_id), review_body(person_id))
    path = response_path(review["id"], product_id)
    texts = [f"by client {number}" for number in range(CLIENTS)]
    answers = at_once(
        served.url, [sending("PUT", path, {"responseContent": text}) for text in texts]
    )
    assert [answer.status_code for answer in answers] == [204] * CLIENTS
    [found] = fetch(served.url, reviews_path(product_id)).json()["reviews"]
    assert found["responseContent"] in texts
