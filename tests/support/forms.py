"""Forms as a browser sends them."""

from typing import Any


def typed(content: Any, path: str = "") -> dict[str, str]:
    """The fields of a form that says a body, by their paths."""
    if isinstance(content, dict):
        start = f"{path}." if path else ""
        parts = [typed(value, f"{start}{name}") for name, value in content.items()]
    elif isinstance(content, list) and content and isinstance(content[0], dict):
        parts = [typed(row, f"{path}[{place}]") for place, row in enumerate(content)]
    elif isinstance(content, list):
        return {path: "\r\n".join(content)} if content else {f"{path}:none": "on"}
    else:
        return {path: str(content).lower() if isinstance(content, bool) else str(content)}
    return {name: value for part in parts for name, value in part.items()}
