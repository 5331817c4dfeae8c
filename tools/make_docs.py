"""Make the documents that are made from the code: `docs/errors.md` and `docs/reference.md`.

With `--check`, nothing is written; the status is 1 where a document is not up to date.
"""

import sys
from pathlib import Path

from tradepost.app import API_CLASSES
from tradepost.http.errors import REGISTRY
from tradepost.http.openapi import errors_of
from tradepost.http.operations import Access, Operation, declared_by

_DOCS = Path(__file__).resolve().parents[1] / "docs"
_MADE = "<!-- Made by `make docs` from the code. Do not edit. -->\n\n"
_WHO = {
    Access.ANYONE: "anyone, also without credentials",
    Access.PERSON: "anyone with an API token",
    Access.MEMBER: "members of the developer space that owns it, and administrators",
    Access.ADMINISTRATOR: "administrators",
}


def errors_page(operations: list[Operation]) -> str:
    """The page of error codes."""
    lines = [
        "# Errors\n\n",
        _MADE,
        "Every error answer has the body\n\n",
        "```json\n",
        '{"errors": [{"id": "…", "status": "400", "code": "…", "title": "…", "detail": "…"}]}\n',
        "```\n\n",
        "with an entry for each problem of the request. `id` is fresh and also stands in the "
        "server's log; `status` is the HTTP status, as a string, or as a number in the groups App "
        "listing and App version listing and for images; `detail` starts with the path of the "
        "field, where there is one.\n\n",
    ]
    for error in REGISTRY.values():
        given = [op for op in operations if error in errors_of(op)]
        where = "every operation" if len(given) == len(operations) else ""
        if not where:
            where = ", ".join(f"`{op.name}`" for op in given) or "the way to an operation"
        lines.append(f"## `{error.code}`\n\n")
        lines.append(f"HTTP {error.status}, “{error.title}”. {error.when}\n\n")
        lines.append(f"From: {where}.\n\n")
    return "".join(lines).rstrip() + "\n"


def reference_page(operations: list[Operation]) -> str:
    """The page of operations."""
    lines = [
        "# Operations\n\n",
        _MADE,
        "What there is, and who may call it. The fields of bodies, their types and limits, are in "
        "the server's own `/openapi.json`; what a version needs is in [versions.md](versions.md), "
        "what roles are in [roles.md](roles.md). "
        "Paths under `/rest/3` also answer under `/marketplace/rest/3`.\n",
    ]
    for group in dict.fromkeys(operation.group for operation in operations):
        lines.append(f"\n## {group}\n")
        for operation in operations:
            if operation.group != group:
                continue
            codes = ", ".join(f"`{error.code}`" for error in operation.raises) or "none"
            query = ", ".join(f"`{parameter.name}`" for parameter in operation.query)
            body = f"`{operation.body.__name__}`" if operation.body is not None else ""
            body = "a form with a `file`" if operation.upload else body
            answers = ", ".join(map(str, operation.answers))
            lines.append(f"\n### `{operation.method} {operation.path}`\n\n")
            lines.append(f"{operation.summary}. (`{operation.name}`)\n\n")
            lines.append(f"- May call: {_WHO[operation.access]}{_roles(operation)}\n")
            lines.append(f"- Query: {query}\n" if query else "")
            lines.append(f"- Body: {body}\n" if body else "")
            lines.append(f"- Answers: {answers}; errors of its own: {codes}\n")
    return "".join(lines)


def _roles(operation: Operation) -> str:
    if not operation.roles:
        return ""
    return f"; of the members, those with the role {' or '.join(sorted(operation.roles))}"


def main() -> int:
    operations = [operation for api in API_CLASSES for operation in declared_by(api)]
    pages = {"errors.md": errors_page(operations), "reference.md": reference_page(operations)}
    stale = [name for name, text in pages.items() if _read(_DOCS / name) != text]
    if "--check" in sys.argv[1:]:
        for name in stale:
            print(f"docs/{name} is not up to date: run make docs", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (_DOCS / name).write_text(pages[name], "utf-8")
    return 0


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
