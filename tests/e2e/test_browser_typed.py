"""A person who writes instead of speaking: beside any page, with and without a microphone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.axe import grave_findings
from tests.support.browser import a_browser, heard_and_said, listen_in, loud_frames, write_wav
from tests.support.speech import silence
from tests.support.victoria import Victoria

pytestmark = pytest.mark.browser

QUESTION = "What are your opening hours?"
ANSWER = "Monday to Friday"
FRAMES_PER_S = 100


@contextmanager
def a_console(victoria: Victoria, folder: Path, *, theme: str = "light", may_listen: bool) -> Iterator[Page]:
    """Yield the agents' page in a browser whose microphone, if it may be used, hears nothing."""
    quiet = write_wav(folder / "quiet.wav", silence(60_000))
    with a_browser(quiet) as browser:
        context = browser.new_context(locale="en-GB", permissions=["microphone"] if may_listen else [])
        context.add_init_script(
            f"localStorage.setItem('victoria.api-key', '{victoria.key}');"
            f"localStorage.setItem('victoria.theme', '{theme}');"
        )
        page = context.new_page()
        listen_in(page)
        page.goto(f"{victoria.url}/agents")
        expect(page.get_by_role("heading", name="Agents", level=1)).to_be_visible()
        yield page


def open_dock(page: Page) -> Locator:
    """Open the simulator beside the page."""
    page.get_by_role("button", name="Talk here").click()
    dock = page.get_by_role("complementary", name="Talk")
    expect(dock.get_by_role("button", name="Talk", exact=True)).to_be_visible()
    return dock


def ask(dock: Locator) -> Locator:
    """Hear the greeting, write the question, and return the conversation once it is answered."""
    conversation = dock.get_by_role("log", name="Conversation")
    expect(conversation).to_contain_text("greeting")
    expect(dock.get_by_text("Listening")).to_be_visible()  # the greeting was played out
    field = dock.get_by_role("textbox", name="Write to the agent")
    field.fill(QUESTION)
    field.press("Enter")
    expect(conversation).to_contain_text(QUESTION)
    expect(conversation.get_by_role("img", name="written")).to_be_visible()
    expect(conversation).to_contain_text(ANSWER)
    return conversation


def test_a_written_question_is_answered_aloud_from_page_to_page(victoria: Victoria, tmp_path: Path) -> None:
    with a_console(victoria, tmp_path, may_listen=True) as page:
        dock = open_dock(page)
        dock.get_by_role("button", name="Talk", exact=True).click()
        conversation = ask(dock)
        before, _ = heard_and_said(page)

        page.get_by_role("navigation").get_by_role("link", name="Calls", exact=True).click()
        expect(page.get_by_role("heading", name="Calls", level=1, exact=True)).to_be_visible()
        expect(conversation).to_contain_text(QUESTION)
        expect(dock.get_by_text("Listening")).to_be_visible()  # the answer was played out
        caller, agent = heard_and_said(page)
        assert len(caller) > len(before), "the call's sound stopped with the page"
        assert not loud_frames(caller).any(), "the caller was to say nothing"
        assert loud_frames(agent).sum() > 3 * FRAMES_PER_S, "the agent was hardly heard"

        dock.get_by_role("button", name="Hang up").click()
        dock.get_by_role("link", name="See it in the history").click()
        transcript = page.get_by_role("dialog")
        expect(transcript).to_contain_text(QUESTION)
        expect(transcript).to_contain_text(ANSWER)
        expect(transcript.get_by_role("img", name="written")).to_be_visible()

    newest = victoria.get("/api/history/calls")["items"][0]
    turns = victoria.get(f"/api/history/calls/{newest['id']}")["transcript"]
    assert [(turn["role"], turn["interrupted"]) for turn in turns[1:3]] == [
        ("caller", False),
        ("agent", False),
    ]
    assert turns[1]["content"] == QUESTION
    assert ANSWER in turns[2]["heard"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_who_is_refused_the_microphone_calls_in_writing(
    victoria: Victoria, tmp_path: Path, theme: str
) -> None:
    with a_console(victoria, tmp_path, theme=theme, may_listen=False) as page:
        dock = open_dock(page)
        assert grave_findings(page) == []
        dock.get_by_role("button", name="Talk", exact=True).click()
        trouble = dock.get_by_role("alert")
        expect(trouble).to_contain_text("The microphone is blocked")
        assert grave_findings(page) == []
        trouble.get_by_role("button", name="Type instead").click()
        ask(dock)
        assert grave_findings(page) == []
        _, agent = heard_and_said(page)
        assert loud_frames(agent).sum() > FRAMES_PER_S, "the agent was hardly heard"

        dock.get_by_role("button", name="Fold up").click()
        lamp = page.get_by_role("button", name="On the line: Victoria")
        expect(lamp).to_be_focused()
        assert grave_findings(page) == []
        lamp.click()
        dock.get_by_role("button", name="Hang up").click()
        expect(dock.get_by_text("You hung up.")).to_be_visible()
        assert grave_findings(page) == []
