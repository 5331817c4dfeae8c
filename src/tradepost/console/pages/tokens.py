"""Access tokens of an app software: which site has redeemed each, make one, revoke one."""

import hashlib
from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from tradepost.console.ask import Reply, Told, segment
from tradepost.console.registry import Pages
from tradepost.console.visit import Visit
from tradepost.developer_space.rights import RELEASE

PAGES = Pages()
_PATH = "/app-software/{software_id}/tokens"


@PAGES.get(_PATH)
async def tokens(visit: Visit) -> Response:
    return await _page(visit)


@PAGES.post(_PATH)
async def create(visit: Visit) -> Response:
    reply = await visit.ask.write("POST", _operation(visit), {})
    if not reply.is_success:
        return await _page(visit, reply)
    # The page has the token; its address, which stays in the browser's history, has not.
    return visit.go(f"{_here(visit)}?made={_fingerprint(reply.data['token'])}")


@PAGES.post(f"{_PATH}/revoke")
async def revoke(visit: Visit) -> Response:
    software = segment(visit.path["software_id"])
    path = f"/admin/v1/app-software/{software}/tokens/revoke"
    reply = await visit.ask.write("POST", path, {"token": visit.form["token"]})
    if not reply.is_success:
        return await _page(visit, reply)
    return visit.go(f"{_here(visit)}?revoked=1")


async def _page(visit: Visit, refused: Reply | None = None) -> Response:
    reply = await visit.ask.get(_operation(visit))
    names: dict[str, Any] = {
        "software_id": visit.path["software_id"],
        "is_member": reply.status != 403,
        "may_write": visit.caller.administrator or bool(visit.caller.spaces_as(RELEASE)),
        "tokens": [],
        "made": visit.query.get("made", ""),
        "is_revoked": "revoked" in visit.query,
        "told": _told(refused),
    }
    if reply.status == 403:
        return visit.render("tokens.html", names, 403)
    if not reply.is_success:
        return visit.sorry(reply)
    names["tokens"] = [
        {**token, "fingerprint": _fingerprint(token["token"])} for token in reply.data["tokens"]
    ]
    return visit.render("tokens.html", names, 200 if refused is None else refused.status)


def _told(refused: Reply | None) -> Sequence[Told]:
    return [] if refused is None else refused.problems


def _operation(visit: Visit) -> str:
    return f"/rest/3/app-software/{segment(visit.path['software_id'])}/tokens"


def _here(visit: Visit) -> str:
    return f"/app-software/{segment(visit.path['software_id'])}/tokens"


def _fingerprint(token: str) -> str:
    """What the audit calls it."""
    return hashlib.sha256(token.encode()).hexdigest()[:16]
