"""How an agent sounds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoiceConfig:
    """A voice of one speech engine.

    ``engine`` is a registered TTS engine (``auto`` lets Victoria choose the best one that is ready);
    ``voice`` is the engine's own name for a voice, empty for its default in the agent's language;
    ``speed`` is a factor (0.5 to 2.0, 1 is the voice's own pace); ``pitch`` is in semitones (-12 to 12);
    ``style`` is one that the voice offers ("cheerful"), empty for its usual one. An engine passes over what
    it cannot do.
    Raises ``ValueError`` outside these ranges.
    """

    engine: str = "auto"
    voice: str = ""
    speed: float = 1.0
    pitch: float = 0.0
    style: str = ""

    def __post_init__(self) -> None:
        if not 0.5 <= self.speed <= 2.0:
            raise ValueError("speed must be between 0.5 and 2.0")
        if not -12.0 <= self.pitch <= 12.0:
            raise ValueError("pitch must be between -12 and 12 semitones")
