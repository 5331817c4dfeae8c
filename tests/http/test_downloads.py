"""Downloads: whatever range is asked for, what is sent is what RFC 9110 says of it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.calls import call
from tradepost.blobs import BlobError, Label
from tradepost.http.call import Answer, StreamedAnswer
from tradepost.http.downloads import download
from tradepost.http.errors import RANGE_NOT_SATISFIABLE, ApiError

DATA = bytes(range(256))
SIZE = len(DATA)
LABEL = Label("application/x", 'attachment; filename="a.bin"')
numbers = st.integers(0, SIZE + 5) | st.integers(0, 10**18 - 1)


async def read(start: int, end: int) -> AsyncIterator[bytes]:
    """The file in small parts."""
    assert 0 <= start < end <= SIZE
    for at in range(start, end, 100):
        yield DATA[at : min(at + 100, end)]


def asked(method: str = "GET", **headers: str) -> tuple[Answer, bytes]:
    """The answer to a request with some headers, and its body, which is as long as announced."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def work() -> tuple[Answer, bytes]:
        sent = call(method, named)
        found = await download(sent, read, SIZE, "tag", LABEL)
        if method == "HEAD" or not isinstance(found, StreamedAnswer):
            return found, found.body
        body = b"".join([part async for part in found.parts()])
        assert len(body) == found.length
        return found, body

    return asyncio.run(work())


def check_part(range_: str, first: int, last: int) -> None:
    found, body = asked(range=range_)
    assert (found.status, body) == (206, DATA[first : last + 1])
    assert dict(found.headers)[b"content-range"] == b"bytes %d-%d/%d" % (first, last, SIZE)


def check_unsatisfiable(range_: str) -> None:
    with pytest.raises(ApiError) as refused:
        asked(range=range_)
    assert [problem.error for problem in refused.value.problems] == [RANGE_NOT_SATISFIABLE]
    assert refused.value.headers == (("content-range", f"bytes */{SIZE}"),)


@given(numbers, numbers)
@example(0, 0)
@example(SIZE - 1, SIZE - 1)
@example(SIZE, SIZE)
@example(2, 1)
@example(SIZE + 1, SIZE)
def test_a_first_and_a_last_byte(first: int, last: int) -> None:
    range_ = f"bytes={first}-{last}"
    if last < first:  # not a range: ignored
        found, body = asked(range=range_)
        assert (found.status, body) == (200, DATA)
    elif first >= SIZE:
        check_unsatisfiable(range_)
    else:
        check_part(range_, first, min(last, SIZE - 1))


@given(numbers)
def test_a_first_byte_alone(first: int) -> None:
    if first >= SIZE:
        check_unsatisfiable(f"bytes={first}-")
    else:
        check_part(f"bytes={first}-", first, SIZE - 1)


@given(numbers)
def test_the_last_bytes(length: int) -> None:
    if length == 0:
        check_unsatisfiable("bytes=-0")
    else:
        check_part(f"bytes=-{length}", max(SIZE - length, 0), SIZE - 1)


@given(
    st.text(st.characters(max_codepoint=255), max_size=20)
    | st.text("bytes=-,0123456789 ", max_size=20)
    | st.text("-,0123456789 ", max_size=12).map("bytes=".__add__)
)
def test_whatever_stands_there_the_answer_is_sound(range_: str) -> None:
    try:
        found, body = asked(range=range_)
    except ApiError:
        check_unsatisfiable(range_)
        return
    if found.status == 200:
        assert body == DATA
    else:
        assert found.status == 206
        assert body
        assert body in DATA


@given(numbers, numbers)
def test_another_tag_asks_for_the_whole(first: int, last: int) -> None:
    for tag in ('"other"', 'W/"tag"'):
        found, body = asked(range=f"bytes={first}-{last}", if_range=tag)
        assert (found.status, body) == (200, DATA)


@given(numbers, numbers)
def test_head_tells_of_the_whole(first: int, last: int) -> None:
    found, _ = asked("HEAD", range=f"bytes={first}-{last}")
    assert isinstance(found, StreamedAnswer)
    assert (found.status, found.length) == (200, SIZE)


def test_a_file_that_cannot_be_read_is_an_error_before_the_answer_starts() -> None:
    async def broken(start: int, end: int) -> AsyncIterator[bytes]:
        if start < end:
            raise BlobError("gone")
        yield b""

    with pytest.raises(BlobError, match="gone"):
        asyncio.run(download(call(), broken, SIZE, "tag", LABEL))


@pytest.mark.parametrize("tags", ['"tag"', 'W/"tag"', "*", ' "a" ,"tag"', '"a", W/"tag"'])
def test_who_has_the_file_is_told_so(tags: str) -> None:
    found, _ = asked(if_none_match=tags, range="bytes=0-1")
    assert (found.status, found.body) == (304, b"")
    assert dict(found.headers)[b"etag"] == b'"tag"'


@given(st.text(st.characters(max_codepoint=255, exclude_characters="*"), max_size=20))
def test_other_tags_mean_nothing(tags: str) -> None:
    if '"tag"' not in tags:
        assert asked(if_none_match=tags)[0].status == 200
