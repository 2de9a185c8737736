"""Every page, however somebody looks at it: from right to left, enlarged, in forced colours, without movement."""

import pytest
from playwright.sync_api import Browser, StorageState

from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.places import make_places
from tests.browser.steps import sideways
from tests.browser.visits import PUBLIC, STAFF
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")

_MOVING = """() => [...document.querySelectorAll("*")].filter((element) => {
  const { transitionDuration, animationDuration, scrollBehavior } = getComputedStyle(element);
  const moves = (durations) => durations.split(", ").some((duration) => parseFloat(duration) > 0.01);
  return moves(transitionDuration) || moves(animationDuration) || scrollBehavior === "smooth";
}).map((element) => element.outerHTML.slice(0, 120))"""

_WITHOUT_EDGE = """() => [...document.querySelectorAll("main :is(.button, button, input, select, textarea)")]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.type !== "hidden")
  .filter((element) => {
    const style = getComputedStyle(element);
    const { width, height } = element.getBoundingClientRect();
    const native = style.appearance === "auto" && ["checkbox", "radio", "file", "range"].includes(element.type);
    const edge = parseFloat(style.borderTopWidth) > 0 || parseFloat(style.borderBottomWidth) > 0;
    const link = style.textDecorationLine.includes("underline");
    return width > 1 && height > 1 && !native && !edge && !link;
  }).map((element) => element.outerHTML.slice(0, 160))"""
"""What is a control and has neither border nor underline: backgrounds are gone where colours are forced."""


@pytest.fixture(scope="module")
def places(browser: Browser, site: RunningSystem, signed_in: StorageState) -> dict[str, str]:
    return make_places(browser, site, signed_in)


def paths(places: dict[str, str], patterns: list[str]) -> list[str]:
    """Those of the patterns that the places fill."""
    filled = []
    for pattern in patterns:
        try:
            filled.append(pattern.format_map(places))
        except KeyError:
            continue
    return filled


def test_from_right_to_left(places: dict[str, str], new_page: NewPage, check_accessibility: CheckAccessibility) -> None:
    page = new_page(locale="ar", reduced_motion="reduce")
    for path in paths(places, PUBLIC):
        page.set_viewport_size({"width": 320, "height": 900})
        page.goto(path)
        assert sideways(page) == 0, path
        page.set_viewport_size({"width": 1280, "height": 900})
        assert sideways(page) == 0, path
        check_accessibility(page)


@pytest.mark.parametrize("audience", ["participants", "organisers"])
def test_enlarged_in_forced_colours_and_without_movement(
    places: dict[str, str], signed_in: StorageState, new_page: NewPage, audience: str
) -> None:
    """At 200 percent, a window of 1280 pixels has room for 640."""
    memory = {"storage_state": signed_in} if audience == "organisers" else {}
    page = new_page(width=640, device_scale_factor=2, reduced_motion="reduce", forced_colors="active", **memory)
    found: dict[str, list[str]] = {}
    for path in paths(places, STAFF if audience == "organisers" else PUBLIC):
        page.goto(path)
        assert sideways(page) == 0, path
        if complaints := [*page.evaluate(_WITHOUT_EDGE), *page.evaluate(_MOVING)]:
            found[path] = complaints
    assert found == {}


def test_movement_and_missing_edges_would_be_seen(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/my")
    assert page.evaluate(_MOVING)
    page.locator("main input:visible").first.evaluate("field => field.style.border = 'none'")
    assert page.evaluate(_WITHOUT_EDGE)
