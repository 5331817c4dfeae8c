"""Schemathesis against our own document: no 5xx, and no answer that the document leaves out."""

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case as AnyCase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.bodies import ADDON_CLOUD, ADDON_PRODUCT, SPACE, version
from tests.support.client import ADMINISTRATOR, DEVELOPER
from tests.support.process import ServerProcess
from tests.support.reviews import ANSWERED
from tradepost.app import API_CLASSES
from tradepost.demo.data import OUTSIDER
from tradepost.http.operations import declared_by
from tradepost.parent_software.catalogue import built_in

Case = AnyCase[Any]
EXAMPLES = int(os.environ.get("PROOF_EXAMPLES", "10"))
REPORT = os.environ.get("PROOF_REPORT")
"""Set by `make proof`, which tries more."""
OPERATIONS = [(o.method, o.path) for api in API_CLASSES for o in declared_by(api)]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
RELEASE = built_in().versions["jira"][0]
KNOWN = {
    "appSoftwareId": ADDON_CLOUD,
    "buildNumber": 20100,
    "appKey": "com.example.app.addon",
    "parentSoftwareId": "jira",
    "productId": ADDON_PRODUCT,
    "developerSpaceId": SPACE,
    "personId": OUTSIDER.id,
    "reviewId": ANSWERED,
    "versionNumber": RELEASE.version_number,
}
"""Values of path parameters that lead to something, so that not all ends in a 404."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess("demo", log=tmp_path_factory.mktemp("schemathesis") / "log") as server:
        yield server


@pytest.fixture(scope="module")
def document(live: ServerProcess) -> BaseSchema:
    return schemathesis.openapi.from_url(f"{live.url}/openapi.json", config=schemathesis.Config())


@pytest.fixture(scope="module")
def session(live: ServerProcess) -> Iterator[requests.Session]:
    """Sends the requests, and counts them for `make proof`."""
    sent = {"requests": 0, "before": anonymous_memory(live), "after": 0.0}

    def count(*_: Any, **__: Any) -> None:
        sent["requests"] += 1

    with requests.Session() as session:
        session.trust_env = False
        session.hooks["response"].append(count)
        yield session
    if REPORT:
        sent["after"] = anonymous_memory(live)
        Path(REPORT).write_text(json.dumps(sent))


def anonymous_memory(server: ServerProcess) -> float:
    """What a server holds in memory of its own, in MB."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


def known_in(path: str) -> dict[str, Any]:
    known: dict[str, Any] = {**KNOWN, "id": ADDON_CLOUD}
    if "parent-software" in path:
        known |= {"id": "jira", "buildNumber": RELEASE.build_number}
    return {name: value for name, value in known.items() if f"{{{name}}}" in path}


def cases(document: BaseSchema, method: str, path: str) -> st.SearchStrategy[Case]:
    """Requests that the document allows and such that it does not, half of them to known things."""
    operation = document[path][method]
    places: list[dict[str, Any]] = [{}, {"path_parameters": known_in(path)}]
    strategies: list[st.SearchStrategy[Case]] = [
        operation.as_strategy(mode, **place)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        for place in (places if known_in(path) else places[:1])
    ]
    if method == "POST" and path.endswith("/versions"):
        # No random body names a parent that there is, so a good one is among them.
        strategies.append(operation.as_strategy(**places[1], body=version()))
    return st.one_of(strategies)


@pytest.mark.parametrize("who", [ADMINISTRATOR, DEVELOPER], ids=["administrator", "developer"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part)
def test_no_answer_is_outside_the_document(
    live: ServerProcess,
    document: BaseSchema,
    session: requests.Session,
    method: str,
    path: str,
    who: tuple[str, str],
) -> None:
    credentials = base64.b64encode(":".join(who).encode()).decode()

    @settings(
        deadline=None,
        max_examples=EXAMPLES,
        derandomize=EXAMPLES == 10,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        # Requests that break a schema in just one place are found by throwing many away.
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    @given(case=cases(document, method, path))
    def check(case: Case) -> None:
        case.call_and_validate(
            base_url=live.url,
            session=session,
            headers={"Authorization": f"Basic {credentials}"},
            checks=CHECKS,
        )

    check()


def test_the_document_is_tried_as_a_whole(document: BaseSchema) -> None:
    described = {(method, path) for path in document for method in document[path]}
    assert {(method.upper(), path) for method, path in described} == set(OPERATIONS)
