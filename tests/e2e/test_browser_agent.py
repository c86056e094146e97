"""An owner changes an agent in a real browser: hears the change, and goes back to how it was."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import heard_and_said, likeness
from tests.support.console_visit import a_quiet_browser, a_visit, an_agent, draft_of
from tests.support.victoria import Victoria

pytestmark = pytest.mark.browser

OLD = "Good morning. This is the front desk."
NEW = "Welcome to the lighthouse where the stairs are steep and the soup is always warm."  # in one breath
LIKE = 0.75  # the same sentence has 0.99, the other one 0.52


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium in a quiet room."""
    with a_quiet_browser(tmp_path_factory.mktemp("browser")) as chromium:
        yield chromium


def save_first_message(page: Page, words: str) -> None:
    """Write them into the form that is open, and save."""
    page.get_by_role("textbox", name="First message").fill(words)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. The next call uses it.")).to_be_visible()


@pytest.mark.alone
def test_a_new_first_message_is_heard_in_the_next_call(browser: Browser, victoria: Victoria) -> None:
    with (
        an_agent(victoria, "Lighthouse", first_message=OLD) as agent,
        a_visit(browser, victoria, f"/agents/{agent['id']}") as page,
    ):
        save_first_message(page, NEW)
        page.get_by_role("link", name="All agents").click()
        page.get_by_role("link", name="Talk to Lighthouse").click()
        page.get_by_role("main").get_by_role("button", name="Talk", exact=True).click()
        # It listens again once it has been heard to the end.
        expect(page.get_by_role("main").get_by_text("Listening", exact=True)).to_be_visible()
        page.get_by_role("main").get_by_role("button", name="Hang up").click()
        expect(page.get_by_role("link", name="See it in the history")).to_be_visible()
        _, heard = heard_and_said(page)

        (call,) = [
            call
            for call in victoria.get("/api/history/calls?limit=5")["items"]
            if call["agent"]["id"] == agent["id"]
        ]
        timeline = victoria.get(f"/api/history/calls/{call['id']}/timeline?limit=1000")["items"]
        turns = [effect["turn"] for entry in timeline for effect in entry["effects"] if "turn" in effect]
        like_new, like_old = (likeness(heard, spoken(victoria, agent, words)) for words in (NEW, OLD))

    assert [turn["heard"] for turn in turns if turn["role"] == "agent"] == [NEW]
    assert like_new > LIKE > like_old


def test_an_old_version_comes_back_as_a_new_one(browser: Browser, victoria: Victoria) -> None:
    with an_agent(victoria, "Lighthouse", first_message=OLD) as agent:
        place = f"/api/config/agents/{agent['id']}"
        changed = draft_of(agent) | {"first_message": NEW, "version": agent["version"]}
        victoria.ask("PUT", place, changed).raise_for_status()
        with a_visit(browser, victoria, f"/agents/{agent['id']}") as page:
            first_message = page.get_by_role("textbox", name="First message")
            expect(first_message).to_have_value(NEW)
            page.get_by_role("button", name="Compare version 1").click()
            oldest = page.get_by_role("listitem").filter(has=page.get_by_text("v1", exact=True))
            expect(oldest.get_by_role("deletion").first).to_contain_text("Welcome")
            expect(oldest.get_by_role("insertion").first).to_contain_text("Good morning")

            oldest.get_by_role("button", name="Restore version 1").click()
            expect(first_message).to_have_value(OLD)
            newest = page.get_by_role("listitem").filter(has=page.get_by_text("v3", exact=True))
            expect(newest.get_by_text("Now", exact=True)).to_be_visible()

        saved = victoria.get(place)
        versions = victoria.get(f"{place}/versions")["items"]
    assert (saved["first_message"], saved["version"]) == (OLD, 3)
    assert sorted(version["version"] for version in versions) == [1, 2, 3]


def spoken(victoria: Victoria, agent: dict[str, Any], words: str) -> NDArray[np.int16]:
    """Return these words in the agent's voice, as the form's preview speaks them (int16, 16 kHz)."""
    wanted = {"language": agent["language"], "voice": agent["voice"], "text": words}
    answer = victoria.ask("POST", "/api/config/voices/preview", wanted).raise_for_status()
    with wave.open(io.BytesIO(answer.content)) as wav:
        return np.frombuffer(wav.readframes(wav.getnframes()), "<i2")
