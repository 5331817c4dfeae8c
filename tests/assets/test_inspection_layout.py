"""Archives that are one thing for who reads the directory, and another for who reads on and on."""

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.archives import MANIFEST, PLUGIN_XML, archive, plugin_jar, plugin_xml, streamed
from tests.support.inspections import inspected, reason
from tradepost.assets.bad_file import BadFileError

CENTRAL, DESCRIPTOR, END = b"PK\x01\x02", b"PK\x07\x08", b"PK\x05\x06"
DAMAGED = "is a damaged archive: "
BETWEEN = f"{DAMAGED}something stands between its files"
DIFFERS = f"{DAMAGED}a file is not what the directory says"
UNREAD = "a/unread.bin"
SIZES_FOLLOW = 8


def replaced(data: bytes, start: int, end: int, part: bytes) -> bytes:
    """An archive with a part cut out or put in, and its directory told of it."""
    moved = len(part) - (end - start)
    directory = data.index(CENTRAL)
    changed = bytearray(data)
    at = directory
    while changed[at : at + 4] == CENTRAL:
        add(changed, at + 42, moved, start)
        at += 46 + sum(struct.unpack_from("<3H", changed, at + 28))
    add(changed, data.rindex(END) + 16, moved, start)
    return bytes(changed[:start]) + part + bytes(changed[end:])


def add(data: bytearray, at: int, moved: int, start: int) -> None:
    (offset,) = struct.unpack_from("<L", data, at)
    if offset >= start:
        struct.pack_into("<L", data, at, max(offset + moved, start))


def files_from_the_start(data: bytes) -> list[tuple[bytes, bytes]]:
    """Names and contents as a reader finds them that has not seen the directory."""
    found = []
    at = 0
    while data[at : at + 4] == b"PK\x03\x04":
        flags, method, _, _, crc, packed, size, name_length, extra_length = struct.unpack_from(
            "<2H2H3L2H", data, at + 6
        )
        name = data[at + 30 : at + 30 + name_length]
        at += 30 + name_length + extra_length
        content = data[at : at + packed]
        if method == zipfile.ZIP_DEFLATED:
            inflater = zlib.decompressobj(-15)
            content = inflater.decompress(data[at:])
            at = len(data) - len(inflater.unused_data)
        else:
            at += packed
        if flags & SIZES_FOLLOW:
            at += 16 if data[at : at + 4] == DESCRIPTOR else 12
        else:
            assert (crc, size) == (zlib.crc32(content), len(content))
        found.append((name, content))
    return found


