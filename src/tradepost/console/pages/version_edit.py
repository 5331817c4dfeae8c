"""Creating and editing a version: the form, checks as one types, and what to do in a conflict."""

from typing import Final

import msgspec
from starlette.responses import Response

from tradepost.console.ask import Reply, Told, segment
from tradepost.console.pages.version import api_path, page_of
from tradepost.console.pages.version_forms import Draft, conflict, fragment, render, told_of
from tradepost.console.parents import Parents
from tradepost.console.registry import Pages
from tradepost.console.software import Standing, standing
from tradepost.console.version_fields import FRAMEWORKS, Document
from tradepost.console.version_form import (
    FRAMEWORK,
    Pairs,
    create_body,
    document_of,
    pairs_of,
    suggestion,
    wanted_builds,
    wanted_releases,
)
from tradepost.console.version_merge import changes, keep, kept, merged, texts_of
from tradepost.console.visit import Form, Visit

PAGES = Pages()

_NEW: Final = "/app-software/{id}/new-version"
_EDIT: Final = "/app-software/{id}/versions/{build}/edit"
_CHECKED: Final = {"Prefer": "validate-only"}
_ROLE: Final = Told(
    "FORBIDDEN",
    "Not allowed",
    "Versions are written by release managers and admins of the developer space that owns the app.",
)


@PAGES.get(_NEW)
async def new_version(visit: Visit) -> Response:
    """The form, filled in from the latest version."""
    software_id = visit.path["id"]
    path = f"/rest/3/app-software/{segment(software_id)}/versions"
    found = (await visit.ask.read(path, {"limit": 1}))["versions"]
    may = await standing(visit, software_id)
    if not may.may_release:
        return visit.apologise(403, [_ROLE])
    parents = await Parents.of(visit.ask)
    start: Document = suggestion(found[0]) if found else {"supported": True}
    await parents.find_releases(wanted_releases(start))
    pairs = pairs_of(start, parents.releases)
    wanted = visit.query.get("framework", "")
    if wanted in FRAMEWORKS or not found:
        pairs = _switched(pairs, wanted if wanted in FRAMEWORKS else "forge")
    if not found:
        pairs += [("parent", ""), ("min", ""), ("max", "")]
    latest = found[0] if found else None
    key = visit.belongings.chance.uuid()
    return render(visit, Draft(Form(pairs), parents, may, latest=latest, key=key), [], 200)


@PAGES.post(_NEW)
async def create(visit: Visit) -> Response:
    """Create the version, or show the form again: with another row or framework, or problems."""
    form, parents = visit.form, await Parents.of(visit.ask)
    draft = Draft(form, parents, await standing(visit, visit.path["id"]), key=form["key"])
    reshaped = _reshaped(form)
    if reshaped is not None:
        return render(visit, msgspec.structs.replace(draft, form=reshaped), [], 200)
    document = await _document(form, None, parents)
    reply = await _create(visit, document, {"Idempotency-Key": form["key"]} if form["key"] else {})
    if reply.is_success:
        return visit.go(page_of(visit.path["id"], reply.data["buildNumber"]))
    if reply.status < 500:  # it would be refused again with this key, whatever it says then
        draft = msgspec.structs.replace(draft, key=visit.belongings.chance.uuid())
    return render(visit, draft, told_of(reply, form, parents), reply.status)


@PAGES.post(f"{_NEW}/check")
async def check_new(visit: Visit) -> Response:
    """What is wrong so far, for the places beside the fields."""
    parents = await Parents.of(visit.ask)
    document = await _document(visit.form, None, parents)
    reply = await _create(visit, document, _CHECKED)
    return fragment(visit, visit.form, told_of(reply, visit.form, parents))


@PAGES.get(_EDIT)
async def edit(visit: Visit) -> Response:
    software_id, build = visit.path["id"], visit.path["build"]
    held = await visit.ask.read(api_path(software_id, build))
    may = await standing(visit, software_id)
    if not may.may_release:
        return visit.apologise(403, [_ROLE])
    parents = await Parents.of(visit.ask)
    return render(visit, await _draft_of(held, parents, may), [], 200)


@PAGES.post(_EDIT)
async def save(visit: Visit) -> Response:
    """Save the version, or show the form again; or both sides, where another has saved too."""
    form, parents = visit.form, await Parents.of(visit.ask)
    held = await visit.ask.read(api_path(visit.path["id"], visit.path["build"]))
    may = await standing(visit, visit.path["id"])
    draft = Draft(form, parents, may, held=held, base=form["base"], revision=form["revision"])
    reshaped = _reshaped(form)
    if reshaped is not None:
        return render(visit, msgspec.structs.replace(draft, form=reshaped), [], 200)
    if "theirs" in form:
        return await _save_merged(visit, draft)
    return await _save(visit, draft)


@PAGES.post(f"{_EDIT}/check")
async def check_edit(visit: Visit) -> Response:
    form, parents = visit.form, await Parents.of(visit.ask)
    held = await visit.ask.read(api_path(visit.path["id"], visit.path["build"]))
    document = await _document(form, held, parents)
    reply = await _update(visit, document, form["revision"], _CHECKED)
    return fragment(visit, form, told_of(reply, form, parents))


