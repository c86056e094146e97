"""The browser's call protocol on the wire, without the wire: messages in, values out, and back.

Pure, as wsproto is: nothing here waits or sends. ``docs/architecture/PROTOCOL.md`` describes it; what that
does not describe raises a ``WireError`` that says how to close.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.domain.conversation.codec import encode
from backend.domain.entities.call import EndCause
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import CallerError
from backend.domain.ports.channel_port import (
    CallReady,
    Notice,
    Played,
    TimelineAppended,
    TimelineCommitted,
    TroubleReported,
    Typed,
)
from backend.domain.value_objects.audio import AudioFormat, AudioFrame

VERSION: Final = 1
MAX_HELLO_BYTES: Final = 1_024
# 2000 characters that JSON writes in six bytes each, and what stands around them.
MAX_TEXT_BYTES: Final = 16_384
MAX_AUDIO_BYTES: Final = 32_000
MAX_TYPED_CHARS: Final = 2_000

# C0, DEL and C1: nobody types them, and PostgreSQL has no room for the first.
_CONTROLS: Final = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")


class WireError(CallerError):
    """The peer broke the protocol; ``close_code`` is the WebSocket close code that says so."""

    def __init__(self, close_code: int, code: str, message: str) -> None:
        super().__init__(message, code=code)
        self.close_code = close_code


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller ends the call."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Hello(_Message):
    """The first message: who may call."""

    type: Literal["hello"]
    version: int
    ticket: str = Field(min_length=1, max_length=256)


class _PlayedMessage(_Message):
    type: str
    position: int = Field(ge=0, le=2**53)


class _HangUpMessage(_Message):
    type: str


class _TextMessage(_Message):
    type: str
    text: str


ModelT = TypeVar("ModelT", bound=_Message)


def parse_hello(text: str | None) -> Hello:
    """Return the greeting. Raises ``WireError`` for anything else, binary (None) included."""
    if text is None:
        raise WireError(1003, "unexpected-message", "the first message must be a hello")
    hello = _validated(Hello, _json(text, MAX_HELLO_BYTES))
    if hello.version != VERSION:
        raise WireError(1003, "unexpected-message", f"this server speaks version {VERSION}")
    return hello


def parse_text(text: str) -> Played | Typed | HungUp:
    """Return what a text message says. Raises ``WireError``."""
    data = _json(text, MAX_TEXT_BYTES)
    match data.get("type"):
        case "played":
            return Played(_validated(_PlayedMessage, data).position)
        case "text":
            return Typed(_typed(_validated(_TextMessage, data).text))
        case "hangup":
            _validated(_HangUpMessage, data)
            return HungUp()
        case _:
            raise WireError(1003, "unexpected-message", "this message type is not known")


def _typed(text: str) -> str:
    """Return what the caller wrote, on one line."""
    words = text.translate(_CONTROLS).strip()
    if not 1 <= len(words) <= MAX_TYPED_CHARS:
        raise WireError(
            1003, "bad-text", f"a text holds 1 to {MAX_TYPED_CHARS} characters besides the space around"
        )
    return words


def parse_audio(payload: bytes, format_: AudioFormat) -> AudioFrame:
    """Return the audio of a binary message. Raises ``WireError``."""
    if len(payload) > MAX_AUDIO_BYTES:
        raise WireError(1009, "too-large", f"a message holds at most {MAX_AUDIO_BYTES} bytes of audio")
    if not payload or len(payload) % format_.sample_bytes:
        raise WireError(1007, "bad-audio", "a message must hold a whole number of samples, at least one")
    return AudioFrame(format_, payload)


def ready(notice: CallReady, format_: AudioFormat) -> str:
    """Return the message that opens a call."""
    call = notice.call
    return _text(
        "ready",
        call_id=call.id.value,
        agent={"id": call.agent.id, "name": call.agent.name, "language": call.agent.language.tag},
        audio={"input_rate": format_.rate, "output_rate": format_.rate},
        started_at=call.started_at,
    )


def notice_message(notice: Notice, format_: AudioFormat) -> str:
    """Return the message that tells the peer of ``notice``."""
    match notice:
        case CallReady():
            return ready(notice, format_)
        case TimelineAppended():
            return _text("timeline", entry=_entry(notice.entry))
        case TimelineCommitted():
            return _text("committed", seq=notice.seq)
        case TroubleReported():
            return _text("trouble", code=notice.code, message=notice.message)


def flush_message() -> str:
    """Return the order to drop all audio that has not been played."""
    return _text("flush")


def error_message(code: str, message: str) -> str:
    """Return the message that precedes closing with an error."""
    return _text("error", code=code, message=message)


def ended_message(cause: EndCause) -> str:
    """Return the message that precedes an ordinary end."""
    return _text("ended", cause=cause.value)


def _entry(entry: TimelineEntry) -> dict[str, Any]:
    effects = [encode(effect) for effect in entry.effects]
    return {"seq": entry.seq, "event": encode(entry.event), "effects": effects}


def _text(type_: str, **fields: Any) -> str:
    return orjson.dumps({"type": type_, **fields}).decode()


def _json(text: str, limit: int) -> dict[str, Any]:
    if len(text.encode()) > limit:
        raise WireError(1009, "too-large", f"a text message holds at most {limit} bytes")
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise WireError(1007, "bad-json", "a text message must be JSON") from None
    if not isinstance(data, dict):
        raise WireError(1003, "unexpected-message", "a message is a JSON object")
    return data


def _validated(model: type[ModelT], data: dict[str, Any]) -> ModelT:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        fields = ", ".join(sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}))
        raise WireError(1003, "unexpected-message", f"these fields are not right: {fields}") from None
