"""Whatever catalogue's routes change, the audit log says; and who took the log away."""

from collections.abc import Callable
from typing import Any

import pyotp
import pytest

from services.catalogue import accounts, app
from services.catalogue.web.audit import WORDS
from tests.audited import Write, changing_routes, check_written, file_routes, unlisted
from tests.catalogue.browser import Browser, Page
from tests.catalogue.parts import EVENT, REASON, Catalogue
from tests.catalogue.test_organise_accounts import DORA
from tests.catalogue.test_organise_writing import FILLED

API = "/api/catalogue/v1"
ACCOUNT = "/organise/accounts/<uuid:account_id>"
EVENT_PAGE = "/organise/events/<uuid:event_id>"
SERIES_PAGE = "/organise/series/<uuid:series_id>"
PASSWORD = "a long enough password"
OWN = "/organise/account"
LATER = {"starts_on": "2027-11-07"}

W = Write[Catalogue]
"""Staff is employed before a call."""


def by_api(route: str, action: str, path: Callable[[Catalogue], str], body: Any = None) -> W:
    method, rule = route.split(" ")

    def call(c: Catalogue) -> Any:
        return c.client().open(API + path(c), method=method, json=body or {}, headers=c.as_("alice"))

    return W(f"{method} {API}{rule}", action, call)


def on_page(
    rule: str, action: str, path: Callable[[Catalogue], str], form: str = "main form", by: str = "alice", **fields: str
) -> W:
    """A form that is opened at the path and sent with these fields."""

    def call(c: Catalogue) -> Page:
        browser = Browser(c, by)
        return browser.send(browser.open(path(c)), form, **fields)

    return W(f"POST {rule}", action, call)


def _event(c: Catalogue) -> str:
    return f"/events/{c.event().id}"


def _published(c: Catalogue) -> str:
    return f"/events/{c.published_event().id}"


def _pending(c: Catalogue) -> str:
    return f"/events/{c.change(c.published_event().id, capacity=30).id}"


def _series(c: Catalogue) -> str:
    return f"/series/{c.series().id}"


def _published_series(c: Catalogue) -> str:
    return f"/series/{c.published_series().id}"


def _series_with_event(c: Catalogue) -> str:
    series = c.series()
    c.event(series_id=str(series.id), module_number=1)
    return f"/series/{series.id}"


def room(made: Callable[[Catalogue], str], rest: str = "") -> Callable[[Catalogue], str]:
    return lambda c: f"/organise{made(c)}{rest}"


def _account(c: Catalogue) -> str:
    with c.database.read() as session:
        found = accounts.account_by_email(session, "bob@example.org")
    assert found is not None
    return f"/organise/accounts/{found.id}"


def _locked(c: Catalogue) -> str:
    path = _account(c)
    browser = Browser(c, "adam")
    browser.send(browser.open(path), "form[action$='/lock']")
    return path


def of_account(act: str, action: str, made: Callable[[Catalogue], str], rule: str = "", **fields: str) -> W:
    """A form of the account's page."""
    return on_page(f"{ACCOUNT}/{rule or act}", action, made, f"form[action$='/{act}']", "adam", **fields)


def _signed_in(c: Catalogue) -> tuple[Browser, Page]:
    browser = Browser(c, "adam")
    browser.send(browser.open("/organise/accounts/new"), **DORA)
    dora = Browser(c)
    return dora, dora.send(dora.open("/login"), email=DORA["email"], password=DORA["password"])


def _signed_out(c: Catalogue) -> Page:
    dora, _answer = _signed_in(c)
    return dora.send(dora.open("/organise"), ".sign-out")


def _other_ended(c: Catalogue) -> Page:
    dora, _answer = _signed_in(c)
    other = Browser(c)
    other.send(other.open("/login"), email=DORA["email"], password=DORA["password"])
    return dora.send(dora.open(OWN), "form[action$='/end']")


def _with_second_factor(c: Catalogue) -> tuple[Browser, Page, str]:
    dora, _answer = _signed_in(c)
    page = dora.open(f"{OWN}/second-factor")
    secret = page.one("#secret").get_text()
    code = pyotp.TOTP(secret).at(c.clock())
    shown = dora.send(page, "form[action$='/second-factor']", code=code, present_password=PASSWORD)
    dora.open(dora.open(OWN).location)
    return dora, shown, secret


def _own_form(act: str, *, second_factor: bool = False, **fields: str) -> Callable[[Catalogue], Page]:
    """A form of the page about one's own account."""

    def call(c: Catalogue) -> Page:
        dora = _with_second_factor(c)[0] if second_factor else _signed_in(c)[0]
        return dora.send(dora.open(OWN), f"form[action$='/{act}']", **fields)

    return call


def _with_code(c: Catalogue) -> Page:
    _dora, _shown, secret = _with_second_factor(c)
    browser = Browser(c)
    browser.send(browser.open("/login"), email=DORA["email"], password=DORA["password"])
    c.clock.turn(seconds=30)
    return browser.send(browser.open("/login/code"), code=pyotp.TOTP(secret).at(c.clock()))


def _removed_by_administrator(c: Catalogue) -> Page:
    _with_second_factor(c)
    adam = Browser(c, "adam")
    with c.database.read() as session:
        account = accounts.account_by_email(session, DORA["email"])
    assert account is not None
    return adam.send(adam.open(f"/organise/accounts/{account.id}"), "form[action$='/second-factor/remove']")


def _asked(c: Catalogue) -> Page:
    browser = Browser(c, "alice")
    page = browser.open(f"/organise{_event(c)}/questions")
    row = browser.send(page, "#questions-form", ("add", "questions"))
    return browser.send(row, "#questions-form", questions__0__label__de="Was essen Sie?")


