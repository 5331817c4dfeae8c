"""What tests look for in answers: errors and the fields that they name."""

import re

import httpx2

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def refused(answer: httpx2.Response, status: int, code: str) -> list[str]:
    """Check that an answer is an error of that status whose entries all have that code.

    Returns the detail of each entry.
    """
    assert answer.status_code == status, answer.text
    errors = answer.json()["errors"]
    assert errors
    assert {(error["status"], error["code"]) for error in errors} == {(str(status), code)}
    return [error["detail"] for error in errors]


def refused_fields(answer: httpx2.Response) -> list[str]:
    """Check that an answer refuses a body, and tell the path of each field, sorted."""
    return sorted(named(detail) for detail in refused(answer, 400, "VALIDATION_ERROR"))


def named(detail: str) -> str:
    """The path of the field with which a detail starts."""
    match = re.match(r"[\w.\[\]]+", detail)
    assert match, detail
    return match[0]
