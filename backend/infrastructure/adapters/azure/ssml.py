"""The document that Azure speaks: the text, whose voice, in what style, how fast and how high.

Built as a tree and serialised by the XML library, so that no text can be taken for markup.
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree  # only writes

from backend.domain.value_objects.voice_config import VoiceConfig

_NAMESPACE: Final = "http://www.w3.org/2001/10/synthesis"
_MICROSOFT: Final = "https://www.w3.org/2001/mstts"
# Characters that XML 1.0 cannot hold (section 2.2, production 2), not even escaped.
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# "Pitch changes should be within 0.5 to 1.5 times the original audio", as the service's documentation of
# `prosody` has it: an octave down and seven semitones up.
_LOWEST_SEMITONES: Final = -12.0
_HIGHEST_SEMITONES: Final = 7.0


def ssml(text: str, *, voice: str, locale: str, config: VoiceConfig) -> str:
    """Return the document that says ``text`` with the service's ``voice``.

    A style that the voice does not have is passed over by the service.
    """
    speak = ElementTree.Element("speak", {"version": "1.0", "xmlns": _NAMESPACE, "xml:lang": locale})
    place = ElementTree.SubElement(speak, "voice", {"name": voice})
    if config.style:
        speak.set("xmlns:mstts", _MICROSOFT)
        style = _FORBIDDEN.sub("", config.style)
        place = ElementTree.SubElement(place, "mstts:express-as", {"style": style})
    prosody = _prosody(config)
    if prosody:
        place = ElementTree.SubElement(place, "prosody", prosody)
    place.text = _FORBIDDEN.sub(" ", text)
    return ElementTree.tostring(speak, encoding="unicode")


def _prosody(config: VoiceConfig) -> dict[str, str]:
    attributes = {}
    if config.speed != 1.0:
        attributes["rate"] = f"{config.speed:.2f}"
    if config.pitch:
        semitones = max(_LOWEST_SEMITONES, min(_HIGHEST_SEMITONES, config.pitch))
        attributes["pitch"] = f"{semitones:+.1f}st"
    return attributes
