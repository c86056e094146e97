"""A person searches for a word that was said in a call, presses it, and hears the call from there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import loud_frames
from tests.support.console_visit import a_quiet_browser, a_visit, an_agent, listen_to
from tests.support.ear import read_stereo
from tests.support.victoria import Victoria

pytestmark = pytest.mark.browser

GREETING = "Good morning. You have reached the harbour cafe. Marmalade."
FARTHEST_S = 0.3
FRAMES_A_SECOND = 100
LONGEST_STOP = 8  # frames: silence within a word is shorter, at a full stop longer

# Note on the audio element from where it plays, once it does.
_NOTE_START = """
audio => audio.addEventListener(
  'playing', () => { audio.dataset.playsFrom = audio.currentTime }, { once: true }
)
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium in a quiet room."""
    with a_quiet_browser(tmp_path_factory.mktemp("browser")) as chromium:
        yield chromium


def test_a_word_is_searched_pressed_and_heard(browser: Browser, victoria: Victoria) -> None:
    with an_agent(victoria, "Harbour", first_message=GREETING):
        call_id = listen_to(victoria, "Harbour").call_id
    with a_visit(browser, victoria, "/calls") as page:
        page.get_by_role("textbox", name="Search in what was said").fill("marmalade")
        link = page.locator(f"a[href*='{call_id}']")
        found = page.get_by_role("table").get_by_role("row").filter(has=link)
        expect(found).to_contain_text("Marmalade")  # where it was found
        link.click()

        details = page.get_by_role("dialog", name="Call with Harbour")
        audio = details.locator("audio")
        audio.evaluate(_NOTE_START)
        details.get_by_role("group", name="What the agent said").get_by_text("Marmalade").click()
        expect(details.get_by_role("button", name="Pause")).to_be_visible()
        expect(audio).to_have_attribute("data-plays-from", re.compile(r"\d"))
        plays_from = float(audio.get_attribute("data-plays-from") or "nan")

    recording = victoria.ask("GET", f"/api/history/calls/{call_id}/recording").raise_for_status().content
    assert plays_from == pytest.approx(last_word_s(recording), abs=FARTHEST_S)


def last_word_s(recording: bytes) -> float:
    """Return when in a recording the agent begins to say what comes after its last pause."""
    _, agent = read_stereo(recording)
    loud = np.flatnonzero(loud_frames(agent))
    after_pauses = loud[1:][np.diff(loud) > LONGEST_STOP]
    return float(after_pauses[-1]) / FRAMES_A_SECOND
