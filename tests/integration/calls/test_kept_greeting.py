"""Whole calls that begin with a greeting kept from a call before: nobody waits for the voice."""

from __future__ import annotations

import pytest

from backend.application.services.speech_cache import CachedTts, SpeechCache
from backend.domain.value_objects.conversation_turn import Role
from tests.support.calls import Stage
from tests.support.scripted import ScriptedTts


def test_a_greeting_that_is_kept_is_heard_at_once() -> None:
    cache = SpeechCache()

    def call() -> tuple[Stage, float]:
        it = Stage(tts=ScriptedTts(ttfb_ms=300))
        it.shim = lambda name, real: CachedTts(real, cache, "tone") if name == "tts" else real

        async def caller(stage: Stage) -> None:
            await stage.until_answered()
            stage.hang_up()

        it.play(caller)
        return it, it.line.sounds[0].at

    (first, heard_s), (second, heard_again_s) = call(), call()
    assert heard_s - heard_again_s == pytest.approx(0.3, abs=0.02)
    assert first.dialogue == second.dialogue == [(Role.AGENT, "Hello, this is Ana.")]
    assert second.tts.voiced == ""
