"""Archives that would harm, or mislead, whoever unpacks them."""

import io
import random
import struct
import zipfile
from collections.abc import Callable

import pytest

from tests.support.archives import MANIFEST, PLUGIN_XML, archive, obr, plugin_jar, plugin_xml
from tests.support.inspections import inspected, peak_of_refusal, reason

MEBIBYTE = 1 << 20
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
DAMAGED = "is a damaged archive: "
NOT_ONE = "its directory is not one"


def patched(data: bytes, at: int, format_: str, *values: int) -> bytes:
    """Bytes with a part written over, in little-endian."""
    part = struct.pack("<" + format_, *values)
    return data[:at] + part + data[at + len(part) :]


def central(data: bytes, name: str) -> int:
    """Where the directory's record of a file is."""
    return data.rindex(name.encode(), 0, data.rindex(END)) - 46


def local(data: bytes, name: str) -> int:
    return data.index(name.encode()) - 30


def stored(**entries: bytes) -> bytes:
    return archive({PLUGIN_XML: plugin_xml(), **entries}, zipfile.ZIP_STORED)


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "a/../../evil", "a/..", "..", "/etc/evil", "C:evil", "c:/evil", "a\\b",
        "..\\evil", "../", "/",
    ],
)  # fmt: skip
def test_a_name_that_leads_out_of_a_folder_is_refused(name: str) -> None:
    data = archive({PLUGIN_XML: plugin_xml(), name: b""})
    assert reason(data).startswith("is an archive with an unsafe file name, ")


@pytest.mark.parametrize("name", ["./" + PLUGIN_XML, "a/./b", "a/.", ".", "a//b", "a//", "./"])
def test_a_name_that_is_another_once_it_is_tidied_is_refused(name: str) -> None:
    data = archive({PLUGIN_XML: plugin_xml(), name: b""})
    assert reason(data).startswith("is an archive with an unsafe file name, ")


@pytest.mark.parametrize("name", [b"a\x00b", b"\\\\a\\b", b"\xff/..\xff/../x"])
def test_a_name_that_readers_cut_or_turn_is_refused(name: bytes) -> None:
    data = stored(**{"x" * len(name): b""}).replace(b"x" * len(name), name)
    assert reason(data).startswith("is an archive with an unsafe file name, ")


def test_a_name_without_characters_is_refused() -> None:
    assert reason(archive({PLUGIN_XML: b"", "": b""})).startswith(
        "is an archive with an unsafe file name, "
    )


@pytest.mark.parametrize(
    "name", ["a/..b", "...", "a/b..", ".a/.b", "größe/ü.css", "ab:c", "a b", "folder/"]
)
def test_a_name_that_is_only_odd_is_taken(name: str) -> None:
    assert inspected(plugin_jar(extra_entries={name: b""})).kind == "jar"


def test_a_bomb_is_refused_by_what_it_says_it_holds() -> None:
    data = plugin_jar(extra_entries={"zeros.bin": bytes(50 * MEBIBYTE)})
    assert reason(data).endswith(f" would unpack to {50 * MEBIBYTE + len(plugin_xml()) + 29}")
    assert peak_of_refusal(data) < MEBIBYTE


def test_a_bomb_inside_an_obr_is_refused() -> None:
    bomb = plugin_jar(extra_entries={"zeros.bin": bytes(50 * MEBIBYTE)})
    assert " would unpack to " in reason(obr(bomb))
    assert " would unpack to " in reason(archive({"obr.xml": b"", "a.jar": bytes(50 * MEBIBYTE)}))


def test_a_bomb_that_says_it_is_small_is_not_unpacked() -> None:
    data = archive({PLUGIN_XML: b"<a>" + b" " * (30 * MEBIBYTE)})
    data = patched(data, central(data, PLUGIN_XML) + 24, "L", 1000)
    data = patched(data, local(data, PLUGIN_XML) + 22, "L", 1000)
    assert reason(data) == f"{DAMAGED}{PLUGIN_XML} is not what the directory says"
    assert peak_of_refusal(data) < 2 * MEBIBYTE


