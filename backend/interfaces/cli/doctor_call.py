"""A call to ourselves: everything that a carrier does in one, over the address that it is told.

The caller waits for the agent's first words; an agent that waits too is spoken to. Audio goes both ways for
as long as that takes, and then the caller hangs up.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, WebSocketException

from backend.application.processors.g711 import mulaw_decode
from backend.application.services.telephony.doctor import AilmentError, NotTriedError
from backend.application.services.telephony.doctor_trial import CarrierTrial, MediaDoor, Patient
from backend.domain.errors import VictoriaError
from backend.domain.value_objects.audio import MULAW_8K, PTIME_MS
from backend.interfaces.cli.doctor_server import OwnServer
from backend.interfaces.cli.doctor_wire import Wire, reason_of
from backend.interfaces.cli.meter import FRAME_MS, is_loud

PATIENCE_S: Final = 4.0  # before an agent that waits is spoken to
WAIT_S: Final = 20.0  # for its first words
# What is heard before it counts as words: 10 ms of sound may be a click.
_ENOUGH_FRAMES: Final = 20
_PACKET_BYTES: Final = MULAW_8K.samples_in(PTIME_MS)
_FRAME: Final = MULAW_8K.samples_in(FRAME_MS)
_SILENCE: Final = b"\xff"  # of µ-law
# A country code that the ITU has assigned to nobody (E.164 list of 2016): no real number is ever like these.
_NOWHERE: Final = "+999"
_DIGITS: Final = 11


class CallDoctor:
    """Makes the call, at the first carrier whose side can be played."""

    def __init__(
        self,
        patient: Patient,
        wire: Wire,
        server: OwnServer,
        *,
        patience_s: float = PATIENCE_S,
        wait_s: float = WAIT_S,
    ) -> None:
        self._patient = patient
        self._wire = wire
        self._server = server
        self._patience_s = patience_s
        self._wait_s = wait_s

    async def check(self) -> str:
        """Whether words come back, and how soon; see ``Examination``."""
        trials = {carrier.adapter.name: carrier.trial for carrier in self._patient.carriers if carrier.trial}
        if not trials:
            raise NotTriedError("No carrier's side can be played here; call the number with a telephone.")
        name, trial = next(iter(trials.items()))
        async with self._number(name) as number:
            call = trial.new_call()
            try:
                answer_ms, words_ms = await self._call(trial, call, number)
            finally:
                await self._tell_ended(trial, call)
        return f"A call to {number} was taken in {answer_ms:.0f} ms, and words came {words_ms:.0f} ms later."

    async def _call(self, trial: CarrierTrial, call: str, number: str) -> tuple[float, float]:
        """Return milliseconds to the answer, and from there to the words."""
        now = asyncio.get_running_loop().time
        began = now()
        door = await self._announced(trial, call, number)
        answered = now()
        try:
            async with self._wire.socket(door.upgrade.url, door.upgrade.headers) as socket:
                for message in door.opening:
                    await socket.send(message)
                words = await self._first_words(socket, trial)
                await socket.send(trial.hung_up())
        except ConnectionClosed as error:
            code = "no code" if error.rcvd is None else error.rcvd.code
            raise AilmentError(
                f"The server closed the media socket before a word was said ({code}).",
                "See in the server's log why the call could not begin.",
            ) from error
        except (WebSocketException, OSError) as error:
            raise AilmentError(
                f"The call was taken, and its media socket was not ({reason_of(error)}).",
                "Have the proxy pass WebSockets below /ws/ on to the server, with their path as it came.",
            ) from error
        return (answered - began) * 1_000, (words - answered) * 1_000

    async def _announced(self, trial: CarrierTrial, call: str, number: str) -> MediaDoor:
        request = trial.offered(call, _number_of_nobody(), number)
        try:
            answer = await self._wire.ask("POST", request.url, headers=request.headers, body=request.body)
        except VictoriaError as error:
            raise NotTriedError(error.message) from error
        if answer.status != 200:
            raise NotTriedError(f"The announcement of a call is answered with HTTP {answer.status}.")
        door = trial.door(call, answer.body)
        if door is None:
            raise AilmentError(
                f"The server does not take a call to {number}.",
                "See that its agent is not archived, and that VICTORIA_MAX_CALLS are not going on already.",
            )
        return door

    async def _first_words(self, socket: ClientConnection, trial: CarrierTrial) -> float:
        """Be on the line until words have come; return when they began, by the loop's clock."""
        now = asyncio.get_running_loop().time
        ear, began, number = _Ear(), now(), 0
        while now() < began + self._wait_s:
            await socket.send(trial.packet(number, self._said(number)))
            number += 1
            with suppress(TimeoutError):
                async with asyncio.timeout_at(began + number * PTIME_MS / 1_000):
                    while not ear.has_heard:
                        ear.take(mulaw_decode(trial.played(await socket.recv())), now())
            if ear.has_heard:
                return ear.since
        raise AilmentError(
            f"The call was taken, and nothing was heard for {self._wait_s:g} s.",
            "Call the agent in the browser: if it is silent there too, its engines are to be mended.",
        )

    def _said(self, number: int) -> bytes:
        """Return what the caller's packet has in it: at first silence, then what an agent may wait for."""
        place = (number - int(self._patience_s * 1_000) // PTIME_MS) * _PACKET_BYTES
        spoken = self._patient.greeting[place : place + _PACKET_BYTES] if place >= 0 else b""
        return spoken.ljust(_PACKET_BYTES, _SILENCE)

    async def _tell_ended(self, trial: CarrierTrial, call: str) -> None:
        request = trial.ended(call)
        try:
            await self._wire.ask("POST", request.url, headers=request.headers, body=request.body)
        except VictoriaError:
            return  # what kept us from it was found before, and the server ends the call by itself

    @asynccontextmanager
    async def _number(self, carrier: str) -> AsyncIterator[str]:
        """Yield a number of ours at ``carrier``; on the loopback one is made if there is none."""
        own = [number for name, number in await self._server.lines() if name == carrier]
        if own:
            yield own[0]
            return
        if carrier != "loopback":
            raise NotTriedError(f"There is no number at {carrier} to call.")
        agents = (await self._server.ask("GET", "/api/config/agents"))["items"]
        if not agents:
            raise NotTriedError("There is no agent to call.")
        line = {"number": _number_of_nobody(), "carrier": carrier, "agent_id": str(agents[0]["id"])}
        made = await self._server.ask("POST", "/api/config/numbers", {**line, "label": "victoria doctor"})
        try:
            yield line["number"]
        finally:
            await self._server.ask("DELETE", f"/api/config/numbers/{made['id']}")


class _Ear:
    """Tells words from clicks. ``since`` is when the first sound came."""

    def __init__(self) -> None:
        self._rest: NDArray[np.int16] = np.zeros(0, np.int16)
        self._loud_frames = 0
        self.since = 0.0

    @property
    def has_heard(self) -> bool:
        return self._loud_frames >= _ENOUGH_FRAMES

    def take(self, samples: NDArray[np.int16], at: float) -> None:
        heard = np.concatenate([self._rest, samples])
        whole = len(heard) // _FRAME * _FRAME
        self._rest = heard[whole:]
        loud = int(is_loud(heard[:whole], MULAW_8K.rate).sum())
        if loud and not self._loud_frames:
            self.since = at
        self._loud_frames += loud


def _number_of_nobody() -> str:
    return _NOWHERE + "".join(str(secrets.randbelow(10)) for _ in range(_DIGITS))
