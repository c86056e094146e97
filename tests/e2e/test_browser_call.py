"""A person with a browser: logs in, talks, hears, interrupts, hangs up, and finds the call again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from tests.support.browser import a_browser, heard_and_said, listen_in, loud_frames, write_wav
from tests.support.speech import flite, silence
from tests.support.victoria import Victoria

pytestmark = [pytest.mark.browser, pytest.mark.speech, pytest.mark.alone]

BEFORE_MS = 6_500  # the greeting is over by then
BETWEEN_MS = 4_500  # the answer has begun by then, and goes on for longer
SCREENS = Path("test-results")


def log_in(page: Page, victoria: Victoria) -> None:
    """Open the address that the server prints, and go to Talk."""
    page.goto(f"{victoria.url}/#token={victoria.key}")
    page.get_by_role("navigation").get_by_role("link", name="Talk").click()
    expect(page.get_by_role("button", name="Talk", exact=True)).to_be_visible()


def test_talk_hear_interrupt_hang_up_and_find_it_in_the_history(victoria: Victoria, tmp_path: Path) -> None:
    question, interruption = flite("what are your opening hours"), flite("wait, stop please")
    microphone = write_wav(
        tmp_path / "caller.wav",
        silence(BEFORE_MS),
        question,
        silence(BETWEEN_MS),
        interruption,
        silence(20_000),
    )
    SCREENS.mkdir(exist_ok=True)
    with a_browser(microphone) as browser:
        context = browser.new_context(
            permissions=["microphone"], locale="en-GB", viewport={"width": 1280, "height": 1000}
        )
        page = context.new_page()
        listen_in(page)
        log_in(page, victoria)
        assert victoria.key not in page.url

        page.get_by_role("button", name="Talk", exact=True).click()
        conversation = page.get_by_role("main")
        expect(conversation).to_contain_text("hours")
        expect(conversation).to_contain_text("Monday to Friday")
        expect(conversation.get_by_text("interrupted", exact=True).first).to_be_visible()
        page.screenshot(path=SCREENS / "talk.png")
        page.wait_for_timeout(1_500)  # let the tap hear the silence
        page.get_by_role("button", name="Hang up").click()
        expect(page.get_by_role("button", name="Talk again")).to_be_visible()
        caller, agent = heard_and_said(page)

        page.get_by_role("link", name="See it in the history").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Monday to Friday")
        page.screenshot(path=SCREENS / "history.png")

    silent_ms = silent_after(caller, agent, interruption)
    assert 0 < silent_ms <= 300


def silent_after(caller: NDArray[np.int16], agent: NDArray[np.int16], interruption: bytes) -> int:
    """Return for how many ms the agent could still be heard after the caller's last words had begun."""
    caller_loud, agent_loud = loud_frames(caller), loud_frames(agent)
    assert agent_loud.sum() > 300, "the agent was hardly heard"
    begins = int(np.flatnonzero(caller_loud)[-1]) - len(interruption) // 2 * 100 // 16_000
    begins += int(np.flatnonzero(caller_loud[begins:])[0])
    assert agent_loud[begins - 50 : begins].any(), "the agent did not speak when she was interrupted"
    after = agent_loud[begins : begins + 100]
    return 10 * (int(np.flatnonzero(after)[-1]) + 1) if after.any() else 0
