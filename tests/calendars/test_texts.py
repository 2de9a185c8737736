"""What people wrote arrives as they wrote it, whatever the script and wherever a line is folded."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ical import Person, invitation
from shared.text import has_control_characters
from tests.calendars.conftest import Read
from tests.calendars.samples import LAST_CHANGE, ORGANIZER, feed_of, session

LONG_TITLES = {
    "umlauts": "Größe, Übergröße, Maßschneiderei: älter, öfter, gründlicher – " * 4,
    "Cyrillic": "Молодёжь пишет протоколы: подготовка, ведение и проверка собраний " * 4,
    "Arabic": "التعليم والتدريب للشباب في المنظمات: كيف نكتب محاضر الاجتماعات " * 4,
    "emoji": "Jubiläum 🎉👩‍👩‍👧‍👦🏳️‍🌈 mit Musik 🎶 und Tanz 💃🏽 " * 6,
    "no blanks": "ä" * 300,
}

# Without outer blanks, as text is stored: libical drops them at the end.
texts = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\\;,:\"'N^"))
    .filter(lambda text: not has_control_characters(text, multiline=True))
    .map(str.strip)
)


@pytest.mark.parametrize("title", LONG_TITLES.values(), ids=LONG_TITLES)
@pytest.mark.parametrize("shift", range(4))
def test_a_long_title_survives_the_fold_at_75_octets(read: Read, title: str, shift: int) -> None:
    """``shift`` moves the fold through the bytes of one character."""
    written = "x" * shift + title.strip()
    (entry,) = read(feed_of(session(summary=written, description=written, location=written)))
    assert (entry.summary, entry.description, entry.location) == (written, written, written)


@pytest.mark.parametrize(
    "text",
    [
        "Kaffee, Tee, Wasser",
        "Raum 1; Raum 2",
        r"C:\Neu\notizen und \\server\Name",
        "Erste Zeile\nzweite Zeile\n\nnach einer Leerzeile",
        "endet mit Rückstrich \\",
        "BEGIN:VEVENT\nSUMMARY:eingeschleust\nEND:VEVENT",
        "Uhrzeit: 14:30, \"Ort\": 'Saal'",
        "Tab\tstopp",
        "",
    ],
)
def test_signs_with_a_meaning_in_icalendar_stay_text(read: Read, text: str) -> None:
    (entry,) = read(feed_of(session(description=text, location=text)))
    assert (entry.description, entry.location) == (text, text)


@settings(max_examples=25, deadline=None)
@given(st.lists(texts, min_size=1, max_size=30))
def test_any_text_arrives_as_it_was_written(read: Read, written: list[str]) -> None:
    entries = [
        session(uid=f"{number}@reihe.example", summary=text, description=text) for number, text in enumerate(written)
    ]
    arrived = read(feed_of(*entries))
    assert [entry.summary for entry in arrived] == written
    assert [entry.description for entry in arrived] == [entry.summary for entry in arrived]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Şirin Öztürk-Müller", "Şirin Öztürk-Müller"),
        ('Anna "Anni" Weber', "Anna 'Anni' Weber"),
        ("Weber, Anna; Vorstand: Bremen", "Weber, Anna; Vorstand: Bremen"),
        ("Анна Вебер", "Анна Вебер"),
        ("آنا ويبر", "آنا ويبر"),
        ("Anna\r\nATTENDEE:mailto:evil@example.org", "Anna ATTENDEE:mailto:evil@example.org"),
        ("a^b ^n ^' c", "a^b ^n ^' c"),
        ("O’Neill", "O’Neill"),
        ("", "anna@verein.example"),
    ],
)
def test_a_persons_name_arrives_whatever_signs_it_has(read: Read, name: str, shown: str) -> None:
    calendar = invitation(
        session(),
        method="REQUEST",
        organizer=ORGANIZER,
        attendee=Person(name, "anna@verein.example"),
        dtstamp=LAST_CHANGE,
    )
    (entry,) = read(calendar)
    (person,) = entry.attendees
    assert (person.name, person.address, person.answer) == (shown, "mailto:anna@verein.example", "NEEDS-ACTION")
