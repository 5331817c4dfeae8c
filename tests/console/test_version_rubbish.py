"""Forms of versions with anything in them: what is wrong is told, and the server never fails."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.bodies import ADDON_SERVER, versions_path
from tests.support.client import InProcess
from tests.support.consoles import Surfer, surf
from tests.support.version_pages import changed, form_of, page
from tradepost.console.version_fields import FRAMEWORKS, fields_of

NEW = page(None, ADDON_SERVER)
EDIT = page(3050, ADDON_SERVER, "/edit")
NAMES = sorted(
    {
        *(field.name for framework in FRAMEWORKS for field in fields_of(framework)),
        *("parent", "min", "max", "framework", "key", "revision", "base", "theirs", "do"),
        *("add-row", "remove-row", "choice.beta", "choice.compatibilities", "file"),
    }
)
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.sampled_from(
        [
            *(*FRAMEWORKS, "save", "merge", "continue", "submit", "draft", "1", "-1", "9" * 400),
            *("jira", "confluence", "9.0.0", "{}", '{"beta":"x"}', "mine", "theirs", "\x00"),
            "a\tb\nc",
        ]
    ),
)
CHANGES = st.dictionaries(st.sampled_from(NAMES), st.lists(TEXTS, max_size=3), max_size=8)


@pytest.fixture(scope="module")
def surfer(shared: InProcess) -> Surfer:
    return surf(shared)


@given(
    changes=CHANGES,
    path=st.sampled_from([NEW, EDIT, f"{NEW}/check", f"{EDIT}/check"]),
    is_filled=st.booleans(),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_can_be_sent(
    shared: InProcess, surfer: Surfer, changes: dict[str, list[str]], path: str, is_filled: bool
) -> None:
    at = path.removesuffix("/check")
    pairs = form_of(surfer.get(at).text, at) if is_filled else []
    sent = {**changed(pairs), **changes, "csrf": [surfer.csrf]}
    before = shared.get(versions_path(ADDON_SERVER)).json()["totalCount"]
    answer = surfer.post(path, sent)
    assert answer.status_code in (200, 303, 400, 409, 422), answer.text
    if path.endswith("/check"):
        assert answer.status_code == 200
    if answer.status_code != 303:
        assert shared.get(versions_path(ADDON_SERVER)).json()["totalCount"] == before
