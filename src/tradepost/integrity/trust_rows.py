"""What rows of the audit and of idempotency keys must be."""

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from tradepost.http.fields import Uuid
from tradepost.integrity.checked import Checked
from tradepost.integrity.documents import read
from tradepost.integrity.model import Names

ExactAt = Annotated[
    str,
    Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"),
]
"""A time as columns have it where seconds are too coarse: RFC 3339 in UTC with milliseconds."""
Name = Annotated[str, Meta(min_length=1)]

_anything = msgspec.json.Decoder(Any)
_headers = msgspec.json.Decoder(list[Annotated[list[str], Meta(min_length=2, max_length=2)]])


class AuditRow(Checked):
    pk: int
    at: ExactAt
    action: Name
    person_id: Uuid | None
    email: Name
    api_token_id: Uuid | None
    address: str | None
    request_id: Name
    target_type: Name
    target_id: Name
    developer_space_id: Uuid | None
    document_before: bytes | None
    document_after: bytes | None

    def problems(self, names: Names) -> Iterator[str]:
        for document in (self.document_before, self.document_after):
            if document is not None:
                read(_anything, document)
        space_id = self.developer_space_id
        if space_id is not None and space_id not in names.space_ids:
            yield f"its developer space {space_id} is not there"


class IdempotencyKeyRow(Checked):
    person_id: str
    name: Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,255}$")]
    fingerprint: Annotated[bytes, Meta(min_length=1)]
    created_at: ExactAt
    status: Annotated[int, Meta(ge=200, le=299)]
    headers: str
    body: bytes | None
    developer_space_id: Uuid | None

    def problems(self, names: Names) -> Iterator[str]:
        read(_headers, self.headers.encode())
        if self.body:
            read(_anything, self.body)
        space_id = self.developer_space_id
        if space_id is not None and space_id not in names.space_ids:
            yield f"its developer space {space_id} is not there"
