"""Version listings: what tests look for in refusals, and bodies that are wrong in one place."""

from typing import Any

import httpx2
import pytest

from tests.support.answers import named
from tests.support.bodies import HERO, SCREENSHOTS, THUMBNAIL, UNKNOWN

ERROR_FIELDS = {"id", "status", "code", "title", "detail"}


def refused(answer: httpx2.Response, status: int, code: str) -> list[str]:
    """Check that an answer is an error of this group: its `status` is a number. The details."""
    assert answer.status_code == status, answer.text
    errors = answer.json()["errors"]
    assert errors
    for error in errors:
        assert error.keys() == ERROR_FIELDS
        assert (error["status"], error["code"]) == (status, code)
        assert type(error["status"]) is int
    return [error["detail"] for error in errors]


def refused_fields(answer: httpx2.Response) -> list[str]:
    """Check that an answer refuses a body, and tell the path of each field, sorted."""
    return sorted(named(detail) for detail in refused(answer, 400, "VALIDATION_FAIL"))


def screenshot(**changes: Any) -> dict[str, Any]:
    return {"imageId": SCREENSHOTS[0], **changes}


def highlights(count: int = 3, **changes: Any) -> list[dict[str, Any]]:
    """Some highlights, of which the last is changed."""
    found: list[dict[str, Any]] = [{"screenshot": screenshot()} for _ in range(count)]
    found[-1:] = [{**one, **changes} for one in found[-1:]]
    return found


def instruction(**changes: Any) -> dict[str, Any]:
    return {"body": "Upload it.", **changes}


LONG = "x" * 256
NUL = "a\x00b"

