"""What is wrong with an account or a call; all that is looked at before is good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from backend.application.processors.g711 import mulaw_encode
from backend.application.services.telephony.doctor import AilmentError, NotTriedError
from backend.application.services.telephony.doctor_trial import ExaminedCarrier
from backend.domain.ports.clip_port import Clip
from backend.domain.value_objects.audio import NARROWBAND
from backend.domain.value_objects.language import ENGLISH
from backend.infrastructure.adapters.clips.recorded_clips import RecordedClips
from backend.interfaces.cli.doctor_call import CallDoctor
from tests.e2e.doctor.practice import NUMBER, Practice, Town, visit, with_patient
from tests.support.telephony.rigs import telnyx_rig
from tests.support.tls_proxy import Head, Rule, answering, as_it_should


async def test_credentials_that_the_carrier_does_not_take(town: Town) -> None:
    async with visit(town, token="another-token") as opened:
        assert "Copy VICTORIA_TWILIO_" in await opened.ailment("credentials (twilio)")


def with_query(head: Head) -> Head:
    return as_it_should(replace(head, target=f"{head.target}?via=proxy"))


def asking_for_a_login(head: Head) -> Head | bytes:
    return answering(401) if head.target.startswith("/webhook/") else as_it_should(head)


def taking_anything(head: Head) -> Head | bytes:
    return answering(200) if head.target.startswith("/webhook/") else as_it_should(head)


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        (with_query, "refuses what twilio signs"),
        (asking_for_a_login, "answers HTTP 401 by proxy before it looks at a signature"),
        (taking_anything, "takes requests that nobody signed"),
    ],
)
async def test_signatures_that_do_not_arrive(town: Town, rule: Rule, complaint: str) -> None:
    async with visit(town, rule) as opened:
        assert complaint in await opened.ailment("signature (twilio)")


async def test_numbers_that_announce_their_calls_elsewhere(town: Town) -> None:
    async with visit(town) as opened:
        opened.twilio.numbers[NUMBER] = {"voice_url": "https://demo.twilio.com/welcome/voice/"}
        elsewhere = await opened.ailment("numbers (twilio)")
        assert f"announces calls to {NUMBER} to https://demo.twilio.com" in elsewhere
        assert f"Enter {town.hook} for {NUMBER} at twilio." in elsewhere
        opened.twilio.numbers.clear()
        assert "is not a number of this account" in await opened.ailment("numbers (twilio)")


async def test_a_number_without_an_agent(town: Town) -> None:
    """Of Telnyx, which alone can sign what it sends."""
    async with visit(town) as opened, telnyx_rig() as rig:
        telnyx = ExaminedCarrier(rig.adapter, f"{town.public_url}/webhook/telnyx", None)
        findings = await with_patient(opened, carriers=(telnyx,)).examined("numbers (telnyx)")
        assert findings[-2].sentence == (
            "Unsigned requests are refused; signed ones only telnyx itself can send."
        )
        assert findings[-1].sentence == "No number at telnyx has an agent."
        with pytest.raises(NotTriedError, match="call the number with a telephone"):
            await CallDoctor(replace(opened.patient, carriers=(telnyx,)), town.wire, opened.server()).check()


async def call_result(opened: Practice, **patience: float) -> str:
    check = CallDoctor(opened.patient, opened.town.wire, opened.server(), **patience).check
    try:
        return await check()
    except AilmentError as error:
        return f"{error.message} {error.remedy}"


def losing_signatures_of_sockets(head: Head) -> Head:
    return as_it_should(head.without("X-Twilio-Signature") if head.is_upgrade else head)


async def test_a_media_socket_that_is_refused(town: Town) -> None:
    async with visit(town, losing_signatures_of_sockets) as opened:
        assert "its media socket was not" in await call_result(opened)


@pytest.fixture
def agent_that_waits(town: Town) -> Iterator[str]:
    """The id of an agent that says nothing first, and answers the number while the test runs."""
    victoria = town.victoria
    line = victoria.get("/api/config/numbers")["items"][0]
    sample = victoria.get(f"/api/config/agents/{line['agent_id']}")
    kept = {"id", "version", "created_at", "updated_at", "archived"}
    draft = {name: value for name, value in sample.items() if name not in kept}
    made = victoria.ask("POST", "/api/config/agents", {**draft, "name": "Waits", "first_message": ""})
    agent = made.raise_for_status().json()["id"]
    changed = {"number": NUMBER, "carrier": "twilio", "agent_id": agent}
    victoria.ask("PUT", f"/api/config/numbers/{line['id']}", changed).raise_for_status()
    yield agent
    victoria.ask(
        "PUT", f"/api/config/numbers/{line['id']}", {**changed, "agent_id": line["agent_id"]}
    ).raise_for_status()


async def test_an_agent_that_says_nothing_is_noticed(town: Town, agent_that_waits: str) -> None:
    async with visit(town) as opened:
        assert "nothing was heard for 0.5 s" in await call_result(opened, wait_s=0.5)


async def test_an_agent_that_waits_is_spoken_to(town: Town, agent_that_waits: str) -> None:
    speech = RecordedClips().find(Clip.FILLER, ENGLISH, NARROWBAND)
    assert speech is not None
    greeting = mulaw_encode(np.frombuffer(speech.payload, np.int16))
    async with visit(town) as opened:
        speaking = with_patient(opened, greeting=greeting)
        assert "and words came" in await call_result(speaking, patience_s=0.2)


async def test_a_call_that_no_agent_takes(town: Town, agent_that_waits: str) -> None:
    town.victoria.ask("POST", f"/api/config/agents/{agent_that_waits}/archive").raise_for_status()
    async with visit(town) as opened:
        assert f"does not take a call to {NUMBER}" in await call_result(opened)
