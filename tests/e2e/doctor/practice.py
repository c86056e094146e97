"""A server behind a proxy that ends TLS, a carrier, and a doctor who looks at them: what each test breaks one
thing of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from backend.application.services.telephony.doctor import (
    Examination,
    Finding,
    Verdict,
    examine,
    first_to_mend,
)
from backend.application.services.telephony.doctor_trial import ExaminedCarrier, Patient
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.telephony.public_address import PublicAddress
from backend.infrastructure.adapters.telephony.twilio.twilio_adapter import TwilioAccount, TwilioAdapter
from backend.infrastructure.adapters.telephony.twilio.twilio_trial import TwilioTrial
from backend.interfaces.cli.doctor import examinations
from backend.interfaces.cli.doctor_server import OwnServer
from backend.interfaces.cli.doctor_wire import Wire
from tests.support.certificates import Authority
from tests.support.telephony.rest_server import rest_server
from tests.support.telephony.twilio_rest import ACCOUNT_SID, AUTH_TOKEN, TwilioRest
from tests.support.tls_proxy import Rule, a_proxy, as_it_should
from tests.support.victoria import Victoria

NUMBER = "+34910000001"


@dataclass(frozen=True)
class Town:
    """A server, the port that its proxy is to listen on, and the authority that certifies the proxy."""

    victoria: Victoria
    proxy_port: int
    authority: Authority

    @property
    def public_url(self) -> str:
        return f"https://localhost:{self.proxy_port}"

    @property
    def hook(self) -> str:
        return f"{self.public_url}/webhook/twilio/voice"

    @property
    def wire(self) -> Wire:
        return Wire(self.authority.trusting())


@dataclass(frozen=True)
class Practice:
    """A patient in front of the doctor, and the Twilio that the doctor asks."""

    town: Town
    patient: Patient
    twilio: TwilioRest

    def server(self, key: str | None = None) -> OwnServer:
        return OwnServer(self.patient, key or self.town.victoria.key)

    async def examined(self, until: str, *, key: str | None = None) -> list[Finding]:
        """Examine up to and with ``until``; all before it has to be good."""
        todo: list[Examination] = []
        for examination in examinations(self.patient, self.server(key), self.town.wire):
            todo.append(examination)
            if examination.name == until:
                break
        findings = await examine(todo)
        assert findings[-1].name == until
        assert {finding.verdict for finding in findings[:-1]} <= {Verdict.GOOD}, findings
        return findings

    async def ailment(self, until: str, *, key: str | None = None) -> str:
        """Examine up to ``until``, which has to be bad; return what is said of it."""
        findings = await self.examined(until, key=key)
        assert findings[-1].verdict is Verdict.BAD, findings[-1]
        assert first_to_mend(findings) == findings[-1]
        return f"{findings[-1].sentence} {findings[-1].remedy}"


@asynccontextmanager
async def practice(town: Town, *, token: str = AUTH_TOKEN) -> AsyncIterator[Practice]:
    """Yield a doctor's practice on ``town``, whose proxy is up to the test."""
    twilio = TwilioRest()
    twilio.numbers[NUMBER] = {"voice_url": town.hook}
    async with rest_server(twilio) as rest_url:
        account = TwilioAccount(ACCOUNT_SID, Secret(token), rest_url)
        adapter = TwilioAdapter(account, town.public_url)
        trial = TwilioTrial(account, PublicAddress(town.public_url, "twilio"))
        carrier = ExaminedCarrier(adapter, town.hook, trial)
        patient = Patient(town.victoria.url, town.public_url, ("127.0.0.1",), (carrier,), b"")
        try:
            yield Practice(town, patient, twilio)
        finally:
            await adapter.aclose()


@asynccontextmanager
async def visit(
    town: Town, rule: Rule = as_it_should, *, upstream: int | None = None, token: str = AUTH_TOKEN
) -> AsyncIterator[Practice]:
    """Yield a practice whose proxy follows ``rule``, and has a good certificate."""
    tls = town.authority.serving()
    async with (
        a_proxy(town.proxy_port, upstream or town.victoria.port, tls, rule),
        practice(town, token=token) as opened,
    ):
        yield opened


def with_patient(opened: Practice, **changes: Any) -> Practice:
    return replace(opened, patient=replace(opened.patient, **changes))
