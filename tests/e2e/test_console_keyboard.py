"""Dialogs with the keyboard alone, in real Chromium: the focus stays in them, and goes back afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.axe import unreached
from tests.support.browser import a_browser
from tests.support.console_visit import a_visit, listen_to
from tests.support.victoria import Victoria

pytestmark = pytest.mark.browser

# Where a dialog is opened, and by the button or link of which name.
OPENERS = {
    "an account": ("/settings/providers", re.compile("^Add an account$")),
    "a key": ("/settings/keys", re.compile("^New key$")),
    "a question": ("/settings/keys", re.compile("^Revoke Owner$")),
    "a call": ("/calls", re.compile("^Call with Victoria")),
}
HAS_FOCUS_INSIDE = "() => document.activeElement.closest('[role=dialog], [role=alertdialog]') !== null"
ROUNDS = 2  # of Tab through a dialog: the second one shows where its end leads


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with a_browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def called(simulated_victoria: Victoria) -> Victoria:
    """A server with a call in its history."""
    listen_to(simulated_victoria, "Victoria")
    return simulated_victoria


@pytest.mark.parametrize("name", OPENERS)
def test_a_dialog_keeps_the_focus_and_gives_it_back(browser: Browser, called: Victoria, name: str) -> None:
    path, label = OPENERS[name]
    with a_visit(browser, called, path) as page:
        opener = page.get_by_role("button", name=label).or_(page.get_by_role("link", name=label)).first
        expect(opener).to_be_enabled()  # some know only when they have loaded what to offer
        opener.press("Enter")
        dialog = page.get_by_role("dialog").or_(page.get_by_role("alertdialog"))
        expect(dialog).to_be_visible()
        expect(page.get_by_text("Loading", exact=True)).to_have_count(0)
        page.wait_for_function(HAS_FOCUS_INSIDE)

        stops = dialog.locator("a[href], button, input, select, textarea, [tabindex='0']").count()
        for _ in range(ROUNDS * stops):
            page.keyboard.press("Tab")
            assert page.evaluate(HAS_FOCUS_INSIDE)
        assert unreached(page) == []

        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(opener).to_be_focused()
