"""What is asked of Telnyx' REST interface; no I/O.

Telnyx carries out a command with the same ``command_id`` for the same call only once. Where a second one can
only be a repetition (a webhook that came twice) the id follows from the call; else it is new each time, and
protects our own second try alone.

Source: https://developers.telnyx.com/api-reference/call-commands and the parameters of Telnyx' own Python
library (August 2026).
"""

from __future__ import annotations

import uuid
from typing import Final
from urllib.parse import quote

from backend.domain.ports.telephony_port import DialRequest, MachineDetection, TransferRequest
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.infrastructure.adapters.telephony.carrier_rest import RestOrder
from backend.infrastructure.adapters.telephony.public_address import PublicAddress
from backend.infrastructure.adapters.telephony.telnyx.telnyx_state import ClientState, Leg

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:victoria:telnyx-commands")
_DETECTION: Final = {MachineDetection.DETECT: "detect", MachineDetection.GREETING_END: "greeting_end"}
_DIAL_S: Final = 10.0  # nobody hears this wait, and an answer that we miss is a call that we lose
_KEY_WAIT_MS: Final = 10_000
_MOST_SAID: Final = 3_000  # characters
_RING_S: Final = (5, 600)
_MOST_SECONDS: Final = 14_400

# Without the mode, what we send is dropped without a word; ``self`` is the caller, and not whom the caller
# may be connected to later.
_STREAM: Final[dict[str, object]] = {
    "stream_track": "inbound_track",
    "stream_codec": "PCMU",
    "stream_bidirectional_mode": "rtp",
    "stream_bidirectional_codec": "PCMU",
    "stream_bidirectional_target_legs": "self",
}
_VOICE: Final[dict[str, object]] = {"voice": "female", "service_level": "premium", "payload_type": "text"}


class TelnyxCommands:
    """The commands of the account's application ``connection_id``."""

    def __init__(self, connection_id: str, address: PublicAddress) -> None:
        self._connection_id = connection_id
        self._address = address

    def dial(self, request: DialRequest) -> RestOrder:
        """Place a call."""
        body: dict[str, object] = {
            **self._new_leg(request.to, request.caller_id, request.ring_seconds),
            "time_limit_secs": _limit(request.max_seconds),
            "client_state": ClientState(Leg.ORDER, request.reference).encoded(),
        }
        if request.detection is not MachineDetection.OFF:
            body["answering_machine_detection"] = _DETECTION[request.detection]
        return _dialled(body)

    def dial_destination(self, caller: str, request: TransferRequest) -> RestOrder:
        """Call the destination of a warm transfer; the ``caller`` stays with us meanwhile."""
        state = ClientState(Leg.WARM, request.reference, caller)
        leg = self._new_leg(request.destination.number, request.caller_id, request.ring_seconds)
        limit = _limit(request.max_seconds)
        return _dialled({**leg, "time_limit_secs": limit, "client_state": state.encoded()})

    def transfer(self, caller: str, request: TransferRequest) -> RestOrder:
        """Connect the ``caller`` to the destination as soon as that answers."""
        state = ClientState(Leg.BLIND, request.reference, caller)
        return _command(
            caller,
            "transfer",
            str(uuid.uuid4()),
            to=str(request.destination.number),
            **{"from": str(request.caller_id)},
            timeout_secs=_ring(request.ring_seconds),
            time_limit_secs=_limit(request.max_seconds),
            target_leg_client_state=state.encoded(),
        )

    def answer(self, call: str, ticket: str) -> RestOrder:
        """Answer a call, and open a media socket that shows ``ticket``."""
        return _command(
            call,
            "answer",
            _once(call, "answer"),
            stream_url=self._address.media(ticket),
            preferred_codecs="PCMU,PCMA",
            send_silence_when_idle=True,
            **_STREAM,
        )

    def stream(self, call: str, ticket: str) -> RestOrder:
        """Open a media socket that shows ``ticket``, in a call that has been answered."""
        command_id = _once(call, "stream", ticket)
        return _command(
            call, "streaming_start", command_id, stream_url=self._address.media(ticket), **_STREAM
        )

    def _new_leg(self, to: PhoneNumber, caller_id: PhoneNumber, ring_seconds: int) -> dict[str, object]:
        return {
            "connection_id": self._connection_id,
            "to": str(to),
            "from": str(caller_id),
            "timeout_secs": _ring(ring_seconds),
            "webhook_url": self._address.webhook(),
            "webhook_url_method": "POST",
            "send_silence_when_idle": True,
            "command_id": str(uuid.uuid4()),
        }


