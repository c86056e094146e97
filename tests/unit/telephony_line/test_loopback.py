"""The carrier without anybody outside acts on calls: it dials, presses keys, transfers and hangs up."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from backend.domain.entities.telephone import Destination
from backend.domain.errors import ProviderError
from backend.domain.ports.telephony_port import (
    CallProgressed,
    CarrierStatus,
    DialRequest,
    HangUpCall,
    TransferRequest,
)
from backend.domain.value_objects.language import ENGLISH
from backend.domain.value_objects.phone_number import PhoneNumber
from tests.unit.telephony_line.loopback_carrier import URL, adapter

HERE, THERE = PhoneNumber("+999100000001"), PhoneNumber("+999100000002")
DIAL = DialRequest(THERE, HERE, reference="order", max_seconds=60)


@dataclass
class NotedPhone:
    """A telephone that writes down what it is told."""

    told: list[tuple[object, ...]] = field(default_factory=list)

    def rings(self, carrier_call_id: str, request: DialRequest) -> None:
        self.told.append(("rings", carrier_call_id, request))

    def was_hung_up(self, carrier_call_id: str) -> None:
        self.told.append(("hung up", carrier_call_id))

    def was_put_through(self, carrier_call_id: str, request: TransferRequest) -> None:
        self.told.append(("put through", carrier_call_id, request))

    def heard_keys(self, carrier_call_id: str, keys: str) -> None:
        self.told.append(("keys", carrier_call_id, keys))


async def test_a_telephone_of_this_process_can_be_called_and_hung_up() -> None:
    carrier, phone = adapter(), NotedPhone()
    carrier.exchange.register(THERE, phone)
    call = await carrier.dial(DIAL)
    request = TransferRequest(Destination("sales", HERE), HERE, "r", "", ENGLISH)
    await carrier.send_keys(call, "12w3#")
    await carrier.transfer(call, request)
    await carrier.hang_up(call)
    await carrier.hang_up(call)  # over: no error
    assert phone.told == [
        ("rings", call, DIAL),
        ("keys", call, "12w3#"),
        ("put through", call, request),
        ("hung up", call),
    ]


async def test_a_telephone_that_called_in_can_be_hung_up() -> None:
    carrier, phone = adapter(), NotedPhone()
    carrier.exchange.has_joined("c", phone)
    await carrier.answer(CallProgressed("c", CarrierStatus.ANSWERED), HangUpCall())
    assert phone.told == [("hung up", "c")]


async def test_a_number_that_nobody_has_is_refused() -> None:
    carrier = adapter()
    carrier.exchange.register(THERE, NotedPhone())
    carrier.exchange.unregister(THERE)
    with pytest.raises(ProviderError) as refused:
        await carrier.dial(DIAL)
    assert (refused.value.code, refused.value.retryable) == ("number-refused", False)


async def test_calls_that_are_over_or_elsewhere_can_be_acted_on() -> None:
    carrier = adapter()
    await carrier.hang_up("unknown")
    await carrier.send_keys("unknown", "1")
    await carrier.transfer("unknown", TransferRequest(Destination("s", HERE), HERE, "r", "", ENGLISH))


async def test_every_number_announces_its_calls_here() -> None:
    assert await adapter().webhook_of(HERE) == URL
