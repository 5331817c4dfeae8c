"""Files as the inspection sees them."""

import io
import tracemalloc

import pytest

from tradepost.assets.bad_file import BadFileError
from tradepost.assets.inspection import Inspected, inspect_artifact


def inspected(data: bytes) -> Inspected:
    return inspect_artifact(io.BytesIO(data), len(data))


def reason(data: bytes) -> str:
    """Why a file is refused as an artifact."""
    with pytest.raises(BadFileError) as refused:
        inspected(data)
    return refused.value.reason


def peak_of_refusal(data: bytes) -> int:
    """How many bytes of memory it takes at the most to refuse a file, besides the file."""
    tracemalloc.start()
    try:
        reason(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
