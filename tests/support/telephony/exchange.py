"""A real server of ours between two simulated carriers, for the tests of one module."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.support.llm_server import llm_server
from tests.support.openai_stt_server import saying, transcription_server
from tests.support.telephony.brain import Brain, Line
from tests.support.telephony.handset import RATE, Samples
from tests.support.telephony.signing import PUBLIC_URL, TelnyxSigner
from tests.support.telephony.telnyx_rest import API_KEY, CONNECTION_ID
from tests.support.telephony.telnyx_simulator import TelnyxSimulator, telnyx_rest
from tests.support.telephony.twilio_rest import ACCOUNT_SID, AUTH_TOKEN
from tests.support.telephony.twilio_simulator import TwilioSimulator, twilio_rest
from tests.support.victoria import SIMULATED, Victoria

PATIENCE_S: Final = 30.0  # only so that nothing waits for ever

_OPEN: Final = frozenset({"01", "08"})  # established, and closed by the other end only


@dataclass
class Exchange:
    """The server, the carriers by name, and the model that its agents think with."""

    victoria: Victoria
    carriers: dict[str, TwilioSimulator | TelnyxSimulator]
    brain: Brain
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def twilio(self) -> TwilioSimulator:
        carrier = self.carriers["twilio"]
        assert isinstance(carrier, TwilioSimulator)
        return carrier

    @property
    def telnyx(self) -> TelnyxSimulator:
        carrier = self.carriers["telnyx"]
        assert isinstance(carrier, TelnyxSimulator)
        return carrier

    def caller(self) -> str:
        """Return the number of somebody who has not called before."""
        return f"+346{next(self._numbers):08d}"

    async def number(self, carrier: str, name: str, script: Sequence[Line] = (), **draft: Any) -> str:
        """Return a number of ours that a new agent answers; its model follows ``script``."""
        self.brain.scripts[name] = tuple(script)
        agent = {"name": name[:80], "prompt": name, "first_message": "Hello.", **draft}
        made = (await self._ask("POST", "/api/config/agents", agent)).json()
        number = f"+3491{next(self._numbers):07d}"
        line = {"number": number, "carrier": carrier, "agent_id": made["id"]}
        (await self._ask("POST", "/api/config/numbers", line)).raise_for_status()
        return number

    async def calls_of(self, caller: str) -> list[dict[str, Any]]:
        """Return the calls that ``caller`` (empty: anybody) has made or was called in, oldest first."""
        page = (await self._ask("GET", "/api/history/calls?limit=200")).json()
        calls = [call for call in page["items"] if caller in (call["caller"], call["called"], "")]
        return list(reversed(calls))

    async def ended(
        self, caller: str, *, calls: int = 1, within_s: float = PATIENCE_S
    ) -> list[dict[str, Any]]:
        """Wait until the calls of ``caller`` have ended, and return them in detail, oldest first."""
        async with asyncio.timeout(within_s):
            while True:
                found = await self.calls_of(caller)
                if len(found) == calls and all(call["status"] != "live" for call in found):
                    return [await self._detail(call["id"]) for call in found]
                await asyncio.sleep(0.1)

    async def recording(self, call: Mapping[str, Any]) -> tuple[Samples, Samples]:
        """Return both sides of a call, the caller's and the agent's, at 8 kHz, once it is written: its last
        second may be so after the call's end. What stays shorter than the call is returned as it is."""
        path, whole = f"/api/history/calls/{call['id']}/recording", call["duration_ms"] * RATE * 4 // 1_000
        content = (await self._ask("GET", path)).content
        for _ in range(50):
            if len(content) >= whole:
                break
            await asyncio.sleep(0.2)
            content = (await self._ask("GET", path)).content
        with wave.open(io.BytesIO(content), "rb") as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
            frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
        return frames[:, 0], frames[:, 1]

    async def is_idle(self, *, within_s: float = PATIENCE_S) -> bool:
        """Wait until no call is going on; False if that does not come."""
        try:
            async with asyncio.timeout(within_s):
                while True:
                    if await asyncio.to_thread(self.victoria.live_calls) == 0:
                        return True
                    await asyncio.sleep(0.1)
        except TimeoutError:
            return False

    async def is_left_by_all(self, *, within_s: float = PATIENCE_S) -> bool:
        """Wait until the server has no connection open that somebody made to it, media sockets and what HTTP
        keeps for the next request (5 s); False if that does not come."""
        try:
            async with asyncio.timeout(within_s):
                while _established(self.victoria.port):  # noqa: ASYNC110 (the kernel is asked)
                    await asyncio.sleep(0.2)
        except TimeoutError:
            return False
        return True

    @property
    def tracebacks(self) -> list[str]:
        """What the server has logged with a traceback."""
        return [line[-1_500:] for line in self.victoria.log.splitlines() if "Traceback" in line]

    async def _detail(self, call_id: str) -> dict[str, Any]:
        detail: dict[str, Any] = (await self._ask("GET", f"/api/history/calls/{call_id}")).json()
        return detail

    async def _ask(self, method: str, path: str, json: object = None) -> Any:
        answer = await asyncio.to_thread(self.victoria.ask, method, path, json)
        return answer.raise_for_status()