def test_a_plugin_inside_an_obr_that_says_it_is_small_is_not_unpacked() -> None:
    data = archive({"obr.xml": b"", "a.jar": bytes(30 * MEBIBYTE)})
    data = patched(data, central(data, "a.jar") + 24, "L", 1000)
    data = patched(data, local(data, "a.jar") + 22, "L", 1000)
    assert reason(data) == f"{DAMAGED}a.jar is not what the directory says"
    assert peak_of_refusal(data) < 2 * MEBIBYTE


def test_a_plugin_inside_an_obr_is_not_held_in_memory() -> None:
    noise = random.Random(1).randbytes(20 * MEBIBYTE)
    data = obr(archive({"noise.bin": noise}, zipfile.ZIP_STORED))
    assert reason(data).startswith("is an OBR whose JAR is no plugin")
    assert peak_of_refusal(data) < 2 * MEBIBYTE


def test_a_descriptor_that_is_too_large_is_not_unpacked() -> None:
    data = archive({PLUGIN_XML: b" " * (10 * MEBIBYTE)})
    assert reason(data) == f"is an archive whose {PLUGIN_XML} has more than 2097152 bytes"
    assert peak_of_refusal(data) < MEBIBYTE


def test_a_manifest_is_unpacked_as_far_as_it_is_read() -> None:
    data = archive({MANIFEST: b"A: " + b"a" * (15 * MEBIBYTE)})
    assert reason(data) == "is an archive whose manifest starts with more than 1048576 bytes"
    assert peak_of_refusal(data) < 8 * MEBIBYTE


def test_parts_that_overlap_are_refused() -> None:
    # The second file is told to be the first once more: one kernel that counts twice.
    data = stored(**{"a" * len(PLUGIN_XML): b""})
    data = patched(data, central(data, "a" * len(PLUGIN_XML)) + 42, "L", 0)
    assert reason(data) == f"{DAMAGED}its parts overlap"


def test_a_part_that_reaches_into_the_directory_is_refused() -> None:
    data = stored(last=b"last")
    data = patched(data, central(data, "last") + 20, "2L", 5, 5)
    assert reason(data) == f"{DAMAGED}its parts overlap"


def test_100000_entries_are_refused_before_they_are_looked_at() -> None:
    record = CENTRAL + bytes(24) + struct.pack("<H", 8) + bytes(16)
    directory = b"".join(record + b"%08d" % n for n in range(100_000))
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 100_000, 100_000,
                       len(directory), 4)  # fmt: skip
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 4 + len(directory), 1)
    end = struct.pack("<4s4H2LH", END, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    data = LOCAL + directory + wide + locator + end
    assert reason(data) == "is an archive of more than 50000 entries"
    assert peak_of_refusal(data) < MEBIBYTE


def test_50000_entries_at_the_root_fit_in_memory() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for number in range(50_000):
            packed.writestr(f"{number:0100}", b"")
    assert peak_of_refusal(file.getvalue()) < 50 * MEBIBYTE


def test_a_directory_that_is_too_large_is_not_read() -> None:
    directory = bytes(17 * MEBIBYTE)
    data = LOCAL + directory + struct.pack("<4s4H2LH", END, 0, 0, 1, 1, len(directory), 4, 0)
    assert reason(data) == "is an archive whose directory exceeds 16777216 bytes"
    assert peak_of_refusal(data) < MEBIBYTE


def as_zip64(data: bytes) -> bytes:
    """An archive of one file whose numbers all stand in the records of ZIP64."""
    at = data.index(CENTRAL)
    record, name_length = (
        data[at : data.rindex(END)],
        int.from_bytes(data[at + 28 : at + 30], "little"),
    )
    packed, size = struct.unpack_from("<2L", record, 20)
    other = struct.pack("<2HL", 0xCAFE, 4, 7)
    extra = other + struct.pack("<2H3Q", 1, 24, size, packed, 0)
    record = patched(record, 20, "2L", 0xFFFFFFFF, 0xFFFFFFFF)
    record = patched(record, 30, "H", len(extra))
    record = patched(record, 42, "L", 0xFFFFFFFF)
    record = record[: 46 + name_length] + extra
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(record), at)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at + len(record), 1)
    end = struct.pack("<4s4H2LH", END, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return data[:at] + record + wide + locator + end


def test_an_archive_with_zip64_records_is_read() -> None:
    data = as_zip64(archive({PLUGIN_XML: plugin_xml()}))
    assert inspected(data).details.version == "1.0.0"
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.read(PLUGIN_XML) == plugin_xml()


def test_a_local_header_of_zip64_is_read() -> None:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w") as packed,
        packed.open(PLUGIN_XML, "w", force_zip64=True) as out,
    ):
        out.write(plugin_xml())
    assert inspected(file.getvalue()).details.version == "1.0.0"


