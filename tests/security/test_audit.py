"""`make audit`: what it reads from the lock, and what it makes of a registry's pages."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HASH = "0" * 64
FILE = {"filename": "thing-1.0-py3-none-any.whl", "hashes": {"sha256": HASH}, "yanked": False}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / "tools" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_package_that_is_shipped_is_pinned_with_its_hashes(audit: ModuleType) -> None:
    pins = audit.pins(audit.LOCK.read_text())
    shipped = audit.shipped("tradepost")
    asked = shipped & set(pins)  # others are for other systems
    assert {"apsw", "granian", "msgspec", "httpx2", "idna"} <= asked
    assert not {"pytest", "mypy", "moto"} & shipped
    assert all(pins[name].hashes for name in asked)


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ({"files": [FILE]}, []),
        ({"files": [FILE], "project-status": {"status": "active"}}, []),
        ({"files": [{**FILE, "yanked": "broken"}]}, ["it was withdrawn: broken"]),
        ({"files": [{**FILE, "hashes": {"sha256": "1" * 64}}]}, ["none of its files"]),
        ({"files": []}, ["none of its files"]),
        ({"files": [FILE], "project-status": {"status": "quarantined"}}, ["is quarantined"]),
        ({"files": [FILE], "project-status": {"status": "archived"}}, ["is archived"]),
    ],
)
def test_what_an_index_says_against_a_release_is_told(
    audit: ModuleType, page: dict[str, Any], found: list[str]
) -> None:
    told = audit.problems_of_index(audit.Pin("thing", "1.0", frozenset({HASH})), page)
    assert len(told) == len(found)
    assert all(words in text for words, text in zip(found, told, strict=True))


def test_known_vulnerabilities_are_told_unless_they_were_withdrawn(audit: ModuleType) -> None:
    known = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fixed_in": ["1.1"], "withdrawn": None}
    withdrawn = {"id": "PYSEC-2", "withdrawn": "2026-01-01T00:00:00Z"}
    told = audit.problems_of_release({"vulnerabilities": [known, withdrawn]})
    assert told == ["PYSEC-1 (CVE-1): fixed in 1.1"]
    assert audit.problems_of_release({}) == []
