"""Uploads: the file of a form comes out as it went in, however it arrives; nothing else does."""

import asyncio
import contextlib
import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.calls import Body, call
from tests.support.uploads import BOUNDARY, CONTENT_TYPE, DISPOSITION, form, part
from tradepost.http.errors import ApiError
from tradepost.http.uploads import receive_file

REST = 64 * 1024
"""What a form may have beside its file."""
contents = st.binary(max_size=200) | st.lists(
    st.sampled_from([b"\r\n", b"--", BOUNDARY.encode(), b"\r", b"\n", b"-", b"x" * 50, b""])
).map(b"".join).filter(lambda data: b"\r\n--" + BOUNDARY.encode() not in b"\r\n" + data)
"""Files, some of which have in them nearly what ends a part."""
sizes = st.lists(st.integers(1, 300), min_size=1, max_size=20)


def cut(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    """Data in parts of those sizes, over and over."""
    while data:
        for size in sizes:
            yield data[:size]
            data = data[size:]


def receive(
    body: Body, content_type: str = CONTENT_TYPE, limit: int = 1000, **headers: str
) -> tuple[str, bytes]:
    """The name and the bytes of the file in a body."""
    file = bytearray()

    async def write(data: bytes) -> None:
        assert data
        file.extend(data)

    sent = {"content-type": content_type} | {n.replace("_", "-"): v for n, v in headers.items()}
    name = asyncio.run(receive_file(call("POST", sent, body), write, limit, 30))
    return name, bytes(file)


def refusal(body: Body, content_type: str = CONTENT_TYPE, limit: int = 1000) -> ApiError:
    with pytest.raises(ApiError) as refused:
        receive(body, content_type, limit)
    return refused.value


@given(contents, sizes)
def test_a_file_comes_out_as_it_went_in(data: bytes, sizes: list[int]) -> None:
    assert receive(Body(cut(form(part(data)), sizes))) == ("addon.jar", data)


@given(st.lists(contents, max_size=4), contents, st.lists(contents, max_size=4), sizes)
def test_other_fields_leave_no_trace(
    before: list[bytes], data: bytes, after: list[bytes], sizes: list[int]
) -> None:
    others = [
        [part(other, b'form-data; name="other"') for other in some] for some in (before, after)
    ]
    body = form(*others[0], part(data), *others[1])
    assert receive(Body(cut(body, sizes)))[1] == data


@given(contents, st.data(), sizes, st.booleans())
def test_a_form_that_breaks_off_is_refused_wherever_it_does(
    data: bytes, chance: st.DataObject, sizes: list[int], whole: bool
) -> None:
    body = form(part(data))
    end = chance.draw(st.integers(0, len(body) - 3))  # the last line break may be missing
    assert refusal(Body(cut(body[:end], sizes), whole=whole)).status == 400


def test_a_client_that_leaves_at_the_very_end_has_not_sent_it_all() -> None:
    assert refusal(Body([form(part(b"x"))], whole=False)).status == 400


@given(st.binary(max_size=500), sizes)
def test_any_other_bytes_are_refused(data: bytes, sizes: list[int]) -> None:
    assert refusal(Body(cut(data, sizes))).status == 400


@given(contents, st.integers(0, 300), st.binary(max_size=5), sizes)
def test_damage_never_breaks_the_server(
    data: bytes, at: int, damage: bytes, sizes: list[int]
) -> None:
    body = form(part(b"1", b'form-data; name="revision"'), part(data))
    with contextlib.suppress(ApiError):
        receive(Body(cut(body[:at] + damage + body[at + len(damage) :], sizes)))


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_any_other_content_type_is_refused(content_type: str) -> None:
    if "form-data" not in content_type:
        assert refusal(Body([form(part(b"x"))]), content_type).status == 415


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_any_options_of_the_content_type_are_read_or_refused(options: str) -> None:
    with contextlib.suppress(ApiError):
        receive(Body([form(part(b"x"))]), f"multipart/form-data; {options}")


@given(st.integers(1, 500), st.integers(1, 500), sizes)
def test_the_limit_is_for_the_file_alone(limit: int, size: int, sizes: list[int]) -> None:
    parts = (part(b"y" * 1000, b'form-data; name="other"'), part(b"x" * size))
    body = Body(cut(form(*parts), sizes))
    if size <= limit:
        assert receive(body, limit=limit)[1] == b"x" * size
    else:
        assert refusal(body, limit=limit).status == 413


def test_nothing_is_read_after_the_limit() -> None:
    start = form(part(b""))[: -len(form()) - 2]
    body = Body([start, *[b"x" * 100] * 1000])
    assert refusal(body, limit=250).status == 413
    assert body.taken == 4


@pytest.mark.parametrize("fits", [True, False])
def test_a_declared_length_is_believed_where_it_cannot_fit(fits: bool) -> None:
    body = Body([form(part(b"x" * 1000))])
    length = str(1000 + REST + (0 if fits else 1))
    if fits:
        assert receive(body, content_length=length)[1] == b"x" * 1000
        return
    with pytest.raises(ApiError) as refused:
        receive(body, content_length=length)
    assert (refused.value.status, body.taken) == (413, 0)


@pytest.mark.parametrize(
    "endless",
    [
        b"preamble ",
        b"--" + BOUNDARY.encode() + b"\r\nX-Header: x\r\n\r\n",
        form(part(b"x", b'form-data; name="other"'))[: -len(form())],
        form(part(b""))[: -len(form())] + b"\r\n",
        form(part(b"x")),
    ],
)
def test_no_form_without_end_is_read_for_ever(endless: bytes) -> None:
    body = Body(itertools.repeat(endless))
    assert refusal(body, limit=100_000_000).status == 400
    assert body.taken * len(endless) <= 2 * REST


def test_the_disposition_of_a_part_may_have_more_in_it() -> None:
    body = form(part(b"x", DISPOSITION + b"; size=1; filename*=UTF-8''other.jar"))
    assert receive(Body([body]))[1] == b"x"
