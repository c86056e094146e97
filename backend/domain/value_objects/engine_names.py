"""Which engines a call begins with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineNames:
    """The engine of each port that is asked first: what ``auto`` came to. Others stand in when it fails, and
    the timeline tells."""

    stt: str
    llm: str
    tts: str
    vad: str