@PAGES.get("/app-software/{id}/releases")
async def releases(visit: Visit) -> Response:
    """The releases of a product, as the suggestions of a field."""
    parents = await Parents.of(visit.ask)
    found = await parents.all_releases(visit.query.get("parent", ""))
    return visit.render("version_releases.html", {"releases": found})


async def _save(visit: Visit, draft: Draft) -> Response:
    """Save what a form says on top of what is stored, if that is still what the form began with."""
    form, parents, held = draft.form, draft.parents, draft.held
    assert held is not None
    document = await _document(form, held, parents)
    reply = await _update(visit, document, draft.revision)
    if reply.is_success:
        return visit.go(page_of(visit.path["id"], visit.path["build"]))
    told = told_of(reply, form, parents)
    is_conflict = any(problem.code == "REVISION_MISMATCH" for problem in told)
    if not is_conflict or held["state"] == "archived":
        return render(visit, draft, told, reply.status)
    await parents.find_releases(wanted_releases(held) | wanted_releases(document))
    mine = pairs_of(document, parents.releases)
    theirs = pairs_of(held, parents.releases)
    if texts_of(mine) == texts_of(theirs):  # it is saved already, by whomever
        return visit.go(page_of(visit.path["id"], visit.path["build"]))
    found = changes(form[FRAMEWORK], kept(draft.base), texts_of(mine), texts_of(theirs))
    return conflict(visit, draft, mine, found, reply.status)


async def _save_merged(visit: Visit, draft: Draft) -> Response:
    """Save what was chosen on the page of a conflict, or go on editing it."""
    form, parents, held = draft.form, draft.parents, draft.held
    assert held is not None
    await parents.find_releases(wanted_releases(held))
    mine: Pairs = [pair for pair in form.pairs if _is_of_version(pair[0])]
    theirs = pairs_of(held, parents.releases)
    found = changes(form[FRAMEWORK], kept(draft.base), texts_of(mine), texts_of(theirs))
    is_current = form["theirs"] == str(held["revision"])
    choices = {change.name: form[f"choice.{change.name}"] for change in found}
    result = merged(found, mine, choices) if is_current else None
    if result is None:
        return conflict(visit, draft, mine, found, 409 if not is_current else 400)
    after = await _draft_of(held, parents, draft.standing)
    after = msgspec.structs.replace(after, form=Form(result))
    if form["do"] == "continue":
        return render(visit, after, [], 200)
    return await _save(visit, after)


async def _draft_of(held: Document, parents: Parents, may: Standing) -> Draft:
    """The form of a version as it is stored."""
    await parents.find_releases(wanted_releases(held))
    pairs = pairs_of(held, parents.releases)
    return Draft(
        Form(pairs),
        parents,
        may,
        held=held,
        base=keep(texts_of(pairs)),
        revision=str(held["revision"]),
    )


async def _document(form: Form, held: Document | None, parents: Parents) -> Document:
    await parents.find_builds(wanted_builds(form))
    return document_of(form, held, parents.builds)


async def _create(visit: Visit, document: Document, headers: dict[str, str]) -> Reply:
    software = segment(visit.path["id"])
    body = create_body(document)
    if visit.form["do"] == "draft":
        path = f"/admin/v1/app-software/{software}/versions"
        return await visit.ask.write("POST", path, {**body, "draft": True}, headers=headers)
    path = f"/rest/3/app-software/{software}/versions"
    return await visit.ask.write("POST", path, body, headers=headers)


async def _update(
    visit: Visit, document: Document, revision: str, headers: dict[str, str] | None = None
) -> Reply:
    is_whole = revision.isascii() and revision.isdigit() and len(revision) < 17
    body = {**document, "revision": int(revision) if is_whole else revision}
    path = api_path(visit.path["id"], visit.path["build"])
    return await visit.ask.write("PUT", path, body, headers=headers)


def _reshaped(form: Form) -> Form | None:
    """The form with another row, without one, or for another framework; `None` where it is sent
    to be saved."""
    if form["do"] in ("save", "draft", "submit", "merge", "continue"):
        return None
    pairs = list(form.pairs)
    if "add-row" in form:
        return Form([*pairs, ("parent", ""), ("min", ""), ("max", "")])
    if "remove-row" in form:
        return Form(_without_row(pairs, form["remove-row"]))
    return Form(pairs)


def _without_row(pairs: Pairs, place: str) -> Pairs:
    seen: dict[str, int] = {}
    left = []
    for name, value in pairs:
        if name in ("parent", "min", "max"):
            seen[name] = seen.get(name, -1) + 1
            if str(seen[name]) == place:
                continue
        left.append((name, value))
    return left


def _switched(pairs: Pairs, framework: str) -> Pairs:
    return [(FRAMEWORK, framework), *(pair for pair in pairs if pair[0] != FRAMEWORK)]


def _is_of_version(name: str) -> bool:
    """Whether a field of the page of a conflict is one of the version's."""
    ours = ("csrf", "base", "theirs", "do", "key", "revision", "add-row", "remove-row", "file")
    return name not in ours and not name.startswith("choice.")
