"""Pictures on certificates: which are taken, read no further than to their size."""

import struct
from collections.abc import Iterator

from shared.languages import Text
from shared.languages import text as _

LARGEST_PICTURE = 100 * 1024
"""Bytes. Each certificate holds the pictures, and is kept for years."""
_LONGEST_SIDE = 2_000
"""Pixels; a small file can hold a picture that fills the memory."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_SIZE = struct.Struct(">4sII")
_JPEG = b"\xff\xd8"
_SEGMENT = struct.Struct(">BBH")
_JPEG_SIZE = struct.Struct(">BHHB")
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive (ITU-T T.81, table B.1): what decoders read."""
_COLOURS_OF_PRINTERS = 4


def fault_of(picture: bytes) -> Text | None:
    """Why the picture can stand on no certificate; whether all of it can be read only typesetting tells."""
    if len(picture) > LARGEST_PICTURE:
        return _("This picture is too large: at most 100 KB.")
    size = _size(picture)
    if size is None:
        return _("This is neither a PNG nor a JPEG. Please save the picture as one of them.")
    width, height, colours = size
    if not 0 < width <= _LONGEST_SIDE or not 0 < height <= _LONGEST_SIDE:
        return _("This picture has too many pixels: at most 2000 on each side.")
    if colours == _COLOURS_OF_PRINTERS:
        return _("This JPEG has the colours of a printing press (CMYK). Please save it in RGB.")
    return None


def _size(picture: bytes) -> tuple[int, int, int] | None:
    """Width and height in pixels and, of a JPEG, the number of its colours; None for what is no such picture."""
    if picture.startswith(_PNG):
        header = picture[len(_PNG) + 4 :]
        if len(header) < _PNG_SIZE.size:
            return None
        chunk, width, height = _PNG_SIZE.unpack_from(header)
        return (width, height, 0) if chunk == b"IHDR" else None
    if picture.startswith(_JPEG):
        return next(_jpeg_sizes(picture), None)
    return None


def _jpeg_sizes(picture: bytes) -> Iterator[tuple[int, int, int]]:
    place = len(_JPEG)
    while place + _SEGMENT.size + _JPEG_SIZE.size <= len(picture):
        mark, kind, length = _SEGMENT.unpack_from(picture, place)
        if mark != 0xFF:
            return
        if kind in _FRAMES:
            _precision, height, width, colours = _JPEG_SIZE.unpack_from(picture, place + _SEGMENT.size)
            yield width, height, colours
        place += 2 + length
