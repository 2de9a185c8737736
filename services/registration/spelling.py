"""When two spellings name the same organisation."""

import re
import unicodedata

from shared.text import search_key

KEY_LENGTH = 200

_LETTERS = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "a", "œ": "o", "'": "", "’": "", "ʼ": ""})
"""Letters that decompose into no simpler one, and apostrophes, which are left out as often as not."""

_UMLAUTS = re.compile("([aou])e")
_LEGAL_FORM = re.compile(r" (e ?v|eingetragener verein|gemeinnutziger verein|g?gmbh)$")


def spelling_key(name: str) -> str:
    """The name without case, accents, punctuation and legal form; umlauts alike whether written ü, ue or u.

    What consists of nothing else keeps what it has, so that a name is never without a key.
    """
    folded = search_key(name).translate(_LETTERS)
    words = " ".join("".join(c if _is_part_of_word(c) else " " for c in folded).split())
    plain = _LEGAL_FORM.sub("", _UMLAUTS.sub(r"\1", words))
    return (plain or folded)[:KEY_LENGTH].strip()


def _is_part_of_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"
