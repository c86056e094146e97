"""A person tries out an agent that she has not saved, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.axe import grave_findings
from tests.support.browser import a_browser
from tests.support.victoria import Victoria

pytestmark = pytest.mark.browser

NAME = "Night desk"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium whose microphone beeps."""
    with a_browser() as chromium:
        yield chromium


@pytest.fixture
def page(browser: Browser, simulated_victoria: Victoria) -> Iterator[Page]:
    """A page that is logged in, and may use the microphone."""
    context = browser.new_context(locale="en-GB", permissions=["microphone"])
    context.add_init_script(f"localStorage.setItem('victoria.api-key', '{simulated_victoria.key}')")
    yield context.new_page()
    context.close()


def try_out(page: Page, victoria: Victoria) -> Locator:
    """Rename the first agent in its form, without saving, and return the dialog in which it is called."""
    agent = victoria.get("/api/config/agents")["items"][0]["id"]
    page.goto(f"{victoria.url}/agents/{agent}")
    page.get_by_role("textbox", name="Name", exact=True).fill(NAME)
    page.get_by_role("button", name="Test this draft").click()
    dialog = page.get_by_role("dialog", name=f"Test {NAME}")
    expect(dialog).to_be_visible()
    return dialog


def test_a_draft_answers_is_marked_and_leaves_the_agent_as_it_was(
    page: Page, simulated_victoria: Victoria
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    agents = simulated_victoria.get("/api/config/agents")
    dialog = try_out(page, simulated_victoria)
    assert grave_findings(page) == []

    dialog.get_by_role("button", name="Talk", exact=True).click()
    expect(dialog.get_by_role("log", name="Conversation")).to_contain_text(NAME, timeout=20_000)
    dialog.get_by_role("tab", name="Events").click()
    expect(dialog.get_by_role("list", name="Events").get_by_role("listitem").first).to_be_visible()
    assert grave_findings(page) == []
    dialog.get_by_role("button", name="Hang up").click()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Save recording").click()

    assert download.value.suggested_filename == "Night-desk.wav"
    assert download.value.path().read_bytes().startswith(b"RIFF")
    newest = simulated_victoria.get("/api/history/calls")["items"][0]
    assert (newest["agent"]["name"], newest["draft"]) == (NAME, True)
    assert simulated_victoria.get("/api/config/agents") == agents
    assert complaints == []


def test_a_call_that_runs_is_hung_up_only_when_asked(page: Page, simulated_victoria: Victoria) -> None:
    dialog = try_out(page, simulated_victoria)
    dialog.get_by_role("button", name="Talk", exact=True).click()
    expect(dialog.get_by_role("button", name="Hang up")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keep talking").click()
    expect(dialog.get_by_role("button", name="Hang up")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Hang up and close").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value(NAME)


def test_who_is_refused_the_microphone_is_told_what_to_do_in_this_browser(
    page: Page, simulated_victoria: Victoria
) -> None:
    page.context.clear_permissions()
    dialog = try_out(page, simulated_victoria)
    dialog.get_by_role("button", name="Talk", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("symbol to the left of the address")
