"""The organisers' pages about the directory of organisations."""

from uuid import UUID

import pytest

from services.registration import directory
from services.registration.directory import Draft
from services.registration.models import Organisation, Standing
from shared.audit import ENGINE
from shared.database import new_id
from tests.registration.browser import Browser
from tests.registration.front import Front

URL = "/organise/organisations"
SAVE = f"form[action^='{URL}'][method=post]"


@pytest.fixture
def alice(front: Front) -> Browser:
    return Browser(front, "alice")


def add(
    front: Front, name: str, state: Standing = Standing.LISTED, municipality: str = "", member: bool = False
) -> UUID:
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        made = directory.add(uow, Draft(name, municipality, member), ENGINE, state)
        uow.commit()
    return made.id


def entry(front: Front, organisation_id: UUID) -> Organisation:
    with front.core.database.read() as session:
        return directory.entry(session, organisation_id)


def every_page(organisation_id: UUID) -> list[str]:
    return [
        URL,
        f"{URL}/{organisation_id}",
        f"{URL}/spellings",
        f"{URL}/new",
        f"{URL}/{organisation_id}/merge",
        f"{URL}/spellings/assign?spelling=Pont",
    ]


def test_organisers_open_every_page(front: Front) -> None:
    pages = every_page(add(front, "Brücke"))
    for name in ("alice", "adam"):
        assert [Browser(front, name).open(path).status for path in pages] == [200] * 6


def test_auditors_look_and_get_no_form(front: Front) -> None:
    audrey = Browser(front, "audrey")
    pages = [audrey.open(path) for path in every_page(add(front, "Brücke"))]
    assert [page.status for page in pages] == [200, 200, 200, 403, 403, 403]
    assert not any(page.soup.select("main form[method=post]") for page in pages)


@pytest.mark.parametrize("name", ["bob", "charlie"])
def test_whoever_does_not_organise_sees_nothing(front: Front, name: str) -> None:
    browser = Browser(front, name)
    assert {browser.open(path).status for path in every_page(add(front, "Brücke"))} == {403}


def test_only_organisers_change_anything(front: Front) -> None:
    organisation_id = add(front, "Brücke")
    for name in ("audrey", "bob", "charlie"):
        browser = Browser(front, name)
        token = {"csrf_token": browser.open("/my").value("csrf_token")}
        for path in ("new", str(organisation_id), f"{organisation_id}/merge", "spellings/assign"):
            assert browser.post(f"{URL}/{path}", token).status == 403, (name, path)


def test_the_list_shows_what_counts_for_whom(front: Front, alice: Browser) -> None:
    add(front, "Brücke e. V.", municipality="Bonn", member=True)
    add(front, "Pont", Standing.PROPOSED)
    event = front.house.event()
    front.house.register(event, organisation="Bruecke")
    assert alice.open(URL).all("tbody tr") == ["Brücke e. V. Bonn yes 1", "Pont Proposed no 0"]


@pytest.mark.parametrize(
    ("query", "names"),
    [("q=bruecke", ["Brücke"]), ("q=brucce", ["Brücke"]), ("state=proposed", ["Pont Proposed"]), ("member=true", [])],
)
def test_the_list_is_searched_and_filtered(front: Front, alice: Browser, query: str, names: list[str]) -> None:
    add(front, "Brücke")
    add(front, "Pont", Standing.PROPOSED)
    assert alice.open(f"{URL}?{query}").all("tbody th") == names


def test_a_filter_that_does_not_exist_is_refused(alice: Browser) -> None:
    assert alice.open(f"{URL}?state=merged").status == 422


def test_an_entry_is_made(front: Front, alice: Browser) -> None:
    event = front.house.event()
    registration = front.house.register(event, organisation="Pont").registration_id
    page = alice.send(
        alice.open(f"{URL}/new"), SAVE, name="Brücke e. V.", municipality="Bonn", member="yes", aliases="Pont\n\nMost"
    )
    assert page.status == 303
    made = entry(front, UUID(page.location.rpartition("/")[2]))
    assert (made.name, made.municipality, made.member, made.aliases) == ("Brücke e. V.", "Bonn", True, ["Pont", "Most"])
    assert front.house.registration(registration).organisation_id == made.id
    assert "One registration counts for it." in alice.open(page.location).words


def test_what_is_in_the_directory_already_is_refused_at_its_field(front: Front, alice: Browser) -> None:
    add(front, "Brücke")
    page = alice.send(alice.open(f"{URL}/new"), SAVE, name="bruecke", aliases="Pont")
    assert page.status == 422
    assert page.soup.select(".error-summary a[href='#field-name']")
    assert (page.value("name"), page.value("aliases")) == ("bruecke", "Pont")


