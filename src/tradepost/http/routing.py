"""Routing: a tree of path segments, one dictionary look-up each."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from tradepost.http.call import Scope
from tradepost.http.errors import METHOD_NOT_ALLOWED, NOT_FOUND, STANDARD, fail
from tradepost.http.operations import Handler, Operation
from tradepost.http.parameters import percent_encoded

_PREFIX: Final = b"/marketplace/rest/3/"


class Node:
    """A segment of the routes: the fixed ones below it, the variable one, and what ends here."""

    __slots__ = ("dialect", "fixed", "routes", "variable")

    def __init__(self) -> None:
        self.dialect = STANDARD
        self.fixed: dict[bytes, Node] = {}
        self.variable: Node | None = None
        self.routes: dict[str, Route] = {}


class Route:
    """An operation, who handles it, and where its path has parameters."""

    __slots__ = ("handler", "names", "operation")

    def __init__(self, operation: Operation, handler: Handler):
        self.operation = operation
        self.handler = handler
        self.names = [
            (position, segment[1:-1])
            for position, segment in enumerate(operation.path.split("/"))
            if segment.startswith("{")
        ]


class Router:
    """The routes of all operations."""

    def __init__(self, operations: Iterable[tuple[Operation, Handler]]):
        self._root = Node()
        self.by_name: dict[str, Route] = {}
        for operation, handler in operations:
            route = self.by_name[operation.name] = Route(operation, handler)
            self._add(route)

    def _add(self, route: Route) -> None:
        node = self._root
        for segment in route.operation.path.split("/")[1:]:
            if segment.startswith("{"):
                node.variable = node.variable or Node()
                node = node.variable
            else:
                node = node.fixed.setdefault(segment.encode(), Node())
        node.routes[route.operation.method] = route
        node.dialect = route.operation.dialect  # operations of one path are of one group

    def find(self, scope: Scope) -> tuple[Node, list[bytes]]:
        """Where the path of a request leads, and its segments without the prefix; raises 404."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        if not raw.isascii():
            raw = percent_encoded(raw)
        if raw.startswith(_PREFIX):
            raw = raw[12:]
        segments = raw.split(b"/")
        node = self._root
        for segment in segments[1:]:
            child = node.fixed.get(segment) or (node.variable if segment else None)
            if child is None:
                raise fail(NOT_FOUND, "no operation has this path")
            node = child
        if not node.routes:
            raise fail(NOT_FOUND, "no operation has this path")
        return node, segments


def route_of(node: Node, segments: list[bytes], scope: Scope) -> tuple[Route, dict[str, str]]:
    """The route of a request's method, and its path parameters; raises 405."""
    route = node.routes.get("GET" if scope["method"] == "HEAD" else scope["method"])
    if route is None:
        allowed = {*node.routes, *(["HEAD"] if "GET" in node.routes else [])}
        allow = ", ".join(sorted(allowed))
        raise fail(METHOD_NOT_ALLOWED, f"this path has {allow}", ("allow", allow))
    path = {name: _decode(segments[position]) for position, name in route.names}
    if "\x00" in "".join(path.values()):  # which no engine has in a text
        raise fail(NOT_FOUND, "no operation has this path")
    return route, path


def _decode(segment: bytes) -> str:
    """A path segment as text. What is not UTF-8 matches nothing that is stored."""
    text = segment.decode("latin-1")
    return unquote(text) if "%" in text else text
