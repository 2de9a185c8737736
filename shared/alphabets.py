"""The order in which readers of a language look for names and words in a list."""

import unicodedata

from shared.text import one_line, search_key

ALPHABETS = {
    "tr": "abcçdefgğhıijklmnoöprsştuüvyz",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
}
"""Languages in which a letter with a mark is a letter of its own. In all others it stands beside the one without."""

_CAPITALS = {"tr": str.maketrans({"I": "ı", "İ": "i"})}
"""Where small letters are other ones than Unicode's rule for all languages makes them."""

Place = tuple[list[tuple[int, str]], str]


def in_order_of(locale: str, text: str) -> Place:
    """The key by which to sort: letters by the language's alphabet, case aside; then the text itself.

    What the alphabet lacks follows: letters with marks that the language does not know are taken without.
    """
    language = locale.split("-", 1)[0]
    alphabet = ALPHABETS.get(language, "")
    if not alphabet:
        return [(0, letter) for letter in search_key(text)], text
    lowered = unicodedata.normalize("NFC", one_line(text).translate(_CAPITALS.get(language, {})).lower())
    return [_rank(letter, alphabet) for letter in lowered], text


def _rank(letter: str, alphabet: str) -> tuple[int, str]:
    """Blanks and signs stand before letters; letters of other alphabets behind, in their own order."""
    known = alphabet.find(letter if letter in alphabet else search_key(letter) or letter)
    if known >= 0:
        return known + 1, ""
    return (len(alphabet) + 1, letter) if letter.isalpha() else (0, letter)
