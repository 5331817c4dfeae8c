"""What tests of the sandbox ask of a marketplace, over real sockets."""

import http.client
import json
from base64 import b64encode
from typing import Any, NamedTuple

from tests.support.client import DEVELOPER
from tradepost.demo import data
from tradepost.sandbox.marketplace import Marketplace

SOFTWARE = data.ADDON_CLOUD.id
VERSIONS = f"/rest/3/app-software/{SOFTWARE}/versions"
TOKENS = f"/rest/3/app-software/{SOFTWARE}/tokens"
MANUAL = data.CALENDAR_CLOUD.id
OUTSIDER_VERSIONS = f"/rest/3/app-software/{MANUAL}/versions"
VERSION = {
    "compatibilities": [{"parentSoftwareId": "jira"}],
    "supportedPaymentModel": "free",
    "frameworkDetails": {
        "frameworkId": "connect",
        "attributes": {"descriptorId": "com.example.app.addon", "scopes": []},
    },
    "supported": True,
    "beta": False,
    "acceptedAgreements": [{"agreementUrl": "https://agreements.example.com/1"}],
}


class Answer(NamedTuple):
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)


def ask(
    marketplace: Marketplace,
    method: str,
    path: str,
    body: Any = None,
    auth: tuple[str, str] | None = DEVELOPER,
    **headers: str,
) -> Answer:
    """Send one request over a connection of its own; raises what `http.client` raises."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if auth is not None:
        sent["authorization"] = "Basic " + b64encode(":".join(auth).encode()).decode()
    data = None if body is None else json.dumps(body)
    if data is not None:
        sent["content-type"] = "application/json"
    connection = http.client.HTTPConnection(marketplace.url.removeprefix("http://"), timeout=30)
    try:
        connection.request(method, path, data, sent)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read())
    finally:
        connection.close()


def statuses(marketplace: Marketplace, count: int, path: str = VERSIONS) -> list[int]:
    """The statuses of the same GET, several times."""
    return [ask(marketplace, "GET", path).status for _ in range(count)]


def total(marketplace: Marketplace) -> int:
    """How many versions the app software has."""
    found: int = ask(marketplace, "GET", VERSIONS).body["totalCount"]
    return found
