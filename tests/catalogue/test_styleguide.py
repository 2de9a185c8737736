"""The page of components is there while developing, and nowhere else."""

from dataclasses import replace

from flask.testing import FlaskClient

from services.catalogue.app import create_app
from tests.catalogue.parts import Catalogue


def test_nobody_but_staff_sees_it(client: FlaskClient) -> None:
    assert client.get("/organise/styleguide").status_code == 307


def test_it_is_not_there_in_production(catalogue: Catalogue) -> None:
    in_production = replace(catalogue.core, settings=replace(catalogue.settings, environment="production"))
    paths = {rule.rule for rule in create_app(in_production).url_map.iter_rules()}
    assert "/organise/embed" in paths
    assert "/organise/styleguide" not in paths
