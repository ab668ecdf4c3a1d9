"""One file as it came: checked against the list, and inflated in pieces. Pure."""

import hashlib
import io
import zipfile
from collections.abc import Iterator

INFLATED_MAX_BYTES = 128 * 2**20
# Small enough to be searched while it is in the processor's cache.
PIECE_BYTES = 2**19


def md5(raw: bytes) -> str:
    """Return the md5 of a file, which is what the list tells of it."""
    return hashlib.md5(raw, usedforsecurity=False).hexdigest()


def inflate(raw: bytes, max_bytes: int = INFLATED_MAX_BYTES) -> Iterator[bytes]:
    """Yield the one member of a zip file in pieces of 0.5 MB at most.

    Raises ValueError, before more than `max_bytes` are inflated, where it is not a whole zip file of one member.
    """
    from isal import igzip_lib, isal_zlib

    member, body = _member(raw)
    if member.file_size > max_bytes:
        raise ValueError(f"it says to inflate to {member.file_size:,} bytes, past the cap of {max_bytes:,}")
    inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_DEFLATE)
    size = checksum = 0
    given = body
    try:
        while not inflater.eof:
            piece = inflater.decompress(given, PIECE_BYTES)
            given = b""
            size, checksum = size + len(piece), isal_zlib.crc32(piece, checksum)
            if size > member.file_size or (not piece and inflater.needs_input):
                break
            yield piece
    except (igzip_lib.IsalError, EOFError) as error:  # ty: ignore[invalid-exception-caught]
        raise ValueError(f"it is damaged ({error})") from None
    if not inflater.eof or size != member.file_size or checksum != member.CRC:
        raise ValueError(f"it is damaged: expected {member.file_size:,} bytes and their checksum, came {size:,}")


def _member(raw: bytes) -> tuple[zipfile.ZipInfo, memoryview]:
    """Return the one member and its packed bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as opened:
            members = opened.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise ValueError(f"it is no zip file ({error})") from None
    if len(members) != 1:
        raise ValueError(f"expected one member, came {len(members)}")
    (member,) = members
    if member.compress_type != zipfile.ZIP_DEFLATED or member.flag_bits & 1:  # encrypted
        raise ValueError("it is packed in a way that is not read (plain deflate is)")
    # Name and extra field of the local header may differ in length from those of the directory.
    lengths = raw[member.header_offset + 26 : member.header_offset + 30]
    start = member.header_offset + 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    return member, memoryview(raw)[start : start + member.compress_size]
