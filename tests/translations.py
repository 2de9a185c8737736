"""Holds the translation catalogues against the code: nothing missing, nothing fuzzy, placeholders equal.

``python -m tests.translations`` says what is wrong; with ``--update`` it writes new sentences into the catalogues.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from shared.languages import FOR_ORGANISERS, FOR_PARTICIPANTS, SOURCE_LOCALE, babel_locale
from shared.testing import ROOT
from tests.audiences import is_for_participants

PARTS = {
    "shared": (ROOT / "shared", ROOT / "shared/web/translations"),
    **{
        service: (ROOT / "services" / service, ROOT / "services" / service / "translations")
        for service in ("catalogue", "registration", "notifications")
    },
}
LANGUAGES = tuple(language for language in FOR_PARTICIPANTS if language != SOURCE_LOCALE)
"""Languages with a catalogue. English is the language of the sentences in the code."""

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "plural": (1, 2)}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


@cache
def template(part: str, language: str = FOR_ORGANISERS[0]) -> Catalog:
    """The sentences of a part that a language needs, as its code and its templates hold them now."""
    folder, _ = PARTS[part]
    catalog = Catalog(project="Reihe", charset="utf-8")
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel leaves it unannotated
    for name, _line, message, comments, context in extract_from_dir(folder, methods, options, keywords=KEYWORDS):
        if language in FOR_ORGANISERS or is_for_participants(part, folder, name):
            catalog.add(message, auto_comments=comments, context=context)
    return catalog


def path(part: str, language: str) -> Path:
    return PARTS[part][1] / language / "LC_MESSAGES" / "messages.po"


def stored(part: str, language: str) -> Catalog:
    file = path(part, language)
    if not file.exists():
        return Catalog(locale=babel_locale(language), project="Reihe", charset="utf-8", fuzzy=False)
    with file.open("rb") as source:
        return read_po(source, locale=babel_locale(language))


def complaints(part: str, language: str) -> Iterator[str]:
    """What a reader of this language would find wrong, one line each."""
    catalog = stored(part, language)
    wanted = {message.id: message for message in template(part, language) if message.id}
    for message_id, message in wanted.items():
        translated = catalog.get(_singular(message_id))
        if translated is None or not _complete(translated, catalog.num_plurals):
            yield f"{part}/{language}: not translated: {_singular(message_id)!r}"
        elif translated.fuzzy:
            yield f"{part}/{language}: fuzzy: {_singular(message_id)!r}"
        elif _placeholders(message) != _placeholders(translated, strings=True):
            yield f"{part}/{language}: placeholders differ: {_singular(message_id)!r}"
    known = {_singular(message_id) for message_id in wanted}
    for message in catalog:
        if message.id and _singular(message.id) not in known:
            yield f"{part}/{language}: no longer used: {_singular(message.id)!r}"


def _singular(message_id: str | tuple[str, ...] | list[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def _complete(message: Message, plurals: int) -> bool:
    texts = _texts(message.string)
    return all(texts) and len(texts) == (plurals if message.pluralizable else 1)


def _placeholders(message: Message, *, strings: bool = False) -> set[str]:
    texts = _texts(message.string if strings else message.id)
    return set(_PLACEHOLDER.findall(" ".join(texts)))


def _texts(texts: str | Sequence[str] | None) -> Sequence[str]:
    return (texts or "",) if isinstance(texts, str) or texts is None else texts


def update(part: str, language: str) -> None:
    catalog = stored(part, language)
    catalog.update(template(part, language), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    file = path(part, language)
    file.parent.mkdir(parents=True, exist_ok=True)
    written = BytesIO()
    write_po(written, catalog, width=120, no_location=True, sort_output=True, ignore_obsolete=True)
    # The moment of extraction would be a change in every file, whatever was extracted.
    lines = [line for line in written.getvalue().splitlines(keepends=True) if b"POT-Creation-Date" not in line]
    file.write_bytes(b"".join(lines))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.translations")
    parser.add_argument("--update", action="store_true", help="write new sentences into the catalogues first")
    wants_update = parser.parse_args(arguments).update
    found = 0
    for part in PARTS:
        for language in LANGUAGES:
            if wants_update:
                update(part, language)
            for complaint in complaints(part, language):
                found += 1
                print(complaint, file=sys.stderr)  # noqa: T201  # a command speaks to its caller
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
