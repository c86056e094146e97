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
    """Rename the first agent in its form, without saving, and return the dock in which it is called."""
    agent = victoria.get("/api/config/agents")["items"][0]["id"]
    page.goto(f"{victoria.url}/agents/{agent}")
    page.get_by_role("textbox", name="Name", exact=True).fill(NAME)
    page.get_by_role("button", name="Test this draft").click()
    dock = page.get_by_role("complementary", name="Talk")
    expect(dock.get_by_role("combobox", name="Agent")).to_contain_text(f"{NAME} (draft)")
    return dock


def test_a_draft_answers_is_marked_and_leaves_the_agent_as_it_was(
    page: Page, simulated_victoria: Victoria
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    agents = simulated_victoria.get("/api/config/agents")
    dock = try_out(page, simulated_victoria)
    assert grave_findings(page) == []

    dock.get_by_role("button", name="Talk", exact=True).click()
    expect(dock.get_by_role("log", name="Conversation")).to_contain_text(NAME)
    assert grave_findings(page) == []
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value(NAME)
    dock.get_by_role("button", name="Hang up").click()
    with page.expect_download() as download:
        dock.get_by_role("button", name="Save recording").click()

    assert download.value.suggested_filename == "Night-desk.wav"
    assert download.value.path().read_bytes().startswith(b"RIFF")
    newest = simulated_victoria.get("/api/history/calls")["items"][0]
    assert (newest["agent"]["name"], newest["draft"]) == (NAME, True)
    assert simulated_victoria.get("/api/config/agents") == agents
    assert complaints == []


def test_a_draft_can_be_changed_while_it_is_talked_to(page: Page, simulated_victoria: Victoria) -> None:
    dock = try_out(page, simulated_victoria)
    dock.get_by_role("button", name="Talk", exact=True).click()
    expect(dock.get_by_role("heading", name=f"{NAME} (draft)")).to_be_visible()
    page.get_by_role("textbox", name="Name", exact=True).fill("Day desk")
    page.get_by_role("button", name="Test this draft").click()
    expect(dock.get_by_text("Hang up first: then you can test the draft of Day desk.")).to_be_visible()
    dock.get_by_role("button", name="Hang up").click()
    expect(dock.get_by_role("combobox", name="Agent")).to_contain_text("Day desk (draft)")


def test_who_is_refused_the_microphone_is_told_what_to_do_in_this_browser(
    page: Page, simulated_victoria: Victoria
) -> None:
    page.context.clear_permissions()
    dock = try_out(page, simulated_victoria)
    dock.get_by_role("button", name="Talk", exact=True).click()
    expect(dock.get_by_role("alert")).to_contain_text("symbol to the left of the address")
