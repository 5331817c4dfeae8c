"""What tests of the pages of versions do: sign in, read a form as a browser would, and send it."""

from html.parser import HTMLParser
from typing import Any

from tests.support.bodies import ADDON_CLOUD
from tests.support.client import DEVELOPER, InProcess
from tests.support.consoles import Surfer

Pairs = list[tuple[str, str]]


def visit(server: InProcess, person: tuple[str, str] = DEVELOPER) -> Surfer:
    """Somebody who is signed in."""
    surfer = Surfer(server)
    fields = {"email": person[0], "api-token": person[1]}
    assert surfer.request("POST", "/sign-in", data=fields).status_code == 303
    surfer.csrf = dict(form_of(surfer.get("/apps").text, "/sign-out"))["csrf"]
    return surfer


def page(build_number: object = None, software_id: str = ADDON_CLOUD, then: str = "") -> str:
    """The path of a version's page; of the page of a new one where there is no number."""
    if build_number is None:
        return f"/app-software/{software_id}/new-version{then}"
    return f"/app-software/{software_id}/versions/{build_number}{then}"


class _Forms(HTMLParser):
    """The fields of a form, as a browser has them once the page is there."""

    def __init__(self, action: str):
        super().__init__()
        self._action = action
        self._inside = False
        self._text: str | None = None
        self._select: str | None = None
        self.pairs: Pairs = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action") == self._action
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and given.get("type") not in ("file", "submit") and name:
            is_on = given.get("type") not in ("checkbox", "radio") or "checked" in given
            if is_on:
                self.pairs.append((name, given.get("value", "")))
        elif tag == "textarea":
            self._text = ""
            self.pairs.append((name, ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select is not None:
            is_first = not self.pairs or self.pairs[-1][0] != f"?{self._select}"
            if is_first:
                self.pairs.append((f"?{self._select}", given.get("value", "")))
            elif "selected" in given:
                self.pairs[-1] = (self.pairs[-1][0], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._text is not None:
            # The first line end after the tag is not part of the text.
            text = self._text.removeprefix("\n")
            self.pairs[-1] = (self.pairs[-1][0], text)
            self._text = None
        elif tag == "select" and self._select is not None:
            self.pairs = [(name.removeprefix("?"), value) for name, value in self.pairs]
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data


def form_of(html: str, action: str) -> Pairs:
    """The fields of the form with that action."""
    reader = _Forms(action)
    reader.feed(html)
    assert reader.pairs, f"there is no form to {action}"
    return reader.pairs


def changed(pairs: Pairs, **changes: Any) -> dict[str, list[str]]:
    """Fields to send, with some replaced; `None` leaves one out. `__` in a name is a dot."""
    sent: dict[str, list[str]] = {}
    for name, value in pairs:
        sent.setdefault(name, []).append(value)
    for name, value in changes.items():
        sent.pop(name.replace("__", "."), None)
        if value is not None:
            sent[name.replace("__", ".")] = value if isinstance(value, list) else [value]
    return sent
