"""A carrier, seen from the other side: what it sends, and what it makes of what it gets."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Protocol

from backend.domain.ports.telephony_port import CarrierReply, CarrierRequest, CarrierStatus, TelephonyPort


class CarrierSide(Protocol):
    """One carrier with one account of ours. Calls are named by its own identifiers."""

    @property
    def adapter(self) -> TelephonyPort: ...

    def incoming(self) -> str:
        """Have somebody call us."""
        ...

    def offered(self, call: str, caller: str, called: str) -> CarrierRequest:
        """Return the signed request that announces a call."""
        ...

    def answered(self, call: str, reference: str) -> CarrierRequest:
        """Return the signed request that says that whom we called has answered."""
        ...

    def progressed(self, call: str, status: CarrierStatus, reference: str) -> CarrierRequest:
        """Return the signed request that says how far a call of ours has come."""
        ...

    def unattended(self, call: str) -> CarrierRequest:
        """Return the signed request that says that a call has no media socket (any more)."""
        ...

    def nonsense(self) -> list[CarrierRequest]:
        """Return signed requests that no carrier sends."""
        ...

    def upgrade(self) -> CarrierRequest | None:
        """Return the signed upgrade of a media socket, None if such are not signed."""
        ...

    def ticket_of(self, call: str, reply: CarrierReply) -> str | None:
        """Return the ticket that the media socket of ``call`` shows, None if none is opened."""
        ...

    def placed(self, call: str) -> tuple[str, str, int]:
        """Return whom we called, as whom, and for how many seconds at most."""
        ...

    def has_ended(self, call: str) -> bool:
        """Whether we have ended a call."""
        ...

    def forwarded_to(self, call: str) -> str | None:
        """Return the number that we had a call put through to, None if none."""
        ...

    def started(self, call: str, ticket: str) -> str:
        """Return the message that begins a media stream."""
        ...

    def packet(self, audio: bytes, number: int) -> str:
        """Return the message that brings the caller's audio, 20 ms times ``number`` after the beginning."""
        ...

    def other(self, event: str, **content: str) -> str:
        """Return any other message: ``mark`` (name), ``key`` (key), ``stop``."""
        ...

    def plays(self, message: str) -> bytes | None:
        """Return what is played of a message of ours, None if it is no audio."""
        ...


def packet_of(audio: bytes, number: int) -> str:
    """Return a packet as Twilio and Telnyx send it."""
    payload = b64encode(audio).decode()
    media = {"track": "inbound", "chunk": str(number), "timestamp": str(20 * number), "payload": payload}
    return json.dumps({"event": "media", "media": media})


def message_of(event: str, content: dict[str, str]) -> str:
    """Return any other message as both send it."""
    match event:
        case "mark":
            return json.dumps({"event": "mark", "mark": content})
        case "key":
            return json.dumps({"event": "dtmf", "dtmf": {"digit": content["key"]}})
        case _:
            return json.dumps({"event": event, event: content})


def audio_of(message: str) -> bytes | None:
    """Return the audio in a message as both take it."""
    body = json.loads(message)
    return b64decode(body["media"]["payload"]) if body["event"] == "media" else None
