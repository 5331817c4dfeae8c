"""Ask the package registry about every package that is shipped, as `make audit`.

Two things are asked for each release that requirements.lock pins, and that the server imports:

- the index that pip installs from: whether the release was withdrawn, whether the project is
  quarantined or archived, and whether it offers the files whose hashes are pinned;
- the registry's list of known vulnerabilities, where the registry has one. Where it has none, that
  is said in so many words, and nothing is said to be free of them.

The status is 1 where something was found, 2 where the index cannot be asked, and 0 otherwise.
"""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any, Final, NamedTuple

LOCK: Final = Path(__file__).parents[1] / "requirements.lock"
_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)[^\n]*((?:\n +--hash=\S+[^\n]*)*)", re.M)
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_BAD_STATES: Final = frozenset({"quarantined", "archived", "deprecated"})
_SECONDS: Final = 30


class Pin(NamedTuple):
    """A release and the hashes of its files, as the lock has them."""

    name: str
    version: str
    hashes: frozenset[str]


def canonical(name: str) -> str:
    """A package's name as indexes spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, Pin]:
    """What a lock pins, by canonical names."""
    found = (
        Pin(canonical(m[1]), m[2], frozenset(_HASH.findall(m[3]))) for m in _PIN.finditer(text)
    )
    return {pin.name: pin for pin in found}


def shipped(root: str) -> set[str]:
    """The packages that a package needs on this machine, and those that they need, by names."""
    found: set[str] = set()
    waiting = [root]
    while waiting:
        try:
            wanted = requires(waiting.pop()) or []
        except PackageNotFoundError:  # for another system or Python
            continue
        for text in wanted:
            name = canonical(re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0])
            if "extra ==" not in text and name not in found:
                found.add(name)
                waiting.append(name)
    return found


def problems_of_index(pin: Pin, page: dict[str, Any]) -> list[str]:
    """What an index's page (PEP 691, 700, 792) says against a release."""
    state = page.get("project-status", {}).get("status", "active")
    found = [f"the project is {state}"] if state in _BAD_STATES else []
    files = [file for file in page["files"] if file["hashes"].get("sha256") in pin.hashes]
    if not files:
        found.append("none of its files has a hash that is pinned")
    for reason in sorted({str(file["yanked"]) for file in files if file.get("yanked")}):
        found.append(f"it was withdrawn: {reason}")
    return found


def problems_of_release(release: dict[str, Any]) -> list[str]:
    """The known vulnerabilities that a registry's page of a release lists."""
    return [
        f"{known['id']} ({', '.join(known.get('aliases', []))}): fixed in "
        f"{', '.join(known.get('fixed_in', [])) or 'no release'}"
        for known in release.get("vulnerabilities", [])
        if not known.get("withdrawn")
    ]


def asked(url: str, accept: str) -> Any:
    """A JSON page, or `None` where there is none."""
    request = urllib.request.Request(url, headers={"Accept": accept})  # noqa: S310 (of pip's index)
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


def index_url() -> str:
    """The index that pip installs from."""
    if url := os.environ.get("PIP_INDEX_URL"):
        return url
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    configured = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if configured.returncode == 0:
        return configured.stdout.strip()
    from pip._internal.models.index import PyPI

    return str(PyPI.simple_url)


def main() -> int:
    try:
        return audit()
    except (OSError, ValueError) as error:  # not reached, or it does not speak JSON
        print(f"the package index cannot be asked, so nothing was audited: {error}")
        return 2


def audit() -> int:
    index = index_url().rstrip("/")
    pinned = pins(LOCK.read_text("utf-8"))
    names = sorted(shipped("tradepost") & set(pinned))
    wrong = unknown = 0
    for name in names:
        pin = pinned[name]
        page = asked(f"{index}/{name}/", "application/vnd.pypi.simple.v1+json")
        found = ["the index does not know it"] if page is None else problems_of_index(pin, page)
        base = index.removesuffix("/simple")
        release = asked(f"{base}/pypi/{name}/{pin.version}/json", "application/json")
        if release is None:
            unknown += 1
        else:
            found += problems_of_release(release)
        for what in found:
            print(f"{name} {pin.version}: {what}")
        wrong += len(found)
    print(f"{len(names)} packages asked about, {wrong} problems found")
    if unknown:
        print(
            f"known vulnerabilities of {unknown} of them could not be looked up: the registry that "
            "is reached from here has no list of them. Run this where it has, or pip-audit."
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
