"""A plugin of pytest: more examples for every test of a property, as PROOF_TIMES says."""

import os

import pytest
from hypothesis import settings

_TIMES = int(os.environ.get("PROOF_TIMES", "1"))
_SETTINGS = "_hypothesis_internal_use_settings"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    seen = set()
    for item in items:
        test = getattr(item, "obj", None)
        test = getattr(test, "__func__", test)
        own = getattr(test, _SETTINGS, None)
        if _TIMES > 1 and own is not None and id(test) not in seen:
            seen.add(id(test))
            more = settings(own, max_examples=own.max_examples * _TIMES, database=None)
            setattr(test, _SETTINGS, more)
