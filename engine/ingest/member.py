"""Reading one member of a zip archive, never taking more memory than it says it will.

zipfile itself inflates bzip2 and LZMA without bound: a few KiB become GiBs before it looks at the size.
"""

import bz2
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import IO

__all__ = ["DAMAGE", "read_member"]

# What reading a damaged archive can raise, beside OSError.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)

LOCAL_HEADER = struct.Struct("<4s22xHH")  # signature, then the lengths of what stands before the data
LZMA_HEADER = struct.Struct("<2xH")  # version, length of the properties
IS_ENCRYPTED = 1
LZMA_MEMORY = 256 << 20  # for its dictionary, whose size a member may choose up to 4 GiB


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Inflate a member.

    Parameters
    ----------
    archive : ZipFile
    info : ZipInfo
        Of a size that may be read; bytes beyond it are damage, and never inflated.

    Raises
    ------
    BadZipFile, NotImplementedError, …
        One of `DAMAGE`, if it is damaged, encrypted or compressed in an unknown way.
    """
    if info.flag_bits & IS_ENCRYPTED:
        raise NotImplementedError("encrypted")
    if info.compress_type not in INFLATERS:
        raise NotImplementedError(f"compression method {info.compress_type}")
    if archive.fp is None:
        raise ValueError("the archive is closed")
    data = INFLATERS[info.compress_type](_read_raw(archive.fp, info), info.file_size + 1)
    if len(data) != info.file_size or zlib.crc32(data) != info.CRC:
        raise zipfile.BadZipFile("size or checksum differ from what the archive says")
    return data


def _read_raw(stream: IO[bytes], info: zipfile.ZipInfo) -> bytes:
    stream.seek(info.header_offset)
    signature, n_name, n_extra = LOCAL_HEADER.unpack(stream.read(LOCAL_HEADER.size))
    if signature != b"PK\3\4":
        raise zipfile.BadZipFile("no member where the archive says")
    stream.seek(n_name + n_extra, 1)
    return stream.read(info.compress_size)


def _inflate_lzma(raw: bytes, n_most: int) -> bytes:
    (n_properties,) = LZMA_HEADER.unpack_from(raw)
    data = raw[LZMA_HEADER.size :]
    # The same stream behind the header of an .lzma file of unknown size.
    alone = data[:n_properties] + b"\xff" * 8 + data[n_properties:]
    return lzma.LZMADecompressor(lzma.FORMAT_ALONE, LZMA_MEMORY).decompress(alone, n_most)


# Bytes of the archive, the most to make of them.
INFLATERS: dict[int, Callable[[bytes, int], bytes]] = {
    zipfile.ZIP_STORED: lambda raw, n_most: raw[:n_most],
    zipfile.ZIP_DEFLATED: lambda raw, n_most: zlib.decompressobj(-zlib.MAX_WBITS).decompress(raw, n_most),
    zipfile.ZIP_BZIP2: lambda raw, n_most: bz2.BZ2Decompressor().decompress(raw, n_most),
    zipfile.ZIP_LZMA: _inflate_lzma,
}
