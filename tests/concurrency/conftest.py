"""Servers with the demo data, in processes of their own, shared by the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.support import engines
from tests.support.clients import tradepost
from tests.support.process import ServerProcess


@pytest.fixture(scope="package", params=[1, 2], ids=["one worker", "two workers"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, engine: str
) -> Iterator[ServerProcess]:
    """`tradepost serve` on the demo data, with one process that answers and with two."""
    folder = tmp_path_factory.mktemp("served")
    data = folder / "data"
    environment = {"TRADEPOST_DATABASE_URL": engines.database_url(data, engine)}
    tradepost("load-demo", data=data, environment=environment)
    arguments = ["serve", "--data", str(data), "--workers", str(request.param)]
    with ServerProcess(*arguments, log=folder / "log", environment=environment) as server:
        yield server
    engines.give_up(data)
