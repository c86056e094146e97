"""A key is revoked while its owner is at work: she logs in again and goes on where she was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import grave_findings
from tests.support.browser import a_browser
from tests.support.console_visit import a_visit, an_agent
from tests.support.victoria import Victoria

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with a_browser() as chromium:
        yield chromium


def a_key(victoria: Victoria) -> dict[str, Any]:
    """Return a new key: its ``id``, and the ``key`` itself."""
    made: dict[str, Any] = (
        victoria.ask("POST", "/api/config/keys", {"name": "A colleague's"}).raise_for_status().json()
    )
    return made


def revoke(victoria: Victoria, key: dict[str, Any], page: Page) -> None:
    """Revoke a key once the page has all that it asked for: a request on its way would be refused, too."""
    page.wait_for_load_state("networkidle")
    victoria.ask("DELETE", f"/api/config/keys/{key['id']}").raise_for_status()


def log_in(page: Page, key: str) -> None:
    """Show a key to the login that stands in place of the page."""
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Log in").click()


def test_who_must_log_in_again_goes_on_where_she_was(browser: Browser, simulated_victoria: Victoria) -> None:
    victoria = simulated_victoria
    key = a_key(victoria)
    with (
        an_agent(victoria, "Night desk") as agent,
        a_visit(browser, victoria, f"/agents/{agent['id']}", key=key["key"]) as page,
    ):
        page.get_by_role("textbox", name="Knowledge").fill("Breakfast is from seven to ten.")
        revoke(victoria, key, page)
        page.get_by_role("button", name="Save", exact=True).click()

        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
        expect(page.get_by_text("Log in again to go on where you were.")).to_be_visible()
        expect(page.get_by_role("textbox", name="Knowledge")).to_be_hidden()
        assert grave_findings(page) == []
        log_in(page, key["key"])
        expect(page.get_by_text("The server does not accept this key.")).to_be_visible()
        log_in(page, victoria.key)

        expect(page.get_by_role("textbox", name="Knowledge")).to_have_value("Breakfast is from seven to ten.")
        expect(page).to_have_url(f"{victoria.url}/agents/{agent['id']}")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved. The next call uses it.")).to_be_visible()
        saved = victoria.get(f"/api/config/agents/{agent['id']}")
    assert saved["knowledge"] == "Breakfast is from seven to ten."


def test_the_filters_of_the_history_outlast_a_login(browser: Browser, simulated_victoria: Victoria) -> None:
    victoria = simulated_victoria
    key = a_key(victoria)
    with a_visit(browser, victoria, "/calls?status=completed", key=key["key"]) as page:
        revoke(victoria, key, page)
        page.get_by_role("button", name="Refresh").click()
        log_in(page, victoria.key)
        expect(page.get_by_role("heading", name="Calls", level=1, exact=True)).to_be_visible()
        expect(page.get_by_text("Loading", exact=True)).to_have_count(0)
        expect(page).to_have_url(f"{victoria.url}/calls?status=completed")
        expect(page.get_by_role("alert")).to_have_count(0)
