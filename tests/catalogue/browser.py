"""A browser without scripts: follows nothing by itself, fills in the forms it is shown, keeps its cookies."""

from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Response as FlaskResponse
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from services.catalogue import app
from services.catalogue.models import Account, Event, SeatCount
from shared.database import new_id
from shared.web.sign_in import COOKIE, write_cookie
from tests.catalogue.parts import Catalogue


@dataclass
class Page:
    """What came back."""

    response: TestResponse
    soup: BeautifulSoup = field(init=False)

    def __post_init__(self) -> None:
        is_text = (self.response.mimetype or "").startswith("text/")
        self.soup = BeautifulSoup(self.response.get_data(as_text=True) if is_text else "", "html.parser")
        self.response.close()

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def location(self) -> str:
        return self.response.headers.get("Location", "")

    @property
    def words(self) -> str:
        """All that can be read in the page's main part."""
        main = self.soup.select_one("main")
        assert main is not None, self.response.get_data(as_text=True)
        return said(main)

    def all(self, selector: str) -> list[str]:
        return [said(tag) for tag in self.soup.select(selector)]

    def part(self, heading: str) -> Tag:
        """The section below this heading."""
        titles = [title for title in self.soup.select("main h2") if said(title) == heading]
        assert len(titles) == 1, f"{len(titles)} × {heading}"
        section = titles[0].find_parent("section")
        assert isinstance(section, Tag)
        return section

    def all_in(self, heading: str, selector: str) -> list[str]:
        return [said(tag) for tag in self.part(heading).select(selector)]

    def one(self, selector: str) -> Tag:
        found = self.soup.select(selector)
        assert len(found) == 1, f"{len(found)} × {selector}"
        return found[0]

    def value(self, name: str) -> str:
        """What the field with this name holds."""
        return dict(fields_of(self.one(f"main form:has([name='{name}'])")))[name]

    def errors(self) -> list[str]:
        """The lines of the summary at the top."""
        return self.all(".error-summary li")


def count_seats(catalogue: Catalogue, event: Event, confirmed: int, waiting: int = 0) -> None:
    """As registration told last."""
    counts = {"capacity": event.capacity, "confirmed": confirmed, "waiting": waiting}
    with catalogue.work() as uow:
        count = SeatCount(event_id=event.id, counted_at=uow.now, **counts)
        uow.session.merge(count)


def said(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def fields_of(form: Tag) -> list[tuple[str, str]]:
    """What a browser would send if no button were pressed."""
    found: list[tuple[str, str]] = []
    for control in form.select("input[name], textarea[name], select[name]"):
        name = str(control["name"])
        if control.name == "textarea":
            # The parser keeps the line break that a browser drops behind the opening tag.
            found.append((name, control.get_text().removeprefix("\n")))
        elif control.name == "select":
            chosen = control.select_one("option[selected]") or control.select_one("option")
            found.append((name, str(chosen["value"]) if chosen else ""))
        elif control.get("type") not in ("checkbox", "radio") or control.has_attr("checked"):
            found.append((name, str(control.get("value", ""))))
    return found


class Browser:
    """One person's browser at the catalogue; ``name`` is signed in, and nobody is if it is empty."""

    def __init__(self, catalogue: Catalogue, name: str = "", language: str = "en") -> None:
        self.catalogue = catalogue
        self.app = app.create_app(catalogue.core)
        self.client = self.app.test_client()
        self.headers = {"Accept-Language": language}
        if name:
            self._sign_in(name)

    def _sign_in(self, name: str) -> None:
        with self.catalogue.database.read() as session:
            account = session.scalars(select(Account).where(Account.email == f"{name}@example.org")).one()
        answer = FlaskResponse()
        with self.app.app_context():
            write_cookie(answer, account.as_staff(), new_id(), self.catalogue.clock())
        value = answer.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
        self.client.set_cookie(COOKIE, value)

    def open(self, path: str, **headers: str) -> Page:
        return Page(self.client.get(path, headers={**self.headers, **headers}))

    def post(self, path: str, fields: Any = ()) -> Page:
        """As a foreign page could: without what the form holds."""
        return Page(self.client.post(path, data=MultiDict(fields), headers=self.headers))

    def send(self, page: Page, form: str = "main form", button: Any = None, **fields: str) -> Page:
        """Press a button of the form, after typing into some of its fields (``__`` in a name stands for a dot)."""
        shown = page.soup.select(form)[-1]
        typed = {name.replace("__", "."): value for name, value in fields.items()}
        kept = [(name, value) for name, value in fields_of(shown) if name not in typed]
        pressed = [button] if button else []
        action = str(shown.get("action") or page.response.request.path)
        return self.post(action, [*kept, *typed.items(), *pressed])