def _exported(ending: str) -> W:
    path = f"/organise/audit/export.{ending}"
    return W(f"GET {path}", "log.exported", lambda c: Browser(c, "bob").open(path))


WRITES = [
    by_api("POST /series", "series.created", lambda _c: "/series", {"title": {"de": "Grundlagen"}}),
    by_api("PATCH /series/<uuid:series_id>", "series.changed", _series, {"title": {"de": "Neu"}}),
    by_api("POST /series/<uuid:series_id>/publish", "series.published", lambda c: _series(c) + "/publish"),
    by_api(
        "POST /series/<uuid:series_id>/cancel",
        "series.cancelled",
        lambda c: _published_series(c) + "/cancel",
        {"reason": REASON},
    ),
    by_api("POST /series/<uuid:series_id>/copy", "series.created", lambda c: _series_with_event(c) + "/copy", LATER),
    by_api("POST /events", "event.created", lambda _c: "/events", EVENT),
    by_api("PATCH /events/<uuid:event_id>", "event.changed", _event, {"capacity": 3}),
    by_api("POST /events/<uuid:event_id>/publish", "event.published", lambda c: _event(c) + "/publish"),
    by_api(
        "POST /events/<uuid:event_id>/cancel",
        "event.cancelled",
        lambda c: _published(c) + "/cancel",
        {"reason": REASON},
    ),
    by_api("POST /events/<uuid:event_id>/copy", "event.created", lambda c: _event(c) + "/copy", LATER),
    on_page("/organise/events/new", "event.created", lambda _c: "/organise/events/new", **FILLED),
    on_page(f"{EVENT_PAGE}/edit", "event.changed", room(_event, "/edit"), capacity="3"),
    W(f"POST {EVENT_PAGE}/questions", "event.changed", _asked),
    on_page(f"{EVENT_PAGE}/publish", "event.published", room(_event), "form[action$='/publish']"),
    on_page(f"{EVENT_PAGE}/discard", "event.revision_dropped", room(_pending), "form[action$='/discard']"),
    on_page(f"{EVENT_PAGE}/cancel", "event.cancelled", room(_published, "/cancel"), reason__de="Krank"),
    on_page(f"{EVENT_PAGE}/copy", "event.created", room(_event, "/copy"), **LATER),
    on_page("/organise/series/new", "series.created", lambda _c: "/organise/series/new", title__de="Grundlagen"),
    on_page(f"{SERIES_PAGE}/edit", "series.changed", room(_series, "/edit"), title__de="Neu"),
    on_page(f"{SERIES_PAGE}/publish", "series.published", room(_series), "form[action$='/publish']"),
    on_page(f"{SERIES_PAGE}/cancel", "series.cancelled", room(_published_series, "/cancel"), reason__de="Krank"),
    on_page(f"{SERIES_PAGE}/copy", "series.created", room(_series_with_event, "/copy"), **LATER),
    on_page("/organise/accounts/new", "account.added", lambda _c: "/organise/accounts/new", by="adam", **DORA),
    of_account("roles", "account.roles_set", _account, roles="door"),
    of_account("password", "account.password_set", _account, password=PASSWORD),
    of_account("lock", "account.locked", _account),
    of_account("unlock", "account.unlocked", _locked),
    of_account("tokens", "account.token_added", _account, token_name="website"),
    of_account("revoke", "account.token_revoked", _account, "tokens/<uuid:token_id>/revoke"),
    W(f"POST {ACCOUNT}/second-factor/remove", "account.second_factor_removed", _removed_by_administrator),
    W(
        f"POST {OWN}/password",
        "account.password_set",
        _own_form("password", present_password=PASSWORD, password=PASSWORD),
    ),
    W(f"POST {OWN}/sign-ins/<uuid:sign_in_id>/end", "account.sign_in_ended", _other_ended),
    W(f"POST {OWN}/second-factor", "account.second_factor_set", lambda c: _with_second_factor(c)[1]),
    W(f"POST {OWN}/second-factor/codes", "account.recovery_codes_renewed", _own_form("codes", second_factor=True)),
    W(
        f"POST {OWN}/second-factor/remove",
        "account.second_factor_removed",
        _own_form("remove", second_factor=True, password_for_removal=PASSWORD),
    ),
    W("POST /login/code", "account.signed_in", _with_code),
    on_page(
        "/organise/calendar/renew",
        "account.calendar_renewed",
        lambda _c: "/organise/calendar",
        "form[action$='/renew']",
    ),
    W("POST /login", "account.signed_in", lambda c: _signed_in(c)[1]),
    W("POST /logout", "account.signed_out", _signed_out),
]
WITHOUT_A_ROW = {
    "POST /login/renew": "leads a form back to where it was sent, with a new short cookie for one who has signed in",
}
TAKEN = [_exported("csv"), _exported("xlsx")]


def _id(write: W) -> str:
    return f"{write.route} {write.act}"


@pytest.mark.parametrize("write", [*WRITES, *TAKEN], ids=_id)
def test_what_changes_something_or_takes_the_log_away_stands_in_the_log(catalogue: Catalogue, write: W) -> None:
    catalogue.employ()
    check_written(app.create_app(catalogue.core), catalogue.database, WORDS, write, catalogue)


def test_every_changing_route_is_held_against_the_log(catalogue: Catalogue) -> None:
    assert unlisted(changing_routes(app.create_app(catalogue.core)), WRITES, WITHOUT_A_ROW) == set()


def test_every_file_is_held_against_the_log(catalogue: Catalogue) -> None:
    assert unlisted(file_routes(app.create_app(catalogue.core)), TAKEN, {}) == set()