@asynccontextmanager
async def an_exchange(
    folder: Path, settings: Mapping[str, str] | None = None, *, simulated: bool = False, hears: str = ""
) -> AsyncIterator[Exchange]:
    """Yield a server with an account at both carriers, and ``settings`` of its own. ``simulated``: its
    engines hum, and do not listen. Else it speaks with espeak-ng, and understands all that is said as
    ``hears``, if that is given."""
    brain, signer = Brain(), TelnyxSigner()
    async with (
        llm_server(brain.answer) as model,
        twilio_rest() as (twilio, twilio_url),
        telnyx_rest() as (telnyx, telnyx_url),
        transcription_server(saying(hears)) as ears,
    ):
        model.models.add("scripted")
        engines: dict[str, str] = (
            dict(SIMULATED)
            if simulated
            else {"VICTORIA_LLM_BASE_URL": model.base_url, "VICTORIA_LLM_MODEL": "scripted"}
        )
        if hears:
            engines |= {
                "VICTORIA_STT_BASE_URL": ears.base_url,
                "VICTORIA_STT_MODEL": "whisper-1",
                "VICTORIA_STT_API_KEY": "key-of-the-owners-ears",
            }
        victoria = Victoria(
            folder,
            {
                "VICTORIA_PUBLIC_BASE_URL": PUBLIC_URL,
                "VICTORIA_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
                "VICTORIA_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
                "VICTORIA_TWILIO_BASE_URL": twilio_url,
                "VICTORIA_TELNYX_API_KEY": API_KEY,
                "VICTORIA_TELNYX_PUBLIC_KEY": signer.public_key,
                "VICTORIA_TELNYX_CONNECTION_ID": CONNECTION_ID,
                "VICTORIA_TELNYX_BASE_URL": telnyx_url,
                "VICTORIA_DIAL_PREFIXES": "+34",
                "VICTORIA_DIAL_CALLS_PER_MINUTE": "1000",
                **engines,
                **(settings or {}),
            },
        )
        await asyncio.to_thread(victoria.start)
        try:
            async with asyncio.TaskGroup() as group:
                carriers: dict[str, TwilioSimulator | TelnyxSimulator] = {
                    "twilio": TwilioSimulator(group, victoria.url, twilio),
                    "telnyx": TelnyxSimulator(group, victoria.url, telnyx, signer),
                }
                twilio.simulator = carriers["twilio"]  # type: ignore[assignment]
                telnyx.simulator = carriers["telnyx"]  # type: ignore[assignment]
                yield Exchange(victoria, carriers, brain)
                for carrier in carriers.values():
                    await carrier.aclose()
        finally:
            await asyncio.to_thread(victoria.stop)


def _established(port: int) -> int:
    """Return how many connections to a port of this machine's are open at its end: proc(5), ``net/tcp``."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] in _OPEN for row in rows)


def seconds_of(recording: tuple[Samples, Samples]) -> float:
    """Return how long a recording is."""
    left, right = recording
    assert left.shape == right.shape
    return float(np.size(left)) / RATE
