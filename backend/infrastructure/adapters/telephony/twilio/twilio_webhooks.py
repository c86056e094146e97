"""Twilio's requests, as events; no I/O.

All are forms. What they are about is told by their path, which is ours: Twilio calls back where it was told.
Statuses and fields: https://www.twilio.com/docs/voice/twiml#twilios-request-to-your-application,
…/voice/api/call-resource#statuscallback, …/voice/answering-machine-detection, …/voice/twiml/dial#action, as
of November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.domain.ports.telephony_port import (
    AnswererTold,
    CallAnswered,
    CallOffered,
    CallProgressed,
    CallUnattended,
    CarrierEvent,
    CarrierRequest,
    CarrierStatus,
    TransferEnded,
    WhisperWanted,
)
from backend.domain.value_objects.answerer import Answerer
from backend.infrastructure.adapters.telephony.references import checked_reference
from backend.infrastructure.adapters.telephony.twilio.twilio_signature import form_fields
from backend.infrastructure.adapters.telephony.webhook_errors import bad_webhook, foreign_account


class Hook(StrEnum):
    """What follows ``/webhook/twilio/``. After all but ``VOICE`` and ``UNATTENDED`` comes a reference, which
    ``STATUS`` lacks for calls that we have not placed."""

    VOICE = "voice"
    ANSWERED = "answered"
    STATUS = "status"
    UNATTENDED = "unattended"
    AMD = "amd"
    WHISPER = "whisper"
    ACCEPTED = "accepted"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, slots=True)
class TransferAccepted(CallProgressed):
    """Whom a caller is being put through to has pressed a key. The call is theirs, which nobody else knows;
    Twilio connects the two on an empty answer."""


_CALL_SID: Final = re.compile(r"CA[0-9a-zA-Z]{1,64}")
_MOST_CALLER: Final = 256  # a SIP address can be long
_STATUSES: Final = {
    "queued": CarrierStatus.RINGING,
    "initiated": CarrierStatus.RINGING,
    "ringing": CarrierStatus.RINGING,
    "in-progress": CarrierStatus.ANSWERED,
    "answered": CarrierStatus.ANSWERED,
    "completed": CarrierStatus.COMPLETED,
    "busy": CarrierStatus.BUSY,
    "no-answer": CarrierStatus.NO_ANSWER,
    "failed": CarrierStatus.FAILED,
    "canceled": CarrierStatus.CANCELLED,
}
# Who answered, and whether one may speak now.
_ANSWERERS: Final = {
    "human": (Answerer.HUMAN, False),
    "fax": (Answerer.FAX, False),
    "machine_start": (Answerer.MACHINE, False),
    "machine_end_beep": (Answerer.MACHINE, True),
    "machine_end_silence": (Answerer.MACHINE, True),
    "machine_end_other": (Answerer.MACHINE, True),
}
_HAVE_SPOKEN: Final = frozenset({"completed", "answered"})


def parse_request(request: CarrierRequest, account_sid: str) -> CarrierEvent | None:
    """Return what ``request`` tells, None if it is a status that Twilio has added since.

    Raises ``CallerError``: ``bad-webhook``, ``foreign-account``.
    """
    form = _form(request.body)
    if _needed(form, "AccountSid") != account_sid:
        raise foreign_account()
    call = _needed(form, "CallSid")
    if not _CALL_SID.fullmatch(call):
        raise bad_webhook("CallSid")
    hook, _, reference = request.path.partition("/")
    return _event(hook, reference, call, form)


def _event(hook: str, reference: str, call: str, form: Mapping[str, str]) -> CarrierEvent | None:
    if hook == Hook.STATUS:
        return _progress(call, checked_reference(reference) if reference else "", form)
    if not reference:
        if hook == Hook.VOICE:
            return CallOffered(call, form.get("From", "")[:_MOST_CALLER], _needed(form, "To"))
        if hook == Hook.UNATTENDED:
            return CallUnattended(call)
        raise bad_webhook("path")
    return _event_about(hook, checked_reference(reference), call, form)


def _event_about(hook: str, reference: str, call: str, form: Mapping[str, str]) -> CarrierEvent:
    if hook == Hook.ANSWERED:
        return CallAnswered(call, reference)
    if hook == Hook.AMD:
        unknown = (Answerer.UNKNOWN, False)
        answerer, greeting_is_over = _ANSWERERS.get(_needed(form, "AnsweredBy"), unknown)
        return AnswererTold(call, answerer, greeting_is_over)
    if hook == Hook.WHISPER:
        return WhisperWanted(reference)
    if hook == Hook.ACCEPTED:
        return TransferAccepted(call, CarrierStatus.ANSWERED)
    if hook == Hook.TRANSFERRED:
        return TransferEnded(call, reference, _was_reached(form))
    raise bad_webhook("path")


def _progress(call: str, reference: str, form: Mapping[str, str]) -> CallProgressed | None:
    status = _STATUSES.get(_needed(form, "CallStatus"))
    sequence = form.get("SequenceNumber", "")
    if sequence and not (sequence.isascii() and sequence.isdigit() and len(sequence) < 10):
        raise bad_webhook("SequenceNumber")
    if status is None:
        return None
    return CallProgressed(call, status, reference, int(sequence) if sequence else None)


def _was_reached(form: Mapping[str, str]) -> bool:
    """A destination that heard the whisper and declined has "completed" its call as well, so that
    ``DialBridged`` decides where it is told."""
    bridged = form.get("DialBridged")
    if bridged is not None:
        return bridged.lower() == "true"
    return _needed(form, "DialCallStatus") in _HAVE_SPOKEN


def _form(body: bytes) -> Mapping[str, str]:
    try:
        return dict(form_fields(body))
    except ValueError as error:
        raise bad_webhook("form") from error


def _needed(form: Mapping[str, str], name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise bad_webhook(name)
    return value