_BAD: list[tuple[dict[str, Any], list[str]]] = [
    ({"state": 1}, ["state"]),
    ({"state": "public"}, ["state"]),
    ({"state": "ARCHIVED"}, ["state"]),
    ({"moreDetails": 7}, ["moreDetails"]),
    ({"moreDetails": NUL}, ["moreDetails"]),
    ({"moreDetails": "x" * 65_537}, ["moreDetails"]),
    ({"heroImage": 7}, ["heroImage"]),
    ({"heroImage": ""}, ["heroImage"]),
    ({"heroImage": HERO.upper()}, ["heroImage"]),
    ({"heroImage": HERO + "\n"}, ["heroImage"]),
    ({"youtubeId": []}, ["youtubeId"]),
    ({"youtubeId": LONG}, ["youtubeId"]),
    ({"screenshots": {}}, ["screenshots"]),
    ({"screenshots": [None]}, ["screenshots[0]"]),
    ({"screenshots": [{}]}, ["screenshots[0].imageId"]),
    ({"screenshots": [screenshot(), {"imageId": 7}]}, ["screenshots[1].imageId"]),
    ({"screenshots": [screenshot(imageId="x" * 36)]}, ["screenshots[0].imageId"]),
    ({"screenshots": [screenshot(caption=7)]}, ["screenshots[0].caption"]),
    ({"screenshots": [screenshot(caption=LONG)]}, ["screenshots[0].caption"]),
    ({"screenshots": [screenshot()] * 101}, ["screenshots"]),
    ({"highlights": "three"}, ["highlights"]),
    ({"highlights": highlights(1)}, ["highlights"]),
    ({"highlights": highlights(2)}, ["highlights"]),
    ({"highlights": highlights(4)}, ["highlights"]),
    ({"highlights": highlights(101)}, ["highlights", "highlights"]),
    ({"highlights": [*highlights(2), 7]}, ["highlights[2]"]),
    ({"highlights": [*highlights(2), {"title": "x"}]}, ["highlights[2].screenshot"]),
    ({"highlights": highlights(screenshot=7)}, ["highlights[2].screenshot"]),
    ({"highlights": highlights(screenshot={})}, ["highlights[2].screenshot.imageId"]),
    (
        {"highlights": highlights(screenshot=screenshot(caption=LONG))},
        ["highlights[2].screenshot.caption"],
    ),
    ({"highlights": highlights(title=7)}, ["highlights[2].title"]),
    ({"highlights": highlights(title=LONG)}, ["highlights[2].title"]),
    ({"highlights": highlights(caption=7)}, ["highlights[2].caption"]),
    ({"highlights": highlights(caption=LONG)}, ["highlights[2].caption"]),
    ({"highlights": highlights(summary=7)}, ["highlights[2].summary"]),
    ({"highlights": highlights(summary="x" * 1001)}, ["highlights[2].summary"]),
    ({"highlights": highlights(thumbnail=7)}, ["highlights[2].thumbnail"]),
    ({"highlights": highlights(thumbnail="small")}, ["highlights[2].thumbnail"]),
    ({"highlights": highlights(2, title=7)}, ["highlights", "highlights[1].title"]),
    ({"deploymentInstructions": {}}, ["deploymentInstructions"]),
    ({"deploymentInstructions": ["one"]}, ["deploymentInstructions[0]"]),
    ({"deploymentInstructions": [{}]}, ["deploymentInstructions[0].body"]),
    ({"deploymentInstructions": [instruction(body=7)]}, ["deploymentInstructions[0].body"]),
    (
        {"deploymentInstructions": [instruction(body="x" * 65_537)]},
        ["deploymentInstructions[0].body"],
    ),
    (
        {"deploymentInstructions": [instruction(screenshot={})]},
        ["deploymentInstructions[0].screenshot.imageId"],
    ),
    ({"deploymentInstructions": [instruction()] * 101}, ["deploymentInstructions"]),
    ({"developerLinks": []}, ["developerLinks"]),
    ({"developerLinks": {"documentation": "docs"}}, ["developerLinks.documentation"]),
    ({"developerLinks": {"learnMore": "ftp://a.example"}}, ["developerLinks.learnMore"]),
    ({"developerLinks": {"eula": "javascript:alert(1)"}}, ["developerLinks.eula"]),
    ({"developerLinks": {"purchase": "http://no space.example"}}, ["developerLinks.purchase"]),
    (
        {"developerLinks": {"purchase": "https://a.example/" + "x" * 2048}},
        ["developerLinks.purchase"],
    ),
    ({"developerLinks": {"documentation": 7}}, ["developerLinks.documentation"]),
    ({"developerLinks": {"bonTermsSupported": "yes"}}, ["developerLinks.bonTermsSupported"]),
    ({"developerLinks": {"partnerSpecificTerms": 7}}, ["developerLinks.partnerSpecificTerms"]),
    (
        {"developerLinks": {"partnerSpecificTerms": "x" * 65_537}},
        ["developerLinks.partnerSpecificTerms"],
    ),
    ({"heroImage": UNKNOWN}, ["heroImage"]),
    ({"screenshots": [screenshot(), {"imageId": UNKNOWN}]}, ["screenshots[1].imageId"]),
    ({"highlights": highlights(thumbnail=UNKNOWN)}, ["highlights[2].thumbnail"]),
    (
        {"highlights": highlights(screenshot={"imageId": UNKNOWN})},
        ["highlights[2].screenshot.imageId"],
    ),
    (
        {"deploymentInstructions": [instruction(screenshot={"imageId": UNKNOWN})]},
        ["deploymentInstructions[0].screenshot.imageId"],
    ),
    (
        {
            "heroImage": UNKNOWN,
            "screenshots": [{"imageId": UNKNOWN, "caption": 7}, "none"],
            "highlights": highlights(2, thumbnail=UNKNOWN),
            "youtubeId": False,
            "developerLinks": {"eula": "?", "purchase": "?"},
        },
        [
            "developerLinks.eula",
            "developerLinks.purchase",
            "heroImage",
            "highlights",
            "highlights[1].thumbnail",
            "screenshots[0].caption",
            "screenshots[0].imageId",
            "screenshots[1]",
            "youtubeId",
        ],
    ),
]
BAD_CONTENT = [
    pytest.param(changes, fields, id=f"{n}-{fields[0]}") for n, (changes, fields) in enumerate(_BAD)
]
"""Changes to a good body that spoil it, and the fields that are told, sorted."""

NO_NULLS = (
    "screenshots",
    "highlights",
    "moreDetails",
    "heroImage",
    "youtubeId",
    "deploymentInstructions",
    "developerLinks",
    "state",
)
"""The fields of the content: each may be absent but for `state`, and none may be null."""

GOOD_CONTENT: list[dict[str, Any]] = [
    {"highlights": []},
    {"highlights": highlights(3)},
    {"screenshots": []},
    {"screenshots": [screenshot()] * 100},
    {"screenshots": [screenshot(caption="")]},
    {"screenshots": [screenshot(caption="x" * 255)]},
    {"moreDetails": ""},
    {"moreDetails": "x" * 65_536},
    {"moreDetails": "Größer \U0001f680\n\ttwo"},
    {"highlights": highlights(summary="x" * 1000, thumbnail=THUMBNAIL)},
    {"deploymentInstructions": []},
    {"deploymentInstructions": [instruction(body="")]},
    {"developerLinks": {}},
    {"developerLinks": {"bonTermsSupported": False}},
]
"""Content at its limits."""
