"""Acting on the calls of a local Telnyx: the rig, what its webhooks tell, and what is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from backend.domain.entities.telephone import Destination
from backend.domain.ports.telephony_port import CarrierEvent, CarrierReply, Instruction, TransferRequest
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.phone_number import PhoneNumber
from tests.support.telephony.rigs import TelnyxRig, telnyx_rig
from tests.support.telephony.telnyx_rest import TelnyxCall

MADRID = PhoneNumber("+34910000000")
OURS = PhoneNumber("+34600000000")
SPANISH = Language("es-MX")


@pytest.fixture
async def a_rig() -> AsyncIterator[TelnyxRig]:
    """An adapter on a Telnyx that has no calls: a test file names it ``rig``."""
    async with telnyx_rig() as running:
        yield running


def transfer(*, is_warm: bool) -> TransferRequest:
    destination = Destination("Ana", MADRID, is_warm=is_warm)
    return TransferRequest(
        destination, OURS, "ref-7", "Wants to buy.", SPANISH, ring_seconds=20, max_seconds=600
    )


def told(rig: TelnyxRig, event_type: str, call: TelnyxCall, **payload: Any) -> CarrierEvent | None:
    """Return what Telnyx' webhook about ``call`` says: it brings back what the call was given last."""
    state = {} if call.client_state is None else {"client_state": call.client_state}
    return rig.adapter.parse(
        rig.signer.request(
            event_type, now_s=rig.now_s, call_control_id=call.call_control_id, **state, **payload
        )
    )


async def react(rig: TelnyxRig, event: CarrierEvent | None, instruction: Instruction) -> None:
    """Answer a webhook, as whoever is behind the webhooks does."""
    assert event is not None
    assert await rig.adapter.answer(event, instruction) == CarrierReply()
