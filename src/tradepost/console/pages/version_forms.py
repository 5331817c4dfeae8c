"""Showing the form of a version: with its problems beside its fields, and as a conflict."""

from typing import Any, Final

import msgspec
from starlette.responses import Response

from tradepost.console.ask import Reply, Told
from tradepost.console.lines import line_difference
from tradepost.console.parents import Parents
from tradepost.console.software import Standing
from tradepost.console.version_fields import (
    ACCEPTED,
    CHANGELOG,
    FRAMEWORKS,
    NAMES,
    NUMBERS,
    TERMS,
    Document,
    attributes_of,
    fields_of,
)
from tradepost.console.version_form import (
    FRAMEWORK,
    Pairs,
    Row,
    is_needed,
    leftovers,
    rows_of,
    wanted_builds,
)
from tradepost.console.version_merge import Change
from tradepost.console.visit import Form, Visit

_ENDS: Final = (("min", "minBuildNumber"), ("max", "maxBuildNumber"))
_LONG: Final = 200


class Draft(msgspec.Struct):
    """A form on its way: what is in it, and what it is about.

    `standing` is the visitor's, `held` the version that is edited, `base` what the form began with
    (see `keep`), `latest` the version that a new one follows, and `key` the idempotency key with
    which it is created.
    """

    form: Form
    parents: Parents
    standing: Standing
    held: Document | None = None
    latest: Document | None = None
    base: str = ""
    revision: str = ""
    key: str = ""


class Choice(msgspec.Struct, frozen=True):
    """A change on the page of a conflict; `lines` is mine against theirs where they are long."""

    change: Change
    base: list[str]
    mine: list[str]
    theirs: list[str]
    lines: list[Any]


def told_of(reply: Reply, form: Form, parents: Parents) -> list[Told]:
    """What the API tells of a form; of a release that there is not, in words of ours: the API
    knows build numbers alone."""
    told = reply.problems
    for place, row in enumerate(rows_of(form)):
        for side, name in _ENDS:
            text = getattr(row, side).strip()
            if (row.parent, text) in wanted_builds(form) - parents.builds.keys():
                path = f"compatibilities[{place}].{name}"
                detail = (
                    f"{path} must be a release of {parents.name(row.parent)}, by its version "
                    "number or its build number"
                )
                told = [problem for problem in told if problem.path != path]
                told.append(Told("VALIDATION_ERROR", "Validation error", detail))
    return told


def render(visit: Visit, draft: Draft, told: list[Told], status: int) -> Response:
    """The page of the form."""
    return visit.render("version_form.html", _names(visit, draft, told), status)


def fragment(visit: Visit, form: Form, told: list[Told]) -> Response:
    """What stands beside the fields, for htmx to put there."""
    beside, rest = _sorted(told, form[FRAMEWORK], len(rows_of(form)) or 1)
    return visit.render("version_checked.html", {"beside": beside, "problems": rest, "told": told})


def conflict(visit: Visit, draft: Draft, mine: Pairs, found: list[Change], status: int) -> Response:
    """The page that shows what both sides have changed."""
    names = {
        "software_id": visit.path["id"],
        "trail": draft.standing.trail,
        "v": draft.held,
        "base": draft.base,
        "mine": mine,
        "kept": [_choice(change, draft.parents) for change in found if change.by == "me"],
        "taken": [_choice(change, draft.parents) for change in found if change.by == "them"],
        "conflicts": [_choice(change, draft.parents) for change in found if change.by == "both"],
        "form": visit.form,
        "again": "theirs" in visit.form,
    }
    return visit.render("version_conflict.html", names, status)


def _names(visit: Visit, draft: Draft, told: list[Told]) -> dict[str, Any]:
    form = draft.form
    framework = form[FRAMEWORK]
    rows = rows_of(form) or [Row()]
    chosen = {row.parent for row in rows}
    beside, rest = _sorted(told, framework, len(rows))
    return {
        "software_id": visit.path["id"],
        "trail": draft.standing.trail,
        "v": draft.held,
        "latest": draft.latest,
        "base": draft.base,
        "revision": draft.revision,
        "key": draft.key,
        "form": form,
        "is_cloud": draft.standing.hosting == "cloud",
        "framework": framework,
        "frameworks": [(name, NAMES[name]) for name in FRAMEWORKS],
        "framework_name": NAMES.get(framework, framework),
        "numbers": NUMBERS,
        "terms": TERMS,
        "attributes": attributes_of(framework),
        "changelog": CHANGELOG,
        "accepted": ACCEPTED,
        "leftovers": leftovers(form, framework),
        "needed": {field.name for field in fields_of(framework) if is_needed(field, framework)},
        "rows": rows,
        "products": [
            product
            for product in draft.parents.products
            if product["id"] in chosen or _offers(product, draft.standing.hosting)
        ],
        "product_ids": {product["id"] for product in draft.parents.products},
        "beside": beside,
        "problems": rest,
        "told": told,
        "artifact": None,
        "artifact_problems": [],
    }


def _offers(product: Any, hosting: str) -> bool:
    return not hosting or any(option["hosting"] == hosting for option in product["hostingOptions"])


def _sorted(
    told: list[Told], framework: str, rows: int
) -> tuple[dict[str, list[Told]], list[Told]]:
    """Problems by the name of the field that they belong beside, and the rest."""
    places = {field.path: field.name for field in fields_of(framework)}
    places["frameworkDetails.frameworkId"] = FRAMEWORK
    places["compatibilities"] = "compatibilities"
    for row in range(rows):
        places[f"compatibilities[{row}].parentSoftwareId"] = f"parent-{row}"
        for side, name in _ENDS:
            places[f"compatibilities[{row}].{name}"] = f"{side}-{row}"
    places["licenseType"] = "licenseType.id"
    places["sourceCodeLicense"] = "sourceCodeLicense.url"
    beside: dict[str, list[Told]] = {name: [] for name in places.values()}
    rest = []
    for problem in told:
        best = max((path for path in places if problem.is_of(path)), key=len, default=None)
        if best is None:
            rest.append(problem)
        else:
            beside[places[best]].append(problem)
    return beside, rest


def _choice(change: Change, parents: Parents) -> Choice:
    is_ranges = change.name == "compatibilities"
    texts = [change.base or "", change.mine, change.theirs]
    if is_ranges:
        texts = [_ranges(text, parents) for text in texts]
    elif change.is_switch:
        texts = ["yes" if text else "no" for text in texts]
    is_long = any("\n" in text or len(text) > _LONG for text in texts[1:]) and not is_ranges
    lines = line_difference(texts[2], texts[1]) if is_long else []
    base, mine, theirs = (text.split("\n") if text else [] for text in texts)
    return Choice(change, base, mine, theirs, lines)


def _ranges(text: str, parents: Parents) -> str:
    """Compatibilities as people read them, a product a line."""
    read = []
    for line in text.split("\n"):
        parent, low, high = [*line.split("\t"), "", ""][:3]
        if parent:
            read.append(f"{parents.name(parent)}: {low or 'the first'} to {high or 'the newest'}")
    return "\n".join(read)
