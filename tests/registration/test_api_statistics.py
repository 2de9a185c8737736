"""Numbers of a year, and what people said after an event, for programs."""

from tests.registration.front import Front
from tests.registration.series import SERIES
from tests.registration.test_feedback import let_it_end, make_survey
from tests.registration.test_figures import DIRECTORY, Training
from tests.registration.test_organisation_table import read


def test_a_year_is_told_by_event_and_by_organiser_with_its_sum(front: Front) -> None:
    read(front.house, DIRECTORY)
    training = Training(front.house, slug="training", series=SERIES)
    for organisation in ("Brücke", "Brücke", "Sojus"):
        training.comes(organisation=organisation)
    issuer = {**front.house.snapshot()["issuer"], "name": "Jugendwerk"}
    other = Training(front.house, days=2, slug="jubilee", issuer=issuer)
    other.comes(organisation="Brücke")
    told = front.get("/statistics", by="alice", year=front.house.clock().year).get_json()
    assert [(one["organiser"], one["attended"], one["new_organisations"]) for one in told["items"]] == [
        ("Fachberatung", 3, 2),
        ("Jugendwerk", 1, 0),
    ]
    sums = [(one["organiser"], one["events"], one["attended"], one["organisations"]) for one in told["by_organiser"]]
    assert sums == [("Fachberatung", 1, 3, 2), ("Jugendwerk", 1, 1, 1)]
    assert (told["total"]["attended"], told["total"]["organisations"]) == (4, 2)
    # Fewer than five at each event are named in no breakdown, and so not in their sum.
    assert told["total"]["municipalities"] == {"named": {}, "others": 4}
    narrowed = front.get("/statistics", by="audrey", year=front.house.clock().year, organiser="Jugendwerk").get_json()
    assert ([one["organiser"] for one in narrowed["items"]], narrowed["total"]["attended"]) == (["Jugendwerk"], 1)


def test_without_a_year_it_is_this_one(front: Front) -> None:
    Training(front.house)
    Training(front.house, days=800, slug="planned")
    assert len(front.get("/statistics", by="alice").get_json()["items"]) == 1
    for year in ("x", "12345"):
        assert front.get("/statistics", by="alice", year=year).status_code == 422


def test_feedback_is_told_in_steps_of_five(front: Front) -> None:
    survey = make_survey(front.house, 10)
    path = f"/events/{survey.event}/feedback"
    let_it_end(front.house)
    for person in survey.people[:9]:
        survey.answer(person)
    told = front.get(path, by="alice").get_json()
    assert (told["offered"], told["answers"], told["final"]) == (True, 0, False)
    survey.answer(survey.people[9])
    told = front.get(path, by="alice").get_json()
    assert (told["answers"], told["ratings"]["overall"]["4"], told["texts"]["helped"]) == (5, 5, [])


def test_an_event_that_asks_for_no_feedback_says_so(front: Front) -> None:
    told = front.get(f"/events/{front.house.event()}/feedback", by="alice").get_json()
    assert (told["offered"], told["closes_at"], told["answers"]) == (False, None, 0)
