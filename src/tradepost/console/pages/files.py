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
    if not reply.is_success:
        headers = {"HX-Retarget": "#file-problem", "HX-Reswap": "innerHTML"}
        names: dict[str, object] = {"problems": reply.problems}
        return visit.render("version_upload_problem.html", names, reply.status, headers)
    names = {
        "framework": framework if framework in ("plugin", "workflow") else "plugin",
        "artifact_id": reply.data["_links"]["self"]["href"].rpartition("/")[2],
        "artifact": reply.data,
    }
    return visit.render("version_artifact.html", names, headers={"HX-Trigger": "uploaded"})
