"""Bodies of pages, put together from documents that are JSON already."""

from collections.abc import Sequence

import msgspec

from tradepost.http.cursors import PageLinks


def page_body(
    links: PageLinks, name: bytes, documents: Sequence[bytes], total: int | None = None
) -> bytes:
    """`{"links":…,"<name>":[…]}`, and `totalCount` where one is given.

    Documents are spliced in, never decoded: a record is encoded once, when it is written.
    """
    tail = b"]}" if total is None else b'],"totalCount":%d}' % total
    return b'{"links":%b,"%b":[%b%b' % (
        msgspec.json.encode(links),
        name,
        b",".join(documents),
        tail,
    )
