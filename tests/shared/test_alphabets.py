"""Lists stand in the order in which readers of a language look through them."""

import pytest

from shared.alphabets import in_order_of


@pytest.mark.parametrize(
    ("locale", "ordered"),
    [
        ("de", ["Albanisch", "Äthiopisch", "Bulgarisch", "Österreich", "Polnisch"]),
        ("de-leicht", ["Äpfel", "Birnen", "öffnen", "Zucker"]),
        ("fr", ["allemand", "école", "espagnol", "turc"]),
        ("tr", ["Arapça", "Bulgarca", "Çekçe", "Dari", "Iğdır", "İngilizce", "Romence", "Şona", "Türkçe", "Ukraynaca"]),
        ("uk", ["англійська", "гінді", "ґвічин", "єврейська", "іспанська", "їдиш", "курдська", "японська"]),
        ("ar", ["الألمانية", "الإنجليزية", "التركية"]),
    ],
)
def test_words_are_sorted_by_the_alphabet_of_the_language(locale: str, ordered: list[str]) -> None:
    words = ordered[::-1]
    words.sort(key=lambda word: in_order_of(locale, word))
    assert words == ordered


def test_what_an_alphabet_lacks_stands_beside_or_behind_it() -> None:
    mixed = ["42", "Ankara", "Bâle", "İzmir", "Київ"]
    words = mixed[::-1]
    words.sort(key=lambda word: in_order_of("tr", word))
    assert words == mixed
