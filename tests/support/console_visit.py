"""A person at the console: logged in, in her language, on her screen, with a silent microphone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Locator, Page, expect

from backend.interfaces.cli.caller import CallRecord
from tests.support.browser import a_browser, listen_in, write_wav
from tests.support.ear import a_script, call
from tests.support.speech import silence
from tests.support.victoria import Victoria

PHONE: Final = (360, 740)
DESK: Final = (1280, 900)


@contextmanager
def a_quiet_browser(folder: Path) -> Iterator[Browser]:
    """Yield Chromium whose microphone hears nothing, so that agents are not interrupted."""
    with a_browser(write_wav(folder / "quiet.wav", silence(1_000))) as browser:
        yield browser


@contextmanager
def a_visit(
    browser: Browser,
    victoria: Victoria,
    path: str = "/",
    *,
    key: str | None = None,
    language: str = "en-GB",
    screen: tuple[int, int] = DESK,
) -> Iterator[Page]:
    """Yield a page that was opened at ``path`` with ``key``, the owner's if there is none.

    What it hears can be asked for with ``heard_and_said``.
    """
    width, height = screen
    context = browser.new_context(
        locale=language,
        permissions=["microphone"],
        viewport={"width": width, "height": height},
        is_mobile=screen == PHONE,
        has_touch=screen == PHONE,
    )
    try:
        page = context.new_page()
        listen_in(page)
        page.goto(f"{victoria.url}{path}#token={key or victoria.key}")
        expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()
        yield page
    finally:
        context.close()


@contextmanager
def an_agent(victoria: Victoria, name: str, **changes: object) -> Iterator[dict[str, Any]]:
    """Yield a new agent with the manners of the first one. It is gone afterwards, its calls stay."""
    draft = draft_of(victoria.get("/api/config/agents")["items"][0]) | {"name": name} | changes
    agent: dict[str, Any] = victoria.ask("POST", "/api/config/agents", draft).raise_for_status().json()
    try:
        yield agent
    finally:
        victoria.ask("DELETE", f"/api/config/agents/{agent['id']}").raise_for_status()


def listen_to(victoria: Victoria, agent: str) -> CallRecord:
    """Call an agent, let it say its first message, and hang up.

    In a thread of its own: where a browser is driven, a loop runs already.
    """
    with ThreadPoolExecutor(1) as line:
        return line.submit(lambda: asyncio.run(call(victoria, a_script(), agent))).result()


def draft_of(agent: dict[str, Any]) -> dict[str, Any]:
    """Return what an owner can say about an agent, without what the server keeps about it."""
    kept_by_the_server = {"id", "version", "archived", "created_at", "updated_at"}
    return {name: value for name, value in agent.items() if name not in kept_by_the_server}


def switchboard(page: Page, name: str = "Main") -> Locator:
    """Return the navigation that every page has, by its name in the console's language."""
    return page.get_by_role("navigation", name=name, exact=True)
