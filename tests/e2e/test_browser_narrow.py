"""The console on a telephone: nothing sticks out, the switchboard is at hand, and one can make a call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.console_visit import (
    PHONE,
    a_quiet_browser,
    a_visit,
    an_agent,
    listen_to,
    switchboard,
)
from tests.support.victoria import Victoria

pytestmark = pytest.mark.browser

LONG_NAME = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
PATHS = (
    "/",
    "/talk",
    "/agents",
    "/agents/new",
    "/agents/new?template=reception",
    "/agents/{agent}",
    "/calls",
    "/calls/{call}",
    "/settings/providers",
    "/settings/keys",
    "/settings/retention",
    "/settings/look",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium in a quiet room."""
    with a_quiet_browser(tmp_path_factory.mktemp("browser")) as chromium:
        yield chromium


@pytest.fixture(scope="module")
def ids(simulated_victoria: Victoria) -> Iterator[dict[str, str]]:
    """Return an agent with a name that cannot be broken, and a call with it."""
    with an_agent(simulated_victoria, LONG_NAME) as agent:
        listen_to(simulated_victoria, LONG_NAME)
        call = simulated_victoria.get("/api/history/calls")["items"][0]
        yield {"agent": agent["id"], "call": call["id"]}


def what_sticks_out(page: Page) -> int:
    """Return by how many px the page is wider than the screen of the phone."""
    wide: int = page.evaluate("() => document.documentElement.scrollWidth")
    return wide - PHONE[0]


@pytest.mark.parametrize("language", ["en-GB", "es-ES"])
def test_no_page_is_wider_than_a_phone(
    browser: Browser, simulated_victoria: Victoria, ids: dict[str, str], language: str
) -> None:
    with a_visit(browser, simulated_victoria, language=language, screen=PHONE) as page:
        wider = {}
        for path in PATHS:
            page.goto(simulated_victoria.url + path.format(**ids))
            expect(page.get_by_role("heading").first).to_be_visible()
            expect(page.get_by_text("Loading", exact=True)).to_have_count(0)
            expect(page.get_by_text("Cargando", exact=True)).to_have_count(0)
            wider[path] = what_sticks_out(page)
    assert {path: px for path, px in wider.items() if px > 0} == {}


def test_the_switchboard_is_at_hand_and_a_call_can_be_made(
    browser: Browser, simulated_victoria: Victoria
) -> None:
    greeting = simulated_victoria.get("/api/config/agents")["items"][0]["first_message"]
    with a_visit(browser, simulated_victoria, screen=PHONE) as page:
        for link in switchboard(page).get_by_role("link").all():
            expect(link).to_be_in_viewport(ratio=1)
            box = link.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 44  # px: what a thumb needs (WCAG 2.2, 2.5.5)
        switchboard(page).get_by_role("link", name="Talk").tap()
        page.get_by_role("main").get_by_role("button", name="Talk", exact=True).tap()
        hang_up = page.get_by_role("main").get_by_role("button", name="Hang up")
        expect(hang_up).to_be_in_viewport()
        expect(page.get_by_role("log", name="Conversation")).to_contain_text(greeting[:10])
        assert what_sticks_out(page) <= 0
        hang_up.tap()
        expect(page.get_by_role("button", name="Talk again")).to_be_visible()
