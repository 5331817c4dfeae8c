"""The wire of the server's own operations."""

from typing import Any, Literal

import msgspec


class Health(msgspec.Struct):
    status: Literal["ok"]


Document = dict[str, Any]
"""An OpenAPI document."""
