"""The web base, through a small service of the tests' own."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, Response, send_file
from flask.testing import FlaskClient
from marshmallow import fields

from shared.config import Settings
from shared.database import Database, make_engine, new_id
from shared.errors import ConflictError
from shared.languages import text as _
from shared.staff import Staff, token_digest
from shared.testing import TurnableClock
from shared.web import api, csrf, schemas, sign_in
from shared.web.app import keep_private, make_app
from shared.web.assets import asset
from shared.web.service import Service, now

ALICE = Staff(UUID(int=1), "Alice", "alice@verband.example", frozenset({"organiser"}), epoch=2)
BOB = Staff(UUID(int=2), "Bob", "bob@verband.example", frozenset({"door"}))
TOKENS = {"alice-token": ALICE, "bob-token": BOB}
SETTINGS = Settings(base_url="https://reihe.example.org", secret_keys=("k" * 40,))


class Directory:
    def __init__(self) -> None:
        self.known = {ALICE.account_id: ALICE, BOB.account_id: BOB}

    def by_id(self, account_id: UUID) -> Staff | None:
        return self.known.get(account_id)

    def by_token_digest(self, digest: str) -> Staff | None:
        return next((staff for token, staff in TOKENS.items() if token_digest(token) == digest), None)

    def names(self) -> dict[UUID, str]:
        return {account_id: staff.name for account_id, staff in self.known.items()}


class TeaSchema(schemas.Schema):
    kind = schemas.Line(required=True)
    cups = fields.Integer(load_default=1)


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
def app(tmp_path: Path, clock: TurnableClock, directory: Directory) -> Iterator[Flask]:
    database = Database(make_engine(f"sqlite:///{tmp_path / 'web.db'}"))
    made = make_app(Service("catalogue", SETTINGS, database, directory, clock, tmp_path))
    add_api(made)
    add_pages(made)
    yield made
    database.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def add_api(app: Flask) -> None:
    bp = api.Blueprint("tea", __name__, url_prefix="/api/catalogue/v1")

    @bp.route("/tea", methods=["POST"])
    @bp.arguments(TeaSchema)
    @bp.response(201, TeaSchema)
    def brew(tea: dict[str, Any]) -> dict[str, Any]:
        if tea["kind"] == "cold":
            raise ConflictError("cold", _("The kettle is cold."))
        return tea

    @bp.route("/secret")
    @bp.staff("organiser")
    @bp.response(200)
    def secret() -> dict[str, str]:
        return {"recipe": "mint"}

    api.Api(app, "catalogue", "Tea").register_blueprint(bp)


def add_pages(app: Flask) -> None:
    @app.get("/page")
    def page() -> str:
        return "a page"

    @app.get("/mine")
    def mine() -> str:
        keep_private()
        return "private"

    @app.get("/mine.zip")
    def my_file() -> Response:
        keep_private()
        return send_file(io.BytesIO(b"private"), mimetype="application/zip")

    @app.get("/staff-only")
    @sign_in.requires("organiser")
    def staff_only() -> str:
        return "for organisers"

    @app.post("/form")
    def form() -> str:
        return "sent"

    @app.get("/form")
    def show_form() -> str:
        return str(csrf.field())

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("Olena Shevchenko's row is broken")

    @app.post("/sign-in-as-alice")
    def sign_in_as_alice() -> Any:
        response = app.make_response("welcome")
        sign_in.write_cookie(response, ALICE, new_id(), now())
        return response


def csrf_token(client: FlaskClient) -> str:
    found = re.search(r'value="([^"]+)"', client.get("/form", base_url=SETTINGS.base_url).text)
    assert found
    return found.group(1)


def signed_in(client: FlaskClient) -> FlaskClient:
    client.post("/sign-in-as-alice", data={"csrf_token": csrf_token(client)}, base_url=SETTINGS.base_url)
    return client


def get(client: FlaskClient, path: str, **options: Any) -> Any:
    return client.get(path, base_url=SETTINGS.base_url, **options)


def brew(client: FlaskClient, **options: Any) -> Any:
    return client.post("/api/catalogue/v1/tea", base_url=SETTINGS.base_url, **options)


def test_pages_forbid_all_that_is_not_ours(client: FlaskClient) -> None:
    policy = get(client, "/page").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_private_page_is_cached_nowhere_and_tells_its_address_to_nobody(client: FlaskClient) -> None:
    for path in ("/mine", "/mine.zip"):
        with get(client, path) as answer:
            assert answer.headers.getlist("Cache-Control") == ["no-store"]
            assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("query", ["state=%00", "state=open&state=x%00", "sta%00te=open"])
def test_a_query_with_a_nul_is_refused(client: FlaskClient, query: str) -> None:
    assert get(client, f"/page?{query}").status_code == 400
    answer = get(client, f"/api/catalogue/v1/secret?{query}")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    assert client.post("/form", base_url=SETTINGS.base_url).status_code == 403


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/page", 405)])
def test_a_form_that_nobody_reads_is_not_asked_for_its_token(client: FlaskClient, path: str, status: int) -> None:
    assert client.post(path, base_url=SETTINGS.base_url).status_code == status


def test_a_form_with_a_token_that_another_browser_got_is_refused(app: Flask, client: FlaskClient) -> None:
    foreign = csrf_token(app.test_client())
    csrf_token(client)
    assert client.post("/form", data={"csrf_token": foreign}, base_url=SETTINGS.base_url).status_code == 403


def test_a_form_with_its_token_is_taken(client: FlaskClient) -> None:
    answer = client.post("/form", data={"csrf_token": csrf_token(client)}, base_url=SETTINGS.base_url)
    assert answer.text == "sent"


def test_cookies_are_for_this_site_over_https_and_not_for_scripts(client: FlaskClient) -> None:
    cookie = get(client, "/form").headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_an_unknown_page_answers_people_in_their_language(client: FlaskClient) -> None:
    german = get(client, "/nowhere", headers={"Accept-Language": "de"})
    english = get(client, "/nowhere?lang=en", headers={"Accept-Language": "de"})
    assert german.status_code == english.status_code == 404
    assert "Diese Seite gibt es nicht." in german.text
    assert "This page does not exist." in english.text


def test_the_chosen_language_is_remembered(client: FlaskClient) -> None:
    get(client, "/page?lang=en", headers={"Accept-Language": "de"})
    assert get(client, "/page", headers={"Accept-Language": "de"}).headers["Content-Language"] == "en"


def test_an_unexpected_error_tells_nothing_of_what_happened(client: FlaskClient) -> None:
    answer = get(client, "/broken")
    assert answer.status_code == 500
    assert "Olena" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_request_id_is_kept_if_it_is_one(client: FlaskClient) -> None:
    assert get(client, "/page", headers={"X-Request-Id": "abcdef012345"}).headers["X-Request-Id"] == "abcdef012345"
    assert get(client, "/page", headers={"X-Request-Id": "x\ty"}).headers["X-Request-Id"] != "x\ty"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "kind"),
        ({"kind": ""}, "kind"),
        ({"kind": "mint\x00"}, "kind"),
        ({"kind": "m" * 10_000}, "kind"),
        ({"kind": "mint", "cups": "many"}, "cups"),
        ({"kind": "mint", "sugar": 1}, "sugar"),
        ([], ""),
    ],
)
def test_wrong_fields_are_named_in_a_problem(client: FlaskClient, body: Any, field: str) -> None:
    answer = brew(client, json=body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"data": "kind=mint"}, (415, "unsupported_media_type")),
        ({"data": "{", "content_type": "application/json"}, (400, "malformed_json")),
        ({"data": "[" * 100_000, "content_type": "application/json"}, (400, "malformed_json")),
        (
            {"data": '{"kind": "' + "m" * 2_000_000 + '"}', "content_type": "application/json"},
            (413, "content_too_large"),
        ),
        ({"json": {"kind": "cold"}}, (409, "cold")),
    ],
    ids=["a form", "broken JSON", "JSON without a bottom", "a body over the limit", "a conflict"],
)
def test_each_refusal_is_a_problem_with_its_status_and_code(
    client: FlaskClient, options: dict[str, Any], expected: tuple[int, str]
) -> None:
    answer = brew(client, **options)
    assert answer.content_type == "application/problem+json"
    assert (answer.json["status"], answer.json["code"]) == expected
    assert answer.status_code == answer.json["status"]
    assert answer.json["title"]


def test_broken_json_is_called_so(client: FlaskClient) -> None:
    answer = brew(client, data='{"kind": ', content_type="application/json", headers={"Accept-Language": "en"})
    assert answer.json["detail"] == "The body is not valid JSON."


def test_the_api_asks_for_a_token_and_for_the_right_one(client: FlaskClient) -> None:
    def status(token: str | None) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return int(get(client, "/api/catalogue/v1/secret", headers=headers).status_code)

    assert status("alice-token") == 200
    assert status("bob-token") == 403
    assert status("charlie-token") == 401
    assert status(None) == 401


def test_the_api_does_not_look_at_cookies(client: FlaskClient) -> None:
    assert get(signed_in(client), "/api/catalogue/v1/secret").status_code == 401


def test_every_operation_documents_its_problem(client: FlaskClient) -> None:
    spec = get(client, "/api/catalogue/v1/openapi.json").json
    assert spec["openapi"].startswith("3.1")
    reference = spec["paths"]["/api/catalogue/v1/tea"]["post"]["responses"]["default"]["$ref"]
    assert "application/problem+json" in spec["components"]["responses"][reference.rsplit("/", 1)[1]]["content"]
    assert get(client, "/api/catalogue/v1/").status_code == 200


def test_the_reference_says_what_each_answer_means_from_success_to_refusal(client: FlaskClient) -> None:
    page = get(client, "/api/catalogue/v1/").text
    answers = re.findall(r"<dt><code>(\w+)</code></dt><dd>(.*?)</dd>", page)
    statuses = [status for status, _said in answers[:3]]
    assert statuses == sorted(statuses)
    assert ("default", "Refused, with the reason") in answers
    assert all(said for _status, said in answers)


def test_an_organiser_who_is_signed_in_comes_in(client: FlaskClient) -> None:
    assert get(signed_in(client), "/staff-only").text == "for organisers"


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_comes_back(client: FlaskClient) -> None:
    answer = get(client, "/staff-only?page=2")
    assert answer.status_code == 307
    assert answer.headers["Location"] == "/login/renew?next=%2Fstaff-only%3Fpage%3D2"


def test_a_sign_in_ends_after_ten_minutes(client: FlaskClient, clock: TurnableClock) -> None:
    signed_in(client)
    clock.turn(minutes=11)
    assert get(client, "/staff-only").status_code == 307


def test_a_locked_account_is_out_at_once(client: FlaskClient, directory: Directory) -> None:
    signed_in(client)
    del directory.known[ALICE.account_id]
    assert get(client, "/staff-only").status_code == 307


def test_a_raised_epoch_ends_every_cookie_of_the_account(client: FlaskClient, directory: Directory) -> None:
    signed_in(client)
    directory.known[ALICE.account_id] = replace(ALICE, epoch=3)
    assert get(client, "/staff-only").status_code == 307


def test_assets_stand_under_their_hash_and_may_be_kept_for_ever(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        url = asset("reihe.css")
    answer = get(client, url)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert get(client, url.replace(url.split("/")[2], "0" * 16)).status_code == 404


def test_health_readiness_and_metrics_answer_under_both_paths(client: FlaskClient) -> None:
    for prefix in ("", "/ops/catalogue"):
        assert get(client, f"{prefix}/healthz").json["status"] == "ok"
        assert get(client, f"{prefix}/readyz").json["status"] == "ready"
        assert "reihe_requests_total" in get(client, f"{prefix}/metrics").text
