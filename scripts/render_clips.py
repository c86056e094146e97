"""Make the recordings that ship with Victoria (see ``infrastructure/adapters/clips``).

    .venv/bin/python scripts/render_clips.py

To be run when a phrase in ``domain/conversation/manners.py`` changes; the files are committed.
"""

from __future__ import annotations

import asyncio
import wave

from backend.domain.conversation.manners import manners_of
from backend.domain.ports.clip_port import Clip
from backend.domain.ports.tts_port import SpeechRequest
from backend.domain.value_objects.audio import WIDEBAND
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.clips.recorded_clips import FOLDER
from backend.infrastructure.adapters.tts.espeak_adapter import EspeakTts


async def render() -> None:
    """Speak every phrase that has a clip, in every language that has phrases."""
    tts = EspeakTts()
    try:
        for language in (ENGLISH, SPANISH):
            for clip in Clip:
                await _render(tts, clip, language)
    finally:
        await tts.aclose()


async def _render(tts: EspeakTts, clip: Clip, language: Language) -> None:
    text = getattr(manners_of(language).phrases, clip.value)
    request = SpeechRequest(text, language, VoiceConfig(), WIDEBAND)
    audio = b"".join([chunk.frame.payload async for chunk in tts.synthesize(request)])
    path = FOLDER / f"{clip.value}.{language.base}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(WIDEBAND.rate)
        file.writeframes(audio)
    print(f"{path.name}: {len(audio) / 2 / WIDEBAND.rate:.2f} s")


if __name__ == "__main__":
    asyncio.run(render())
