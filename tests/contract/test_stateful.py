"""Schemathesis follows the links of our document: what was made is worked with."""

import os
import uuid
from typing import Any

import requests
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import Case as AnyCase
from schemathesis.schemas import BaseSchema

from tests.contract.test_schemathesis import CHECKS, document, live, session
from tests.support.bodies import ADDON_CLOUD, ADDON_PRODUCT, SPACE, version
from tests.support.client import ADMINISTRATOR
from tests.support.process import ServerProcess
from tradepost.demo.data import OUTSIDER

Case = AnyCase[Any]
RUNS = int(os.environ.get("PROOF_RUNS", "8"))
"""Set by `make proof`, which tries more."""
__all__ = ["document", "live", "session"]


def good_request(name: str) -> tuple[dict[str, str], Any] | None:
    """Path parameters and a body that make something new, for operations that random ones never
    satisfy."""
    some = uuid.uuid4().hex
    review = {"personId": OUTSIDER.id, "productHosting": "server", "stars": 4}
    return {
        "createPerson": ({}, {"email": f"{some}@example.com", "name": some}),
        "createApiToken": ({"personId": OUTSIDER.id}, {"name": some}),
        "createDeveloperSpace": ({}, {"name": some}),
        "createApp": ({}, {"appKey": f"app.{some}", "developerSpaceId": SPACE}),
        "createAppSoftware": ({"productId": ADDON_PRODUCT}, {"hosting": "cloud"}),
        "createAppSoftwareVersion": ({"appSoftwareId": ADDON_CLOUD}, version()),
        "createVersion": ({"appSoftwareId": ADDON_CLOUD}, version()),
        "createReview": ({"productId": ADDON_PRODUCT}, review),
    }.get(name)


def test_what_was_made_can_be_worked_with_and_nothing_is_outside_the_document(
    live: ServerProcess, document: BaseSchema, session: requests.Session
) -> None:
    made: set[str] = set()
    worked: set[str] = set()

    class Walk(document.as_state_machine()):  # type: ignore[misc]
        def before_call(self, case: Case) -> None:
            good = good_request(case.operation.definition.raw["operationId"])
            if good is not None:
                linked = {n: v for n, v in (case.path_parameters or {}).items() if v in made}
                case.path_parameters = {**good[0], **linked}
                case.body = good[1]

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return {"auth": ADMINISTRATOR, "base_url": live.url, "session": session}

        def after_call(self, response: Any, case: Case) -> None:
            if response.status_code == 201:
                body = response.json()
                found = [body.get(name) for name in ("id", "productId", "buildNumber")]
                made.update(value for value in found if value is not None)
            elif response.status_code < 300 and made & {*(case.path_parameters or {}).values()}:
                worked.add(case.operation.definition.raw["operationId"])

        def validate_response(self, response: Any, case: Case, **_: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    run_state_machine_as_test(
        Walk,
        settings=settings(
            deadline=None,
            max_examples=RUNS,
            stateful_step_count=40,
            derandomize=RUNS == 8,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert len(worked) >= 8, f"links led to these alone: {sorted(worked)}"