def damaged_zip64(offset: int, format_: str, value: int) -> bytes:
    """The same with a number written over, counted from its end."""
    data = as_zip64(archive({PLUGIN_XML: plugin_xml()}))
    return patched(data, len(data) + offset, format_, value)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (damaged_zip64(-42 + 8, "Q", 2**64 - 1), "its ZIP64 end is missing"),
        (damaged_zip64(-42 + 8, "Q", 0), "its ZIP64 end is missing"),
        (damaged_zip64(-42 + 4, "L", 1), "its ZIP64 end is missing"),
        (damaged_zip64(-98, "L", 0), "its ZIP64 end is missing"),
        (damaged_zip64(-98 + 48, "Q", 2**63), "its directory is not before its end"),
        (damaged_zip64(-98 + 40, "Q", 2**63), "its directory is not before its end"),
        (damaged_zip64(-98 + 32, "Q", 2), "it has several volumes"),
        (damaged_zip64(-22 + 10, "H", 2), "its two ends differ"),
        (damaged_zip64(-98 - 28, "H", 2), "a ZIP64 size is missing"),
        (damaged_zip64(-98 - 26, "H", 16), "a ZIP64 size is missing"),
        (damaged_zip64(-98 - 8, "Q", 2**64 - 1), "its parts overlap"),
    ],
)  # fmt: skip
def test_damaged_zip64_records_are_refused(data: bytes, why: str) -> None:
    assert reason(data) == DAMAGED + why


@pytest.mark.parametrize("length", [1, 21, 22, 100, 500])
def test_what_is_cut_off_is_refused(length: int) -> None:
    assert reason(plugin_jar()[:-length]) == f"{DAMAGED}its end is missing"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda data: data + b"x", "its end is missing"),
        (lambda data: data + data, "its directory is not before its end"),
        (lambda data: LOCAL + data, "its directory is not before its end"),
        (lambda data: patched(data, len(data) - 18, "H", 1), "it has several volumes"),
        (lambda data: patched(data, len(data) - 14, "2H", 1, 1), "its directory is too long"),
        (lambda data: patched(data, len(data) - 14, "2H", 9, 9), "its directory is too short"),
        (lambda data: patched(data, data.index(CENTRAL), "L", 0), NOT_ONE),
        (lambda data: patched(data, data.rindex(CENTRAL) + 30, "H", 99), NOT_ONE),
        (lambda data: patched(data, data.index(CENTRAL) + 34, "H", 1), NOT_ONE),
    ],
)  # fmt: skip
def test_what_is_not_one_archive_is_refused(change: Callable[[bytes], bytes], why: str) -> None:
    assert reason(change(plugin_jar())) == DAMAGED + why


@pytest.mark.parametrize("flag", [0x0001, 0x0040, 0x2000])
def test_an_encrypted_file_is_refused_wherever_it_is(flag: int) -> None:
    data = plugin_jar(extra_entries={"a/secret.bin": b"secret"})
    at = central(data, "a/secret.bin") + 8
    assert reason(patched(data, at, "H", flag)) == "is an encrypted archive"


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_java_cannot_read_is_refused(compression: int) -> None:
    data = archive({PLUGIN_XML: plugin_xml()}, compression)
    assert reason(data) == "is an archive with a compression method that no JAR has"


@pytest.mark.parametrize("name", [PLUGIN_XML, MANIFEST])
def test_two_files_of_a_name_that_counts_are_refused(name: str) -> None:
    twin = name.replace("a", "x").replace("A", "X")
    data = archive({PLUGIN_XML: b"<atlassian-plugin/>", MANIFEST: b"", twin: b""})
    data = data.replace(twin.encode(), name.encode())
    assert reason(data) == f"{DAMAGED}it has two files named {name}"


