"""Files on their way to and from browsers, which cannot sign in to the API themselves."""

from starlette.responses import Response

from tradepost.console.ask import segment
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit

PAGES = Pages()


@PAGES.get("/-/images/{image_id}")
async def image(visit: Visit) -> Response:
    """From here, always: our pages show images of this server alone."""
    image_id = segment(visit.path["image_id"])
    return visit.ask.download(f"/rest/3/assets/images/{image_id}/download", here=True)


@PAGES.get("/-/artifacts/{artifact_id}")
async def artifact(visit: Visit) -> Response:
    path = f"/rest/3/artifacts/{segment(visit.path['artifact_id'])}"
    # Who may not have it is told so by a page.
    await visit.ask.read(path)
    return visit.ask.download(f"{path}/download")


@PAGES.post("/-/artifacts", streams=True)
async def upload(visit: Visit) -> Response:
    """The part of the version's form that says which artifact it is, filled in."""
    framework = visit.query.get("framework", "")
    reply = await visit.ask.upload("/rest/3/artifacts", visit.request.receive)
    found = reply.data if reply.is_success else None
    names = {
        "framework": framework if framework in ("plugin", "workflow") else "plugin",
        "artifact_id": found["_links"]["self"]["href"].rpartition("/")[2] if found else "",
        "artifact": found,
        "problems": reply.problems,
        "is_new": True,
    }
    return visit.render("version_artifact.html", names, 200 if found else reply.status)
