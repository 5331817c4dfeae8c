"""What differs between two versions of an app software, field by field, and their listings."""

from starlette.responses import Response

from tradepost.console.pages.version import api_path, others, page_of
from tradepost.console.parents import Parents
from tradepost.console.registry import Pages
from tradepost.console.software import standing
from tradepost.console.version_form import wanted_releases
from tradepost.console.version_view import compare, compare_listings
from tradepost.console.visit import Visit

PAGES = Pages()


@PAGES.get("/app-software/{id}/versions/{build}/difference")
async def difference(visit: Visit) -> Response:
    ask, software_id = visit.ask, visit.path["id"]
    wanted = visit.query.get("build", "").strip() or visit.query.get("from", "").strip()
    path = api_path(software_id, visit.path["build"])
    after = await ask.read(path)
    choices, has_more = await others(visit, software_id, after["buildNumber"])
    older = [c["buildNumber"] for c in choices if c["buildNumber"] < after["buildNumber"]]
    if not wanted and not choices:
        return visit.go(page_of(software_id, after["buildNumber"]))
    wanted = wanted or str(max(older, default=choices[0]["buildNumber"] if choices else 0))
    from_path = api_path(software_id, wanted)
    before = await ask.read(from_path)
    listings = [await ask.find(f"{each}/listing") for each in (from_path, path)]
    parents = await Parents.of(ask)
    await parents.find_releases(wanted_releases(before) | wanted_releases(after))
    if all(choice["buildNumber"] != before["buildNumber"] for choice in choices):
        choices.append(before)
    content, record = compare(before, after, parents)
    names = {
        "software_id": software_id,
        "trail": (await standing(visit, software_id)).trail,
        "before": before,
        "after": after,
        "content": content,
        "record": record,
        "listing": compare_listings(*listings),
        "has_listing": [listing is not None for listing in listings],
        "others": choices,
        "has_more_others": has_more,
        "previous": before["buildNumber"],
    }
    return visit.render("version_difference.html", names)
