"""Writers of the catalogue take turns."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.catalogue.models import metadata
from services.catalogue.turns import take_turn
from shared.errors import BusyError
from shared.testing import TurnableClock
from tests.catalogue.parts import Catalogue, at, settings
from tests.conftest import EngineFor


def test_drafts_with_one_title_written_at_once_get_addresses_of_their_own(both: Catalogue) -> None:
    with ThreadPoolExecutor(4) as pool:
        slugs = list(pool.map(lambda _number: both.event(title={"de": "Recht"}).slug, range(8)))
    assert sorted(slugs) == sorted(["recht", *(f"recht-{number}" for number in range(2, 9))])


def test_modules_written_at_once_do_not_share_a_number(both: Catalogue) -> None:
    series = both.series()

    def write(_number: int) -> bool:
        try:
            both.event(series_id=str(series.id), module_number=1)
        except Exception:  # noqa: BLE001  # which refusal it is, other tests say
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(write, range(4))) == 1


def test_a_change_published_at_once_with_another_loses_nothing(both: Catalogue) -> None:
    event = both.published_event(sessions=[at("2027-04-01")], programme=[])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: both.change(event.id, capacity=100 + number), range(4)))
        list(pool.map(lambda _number: both.publish(event.id), range(4)))
    assert both.found(event.id).capacity >= 100
    assert len(both.sent("event.changed")) == 1


def test_who_waits_too_long_for_another_writer_is_told_to_come_back(
    engine_for: EngineFor, clock: TurnableClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine = engine_for("postgresql", "catalogue", metadata)
    catalogue = Catalogue(engine, clock, settings(tmp_path_factory.mktemp("data")))
    with catalogue.database.unit_of_work(clock()) as slow:
        take_turn(slow)
        with pytest.raises(BusyError), catalogue.work() as uow:
            take_turn(uow)
