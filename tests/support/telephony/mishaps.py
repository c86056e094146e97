"""Whole calls in which one message of the carrier's goes astray, and what becomes of them.

``python -m tests.support.telephony.mishaps`` writes docs/operations/telephone-matrix.md.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.speech import flite
from tests.support.telephony.courier import Courier, How, Mishap
from tests.support.telephony.exchange import Exchange, an_exchange
from tests.support.telephony.handset import Handset
from tests.support.telephony.media_line import LineConditions
from tests.support.telephony.simulator import Leg
from tests.support.victoria import ROOT

MEDIA: Final = ("connected", "start", "media:first", "media:middle", "mark", "dtmf", "media:last", "stop")
ORDER: Final = {
    "twilio": ("status:ringing", "voice", "status:in-progress", *MEDIA, "status:completed"),
    "telnyx": ("call.initiated", "call.answered", *MEDIA, "streaming.stopped", "call.hangup"),
}
# What follows these follows from the answer to them: nothing can overtake them.
UNSWAPPABLE: Final = frozenset({"voice", "call.initiated"})
AT_ONCE: Final = 12
EVERY_S: Final = 0.5  # they begin one after the other, and so they end: many ends at once are shown elsewhere
PATIENCE_S: Final = 4.0
TABLE: Final = ROOT / "docs" / "operations" / "telephone-matrix.md"


@dataclass(frozen=True)
class Fate:
    """What became of one call. ``causes`` are those of its rows in the history, in their order; ``refusals``
    how many of the carrier's requests were answered with an error of ours."""

    carrier: str
    mishap: Mishap
    struck: bool
    causes: tuple[str, ...]
    is_final: bool
    refusals: int
    not_understood: int

    @property
    def passes(self) -> bool:
        """Whether the message went astray, and all that is left is closed rows that tell their cause."""
        return self.struck and self.is_final and self.refusals == 0 and self.not_understood == 0


def mishaps_of(carrier: str) -> list[Mishap]:
    """Return all mishaps of a carrier's messages."""
    return [
        Mishap(kind, how)
        for kind in ORDER[carrier]
        for how in How
        if not (how is How.SWAPPED and kind in UNSWAPPABLE)
    ]


async def fates(exchange: Exchange, carrier: str) -> list[Fate]:
    """Make all the calls, some at a time."""
    number = await exchange.number(carrier, f"mishaps {carrier}", first_message="Hello.")
    slots = asyncio.Semaphore(AT_ONCE)
    calls = []

    async def one(mishap: Mishap) -> Fate:
        try:
            return await fate(exchange, carrier, number, mishap)
        finally:
            slots.release()

    async with asyncio.TaskGroup() as group:
        for mishap in mishaps_of(carrier):
            await slots.acquire()
            calls.append(group.create_task(one(mishap)))
            await asyncio.sleep(EVERY_S)
    return [call.result() for call in calls]


async def fate(exchange: Exchange, carrier: str, number: str, mishap: Mishap) -> Fate:
    """Make one call of two turns, a spoken one and a key."""
    caller, courier = exchange.caller(), Courier(mishap)
    async with exchange.carriers[carrier].call(caller, number, LineConditions(courier=courier)) as leg:
        await talks(leg)
    has_begun = any(line.orders for line in leg.lines)  # and is written down sooner or later
    calls = await exchange.calls_of(caller)
    with suppress(TimeoutError):
        async with asyncio.timeout(30):  # what is left alone is given up after 15 s
            while any(call["status"] == "live" for call in calls) or (has_begun and not calls):
                await asyncio.sleep(0.2)
                calls = await exchange.calls_of(caller)
    return Fate(
        carrier,
        mishap,
        courier.has_struck,
        tuple(call["end_cause"] or "" for call in calls),
        all(call["status"] != "live" and call["end_cause"] for call in calls),
        sum(status != 200 for _, status in leg.hooks),
        len(leg.errors),
    )


async def talks(leg: Leg) -> None:
    """Say something and press a key, whatever comes back; stop when the call is over."""

    async def speaks() -> None:
        await listens(leg.handset)
        await leg.handset.has_said(flite("are you open"))
        await listens(leg.handset)
        leg.handset.press("1#")
        await listens(leg.handset)

    speaking = asyncio.create_task(speaks())
    over = asyncio.create_task(leg.over.wait())
    try:
        await asyncio.wait((speaking, over), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (speaking, over):
            task.cancel()
        await asyncio.wait((speaking, over))


async def listens(handset: Handset) -> None:
    """Wait for an answer, or until patience ends."""
    with suppress(TimeoutError):
        await handset.is_answered(quiet_s=0.3, within_s=PATIENCE_S)


def table(all_fates: Sequence[Fate]) -> str:
    """Return the page that tells of all of them."""
    lines = [HEAD]
    for carrier in ORDER:
        lines.append(f"\n## {carrier.capitalize()}\n\n")
        lines.append("| message | what became of it | the call ended | pass |\n| --- | --- | --- | --- |\n")
        for each in all_fates:
            if each.carrier == carrier:
                ended = ", then ".join(each.causes) or "no call"
                verdict = "yes" if each.passes else "**no**"
                lines.append(f"| {each.mishap.kind} | {each.mishap.how} | {ended} | {verdict} |\n")
    return "".join(lines)


HEAD: Final = """# What becomes of calls when a carrier's message goes astray

Written by `python -m tests.support.telephony.mishaps`. Every line is a whole call of two turns, a spoken one
and a key, over a simulated carrier and a real server. One of the carrier's messages to us is dropped,
comes twice, or changes places with the one that follows it. Of audio it is the first packet, one in the
middle, and the last. Where the following message is an answer to the first they cannot change places.

A call passes if all that it leaves in the history is final and tells why it ended, no request of the carrier
was answered with an error, and the carrier understood everything that we sent. After all of them no call is
live, and the log has no traceback.

"No call" means that nobody ever spoke: the carrier was told to apologise, or was not told of a call at all.
A second cause is that of a call which went on in another media socket.
"""


async def write() -> None:
    """Make all calls and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        async with an_exchange(Path(folder), simulated=True) as exchange:
            exchange.twilio.tells_all = True
            results = [each for carrier in ORDER for each in await fates(exchange, carrier)]
            assert await exchange.is_idle()
            assert "Traceback" not in exchange.victoria.log
    TABLE.write_text(table(results), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(write())
