"""The adapters on local servers that speak the carriers' REST."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.telephony.telnyx.telnyx_adapter import TelnyxAccount, TelnyxAdapter
from backend.infrastructure.adapters.telephony.twilio.twilio_adapter import TwilioAccount, TwilioAdapter
from tests.support.memory import ManualClock
from tests.support.telephony.rest_server import rest_server
from tests.support.telephony.signing import PUBLIC_URL, TelnyxSigner
from tests.support.telephony.telnyx_rest import API_KEY, CONNECTION_ID, TelnyxRest
from tests.support.telephony.twilio_rest import ACCOUNT_SID, AUTH_TOKEN, TwilioRest


@dataclass(frozen=True)
class TwilioRig:
    """An adapter, and the Twilio that it talks to."""

    adapter: TwilioAdapter
    rest: TwilioRest


@dataclass(frozen=True)
class TelnyxRig:
    """An adapter, the Telnyx that it talks to, and what that signs with."""

    adapter: TelnyxAdapter
    rest: TelnyxRest
    signer: TelnyxSigner
    clock: ManualClock

    @property
    def now_s(self) -> int:
        """Unix time."""
        return self.clock.wall_ms() // 1_000


@asynccontextmanager
async def twilio_rig(*, token: str = AUTH_TOKEN, base_url: str | None = None) -> AsyncIterator[TwilioRig]:
    """Yield an adapter on a Twilio that has no calls; ``token`` is what the adapter believes in."""
    rest = TwilioRest()
    async with rest_server(rest) as url:
        account = TwilioAccount(ACCOUNT_SID, Secret(token), base_url or url)
        adapter = TwilioAdapter(account, PUBLIC_URL)
        try:
            yield TwilioRig(adapter, rest)
        finally:
            await adapter.aclose()


@asynccontextmanager
async def telnyx_rig(*, key: str = API_KEY, base_url: str | None = None) -> AsyncIterator[TelnyxRig]:
    """Yield an adapter on a Telnyx that has no calls; ``key`` is what the adapter believes in."""
    rest, signer, clock = TelnyxRest(), TelnyxSigner(), ManualClock()
    async with rest_server(rest) as url:
        account = TelnyxAccount(Secret(key), signer.public_key, CONNECTION_ID, base_url or url)
        adapter = TelnyxAdapter(account, PUBLIC_URL, clock)
        try:
            yield TelnyxRig(adapter, rest, signer, clock)
        finally:
            await adapter.aclose()
