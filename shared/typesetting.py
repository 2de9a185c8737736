"""Typesetting: one typst template and what it shows in, one PDF/A-2a and PDF/UA-1 out.

What a document says reaches the template as JSON, never as markup, so nothing that people type can become code.
The fonts are FiraGO (Latin, Greek, Cyrillic, Georgian, Arabic, Hebrew, Devanagari, Thai) and two of symbols.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from pymupdf_fonts import fontbuffers

from shared.errors import InvalidError
from shared.languages import text as _
from shared.text import one_line

Words = str | int | bool | None | Sequence["Words"] | Mapping[str, "Words"]
"""What a template says, as JSON has it."""

_FONTS = ("figo", "figbo", "symbol1", "symbol2")
_EACH_FONT = b'#set text(font: ("FiraGO", "Noto Sans Symbols", "Noto Sans Symbols2"))\na *b* \\u{26e8} \\u{1f396}'

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_MISSING_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


Compile = Callable[[bytes, Mapping[str, str], int], bytes]
"""A template, its ``sys.inputs`` and the seconds since 1970 become a PDF."""


def compiled(template: bytes, inputs: Mapping[str, str], timestamp: int) -> bytes:
    """By a template of ours, in this process."""
    return typst.compile(
        template,
        font_paths=load_fonts(),
        sys_inputs=dict(inputs),
        pdf_standards=["a-2a", "ua-1"],
        timestamp=timestamp,
    )


def typeset(
    template: Path | bytes,
    words: Mapping[str, Words],
    images: Mapping[str, bytes],
    made_at: datetime,
    compile_: Compile = compiled,
) -> bytes:
    """The PDF that ``template`` makes of ``words`` and ``images``, which it finds as JSON in ``sys.inputs``.

    Images are PNG, JPEG or SVG. The same template, words, images and ``made_at`` (aware; the PDF's date of creation,
    in UTC) give the same bytes. Every text is set as one line; emoji and other decoration that no font has is left out.

    Raises:
        InvalidError: a letter that no font has (Chinese, Armenian, Ethiopic …), with the words' keys in ``errors``.
        typst.TypstError: anything else, which is a fault of the template or of an image.
    """
    source = template.read_bytes() if isinstance(template, Path) else template
    pictures = json.dumps({name: list(image) for name, image in images.items()})

    def document(shown: Words) -> bytes:
        return compile_(source, {"words": json.dumps(shown), "images": pictures}, int(made_at.timestamp()))

    shown = _with_each_text(_printable, words)
    try:
        return document(shown)
    except typst.TypstError as error:
        missing = _missing_glyphs(error)
        if not missing:
            raise
        _refuse_letters(missing, shown)
        dropped = dict.fromkeys(map(ord, missing))
        shown = _with_each_text(lambda text: one_line(text.translate(dropped)), shown)
        return document(shown)


@cache
def load_fonts() -> typst.Fonts:
    """The fonts, read into memory at once: no file stays behind that another process could clear away."""
    with TemporaryDirectory() as folder:
        for name in _FONTS:
            Path(folder, f"{name}.ttf").write_bytes(fontbuffers[name]())
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
        typst.compile(_EACH_FONT, font_paths=fonts)
    return fonts


def _printable(text: str) -> str:
    """Without control characters, surrogates, and what would turn the direction of the text around it."""
    return one_line(_UNPRINTABLE.sub(" ", text))


def _missing_glyphs(error: typst.TypstError) -> set[str]:
    quoted = "".join(_MISSING_GLYPH.findall(error.diagnostic))
    return set(_ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), quoted))


def _refuse_letters(missing: set[str], words: Words) -> None:
    letters = sorted(sign for sign in missing if not _is_decoration(sign))
    if letters:
        refusal = _(
            "The document can't show %(letters)s. Please write it in letters that its fonts have: "
            "Latin, Greek, Cyrillic, Arabic or Hebrew.",
            letters=" ".join(letters),
        )
        where = {key: [refusal] for key, text in _each_text(words) if not set(letters).isdisjoint(text)}
        raise InvalidError("unprintable_letters", refusal, errors=where)


def _is_decoration(sign: str) -> bool:
    """Emoji, and what joins and colours them; the replacement character is none, it stands for a lost letter."""
    return (unicodedata.category(sign) in {"So", "Sk", "Cf", "Me"} or sign == "\ufe0f") and sign != "\ufffd"


def _each_text(words: Words, key: str = "") -> Iterator[tuple[str, str]]:
    """Each string with its dotted key (``sessions.0.title``)."""
    if isinstance(words, str):
        yield key, words
    elif isinstance(words, Mapping | Sequence):
        for name, inner in words.items() if isinstance(words, Mapping) else enumerate(words):
            yield from _each_text(inner, f"{key}.{name}" if key else str(name))


def _with_each_text(change: Callable[[str], str], words: Words) -> Words:
    if isinstance(words, str):
        return change(words)
    if isinstance(words, Mapping):
        return {key: _with_each_text(change, inner) for key, inner in words.items()}
    return [_with_each_text(change, inner) for inner in words] if isinstance(words, Sequence) else words
