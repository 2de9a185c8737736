"""Browsers of the tests of certificates' pages: signed in as Dora with some roles, or as nobody."""

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from shared.database import new_id
from shared.staff import Staff
from shared.web import csrf
from shared.web.sign_in import write_cookie
from tests.notifications.parts import Office


def signed_in(app: Flask, office: Office, *roles: str) -> FlaskClient:
    """A browser with the cookie that catalogue would have written for somebody with these roles."""
    account_id = office.employ("Dora", *roles)
    client = app.test_client()
    with app.test_request_context():
        response = app.response_class()
        write_cookie(response, Staff(account_id, "Dora", "", frozenset(roles), epoch=1), new_id(), office.clock())
    client.set_cookie("reihe_staff", response.headers["Set-Cookie"].split(";")[0].split("=", 1)[1])
    return client


def page_of(client: FlaskClient, path: str, *, status: int = 200) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def words(part: BeautifulSoup | Tag) -> str:
    return " ".join(part.get_text(" ").split())


def csrf_token(client: FlaskClient, path: str) -> str:
    """That of the form on a page."""
    field = page_of(client, path).select_one(f'input[name="{csrf.FIELD}"]')
    assert field is not None
    return str(field["value"])
