"""The dashboard in real Chromium: a call is seen while it lasts, and counted when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import a_browser
from tests.support.ear import a_script, call
from tests.support.speech import flite
from tests.support.victoria import SIMULATED, Victoria, a_victoria

pytestmark = [pytest.mark.browser, pytest.mark.speech]

PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def victoria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victoria]:
    """A server that nobody has called yet."""
    with a_victoria(tmp_path_factory.mktemp("dashboard"), SIMULATED) as victoria:
        yield victoria


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with a_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, victoria: Victoria) -> Iterator[Page]:
    """The page that the server's own address leads to."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{victoria.url}/#token={victoria.key}")
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    yield page
    context.close()


def test_a_first_call_is_seen_while_it_lasts_and_counted_when_it_is_over(
    page: Page, victoria: Victoria
) -> None:
    board = page.get_by_role("region", name="On the line now")
    expect(board.get_by_role("status")).to_have_text("0 calls")
    expect(page.get_by_role("link", name="Have the first conversation")).to_be_visible()

    with ThreadPoolExecutor(1) as pool:
        script = a_script(flite("what are your opening hours"))
        calling = pool.submit(lambda: asyncio.run(call(victoria, script)))
        line = board.get_by_role("listitem")
        expect(line.get_by_text("Agent:")).to_be_visible(timeout=PATIENCE_MS)
        expect(line.get_by_text("last answer in")).to_be_visible(timeout=PATIENCE_MS)
        calling.result()

    expect(board.get_by_role("status")).to_have_text("0 calls", timeout=PATIENCE_MS)
    answered = page.get_by_role("term").filter(has_text="Answered")
    expect(answered.locator("xpath=following-sibling::dd")).to_contain_text("1 of 1", timeout=PATIENCE_MS)


def test_the_board_comes_back_with_the_server(page: Page, victoria: Victoria) -> None:
    state = page.get_by_role("region", name="On the line now").get_by_role("status")
    expect(state).to_have_text("0 calls")
    victoria.kill()
    expect(state).to_have_text("Reconnecting …", timeout=PATIENCE_MS)
    victoria.start()
    expect(state).to_have_text("0 calls", timeout=2 * PATIENCE_MS)
