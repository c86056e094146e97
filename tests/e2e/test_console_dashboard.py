"""The dashboard in real Chromium: a call is seen while it lasts, and counted when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, Page, expect

from backend.interfaces.cli.call_script import CallScript, HangUp, Utterance
from backend.interfaces.cli.call_story import CallStory
from backend.interfaces.cli.caller import RATE
from tests.support.browser import PATIENCE_MS, a_browser
from tests.support.ear import a_script, call
from tests.support.speech import flite
from tests.support.victoria import SIMULATED, Victoria, a_victoria

pytestmark = [pytest.mark.browser, pytest.mark.speech]


class StayingOn(CallScript):
    """A caller who asks one thing, and hangs up only once she may."""

    def __init__(self, speech: bytes, may_go: Event) -> None:
        super().__init__(a_script(speech).utterances, rate=RATE)
        self._may_go = may_go

    def next(self, story: CallStory, *, now: int, quiet_since: int) -> Utterance | HangUp | None:
        act = super().next(story, now=now, quiet_since=quiet_since)
        return None if isinstance(act, HangUp) and not self._may_go.is_set() else act


@contextmanager
def on_the_line(victoria: Victoria, speech: bytes) -> Iterator[None]:
    """Call Victoria and say this; the call goes on for as long as it is looked at."""
    may_go = Event()
    with ThreadPoolExecutor(1) as line:
        calling = line.submit(lambda: asyncio.run(call(victoria, StayingOn(speech, may_go))))
        try:
            yield
        finally:
            may_go.set()
        calling.result()


@pytest.fixture
def victoria(tmp_path: Path) -> Iterator[Victoria]:
    """A server that nobody has called yet."""
    with a_victoria(tmp_path, SIMULATED) as victoria:
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

    with on_the_line(victoria, flite("what are your opening hours")):
        line = board.get_by_role("listitem")
        expect(line.get_by_text("Agent:")).to_be_visible()
        expect(line.get_by_text("last answer in")).to_be_visible()

    expect(board.get_by_role("status")).to_have_text("0 calls")
    answered = page.get_by_role("term").filter(has_text="Answered")
    expect(answered.locator("xpath=following-sibling::dd")).to_contain_text("1 of 1")


def test_the_board_comes_back_with_the_server(page: Page, victoria: Victoria) -> None:
    state = page.get_by_role("region", name="On the line now").get_by_role("status")
    expect(state).to_have_text("0 calls")
    victoria.kill()
    expect(state).to_have_text("Reconnecting …")
    victoria.start()
    expect(state).to_have_text("0 calls", timeout=2 * PATIENCE_MS)
