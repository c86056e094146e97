"""``victoria call --carrier loopback``: this process is the telephone and its carrier.

It announces the call to the server, as a carrier does, and takes what comes of it to the media socket. A
telephone is told nothing of what goes on; so what was understood and how long the server took is read from
the call's history afterwards, and laid beside what was heard.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from backend.domain.conversation.events import PlayoutStarted
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import VictoriaError
from backend.domain.value_objects.instant import NS_PER_S
from backend.interfaces.cli import phone_messages as wire
from backend.interfaces.cli.call_report import CallReport, report_of
from backend.interfaces.cli.call_script import CallScript, Utterance
from backend.interfaces.cli.call_story import CallStory
from backend.interfaces.cli.caller import CallRecord
from backend.interfaces.cli.caller_messages import parse_entry
from backend.interfaces.cli.phone import RATE, Phone
from backend.interfaces.cli.phone_messages import NotAnswered
from backend.interfaces.cli.phone_script import PhoneScript
from backend.interfaces.cli.server_api import Server
from backend.interfaces.cli.speaker import Stretch

HISTORY_TIMEOUT_S: Final = 10.0
HISTORY_EVERY_S: Final = 0.2
# A country code that the ITU has assigned to nobody (E.164 list of 2016): no real number is ever like these.
_NOWHERE: Final = "+999"
_DIGITS: Final = 11


@dataclass(frozen=True, slots=True)
class PhoneOrder:
    """Whom to call, and what to do there.

    With ``to`` that number is called. Without, a number is made for ``agent`` (a name or an id) that exists
    for as long as the call.
    """

    utterances: list[Utterance]
    agent: str | None
    to: str | None = field(default=None, repr=False)
    keys: str = ""
    barge_in_ms: int | None = None


async def place_phone_call(server: Server, secret: str, order: PhoneOrder) -> CallReport:
    """Make the call and report. Raises ``VictoriaError``."""
    script = PhoneScript(order.utterances, rate=RATE, keys=order.keys, barge_in_ms=order.barge_in_ms)
    phone, call, caller = Phone(script), secrets.token_hex(16), _new_number()
    async with _number(server, order) as called:
        answer = await _announce(server, secret, wire.offered(call, caller, called))
        answered = wire.parse_answer(answer)
        if isinstance(answered, NotAnswered):
            raise VictoriaError(answered.reason, code="no-answer")
        try:
            await phone.call(server.socket_url(answered.path), secret, call, answered)
        finally:
            await _announce(server, secret, wire.completed(call))
    record = await _record(server, caller, phone)
    return report_of(record, CallScript(order.utterances, rate=RATE))


async def _announce(server: Server, secret: str, body: bytes) -> bytes:
    headers = {wire.SIGNATURE_HEADER: wire.signature_of(secret, wire.WEBHOOK_PATH, body)}
    return await asyncio.to_thread(server.send, "POST", wire.WEBHOOK_PATH, body, headers)


@asynccontextmanager
async def _number(server: Server, order: PhoneOrder) -> AsyncIterator[str]:
    """Yield the number to call, which is there at least until the end of the block."""
    if order.to is not None:
        yield order.to
        return
    agent = await asyncio.to_thread(server.agent_id, order.agent or "")
    number = _new_number()
    line = {"number": number, "carrier": "loopback", "agent_id": agent, "label": "victoria call"}
    made = await asyncio.to_thread(server.ask, "POST", "/api/config/numbers", line)
    try:
        yield number
    finally:
        await asyncio.to_thread(server.ask, "DELETE", f"/api/config/numbers/{made['id']}")


def _new_number() -> str:
    return _NOWHERE + "".join(str(secrets.randbelow(10)) for _ in range(_DIGITS))


# --- afterwards -----------------------------------------------------------------------------------


async def _record(server: Server, caller: str, phone: Phone) -> CallRecord:
    """Put together what the telephone heard and what the server kept of it."""
    call = await _ended_call(server, caller)
    story = CallStory()
    for entry in await asyncio.to_thread(lambda: list(_timeline(server, str(call["id"])))):
        if (parsed := parse_entry(entry)) is not None:
            story.take(parsed, _audible_from(parsed, phone.speaker.stretches))
    said = phone.microphone.said()
    return CallRecord(
        call_id=str(call["id"]),
        agent_name=str(call["agent"]["name"]),
        began_at=phone.origin,
        story=story,
        said=said,
        heard=phone.speaker.heard(len(said)),
        stretches=phone.speaker.stretches,
        troubles=[],
        committed=len(story.entries),
        cause=call["end_cause"],
        rate=RATE,
    )


async def _ended_call(server: Server, caller: str) -> Any:
    """Return the call of ``caller``, as soon as the history says how it ended. Raises ``VictoriaError``."""
    try:
        async with asyncio.timeout(HISTORY_TIMEOUT_S):
            while True:
                page = await asyncio.to_thread(server.ask, "GET", "/api/history/calls?limit=50")
                for call in page["items"]:
                    if call["caller"] == caller and call["status"] != "live":
                        return call
                await asyncio.sleep(HISTORY_EVERY_S)
    except TimeoutError:
        raise VictoriaError("The history does not know how the call ended.", code="no-history") from None


def _timeline(server: Server, call_id: str) -> Iterator[Any]:
    after: int | None = 0
    while after is not None:
        page = server.ask("GET", f"/api/history/calls/{call_id}/timeline?limit=1000&after_seq={after}")
        yield from page["items"]
        after = page["next_after_seq"]


def _audible_from(entry: TimelineEntry, stretches: list[Stretch]) -> int | None:
    """Return where on the line a reply was first heard that, for the server, began to play with ``entry``.

    The server's clock and the telephone's begin a moment apart: it is the stretch that began nearest to that.
    """
    if not isinstance(entry.event, PlayoutStarted):
        return None
    sample = entry.event.audible_at * RATE // NS_PER_S
    return min((stretch.start for stretch in stretches), key=lambda start: abs(start - sample), default=None)
