"""A Telnyx that calls a real server: it signs its events, obeys commands, and opens media streams.

Events and commands: https://developers.telnyx.com/docs/voice/programmable-voice/voice-api-webhooks and
…/api-reference/call-commands, as of November 2026.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from tests.support.telephony.people import Person, Reaction
from tests.support.telephony.rest_server import rest_server
from tests.support.telephony.signing import PUBLIC_URL, TelnyxSigner
from tests.support.telephony.simulator import Leg, MediaAddress, SimulatedCarrier
from tests.support.telephony.telnyx_rest import TelnyxCall, TelnyxRest
from tests.support.telephony.wording import TelnyxWording

RINGS_S: Final = 0.8  # nobody is reached sooner, and a caller hears a pause
_CAUSES: Final = {Reaction.BUSY: "user_busy", Reaction.NO_ANSWER: "timeout"}
_HANGS_UP: Final = frozenset({"hangup", "reject"})


class _Rest(TelnyxRest):
    """Tells the simulator what was commanded over REST."""

    simulator: TelnyxSimulator

    async def placed(self, call: TelnyxCall) -> None:
        self.simulator.is_ordered(call)

    async def commanded(self, call: TelnyxCall, action: str, body: dict[str, Any]) -> None:
        self.simulator.is_commanded(call, action, body)


class TelnyxSimulator(SimulatedCarrier):
    """See ``CarrierSimulator``. ``stops_late``: that two were connected is told before that the media stream
    of the caller has stopped; Telnyx promises no order."""

    name = "telnyx"
    hung_up_as = "normal_clearing"

    def __init__(self, group: asyncio.TaskGroup, server_url: str, rest: _Rest, signer: TelnyxSigner) -> None:
        super().__init__(group, server_url)
        self.rest = rest
        self.stops_late = False
        self.legs: dict[str, Leg] = {}
        self._signer = signer
        self._streams: dict[str, asyncio.Task[None]] = {}

    def new_call(self) -> str:
        return self.rest.incoming().call_control_id

    def hang_ups(self, leg: Leg) -> int:
        """Commands, that is: a request with the identifier of an earlier one does nothing."""
        return len(self.rest.calls[leg.id].bodies("hangup"))

    async def conduct(self, leg: Leg) -> None:
        self.legs[leg.id] = leg
        watching = self.group.create_task(self.watch_hook(leg))
        parties = {"from": leg.caller, "to": leg.called}
        await self.tell(leg, "call.initiated", direction="incoming", state="parked", **parties)
        if "call.initiated" in leg.conditions.courier.kinds and not leg.hooks:
            leg.end("originator_cancel")  # nobody was told, nobody answers, the caller gives up
        await self._until_over(leg)
        watching.cancel()

    # --- commands ---------------------------------------------------------------------------------

    def is_ordered(self, call: TelnyxCall) -> None:
        """A call is to be placed."""
        person = self.people.setdefault(call.order["to"], Person())
        leg = Leg(call.call_control_id, call.order["from"], call.order["to"], person.handset)
        self.legs[leg.id] = leg
        self.group.create_task(self._dial(leg, person, call.order.get("answering_machine_detection")))

    def is_commanded(self, call: TelnyxCall, action: str, body: dict[str, Any]) -> None:
        """Begin to do it; the answer does not wait for that."""
        leg = self.legs[call.call_control_id]
        if action in _HANGS_UP:
            leg.end(str(body.get("cause", "normal_clearing")).lower())
        else:
            self.group.create_task(self._obey(leg, action, body))

    async def _obey(self, leg: Leg, action: str, body: dict[str, Any]) -> None:
        match action:
            case "answer":
                await self.tell(leg, "call.answered")
                if "stream_url" in body:
                    self._begin_stream(leg, body)
            case "streaming_start":
                self._begin_stream(leg, body)
            case "speak":
                leg.told.append(body["payload"])
                await self.tell(leg, "call.speak.ended", status="completed")
            case "gather_using_speak":
                person = self.people[leg.called]
                person.told.append(body["payload"])
                digits = {"status": "valid", "digits": "1"} if person.takes_it else {"status": "timeout"}
                await self.tell(leg, "call.gather.ended", **digits)
            case "bridge":
                await self._bridge(leg, self.legs[body["call_control_id"]])
            case "transfer":
                await self._transfer(leg, body)
            case "send_dtmf":
                leg.told.append(f"[{body['digits']}]")
            case other:
                raise AssertionError(f"no command of ours: {other}")

    async def _transfer(self, caller: Leg, body: dict[str, Any]) -> None:
        target = self.rest.incoming()
        target.client_state = body["target_leg_client_state"]
        person = self.people.setdefault(body["to"], Person())
        leg = Leg(target.call_control_id, body["from"], body["to"], person.handset)
        self.legs[leg.id] = leg
        if await self._is_picked_up(leg, person):
            await self.tell(leg, "call.answered")
            await self._bridge(leg, caller)
        await self._until_over(leg)

    async def _bridge(self, leg: Leg, caller: Leg) -> None:
        """The two talk for a moment, and the destination hangs up."""
        person = self.people[leg.called]
        if not self.stops_late:
            await self._stop_stream(caller)
        await self.tell(caller, "call.bridged")
        await self.tell(leg, "call.bridged")
        if self.stops_late:
            await self._stop_stream(caller)
        person.has_spoken.set()
        await asyncio.sleep(person.talks_s)
        leg.end("normal_clearing")
        caller.end("normal_clearing")

    async def _dial(self, leg: Leg, person: Person, detection: str | None) -> None:
        """An order, or the destination of a warm transfer."""
        if await self._is_picked_up(leg, person):
            watching = self.group.create_task(self.watch_hook(leg))
            await self.tell(leg, "call.answered")
            extras = [self.group.create_task(self._detect(leg, person, detection))]
            if person.acts is not None:
                extras.append(self.group.create_task(_acting(person)))
            await self._until_over(leg)
            for task in (watching, *extras):
                task.cancel()
        else:
            await self._until_over(leg)

    async def _is_picked_up(self, leg: Leg, person: Person) -> bool:
        await self.tell(leg, "call.initiated", direction="outgoing", state="bridging")
        await asyncio.sleep(RINGS_S)
        if person.reaction is not Reaction.ANSWERS:
            leg.end(_CAUSES[person.reaction])
        return not leg.over.is_set()

    async def _detect(self, leg: Leg, person: Person, detection: str | None) -> None:
        if detection is None:
            return
        await asyncio.sleep(0.4)
        found = "machine" if person.is_machine else "human"
        await self.tell(leg, "call.machine.detection.ended", result=found)
        if person.is_machine and detection == "greeting_end":
            await asyncio.sleep(max(0.0, person.greeting_s - 0.4))
            await self.tell(leg, "call.machine.greeting.ended", result="ended")

    # --- media ------------------------------------------------------------------------------------

    def _begin_stream(self, leg: Leg, body: dict[str, Any]) -> None:
        assert body["stream_bidirectional_mode"] == "rtp", "what we play would be dropped"
        assert body["stream_bidirectional_codec"] == "PCMU"
        previous = self._streams.get(leg.id)
        self._streams[leg.id] = self.group.create_task(self._stream(leg, body["stream_url"], previous))

    async def _stream(self, leg: Leg, url: str, previous: asyncio.Task[None] | None) -> None:
        if previous is not None:
            await previous
        line = await self.stream(leg, MediaAddress(self.socket_url(url), {}, {}), TelnyxWording())
        if line is not None:
            await self.tell(leg, "streaming.stopped" if line.refused_with is None else "streaming.failed")

    async def _stop_stream(self, leg: Leg) -> None:
        """End the media stream, and tell that."""
        leg.stream_off.set()
        if (stream := self._streams.pop(leg.id, None)) is not None:
            await stream

    async def _until_over(self, leg: Leg) -> None:
        await leg.over.wait()
        self.rest.calls[leg.id].has_ended = True
        await self._stop_stream(leg)
        await self.tell(leg, "call.hangup", hangup_cause=leg.ended_as, hangup_source="caller")
        await leg.conditions.courier.deliver_held()

    async def tell(self, leg: Leg, kind: str, **payload: str) -> None:
        """Send a signed event."""
        state = self.rest.calls[leg.id].client_state
        body: dict[str, Any] = {"call_control_id": leg.id, **payload}
        if state is not None:
            body["client_state"] = state
        request = self._signer.request(kind, now_s=int(time.time()), **body)

        async def send() -> None:
            answered = await self.post(f"{PUBLIC_URL}/webhook/telnyx", request.headers, request.body)
            leg.hooks.append((kind, answered.status))

        await leg.conditions.courier.carry(kind, send)


async def _acting(person: Person) -> None:
    assert person.acts is not None
    await person.acts(person.handset)


@asynccontextmanager
async def telnyx_rest() -> AsyncIterator[tuple[_Rest, str]]:
    """Yield Telnyx' REST interface and its URL."""
    rest = _Rest()
    async with rest_server(rest) as url:
        yield rest, url
