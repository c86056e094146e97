"""What the carriers' simulators share: calls with a handset at their end, signed webhooks, media lines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import urlsplit

import httpx2

from tests.support.telephony.handset import Handset
from tests.support.telephony.media_line import LineConditions, MediaLine
from tests.support.telephony.people import Person
from tests.support.telephony.signing import PUBLIC_URL
from tests.support.telephony.wording import Wording

ENDS_WITHIN_S: Final = 25.0


@dataclass(frozen=True)
class MediaAddress:
    """Where and how our server wants a media socket to be opened; ``url`` is where it really is."""

    url: str
    headers: Mapping[str, str]
    parameters: Mapping[str, str]


@dataclass
class Leg:
    """A call at the carrier. ``ended_as`` is the carrier's word for how, empty while it lasts; ``told`` what
    the carrier's own voice has said on it; ``hooks`` the kinds and answers of our server's webhooks."""

    id: str
    caller: str
    called: str
    handset: Handset
    conditions: LineConditions = field(default_factory=LineConditions)
    ended_as: str = ""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    stream_off: asyncio.Event = field(default_factory=asyncio.Event)
    lines: list[MediaLine] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    hooks: list[tuple[str, int]] = field(default_factory=list)
    wanted: list[MediaAddress] = field(default_factory=list)

    def end(self, how: str) -> None:
        """Be over, if it is not yet."""
        if not self.over.is_set():
            self.ended_as = how
            self.over.set()
            self.stream_off.set()

    @property
    def errors(self) -> list[str]:
        """What the carrier did not understand of what we have sent."""
        return [error for line in self.lines for error in line.errors]


@dataclass(frozen=True)
class Answered:
    """What our server says to a webhook."""

    status: int
    body: bytes


class CarrierSimulator(Protocol):
    """A carrier that calls a real server."""

    name: str
    people: dict[str, Person]

    def call(self, caller: str, called: str, conditions: LineConditions | None = None) -> ContextLeg: ...

    def hang_ups(self, leg: Leg) -> int:
        """Return how often our server has ended the call over REST."""
        ...


class ContextLeg(Protocol):
    """What ``call`` returns: a call for as long as a block lasts."""

    async def __aenter__(self) -> Leg: ...

    async def __aexit__(self, *failure: object) -> bool | None: ...


class SimulatedCarrier:
    """The base of both. Its tasks live in ``group``; ``server_url`` is where our server really is."""

    name = ""

    def __init__(self, group: asyncio.TaskGroup, server_url: str) -> None:
        self.group = group
        self.people: dict[str, Person] = {}
        self._server_url = server_url
        self._client = httpx2.AsyncClient(trust_env=False, timeout=20)

    async def aclose(self) -> None:
        """Free the connections."""
        await self._client.aclose()

    @asynccontextmanager
    async def call(
        self, caller: str, called: str, conditions: LineConditions | None = None
    ) -> AsyncIterator[Leg]:
        """Have somebody call one of our numbers; yield the call while it lasts, and see to its end."""
        leg = Leg(self.new_call(), caller, called, Handset(), conditions or LineConditions())
        conducting = self.group.create_task(self.conduct(leg))
        try:
            yield leg
        finally:
            leg.handset.hang_up()
            async with asyncio.timeout(ENDS_WITHIN_S):
                await conducting

    async def stream(self, leg: Leg, address: MediaAddress, wording: Wording) -> MediaLine | None:
        """Be on a media socket until the call or our server ends it; None if none is opened on purpose."""
        leg.wanted.append(address)
        if not leg.over.is_set():
            leg.stream_off.clear()
        if not leg.conditions.opens:
            await leg.stream_off.wait()
            return None
        if leg.conditions.opens_after is not None:
            await leg.conditions.opens_after.wait()
        line = MediaLine(leg.id, leg.handset, wording, leg.conditions)
        leg.lines.append(line)
        await line.run(address.url, dict(address.headers), dict(address.parameters), leg.stream_off)
        return line

    def new_call(self) -> str:
        """Return the identifier of a call that somebody else has placed."""
        raise NotImplementedError

    async def conduct(self, leg: Leg) -> None:
        """Do with a new call what our server says, until it is over."""
        raise NotImplementedError

    async def watch_hook(self, leg: Leg) -> None:
        """End the call when its handset is put down."""
        await leg.handset.hung_up.wait()
        leg.end(self.hung_up_as)

    hung_up_as = "completed"

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answered:
        """Send a signed request to the address that our server has under ``url``, which is public."""
        assert url.startswith(PUBLIC_URL), url
        response = await self._client.post(
            self._server_url + url.removeprefix(PUBLIC_URL), headers=dict(headers), content=body
        )
        return Answered(response.status_code, response.content)

    def socket_url(self, url: str) -> str:
        """Return where the media socket with this public address really is."""
        assert url.startswith("wss://"), url
        public = PUBLIC_URL.replace("https://", "wss://")
        assert url.startswith(public), url
        assert not urlsplit(url).query, "31920: no query in a stream's address"
        return self._server_url.replace("http://", "ws://") + url.removeprefix(public)
