"""What the loopback carrier's requests say, and how they are answered: JSON objects; no I/O."""

from __future__ import annotations

from typing import Any, Final

import orjson

from backend.domain.ports.telephony_port import (
    AnswererTold,
    Apologise,
    CallAnswered,
    CallOffered,
    CallProgressed,
    CallUnattended,
    CarrierEvent,
    CarrierReply,
    CarrierStatus,
    Connect,
    HangUpCall,
    Instruction,
    NoInstruction,
    TransferEnded,
    TurnAway,
    Whisper,
    WhisperWanted,
)
from backend.domain.value_objects.answerer import Answerer
from backend.infrastructure.adapters.telephony.references import checked_reference
from backend.infrastructure.adapters.telephony.webhook_errors import bad_webhook

MEDIA_PATH: Final = "/ws/telephone/loopback"
_LONGEST: Final = 128


def parse_webhook(body: bytes) -> CarrierEvent | None:
    """Return what a request tells, None if that is not known. Raises ``CallerError`` (``bad-webhook``)."""
    try:
        fields: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise bad_webhook("JSON") from None
    if not isinstance(fields, dict):
        raise bad_webhook("JSON object")
    match fields.get("event"):
        case "offered":
            return CallOffered(_text(fields, "call"), _text(fields, "from"), _text(fields, "to"))
        case "answered":
            return CallAnswered(_text(fields, "call"), _reference(fields))
        case "unattended":
            return CallUnattended(_text(fields, "call"))
        case "progressed":
            return _progress(fields)
        case "answerer":
            return _answerer(fields)
        case "whisper":
            return WhisperWanted(_reference(fields))
        case "transfer-ended":
            return TransferEnded(_text(fields, "call"), _reference(fields), _truth(fields, "reached"))
        case _:
            return None


def reply_to(instruction: Instruction) -> CarrierReply:
    """Return the response that says what to do."""
    match instruction:
        case Connect():
            return _reply(
                "connect", path=MEDIA_PATH, ticket=instruction.ticket, max_seconds=instruction.max_seconds
            )
        case Apologise():
            return _reply("say", text=instruction.text, language=instruction.language.tag)
        case TurnAway():
            return _reply("turn-away", busy=instruction.is_busy)
        case HangUpCall():
            return _reply("hang-up")
        case Whisper():
            return _reply("whisper", text=instruction.text, language=instruction.language.tag)
        case NoInstruction():
            return _reply("nothing")


def _reply(do: str, **fields: str | int) -> CarrierReply:
    return CarrierReply(orjson.dumps({"do": do, **fields}), "application/json")


def _progress(fields: dict[str, Any]) -> CallProgressed:
    sequence = fields.get("sequence")
    if sequence is not None and (not isinstance(sequence, int) or isinstance(sequence, bool)):
        raise bad_webhook("sequence")
    try:
        status = CarrierStatus(_text(fields, "status"))
    except ValueError:
        raise bad_webhook("status") from None
    reference = _reference(fields) if fields.get("reference") else ""
    return CallProgressed(_text(fields, "call"), status, reference, sequence)


def _answerer(fields: dict[str, Any]) -> AnswererTold:
    try:
        answerer = Answerer(_text(fields, "answerer"))
    except ValueError:
        raise bad_webhook("answerer") from None
    return AnswererTold(_text(fields, "call"), answerer, _truth(fields, "greeting_is_over"))


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise bad_webhook(name)
    return value


def _reference(fields: dict[str, Any]) -> str:
    return checked_reference(_text(fields, "reference"))


def _truth(fields: dict[str, Any], name: str) -> bool:
    value = fields.get(name)
    if not isinstance(value, bool):
        raise bad_webhook(name)
    return value
