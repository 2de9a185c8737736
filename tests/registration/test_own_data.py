"""A person takes away what registration keeps of them: all of it, nothing of others, by their own link alone."""

import io
import json
import zipfile
from typing import Any

import pytest
from bs4 import BeautifulSoup

from services.registration.notes import write_note
from shared.database import new_id
from tests.registration.browser import Browser
from tests.registration.front import LINK_KEY, Front
from tests.registration.parts import ORGANISER
from tests.registration.scenes import Scenes
from tests.registration.test_consents import agree, ask
from tests.registration.test_retention import attend


def taken(front: Front, token: str) -> zipfile.ZipFile:
    answer = front.flask.test_client().get(f"/my/{token}/data/registration.zip")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return zipfile.ZipFile(io.BytesIO(answer.get_data()))


def rows(archive: zipfile.ZipFile) -> Any:
    return json.loads(archive.read("data.json"))


def test_it_holds_answers_files_needs_notes_consents_and_attendance(front: Front) -> None:
    scenes = Scenes(front)
    registration = scenes.answered()
    kept = front.house.registration(registration)
    agree(front.house, kept.person, ask(front.house))
    with front.core.database.unit_of_work(front.house.clock()) as uow:
        write_note(uow, kept, ORGANISER.account_id or new_id(), "Rang up.")
        uow.commit()
    attend(front.house, kept.event_id, registration)
    archive = taken(front, front.token_of(registration))
    found = rows(archive)
    assert [row["email"] for row in found["people"]] == [kept.email]
    assert [row["text"] for row in found["notes"]] == ["Rang up."]
    assert [row["version"] for row in found["consents"]] == [1]
    assert found["needs"][0]["needs"]
    assert "sealed" not in found["needs"][0]
    assert len(found["attendance"]) == 1
    assert all(row["asked"] for row in found["answers"])
    (file,) = found["answer_files"]
    assert archive.read(file["file"]).startswith(b"%PDF")
    page = BeautifulSoup(archive.read("data.html"), "html.parser")
    assert "Rang up." in page.get_text()
    assert [link["href"] for link in page.select("a")] == [file["file"]]


def test_it_holds_nothing_of_others_and_no_staff(front: Front) -> None:
    event = front.house.event(capacity=1)
    ana = front.house.register(event, "Ana Novak").registration_id
    front.house.register(event, "Bo Berg")
    front.house.cancel(ana, ORGANISER, "asked by phone")
    text = taken(front, front.token_of(ana)).read("data.json").decode()
    assert "asked by phone" in text
    assert "Berg" not in text
    assert str(ORGANISER.account_id) not in text
    assert LINK_KEY[0] not in text


def test_a_name_with_markup_stays_words_on_the_page(front: Front) -> None:
    ana = front.house.register(front.house.event(), "<script>x</script> Novak", email="ana@example.org")
    page = taken(front, front.token_of(ana.registration_id)).read("data.html").decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("token", ["x", "AQ"])
def test_another_link_opens_nothing(front: Front, token: str) -> None:
    assert front.flask.test_client().get(f"/my/{token}/data/registration.zip").status_code == 404


def test_the_page_leads_to_both_files(front: Front) -> None:
    token = front.token_of(front.house.register(front.house.event(), locale="en").registration_id)
    links = [str(link["href"]) for link in Browser(front).open(f"/my/{token}/data").soup.select("main a[download]")]
    assert links == [f"/my/{token}/data/registration.zip", f"/my/{token}/mails/data.zip"]