def files_of_the_directory(data: bytes) -> list[tuple[bytes, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        entries = sorted(packed.infolist(), key=lambda entry: entry.header_offset)
        return [(entry.orig_filename.encode(), packed.read(entry)) for entry in entries]


def orphan() -> bytes:
    """The first file of another archive, without its directory."""
    data = archive({PLUGIN_XML: plugin_xml("com.example.other")})
    return data[: data.index(CENTRAL)]


def test_a_file_before_the_first_that_the_directory_does_not_list_is_refused() -> None:
    data = replaced(plugin_jar(), 0, 0, orphan())
    assert files_from_the_start(data)[0][0] == PLUGIN_XML.encode()
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    assert reason(data) == f"{DAMAGED}something stands before its files"


@pytest.mark.parametrize("part", [orphan(), b"\0", bytes(4), DESCRIPTOR + bytes(12)])
@pytest.mark.parametrize("before", [PLUGIN_XML, UNREAD, "the directory"])
def test_what_stands_between_files_is_refused(part: bytes, before: str) -> None:
    data = plugin_jar(extra_entries={UNREAD: b"unread"})
    at = data.index(CENTRAL) if before == "the directory" else data.index(before.encode()) - 30
    assert reason(replaced(data, at, at, part)) == BETWEEN


def test_an_archive_of_nothing_but_what_its_directory_does_not_list_is_refused() -> None:
    data = orphan() + struct.pack("<4s4H2LH", END, 0, 0, 0, 0, 0, len(orphan()), 0)
    assert reason(data) == f"{DAMAGED}something stands before its files"


@pytest.mark.parametrize(
    ("offset", "format_", "value"),
    [
        (6, "H", 0x0001), (6, "H", 0x0008), (6, "H", 0x0040), (6, "H", 0x0800),
        (6, "H", 0x2000), (8, "H", 99), (8, "H", 8), (14, "L", 1), (18, "L", 7), (22, "L", 7),
        (30, "12s", b"../../../x/y"),
    ],
)  # fmt: skip
def test_an_unread_file_that_differs_from_the_directory_is_refused(
    offset: int, format_: str, value: int | bytes
) -> None:
    data = bytearray(archive({PLUGIN_XML: plugin_xml(), UNREAD: b"unread"}, zipfile.ZIP_STORED))
    struct.pack_into("<" + format_, data, data.index(UNREAD.encode()) - 30 + offset, value)
    assert reason(bytes(data)) == DIFFERS


def test_an_unread_file_without_a_sign_is_refused() -> None:
    data = bytearray(plugin_jar(extra_entries={UNREAD: b"unread"}))
    data[data.index(UNREAD.encode()) - 30] = 0
    assert reason(bytes(data)) == f"{DAMAGED}a file is not where the directory says"


def test_flags_that_say_how_well_a_file_is_packed_may_differ() -> None:
    data = bytearray(plugin_jar())
    data[data.index(PLUGIN_XML.encode()) - 30 + 6] ^= 6
    assert inspected(bytes(data)).kind == "jar"


def test_files_may_lie_in_another_order_than_in_the_directory() -> None:
    data = archive({"a.txt": b"a", "b.txt": b"b", PLUGIN_XML: plugin_xml()})
    start, end = data.index(CENTRAL), data.rindex(END)
    first = start + 46 + len("a.txt")
    turned = data[:start] + data[first:end] + data[start:first] + data[end:]
    assert inspected(turned).details.version == "1.0.0"


def test_an_archive_whose_sizes_follow_its_files_is_read() -> None:
    data = streamed({MANIFEST: b"", "a/": b"", UNREAD: b"unread", PLUGIN_XML: plugin_xml()})
    assert data.count(DESCRIPTOR) == 4
    assert inspected(data).details.version == "1.0.0"


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_sizes_that_follow_may_be_told_before_as_well(compression: int) -> None:
    # Info-ZIP does so when it writes to a pipe.
    data = bytearray(streamed({UNREAD: b"unread", PLUGIN_XML: plugin_xml()}, compression))
    for start, end in ((0, data.index(DESCRIPTOR)), (data.index(DESCRIPTOR) + 16, None)):
        follow = data.index(DESCRIPTOR, end or start)
        data[start + 18 : start + 26] = data[follow + 8 : follow + 16]
    assert inspected(bytes(data)).kind == "jar"
    data[18] ^= 1
    assert reason(bytes(data)) == DIFFERS


def followed_by(form: str, *, sign: bytes = DESCRIPTOR, more: int = 0, rest: bytes = b"") -> bytes:
    """An archive whose first file is followed by its sizes in another form, or by others."""
    unread = b"unread"
    data = streamed({UNREAD: unread, PLUGIN_XML: plugin_xml()})
    start = data.index(DESCRIPTOR)
    crc, packed, size = struct.unpack_from("<3L", data, start + 4)
    part = sign + struct.pack(form, crc, packed + more, size) + rest
    return replaced(data, start, start + 16, part)


@pytest.mark.parametrize("form", ["<3L", "<L2Q"])
@pytest.mark.parametrize("sign", [b"", DESCRIPTOR])
def test_each_form_in_which_sizes_follow_is_read(form: str, sign: bytes) -> None:
    assert inspected(followed_by(form, sign=sign)).kind == "jar"
    assert reason(followed_by(form, sign=sign, more=1)) == BETWEEN
    assert reason(followed_by(form, sign=sign, rest=b"\0")) == BETWEEN
    assert reason(followed_by(form, sign=sign, rest=orphan())) == BETWEEN


def test_sizes_that_do_not_follow_are_refused() -> None:
    data = streamed({UNREAD: b"unread", PLUGIN_XML: plugin_xml()})
    start = data.index(DESCRIPTOR)
    assert reason(replaced(data, start, start + 16, b"")) == BETWEEN


def test_a_stored_file_whose_size_follows_is_refused() -> None:
    # Who reads from the start can only guess where it ends, and it may hold what looks like one.
    data = streamed({UNREAD: orphan(), PLUGIN_XML: plugin_xml()}, zipfile.ZIP_STORED)
    assert reason(data) == f"{DAMAGED}nothing tells where a file ends"


def test_an_empty_folder_whose_size_follows_is_taken() -> None:
    data = streamed({"a/": b""}, zipfile.ZIP_STORED)
    assert reason(data).startswith("is not a JAR, ")


def test_a_file_with_another_name_for_some_readers_is_refused() -> None:
    unicode_path = struct.pack("<2HBL", 0x7075, 15, 1, zlib.crc32(b"a/b")) + b"../../evil"
    info = zipfile.ZipInfo("a/b")
    info.extra = struct.pack("<2H", 0xCAFE, 0) + unicode_path
    file = io.BytesIO(plugin_jar())
    with zipfile.ZipFile(file, "a") as packed:
        packed.writestr(info, b"")
    data = file.getvalue()
    for at in (data.index(unicode_path), data.rindex(unicode_path)):
        once = data[:at] + b"\xfe\xca" + data[at + 2 :]
        assert once.count(unicode_path) == 1
        assert reason(once) == "is an archive with a file of two names"


@pytest.mark.parametrize("offset", [2**31, 2**63, 2**64 - 1])
def test_a_file_beyond_the_directory_is_refused(offset: int) -> None:
    data = archive({PLUGIN_XML: plugin_xml(), UNREAD: b"", MANIFEST: b""})
    start = data.rindex(UNREAD.encode(), 0, data.rindex(END)) - 46
    extra = struct.pack("<2HQ", 1, 8, offset)
    record = bytearray(data[start : start + 46 + len(UNREAD)])
    struct.pack_into("<H", record, 30, len(extra))
    struct.pack_into("<L", record, 42, 0xFFFFFFFF)
    longer = bytearray(data[:start] + record + extra + data[start + len(record) :])
    at = longer.rindex(END) + 12
    struct.pack_into("<L", longer, at, struct.unpack_from("<L", longer, at)[0] + len(extra))
    assert reason(bytes(longer)) == f"{DAMAGED}its parts overlap"


NAMES = st.lists(st.sampled_from(("a", "b/c", "d/", "größe")), unique=True)


@settings(deadline=None, max_examples=100)
@given(names=NAMES, contents=st.binary(max_size=50), compression=st.sampled_from((0, 8)))
def test_any_sound_archive_is_taken(names: list[str], contents: bytes, compression: int) -> None:
    entries = {PLUGIN_XML: plugin_xml()} | dict.fromkeys(names, contents)
    assert inspected(archive(entries, compression)).kind == "jar"
    assert inspected(streamed(entries)).kind == "jar"


@settings(deadline=None, max_examples=500)
@given(data=st.data())
def test_what_is_taken_reads_alike_from_the_start_and_from_the_directory(
    data: st.DataObject,
) -> None:
    entries = {"a": b"a", PLUGIN_XML: plugin_xml(), "b/c": b"b"}
    changed = data.draw(st.sampled_from((archive(entries), archive(entries, 0), streamed(entries))))
    for _ in range(data.draw(st.integers(0, 2))):
        start = data.draw(st.integers(0, changed.index(CENTRAL)))
        end = min(start + data.draw(st.integers(0, 40)), changed.index(CENTRAL))
        part = data.draw(
            st.sampled_from((b"", orphan(), DESCRIPTOR, bytes(16), changed[start:end]))
        )
        changed = replaced(changed, start, end, part)
    try:
        inspected(changed)
    except BadFileError:
        return
    assert [name for name, _ in files_from_the_start(changed)] == [
        name for name, _ in files_of_the_directory(changed)
    ]
