"""Text as people type it: cleaned, bounded and made comparable."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_LINE_BREAKS = re.compile(r"[\t\r\n]")
_SPACES = re.compile(r"\s+")


def has_control_characters(text: str, *, multiline: bool = False) -> bool:
    """Whether the text holds characters that no calendar, header or PDF can carry (surrogates included)."""
    return bool(_CONTROL.search(text)) or (not multiline and bool(_LINE_BREAKS.search(text)))


def one_line(text: str) -> str:
    """NFC, outer blanks gone, runs of blanks made one."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def many_lines(text: str) -> str:
    """NFC, line ends as ``\\n``, outer blanks gone."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def search_key(text: str) -> str:
    """What a search compares: case and accents folded, so that it works alike on SQLite and PostgreSQL."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return one_line("".join(c for c in decomposed if not unicodedata.combining(c)))


def normalised_email(address: str) -> str:
    """The form under which one person is known: NFC, no outer blanks, lower case."""
    return unicodedata.normalize("NFC", address).strip().lower()


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")


def slug_from(text: str, *, longest: int = 80) -> str:
    """A readable part of a URL: ASCII letters, digits and single hyphens; empty if nothing of the text fits."""
    words = search_key(text.casefold().translate(_UMLAUTS))
    slug = _NOT_IN_SLUG.sub("-", words).strip("-")
    return slug if len(slug) <= longest else slug[:longest].rsplit("-", 1)[0].strip("-")
