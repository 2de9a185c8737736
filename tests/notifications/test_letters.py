"""What each kind of mail says, in each language: as text and as HTML, whole, with the person's link and a way out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from services.notifications.app import compose
from services.notifications.composing import compose as compose_letter
from services.notifications.letters.letter import Letter, Linked
from services.notifications.mailing import MailKind
from services.notifications.models import Invitation, metadata
from services.notifications.reader import Reader
from services.notifications.replies.intake import take_in
from shared.links import Purpose, read_token
from shared.messages import REGISTRY
from shared.messages.registration import RegistrationCancelledV1, RegistrationConfirmedV1
from shared.testing import TurnableClock, engine_with_tables
from tests.notifications.enrolment_parts import enrolment, take
from tests.notifications.parts import (
    KEY,
    VENUE,
    Office,
    Someone,
    a_session,
    an_event,
    calendars_of,
    html_of,
    settings_for,
    text_of,
)
from tests.notifications.reply_mails import ReplyMail
from tests.rules import a_waitlist
from tests.translations import stored, template

LOCALES = ("de", "en")
DEADLINE = datetime(2027, 2, 14, 17, tzinfo=UTC)

KINDS = {
    "party": (
        "Sie haben eine Gruppe angemeldet: Vereinsrecht für Einsteiger*innen",
        "You have registered a group: Association law",
    ),
    "enrolled": (
        "Ihre Anmeldung zur Reihe: Fortbildungsreihe: Grundlagen",
        "Your registration for the series: Training series: foundations",
    ),
    "enrolment_completed": (
        "Sie haben Plätze in der ganzen Reihe: Fortbildungsreihe: Grundlagen",
        "You have a seat in the whole series: Training series: foundations",
    ),
    "enrolment_cancelled": (
        "Anmeldung zur Reihe abgesagt: Fortbildungsreihe: Grundlagen",
        "Registration for the series cancelled: Training series: foundations",
    ),
    "confirmed": (
        "Ihr Platz ist bestätigt: Vereinsrecht für Einsteiger*innen",
        "Your place is confirmed: Association law",
    ),
    "promoted": (
        "Sie haben jetzt einen Platz: Vereinsrecht für Einsteiger*innen",
        "You have a seat now: Association law",
    ),
    "waitlisted": (
        "Sie stehen auf der Warteliste: Vereinsrecht für Einsteiger*innen",
        "You are on the waitlist: Association law",
    ),
    "cancelled": (
        "Anmeldung abgesagt: Vereinsrecht für Einsteiger*innen",
        "Registration cancelled: Association law",
    ),
    "offered": (
        "Für Sie ist ein Platz frei: Vereinsrecht für Einsteiger*innen",
        "A seat is free for you: Association law",
    ),
    "accepted": ("Der Platz gehört Ihnen: Vereinsrecht für Einsteiger*innen", "The seat is yours: Association law"),
    "declined": (
        "Sie haben den Platz abgelehnt: Vereinsrecht für Einsteiger*innen",
        "You have declined the seat: Association law",
    ),
    "lapsed": (
        "Ihre Anmeldung ist abgelaufen: Vereinsrecht für Einsteiger*innen",
        "Your registration has run out: Association law",
    ),
    "pending": (
        "Bitte bestätigen Sie Ihre Adresse: Vereinsrecht für Einsteiger*innen",
        "Please confirm your address: Association law",
    ),
    "link": ("Ihr persönlicher Link", "Your personal link"),
    "from_organisers": ("Bitte Laptop mitbringen", "Please bring a laptop"),
    "news": ("Bitte Laptop mitbringen", "Please bring a laptop"),
    "reminder": ("Erinnerung: Vereinsrecht für Einsteiger*innen", "Reminder: Association law"),
    "follow_up": (
        "Nach der Veranstaltung: Vereinsrecht für Einsteiger*innen",
        "After the event: Association law",
    ),
    "event_changed": ("Geändert: Vereinsrecht für Einsteiger*innen", "Changed: Association law"),
    "event_cancelled": ("Abgesagt: Vereinsrecht für Einsteiger*innen", "Cancelled: Association law"),
    "declined_in_calendar": (
        "Sollen wir Ihren Platz stornieren? Vereinsrecht für Einsteiger*innen",
        "Shall we cancel your place? Association law",
    ),
    "invitation": (
        "Einladung: Vereinsrecht für Einsteiger*innen, 29.03.2027",
        "Invitation: Association law, 29 Mar 2027",
    ),
    "invitation_cancelled": (
        "Aus Ihrem Kalender genommen: Vereinsrecht für Einsteiger*innen, 29.03.2027",
        "Out of your calendar: Association law, 29 Mar 2027",
    ),
}

SENTENCES = {
    "declined_in_calendar": (
        "Ihr Platz ist damit noch nicht storniert.",
        "Your place has not been cancelled by that.",
    ),
    "enrolled": ("Sie möchten die ganze Reihe besuchen.", "You would like to have the whole series."),
    "enrolment_completed": (
        "in jedem Modul, auf das Sie gewartet haben, einen Platz",
        "a seat for you in every module that you were waiting for",
    ),
    "enrolment_cancelled": (
        "Jede der 2 angehängten Dateien nimmt einen Termin aus Ihrem Kalender",
        "Each of the 2 attached files takes one session out of your calendar",
    ),
    "party": ("Ayşe Kaya: auf der Warteliste auf Platz 3", "Ayşe Kaya: number 3 on the waitlist"),
    "confirmed": (
        "vielen Dank für Ihre Anmeldung. Sie haben einen Platz",
        "Thank you for registering. You have a seat",
    ),
    "promoted": ("Sie sind von der Warteliste nachgerückt", "You have moved up from the waitlist"),
    "waitlisted": ("Sie sind Nummer 3 auf der Warteliste", "You are number 3 on the waitlist"),
    "cancelled": ("Sie haben Ihre Anmeldung abgesagt", "You have cancelled your registration"),
    "offered": (
        "Wir halten Ihnen einen Platz frei bis Sonntag, 14. Februar 2027, 18:00.",
        "We hold a seat for you until Sunday, 14 February 2027, 18:00.",
    ),
    "accepted": ("vielen Dank für Ihre Zusage. Ihr Platz ist bestätigt", "Thank you for accepting. Your place is"),
    "declined": ("So kann die nächste Person auf der Warteliste kommen", "so the next in line can come"),
    "lapsed": ("nicht rechtzeitig von Ihnen gehört", "did not hear from you in time"),
    "pending": (
        "Bitte bestätigen Sie bis dahin, dass diese Adresse Ihnen gehört",
        "Please confirm until then that this address is yours",
    ),
    "from_organisers": ("Wir üben am Rechner.", "We practise on computers."),
    "news": ("Solche E-Mails nicht mehr an mich senden", "Do not send me such mails any more"),
    "link": ("Bitte leiten Sie diese E-Mail deshalb nicht weiter", "please do not pass this mail on"),
    "reminder": (
        "bald ist es so weit: Sonntag, 28. März 2027, 10:00–16:00. Ort: Haus der Vielfalt",
        "It begins: Sunday, 28 March 2027, 10:00–16:00. Where: Haus der Vielfalt",
    ),
    "follow_up": ("hat stattgefunden.", "has taken place."),
    "event_changed": ("Großer Saal", "Großer Saal"),
    "event_cancelled": ("Die Referentin ist krank.", "Our speaker has fallen ill."),
    "invitation": ("dies ist die Einladung zu diesem Termin", "This is the invitation to this session"),
    "invitation_cancelled": (
        "nimmt den Eintrag dieses Termins aus Ihrem Kalender",
        "takes the entry of this session out",
    ),
}


@dataclass
class Post:
    """One mail of each kind, as it arrives."""

    person: Someone
    mails: dict[str, EmailMessage]


@pytest.fixture(scope="module", params=LOCALES)
def locale(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="module")
def post(locale: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    url = f"sqlite:///{tmp_path_factory.mktemp('letters') / 'letters.db'}"
    with engine_with_tables(url, metadata) as _engine:
        clock = TurnableClock()
        office = Office(compose(settings_for(url), clock=clock), clock)
        person = Someone("Amira", "Yılmaz", "amira@verein.example", locale)
        live_through_everything(office, person)
        found: dict[str, EmailMessage] = {}
        sent = {message["Message-ID"]: message for message in office.send()}
        for mail in office.mails():
            found.setdefault(mail.kind, sent[f"<{mail.message_id}>"])
        yield Post(person, found)
        office.core.close()


def live_through_everything(office: Office, person: Someone) -> None:
    event = an_event(sessions=[a_session(28), a_session(29)])
    office.publish(event)
    office.confirm(person, event)
    decline_in_calendar(office, person)
    office.give_up(person, event)
    live_through_offers(office, person, event)
    again = person.again()
    office.wait(again, event, position=3)
    office.confirm(again, event, previous="waitlisted")
    changed = office.change(event, venue={**VENUE, "room": "Großer Saal"})
    office.cancel(changed, {"de": "Die Referentin ist krank.", "en": "Our speaker has fallen ill."})
    office.ask_for_link(person, event)
    live_through_a_series(office, person)
    live_through_circulars(office, person)
    office.tell_of_party(person, event, ("Bilal Demir", "confirmed", None), ("Ayşe Kaya", "waitlisted", 3))
    live_through_an_event(office, person)


def decline_in_calendar(office: Office, person: Someone) -> None:
    with office.core.database.unit_of_work(office.clock()) as uow:
        uid = uow.session.scalars(select(Invitation.uid)).first() or ""
        take_in(uow, office.settings, bytes(ReplyMail(uid=uid, address=person.email, partstat="DECLINED")))
        uow.commit()


def live_through_circulars(office: Office, person: Someone) -> None:
    """About their place, and beyond it."""
    event, again = an_event(), person.again()
    office.publish(event)
    office.confirm(again, event)
    office.write_to(event)
    office.write_to(event, is_news=True)


def live_through_an_event(office: Office, person: Someone) -> None:
    """Reminded of before, and written to afterwards."""
    event, again = an_event(), person.again()
    office.publish(event)
    office.confirm(again, event)
    office.set_rule(event)
    office.set_rule(event, timing="after_end", amount=0)
    for days in (1, 0):
        office.clock.moment = event["sessions"][0]["ends_at"] - timedelta(days=days, hours=days)
        office.remind()


def live_through_a_series(office: Office, person: Someone) -> None:
    """Waited for, completed, cancelled."""
    enrolled = enrolment(office, person, 2, mode="whole")
    for state, change in (("waitlisted", "enrolled"), ("confirmed", "completed"), ("cancelled", "cancelled")):
        turns = [enrolled.turn(index, state, waits_for_series=state == "waitlisted") for index in range(2)]
        take(office, [*turns, enrolled.change(change)])


def live_through_offers(office: Office, person: Someone, event: dict[str, Any]) -> None:
    """Accepted, declined, run out: each by a registration of its own, and one whose address is to be confirmed."""
    accepting, declining, silent, nobody = (person.again() for _ in range(4))
    for someone in (accepting, declining, silent):
        office.offer(someone, event, until=DEADLINE)
    office.confirm(accepting, event, previous="offered")
    office.give_up(declining, event, previous="offered")
    office.lapse(silent, event, previous="offered")
    office.give_up(accepting, event)
    office.hold(nobody, event, until=DEADLINE)
    office.lapse(nobody, event, previous="pending")


def in_language(pair: tuple[str, str], locale: str) -> str:
    return pair[LOCALES.index(locale)]


def visible(html: str) -> str:
    """What a reader of the HTML sees."""
    page = BeautifulSoup(html, "html.parser")
    for hidden in page.select("style, title, head"):
        hidden.decompose()
    return " ".join(page.get_text(" ").split())


def fixed_parts(sentence: str) -> list[str]:
    """What of a sentence stands in every use of it, if it is long enough to be no chance."""
    return [part.strip() for part in re.split(r"%\(\w+\)[sd]", sentence) if len(part.strip()) > 8]


def test_every_kind_of_mail_was_written(post: Post) -> None:
    kinds = {kind.value for kind in MailKind if not kind.value.startswith("certificate")}
    assert set(post.mails) == set(KINDS) == set(SENTENCES) == kinds


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_speaks_its_readers_language(post: Post, locale: str, kind: str) -> None:
    message = post.mails[kind]
    assert message["Subject"] == in_language(KINDS[kind], locale)
    assert message["Content-Language"] == locale
    sentence = in_language(SENTENCES[kind], locale)
    assert sentence in text_of(message)
    assert sentence in visible(html_of(message))


@pytest.mark.parametrize("kind", KINDS)
def test_no_mail_is_half_in_english(post: Post, locale: str, kind: str) -> None:
    if locale == "en":
        return
    catalogue = stored("notifications", locale)
    said = f"{post.mails[kind]['Subject']} {text_of(post.mails[kind])} {visible(html_of(post.mails[kind]))}"
    for message in template("notifications"):
        for sentence in [message.id] if isinstance(message.id, str) else message.id:
            translated = catalogue.get(sentence)
            if translated is None or translated.string != sentence:
                assert not any(part in said for part in fixed_parts(sentence)), sentence


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_greets_by_name_and_leads_to_the_persons_own_page(post: Post, kind: str) -> None:
    message = post.mails[kind]
    for said in (text_of(message), visible(html_of(message))):
        assert "Amira Yılmaz" in said
    links = re.findall(r"https://reihe\.example/my/([\w-]+)", text_of(message))
    hrefs = [str(a["href"]) for a in BeautifulSoup(html_of(message), "html.parser").select("a[href*='/my/']")]
    assert {href.split("/my/")[1].split("/")[0] for href in hrefs} == set(links)
    (token,) = set(links)
    opened = read_token(KEY, Purpose.MY_PAGE, token)
    assert opened is not None
    assert (opened.subject, opened.generation) == (post.person.person_id, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_to_fill_in(post: Post, kind: str) -> None:
    source = post.mails[kind].as_bytes().decode()
    whole = source + text_of(post.mails[kind]) + html_of(post.mails[kind])
    for leftover in ("PERSONAL-LINK", "{{", "}}", "%(", "None", "{%", "Undefined"):
        assert leftover not in whole


@pytest.mark.parametrize("kind", KINDS)
def test_html_names_its_language_and_direction_and_loads_nothing(post: Post, locale: str, kind: str) -> None:
    page = BeautifulSoup(html_of(post.mails[kind]), "html.parser")
    assert page.html is not None
    assert (page.html["lang"], page.html["dir"]) == (locale, "ltr")
    assert page.select("img, script, link, iframe, object, form, video") == []
    assert "url(" not in html_of(post.mails[kind])
    assert all(str(a["href"]).startswith("https://reihe.example") for a in page.select("a"))


@pytest.mark.parametrize("kind", KINDS)
def test_html_is_small_and_made_of_tables_for_outlook(post: Post, kind: str) -> None:
    html = html_of(post.mails[kind])
    assert len(html.encode()) < 30_000, "Gmail cuts a mail off at 102 KB"
    page = BeautifulSoup(html, "html.parser")
    assert page.select("table[role=presentation]")
    assert not re.search(r"display:\s*(flex|grid)|float:|position:|padding-(left|right)|margin-(left|right)", html)
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize("kind", KINDS)
def test_what_outlook_reads_stands_in_attributes_and_inline(post: Post, kind: str) -> None:
    page = BeautifulSoup(html_of(post.mails[kind]), "html.parser")
    tables = page.select("table")
    assert all(table.get("role") == "presentation" and table.get("cellpadding") == "0" for table in tables)
    assert [table.get("dir") for table in tables][:2] == ["ltr", "ltr"]
    coloured = [cell for cell in page.select("table, td") if "background:" in str(cell.get("style", ""))]
    assert all(f"background:{cell['bgcolor']}" in str(cell["style"]) for cell in coloured)
    assert all("font-family:" in str(text.get("style", "")) for text in page.select("p, h1, a.button-label"))
    assert all(str(link["href"]).startswith("https://") for link in page.select("a"))
    assert len(page.select("div")) == 1, "the preview alone, which is hidden"


def test_a_mail_to_readers_from_right_to_left_runs_so_throughout() -> None:
    settings = settings_for("sqlite://", locales=("de", "ar"))
    letter = Letter(
        subject="مرحبا",
        preview="",
        heading="مرحبا",
        greeting="مرحبا",
        paragraphs=("أهلا وسهلا",),
        button=Linked("صفحتي", "https://reihe.example/my"),
    )
    page = BeautifulSoup(compose_letter(letter, Reader.of("ar", settings), settings).html, "html.parser")
    assert [str(tag["dir"]) for tag in page.select("html, body, table")[:4]] == ["rtl"] * 4
    assert "left" not in str(page.body)
    assert "right" not in str(page.body)


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_name_the_same_links(post: Post, kind: str) -> None:
    in_text = set(re.findall(r"https://[^\s]+[^\s.]", text_of(post.mails[kind])))
    page = BeautifulSoup(html_of(post.mails[kind]), "html.parser")
    assert {str(a["href"]) for a in page.select("a")} <= in_text


METHODS = {
    "declined_in_calendar": None,
    "news": None,
    "reminder": None,
    "follow_up": None,
    "party": None,
    "enrolled": None,
    "enrolment_completed": None,
    "enrolment_cancelled": None,
    "confirmed": "REQUEST",
    "promoted": "REQUEST",
    "invitation": "REQUEST",
    "event_changed": "REQUEST",
    "cancelled": "CANCEL",
    "event_cancelled": "CANCEL",
    "invitation_cancelled": "CANCEL",
    "waitlisted": None,
    "offered": None,
    "accepted": "REQUEST",
    "declined": None,
    "lapsed": None,
    "pending": None,
    "link": None,
    "from_organisers": None,
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_mails_carry_an_invitation(post: Post, kind: str) -> None:
    methods = [part.get_param("method") for part in calendars_of(post.mails[kind])]
    assert methods == ([METHODS[kind]] if METHODS[kind] else [])


def test_a_mail_names_place_way_in_and_series(post: Post, locale: str) -> None:
    said = text_of(post.mails["confirmed"])
    assert "Haus der Vielfalt, Saal 2\nKortumstraße 106\n44787 Bochum\n" in said
    assert in_language(("Zugang: Stufenloser Zugang über den Hof.", "Getting in: Step-free access"), locale) in said
    assert (
        in_language(("Fortbildungsreihe: Grundlagen · Modul 2", "Training series: foundations · Module 2"), locale)
        in said
    )


def test_a_change_says_what_was_and_what_is(post: Post, locale: str) -> None:
    said = text_of(post.mails["event_changed"])
    before, now = in_language(("bisher:", "before:"), locale), in_language(("jetzt:", "now:"), locale)
    assert f"  {before} Haus der Vielfalt, Saal 2, Kortumstraße 106, 44787 Bochum\n" in said
    assert f"  {now} Haus der Vielfalt, Großer Saal, Kortumstraße 106, 44787 Bochum\n" in said


def test_a_seat_that_is_handed_over_has_letters_of_its_own(sqlite_office: Office) -> None:
    event, giver = an_event(), Someone("Alice", "", "alice@verein.example", "en")
    taker = Someone("Bob", "", "bob@verein.example", "en")
    sqlite_office.publish(event)
    sqlite_office.confirm(giver, event)
    cancelled = {"state": "cancelled", "previous_state": "confirmed", "reason": "transferred"}
    sqlite_office.tell(RegistrationCancelledV1, giver, event, **cancelled)
    taken = {"state": "confirmed", "previous_state": None, "reason": "transferred"}
    sqlite_office.tell(RegistrationConfirmedV1, taker, event, **taken)
    given_away, taken_over = sqlite_office.mails(giver)[-1], sqlite_office.mails(taker)[-1]
    assert (given_away.calendar_method, taken_over.calendar_method) == ("CANCEL", "REQUEST")
    assert "You have given your seat to a colleague." in given_away.text
    assert "A colleague has given you their seat" in taken_over.text
    assert sqlite_office.invitations(giver)[0].id != sqlite_office.invitations(taker)[0].id


# --- what depends on the event or the person --------------------------------


def last_text(office: Office, kind: str) -> str:
    return office.mails(kind=kind)[-1].text


def test_content_in_another_language_than_the_mail_is_marked(sqlite_office: Office) -> None:
    event = an_event(title={"de": "Vereinsrecht"})
    sqlite_office.publish(event)
    sqlite_office.wait(Someone("Alice", "", "alice@verein.example", "en"), event)
    (mail,) = sqlite_office.mails()
    assert '<span lang="de">Vereinsrecht</span>' in mail.html


def test_foreign_words_run_their_own_way_on_the_readers_side_of_the_mail(sqlite_office: Office) -> None:
    """A paragraph that finds its direction by itself would stand on the other side of an Arabic mail than its label."""
    event, person = an_event(), Someone("Amira", "Yılmaz", "amira@verein.example", "ar")
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    sqlite_office.change(event, venue={**VENUE, "room": "Großer Saal"})
    for mail in sqlite_office.send(person):
        page = BeautifulSoup(html_of(mail), "html.parser")
        assert page.select("p[dir]") == []
        alone = [part.get_text() for part in page.select('span[dir="auto"], del[dir="auto"]')]
        for words in ("Vereinsrecht für Einsteiger*innen", "Kortumstraße 106", "Stufenloser Zugang über den Hof."):
            assert words in alone
    assert "Haus der Vielfalt, Großer Saal, Kortumstraße 106, 44787 Bochum" in alone


def test_markup_in_names_and_titles_stays_text(sqlite_office: Office) -> None:
    event = an_event(title={"en": "<b>Law</b> & {{ 7 * 7 }} %(name)s"})
    sqlite_office.publish(event)
    sqlite_office.wait(Someone("<i>Alice</i>", "{% raw %}", "alice@verein.example"), event)
    (mail,) = sqlite_office.mails()
    assert "<b>Law</b> & {{ 7 * 7 }} %(name)s" in mail.text
    assert "&lt;b&gt;Law&lt;/b&gt; &amp; {{ 7 * 7 }} %(name)s" in mail.html
    assert "Hello <i>Alice</i> {% raw %}," in mail.text
    assert "<i>Alice</i>" not in mail.html


def test_an_unknown_language_is_met_with_the_installations_first(sqlite_office: Office) -> None:
    event = an_event()
    sqlite_office.publish(event)
    sqlite_office.wait(Someone("Alice", "", "alice@verein.example", "xx"), event)
    assert sqlite_office.mails()[0].locale == "de"


def test_a_cancellation_by_the_organiser_says_so(sqlite_office: Office) -> None:
    event, person = an_event(), Someone("Alice", "", "alice@verein.example")
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    sqlite_office.give_up(person, event, actor="organiser")
    assert "The organiser has cancelled your registration" in last_text(sqlite_office, "cancelled")


def test_where_seats_are_offered_nobody_is_promised_one_by_itself(sqlite_office: Office) -> None:
    event = an_event(waitlist=a_waitlist(policy="offer"))
    sqlite_office.publish(event)
    sqlite_office.wait(Someone("Alice", "", "alice@verein.example"), event)
    assert "we offer it to the next in line" in last_text(sqlite_office, "waitlisted")


def test_an_address_that_nobody_confirmed_is_told_of_what_became_of_the_seat(sqlite_office: Office) -> None:
    event, person = an_event(), Someone("Alice", "", "alice@verein.example")
    sqlite_office.publish(event)
    sqlite_office.hold(person, event, until=DEADLINE)
    sqlite_office.lapse(person, event, previous="pending")
    said = last_text(sqlite_office, "lapsed")
    assert "Your address was not confirmed in time" in said
    assert f"https://reihe.example/register/events/{event['slug']}" in said


def test_a_deadline_is_told_by_the_clocks_of_the_events_place(sqlite_office: Office) -> None:
    event = an_event(sessions=[{**a_session(10, month=3), "time_zone": "Europe/Lisbon"}])
    sqlite_office.publish(event)
    sqlite_office.offer(Someone("Alice", "", "alice@verein.example"), event, until=DEADLINE)
    said = last_text(sqlite_office, "offered")
    assert "until Sunday, 14 February 2027, 17:00 (Western European Standard Time)." in said


def test_a_seat_that_an_organiser_gives_instead_of_an_answer_is_no_acceptance(sqlite_office: Office) -> None:
    event, person = an_event(), Someone("Alice", "", "alice@verein.example")
    sqlite_office.publish(event)
    sqlite_office.offer(person, event, until=DEADLINE)
    sqlite_office.confirm(person, event, previous="offered", actor="organiser")
    assert sqlite_office.kinds(person) == ["offered", "promoted"]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("offered", "The offer stays as it is."),
        ("pending", "Please still confirm your address."),
        ("waitlisted", "You keep your place in the queue."),
    ],
)
def test_a_change_is_told_by_where_its_reader_stands(sqlite_office: Office, state: str, sentence: str) -> None:
    event, person = an_event(), Someone("Alice", "", "alice@verein.example")
    sqlite_office.publish(event)
    schema = REGISTRY[f"registration.{state}.v1"]
    sqlite_office.tell(schema, person, event, state=state, deadline=DEADLINE)
    sqlite_office.change(event, venue={**VENUE, "room": "Großer Saal"})
    assert sentence in last_text(sqlite_office, "event_changed")


def test_times_in_another_zone_than_the_installations_name_it(sqlite_office: Office) -> None:
    session = {**a_session(10, month=2), "time_zone": "Europe/Lisbon"}
    event = an_event(sessions=[session])
    sqlite_office.publish(event)
    sqlite_office.wait(Someone("Alice", "", "alice@verein.example"), event)
    assert "08:00–14:00 (Western European Standard Time)" in last_text(sqlite_office, "waitlisted")


def test_a_session_over_midnight_names_both_days(sqlite_office: Office) -> None:
    session = a_session(28, hour=20)
    event = an_event(sessions=[session])
    sqlite_office.publish(event)
    sqlite_office.wait(Someone("Alice", "", "alice@verein.example", "de"), event)
    assert "Sonntag, 28. März 2027, 22:00 – Montag, 29. März 2027, 04:00" in last_text(sqlite_office, "waitlisted")


def test_a_change_tells_of_sessions_that_move_come_and_go(sqlite_office: Office) -> None:
    first, second = a_session(28), a_session(29)
    event = an_event(sessions=[first, second])
    sqlite_office.publish(event)
    sqlite_office.wait(Someone("Alice", "", "alice@verein.example", "de"), event)
    later = {**first, "starts_at": first["starts_at"] + timedelta(hours=1)}
    sqlite_office.change(event, sessions=[later, {**second, "cancelled": True}, a_session(30)])
    said = last_text(sqlite_office, "event_changed")
    assert "Wann\n  bisher: Sonntag, 28. März 2027, 10:00–16:00\n  jetzt: Sonntag, 28. März 2027, 11:00–16:00\n" in said
    assert "Termin\n  bisher: Montag, 29. März 2027, 10:00–16:00\n  jetzt: findet nicht statt\n" in said
    assert "Neuer Termin\n  jetzt: Dienstag, 30. März 2027, 10:00–16:00\n" in said


def test_a_cancelled_event_names_its_times_even_if_each_session_is_marked_as_cancelled(sqlite_office: Office) -> None:
    person, event = Someone("Alice", "", "alice@verein.example", "de"), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    sqlite_office.cancel({**event, "sessions": [{**session, "cancelled": True} for session in event["sessions"]]})
    assert "Sonntag, 28. März 2027, 10:00–16:00 (abgesagt)" in last_text(sqlite_office, "event_cancelled")


def test_sessions_at_several_places_name_each_beside_its_date(sqlite_office: Office) -> None:
    elsewhere = {**VENUE, "name": "Rathaus", "room": "", "accessibility": {"de": "Aufzug am Hof."}}
    event = an_event(sessions=[a_session(28), {**a_session(29), "venue": elsewhere}])
    sqlite_office.publish(event)
    sqlite_office.confirm(Someone("Alice", "", "alice@verein.example", "de"), event)
    said = last_text(sqlite_office, "confirmed")
    assert "Montag, 29. März 2027, 10:00–16:00, Rathaus, Kortumstraße 106, 44787 Bochum\n" in said
    assert "Rathaus\nZugang: Aufzug am Hof.\n" in said


def test_a_session_that_is_moved_elsewhere_is_told_with_its_date(sqlite_office: Office) -> None:
    first, second = a_session(28), a_session(29)
    event = an_event(sessions=[first, second])
    sqlite_office.publish(event)
    sqlite_office.confirm(Someone("Alice", "", "alice@verein.example", "de"), event)
    moved = {**second, "venue": {**VENUE, "name": "Rathaus", "room": ""}}
    sqlite_office.change(event, sessions=[first, moved])
    said = last_text(sqlite_office, "event_changed")
    assert "Wo am Montag, 29. März 2027, 10:00–16:00\n" in said
    assert "  jetzt: Rathaus, Kortumstraße 106, 44787 Bochum\n" in said
    assert said.count("bisher:") == 1


def test_an_event_that_goes_online_says_where_now(sqlite_office: Office) -> None:
    person, event = Someone("Alice", "", "alice@verein.example", "de"), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    online = [{**event["sessions"][0], "meeting_url": "https://treffen.example/raum"}]
    sqlite_office.change(event, venue=None, format="online", sessions=online)
    said = last_text(sqlite_office, "event_changed")
    assert "Wo\n  bisher: Haus der Vielfalt, Saal 2, Kortumstraße 106, 44787 Bochum\n  jetzt: Online\n" in said
    assert "Link zur Online-Teilnahme\n  jetzt: https://treffen.example/raum\n" in said


def test_a_change_of_what_is_over_is_told_to_nobody(sqlite_office: Office) -> None:
    event = an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(Someone("Alice", "", "alice@verein.example"), event)
    sqlite_office.clock.turn(days=100)
    sqlite_office.change(event, title={"en": "Another title"}, venue={**VENUE, "room": "Keller"})
    assert sqlite_office.kinds() == ["confirmed"]


def test_the_installations_colour_and_lines_stand_in_the_mail(sqlite_office: Office, clock: TurnableClock) -> None:
    url = sqlite_office.settings.database_url
    settings = settings_for(url, accent="#7a1f5c", funder_line="Gefördert vom Land")
    office = Office(compose(settings, clock=clock), clock)
    event = an_event()
    office.publish(event)
    office.wait(Someone("Alice", "", "alice@verein.example"), event)
    (mail,) = office.mails()
    office.core.close()
    assert 'bgcolor="#7a1f5c"' in mail.html
    for body in (mail.html, mail.text):
        assert "Gefördert vom Land" in body
        assert "Der Paritätische NRW" in body