def test_an_alias_that_is_too_long_is_refused_at_the_field_of_all(front: Front, alice: Browser) -> None:
    page = alice.send(alice.open(f"{URL}/new"), SAVE, name="Brücke", aliases="Pont\n" + "x" * 201)
    assert page.status == 422
    assert page.soup.select(".error-summary a[href='#field-aliases']")


def test_saving_a_proposed_entry_lists_it(front: Front, alice: Browser) -> None:
    organisation_id = add(front, "Pont", Standing.PROPOSED)
    page = alice.open(f"{URL}/{organisation_id}")
    assert "Nobody has looked at this entry yet." in page.words
    assert alice.send(page, SAVE, municipality="Bonn").status == 303
    changed = entry(front, organisation_id)
    assert (changed.state, changed.municipality) == ("listed", "Bonn")


def test_a_form_that_was_opened_before_another_change_is_refused(front: Front, alice: Browser) -> None:
    organisation_id = add(front, "Pont")
    page = alice.open(f"{URL}/{organisation_id}")
    assert alice.send(page, SAVE, municipality="Bonn").status == 303
    again = alice.send(page, SAVE, municipality="Köln")
    assert (again.status, again.value("municipality")) == (412, "Köln")
    assert entry(front, organisation_id).municipality == "Bonn"


def test_merging_is_looked_at_before_it_is_done(front: Front, alice: Browser) -> None:
    one, other = add(front, "Brücke Bonn"), add(front, "Brücke Bonn Süd")
    event = front.house.event()
    registration = front.house.register(event, organisation="Brücke Bonn Süd").registration_id
    choice = alice.open(f"{URL}/{other}/merge")
    assert choice.all("main .choice label") == ["Brücke Bonn"]
    preview = alice.open(f"{URL}/{other}/merge?into={one}")
    assert "Registrations that move 1" in preview.words
    assert entry(front, other).state == "listed"
    assert alice.send(preview, SAVE).location == f"{URL}/{one}?merged=1"
    assert "The entries are merged." in alice.open(f"{URL}/{one}?merged=1").words
    assert front.house.registration(registration).organisation_id == one
    assert alice.open(f"{URL}/{other}").location == f"{URL}/{one}"


def test_an_entry_that_was_merged_meanwhile_cannot_be_merged_again(front: Front, alice: Browser) -> None:
    one, other = add(front, "Brücke"), add(front, "Pont")
    preview = alice.open(f"{URL}/{other}/merge?into={one}")
    assert alice.send(preview, SAVE).status == 303
    again = alice.send(preview, SAVE)
    assert again.status == 409
    assert "This entry was merged with another one." in again.errors()


def test_spellings_without_an_entry_stand_in_a_list(front_of_both: Front) -> None:
    front = front_of_both
    add(front, "Brücke")
    event = front.house.event()
    for organisation in ("Pont", "PONT e. V.", "Brücke", "Ämter & Co", ""):
        front.house.register(event, organisation=organisation)
    alice = Browser(front, "alice")
    page = alice.open(f"{URL}/spellings")
    assert [name.casefold()[:4] for name in page.all("tbody th")] == ["ämte", "pont"]
    assert page.all("tbody td.num") == ["1", "2"]
    assert "2 spellings that people wrote have no entry." in alice.open(URL).words


def test_a_spelling_is_assigned_to_an_entry(front: Front, alice: Browser) -> None:
    organisation_id = add(front, "Die Brücke")
    event = front.house.event()
    registration = front.house.register(event, organisation="Brükce").registration_id
    page = alice.open(f"{URL}/spellings/assign?spelling=Brükce&q=brücke")
    sent = alice.send(page, SAVE, organisation_id=str(organisation_id))
    assert sent.location == f"{URL}/spellings"
    assert front.house.registration(registration).organisation_id == organisation_id
    assert entry(front, organisation_id).aliases == ["Brükce"]
    assert "Every spelling has its entry" in alice.open(f"{URL}/spellings").words


def test_choosing_no_entry_is_refused_at_its_field(front: Front, alice: Browser) -> None:
    add(front, "Brücke")
    page = alice.send(alice.open(f"{URL}/spellings/assign?spelling=Brück"), SAVE)
    assert page.status == 422
    assert page.soup.select(".error-summary a[href='#field-organisation_id']")


def test_a_spelling_becomes_an_entry(front: Front, alice: Browser) -> None:
    event = front.house.event()
    registration = front.house.register(event, organisation="Café & Kultur").registration_id
    link = alice.open(f"{URL}/spellings").one(f"a[href^='{URL}/new']")
    page = alice.open(str(link["href"]))
    assert page.value("name") == "Café & Kultur"
    assert alice.send(page, SAVE).status == 303
    assert front.house.registration(registration).organisation_id is not None


def test_unknown_entries_are_not_found(alice: Browser) -> None:
    assert alice.open(f"{URL}/{new_id()}").status == 404
    assert alice.open(f"{URL}/{new_id()}/merge").status == 404
    assert alice.open(f"{URL}/spellings/assign").status == 422
