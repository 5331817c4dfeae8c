"""Reviews: where they are, and short ways to have some."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from tests.support.app_listings import changed, read_listing
from tests.support.bodies import ADDON_PRODUCT
from tests.support.client import ADMINISTRATOR, DEVELOPER, Auth, InProcess
from tests.support.scenes import administer, new_app

HOSTINGS = ("cloud", "server", "datacenter")
SORTS = ("recent", "helpful", "highest_rated", "lowest_rated")
RANKS: dict[str, Callable[[Any], int]] = {
    "recent": lambda _: 0,
    "helpful": lambda review: int(review["helpfulVotes"]),
    "highest_rated": lambda review: int(review["stars"]),
    "lowest_rated": lambda review: -int(review["stars"]),
}
"""What puts a review before others, by each order: the highest first, of equal ones the newest."""
REPORTS_PRODUCT = "23456789-2345-4345-8345-23456789abcd"
"""A public app of the demo data without reviews."""
ANSWERED, UNANSWERED = (f"f0000000-0000-4000-8000-{number:012}" for number in (3, 2))
"""Reviews of the demo data, with an answer and without one."""


def reviews_path(product_id: str = ADDON_PRODUCT) -> str:
    return f"/rest/3/products/{product_id}/reviews"


def review_path(review_id: str, product_id: str = ADDON_PRODUCT) -> str:
    return f"{reviews_path(product_id)}/{review_id}"


def response_path(review_id: str, product_id: str = ADDON_PRODUCT) -> str:
    return f"{review_path(review_id, product_id)}/response"


def administered_path(product_id: str = ADDON_PRODUCT, review_id: str = "") -> str:
    """Where administrators enter reviews, and edit one."""
    return f"/admin/v1/apps/{product_id}/reviews{'/' if review_id else ''}{review_id}"


def new_product(
    server: InProcess, hostings: Sequence[str] = HOSTINGS, *, public: bool = True
) -> str:
    """The product id of a new app of the developer's space, for these hostings."""
    product_id = new_app(server, f"com.example.{uuid.uuid4()}")
    for hosting in hostings:
        administer(server, "POST", f"apps/{product_id}/app-software", {"hosting": hosting})
    if public:
        changed(server, read_listing(server, product_id), state="PUBLIC")
    return product_id


def new_reviewer(server: InProcess, name: str = "Robin Reviewer") -> str:
    """The id of a new person, who belongs to no developer space."""
    body = {"email": f"{uuid.uuid4()}@example.com", "name": name}
    return str(administer(server, "POST", "people", body)["id"])


def review_body(person_id: str, hosting: str = "cloud", stars: int = 5, **fields: Any) -> Any:
    """A body that enters a review."""
    return {"personId": person_id, "productHosting": hosting, "stars": stars, **fields}


def add_review(
    server: InProcess,
    product_id: str = ADDON_PRODUCT,
    person_id: str = "",
    hosting: str = "cloud",
    stars: int = 5,
    **fields: Any,
) -> dict[str, Any]:
    """Enter a review, by a new person unless one is named; what administrators see of it."""
    body = review_body(person_id or new_reviewer(server), hosting, stars, **fields)
    answer = server.post(administered_path(product_id), ADMINISTRATOR, json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def shown(review: dict[str, Any]) -> dict[str, Any]:
    """What everyone sees of a review that an administrator sees."""
    return {name: value for name, value in review.items() if name not in ("productId", "personId")}


def read_reviews(
    server: InProcess, product_id: str = ADDON_PRODUCT, auth: Auth = DEVELOPER, **query: Any
) -> dict[str, Any]:
    """A page of reviews, which must be readable."""
    answer = server.get(reviews_path(product_id), auth, params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def every_review(
    server: InProcess, product_id: str = ADDON_PRODUCT, limit: int = 50, **query: Any
) -> list[dict[str, Any]]:
    """All reviews, page by page; each page tells the same totals."""
    page = read_reviews(server, product_id, limit=limit, **query)
    found: list[dict[str, Any]] = page["reviews"]
    totals = (page["count"], page["averageStars"])
    while "cursor" in page:
        assert len(page["reviews"]) == limit
        page = read_reviews(server, product_id, cursor=page["cursor"])
        assert page["reviews"]
        assert (page["count"], page["averageStars"]) == totals
        found += page["reviews"]
    assert len(found) == totals[0]
    return found
