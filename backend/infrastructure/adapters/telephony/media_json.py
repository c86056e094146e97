"""What the carriers' media sockets share: events as JSON objects, audio in base64, numbers as strings.

Everything here raises ``CallerError`` (``bad-media``) for what no carrier sends.
"""

from __future__ import annotations

import binascii
from typing import Any, Final

import orjson

from backend.domain.errors import CallerError

MOST_CHARACTERS: Final = 65_536  # of one message
MOST_AUDIO_BYTES: Final = 16_000  # of one packet: two seconds
_MOST_NUMBER: Final = 2**53  # beyond that JSON's numbers are not exact
_MOST_DIGITS: Final = len(str(_MOST_NUMBER))


def bad_media(what: str) -> CallerError:
    """Return what to raise when a message has no usable ``what``. Never with its contents."""
    return CallerError(f"the media message has no usable {what}", code="bad-media")


def parse_object(message: str | bytes) -> dict[str, Any]:
    """Return the JSON object that ``message`` is."""
    if len(message) > MOST_CHARACTERS:
        raise bad_media("length")
    try:
        body: Any = orjson.loads(message)
    except orjson.JSONDecodeError as error:
        raise bad_media("JSON") from error
    if not isinstance(body, dict):
        raise bad_media("JSON object")
    return body


def object_in(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the object called ``name`` in ``body``."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise bad_media(name)
    return value


def text_in(body: dict[str, Any], name: str, *, longest: int = 256) -> str:
    """Return the text called ``name`` in ``body``, of one to ``longest`` characters."""
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise bad_media(name)
    return value


def number_in(body: dict[str, Any], name: str) -> int | None:
    """Return the number called ``name`` in ``body``, be it written as a string; None if there is none."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_NUMBER:
        raise bad_media(name)
    return value


def stamp_in(body: dict[str, Any], name: str) -> int | None:
    """Return the time called ``name`` in ``body``; None if there is none that makes sense. Audio is worth
    hearing also where nobody knows exactly when it was said."""
    try:
        return number_in(body, name)
    except CallerError:
        return None


def audio_in(body: dict[str, Any], name: str) -> bytes:
    """Return the audio called ``name`` in ``body``; may be empty.

    RFC 4648 lets writers leave out the padding and break lines; whoever does is understood.
    """
    text = body.get(name)
    if not isinstance(text, str):
        raise bad_media(name)
    try:
        audio = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        audio = _loosely_decoded(text, name)
    if len(audio) > MOST_AUDIO_BYTES:
        raise bad_media(name)
    return audio


def in_base64(audio: bytes) -> str:
    """Return ``audio`` as it goes into a message."""
    return binascii.b2a_base64(audio, newline=False).decode("ascii")


def _loosely_decoded(text: str, name: str) -> bytes:
    joined = "".join(text.split())
    try:
        return binascii.a2b_base64(joined + "=" * (-len(joined) % 4), strict_mode=True)
    except ValueError as error:
        raise bad_media(name) from error
