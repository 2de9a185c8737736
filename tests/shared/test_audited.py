"""The guard over changing routes notices what nobody has thought of."""

from flask import Flask

from tests.audited import Write, changing_routes, file_routes, unlisted


def _app() -> Flask:
    app = Flask(__name__)
    app.post("/tea", endpoint="make")(lambda: "made")
    app.get("/tea/<int:cup>", endpoint="see")(lambda cup: "seen")
    app.get("/teas.csv", endpoint="list")(lambda: "all")
    app.delete("/tea/<int:cup>", endpoint="drink")(lambda cup: "drunk")
    return app


MADE = Write[None]("POST /tea", "tea.made", lambda _world: None)


def test_a_changing_route_that_stands_in_no_list_is_named() -> None:
    assert unlisted(changing_routes(_app()), [MADE], {}) == {"DELETE /tea/<int:cup>"}
    assert unlisted(changing_routes(_app()), [MADE], {"DELETE /tea/<int:cup>": "because"}) == set()


def test_a_listed_route_that_is_gone_is_named() -> None:
    gone = {"DELETE /tea/<int:cup>": "because", "PUT /tea": "because"}
    assert unlisted(changing_routes(_app()), [MADE], gone) == {"PUT /tea"}


def test_files_are_told_from_pages() -> None:
    assert file_routes(_app()) == {"GET /teas.csv"}
