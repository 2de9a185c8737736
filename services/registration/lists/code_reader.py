"""A program of its own: reads the QR codes in the picture or PDF that comes as its input, and writes them as JSON.

It is run apart, as a decoder written in C that a malformed file leads astray must take no service along. It imports
nothing of ours.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator

import pypdfium2
import zxingcpp
from PIL import Image

MOST_PAGES = 100
MOST_SECONDS = 30
"""Of computing."""
_MOST_BYTES = 2 << 30
_DOTS_PER_POINT = 200 / 72
"""At 200 dpi a module of the code that our lists bear has three to four dots."""
_LONGEST_SIDE = 5000
"""Dots; a larger picture is made smaller first."""
_KIND = zxingcpp.barcode_formats_from_str("QRCode")
_PDF = b"%PDF-"


def pictures(content: bytes) -> Iterator[Image.Image]:
    """The pages of a PDF, or the one picture."""
    if not content.startswith(_PDF):
        yield Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
        return
    document = pypdfium2.PdfDocument(content)
    for number in range(min(len(document), MOST_PAGES)):
        page = document[number]
        scale = min(_DOTS_PER_POINT, _LONGEST_SIDE / max(*page.get_size(), 1))
        yield page.render(scale=scale, grayscale=True).to_pil()
        page.close()


def codes(content: bytes) -> list[str]:
    """The text of each QR code, in the order of the pages, each once."""
    found: dict[str, None] = {}
    for picture in pictures(content):
        picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
        gray = picture.convert("L")
        found.update((one.text, None) for one in zxingcpp.read_barcodes(gray, formats=_KIND))
    return list(found)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    json.dump(codes(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