def answer_to_apologise(call: str, text: str, language: str) -> RestOrder:
    """Answer a call in order to say ``text``, which can begin when Telnyx says that it is answered."""
    state = ClientState(Leg.APOLOGY, text=text[:_MOST_SAID], language=language)
    return _command(call, "answer", _once(call, "answer"), client_state=state.encoded())


def apologise(call: str, text: str, language: str) -> RestOrder:
    """Say ``text`` in a call that has been answered; Telnyx tells when it is said."""
    state = ClientState(Leg.APOLOGY).encoded()
    said = text[:_MOST_SAID]
    return _command(
        call, "speak", _once(call, "speak"), payload=said, language=language, client_state=state, **_VOICE
    )


def whisper(leg: str, text: str, language: str) -> RestOrder:
    """Say ``text`` to the destination of a transfer and wait for any key."""
    return _command(
        leg,
        "gather_using_speak",
        _once(leg, "whisper"),
        payload=text[:_MOST_SAID],
        language=language,
        minimum_digits=1,
        maximum_digits=1,
        maximum_tries=1,
        timeout_millis=_KEY_WAIT_MS,
        valid_digits="0123456789*#",
        **_VOICE,
    )


def bridge(leg: str, caller: str, reference: str) -> RestOrder:
    """Connect the destination of a transfer, which is on the line as ``leg``, and the ``caller``."""
    state = ClientState(Leg.JOINED, reference, caller)
    return _command(leg, "bridge", _once(leg, "bridge"), call_control_id=caller, client_state=state.encoded())


def reject(call: str, *, is_busy: bool) -> RestOrder:
    """Do not answer a call."""
    cause = "USER_BUSY" if is_busy else "CALL_REJECTED"
    return _command(call, "reject", _once(call, "reject"), cause=cause)


def hang_up(call: str) -> RestOrder:
    """End a call, answered or not."""
    return _command(call, "hangup", _once(call, "hangup"))


def send_keys(call: str, keys: str) -> RestOrder:
    """Press ``keys``."""
    return _command(call, "send_dtmf", str(uuid.uuid4()), digits=keys)


def application(connection_id: str) -> RestOrder:
    """Ask about an application, and whether the key opens it."""
    return RestOrder("GET", f"/v2/call_control_applications/{quote(connection_id, safe='')}")


def number(phone_number: PhoneNumber) -> RestOrder:
    """Ask about one of the account's numbers."""
    return RestOrder("GET", "/v2/phone_numbers", params={"filter[phone_number]": str(phone_number)})


def _command(call: str, action: str, command_id: str, **body: object) -> RestOrder:
    path = f"/v2/calls/{quote(call, safe='')}/actions/{action}"
    return RestOrder("POST", path, json={**body, "command_id": command_id})


def _dialled(body: dict[str, object]) -> RestOrder:
    return RestOrder("POST", "/v2/calls", json=body, is_repeatable=False, deadline_s=_DIAL_S)


def _once(*what: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "|".join(what)))


def _ring(seconds: int) -> int:
    shortest, longest = _RING_S
    return max(shortest, min(seconds, longest))


def _limit(seconds: int) -> int:
    return min(seconds, _MOST_SECONDS)
