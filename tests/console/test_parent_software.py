"""Parent software and its releases on their pages, over HTTP."""

import re
from html import unescape

from tests.support.client import OUTSIDER, InProcess
from tests.support.consoles import said, surf


def test_every_product_is_listed_with_its_newest_release(shared: InProcess) -> None:
    page = said(surf(shared, OUTSIDER).get("/parent-software"))
    for product in shared.get("/rest/3/parent-software").json()["parentSoftware"]:
        assert f"{product['name']} {product['id']}" in page
    [newest] = shared.get("/rest/3/parent-software/jira/versions?limit=1").json()["versions"]
    assert f"{newest['versionNumber']} {newest['createdAt'][:10]}" in page


def test_releases_are_paged_the_newest_first(shared: InProcess) -> None:
    surfer = surf(shared)
    path = "/parent-software/jira"
    found: list[str] = []
    while path:
        page = surfer.get(path)
        found += re.findall(r'<td class="number">(\d+)</td>', page.text)
        following = re.search(r'<a href="([^"]+)" rel="next">', page.text)
        path = unescape(following[1]) if following else ""
    numbers = [int(number) for number in found]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) > 50
    assert "First page" in said(page)


def test_a_product_that_is_not_there_is_not_found(shared: InProcess) -> None:
    answer = surf(shared).get("/parent-software/windows")
    assert answer.status_code == 404
    assert "there is no parent software windows" in said(answer)
