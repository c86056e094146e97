"""What becomes of orders to carriers when the network or the carrier fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.telephony_port import DialRequest, TelephonyPort
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.service_errors import refusal
from backend.infrastructure.adapters.telephony.carrier_rest import CarrierRest, RestOrder
from tests.support.leaks import Keys
from tests.support.raw_server import REFUSING_PORT
from tests.support.telephony.rest_server import RestAnswer, RestRequest, Silence, Trouble, rest_server
from tests.support.telephony.rigs import TelnyxRig, TwilioRig, telnyx_rig, twilio_rig

DIAL = DialRequest(PhoneNumber("+34910000000"), PhoneNumber("+34600000000"), "order-1", max_seconds=60)
ORDER = RestOrder("POST", "/orders", json={"a": 1}, deadline_s=20)
ENDLESS = {"a": "x" * 2_000_000}
ONCE = RestOrder("POST", "/orders", json={"a": 1}, is_repeatable=False, deadline_s=20)

Rig = Callable[..., AbstractAsyncContextManager[TwilioRig | TelnyxRig]]
RIGS: list[Rig] = [twilio_rig, telnyx_rig]


@dataclass
class Orders:
    """A carrier that takes every order."""

    requests: list[RestRequest]
    troubles: list[Trouble]

    async def handle(self, request: RestRequest) -> RestAnswer:
        return RestAnswer(200, {"n": len(self.requests)})


async def asked(order: RestOrder, *troubles: Trouble) -> tuple[Orders, dict[str, object] | ProviderError]:
    """Return what came of ``order`` when ``troubles`` happen, one for each try."""
    carrier = Orders([], list(troubles))
    async with rest_server(carrier) as url:
        rest = CarrierRest("acme", url, Secret("Bearer k"), lambda no: refusal("acme", no.status, no.headers))
        try:
            return carrier, await rest.ask(order)
        except ProviderError as error:
            return carrier, error
        finally:
            await rest.aclose()


@pytest.mark.parametrize("trouble", [Silence.BREAK, RestAnswer(500), RestAnswer(503), RestAnswer(200, b"<")])
async def test_a_repeatable_order_is_tried_twice(trouble: Trouble) -> None:
    carrier, outcome = await asked(ORDER, trouble)

    assert outcome == {"n": 2}
    assert [request.json for request in carrier.requests] == [{"a": 1}, {"a": 1}]


@pytest.mark.parametrize(
    ("troubles", "code", "tries"),
    [
        ((RestAnswer(500), RestAnswer(500)), "provider-unavailable", 2),
        ((Silence.BREAK, Silence.BREAK), "connection-failed", 2),
        ((RestAnswer(401),), "auth-failed", 1),
        ((RestAnswer(403),), "auth-failed", 1),
        ((RestAnswer(302, headers={"Location": "http://192.0.2.1/"}),), "request-rejected", 1),
        ((RestAnswer(429, headers={"Retry-After": "3"}),), "rate-limited", 1),
        ((RestAnswer(429),), "rate-limited", 1),
        ((RestAnswer(200, [1]), RestAnswer(200, [1])), "bad-response", 2),
        ((RestAnswer(200, ENDLESS), RestAnswer(200, ENDLESS)), "bad-response", 2),
    ],
)
async def test_what_cannot_be_mended_is_told(troubles: tuple[Trouble, ...], code: str, tries: int) -> None:
    carrier, outcome = await asked(ORDER, *troubles)

    assert isinstance(outcome, ProviderError)
    assert (outcome.code, len(carrier.requests)) == (code, tries)


@pytest.mark.parametrize(
    ("trouble", "retryable"),
    [(Silence.BREAK, False), (RestAnswer(500), False), (RestAnswer(400), False), (RestAnswer(429), True)],
)
async def test_an_order_that_is_not_repeatable_is_sent_once(trouble: Trouble, retryable: bool) -> None:
    carrier, outcome = await asked(ONCE, trouble)

    assert isinstance(outcome, ProviderError)
    assert (outcome.retryable, len(carrier.requests)) == (retryable, 1)


@pytest.mark.parametrize(("order", "retryable"), [(ORDER, True), (ONCE, False)])
async def test_an_order_without_an_answer_ends_in_time(order: RestOrder, retryable: bool) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()

    _, outcome = await asked(replace(order, deadline_s=0.5), Silence.WAIT)

    assert isinstance(outcome, ProviderTimeoutError)
    assert outcome.retryable is retryable
    assert 0.4 < loop.time() - began < 10


@pytest.mark.parametrize("rig", RIGS)
async def test_a_call_that_could_not_even_be_ordered_may_be_tried_again(rig: Rig) -> None:
    async with rig(base_url=f"http://127.0.0.1:{REFUSING_PORT}") as running:
        with pytest.raises(ProviderError) as caught:
            await running.adapter.dial(DIAL)

    assert (caught.value.code, caught.value.retryable) == ("connection-failed", True)


ACTIONS: list[Callable[[TelephonyPort], Awaitable[Any]]] = [
    lambda adapter: adapter.dial(DIAL),
    lambda adapter: adapter.hang_up("call"),
    lambda adapter: adapter.check(),
    lambda adapter: adapter.webhook_of(PhoneNumber("+34600000000")),
]


@pytest.mark.parametrize("rig", RIGS)
@pytest.mark.parametrize("key", ["Zq+of-nobody/K=", "with\nnewline-of-nobody", "ñ-of-nobody"])
async def test_a_key_that_is_not_accepted_is_not_shown(
    rig: Rig, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    keys = Keys()
    keys.watch("key", key)
    caplog.set_level(logging.DEBUG)

    async with twilio_rig(token=key) if rig is twilio_rig else telnyx_rig(key=key) as running:
        for action in ACTIONS:
            with pytest.raises(ProviderError) as caught:
                await action(running.adapter)
            assert (caught.value.code, caught.value.retryable) == ("auth-failed", False)
            assert not keys.found_in(f"{caught.value!r} {caught.value.__cause__!r}")
        assert not keys.found_in(repr(vars(running.adapter)))
    assert not keys.found_in(caplog.text)


@pytest.mark.parametrize("rig", RIGS)
async def test_a_closed_adapter_says_so(rig: Rig) -> None:
    async with rig() as running:
        await running.adapter.check()
        await running.adapter.aclose()
        await running.adapter.aclose()

        with pytest.raises(ProviderError) as caught:
            await running.adapter.hang_up("call")

    assert (caught.value.code, caught.value.retryable) == ("closed", False)
