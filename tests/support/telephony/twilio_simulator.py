"""A Twilio that calls a real server: it signs, follows TwiML, and opens media streams.

Verbs: https://www.twilio.com/docs/voice/twiml, as of November 2026. A document is followed verb by verb; one
that comes over REST replaces it; when there is no verb left the call ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, fromstring

from backend.infrastructure.adapters.telephony.twilio.twilio_signature import FORM, signature_of
from tests.support.telephony.people import Person, Reaction
from tests.support.telephony.rest_server import rest_server
from tests.support.telephony.signing import PUBLIC_URL
from tests.support.telephony.simulator import Leg, MediaAddress, SimulatedCarrier
from tests.support.telephony.twilio_rest import ACCOUNT_SID, AUTH_TOKEN, TwilioCall, TwilioRest
from tests.support.telephony.wording import TwilioWording

RINGS_S: Final = 0.8  # nobody is reached sooner, and a caller hears a pause
_STATUSES: Final = {Reaction.BUSY: "busy", Reaction.NO_ANSWER: "no-answer"}


class _Rest(TwilioRest):
    """Tells the simulator what was ordered over REST."""

    simulator: TwilioSimulator

    async def placed(self, call: TwilioCall) -> None:
        self.simulator.is_ordered(call)

    async def changed(self, call: TwilioCall) -> None:
        self.simulator.is_changed(call)


class TwilioSimulator(SimulatedCarrier):
    """See ``CarrierSimulator``. ``tells_all``: also of an inbound call every status is told, not only its
    end."""

    name = "twilio"

    def __init__(self, group: asyncio.TaskGroup, server_url: str, rest: _Rest) -> None:
        super().__init__(group, server_url)
        self.rest = rest
        self.tells_all = False
        self.legs: dict[str, Leg] = {}
        self._redirections: dict[str, bytes] = {}

    def new_call(self) -> str:
        return self.rest.incoming().sid

    def hang_ups(self, leg: Leg) -> int:
        wanted = f"/Calls/{leg.id}.json"
        return sum(
            request.path.endswith(wanted) and request.form.get("Status") == ["completed"]
            for request in self.rest.requests
        )

    async def conduct(self, leg: Leg) -> None:
        self.legs[leg.id] = leg
        watching = self.group.create_task(self.watch_hook(leg))
        url = f"{PUBLIC_URL}/webhook/twilio/status"
        if self.tells_all:
            await self.tell(leg, "status:ringing", url, CallStatus="ringing", SequenceNumber="0")
        document = await self.tell(leg, "voice", f"{PUBLIC_URL}/webhook/twilio/voice", CallStatus="ringing")
        if self.tells_all:
            await self.tell(leg, "status:in-progress", url, CallStatus="in-progress", SequenceNumber="1")
        await self._follow_all(leg, document)
        watching.cancel()
        await self.tell(leg, "status:completed", url, CallStatus=leg.ended_as, SequenceNumber="2")
        await leg.conditions.courier.deliver_held()
        self.rest.calls[leg.id].status = leg.ended_as

    # --- calls that we have ordered ---------------------------------------------------------------

    def is_ordered(self, call: TwilioCall) -> None:
        """A call is to be placed."""
        person = self.people.setdefault(call.order["To"][0], Person())
        leg = Leg(call.sid, call.order["From"][0], call.order["To"][0], person.handset)
        self.legs[call.sid] = leg
        self.group.create_task(self._dial(leg, call, person))

    def is_changed(self, call: TwilioCall) -> None:
        """A call was ended or redirected."""
        leg = self.legs[call.sid]
        if call.has_ended:
            leg.end(call.status)
        elif call.documents:
            self._redirections[call.sid] = call.documents[-1].encode()
            leg.stream_off.set()

    async def _dial(self, leg: Leg, call: TwilioCall, person: Person) -> None:
        order = call.order
        url = order["StatusCallback"][0]
        statuses = ["initiated", "ringing"]
        for number, status in enumerate(statuses):
            await self.tell(leg, f"status:{status}", url, CallStatus=status, SequenceNumber=str(number))
        await asyncio.sleep(RINGS_S)
        if person.reaction is Reaction.ANSWERS and not leg.over.is_set():
            watching = self.group.create_task(self.watch_hook(leg))
            call.status = "in-progress"
            document = await self.tell(leg, "answered", order["Url"][0], CallStatus="in-progress")
            await self.tell(leg, "status:in-progress", url, CallStatus="in-progress", SequenceNumber="2")
            extras = [self.group.create_task(self._detect(leg, call, person))]
            if person.acts is not None:
                extras.append(self.group.create_task(_acting(person)))
            await self._follow_all(leg, document)
            for task in (watching, *extras):
                task.cancel()
        else:
            leg.end(_STATUSES.get(person.reaction, "canceled"))
        call.status = leg.ended_as
        await self.tell(leg, f"status:{leg.ended_as}", url, CallStatus=leg.ended_as, SequenceNumber="3")

    async def _detect(self, leg: Leg, call: TwilioCall, person: Person) -> None:
        if "MachineDetection" not in call.order:
            return
        url = call.order["AsyncAmdStatusCallback"][0]
        found = "human"
        if person.is_machine:
            waits = call.order["MachineDetection"] == ["DetectMessageEnd"]
            await asyncio.sleep(person.greeting_s if waits else 0.4)
            found = "machine_end_beep" if waits else "machine_start"
        await self.tell(leg, "amd", url, AnsweredBy=found, MachineDetectionDuration="1000")

    # --- TwiML ------------------------------------------------------------------------------------

    async def _follow_all(self, leg: Leg, document: bytes | None) -> None:
        while document is not None and not leg.over.is_set():
            document = await self._follow(leg, document)
        leg.end("completed")

    async def _follow(self, leg: Leg, document: bytes) -> bytes | None:
        for verb in fromstring(document):
            if leg.over.is_set():
                return None
            match verb.tag:
                case "Connect":
                    await self._stream(leg, _child(verb, "Stream"))
                    if redirected := self._redirections.pop(leg.id, None):
                        return redirected
                case "Redirect":
                    return await self.tell(leg, "unattended", verb.text or "")
                case "Say":
                    leg.told.append(verb.text or "")
                case "Dial":
                    return await self._put_through(leg, verb)
                case "Reject":
                    leg.end("busy" if verb.get("reason") == "busy" else "no-answer")
                case "Hangup":
                    leg.end("completed")
                case other:
                    raise AssertionError(f"no verb of ours: {other}")
        return None

    async def _stream(self, leg: Leg, stream: Element) -> None:
        url = stream.attrib["url"]
        parameters = {each.attrib["name"]: each.attrib["value"] for each in stream.findall("Parameter")}
        headers = {"X-Twilio-Signature": signature_of(AUTH_TOKEN, url)}
        await self.stream(leg, MediaAddress(self.socket_url(url), headers, parameters), TwilioWording())

    async def _put_through(self, leg: Leg, verb: Element) -> bytes | None:
        number = _child(verb, "Number")
        person = self.people.setdefault(number.text or "", Person())
        child = Leg(self.new_call(), leg.called, number.text or "", person.handset)
        await asyncio.sleep(RINGS_S)
        status, is_bridged = _STATUSES.get(person.reaction, "completed"), False
        if person.reaction is Reaction.ANSWERS:
            is_bridged = "url" not in number.attrib or await self._is_taken(
                child, number.attrib["url"], person
            )
        if is_bridged and not leg.over.is_set():
            person.has_spoken.set()
            await asyncio.sleep(person.talks_s)
        if leg.over.is_set():
            status = "canceled" if not is_bridged else status
        bridged = {"DialBridged": str(is_bridged).lower(), "DialCallStatus": status, "DialCallSid": child.id}
        return await self.tell(leg, "transferred", verb.attrib["action"], **bridged)

    async def _is_taken(self, child: Leg, url: str, person: Person) -> bool:
        """Follow what is whispered to a destination: whether they take the call."""
        document = await self.tell(child, "whisper", url) or b"<Response/>"
        for verb in fromstring(document):
            if verb.tag == "Gather":
                person.told += [said.text or "" for said in verb.findall("Say")]
                if person.takes_it:
                    answer = await self.tell(child, "accepted", verb.attrib["action"], Digits="1")
                    return answer is not None and len(fromstring(answer)) == 0
            elif verb.tag == "Hangup":
                return False
        return True

    async def tell(self, leg: Leg, kind: str, url: str, **fields: str) -> bytes | None:
        """Send a signed form; return the document that our server answers, None if it was not sent."""
        form = {
            "AccountSid": ACCOUNT_SID,
            "CallSid": leg.id,
            "From": leg.caller,
            "To": leg.called,
            "CallStatus": "in-progress",
            "ApiVersion": "2010-04-01",
            **fields,
        }
        signature = signature_of(AUTH_TOKEN, url, form.items())
        headers = {"Content-Type": FORM, "X-Twilio-Signature": signature}

        async def send() -> bytes:
            answered = await self.post(url, headers, urlencode(form).encode())
            leg.hooks.append((kind, answered.status))
            return answered.body if answered.status == 200 else b"<Response/>"

        return await leg.conditions.courier.carry(kind, send)


async def _acting(person: Person) -> None:
    assert person.acts is not None
    await person.acts(person.handset)


def _child(verb: Element, tag: str) -> Element:
    found = verb.find(tag)
    assert found is not None, f"<{verb.tag}> without <{tag}>"
    return found


@asynccontextmanager
async def twilio_rest() -> AsyncIterator[tuple[_Rest, str]]:
    """Yield Twilio's REST interface and its URL."""
    rest = _Rest()
    async with rest_server(rest) as url:
        yield rest, url
