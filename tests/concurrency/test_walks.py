"""However a client takes `links.next` apart, over a real socket it walks the whole list."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.support.bodies import ADDON_SERVER, versions_path
from tests.support.clients import every_version, requests_to
from tests.support.process import ServerProcess
from tests.support.walks import CURSOR_READERS, Request

PATH = versions_path(ADDON_SERVER)
FILTERS: list[dict[str, str]] = [
    {},
    {"state": "active"},
    {"paymentModel": "paid-via-atlassian", "parentSoftwareId": "jira", "afterVersion": "1.0.0"},
]


def wanted(found: list[Any], filters: dict[str, str]) -> list[int]:
    """The build numbers that a walk should show, worked out here."""
    after = [v["buildNumber"] for v in found if v["versionNumber"] == filters.get("afterVersion")]
    return [
        v["buildNumber"]
        for v in found
        if filters.get("state") in (None, v["state"])
        and filters.get("paymentModel") in (None, v["supportedPaymentModel"])
        and v["buildNumber"] > max(after, default=-1)
    ]


@pytest.mark.parametrize("read_cursor", CURSOR_READERS, ids=lambda read: read.__name__)
@pytest.mark.parametrize("filters", FILTERS, ids=["no filter", "one filter", "three filters"])
@pytest.mark.parametrize("repeats", [False, True], ids=["bare", "with the filters again"])
@pytest.mark.parametrize("base", ["", "/marketplace"], ids=["plain", "marketplace"])
def test_a_cursor_read_in_any_way_walks_the_whole_list(
    served: ServerProcess,
    read_cursor: Callable[[str], Request],
    filters: dict[str, str],
    repeats: bool,
    base: str,
) -> None:
    expected = wanted(every_version(served.url, PATH), filters)
    walked: list[int] = []
    sizes: list[int] = []
    with requests_to(served.url) as client:
        answer = client.get(f"{base}{PATH}", params={**filters, "limit": 3})
        while True:
            assert answer.status_code == 200, answer.text
            page = answer.json()
            assert page["totalCount"] == len(expected)
            walked += [v["buildNumber"] for v in page["versions"]]
            sizes.append(len(page["versions"]))
            if "next" not in page["links"]:
                break
            path, query = read_cursor(page["links"]["next"])
            again = {**query, **(filters if repeats else {})}
            # Parameters are sent behind what the link has already, never in its place.
            url = httpx2.URL(f"{base}{path}").copy_merge_params(again)
            answer = client.get(str(url))
    assert walked == expected
    assert len(walked) > 6
    assert sizes[:-1] == [3] * (len(sizes) - 1)