@pytest.mark.parametrize("host", [0, 3, 19])
def test_a_symbolic_link_is_refused(host: int) -> None:
    data = plugin_jar(extra_entries={"lib": b"/etc", "lib/passwd": b""})
    at = central(data, "lib/passwd") - 46 - len("lib")
    data = patched(patched(data, at + 5, "B", host), at + 38, "L", 0o120777 << 16)
    assert reason(data) == "is an archive with a symbolic link"


@pytest.mark.parametrize("mode", [0o100644, 0o040755, 0o177777, 0])
def test_files_and_folders_of_unix_are_taken(mode: int) -> None:
    data = plugin_jar()
    data = patched(data, central(data, PLUGIN_XML) + 38, "L", mode << 16)
    assert inspected(data).kind == "jar"


def test_two_files_of_another_name_do_not_matter() -> None:
    data = plugin_jar(extra_entries={"LICENSE": b"a", "LICENCE": b"b"})
    assert inspected(data.replace(b"LICENCE", b"LICENSE")).kind == "jar"


@pytest.mark.parametrize(
    ("offset", "format_", "value"),
    [(0, "L", 0), (6, "H", 1), (8, "H", 8), (14, "L", 0), (18, "L", 0), (22, "L", 0), (30, "B", 0)],
)  # fmt: skip
def test_a_file_that_differs_from_the_directory_is_refused(
    offset: int, format_: str, value: int
) -> None:
    data = archive({"a.txt": b"a", PLUGIN_XML: plugin_xml()}, zipfile.ZIP_STORED)
    data = patched(data, local(data, PLUGIN_XML) + offset, format_, value)
    assert reason(data).startswith(DAMAGED)


@pytest.mark.parametrize("offset", [16, 20, 24])
def test_a_directory_that_differs_from_the_file_is_refused(offset: int) -> None:
    data = archive({PLUGIN_XML: plugin_xml()})
    at = central(data, PLUGIN_XML) + offset
    data = patched(data, at, "B", data[at] ^ 1)
    assert reason(data).startswith(DAMAGED)


def test_data_that_cannot_be_inflated_is_refused() -> None:
    data = archive({PLUGIN_XML: plugin_xml()})
    data = patched(data, 30 + len(PLUGIN_XML), "Q", 2**64 - 1)
    assert reason(data) == f"{DAMAGED}a file cannot be inflated"


def holding(deflated: bytes) -> bytes:
    """An archive whose plugin descriptor is deflated like that."""
    inner = archive({PLUGIN_XML: plugin_xml()})
    data = archive({PLUGIN_XML: deflated}, zipfile.ZIP_STORED)
    for at in (0, data.rindex(CENTRAL) + 2):
        data = patched(data, at + 8, "H", zipfile.ZIP_DEFLATED)
        data = data[: at + 14] + inner[14:18] + data[at + 18 :]
        data = patched(data, at + 22, "L", len(plugin_xml()))
    return data


def deflated_descriptor() -> bytes:
    data = archive({PLUGIN_XML: plugin_xml()})
    return data[30 + len(PLUGIN_XML) : data.index(CENTRAL)]


def test_data_that_goes_on_after_its_end_is_refused() -> None:
    assert inspected(holding(deflated_descriptor())).kind == "jar"
    data = holding(deflated_descriptor() + b"x")
    assert reason(data) == f"{DAMAGED}a file does not end where it should"


def test_data_that_ends_before_its_end_is_refused() -> None:
    data = holding(deflated_descriptor()[:-1])
    assert reason(data) == f"{DAMAGED}a file does not end where it should"


def test_data_that_inflates_to_much_less_is_not_inflated() -> None:
    nothing = b"\x00\x00\x00\xff\xff"
    assert inspected(holding(nothing + deflated_descriptor())).kind == "jar"
    data = holding(nothing * 1000 + deflated_descriptor())
    assert reason(data) == f"{DAMAGED}{PLUGIN_XML} is not what the directory says"


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        (b"\xff\xfe: a\n\n", "is not UTF-8"),
        (b"PK\n\n", "has a line that is no attribute"),
        (b"Atlassian-Plugin-Key a.b", "has a line that is no attribute"),
    ],
)
def test_a_damaged_manifest_is_refused(manifest: bytes, why: str) -> None:
    assert reason(archive({MANIFEST: manifest})) == f"is an archive whose manifest {why}"
