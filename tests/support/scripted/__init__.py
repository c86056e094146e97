"""Engines that do what a test tells them: small, whole implementations of the ports, in virtual time."""

from tests.support.scripted.hearing import (
    EnergyVad,
    EnergyVadStream,
    ScriptedStt,
    ScriptedSttStream,
    SttTrouble,
)
from tests.support.scripted.languages import FOR_EVER_S, LANGUAGES
from tests.support.scripted.sound import CLIP_LEVEL, silence, tone
from tests.support.scripted.speaking import ScriptedClips, ScriptedTts, TtsTrouble
from tests.support.scripted.thinking import Say, ScriptedLlm

__all__ = [
    "CLIP_LEVEL",
    "FOR_EVER_S",
    "LANGUAGES",
    "EnergyVad",
    "EnergyVadStream",
    "Say",
    "ScriptedClips",
    "ScriptedLlm",
    "ScriptedStt",
    "ScriptedSttStream",
    "ScriptedTts",
    "SttTrouble",
    "TtsTrouble",
    "silence",
    "tone",
]
