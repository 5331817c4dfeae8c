"""The examples of `docs/client.md` work as printed, one after the other, on the demo data."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.client.demo import DemoApplication
from tests.support.archives import plugin_jar
from tests.support.bodies import ADDON_DATACENTER, version
from tests.support.client import DEVELOPER
from tests.support.process import ServerProcess
from tradepost.client import NO_RETRIES, Client, InProcessTransport, Retries, RevisionMismatchError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "client.md"


def test_the_examples_work_as_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(examples) == 9
    jar = tmp_path / "target" / "addon-1.0.0.jar"
    jar.parent.mkdir()
    jar.write_bytes(plugin_jar(version="77.0.0"))
    body = version("plugin", buildNumber=1001, versionNumber="77.0.0")
    (tmp_path / "version.json").write_text(json.dumps(body))
    monkeypatch.chdir(tmp_path)
    with (
        ServerProcess("demo", log=tmp_path / "log") as server,
        Client(server.url, DEVELOPER) as client,
    ):
        names: dict[str, Any] = {
            "InProcessTransport": InProcessTransport,
            "app": DemoApplication(tmp_path / "in-process"),
            "Retries": Retries,
            "NO_RETRIES": NO_RETRIES,
            "RevisionMismatchError": RevisionMismatchError,
            "Path": Path,
            "json": json,
            "client": client,
            "url": server.url,
            "auth": DEVELOPER,
            "app_software_id": ADDON_DATACENTER,
        }
        for example in examples:
            names["client"] = client
            if "validate_only" in example:
                names["version"] = version("external", buildNumber=1002, versionNumber="77.0.1")
            code = example.replace("http://127.0.0.1:8080", server.url)
            exec(compile(code, str(PAGE), "exec"), names)
        printed = capsys.readouterr().out
        assert ADDON_DATACENTER in printed
        assert "active" in printed
        assert "datacenter" in names["newest"].hosting
        assert client.get_app_software_version(ADDON_DATACENTER, 1001).supported is False
        assert (tmp_path / "addon.jar").read_bytes() == plugin_jar(version="77.0.0")
